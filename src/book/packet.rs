//! Packets of Engine.IO and Socket.IO, field by field: of a frame's text, or of
//! an HTTP body.

use super::bytes::{Row, Shown, shown_bytes};
use super::html::escape;
use super::names::mark_values;
use super::recording::Name;
use crate::wire::{Field, Packets};

/// A body, or a packet out of one: its bytes, and what each field says.
pub fn render(bytes: &[u8], names: &[Name], packets: &mut Packets) -> String {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return String::new();
    };
    let fields = packets.body(text, 0);
    let mut spans = Shown::default();
    spans.push_each(bytes, |at| key_at(&fields, at).unwrap_or_default().into());
    spans.html() + &Row::list(&rows(&fields, bytes, names))
}

/// The field's key that the byte belongs to.
pub fn key_at(fields: &[Field], at: usize) -> Option<&'static str> {
    let field = fields.iter().find(|field| field.bytes().contains(&at))?;
    Some(key(field))
}

/// What each field says; `bytes` are those that the fields count.
pub fn rows(fields: &[Field], bytes: &[u8], names: &[Name]) -> Vec<Row> {
    let fields = fields.iter().filter(|field| !field.bits.is_empty());
    fields
        .map(|field| {
            let mut says = format!("<b>{}</b>", escape(&field.name));
            if !field.value.is_empty() {
                says += &format!(" <code>{}</code>", mark_values(&field.value, names));
            }
            if !field.says.is_empty() {
                says += &format!(": {}", escape(&field.says));
            }
            for fault in &field.faults {
                says += &format!(" <em>{}</em>", escape(&fault.says));
            }
            let bytes = &bytes[field.bytes()];
            Row::new(key(field), &shown_bytes(bytes), &says, field.clause)
        })
        .collect()
}

/// A frame has a payload too: in the book each field lights up by its own name.
fn key(field: &Field) -> &'static str {
    match field.key {
        "type" => "p-type",
        "packet type" => "p-kind",
        "attachments" => "p-count",
        "namespace" => "p-nsp",
        "ack id" => "p-id",
        "separator" => "p-sep",
        _ => "p-data",
    }
}
