//! Exercise 03: the frames of RFC 6455 §5, as a codec that does no I/O.
//! Chapter: book/src/03-frames.md
//!
//! Five steps, top to bottom. What is marked "Given" works and may stay as it
//! is; read it before you start, it is what your code works with.

use std::fmt;

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
/// §5.3). Byte `i` of a payload is XORed with byte `i % 4` of the key.
///
/// `part` may be a later part of its payload: it begins `offset` bytes behind
/// the start.
pub fn mask(part: &mut [u8], key: [u8; 4], offset: u64) {
    let length = part.len();
    todo!("step 1: mask {length} bytes, from {offset} on, with {key:02x?}")
}

impl Frame<'_> {
    /// Appends this frame to `out` (RFC 6455 §5.2): FIN and opcode; the mask bit
    /// and the length, in its shortest form; the key, if there is one; the
    /// payload.
    ///
    /// - Step 1: `Ok`, always.
    /// - Step 4: what [`check_control`] refuses is not sent either. `out` then
    ///   stays as it was.
    /// - Step 5: nor is a close that [`Close::parse`] refuses.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        out.reserve(self.payload.len());
        todo!("step 1: append {self:02x?} to {} bytes", out.len())
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
    /// they are only its beginning. It is asked again with each further byte, so
    /// a whole header has nothing behind it.
    ///
    /// - Step 2: `ReservedOpcode`, if the opcode is none that we know.
    /// - Step 4: all that is wrong, before a further byte is asked for. With the
    ///   first byte `ReservedBits`, `ReservedOpcode`; with the second `Unmasked`
    ///   or `Masked`, and what [`check_control`] says; with the last of the length
    ///   `LengthNotMinimal`, `LengthTooLarge`. Core: with the whole header.
    pub fn parse(bytes: &[u8], role: Role) -> Result<Option<Header>, Error> {
        let _ = role; // Not needed before step 4.
        todo!("step 2: the header that begins with {bytes:02x?}")
    }
}

impl Decoder {
    /// Takes from the front of `bytes` what is there of a frame's payload, but no
    /// more than `to_come` bytes; gives the number that is then still to come.
    ///
    /// It appends them, unmasked, to the payload of the message under way; those
    /// of a control frame to `self.control`.
    fn take(&mut self, header: &Header, to_come: u64, bytes: &mut &[u8]) -> u64 {
        let here = bytes.len();
        todo!("step 2: of {to_come} bytes up to {here} are here, of {header:02x?}")
    }
}

// --- Step 3: one message from several frames ---

impl Decoder {
    /// A header has come; its payload has not.
    ///
    /// Given until step 3, and naive: each text, binary or continuation frame
    /// begins a message.
    ///
    /// - Step 3: a continuation goes on with the message under way; without one it
    ///   is `NothingToContinue`. Text or binary while there is one:
    ///   `MessageUnfinished`.
    /// - Step 4: `MessageTooLong`, before a byte of the payload is taken. Strict:
    ///   count the frames of the message, but no control frame: `TooManyFragments`.
    fn begin(&mut self, header: &Header) -> Result<(), Error> {
        if !header.opcode.is_control() {
            let message = Partial::new(header.opcode == Opcode::Text);
            let _ = (self.limits, message.fragments); // Not needed before step 4.
            self.message = Some(message);
        }
        Ok(())
    }

    /// A frame is whole: the message that is whole with it, if one is.
    ///
    /// Given until step 3, and naive: each frame is the last of its message.
    fn finish(&mut self, header: &Header) -> Result<Option<Message>, Error> {
        let control = std::mem::take(&mut self.control);
        match header.opcode {
            Opcode::Ping => return Ok(Some(Message::Ping(control))),
            Opcode::Pong => return Ok(Some(Message::Pong(control))),
            Opcode::Close => return Ok(Some(Message::Close(Close::parse(&control)?))),
            Opcode::Continuation | Opcode::Text | Opcode::Binary => {}
        }
        let message = self.message.take();
        message.map(Partial::whole).transpose()
    }
}

// --- Step 4: what must not come ---

/// Whether a close, ping or pong may have this FIN bit and this length (RFC 6455
/// §5.5): else `FragmentedControl`, or `ControlTooLong`.
pub fn check_control(fin: bool, len: u64) -> Result<(), Error> {
    todo!("step 4: a control frame of {len} bytes, FIN {fin}")
}

// --- Step 5: text, and why a connection is closed ---

impl Partial {
    /// The message, now that all of it has come. A text that is not UTF-8 (RFC
    /// 6455 §8.1) is `NotUtf8`.
    ///
    /// Given until step 5, and naive: what is not UTF-8 becomes U+FFFD.
    fn whole(self) -> Result<Message, Error> {
        Ok(match self.text {
            true => Message::Text(String::from_utf8_lossy(&self.payload).into_owned()),
            false => Message::Binary(self.payload),
        })
    }

    /// Strict: whether the text that has come so far can still become UTF-8. Its
    /// last code point may have come in part. Up to `self.valid` it is known to
    /// be good: look at the rest only, and move that on.
    ///
    /// Given until step 5, and naive: it looks at nothing.
    fn check_text(&mut self) -> Result<(), Error> {
        let _ = self.valid;
        Ok(())
    }
}

impl Close {
    /// What the payload of a close says (RFC 6455 §5.5.1): `None` if it is empty.
    /// Else `CloseTooShort`; `CloseCode`, unless the code is 1000 to 1003, 1007 to
    /// 1014 or 3000 to 4999 (§7.4); `NotUtf8`. Of two faults tell either.
    pub fn parse(payload: &[u8]) -> Result<Option<Close>, Error> {
        todo!("step 5: a close with {payload:02x?}")
    }
}
