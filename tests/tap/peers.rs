//! The tap between other people's clients and servers.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::tapped::Tap;

fn oracle(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/oracles")
        .join(path)
}

/// `ws`, or skips; where `CI` is set, that is a failure.
struct Server(Child, u16);

impl Server {
    fn start() -> Server {
        let mut child = Command::new("node")
            .arg(oracle("ws/echo.js"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        said.read_line(&mut line).unwrap();
        let port = line.trim_end().rsplit(':').next().unwrap().parse().unwrap();
        Server(child, port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits for the greeting, then says two things and leaves.
const NODE: &str = r#"
const { WebSocket } = require(process.argv[1]);
const socket = new WebSocket(process.argv[2]);
let left = ["hi", Buffer.from([0, 255])];
socket.on("message", () => (left.length ? socket.send(left.shift()) : socket.close(1000, "bye")));
"#;

const PYTHON: &str = r#"
import sys
from websockets.sync.client import connect
with connect(sys.argv[1]) as socket:
    for message in ["hi", bytes([0, 255])]:
        socket.recv()
        socket.send(message)
    socket.recv()
    socket.close(1000, "bye")
"#;

fn transcript(mut client: impl FnMut(&str) -> Command) -> String {
    let server = Server::start();
    let tap = Tap::before(server.1, &[]);
    let url = format!("ws://{}/chat", tap.address);
    assert!(client(&url).status().unwrap().success());
    tap.until(|line| line.ends_with("closed")).join("\n")
}

#[test]
#[ignore = "needs Node and `npm ci` in tests/oracles/ws"]
fn ws_talks_to_ws() {
    let module = oracle("ws/node_modules/ws");
    let node = |url: &str| {
        let mut node = Command::new("node");
        node.args(["-e", NODE]).arg(&module).arg(url);
        node
    };
    insta::assert_snapshot!(transcript(node));
}

#[test]
#[ignore = "needs Node, Python and the venv of tests/oracles/websockets"]
fn websockets_talks_to_ws() {
    let python = |url: &str| {
        let mut python = Command::new(oracle("websockets/.venv/bin/python"));
        python.args(["-c", PYTHON, url]);
        python
    };
    insta::assert_snapshot!(transcript(python));
}
