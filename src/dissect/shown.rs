//! A conversation in a terminal: bytes on the left, what they say on the right.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::Tally;
use super::flow::{Flow, KEPT, Run};
use crate::terminal::{BAD, BOLD, DIM, width};
use crate::wire::{Earns, Fault, Field, Kind, Piece, Side};

/// The client's colour here as in the book, and the server's.
const CLIENT: Style = AnsiColor::Blue.on_default();
const SERVER: Style = AnsiColor::Green.on_default();
const PLAIN: Style = Style::new();

/// Narrower than this no bytes fit beside words.
const NARROWEST: usize = 60;
/// Where the words begin behind the bytes.
const WORDS_AT: usize = 27;
/// Bytes in a line.
const IN_LINE: usize = 8;
/// More lines of a field's bytes than this are counted, not shown.
const MOST_LINES: usize = 4;

/// A head, its content or a frame.
pub fn piece(out: &mut impl Write, piece: &Piece, in_colour: bool) -> io::Result<()> {
    let (colour, direction) = match piece.from {
        Side::Client => (CLIENT, "C→S"),
        Side::Server => (SERVER, "S→C"),
    };
    let mut flow = Flow::new(width().max(NARROWEST), in_colour);
    let (at, len) = (piece.at, piece.bytes.len());
    let place = match len {
        1 => format!("byte {at}"),
        _ => format!("bytes {at} to {}", at + len - 1),
    };
    let title = format!("{direction} {}", piece.summary);
    flow.ends(&[(colour.bold(), title)], &(DIM, place));
    if let Some(note) = &piece.note {
        flow.words(4, &[(PLAIN, note.clone())]);
    }
    flow.blank();
    for (nth, field) in piece.fields.iter().enumerate() {
        match piece.kind {
            Kind::Request | Kind::Response => line(&mut flow, field, colour),
            Kind::Content | Kind::Frame => {
                let before = nth.checked_sub(1).map(|before| &piece.fields[before]);
                let left = left(field, before, piece.bytes);
                flow.columns(2, colour, &left, WORDS_AT, &says(field));
            }
        }
        for fault in &field.faults {
            let at = match piece.kind {
                Kind::Frame => WORDS_AT,
                _ => 6,
            };
            flow.words(at, &broken(fault));
        }
    }
    for fault in &piece.absent {
        flow.words(2, &broken(fault));
    }
    if let Some(missing) = &piece.missing {
        flow.words(2, &[(BAD, format!("✗ cut short: {missing}"))]);
    }
    flow.blank();
    out.write_all(flow.text().as_bytes())
}

/// The end.
pub fn tally(out: &mut impl Write, tally: &Tally, in_colour: bool) -> io::Result<()> {
    let mut flow = Flow::new(width().max(NARROWEST), in_colour);
    let style = match tally.is_good() {
        true => BOLD,
        false => BAD,
    };
    flow.words(0, &[(style, tally.says())]);
    out.write_all(flow.text().as_bytes())
}

/// A line of a head, and what it is for.
fn line(flow: &mut Flow, field: &Field, colour: Style) {
    let (name, value) = match field.key {
        "header" => (format!("{}:", field.name), &field.value),
        "end" => (String::new(), &"\\r\\n".to_owned()),
        _ => (String::new(), &field.value),
    };
    flow.words(2, &[(colour, name), (PLAIN, value.clone())]);
    if !field.says.is_empty() {
        flow.words(6, &[(DIM, field.says.clone()), (DIM, kept(field.clause))]);
    }
}

/// `FIN 1: the last fragment of its message  RFC 6455 §5.4`.
fn says(field: &Field) -> Vec<Run> {
    let mut name = field.name.clone();
    let mut value = field.value.clone();
    let last = match (field.key, value.is_empty()) {
        ("payload" | "content", _) | (_, true) => &mut name,
        _ => &mut value,
    };
    if !field.says.is_empty() || matches!(field.key, "payload" | "content") {
        last.push(':');
    }
    let (says, clause) = (field.says.clone(), (DIM, kept(field.clause)));
    vec![(BOLD, name), (PLAIN, value), (PLAIN, says), clause]
}

/// `✗ an unmasked frame from a client → close 1002  RFC 6455 §5.1`.
fn broken(fault: &Fault) -> Vec<Run> {
    let earns = match fault.earns {
        Earns::Close(code) => format!("→ close {code}"),
        Earns::Status(code) => format!("→ status {code}"),
        Earns::Failure => "→ the client gives up".to_owned(),
        Earns::Nothing => String::new(),
    };
    let says = format!("✗ {}", fault.says);
    vec![(BAD, says), (BAD, kept(&earns)), (DIM, kept(fault.clause))]
}

/// Words in one piece.
fn kept(words: &str) -> String {
    words.replace(' ', KEPT.encode_utf8(&mut [0; 2]))
}

/// The bytes of a field, in lines; the bits where its first byte is shared,
/// and that byte itself where it is shared for the first time.
fn left(field: &Field, before: Option<&Field>, bytes: &[u8]) -> Vec<String> {
    let hex = |bytes: &[u8]| {
        let bytes: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        bytes.join(" ")
    };
    let range = field.bytes();
    let mut lines = Vec::new();
    let mut whole = &bytes[range.clone()];
    if let Some(bits) = field.drawn(bytes) {
        let shown = before.is_some_and(|before| before.bytes().contains(&range.start));
        let byte = if shown {
            String::new()
        } else {
            hex(&whole[..1])
        };
        lines.push(format!("{byte:14}{bits}"));
        whole = &whole[1..];
    }
    let mut rows = whole.chunks(IN_LINE);
    lines.extend(rows.by_ref().take(MOST_LINES).map(hex));
    let rest: usize = rows.map(<[u8]>::len).sum();
    if rest > 0 {
        lines.push(format!("… {rest} more"));
    }
    lines
}
