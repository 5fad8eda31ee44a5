//! Chapter 08: two dialects, and what happens where they meet.

use crate::program::{Program, node, solution};
use crate::{conversation, on_record, oracle};

fn official_server() -> Program {
    Program::start(node(&oracle("socketio/server.js"), &[]))
}

#[test]
#[ignore = "needs Node and `npm ci` in tests/oracles/socketio"]
fn by_hand_to_the_official_server() {
    let server = official_server();
    let heard = conversation(&server, |address| {
        solution(
            "contact",
            &[&format!("http://{address}"), "--ask", "hi", "Ann"],
        )
    });
    on_record("solutions/08-contact/conversations/by-hand.txt", &heard);
}

/// It speaks WebSocket, and no more.
#[test]
#[ignore = "needs Node and `npm ci` in tests/oracles/{socketio,ws}"]
fn a_plain_websocket_to_the_official_server() {
    let mut server = official_server();
    let mut heard = conversation(&server, |address| {
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        node(&oracle("ws/plain.js"), &[&url, "hello"])
    });
    heard += &format!("\n# the server: {}", server.says());
    on_record("solutions/08-contact/conversations/hello.txt", &heard);
}

#[test]
#[ignore = "needs Node and `npm ci` in tests/oracles/{socketio,ws}"]
fn a_plain_websocket_without_a_query() {
    let server = official_server();
    let heard = conversation(&server, |address| {
        node(
            &oracle("ws/plain.js"),
            &[&format!("ws://{address}/socket.io/")],
        )
    });
    on_record("solutions/08-contact/conversations/no-query.txt", &heard);
}

/// The official client to a server that knows WebSocket, and no more: that of
/// chapter 01 greets, that of chapter 04 waits to be spoken to.
#[test]
#[ignore = "needs Node and `npm ci` in tests/oracles/socketio"]
fn the_official_client_to_a_plain_server() {
    for (exercise, file) in [("echo", "greeted"), ("lifecycle", "timeout")] {
        let server = Program::start(solution(exercise, &[]));
        let heard = conversation(&server, |address| {
            let url = format!("http://{address}");
            node(&oracle("socketio/connect.js"), &[&url, "websocket"])
        });
        on_record(
            &format!("solutions/08-contact/conversations/{file}.txt"),
            &heard,
        );
    }
}
