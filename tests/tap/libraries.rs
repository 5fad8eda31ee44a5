//! Programs on other people's libraries.

use std::process::Command;

use crate::programs::oracle;

/// A file of `tests/oracles/websockets`.
pub fn websockets(file: &str) -> Command {
    let mut python = Command::new(oracle("websockets/.venv/bin/python"));
    python.arg(oracle("websockets").join(file));
    python
}

/// A script on `ws`, in which `WebSocket` and `url` are known.
pub fn ws_script(script: &str, url: &str) -> Command {
    let known = "const { WebSocket } = require(process.argv[1]), url = process.argv[2];";
    let mut node = Command::new("node");
    node.args(["-e", &format!("{known}{script}")]);
    node.arg(oracle("ws/node_modules/ws")).arg(url);
    node
}

/// A script on `websockets`, in which `connect` and `url` are known.
pub fn websockets_script(script: &str, url: &str) -> Command {
    let known = "import sys; from websockets.sync.client import connect; url = sys.argv[1]";
    let mut python = Command::new(oracle("websockets/.venv/bin/python"));
    python.args(["-c", &format!("{known}\n{script}"), url]);
    python
}
