//! Chapter 02: how much of a head has come?

use httparse::{EMPTY_HEADER, Request, Status};

fn main() {
    // ANCHOR: partial
    let wire = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\nwhat comes behind";
    for came in [10, 30, 40, wire.len()] {
        let mut headers = [EMPTY_HEADER; 16];
        match Request::new(&mut headers).parse(&wire[..came]) {
            Ok(Status::Partial) => println!("{came} bytes: read on"),
            Ok(Status::Complete(head)) => println!("{came} bytes: {head} are the head"),
            Err(error) => println!("{came} bytes: no HTTP ({error})"),
        }
    }
    // ANCHOR_END: partial
}
