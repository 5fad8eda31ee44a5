//! A WebSocket frame, byte by byte (RFC 6455 §5.2).

use std::fmt::Write as _;

use super::bytes::{Row, Shown, hex, shown_bytes, spoken};
use super::html::escape;
use super::names::mark_values;
use super::recording::{Name, Side};

/// Where the parts of a frame lie.
struct Layout {
    extended: usize,
    key: bool,
    /// As announced; the bytes may end earlier.
    length: u64,
}

impl Layout {
    fn read(bytes: &[u8]) -> Option<Layout> {
        let second = *bytes.get(1)?;
        let extended = match second & 0x7f {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let length = match extended {
            0 => u64::from(second & 0x7f),
            n => bytes
                .get(2..2 + n)?
                .iter()
                .fold(0, |length, byte| length << 8 | u64::from(*byte)),
        };
        let key = second & 0x80 != 0;
        (bytes.len() >= 2 + extended + if key { 4 } else { 0 }).then_some(Layout {
            extended,
            key,
            length,
        })
    }

    fn payload_at(&self) -> usize {
        2 + self.extended + if self.key { 4 } else { 0 }
    }
}

/// The frame opened: its bytes, and what each field says. `None` if its head
/// isn't whole.
pub fn render(bytes: &[u8], side: Side, names: &[Name]) -> Option<String> {
    let layout = Layout::read(bytes)?;
    let at = layout.payload_at();
    let key = layout.key.then(|| &bytes[at - 4..at]);
    let length = usize::try_from(layout.length).unwrap_or(usize::MAX);
    let wire = &bytes[at..at.saturating_add(length).min(bytes.len())];
    let payload: Vec<u8> = match key {
        Some(key) => wire
            .iter()
            .zip(key.iter().cycle())
            .map(|(b, k)| b ^ k)
            .collect(),
        None => wire.to_vec(),
    };
    let opcode = bytes[0] & 0x0f;
    let close_code = (opcode == 8).then(|| payload.get(..2)).flatten();

    let mut spans = Shown::default();
    spans.push(&bytes[..1], "fin rsv opcode");
    spans.push(&bytes[1..2], "mask length");
    spans.push(&bytes[2..2 + layout.extended], "length");
    spans.push(key.unwrap_or_default(), "key");
    let coded = if close_code.is_some() { 2 } else { 0 };
    spans.push(&wire[..coded], "payload code");
    spans.push_some(&wire[coded..], "payload");

    let mut rows = vec![
        fin(bytes[0], opcode),
        rsv(bytes[0]),
        Row::new(
            "opcode",
            &format!(".... {:04b}", opcode),
            &format!("<b>opcode</b> {opcode}: {}", opcode_says(opcode)),
            "RFC 6455 §5.2",
        ),
        mask(layout.key, side),
        length_row(bytes[1], &layout),
    ];
    if let Some(key) = key {
        rows.push(Row::new(
            "key",
            &hex(key),
            "<b>masking key</b>: byte <i>i</i> of the payload is XORed with byte <i>i</i> mod 4 of the key",
            "RFC 6455 §5.3",
        ));
    }
    if let Some(code) = close_code {
        let code = u16::from_be_bytes([code[0], code[1]]);
        rows.push(Row::new(
            "code",
            &hex(&code.to_be_bytes()),
            &format!("<b>close code</b> {code}: {}", code_says(code)),
            "RFC 6455 §5.5.1, §7.4.1",
        ));
    }
    let said = &payload[coded..];
    if !said.is_empty() {
        let mut says = String::from("<b>payload</b>");
        if layout.key {
            says.push_str(", unmasked");
        }
        let _ = write!(
            says,
            ": {}",
            spoken(said, opcode == 2, |t| mark_values(t, names))
        );
        rows.push(Row::new("payload", &shown_bytes(&wire[coded..]), &says, ""));
    }
    if wire.len() < length {
        rows.push(Row::new(
            "payload",
            "",
            &format!("{} of {length} bytes are here", wire.len()),
            "",
        ));
    }
    Some(spans.html() + &Row::list(&rows))
}

fn fin(first: u8, opcode: u8) -> Row {
    let says = match (first & 0x80 != 0, opcode) {
        (true, 8..) => "<b>FIN</b> 1: a control frame is whole, never a fragment",
        (true, 0) => "<b>FIN</b> 1: the last fragment of its message",
        (true, _) => "<b>FIN</b> 1: the first fragment of its message is also the last",
        (false, 8..) => "<b>FIN</b> 0: a fragment, which a control frame must not be",
        (false, _) => "<b>FIN</b> 0: more fragments of this message follow",
    };
    let clause = if opcode >= 8 {
        "RFC 6455 §5.5"
    } else {
        "RFC 6455 §5.4"
    };
    Row::new("fin", &format!("{}... ....", first >> 7), says, clause)
}

fn rsv(first: u8) -> Row {
    let bits = first >> 4 & 7;
    let says = match bits {
        0 => "<b>RSV1 to RSV3</b> 0: reserved for extensions, and none was agreed on",
        _ => {
            "<b>RSV1 to RSV3</b>: a bit is set though no extension was agreed on, so the receiver fails the connection"
        }
    };
    Row::new("rsv", &format!(".{bits:03b} ...."), says, "RFC 6455 §5.2")
}

fn opcode_says(opcode: u8) -> &'static str {
    match opcode {
        0 => "continuation of the message that is under way",
        1 => "text, in UTF-8",
        2 => "binary",
        8 => "close",
        9 => "ping",
        10 => "pong",
        _ => "reserved, so the receiver fails the connection",
    }
}

fn mask(masked: bool, side: Side) -> Row {
    let says = match (masked, side) {
        (true, Side::Server) => "<b>MASK</b> 1: masked, which a server's frame must not be",
        (true, _) => "<b>MASK</b> 1: masked, as each frame of a client must be",
        (false, Side::Client) => {
            "<b>MASK</b> 0: not masked, so the server must close the connection"
        }
        (false, _) => "<b>MASK</b> 0: not masked, as each frame of a server must be",
    };
    let bits = format!("{}... ....", u8::from(masked));
    Row::new("mask", &bits, says, "RFC 6455 §5.1")
}

fn length_row(second: u8, layout: &Layout) -> Row {
    let Layout { length, .. } = layout;
    let mut says = match layout.extended {
        0 => format!("<b>payload length</b> {length}"),
        n => format!(
            "<b>payload length</b> {}: the length is in the next {n} bytes: {length}",
            second & 0x7f
        ),
    };
    let shortest = match layout.extended {
        2 => *length > 125,
        8 => *length > 0xffff,
        _ => true,
    };
    if !shortest {
        says.push_str("; a shorter form would do, and the shortest is required");
    }
    let bits = format!(".{:03b} {:04b}", second >> 4 & 7, second & 0x0f);
    Row::new("length", &bits, &says, "RFC 6455 §5.2")
}

fn code_says(code: u16) -> String {
    let says = match code {
        1000 => "normal closure",
        1001 => "going away",
        1002 => "protocol error",
        1003 => "a kind of data that is not accepted",
        1007 => "data that doesn't fit its type",
        1008 => "against a policy",
        1009 => "message too big",
        1010 => "the server didn't agree to an extension that the client needs",
        1011 => "the server met an unexpected condition",
        3000..=3999 => "registered by a library or an application",
        4000..=4999 => "private to the application",
        _ => "not to be sent",
    };
    escape(says)
}
