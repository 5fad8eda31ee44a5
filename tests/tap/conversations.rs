//! The solutions of chapters 04 and 05 in conversation with other people's
//! programs. The chapters print what the tap wrote down.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::libraries::{websockets, websockets_script, ws_script};
use crate::programs::{Server, assert_conversation, solution, ws};
use crate::tapped::Tap;

/// Is silent until it is told to speak; then says something, and leaves.
const ON_WS: &str = r#"
const socket = new WebSocket(url);
process.stdin.once("data", () => socket.send("anybody there?"));
socket.on("message", () => socket.close(4321, "bye"));
socket.on("close", () => process.exit());
"#;

const ON_WEBSOCKETS: &str = r#"
with connect(url) as socket:
    input()
    socket.send("anybody there?")
    socket.recv()
    socket.close(4321, "bye")
"#;

/// A client that is pinged, and then told to speak, at chapter 04's server.
fn at_chapter_04(client: impl FnOnce(&str) -> Command) {
    let server = Server::start(solution("lifecycle").args(["--ping-every", "300ms"]));
    let tap = Tap::before(server.port, &[]);
    let mut client = client(&format!("ws://{}/", tap.address));
    let mut client = client.stdin(Stdio::piped()).spawn().unwrap();
    let mut lines = tap.until(|line| line == "C→S pong masked");
    let mut ear = client.stdin.take().unwrap();
    writeln!(ear, "now").unwrap();
    lines.extend(tap.until(|line| line.ends_with("closed")));
    assert!(client.wait().unwrap().success());
    assert_conversation("at-04", &lines);
}

/// Chapter 05's client says something, asks whether the server is alive, and is
/// killed.
fn chapter_05_at(server: &mut Command) {
    let server = Server::start(server);
    let tap = Tap::before(server.port, &[]);
    let url = format!("ws://{}/", tap.address);
    let mut client = solution("client");
    client.args([&url, "--send", "hello", "--ping-every", "2s"]);
    let mut client = client.stdout(Stdio::null()).spawn().unwrap();
    let mut lines = tap.until(|line| line == "S→C pong");
    client.kill().unwrap();
    client.wait().unwrap();
    lines.extend(tap.until(|line| line.ends_with("closed")));
    assert_conversation("from-05", &lines);
}

#[test]
#[ignore = "needs Node and `npm ci` in tests/oracles/ws"]
fn ws_talks_to_chapter_04() {
    at_chapter_04(|url| ws_script(ON_WS, url));
}

#[test]
#[ignore = "needs Python and the venv of tests/oracles/websockets"]
fn websockets_talks_to_chapter_04() {
    let client = |url: &str| websockets_script(ON_WEBSOCKETS, url);
    at_chapter_04(client);
}

#[test]
#[ignore = "needs Node and `npm ci` in tests/oracles/ws"]
fn chapter_05_talks_to_ws() {
    chapter_05_at(&mut ws("lifecycle.js"));
}

#[test]
#[ignore = "needs Python and the venv of tests/oracles/websockets"]
fn chapter_05_talks_to_websockets() {
    chapter_05_at(&mut websockets("lifecycle.py"));
}
