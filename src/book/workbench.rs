//! The workbenches: forms that a reader's browser works with. Their first state
//! is rendered here, by what the command uses, so nothing is missing without
//! scripts, and nothing moves when they begin.

use std::fmt::Write as _;

use frames_solution::{Decoder, Limits, Message, Role};

use super::bytes::{Row, Shown, hex, shown_bytes};
use super::html::{escape, unindexed};
use crate::wire::{Conversation, Field, Piece, Side, count};

/// The masked "Hello" of RFC 6455 §5.7.
const HELLO: &[u8] = &[
    0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
];

/// What else to look at: a name, who sends it, its bytes.
const FRAMES: &[(&str, &str, &str)] = &[
    (
        "Hello, masked",
        "client",
        "81 85 37 fa 21 3d 7f 9f 4d 51 58",
    ),
    (
        "two fragments, a ping between",
        "server",
        "01 03 48 65 6c 89 00 80 02 6c 6f",
    ),
    ("a close with a reason", "server", "88 05 03 e8 62 79 65"),
    ("half a character", "server", "81 02 48 c3"),
    ("half a code", "server", "88 01 03"),
    ("a reserved bit", "server", "c1 05 48 65 6c 6c 6f"),
    ("a client without a mask", "client", "81 05 48 65 6c 6c 6f"),
    (
        "a length in too long a form",
        "server",
        "82 7e 00 03 01 02 03",
    ),
    (
        "a promise of 2^63 − 1 bytes",
        "server",
        "82 7f 7f ff ff ff ff ff ff ff 00",
    ),
];

/// The workbench of this name, if there is one.
pub fn html(name: &str) -> Option<String> {
    match name {
        "frames" => Some(frames()),
        _ => None,
    }
}

/// Type a message, get bytes; paste bytes, get fields.
fn frames() -> String {
    let pieces: String = Conversation::new(HELLO, Some(Side::Client))
        .map(|piece| frame(&piece))
        .collect();
    let mut decoder = Decoder::new(Role::Server, Limits::default());
    let heard = match decoder.decode(&mut &HELLO[..]) {
        Ok(Some(Message::Text(text))) => format!("text {text:?}"),
        other => unreachable!("{other:?}"),
    };
    let examples: String = FRAMES
        .iter()
        .map(|(name, from, bytes)| {
            format!(
                "<button type=\"button\" class=\"sp-button\" data-from=\"{from}\" data-bytes=\"{bytes}\">{name}</button>"
            )
        })
        .collect();
    format!(
        "<section id=\"workbench\" class=\"sp-bench sp-frames\" aria-label=\"Frame workbench\" data-from=\"client\">\
         <form autocomplete=\"off\">\
         <fieldset class=\"sp-ask\" disabled><legend>A message becomes bytes<span class=\"sp-not\"> (those below are others)</span></legend>\
         <label>Sent by<select name=\"from\"><option value=\"client\" selected>a client</option>\
         <option value=\"server\">a server</option></select></label>\
         <label>Kind<select name=\"opcode\"><option value=\"1\" selected>text</option>\
         <option value=\"2\">binary</option><option value=\"0\">continuation</option>\
         <option value=\"8\">close</option><option value=\"9\">ping</option>\
         <option value=\"10\">pong</option></select></label>\
         <label hidden>Code<input name=\"code\" value=\"1000\" inputmode=\"numeric\" size=\"5\"></label>\
         <label class=\"sp-long\"><span>Payload</span>\
         <input name=\"payload\" value=\"Hello\" spellcheck=\"false\"></label>\
         <label>Frames<select name=\"fragments\"><option selected>1</option><option>2</option>\
         <option>3</option><option>4</option></select></label>\
         <label class=\"sp-tick\"><input type=\"checkbox\" name=\"fin\" checked>FIN</label>\
         <label class=\"sp-tick\"><input type=\"checkbox\" name=\"masked\" checked>masked</label>\
         <label>Key<input name=\"key\" value=\"37 fa 21 3d\" size=\"12\" spellcheck=\"false\"></label>\
         <button type=\"button\" class=\"sp-button\" name=\"fresh\">A fresh key</button></fieldset>\
         <fieldset class=\"sp-ask\" disabled><legend>Bytes become fields</legend>\
         <label class=\"sp-long\">Bytes, in hex<textarea name=\"bytes\" rows=\"2\" spellcheck=\"false\">{bytes}</textarea></label>\
         <p class=\"sp-wrong-input\" role=\"alert\"></p>\
         <details class=\"sp-examples\"><summary>Bytes to try</summary><p>{examples}</p></details></fieldset></form>\
         <ol class=\"sp-pieces\">{pieces}</ol>\
         <div class=\"sp-heard\"><p>The chapter’s decoder, as <span class=\"sp-ear\">a server</span>:</p>\
         <ol><li><code>{heard}</code></li></ol>\
         <a class=\"sp-link\" href=\"#workbench\">A link to these bytes</a></div></section>{scripts}",
        bytes = hex(HELLO),
        heard = escape(&heard),
        pieces = unindexed(&pieces),
        scripts = scripts(&["frame", "fields", "bench", "frames"]),
    )
}

fn scripts(names: &[&str]) -> String {
    let script = |name: &&str| format!("<script defer src=\"scripts/{name}.js\"></script>");
    names.iter().map(script).collect()
}

/// A frame opened; `piece` in `frames.js` makes the same.
fn frame(piece: &Piece) -> String {
    let mut shown = Shown::default();
    let keys = |at: usize| {
        let here = piece.fields.iter().filter(|f| f.bytes().contains(&at));
        here.map(|field| field.key).collect::<Vec<_>>().join(" ")
    };
    let payload = piece.fields.iter().find(|field| field.key == "payload");
    let head = payload.map_or(piece.bytes.len(), |field| field.bytes().start);
    for at in 0..head {
        shown.push(&piece.bytes[at..=at], &keys(at));
    }
    shown.push_some(&piece.bytes[head..], "payload");
    let rows: Vec<Row> = piece.fields.iter().map(|f| row(f, piece.bytes)).collect();
    format!(
        "<li><p class=\"sp-what\"><code>{}</code> <span>{}</span></p><div class=\"sp-inside\">{}{}</div></li>",
        escape(&piece.summary),
        count(piece.bytes.len() as u64, "byte"),
        shown.html(),
        Row::list(&rows),
    )
}

fn row(field: &Field, bytes: &[u8]) -> Row {
    let mut says = format!("<b>{}</b>", escape(&field.name));
    for (before, part) in [(" ", &field.value), (": ", &field.says)] {
        if !part.is_empty() {
            let _ = write!(says, "{before}{}", escape(part));
        }
    }
    let bits = field.drawn(bytes);
    let bits = bits.unwrap_or_else(|| shown_bytes(&bytes[field.bytes()]));
    Row::new(field.key, &bits, &says, field.clause)
}
