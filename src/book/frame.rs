//! A WebSocket frame, byte by byte.

use super::bytes::{Row, Shown, hex, shown_bytes, spoken};
use super::html::escape;
use super::names::mark_values;
use super::packet;
use super::recording::Name;
use crate::wire::{Agreed, Field, Frame, Packets, Side};

/// The frame opened: its bytes, and what each field says; of a message that is
/// a packet, the packet's fields too. `None` if its head isn't whole.
pub fn render(
    bytes: &[u8],
    from: Option<Side>,
    names: &[Name],
    packets: Option<&mut Packets>,
) -> Option<String> {
    let frame = Frame::read(bytes).filter(Frame::head_is_whole)?;
    let agreed = Agreed {
        from,
        compression: false,
    };
    let fields = frame.fields(agreed);
    let mut rows: Vec<Row> = fields
        .iter()
        .map(|field| row(field, &frame, names))
        .collect();
    if frame.missing().is_some() {
        let (here, length) = (frame.payload.len(), frame.length.unwrap_or_default());
        let says = format!("{here} of {length} bytes are here");
        rows.push(Row::new("payload", "", &says, ""));
    }
    let inner = packets.map_or(Vec::new(), |packets| inner(&frame, packets));
    rows.extend(packet::rows(&inner, &frame.payload, names));
    Some(spans(&frame, &fields, &inner).html() + &Row::list(&rows))
}

/// The fields of the packet that is the frame's payload, counted from its
/// first byte. A packet of the proofs never comes in fragments.
fn inner(frame: &Frame, packets: &mut Packets) -> Vec<Field> {
    match (frame.opcode, std::str::from_utf8(&frame.payload)) {
        _ if !frame.fin || frame.missing().is_some() => Vec::new(),
        (1, Ok(text)) => packets.packet(text, 0),
        (2, _) => {
            // What is wrong with it stands at the packet that announced it.
            packets.attached(&frame.payload);
            Vec::new()
        }
        _ => Vec::new(),
    }
}

fn spans(frame: &Frame, fields: &[Field], inner: &[Field]) -> Shown {
    let mut spans = Shown::default();
    let mut at = 0;
    while at < frame.bytes.len() {
        let here = fields.iter().filter(|field| field.bytes().contains(&at));
        let keys: Vec<&str> = here
            .clone()
            .map(|field| match field.key {
                "code" => "payload code",
                key => key,
            })
            .collect();
        if keys == ["payload"] {
            spans.push_each(&frame.bytes[at..], |nth| match packet::key_at(inner, nth) {
                Some(key) => format!("payload {key}"),
                None => "payload".to_owned(),
            });
            break;
        }
        spans.push(&frame.bytes[at..=at], &keys.join(" "));
        at += 1;
    }
    spans
}

fn row(field: &Field, frame: &Frame, names: &[Name]) -> Row {
    let bytes = &frame.bytes[field.bytes()];
    let (bits, says) = match field.key {
        "payload" => {
            // As it was said, so that recorded values can be marked.
            let said = &frame.payload[frame.payload.len() - bytes.len()..];
            let masked = if frame.masked() { ", unmasked" } else { "" };
            let said = spoken(said, frame.opcode == 2, |text| mark_values(text, names));
            (
                shown_bytes(bytes),
                format!("<b>payload</b>{masked}: {said}"),
            )
        }
        "code" => (hex(&frame.payload[..2]), words(field)),
        "key" => (
            hex(bytes),
            words(field).replace("byte i ", "byte <i>i</i> "),
        ),
        _ => (field.drawn(frame.bytes).unwrap_or_default(), words(field)),
    };
    Row::new(field.key, &bits, &says, field.clause)
}

/// `<b>FIN</b> 1: more fragments of this message follow`.
fn words(field: &Field) -> String {
    let mut words = format!("<b>{}</b>", field.name);
    for (before, part) in [(" ", &field.value), (": ", &field.says)] {
        if !part.is_empty() {
            words += before;
            words += &escape(part);
        }
    }
    words
}
