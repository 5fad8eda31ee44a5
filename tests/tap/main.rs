//! `workbook tap` between real peers: what it writes down, what it passes on,
//! and whom it refuses.
#![cfg(unix)]

mod conversations;
mod http;
mod libraries;
mod network;
mod outside;
mod packets;
mod peers;
mod programs;
mod tapped;
mod websocket;

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use tapped::BOUND;

/// A server of one thread: each connection is served in turn.
fn server(serve: impl Fn(TcpStream) + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            stream.set_read_timeout(Some(BOUND)).unwrap();
            serve(stream);
        }
    });
    port
}

/// Echoes messages, one connection after another.
fn echo() -> u16 {
    server(|stream| {
        let Ok(mut socket) = tungstenite::accept(stream) else {
            return;
        };
        while let Ok(message) = socket.read() {
            if (message.is_text() || message.is_binary()) && socket.send(message).is_err() {
                return;
            }
        }
    })
}

fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(BOUND)).unwrap();
    stream
}

/// Reads until what has come ends with this.
fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(end.as_bytes()) {
        let came = stream.read(&mut byte).unwrap();
        let so_far = String::from_utf8_lossy(&bytes);
        assert_eq!(came, 1, "closed after {so_far:?}");
        bytes.push(byte[0]);
    }
    String::from_utf8(bytes).unwrap()
}

/// Sends a request and reads the answer to its end.
fn ask(address: &str, request: &str) -> String {
    let mut stream = connect(address);
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
