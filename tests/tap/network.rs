//! A bad network, and what each end gets to see of it.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use tungstenite::{Error, Message};

use crate::tapped::Tap;
use crate::websocket::{client, read};
use crate::{ask, connect, echo, read_until, server};

/// A server that tells how each of its connections ended, and what it was sent.
fn telling() -> (u16, std::sync::mpsc::Receiver<(Vec<Message>, Error)>) {
    let (tell, told) = channel();
    let port = server(move |stream| {
        let mut socket = tungstenite::accept(stream).unwrap();
        let mut messages = Vec::new();
        let error = loop {
            match socket.read() {
                Ok(message) => {
                    let _ = socket.send(message.clone());
                    messages.push(message);
                }
                Err(error) => break error,
            }
        };
        let _ = tell.send((messages, error));
    });
    (port, told)
}

/// Ended without a close frame, but not by a reset.
fn is_cut(error: &Error) -> bool {
    match error {
        Error::Protocol(error) => error.to_string().contains("without closing handshake"),
        Error::Io(error) => error.kind() == ErrorKind::UnexpectedEof,
        _ => false,
    }
}

#[test]
fn a_frozen_connection_stays_open_and_silent() {
    let (port, told) = telling();
    let tap = Tap::before(port, &["--freeze-after", "2"]);
    let mut socket = client(&tap);
    socket.send(Message::text("one")).unwrap();
    assert_eq!(read(&mut socket), Message::text("one"));
    let mut lines = tap.until(|line| line.starts_with('#'));
    socket.send(Message::text("two")).unwrap();
    socket.send(Message::Ping("there?".into())).unwrap();
    lines.extend(tap.until(|line| line.contains("ping")));
    // Nothing came back, and it is no end either.
    let stream = socket.get_mut();
    stream.set_nonblocking(true).unwrap();
    let nothing = stream.read(&mut [0]).unwrap_err();
    assert_eq!(nothing.kind(), ErrorKind::WouldBlock);
    drop(socket);
    lines.extend(tap.until(|line| line.contains("closed")));
    insta::assert_snapshot!(lines.join("\n"));
    // The server hears nothing of all that until the tap is gone.
    assert!(told.try_recv().is_err());
    drop(tap);
    let (messages, _) = told.recv_timeout(crate::tapped::BOUND).unwrap();
    assert_eq!(messages, [Message::text("one")]);
}

#[test]
fn an_upgrade_can_be_all_that_passes() {
    let tap = Tap::before(echo(), &["--freeze"]);
    let mut socket = client(&tap);
    socket.send(Message::text("hi")).unwrap();
    let lines = tap.until(|line| line.contains("\"hi\""));
    let last = &lines[lines.len() - 2..];
    assert!(last[0].starts_with("# C: frozen"), "{last:?}");
    assert_eq!(last[1], "C→S text \"hi\" masked  # not passed on");
}

#[test]
fn a_cut_ends_both_without_a_close() {
    let (port, told) = telling();
    let tap = Tap::before(port, &["--cut-after", "3"]);
    let mut socket = client(&tap);
    socket.send(Message::text("one")).unwrap();
    assert_eq!(read(&mut socket), Message::text("one"));
    // Both are there at once; only one passes.
    socket.write(Message::text("two")).unwrap();
    socket.write(Message::text("three")).unwrap();
    socket.flush().unwrap();
    let error = socket.read().unwrap_err();
    assert!(is_cut(&error), "{error:?}");
    drop(socket);
    let (messages, error) = told.recv_timeout(crate::tapped::BOUND).unwrap();
    assert_eq!(messages, [Message::text("one"), Message::text("two")]);
    assert!(is_cut(&error), "{error:?}");
    let lines = tap.until(|line| line.starts_with('#'));
    assert_eq!(
        lines.last().unwrap(),
        "# C: cut after 3 frames, without a close"
    );
}

#[test]
fn a_trickle_takes_its_time() {
    let port = server(|mut stream| {
        read_until(&mut stream, "\r\n\r\n");
        stream
            .write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
            .unwrap();
    });
    let tap = Tap::before(port, &["--trickle", "400"]);
    let request = format!(
        "GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "a".repeat(100)
    );
    let start = Instant::now();
    let answer = ask(&tap.address, &request);
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    // So many bytes at so many a second, but for the first and the last pieces.
    let least = (request.len() + answer.len() - 40) as f64 / 400.0;
    assert!(
        start.elapsed().as_secs_f64() >= least,
        "{:?}",
        start.elapsed()
    );
    let lines = tap.until(|line| line.ends_with("204"));
    assert_eq!(lines[0], "# C: 400 bytes a second pass, each way");
    assert_eq!(lines[2], "S→C 204");
}

#[test]
fn everything_is_late_each_way() {
    let tap = Tap::before(echo(), &["--latency", "150"]);
    let mut socket = client(&tap);
    let start = Instant::now();
    for n in 0..20 {
        socket.send(Message::text(n.to_string())).unwrap();
    }
    for n in 0..20 {
        assert_eq!(read(&mut socket), Message::text(n.to_string()));
    }
    let took = start.elapsed();
    assert!(took >= Duration::from_millis(300), "{took:?}");
    // Late, but side by side: one after the other it would be six seconds.
    assert!(took < Duration::from_millis(3_000), "{took:?}");
}

#[test]
fn a_proxy_that_knows_no_websocket_drops_the_upgrade() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let tap = Tap::before(listener.local_addr().unwrap().port(), &["--strip-upgrade"]);
    let mut stream = connect(&tap.address);
    let request = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\
        Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let (mut arrived, _) = listener.accept().unwrap();
    let expected = "GET / HTTP/1.1\r\nHost: localhost\r\nSec-WebSocket-Version: 13\r\n\r\n";
    assert_eq!(read_until(&mut arrived, "\r\n\r\n"), expected);
    let expected = [
        "C→S GET / HTTP/1.1",
        "C→S   Upgrade: websocket  # not passed on",
        "C→S   Connection: keep-alive, Upgrade  # not passed on",
        "C→S   Sec-WebSocket-Version: 13",
    ];
    assert_eq!(tap.until(|line| line.contains("Version")), expected);
}
