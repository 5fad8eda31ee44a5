//! Engine.IO and Socket.IO on a connection: packets by name, and what the
//! server has chosen too.

use super::{Client, Event};
use crate::frame::{Frame, Head, opcode};
use crate::http::Message;
use crate::packet::Dialect;
use crate::transcript::{Entry, Kind};

/// How a request of a [`Polling`](crate::Polling) is written down.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// In a line of its own.
    Shown,
    /// The same, and that its answer does not follow.
    Held,
    /// Not at all.
    Aside,
}

/// What is made of the packets on this connection.
#[derive(Clone, Copy)]
pub(super) struct Packets {
    pub(super) dialect: Dialect,
    /// Pings may come at any time, and are answered.
    beats: bool,
    /// Each event ends with an offset.
    offsets: bool,
}

impl Packets {
    /// The name of the packet that a frame carries, as a comment.
    fn name_of(self, frame: &Frame) -> String {
        let name = match frame.opcode {
            opcode::TEXT => self.dialect.name(&String::from_utf8_lossy(&frame.payload)),
            opcode::BINARY => self.dialect.binary().to_owned(),
            _ => return String::new(),
        };
        match frame.fin && frame.rsv == 0 {
            true => format!("  # {name}"),
            false => String::new(),
        }
    }
}

impl Client {
    /// From here on texts and bodies are Engine.IO packets: each is named, its
    /// JSON is kept in an order of its own, and a sid is `<sid>`.
    pub fn engine_io(&mut self) -> &mut Client {
        self.speaks(Dialect::EngineIo)
    }

    /// The same, and their messages are Socket.IO packets.
    pub fn socket_io(&mut self) -> &mut Client {
        self.speaks(Dialect::SocketIo)
    }

    pub(crate) fn speaks(&mut self, dialect: Dialect) -> &mut Client {
        self.packets = Some(Packets {
            dialect,
            beats: false,
            offsets: false,
        });
        self
    }

    /// From here on the server's pings are background; a read that meets one
    /// answers it.
    pub fn beats(&mut self) -> &mut Client {
        if let Some(packets) = &mut self.packets {
            packets.beats = true;
            self.record(Entry::note(&self.to, "answers each ping"));
        }
        self
    }

    /// From here on each event's last argument is an `<offset>`: the server has
    /// connection state recovery.
    pub fn offsets(&mut self) -> &mut Client {
        if let Some(packets) = &mut self.packets {
            packets.offsets = true;
        }
        self
    }

    /// A request in one line, with the packets that it carries; or, where it is
    /// not what the proof is about, in none. A GET without content may be held.
    pub(crate) fn requests(&mut self, method: &str, target: &str, body: &str, told: Told) {
        let headers: &[(&str, &str)] = match method {
            "POST" => &[
                ("Host", "localhost"),
                ("Content-Type", "text/plain;charset=UTF-8"),
            ],
            _ => &[("Host", "localhost")],
        };
        let start = format!("{method} {target} HTTP/1.1");
        self.aside = told == Told::Aside;
        self.held = told == Told::Held;
        self.request_in_brief(&start, headers.iter().copied(), body);
    }

    /// An answer in one line: its status, and the packets that it carries.
    pub fn response_in_brief(&mut self) -> &mut Client {
        self.packets_of_response(true);
        self
    }

    /// The status of the answer, if one comes. It is not shown.
    pub(crate) fn status_of_response(&mut self) -> Option<u16> {
        match self.awaited() {
            Some(Event::Message(message, _)) => message.status(),
            other => {
                self.note(other);
                None
            }
        }
    }

    /// What the answer carries, if its status is 200. It is shown, unless that
    /// is so and `shown` is not.
    pub(crate) fn packets_of_response(&mut self, shown: bool) -> Option<String> {
        match self.awaited() {
            Some(Event::Message(message, bytes)) => {
                let good = message.status() == Some(200);
                if shown || !good {
                    let mut entry = Entry::new(&self.from, Kind::Answered, &bytes);
                    if good && message.body != b"ok" {
                        entry.remark = self.remark_of(&message.body);
                    }
                    self.record(entry);
                }
                good.then(|| String::from_utf8_lossy(&message.body).into_owned())
            }
            other => {
                self.note(other);
                None
            }
        }
    }

    /// Whether this is a ping that is background; if so, it is answered.
    pub(super) fn passes_beat(&mut self, text: &[u8]) -> bool {
        let passes = text == b"2" && self.packets.is_some_and(|packets| packets.beats);
        if passes {
            let pong = self.masked(&Frame::text("3"));
            self.write(&pong);
        }
        passes
    }

    /// What follows a line that carries packets: their names.
    pub(super) fn remark_on(&self, kind: &Kind, bytes: &[u8]) -> String {
        match kind {
            Kind::Request { .. } if self.held => "  # held open".to_owned(),
            Kind::Request { .. } => self.remark_of(&content_of(bytes)),
            Kind::Frame { .. } => match (Frame::decode(bytes), self.packets) {
                (Some((frame, _)), Some(packets)) => packets.name_of(&frame),
                _ => String::new(),
            },
            _ => String::new(),
        }
    }

    fn remark_of(&self, body: &[u8]) -> String {
        match self.packets {
            Some(packets) if !body.is_empty() => {
                let names = packets.dialect.names(body, &self.case.state().names);
                format!("  # {names}")
            }
            _ => String::new(),
        }
    }

    /// A frame of the subject's as it is kept.
    pub(super) fn packet_frame(&mut self, frame: Frame, bytes: Vec<u8>) -> Event {
        let plain = frame.fin && frame.rsv == 0 && frame.opcode == opcode::TEXT;
        match (std::str::from_utf8(&frame.payload), self.packets) {
            (Ok(text), Some(packets)) if plain => {
                self.learn(text);
                let mut normal = packets.dialect.normal(text);
                if self.role == super::Role::Server {
                    normal = packets.dialect.without_empty_auth(normal);
                }
                if normal == text {
                    return Event::Frame(frame, bytes);
                }
                let frame = Frame {
                    payload: normal.into_bytes(),
                    extended_length: None,
                    ..frame
                };
                let key = Head::decode(&bytes).map_or([0; 4], |head| head.key);
                let bytes = frame.encode(key);
                Event::Frame(frame, bytes)
            }
            _ => Event::Frame(frame, bytes),
        }
    }

    /// An answer as it is kept.
    pub(super) fn packet_message(&mut self, mut message: Message, bytes: Vec<u8>) -> Event {
        let body = String::from_utf8(message.body.clone()).unwrap_or_default();
        let (Some(packets), Some(200)) = (self.packets, message.status()) else {
            return Event::Message(message, bytes);
        };
        for packet in body.split(crate::packet::SEPARATOR) {
            self.learn(packet);
        }
        let normal = packets.dialect.normal_body(&body);
        if normal == body {
            return Event::Message(message, bytes);
        }
        message.body = normal.into_bytes();
        let bytes = message.encode();
        Event::Message(message, bytes)
    }

    /// Name what the server has chosen.
    fn learn(&self, packet: &str) {
        let Some(packets) = self.packets.filter(|_| self.role == super::Role::Client) else {
            return;
        };
        let mut state = self.case.state();
        for (kind, value) in packets.dialect.chosen(packet) {
            state.names.add(kind, value.as_bytes());
        }
        if let Some(offset) = packets.dialect.offset(packet).filter(|_| packets.offsets) {
            state.names.add("offset", offset.as_bytes());
        }
    }
}

/// A request as it is kept: a query says the same in any order.
pub(super) fn in_order(mut message: Message, bytes: Vec<u8>) -> (Message, Vec<u8>) {
    let Some((target, rest)) = message.start.split_once('?') else {
        return (message, bytes);
    };
    let (query, version) = rest.split_once(' ').unwrap_or((rest, ""));
    let mut pairs: Vec<&str> = query.split('&').collect();
    pairs.sort();
    let start = format!("{target}?{} {version}", pairs.join("&"));
    let bytes = [start.as_bytes(), &bytes[message.start.len()..]].concat();
    message.start = start;
    (message, bytes)
}

fn content_of(request: &[u8]) -> Vec<u8> {
    let end = request.windows(4).position(|window| window == b"\r\n\r\n");
    end.map_or(Vec::new(), |end| request[end + 4..].to_vec())
}
