//! A WebSocket frame (RFC 6455 §5.2).

use std::ops::Range;

use super::{Earns, Fault, Field, Side, close, count};

/// What was agreed on, as far as it changes what a frame means.
#[derive(Debug, Clone, Copy, Default)]
pub struct Agreed {
    /// Who sends the frame; without it, its mask tells.
    pub from: Option<Side>,
    /// Whether RSV1 marks compressed messages (RFC 7692 §6).
    pub compression: bool,
}

/// A frame, as much of it as is there.
#[derive(Debug, Clone)]
pub struct Frame<'a> {
    /// Its bytes: at least one.
    pub bytes: &'a [u8],
    /// The last fragment of its message.
    pub fin: bool,
    /// The reserved bits, from 0 to 7.
    pub rsv: u8,
    /// What kind of frame it is.
    pub opcode: u8,
    /// The length announced, once it is known.
    pub length: Option<u64>,
    /// The payload, unmasked.
    pub payload: Vec<u8>,
    /// Bytes of the extended length: 0, 2 or 8.
    extended: usize,
    /// How long the head is, or will be.
    head: usize,
}

impl<'a> Frame<'a> {
    /// The frame at the front of the bytes. `None` if there are none.
    pub fn read(bytes: &'a [u8]) -> Option<Frame<'a>> {
        let first = *bytes.first()?;
        let second = bytes.get(1).copied();
        let extended = match second.unwrap_or(0) & 0x7f {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let length = match (extended, second) {
            (0, second) => second.map(|second| u64::from(second & 0x7f)),
            (n, _) => bytes.get(2..2 + n).map(|bytes| {
                let bytes = bytes.iter();
                bytes.fold(0, |length, byte| length << 8 | u64::from(*byte))
            }),
        };
        let masked = second.unwrap_or(0) & 0x80 != 0;
        let head = 2 + extended + if masked { 4 } else { 0 };
        let key = match masked {
            true => bytes.get(head - 4..head),
            false => None,
        };
        let key: Option<[u8; 4]> = key.and_then(|key| key.try_into().ok());
        let announced = length.map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX));
        let end = head.saturating_add(announced).min(bytes.len());
        let mut payload = bytes.get(head..end).unwrap_or_default().to_vec();
        for (byte, key) in payload.iter_mut().zip(key.iter().flatten().cycle()) {
            *byte ^= key;
        }
        Some(Frame {
            bytes: &bytes[..end],
            fin: first & 0x80 != 0,
            rsv: first >> 4 & 7,
            opcode: first & 0x0f,
            length,
            payload,
            extended,
            head,
        })
    }

    /// Whether the payload is masked, or will be.
    pub fn masked(&self) -> bool {
        self.bytes.get(1).is_some_and(|second| second & 0x80 != 0)
    }

    /// Whether it controls the connection: close, ping, pong.
    pub fn control(&self) -> bool {
        self.opcode >= 8
    }

    /// Whether all of it is there but perhaps the payload.
    pub fn head_is_whole(&self) -> bool {
        self.bytes.len() >= self.head
    }

    /// The code, if this is a close frame with one.
    pub fn close_code(&self) -> Option<u16> {
        match (self.opcode, &self.payload[..]) {
            (8, [high, low, ..]) => Some(u16::from_be_bytes([*high, *low])),
            _ => None,
        }
    }

    /// What of it is missing, in words.
    pub fn missing(&self) -> Option<String> {
        let here = self.bytes.len();
        let missing_of = |missing: u64, of: String| {
            let are = if missing == 1 { "is" } else { "are" };
            format!("{missing} of {of} {are} missing")
        };
        let part = |part: Range<usize>, what: &str| {
            let (total, missing) = (part.len(), part.end - here.max(part.start));
            match missing == total {
                true => format!("{what} is missing"),
                false => missing_of(missing as u64, format!("the {total} bytes of {what}")),
            }
        };
        let length_ends = 2 + self.extended;
        match self.length {
            _ if here < 2 => Some("all behind the first byte is missing".into()),
            None => Some(part(2..length_ends, "the extended length")),
            Some(_) if here < self.head => Some(part(length_ends..self.head, "the masking key")),
            Some(length) => match length - self.payload.len() as u64 {
                0 => None,
                missing => Some(missing_of(missing, count(length, "payload byte"))),
            },
        }
    }

    /// All its fields, in order; together they cover each of its bits once.
    pub fn fields(&self, agreed: Agreed) -> Vec<Field> {
        let mut fields = vec![
            self.fin_field(),
            self.rsv_field(agreed),
            self.opcode_field(),
        ];
        let here = self.bytes.len();
        if here >= 2 {
            fields.push(self.mask_field(agreed.from));
            fields.push(self.length_field());
        }
        let length_ends = 2 + self.extended;
        if self.masked() && here > length_ends {
            fields.push(Field {
                clause: "RFC 6455 §5.3",
                says: "byte i of the payload is XORed with byte i mod 4 of the key".into(),
                ..field(
                    "key",
                    "masking key",
                    length_ends * 8..here.min(self.head) * 8,
                )
            });
        }
        let mut at = self.head;
        if let Some(code) = self.close_code() {
            fields.push(close_code_field(code, at));
            at += 2;
        }
        if at < here {
            fields.push(self.payload_field(at));
        }
        fields
    }

    fn fin_field(&self) -> Field {
        let says = match (self.fin, self.opcode) {
            (true, 8..) => "a control frame is whole, never a fragment",
            (true, 0) => "the last fragment of its message",
            (true, _) => "the first fragment of its message is also the last",
            (false, 8..) => "a fragment, which a control frame must not be",
            (false, _) => "more fragments of this message follow",
        };
        let clause = if self.control() {
            "RFC 6455 §5.5"
        } else {
            "RFC 6455 §5.4"
        };
        let mut fin = Field {
            value: u8::from(self.fin).to_string(),
            says: says.into(),
            clause,
            ..field("fin", "FIN", 0..1)
        };
        if self.control() && !self.fin {
            fin.breaks("a control frame in fragments", "RFC 6455 §5.5", 1002);
        }
        fin
    }

    fn rsv_field(&self, agreed: Agreed) -> Field {
        let mut rsv = field("rsv", "RSV1 to RSV3", 1..4);
        rsv.clause = "RFC 6455 §5.2";
        let compressed = agreed.compression && matches!(self.opcode, 1 | 2);
        match self.rsv {
            0 => {
                rsv.value = "0".into();
                rsv.says = "reserved for extensions, and none was agreed on".into();
                if agreed.compression {
                    rsv.says = "this message is not compressed".into();
                    rsv.clause = "RFC 7692 §6";
                }
            }
            4 if compressed => {
                rsv.says = "RSV1 is set: this message is compressed".into();
                rsv.clause = "RFC 7692 §6";
            }
            bits => {
                rsv.says = "a bit is set though no extension was agreed on, so the receiver fails the connection".into();
                let names = [(4, "RSV1"), (2, "RSV2"), (1, "RSV3")];
                let set = names.iter().filter(|(bit, _)| bits & bit != 0);
                let set: Vec<_> = set.map(|(_, name)| *name).collect();
                let set = format!("{} set for no extension", set.join(" and "));
                rsv.breaks(set, "RFC 6455 §5.2", 1002);
            }
        }
        rsv
    }

    fn opcode_field(&self) -> Field {
        let says = match self.opcode {
            0 => "continuation of the message that is under way",
            1 => "text, in UTF-8",
            2 => "binary",
            8 => "close",
            9 => "ping",
            10 => "pong",
            _ => "reserved, so the receiver fails the connection",
        };
        let mut opcode = Field {
            value: self.opcode.to_string(),
            says: says.into(),
            clause: "RFC 6455 §5.2",
            ..field("opcode", "opcode", 4..8)
        };
        if !matches!(self.opcode, 0..=2 | 8..=10) {
            opcode.breaks("a reserved opcode", "RFC 6455 §5.2", 1002);
        }
        opcode
    }

    fn mask_field(&self, from: Option<Side>) -> Field {
        let says = match (self.masked(), from) {
            (true, Some(Side::Server)) => "masked, which a server's frame must not be",
            (true, _) => "masked, as each frame of a client must be",
            (false, Some(Side::Client)) => "not masked, so the server must close the connection",
            (false, _) => "not masked, as each frame of a server must be",
        };
        let mut mask = Field {
            value: u8::from(self.masked()).to_string(),
            says: says.into(),
            clause: "RFC 6455 §5.1",
            ..field("mask", "MASK", 8..9)
        };
        match (self.masked(), from) {
            (true, Some(Side::Server)) => {
                mask.breaks("a masked frame from a server", "RFC 6455 §5.1", 1002)
            }
            (false, Some(Side::Client)) => {
                mask.breaks("an unmasked frame from a client", "RFC 6455 §5.1", 1002)
            }
            _ => {}
        }
        mask
    }

    fn length_field(&self) -> Field {
        let ends = self.bytes.len().min(2 + self.extended);
        let mut field = Field {
            clause: "RFC 6455 §5.2",
            ..field("length", "payload length", 9..ends * 8)
        };
        let seven = self.bytes[1] & 0x7f;
        field.value = seven.to_string();
        if self.extended > 0 {
            field.says = format!("the length is in the next {} bytes", self.extended);
        }
        let Some(length) = self.length else {
            return field;
        };
        if self.extended > 0 {
            field.says += &format!(": {length}");
        }
        let shortest = match self.extended {
            2 => length > 125,
            8 => length > 0xffff,
            _ => true,
        };
        if !shortest {
            field.says += "; a shorter form would do, and the shortest is required";
            field.breaks(
                "a length that is not in its shortest form",
                "RFC 6455 §5.2",
                1002,
            );
        }
        if length >> 63 == 1 {
            field.breaks("a length whose highest bit is set", "RFC 6455 §5.2", 1002);
        }
        if self.control() && length > 125 {
            field.breaks(
                "a control frame of more than 125 bytes",
                "RFC 6455 §5.5",
                1002,
            );
        }
        if self.opcode == 8 && length == 1 {
            field.breaks("a close of 1 byte: a code takes 2", "RFC 6455 §5.5.1", 1002);
        }
        field
    }

    fn payload_field(&self, at: usize) -> Field {
        let said = &self.payload[at - self.head..];
        let mut payload = field("payload", "payload", at * 8..self.bytes.len() * 8);
        if self.masked() {
            payload.name = "payload, unmasked".into();
        }
        payload.value = spoken(said, self.is_no_text(said));
        if self.opcode == 8
            && at > self.head
            && let Some((at, _)) = not_utf8(said, self.missing().is_none())
        {
            let says = format!("the reason is not UTF-8 at its byte {at}");
            payload.breaks(says, "RFC 6455 §5.5.1", 1007);
        }
        payload
    }

    /// Binary data, or the one half of a code.
    fn is_no_text(&self, said: &[u8]) -> bool {
        self.opcode == 2 || (self.opcode == 8 && said.len() == 1 && self.close_code().is_none())
    }

    /// One line, as a transcript writes it.
    pub fn summary(&self) -> String {
        let mut line = match self.opcode {
            0 => "continue".to_owned(),
            1 => "text".to_owned(),
            2 => "binary".to_owned(),
            8 => "close".to_owned(),
            9 => "ping".to_owned(),
            10 => "pong".to_owned(),
            other => format!("opcode {other:#x}"),
        };
        if !self.fin {
            line += " more";
        }
        let mut said = &self.payload[..];
        if let Some(code) = self.close_code() {
            line += &format!(" {code}");
            said = &said[2..];
        }
        if !said.is_empty() || self.opcode == 1 {
            line += &format!(" {}", spoken(said, self.is_no_text(said)));
        }
        if self.masked() {
            line += " masked";
        }
        line
    }
}

impl Field {
    /// This rule is broken, and the connection is closed with `code`.
    pub(super) fn breaks(&mut self, says: impl Into<String>, clause: &'static str, code: u16) {
        self.faults
            .push(Fault::new(says, clause, Earns::Close(code)));
    }
}

fn close_code_field(code: u16, at: usize) -> Field {
    let mut field = Field {
        value: code.to_string(),
        says: close::says(code).into(),
        clause: "RFC 6455 §5.5.1, §7.4.1",
        ..field("code", "close code", at * 8..(at + 2) * 8)
    };
    if !close::may_be_sent(code) {
        field.breaks(format!("{code} is no code to send"), "RFC 6455 §7.4", 1002);
    }
    field
}

fn field(key: &'static str, name: &str, bits: Range<usize>) -> Field {
    Field {
        key,
        name: name.into(),
        bits,
        value: String::new(),
        says: String::new(),
        clause: "",
        faults: Vec::new(),
    }
}

/// Where bytes stop being UTF-8, and the byte there. Half a character at the
/// end counts only if `whole`.
pub(super) fn not_utf8(bytes: &[u8], whole: bool) -> Option<(usize, u8)> {
    let error = std::str::from_utf8(bytes).err()?;
    let at = error.valid_up_to();
    (whole || error.error_len().is_some()).then(|| (at, bytes[at]))
}

/// More characters than this are counted, not shown.
const MOST_TEXT: usize = 120;
/// More bytes likewise.
const MOST_BYTES: usize = 8;

/// Bytes in a line: quoted if they are text, else in hex.
pub(super) fn spoken(bytes: &[u8], binary: bool) -> String {
    let size = || count(bytes.len() as u64, "byte");
    match std::str::from_utf8(bytes) {
        Ok(text) if !binary => {
            let shown: String = text.chars().take(MOST_TEXT).collect();
            match shown.len() < text.len() {
                true => format!("{shown:?}… ({})", size()),
                false => format!("{shown:?}"),
            }
        }
        _ => {
            let hex = bytes
                .iter()
                .take(MOST_BYTES)
                .map(|byte| format!("{byte:02x}"));
            let hex = hex.collect::<Vec<_>>().join(" ");
            match bytes.len() > MOST_BYTES {
                true => format!("{hex}… ({})", size()),
                false => hex,
            }
        }
    }
}
