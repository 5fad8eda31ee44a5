//! The tap between other people's clients and servers.

use std::process::Command;

use crate::libraries::{websockets_script, ws_script};
use crate::programs::{Server, ws};
use crate::tapped::Tap;

/// Waits for the greeting, then says two things and leaves.
const ON_WS: &str = r#"
const socket = new WebSocket(url);
let left = ["hi", Buffer.from([0, 255])];
socket.on("message", () => (left.length ? socket.send(left.shift()) : socket.close(1000, "bye")));
"#;

const ON_WEBSOCKETS: &str = r#"
with connect(url) as socket:
    for message in ["hi", bytes([0, 255])]:
        socket.recv()
        socket.send(message)
    socket.recv()
    socket.close(1000, "bye")
"#;

fn transcript(client: impl FnOnce(&str) -> Command) -> String {
    let server = Server::start(&mut ws("echo.js"));
    let tap = Tap::before(server.port, &[]);
    let url = format!("ws://{}/chat", tap.address);
    assert!(client(&url).status().unwrap().success());
    tap.until(|line| line.ends_with("closed")).join("\n")
}

#[test]
#[ignore = "needs Node and `npm ci` in tests/oracles/ws"]
fn ws_talks_to_ws() {
    insta::assert_snapshot!(transcript(|url| ws_script(ON_WS, url)));
}

#[test]
#[ignore = "needs Node, Python and the venv of tests/oracles/websockets"]
fn websockets_talks_to_ws() {
    insta::assert_snapshot!(transcript(|url| websockets_script(ON_WEBSOCKETS, url)));
}
