//! Chapter 02: how much of a head has come?

use httparse::{EMPTY_HEADER, Request, Status};

// ANCHOR: look
fn look(came: &[u8]) {
    let mut headers = [EMPTY_HEADER; 16];
    match Request::new(&mut headers).parse(came) {
        Ok(Status::Partial) => println!("read on"),
        Ok(Status::Complete(head)) => println!("{head} bytes are the head"),
        Err(error) => println!("no HTTP: {error}"),
    }
}
// ANCHOR_END: look

fn main() {
    let wire = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\nwhat comes behind";
    for came in [10, 30, 40, wire.len()] {
        print!("{came} bytes have come: ");
        look(&wire[..came]);
    }
}
