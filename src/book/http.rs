//! An HTTP head, line by line.

use super::bytes::{cite, spoken};
use super::html::escape;
use super::names::mark_values;
use super::packet;
use super::recording::Name;
use crate::wire::{Ending, Head, Packets, Side};

const CRLF: &str = "<span class=\"sp-crlf\">\\r\\n</span>";
const LF: &str = "<span class=\"sp-crlf\">\\n</span>";

/// The head, and the body if there is one; if it is packets, field by field.
pub fn render(bytes: &[u8], side: Side, names: &[Name], packets: Option<&mut Packets>) -> String {
    let head = Head::read(bytes);
    let mut items = String::new();
    for (nth, line) in head.lines.iter().enumerate() {
        let (says, clause) = line.note(nth, side);
        let end = match line.ending {
            Ending::CrLf => CRLF,
            Ending::Lf => LF,
            Ending::Missing => "",
        };
        let text = mark_values(&line.text, names);
        item(&mut items, &text, end, says, clause);
    }
    let body = &bytes[head.len..];
    let mut opened = String::new();
    if let Some(packets) = packets.filter(|_| is_packets(body)) {
        opened = packet::render(body, names, packets);
    } else if !body.is_empty() {
        let body = spoken(body, false, |text| mark_values(text, names));
        items.push_str(&format!(
            "<li>{body}<span class=\"sp-note\">the body</span></li>"
        ));
    }
    format!("<ol class=\"sp-head\">{items}</ol>{opened}")
}

/// Whether a body begins as a packet does: a refusal is JSON, and a post is
/// answered with `ok`.
fn is_packets(body: &[u8]) -> bool {
    matches!(body.first(), Some(b'0'..=b'6' | b'b')) && std::str::from_utf8(body).is_ok()
}

/// One line with what ends it, all HTML, and what is said of it.
pub(super) fn item(items: &mut String, text: &str, end: &str, says: &str, clause: &str) {
    items.push_str(&format!("<li><code>{text}{end}</code>"));
    if !says.is_empty() {
        items.push_str(&format!(
            "<span class=\"sp-note\">{}{}</span>",
            escape(says),
            cite(clause)
        ));
    }
    items.push_str("</li>");
}
