//! Engine.IO and Socket.IO through the tap.

use std::io::Write as _;

use crate::tapped::Tap;
use crate::{ask, read_until, server};

/// Asks for each of these paths, one connection after the other, and gets what
/// stands beside it, with this status.
fn polled(asked: &[(&str, &str, u16, &str)]) -> String {
    let answers: Vec<String> = asked.iter().map(|ask| answer(ask.2, ask.3)).collect();
    let left = std::sync::Mutex::new(answers.into_iter());
    let port = server(move |mut stream| {
        read_until(&mut stream, "\r\n\r\n");
        let answer = left.lock().unwrap().next().unwrap();
        stream.write_all(answer.as_bytes()).unwrap();
    });
    let tap = Tap::before(port, &[]);
    let mut lines = Vec::new();
    for (path, body, ..) in asked {
        let method = if body.is_empty() { "GET" } else { "POST" };
        let length = body.len();
        let head =
            format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}");
        ask(&tap.address, &format!("{head}\r\n\r\n{body}"));
        lines.extend(tap.until(|line| line.ends_with("closed")));
    }
    lines.join("\n")
}

fn answer(status: u16, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} -\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[test]
fn a_session_by_polling() {
    const PATH: &str = "/socket.io/?EIO=4&transport=polling";
    insta::assert_snapshot!(polled(&[
        (PATH, "", 200, r#"0{"sid":"x"}"#),
        (PATH, "40", 200, "ok"),
        (
            PATH,
            "",
            200,
            "40{\"sid\":\"y\"}\u{1e}2\u{1e}451-[\"up\",{}]\u{1e}bAQID"
        ),
        (
            PATH,
            "",
            400,
            r#"{"code":1,"message":"Session ID unknown"}"#
        ),
    ]));
}

#[test]
fn what_a_message_carries_is_not_always_socket_io() {
    insta::assert_snapshot!(polled(&[
        ("/engine.io/?transport=polling&EIO=4", "", 200, "42 apples"),
        ("/apples?EIO=3", "", 200, "42 apples"),
    ]));
}
