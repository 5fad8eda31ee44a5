//! Solution 03: the frames of RFC 6455 §5, as a codec that does no I/O.
//!
//! Messages in, bytes out: [`Message::encode`] appends to any buffer, so that
//! many frames go out in one write. Bytes in, messages out: a [`Decoder`] takes
//! what a read brought, in any pieces, and copies a payload once, into the
//! message that it belongs to. Both ends use it; a [`Role`] says which end.

use std::{fmt, str};

// --- Given: what is said, how it is framed, which rules there are ---

/// Which end of the connection this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It masks what it sends, and what it receives must not be masked (§5.1).
    Client,
    /// It masks nothing, and what it receives must be masked (§5.1).
    Server,
}

/// What one end says and the other hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// A text (§5.6).
    Text(String),
    /// Bytes of any kind (§5.6).
    Binary(Vec<u8>),
    /// "Are you there?" (§5.5.2): at most 125 bytes.
    Ping(Vec<u8>),
    /// The answer to a ping, with the same payload (§5.5.3).
    Pong(Vec<u8>),
    /// "I shall send no more" (§5.5.1), and perhaps why.
    Close(Option<Close>),
}

/// Why a connection is closed (§5.5.1, §7.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// A status code, such as 1000 for a normal end.
    pub code: u16,
    /// At most 123 bytes, for people; often empty.
    pub reason: String,
}

/// What a frame is (§5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opcode {
    /// A further fragment of the message under way.
    Continuation = 0x0,
    /// A text message, or its first fragment.
    Text = 0x1,
    /// A binary message, or its first fragment.
    Binary = 0x2,
    /// See [`Message::Close`].
    Close = 0x8,
    /// See [`Message::Ping`].
    Ping = 0x9,
    /// See [`Message::Pong`].
    Pong = 0xA,
}

impl Opcode {
    /// The opcode that these four bits stand for; ten of sixteen are reserved.
    pub fn from_bits(bits: u8) -> Option<Opcode> {
        match bits {
            0x0 => Some(Opcode::Continuation),
            0x1 => Some(Opcode::Text),
            0x2 => Some(Opcode::Binary),
            0x8 => Some(Opcode::Close),
            0x9 => Some(Opcode::Ping),
            0xA => Some(Opcode::Pong),
            _ => None,
        }
    }

    /// Close, ping and pong: they may stand between the fragments of a message
    /// (§5.5).
    pub fn is_control(self) -> bool {
        matches!(self, Opcode::Close | Opcode::Ping | Opcode::Pong)
    }
}

/// One frame to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The last fragment of its message, or all of it.
    pub fin: bool,
    /// What it is.
    pub opcode: Opcode,
    /// The key that masks it: a client's are fresh for each frame, and
    /// unpredictable (§5.3).
    pub mask: Option<[u8; 4]>,
    /// The payload, not masked.
    pub payload: &'a [u8],
}

/// What stands before the payload of a frame (§5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The last fragment of its message, or all of it.
    pub fin: bool,
    /// What it is.
    pub opcode: Opcode,
    /// The key that the payload is masked with, if it is.
    pub mask: Option<[u8; 4]>,
    /// The length of the payload.
    pub len: u64,
}

/// How much a decoder takes in for one message (§10.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest message, in bytes.
    pub max_message: usize,
    /// The most frames in one message.
    pub max_fragments: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            max_message: 16 * 1024 * 1024,
            max_fragments: 128 * 1024,
        }
    }
}

/// The rule that a peer has broken, or a limit of this end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// 1002: RSV1 to RSV3 belong to extensions, and none was agreed on (§5.2).
    ReservedBits,
    /// 1002: nobody knows what such a frame means (§5.2).
    ReservedOpcode,
    /// 1002: a client masks every frame (§5.1).
    Unmasked,
    /// 1002: a server masks none (§5.1).
    Masked,
    /// 1002: a shorter length field would have done (§5.2).
    LengthNotMinimal,
    /// 1002: a length of 2^63 or more (§5.2).
    LengthTooLarge,
    /// 1002: a close, ping or pong without FIN (§5.5).
    FragmentedControl,
    /// 1002: a close, ping or pong of more than 125 bytes (§5.5).
    ControlTooLong,
    /// 1002: a continuation, and no message under way (§5.4).
    NothingToContinue,
    /// 1002: a new message before the last has ended (§5.4).
    MessageUnfinished,
    /// 1002: a close of one byte, which is half a code (§5.5.1).
    CloseTooShort,
    /// 1002: a code that may not be sent (§7.4).
    CloseCode,
    /// 1007: a text or a reason that is not UTF-8 (§8.1).
    NotUtf8,
    /// 1009: more bytes than [`Limits::max_message`] (§10.4).
    MessageTooLong,
    /// 1009: more frames than [`Limits::max_fragments`] (§10.4).
    TooManyFragments,
}

impl Error {
    /// The status code that tells the peer (§7.4.1).
    pub fn close_code(self) -> u16 {
        match self {
            Error::NotUtf8 => 1007,
            Error::MessageTooLong | Error::TooManyFragments => 1009,
            _ => 1002,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Error::ReservedBits => "a reserved bit is set (RFC 6455 §5.2)",
            Error::ReservedOpcode => "the opcode is reserved (RFC 6455 §5.2)",
            Error::Unmasked => "a client's frame is not masked (RFC 6455 §5.1)",
            Error::Masked => "a server's frame is masked (RFC 6455 §5.1)",
            Error::LengthNotMinimal => "the length is not in its shortest form (RFC 6455 §5.2)",
            Error::LengthTooLarge => "the length is 2^63 or more (RFC 6455 §5.2)",
            Error::FragmentedControl => "a control frame is fragmented (RFC 6455 §5.5)",
            Error::ControlTooLong => "a control frame exceeds 125 bytes (RFC 6455 §5.5)",
            Error::NothingToContinue => "no message is under way to continue (RFC 6455 §5.4)",
            Error::MessageUnfinished => "the message under way has not ended (RFC 6455 §5.4)",
            Error::CloseTooShort => "a close has half a code (RFC 6455 §5.5.1)",
            Error::CloseCode => "the close code may not be sent (RFC 6455 §7.4)",
            Error::NotUtf8 => "a text is not UTF-8 (RFC 6455 §8.1)",
            Error::MessageTooLong => "the message is too long (RFC 6455 §10.4)",
            Error::TooManyFragments => "the message has too many fragments (RFC 6455 §10.4)",
        })
    }
}

impl std::error::Error for Error {}

impl Message {
    /// Appends this message to `out`, as one frame. A client gives a fresh key.
    pub fn encode(&self, mask: Option<[u8; 4]>, out: &mut Vec<u8>) -> Result<(), Error> {
        let body;
        let (opcode, payload) = match self {
            Message::Text(text) => (Opcode::Text, text.as_bytes()),
            Message::Binary(bytes) => (Opcode::Binary, &bytes[..]),
            Message::Ping(bytes) => (Opcode::Ping, &bytes[..]),
            Message::Pong(bytes) => (Opcode::Pong, &bytes[..]),
            Message::Close(None) => (Opcode::Close, &[][..]),
            Message::Close(Some(Close { code, reason })) => {
                body = [&code.to_be_bytes(), reason.as_bytes()].concat();
                (Opcode::Close, &body[..])
            }
        };
        let frame = Frame {
            fin: true,
            opcode,
            mask,
            payload,
        };
        frame.encode(out)
    }
}

// --- Step 1: encode ---

/// Masks a payload, or takes the mask off again: the same operation (RFC 6455
/// §5.3). `part` begins `offset` bytes behind the start of its payload.
pub fn mask(part: &mut [u8], mut key: [u8; 4], offset: u64) {
    key.rotate_left((offset % 4) as usize);
    // Four bytes at a time, without a branch: the compiler makes that sixteen.
    let (words, rest) = part.as_chunks_mut::<4>();
    for word in words {
        *word = (u32::from_ne_bytes(*word) ^ u32::from_ne_bytes(key)).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(key) {
        *byte ^= key;
    }
}

impl Frame<'_> {
    /// Appends this frame to `out` (RFC 6455 §5.2). What nobody may send is not
    /// sent: then `out` stays as it was.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        if self.opcode.is_control() {
            check_control(self.fin, self.payload.len() as u64)?;
        }
        if self.opcode == Opcode::Close {
            Close::parse(self.payload)?;
        }
        out.reserve(self.payload.len());
        out.push(u8::from(self.fin) << 7 | self.opcode as u8);
        let masked = u8::from(self.mask.is_some()) << 7;
        match self.payload.len() {
            len @ ..126 => out.push(masked | len as u8),
            len @ ..65_536 => {
                out.push(masked | 126);
                out.extend_from_slice(&(len as u16).to_be_bytes());
            }
            len => {
                out.push(masked | 127);
                out.extend_from_slice(&(len as u64).to_be_bytes());
            }
        }
        out.extend(self.mask.iter().flatten());
        let start = out.len();
        out.extend_from_slice(self.payload);
        if let Some(key) = self.mask {
            mask(&mut out[start..], key, 0);
        }
        Ok(())
    }
}

// --- Given: what a decoder remembers, and the order of things ---

/// Takes the bytes that one end receives, and gives the messages in them.
#[derive(Debug)]
pub struct Decoder {
    role: Role,
    limits: Limits,
    /// The header under way: at most 14 bytes.
    head: Vec<u8>,
    /// The frame under way, and how much of its payload is still to come.
    frame: Option<(Header, u64)>,
    /// The payload of a control frame under way: at most 125 bytes.
    control: Vec<u8>,
    /// The message under way: its fragments may be far apart.
    message: Option<Partial>,
    end: Option<End>,
}

/// A message of which the first header has come.
#[derive(Debug)]
struct Partial {
    text: bool,
    payload: Vec<u8>,
    /// How many frames it has by now.
    fragments: usize,
    /// How much of a text is known to be UTF-8, in bytes.
    valid: usize,
}

/// Why nothing more is decoded.
#[derive(Debug, Clone, Copy)]
enum End {
    Closed,
    Failed(Error),
}

impl Partial {
    fn new(text: bool) -> Partial {
        Partial {
            text,
            payload: Vec::new(),
            fragments: 0,
            valid: 0,
        }
    }
}

impl Decoder {
    /// A decoder for what comes to this end of a connection.
    pub fn new(role: Role, limits: Limits) -> Decoder {
        Decoder {
            role,
            limits,
            head: Vec::new(),
            frame: None,
            control: Vec::new(),
            message: None,
            end: None,
        }
    }

    // ANCHOR: decode
    /// Takes bytes off the front until they make a message whole. `None`: all
    /// were taken, and more are needed. So it is called in a loop:
    ///
    /// ```text
    /// while let Some(message) = decoder.decode(&mut bytes)? { … }
    /// ```
    ///
    /// After an error it gives that error again, whatever comes; after a close,
    /// nothing (RFC 6455 §1.4, §7.1.7).
    pub fn decode(&mut self, bytes: &mut &[u8]) -> Result<Option<Message>, Error> {
        match self.end {
            None => {}
            Some(End::Failed(error)) => return Err(error),
            Some(End::Closed) => {
                *bytes = &[];
                return Ok(None);
            }
        }
        let decoded = self.next_message(bytes);
        match &decoded {
            Err(error) => self.end = Some(End::Failed(*error)),
            Ok(Some(Message::Close(_))) => self.end = Some(End::Closed),
            Ok(_) => {}
        }
        decoded
    }
    // ANCHOR_END: decode

    /// Header, payload, header, payload, until a message is whole.
    fn next_message(&mut self, bytes: &mut &[u8]) -> Result<Option<Message>, Error> {
        loop {
            let Some((header, to_come)) = self.frame else {
                let Some(header) = self.next_header(bytes)? else {
                    return Ok(None);
                };
                self.begin(&header)?;
                self.frame = Some((header, header.len));
                continue;
            };
            let left = self.take(&header, to_come, bytes);
            self.frame = (left > 0).then_some((header, left));
            if left == 0
                && let Some(message) = self.finish(&header)?
            {
                return Ok(Some(message));
            }
            // A whole text is checked when it becomes a `String`.
            if let Some(message) = &mut self.message
                && message.text
            {
                message.check_text()?;
            }
            if left > 0 {
                return Ok(None);
            }
        }
    }

    /// One byte at a time: so it does not matter in which pieces they came.
    fn next_header(&mut self, bytes: &mut &[u8]) -> Result<Option<Header>, Error> {
        while let Some(byte) = bytes.split_off_first() {
            self.head.push(*byte);
            if let Some(header) = Header::parse(&self.head, self.role)? {
                self.head.clear();
                return Ok(Some(header));
            }
        }
        Ok(None)
    }
}

// --- Step 2: decode one frame ---

impl Header {
    /// The header that `bytes` are, of a frame that comes to `role`; `None` while
    /// they are only its beginning. What is wrong is said at the first byte that
    /// makes it certain.
    pub fn parse(bytes: &[u8], role: Role) -> Result<Option<Header>, Error> {
        let Some(&first) = bytes.first() else {
            return Ok(None);
        };
        if first & 0x70 != 0 {
            return Err(Error::ReservedBits);
        }
        let fin = first & 0x80 != 0;
        let opcode = Opcode::from_bits(first & 0x0F).ok_or(Error::ReservedOpcode)?;

        let Some(&second) = bytes.get(1) else {
            return Ok(None);
        };
        let masked = second & 0x80 != 0;
        match role {
            Role::Server if !masked => return Err(Error::Unmasked),
            Role::Client if masked => return Err(Error::Masked),
            _ => {}
        }
        let short = second & 0x7F;
        if opcode.is_control() {
            check_control(fin, u64::from(short))?;
        }

        let Some((len, rest)) = length(short, &bytes[2..])? else {
            return Ok(None);
        };
        let mask = match rest.first_chunk() {
            _ if !masked => None,
            Some(key) => Some(*key),
            None => return Ok(None),
        };
        Ok(Some(Header {
            fin,
            opcode,
            mask,
            len,
        }))
    }
}

/// The length of the payload, of which `short` are the first seven bits, and
/// what follows its field; `None` while that field is not whole (RFC 6455 §5.2).
fn length(short: u8, bytes: &[u8]) -> Result<Option<(u64, &[u8])>, Error> {
    let (len, least, rest) = match short {
        126 => match bytes.split_first_chunk() {
            Some((field, rest)) => (u64::from(u16::from_be_bytes(*field)), 126, rest),
            None => return Ok(None),
        },
        127 => match bytes.split_first_chunk() {
            Some((field, rest)) => (u64::from_be_bytes(*field), 65_536, rest),
            None => return Ok(None),
        },
        _ => (u64::from(short), 0, bytes),
    };
    if len < least {
        return Err(Error::LengthNotMinimal);
    }
    if len >= 1 << 63 {
        return Err(Error::LengthTooLarge);
    }
    Ok(Some((len, rest)))
}

impl Decoder {
    /// Takes what has come of a frame's payload; how much is then still to come.
    fn take(&mut self, header: &Header, to_come: u64, bytes: &mut &[u8]) -> u64 {
        let here = to_come.min(bytes.len() as u64);
        let (part, rest) = bytes.split_at(here as usize);
        *bytes = rest;
        let payload = match &mut self.message {
            Some(message) if !header.opcode.is_control() => &mut message.payload,
            _ => &mut self.control,
        };
        let start = payload.len();
        payload.extend_from_slice(part);
        if let Some(key) = header.mask {
            mask(&mut payload[start..], key, header.len - to_come);
        }
        to_come - here
    }
}

// --- Step 3: one message from several frames ---

impl Decoder {
    /// A header has come: may it come now, and is there room for its payload?
    /// Nothing is set aside for what is only announced.
    fn begin(&mut self, header: &Header) -> Result<(), Error> {
        if header.opcode.is_control() {
            return Ok(());
        }
        match (&self.message, header.opcode) {
            (None, Opcode::Continuation) => return Err(Error::NothingToContinue),
            (Some(_), Opcode::Text | Opcode::Binary) => return Err(Error::MessageUnfinished),
            _ => {}
        }
        let first = || Partial::new(header.opcode == Opcode::Text);
        let message = self.message.get_or_insert_with(first);
        message.fragments += 1;
        if message.fragments > self.limits.max_fragments {
            return Err(Error::TooManyFragments);
        }
        let room = self.limits.max_message - message.payload.len();
        if header.len > room as u64 {
            return Err(Error::MessageTooLong);
        }
        Ok(())
    }

    /// A frame is whole: the message that is whole with it, if one is.
    fn finish(&mut self, header: &Header) -> Result<Option<Message>, Error> {
        let control = std::mem::take(&mut self.control);
        match header.opcode {
            Opcode::Ping => return Ok(Some(Message::Ping(control))),
            Opcode::Pong => return Ok(Some(Message::Pong(control))),
            Opcode::Close => return Ok(Some(Message::Close(Close::parse(&control)?))),
            Opcode::Continuation | Opcode::Text | Opcode::Binary => {}
        }
        let message = self.message.take_if(|_| header.fin);
        message.map(Partial::whole).transpose()
    }
}

// --- Step 4: what must not come ---

/// RFC 6455 §5.5: a close, ping or pong is short, and in one piece.
pub fn check_control(fin: bool, len: u64) -> Result<(), Error> {
    match (fin, len) {
        (false, _) => Err(Error::FragmentedControl),
        (true, 126..) => Err(Error::ControlTooLong),
        (true, _) => Ok(()),
    }
}

// --- Step 5: text, and why a connection is closed ---

impl Partial {
    /// The message, now that all of it has come. A text must be UTF-8 (RFC 6455
    /// §8.1).
    fn whole(self) -> Result<Message, Error> {
        match self.text {
            true => String::from_utf8(self.payload)
                .map(Message::Text)
                .map_err(|_| Error::NotUtf8),
            false => Ok(Message::Binary(self.payload)),
        }
    }

    /// Whether the text that has come so far can still become UTF-8. Each byte is
    /// looked at once; at the border of two parts, up to three of them again.
    fn check_text(&mut self) -> Result<(), Error> {
        match str::from_utf8(&self.payload[self.valid..]) {
            Ok(_) => self.valid = self.payload.len(),
            // Not wrong, but the last code point has not come whole.
            Err(error) if error.error_len().is_none() => self.valid += error.valid_up_to(),
            Err(_) => return Err(Error::NotUtf8),
        }
        Ok(())
    }
}

impl Close {
    /// What the payload of a close says; `None` if it is empty (RFC 6455 §5.5.1).
    pub fn parse(payload: &[u8]) -> Result<Option<Close>, Error> {
        let Some((code, reason)) = payload.split_first_chunk() else {
            return match payload {
                [] => Ok(None),
                _ => Err(Error::CloseTooShort),
            };
        };
        let code = u16::from_be_bytes(*code);
        // 1004 is reserved; 1005, 1006 and 1015 say what never was on the wire.
        if !matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
            return Err(Error::CloseCode);
        }
        let reason = str::from_utf8(reason).map_err(|_| Error::NotUtf8)?;
        Ok(Some(Close {
            code,
            reason: reason.to_owned(),
        }))
    }
}
