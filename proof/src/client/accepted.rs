//! A connection that the subject has opened: here the proof answers.

use std::net::TcpStream;
use std::sync::Arc;

use base64::DecodeError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Client, Event, Role, Speech};
use crate::accept::accept;
use crate::case::{Case, Mistake};
use crate::frame::{Frame, Head, opcode};
use crate::http::Message;
use crate::transcript::{Entry, Kind};

/// What an opening handshake asks for (RFC 6455 §4.1).
const ASKED: [&str; 7] = [
    "connection",
    "host",
    "sec-websocket-extensions",
    "sec-websocket-key",
    "sec-websocket-protocol",
    "sec-websocket-version",
    "upgrade",
];

impl Client {
    pub(crate) fn accepted(case: Arc<Case>, stream: Option<TcpStream>) -> Client {
        let mut client = Client::new(case, Role::Server, "S→C".to_owned(), "C→S".to_owned());
        client.speech = Speech::Http;
        client.stream = stream;
        client
    }

    /// The opening handshake as the client asks for it, with its key as `<key>`
    /// if it is one; the accept value that is right for it is `<accept>`.
    pub fn asked(&mut self) -> &mut Client {
        if let Some((_, bytes)) = self.opening() {
            let keep = ASKED.map(str::to_owned).to_vec();
            self.record(Entry::new(&self.from, Kind::Asked { keep }, &bytes));
        }
        self
    }

    /// The same in one line, where it is not what the proof is about.
    pub fn asks(&mut self) -> &mut Client {
        if let Some((_, bytes)) = self.opening() {
            let brief = Kind::Request { brief: true };
            self.record(Entry::new(&self.from, brief, &bytes));
        }
        self
    }

    /// The accept value of the key that was [`asked`](Client::asked) with.
    pub fn accept(&self) -> String {
        accept(&self.key)
    }

    /// A response head, as it stands: `HTTP/1.1 101 Switching Protocols`, then
    /// the headers as given.
    pub fn answer<N: AsRef<str>, V: AsRef<str>>(
        &mut self,
        start: &str,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> &mut Client {
        self.say(Kind::Answer, &super::head(start, headers));
        if start.split(' ').nth(1) == Some("101") {
            self.speech = Speech::Frames;
        }
        self
    }

    /// The whole opening handshake, answered rightly, in two lines. A request
    /// that is not right is shown in full, and not answered.
    pub fn upgrade(&mut self) -> &mut Client {
        let Some((message, bytes)) = self.opening() else {
            return self;
        };
        let right = message.has_token("upgrade", "websocket")
            && message.has_token("connection", "upgrade")
            && message.header("sec-websocket-version") == Some("13")
            && !self.key.is_empty();
        if !right {
            let keep = ASKED.map(str::to_owned).to_vec();
            self.record(Entry::new(&self.from, Kind::Asked { keep }, &bytes));
            self.ended = true;
            return self;
        }
        let brief = Kind::Request { brief: true };
        self.record(Entry::new(&self.from, brief, &bytes));
        let answer = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
             Connection: Upgrade\r\nSec-WebSocket-Accept: {}\r\n\r\n",
            self.accept()
        );
        let keep = Vec::new();
        self.say(Kind::Response { keep }, answer.as_bytes());
        self.speech = Speech::Frames;
        self
    }

    /// The answer to a close: with its code, or with none. An endpoint "typically"
    /// says the code again (RFC 6455 §5.5.1).
    pub fn closes_too(&mut self, code: u16) -> &mut Client {
        match self.awaited() {
            Some(Event::Frame(frame, bytes)) if frame.masked && says_nothing(&frame) => {
                let key = Head::decode(&bytes).map_or([0; 4], |head| head.key);
                self.heard(false, &Frame::close(code, "").encode(key));
            }
            other => self.note(other),
        }
        self
    }

    /// A ping. What it carries is the client's own business, and left out.
    pub fn pinged(&mut self) -> &mut Client {
        match self.awaited() {
            Some(Event::Frame(frame, bytes)) if frame.opcode == opcode::PING && frame.masked => {
                let key = Head::decode(&bytes).map_or([0; 4], |head| head.key);
                self.ping = frame.payload;
                let payload = Vec::new();
                let ping = Frame { payload, ..frame };
                self.heard(false, &ping.encode(key));
            }
            other => self.note(other),
        }
        self
    }

    /// The pong to the last ping, with all that it carried.
    pub fn pongs(&mut self) -> &mut Client {
        if self.is_open() {
            let pong = |payload: &[u8]| Frame::pong(payload).unmasked().encode([0; 4]);
            let kind = Kind::Frame { whole: true };
            self.record(Entry::new(&self.to, kind, &pong(b"")));
            self.write(&pong(&self.ping));
        }
        self
    }

    /// One request; its key is named if it is one.
    fn opening(&mut self) -> Option<(Message, Vec<u8>)> {
        match self.awaited() {
            Some(Event::Message(message, bytes)) => {
                let bytes = in_order(&message.start, bytes);
                let key = message.header("sec-websocket-key").unwrap_or_default();
                let mut state = self.case.state();
                match wrong_with(key) {
                    None => {
                        self.key = key.to_owned();
                        state.names.add("key", key.as_bytes());
                        state.names.add("accept", accept(key).as_bytes());
                    }
                    Some(_) if key.is_empty() => {}
                    Some(says) => state.mistakes.push(Mistake {
                        value: key.as_bytes().to_owned(),
                        says,
                    }),
                }
                drop(state);
                Some(match self.packets {
                    Some(_) => super::packets::in_order(message, bytes),
                    None => (message, bytes),
                })
            }
            other => {
                self.note(other);
                None
            }
        }
    }
}

/// Why this is no key: 16 bytes in base64, and not all of them zero (RFC 6455
/// §4.1 item 7).
fn wrong_with(key: &str) -> Option<String> {
    match STANDARD.decode(key) {
        Ok(nonce) if nonce.len() != 16 => {
            Some(format!("is base64 of {} bytes; a key has 16", nonce.len()))
        }
        Ok(nonce) if nonce.iter().all(|byte| *byte == 0) => {
            Some("is base64 of 16 zeros; a key is random".to_owned())
        }
        Ok(_) => None,
        Err(DecodeError::InvalidByte(_, byte)) => Some(format!(
            "is no base64: `{}` is not among its letters (RFC 4648 §4)",
            byte.escape_ascii()
        )),
        Err(_) => {
            Some("is no whole base64: its `=` are missing, or wrong (RFC 4648 §4)".to_owned())
        }
    }
}

/// A close without code and reason.
fn says_nothing(frame: &Frame) -> bool {
    frame.opcode == opcode::CLOSE && frame.fin && frame.rsv == 0 && frame.payload.is_empty()
}

/// The parts of a query may come in any order: here they stand in that of the
/// alphabet.
fn in_order(start: &str, request: Vec<u8>) -> Vec<u8> {
    let Some((path, rest)) = start.split_once('?') else {
        return request;
    };
    let Some((query, version)) = rest.split_once(' ') else {
        return request;
    };
    let mut parts: Vec<&str> = query.split('&').collect();
    parts.sort_unstable();
    let sorted = format!("{path}?{} {version}", parts.join("&"));
    [sorted.as_bytes(), &request[start.len()..]].concat()
}
