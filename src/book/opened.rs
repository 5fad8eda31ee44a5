//! An entry of a transcript, opened into its bytes.

use super::bytes::{Row, Shown, shown_bytes, spoken};
use super::names::mark_values;
use super::recording::{Entry, Kind, Name, Side};
use super::{event, frame, http};
use crate::wire;

/// What an entry opens into, or `None` where there is nothing to see.
pub fn render(entry: &Entry, names: &[Name]) -> Option<String> {
    if entry.bytes.is_empty() {
        return None;
    }
    match entry.kind {
        Kind::Frame => {
            let from = match entry.side() {
                Side::Client => Some(wire::Side::Client),
                Side::Server => Some(wire::Side::Server),
                Side::Neither => None,
            };
            frame::render(&entry.bytes, from, names).or_else(|| Some(plain(entry, names)))
        }
        Kind::Event => Some(event::render(&entry.bytes, names)),
        Kind::Request => Some(http::render(&entry.bytes, wire::Side::Client, names)),
        Kind::Response => Some(http::render(&entry.bytes, wire::Side::Server, names)),
        Kind::Line | Kind::Bytes | Kind::Packet | Kind::Given => Some(plain(entry, names)),
        Kind::Command | Kind::Output | Kind::Note => None,
    }
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
