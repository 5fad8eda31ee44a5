//! Engine.IO and Socket.IO packets, field by field. Whether a packet is one,
//! chapter 09's codecs say.

use std::ops::Range;

use packets_solution::engine::{self, SEPARATOR};
use packets_solution::socket::Decoder;
use proof::{Dialect, Names};

use super::{Earns, Fault, Field, count};

const ENGINE: &str = "Engine.IO v4, Packet encoding";
const POLLING: &str = "Engine.IO v4, HTTP long-polling";
/// See `ENGINE`.
pub const SOCKET: &str = "Socket.IO v5, Packet encoding";

/// More attachments than this no packet is believed to have.
const MOST_ATTACHMENTS: usize = 1000;

/// More characters of a payload than this are not shown.
const MOST_SHOWN: usize = 120;

/// What one side says in packets, text after text.
pub struct Packets {
    dialect: Dialect,
    /// Holds a packet whose attachments have not come yet.
    decoder: Decoder,
}

/// The dialect that a request's target asks for, if it asks for a session.
pub fn dialect(target: &str) -> Option<Dialect> {
    let (path, query) = target.split_once('?')?;
    let speaks = query.split('&').any(|pair| pair == "EIO=4");
    speaks.then(|| match path.contains("engine.io") {
        true => Dialect::EngineIo,
        false => Dialect::SocketIo,
    })
}

/// What the request means to a session of Engine.IO.
pub fn session(target: &str) -> String {
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let of = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
    };
    let by = of("transport").unwrap_or("no transport");
    match of("sid") {
        Some(sid) => format!("Engine.IO, version 4, by {by}: of the session {sid}"),
        None => format!("Engine.IO, version 4, by {by}: opens a session"),
    }
}

impl Packets {
    /// Nothing said yet.
    pub fn new(dialect: Dialect) -> Packets {
        Packets {
            dialect,
            decoder: Decoder::new(MOST_ATTACHMENTS),
        }
    }

    /// What the packets are called that this holds: `message, event`.
    pub fn names(&self, text: &str) -> String {
        self.dialect.names(text.as_bytes(), &Names::default())
    }

    /// The fields of the packets in an HTTP body; it begins at this byte.
    pub fn body(&mut self, text: &str, mut at: usize) -> Vec<Field> {
        let mut fields = Vec::new();
        for (nth, packet) in text.split(SEPARATOR).enumerate() {
            if nth > 0 {
                let says = "another packet follows";
                fields.push(field("separator", at..at + 1, "1e", says, POLLING));
                at += 1;
            }
            fields.extend(self.packet(packet, at));
            at += packet.len();
        }
        fields
    }

    /// The fields of one packet; it begins at this byte.
    pub fn packet(&mut self, packet: &str, at: usize) -> Vec<Field> {
        let decoded = engine::Packet::decode(packet);
        let first = packet.chars().next().map_or(0, char::len_utf8);
        let (kind, rest) = packet.split_at(first);
        let mut fields = vec![field(
            "type",
            at..at + first,
            kind,
            engine_says(packet),
            ENGINE,
        )];
        let at = at + first;
        let fault = match decoded {
            Err(error) => Some((error.to_string(), ENGINE)),
            Ok(engine::Packet::Binary(bytes)) => {
                let says = count(bytes.len() as u64, "byte") + ", in base64";
                fields.push(field(
                    "attachment",
                    at..at + rest.len(),
                    rest,
                    &says,
                    POLLING,
                ));
                self.attached(&bytes).map(|error| (error, SOCKET))
            }
            Ok(engine::Packet::Message(message)) if self.dialect == Dialect::SocketIo => {
                fields.extend(socket_fields(message, at));
                let heard = self.decoder.text(message);
                heard.err().map(|error| (error.to_string(), SOCKET))
            }
            Ok(_) => {
                if !rest.is_empty() {
                    fields.push(data(rest, at, ENGINE));
                }
                None
            }
        };
        if let Some((says, clause)) = fault {
            let fault = Fault::new(says, clause, Earns::Nothing);
            fields[0].faults.push(fault);
        }
        fields
    }

    /// What is wrong with bytes that come now, if they are Socket.IO's.
    pub fn attached(&mut self, bytes: &[u8]) -> Option<String> {
        if self.dialect == Dialect::EngineIo {
            return None;
        }
        let heard = self.decoder.binary(bytes.to_vec().into());
        heard.err().map(|error| error.to_string())
    }
}

/// What Engine.IO's digit says.
fn engine_says(packet: &str) -> &'static str {
    match packet.as_bytes() {
        [b'0', ..] => "open: the server begins a session",
        [b'1', ..] => "close: the session ends",
        [b'2', rest @ ..] if rest == b"probe" => "ping: does this transport work?",
        [b'2', ..] => "ping: are you there?",
        [b'3', rest @ ..] if rest == b"probe" => "pong: this transport works",
        [b'3', ..] => "pong: I am",
        [b'4', ..] => "message",
        [b'5', ..] => "upgrade: from here on this transport",
        [b'6', ..] => "noop: it ends a poll that waits",
        [b'b', ..] => "bytes",
        _ => "",
    }
}

/// What Socket.IO's digit says.
fn socket_says(kind: &str) -> &'static str {
    match kind {
        "0" => "connect to a namespace",
        "1" => "disconnect from it",
        "2" => "event: a name, then arguments",
        "3" => "ack: the answer to an event",
        "4" => "connect_error: the server refuses",
        "5" => "event with attachments",
        "6" => "ack with attachments",
        _ => "",
    }
}

/// Type, number of attachments, namespace, ack id, JSON: what is there of them.
fn socket_fields(message: &str, at: usize) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut rest = message;
    let mut take = |length: usize| {
        let from = at + message.len() - rest.len();
        let (taken, after) = rest.split_at(length);
        rest = after;
        (taken, from..from + length, after)
    };
    let first = message.chars().next().map_or(0, char::len_utf8);
    let (kind, place, mut after) = take(first);
    if !kind.is_empty() {
        fields.push(field("packet type", place, kind, socket_says(kind), SOCKET));
    }
    let attached = digits(after);
    if matches!(kind, "5" | "6") && after[attached..].starts_with('-') {
        let (taken, place, left) = take(attached + 1);
        let says = "so many attachments follow";
        fields.push(field("attachments", place, taken, says, SOCKET));
        after = left;
    }
    if after.starts_with('/') {
        let length = after.find(',').map_or(after.len(), |comma| comma + 1);
        let (taken, place, left) = take(length);
        let name = taken.trim_end_matches(',');
        fields.push(field("namespace", place, name, "up to the comma", SOCKET));
        after = left;
    }
    let id = digits(after);
    if id > 0 {
        let says = match kind {
            "3" | "6" => "the number of the event that it answers",
            _ => "an answer is wanted; it carries the same number",
        };
        let (taken, place, left) = take(id);
        fields.push(field("ack id", place, taken, says, SOCKET));
        after = left;
    }
    if !after.is_empty() {
        let (taken, place, _) = take(after.len());
        fields.push(data(taken, place.start, SOCKET));
    }
    fields
}

fn digits(text: &str) -> usize {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    text.len() - rest.len()
}

fn data(text: &str, at: usize, clause: &'static str) -> Field {
    let mut value: String = text.chars().take(MOST_SHOWN).collect();
    if value.len() < text.len() {
        value += "…";
    }
    field("payload", at..at + text.len(), &value, "", clause)
}

fn field(
    name: &'static str,
    place: Range<usize>,
    value: &str,
    says: &str,
    clause: &'static str,
) -> Field {
    Field {
        key: name,
        name: name.into(),
        bits: place.start * 8..place.end * 8,
        value: value.into(),
        says: says.into(),
        clause,
        faults: Vec::new(),
    }
}
