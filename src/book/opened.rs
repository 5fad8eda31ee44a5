//! The entries of a transcript, opened into their bytes.

use std::collections::HashMap;

use super::bytes::{Row, Shown, shown_bytes, spoken};
use super::names::mark_values;
use super::packet;
use super::recording::{Entry, Kind, Name, Side};
use super::{event, frame, http};
use crate::wire::{self, Dialect, Packets};

/// Opens the entries of a recording, in their order: what a packet means can
/// depend on those before it.
pub struct Opener<'a> {
    names: &'a [Name],
    /// By client: what it asked to speak inside messages and bodies.
    dialects: HashMap<String, Dialect>,
    /// By direction: what was said so far.
    voices: HashMap<String, Packets>,
}

impl<'a> Opener<'a> {
    /// For a recording with these random values.
    pub fn new(names: &'a [Name]) -> Opener<'a> {
        Opener {
            names,
            dialects: HashMap::new(),
            voices: HashMap::new(),
        }
    }

    /// What the next entry opens into, or `None` where there is nothing to
    /// see.
    pub fn open(&mut self, entry: &Entry) -> Option<String> {
        if entry.bytes.is_empty() {
            return None;
        }
        let names = self.names;
        let side = match entry.side() {
            Side::Client => Some(wire::Side::Client),
            Side::Server => Some(wire::Side::Server),
            Side::Neither => None,
        };
        if entry.kind == Kind::Request {
            self.asks(entry);
        }
        let packets = self.voice(entry);
        match entry.kind {
            Kind::Frame => frame::render(&entry.bytes, side, names, packets)
                .or_else(|| Some(plain(entry, names))),
            Kind::Event => Some(event::render(&entry.bytes, names)),
            Kind::Request => Some(http::render(
                &entry.bytes,
                wire::Side::Client,
                names,
                packets,
            )),
            Kind::Response => Some(http::render(
                &entry.bytes,
                wire::Side::Server,
                names,
                packets,
            )),
            Kind::Packet => Some(match packets {
                Some(packets) => packet::render(&entry.bytes, names, packets),
                None => plain(entry, names),
            }),
            Kind::Line | Kind::Bytes | Kind::Given => Some(plain(entry, names)),
            Kind::Command | Kind::Output | Kind::Note => None,
        }
    }

    /// A request's target says what will be spoken behind it.
    fn asks(&mut self, entry: &Entry) {
        let line = entry.lines.first().map_or("", String::as_str);
        let target = line.split(' ').nth(1).unwrap_or_default();
        match wire::dialect(target) {
            Some(dialect) => self.dialects.insert(client(entry).to_owned(), dialect),
            None => self.dialects.remove(client(entry)),
        };
    }

    fn voice(&mut self, entry: &Entry) -> Option<&mut Packets> {
        let dialect = *self.dialects.get(client(entry))?;
        let voice = self.voices.entry(entry.from.clone());
        Some(voice.or_insert_with(|| Packets::new(dialect)))
    }
}

/// Which client speaks or is spoken to: `C`, `ann`.
fn client(entry: &Entry) -> &str {
    let from = entry.from.as_str();
    from.strip_suffix("→S")
        .or_else(|| from.strip_prefix("S→"))
        .unwrap_or(from)
}

/// Bytes that have no fields: themselves, and what they spell.
fn plain(entry: &Entry, names: &[Name]) -> String {
    let mut spans = Shown::default();
    let mut rows = Vec::new();
    let text = match entry.bytes.strip_suffix(b"\n") {
        Some(text) if entry.kind == Kind::Line => text,
        _ => &entry.bytes[..],
    };
    spans.push_some(text, "payload");
    spans.push(&entry.bytes[text.len()..], "end");
    if !text.is_empty() {
        let says = spoken(text, false, |t| mark_values(t, names));
        rows.push(Row::new("payload", &shown_bytes(text), &says, ""));
    }
    if text.len() < entry.bytes.len() {
        rows.push(Row::new("end", "0a", "line feed: the line ends here", ""));
    }
    spans.html() + &Row::list(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(from: &str, kind: Kind, line: &str, bytes: &[u8]) -> Entry {
        Entry {
            from: from.into(),
            kind,
            lines: vec![line.into()],
            bytes: bytes.into(),
        }
    }

    #[test]
    fn a_message_is_a_packet_where_its_client_asked_for_one() {
        let ask = |from: &str, target: &str| {
            let head = format!("GET {target} HTTP/1.1\r\n\r\n");
            entry(
                from,
                Kind::Request,
                &format!("GET {target}"),
                head.as_bytes(),
            )
        };
        let says = |from: &str| entry(from, Kind::Frame, "text", b"\x81\x072[\"hi\"]");
        let body = b"HTTP/1.1 200 OK\r\n\r\n40\x1e3x";
        let entries = [
            ask("ann→S", "/socket.io/?EIO=4&transport=websocket"),
            ask("bob→S", "/engine.io/?EIO=4&transport=polling"),
            ask("eve→S", "/chat"),
            says("S→ann"),
            says("S→eve"),
            entry("S→bob", Kind::Response, "200", body),
        ];
        let mut opener = Opener::new(&[]);
        let opened = entries.each_ref().map(|entry| opener.open(entry).unwrap());
        // `2` of Engine.IO is a ping: what stands behind it is its payload.
        assert!(
            opened[3].contains("<b>type</b> <code>2</code>: ping"),
            "{}",
            opened[3]
        );
        assert!(!opened[4].contains("p-type"), "{}", opened[4]);
        assert!(
            opened[5].contains("another packet follows"),
            "{}",
            opened[5]
        );
        assert!(
            !opened[5].contains("connect to a namespace"),
            "{}",
            opened[5]
        );
    }
}
