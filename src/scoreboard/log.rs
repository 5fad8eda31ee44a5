//! What crossed the wire in one probe, to be printed in the notation of the
//! transcripts.

use std::cell::RefCell;

use proof::transcript_of;
use serde_json::{Value, json};

use super::request::Request;

/// Of a response, what a probe may be about.
const KEPT: [&str; 6] = [
    "connection",
    "sec-websocket-accept",
    "sec-websocket-extensions",
    "sec-websocket-protocol",
    "sec-websocket-version",
    "upgrade",
];

/// A frame longer than this is not shown.
const LONG: usize = 4 * 1024;

/// The events of one connection, and the values that have names.
#[derive(Default)]
pub struct Log {
    /// Kind and value, in the order they were made.
    names: RefCell<Vec<(String, String)>>,
    events: Vec<Value>,
}

impl Log {
    /// A value is to be shown by this name: `<key>`, the next `<key#2>`.
    pub fn name(&self, kind: &str, value: &str) {
        let mut names = self.names.borrow_mut();
        names.push((kind.to_owned(), value.to_owned()));
    }

    /// A request, all its headers.
    pub fn request(&mut self, request: &Request, remark: &str) {
        let event = json!({"kind": "request", "brief": false, "remark": remark});
        self.push("C→S", event, &[&request.head(), request.body()].concat());
    }

    /// A right handshake, in a line.
    pub fn opening(&mut self, request: &Request) {
        let event = json!({"kind": "request", "brief": true});
        self.push("C→S", event, &request.head());
    }

    /// The head of a response.
    pub fn response(&mut self, head: &[u8]) {
        let event = json!({"kind": "response", "keep": KEPT});
        self.push("S→C", event, head);
    }

    /// A frame; of a long one, only how long it is.
    pub fn frame(&mut self, from: &str, bytes: &[u8], remark: &str) {
        if bytes.len() > LONG {
            return self.note(
                from,
                &format!("a frame of {} bytes, its head included", bytes.len()),
            );
        }
        let event = json!({"kind": "frame", "whole": true, "remark": remark});
        self.push(from, event, bytes);
    }

    /// Bytes that are neither.
    pub fn bytes(&mut self, from: &str, bytes: &[u8], remark: &str) {
        self.push(from, json!({"kind": "bytes", "remark": remark}), bytes);
    }

    /// What no bytes stand behind, or too many.
    pub fn note(&mut self, from: &str, text: &str) {
        self.push(from, json!({"kind": "note", "text": text}), &[]);
    }

    fn push(&mut self, from: &str, mut event: Value, bytes: &[u8]) {
        event["from"] = json!(from);
        event["hex"] = json!(hex(bytes));
        self.events.push(event);
    }

    fn names(&self) -> Vec<Value> {
        let names = self.names.borrow();
        let numbered = names.iter().enumerate().map(|(at, (kind, value))| {
            let before = names[..at].iter().filter(|(k, _)| k == kind).count();
            let name = match before {
                0 => format!("<{kind}>"),
                nth => format!("<{kind}#{}>", nth + 1),
            };
            json!([name, hex(value.as_bytes())])
        });
        numbered.collect()
    }

    /// The transcript.
    pub fn transcript(&self) -> String {
        let mut record = json!({"names": self.names()}).to_string();
        for event in &self.events {
            record.push('\n');
            record += &event.to_string();
        }
        transcript_of(&record).expect("a record of our own")
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
