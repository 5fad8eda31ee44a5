//! What was said, piece by piece: heads, then frames. What came before decides
//! what may follow.

use super::frame::{not_utf8, spoken};
use super::handshake::{Asked, Checked};
use super::packet::{self, Packets};
use super::{Agreed, Earns, Fault, Field, Frame, Head, Side, count};
use proof::Dialect;

/// A part of a conversation, explained.
pub struct Piece<'a> {
    /// What it is.
    pub kind: Kind,
    /// Who says it; of bytes nobody is known to say, the mask tells.
    pub from: Side,
    /// Where it begins.
    pub at: usize,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// It in a line.
    pub summary: String,
    /// Its fields: they cover its bytes, once and in order.
    pub fields: Vec<Field>,
    /// Faults of what is not there.
    pub absent: Vec<Fault>,
    /// What it is to the pieces around it.
    pub note: Option<String>,
    /// What of it has not come.
    pub missing: Option<String>,
}

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The head of an HTTP request.
    Request,
    /// The head of an HTTP response.
    Response,
    /// The content behind a head.
    Content,
    /// A WebSocket frame.
    Frame,
}

impl Piece<'_> {
    /// All its faults.
    pub fn faults(&self) -> impl Iterator<Item = &Fault> {
        let of_fields = self.fields.iter().flat_map(|field| &field.faults);
        of_fields.chain(&self.absent)
    }
}

/// Takes bytes apart, a piece at a time.
pub struct Conversation<'a> {
    bytes: &'a [u8],
    at: usize,
    told: Option<Side>,
    asked: Option<Asked>,
    answered: bool,
    compression: bool,
    /// Bytes of content still to come.
    content: usize,
    /// Whose content it is.
    content_from: Side,
    client: Voice,
    server: Voice,
    /// Texts and contents are Engine.IO packets.
    dialect: Option<Dialect>,
    /// What is answered now is no packet.
    failed: bool,
}

/// What one side has said so far in frames.
#[derive(Default)]
struct Voice {
    message: Option<Message>,
    closed: bool,
    packets: Option<Packets>,
}

/// A message of which more must come.
struct Message {
    opcode: u8,
    compressed: bool,
    fragments: u64,
    bytes: Vec<u8>,
    /// How much of it is known to be UTF-8.
    checked: usize,
    refused: bool,
}

impl<'a> Conversation<'a> {
    /// The conversation in these bytes; `from` says who speaks, if it is known.
    pub fn new(bytes: &'a [u8], from: Option<Side>) -> Conversation<'a> {
        Conversation {
            bytes,
            at: 0,
            told: from,
            asked: None,
            answered: false,
            compression: false,
            content: 0,
            content_from: Side::Client,
            client: Voice::default(),
            server: Voice::default(),
            dialect: None,
            failed: false,
        }
    }

    /// The packets that this text is: a body of HTTP, or a message.
    pub fn of_packets(text: &'a str, from: Option<Side>) -> Conversation<'a> {
        let mut conversation = Conversation::new(text.as_bytes(), from);
        conversation.content = text.len();
        // Only a client tries a transport with `probe`; the server answers.
        let by_server = match text {
            "2probe" => false,
            "3probe" => true,
            _ => text.starts_with(['0', '2', '6']),
        };
        conversation.content_from = from.unwrap_or(match by_server {
            true => Side::Server,
            false => Side::Client,
        });
        conversation.dialect = Some(Dialect::SocketIo);
        conversation
    }

    /// How many messages have begun and not ended.
    pub fn unfinished(&self) -> usize {
        let voices = [&self.client, &self.server];
        voices
            .iter()
            .filter(|voice| voice.message.is_some())
            .count()
    }

    fn head(&mut self, bytes: &'a [u8], side: Side) -> Piece<'a> {
        let head = Head::read(bytes);
        let mut checked = Checked::new(&head, side);
        let missing = (!head.whole).then(|| "the empty line that ends the head is missing".into());
        self.content = checked.content().unwrap_or(usize::MAX);
        self.content_from = side;
        let start = checked.fields[0].value.clone();
        let mut words = start.split(' ').skip(1);
        let second = words.next().unwrap_or_default();
        self.failed = side == Side::Server && !matches!(second, "101" | "200");
        if side == Side::Client {
            self.dialect = packet::dialect(second);
        }
        let session = match (side, self.dialect) {
            (Side::Client, Some(_)) => Some(packet::session(second)),
            _ => None,
        };
        let kind = match side {
            Side::Client => {
                self.asked = Some(checked.request());
                Kind::Request
            }
            Side::Server => {
                self.compression = checked.response(self.asked.as_ref());
                self.answered = true;
                Kind::Response
            }
        };
        Piece {
            kind,
            from: side,
            at: self.at,
            bytes: &bytes[..head.len],
            summary: start,
            note: session.or((side == Side::Client && !checked.asks_for_an_upgrade())
                .then(|| "plain HTTP: it asks for no WebSocket".into())),
            fields: checked.fields,
            absent: checked.absent,
            missing,
        }
    }

    fn content(&mut self, bytes: &'a [u8]) -> Piece<'a> {
        let here = self.content.min(bytes.len());
        let missing = match self.content {
            usize::MAX => None,
            all if all > here => Some(format!(
                "{} of {} of content are missing",
                all - here,
                count(all as u64, "byte")
            )),
            _ => None,
        };
        self.content = 0;
        let is_all = self.asked.is_none() && !self.answered;
        let summary = match is_all {
            true => "a text of packets".to_owned(),
            false => count(here as u64, "byte") + " of content",
        };
        let of_packets = match std::str::from_utf8(&bytes[..here]) {
            // What answers a POST is no packet.
            Ok("ok") | Err(_) => None,
            Ok(text) => self.packets(self.content_from).map(|packets| {
                let note = Some(packets.names(text));
                (packets.body(text, 0), note)
            }),
        };
        let (fields, note) = of_packets.unwrap_or_else(|| {
            let field = Field {
                key: "content",
                name: "content".into(),
                bits: 0..here * 8,
                value: spoken(&bytes[..here], false),
                says: String::new(),
                clause: "RFC 9112 §6",
                faults: Vec::new(),
            };
            (vec![field], None)
        });
        Piece {
            kind: Kind::Content,
            from: self.content_from,
            at: self.at,
            bytes: &bytes[..here],
            summary,
            fields,
            absent: Vec::new(),
            note,
            missing,
        }
    }

    /// What this side says in packets, if that is what it says.
    fn packets(&mut self, from: Side) -> Option<&mut Packets> {
        let dialect = self.dialect.filter(|_| !self.failed)?;
        let voice = match from {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        };
        Some(voice.packets.get_or_insert_with(|| Packets::new(dialect)))
    }

    /// The packet that a whole text message is, in place of its payload.
    fn packet_in(&mut self, frame: &Frame, from: Side, fields: &mut Vec<Field>) -> Option<String> {
        let whole = frame.fin && frame.rsv == 0 && frame.missing().is_none();
        let start = frame.bytes.len() - frame.payload.len();
        let packets = self.packets(from).filter(|_| whole)?;
        match frame.opcode {
            1 => {
                let text = std::str::from_utf8(&frame.payload).ok()?;
                let name = packets.names(text);
                let inside = packets.packet(text, start);
                fields.retain(|field| field.key != "payload");
                fields.extend(inside);
                Some(name)
            }
            2 => {
                let fault = packets.attached(&frame.payload)?;
                let fault = Fault::new(fault, packet::SOCKET, Earns::Nothing);
                fields.last_mut()?.faults.push(fault);
                None
            }
            _ => None,
        }
    }

    fn frame(&mut self, frame: Frame<'a>) -> Piece<'a> {
        // One head alone says whose bytes follow it.
        let from = self.told.or(match (&self.asked, self.answered) {
            (Some(_), false) => Some(Side::Client),
            (None, true) => Some(Side::Server),
            _ => None,
        });
        let mut fields = frame.fields(Agreed {
            from,
            compression: self.compression,
        });
        let from = from.unwrap_or(match frame.masked() {
            true => Side::Client,
            false => Side::Server,
        });
        let compression = self.compression;
        let voice = match from {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        };
        let note = voice.hear(&frame, compression, &mut fields);
        let note = note.or_else(|| self.packet_in(&frame, from, &mut fields));
        Piece {
            kind: Kind::Frame,
            from,
            at: self.at,
            bytes: frame.bytes,
            summary: frame.summary(),
            fields,
            absent: Vec::new(),
            note,
            missing: frame.missing(),
        }
    }
}

impl<'a> Iterator for Conversation<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let rest = &self.bytes[self.at..];
        let piece = match Head::begins(rest) {
            Some(side) => self.head(rest, side),
            None if self.content > 0 && !rest.is_empty() => self.content(rest),
            None => {
                let frame = Frame::read(rest)?;
                self.frame(frame)
            }
        };
        self.at += piece.bytes.len();
        Some(piece)
    }
}

impl Voice {
    /// Holds a frame against those before it; says what it is to its message.
    fn hear(&mut self, frame: &Frame, compression: bool, fields: &mut [Field]) -> Option<String> {
        let opcode = &mut fields[2];
        if self.closed {
            let says = "a frame behind a close";
            let fault = Fault::new(says, "RFC 6455 §5.5.1", Earns::Nothing);
            opcode.faults.push(fault);
        }
        match (frame.opcode, &self.message) {
            (8, _) => self.closed = true,
            (0, None) => opcode.breaks("a continuation of nothing", "RFC 6455 §5.4", 1002),
            (1 | 2, Some(_)) => opcode.breaks(
                "a new message inside a fragmented one",
                "RFC 6455 §5.4",
                1002,
            ),
            _ => {}
        }
        if frame.opcode > 2 || (frame.opcode == 0 && self.message.is_none()) {
            return None;
        }
        if frame.opcode != 0 {
            self.message = Some(Message {
                opcode: frame.opcode,
                compressed: compression && frame.rsv & 4 != 0,
                fragments: 0,
                bytes: Vec::new(),
                checked: 0,
                refused: false,
            });
        }
        let message = self.message.as_mut()?;
        message.fragments += 1;
        message.bytes.extend_from_slice(&frame.payload);
        let ends = frame.fin && frame.missing().is_none();
        if let Some(says) = message.not_text(ends) {
            // An empty last fragment has no payload to blame.
            let last = fields.last_mut()?;
            last.breaks(says, "RFC 6455 §8.1", 1007);
        }
        let note = message.note(frame.fin);
        if frame.fin {
            self.message = None;
        }
        note
    }
}

impl Message {
    /// What is wrong with it as a text, said once.
    fn not_text(&mut self, ends: bool) -> Option<String> {
        if self.opcode != 1 || self.compressed || self.refused {
            return None;
        }
        let unchecked = &self.bytes[self.checked..];
        if let Some((at, byte)) = not_utf8(unchecked, ends) {
            self.refused = true;
            let at = self.checked + at;
            return Some(
                match std::str::from_utf8(unchecked).is_err_and(|e| e.error_len().is_none()) {
                    true => {
                        format!("the text ends inside the character that begins at its byte {at}")
                    }
                    false => format!("byte {at} of the text, {byte:02x}, is not UTF-8"),
                },
            );
        }
        self.checked += std::str::from_utf8(unchecked).map_or_else(|e| e.valid_up_to(), str::len);
        None
    }

    fn note(&self, last: bool) -> Option<String> {
        let kind = if self.opcode == 1 { "text" } else { "binary" };
        match (self.fragments, last) {
            (1, true) => None,
            (nth, false) => Some(format!("fragment {nth} of a {kind} message")),
            (nth, true) => Some(format!(
                "fragment {nth}, the last; the message is {kind} {}",
                spoken(&self.bytes, self.opcode == 2 || self.compressed)
            )),
        }
    }
}
