//! WebSocket through the tap.

use std::net::TcpStream;

use tungstenite::protocol::frame::coding::{Data, OpCode};
use tungstenite::protocol::frame::{CloseFrame, Frame};
use tungstenite::{Message, WebSocket};

use crate::tapped::Tap;
use crate::{connect, echo};

/// A client behind the tap.
pub fn client(tap: &Tap) -> WebSocket<TcpStream> {
    let url = format!("ws://{}/chat", tap.address);
    tungstenite::client(url, connect(&tap.address)).unwrap().0
}

/// The next message but pongs.
pub fn read(socket: &mut WebSocket<TcpStream>) -> Message {
    loop {
        match socket.read().unwrap() {
            Message::Pong(_) => {}
            message => return message,
        }
    }
}

/// One of each kind of frame, in lock-step.
fn talk(tap: &Tap) {
    let mut socket = client(tap);
    for message in [
        Message::text("hi"),
        Message::text("grüße <b>\n"),
        Message::binary(vec![0, 255]),
        Message::binary(vec![7; 70_000]),
    ] {
        socket.send(message.clone()).unwrap();
        assert_eq!(read(&mut socket), message);
    }
    socket.send(Message::Ping("still there?".into())).unwrap();
    assert!(socket.read().unwrap().is_pong());
    for (text, opcode, is_last) in [("Hel", Data::Text, false), ("lo", Data::Continue, true)] {
        let frame = Frame::message(text, OpCode::Data(opcode), is_last);
        socket.send(Message::Frame(frame)).unwrap();
    }
    assert_eq!(read(&mut socket), Message::text("Hello"));
    let bye = CloseFrame {
        code: 1000.into(),
        reason: "bye".into(),
    };
    socket.close(Some(bye)).unwrap();
    while socket.read().is_ok() {}
}

#[test]
fn a_talk_is_written_down() {
    let tap = Tap::before(echo(), &[]);
    talk(&tap);
    let lines = tap.until(|line| line.ends_with("closed"));
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn further_connections_have_names_of_their_own() {
    let tap = Tap::before(echo(), &[]);
    for name in ["C", "C2", "C3"] {
        talk(&tap);
        let lines = tap.until(|line| line.ends_with("closed"));
        assert_eq!(lines[0], format!("{name}→S GET /chat HTTP/1.1"));
        assert_eq!(*lines.last().unwrap(), format!("S→{name} closed"));
    }
}

#[test]
fn all_headers_show_when_asked_for_and_times_too() {
    let tap = Tap::before(echo(), &["--headers", "--times"]);
    let _socket = client(&tap);
    let lines = tap.until(|line| line.contains("upgrade: websocket"));
    let host = format!("C→S   Host: {}", tap.address);
    for line in &lines {
        let (time, rest) = line.trim_start().split_once(' ').unwrap();
        assert!(time.parse::<f64>().is_ok_and(|time| time < 60.0), "{line}");
        assert!(
            rest.starts_with("C→S ") || rest.starts_with("S→C "),
            "{line}"
        );
    }
    assert!(lines.iter().any(|line| line.ends_with(&host)), "{lines:?}");
}

#[test]
fn json_has_the_bytes() {
    let tap = Tap::before(echo(), &["--json"]);
    let mut socket = client(&tap);
    socket.send(Message::binary(vec![1; 3_000])).unwrap();
    socket.send(Message::text("hi")).unwrap();
    let lines = tap.until(|line| line.contains("server") && line.contains("hi"));
    let events: Vec<serde_json::Value> = lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(events[0]["kind"], "request");
    assert_eq!(events[0]["target"], "/chat");
    assert_eq!(events[1]["status"], 101);
    assert_eq!(events[2]["length"], 3_000);
    assert_eq!(events[2]["hex"], "01".repeat(1024));
    let last = events.last().unwrap();
    for (key, value) in [
        ("text", "hi"),
        ("hex", "6869"),
        ("from", "server"),
        ("kind", "frame"),
    ] {
        assert_eq!(last[key], value);
    }
    for (key, value) in [("connection", 1), ("opcode", 1), ("length", 2)] {
        assert_eq!(last[key], value);
    }
    assert_eq!(last["masked"], false);
}
