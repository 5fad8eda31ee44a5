//! RFC 6455 §5.2: WebSocket frames, as bytes and as a line of a transcript.
//!
//! This encoder makes every frame, the illegal ones too: a proof must be able
//! to send what no library would.

use crate::value::{Names, hex, quoted};

/// §5.2: which kind of frame, four bits.
pub mod opcode {
    /// A further fragment of the message under way.
    pub const CONTINUATION: u8 = 0x0;
    /// A text message, or its first fragment.
    pub const TEXT: u8 = 0x1;
    /// A binary message, or its first fragment.
    pub const BINARY: u8 = 0x2;
    /// The closing handshake (§5.5.1).
    pub const CLOSE: u8 = 0x8;
    /// "Are you there?" (§5.5.2).
    pub const PING: u8 = 0x9;
    /// The answer to a ping (§5.5.3).
    pub const PONG: u8 = 0xA;
}

/// One frame. What a client sends must be masked (§5.1), so new ones are.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// The last fragment of its message.
    pub fin: bool,
    /// The three reserved bits, as a number from 0 to 7.
    pub rsv: u8,
    /// See [`opcode`].
    pub opcode: u8,
    /// Whether the payload is masked on the wire; here it never is.
    pub masked: bool,
    /// Bytes of extended length on the wire: 0, 2 or 8. `None` when new: the
    /// shortest form, as §5.2 demands.
    pub extended_length: Option<u8>,
    /// The payload, unmasked.
    pub payload: Vec<u8>,
    /// The length in the header, where the payload is cut short.
    pub announced: Option<u64>,
    /// The key that masks it; `None` when one is to be drawn for it.
    pub key: Option<[u8; 4]>,
}

impl Frame {
    /// A masked, final frame.
    pub fn new(opcode: u8, payload: impl AsRef<[u8]>) -> Frame {
        Frame {
            fin: true,
            rsv: 0,
            opcode,
            masked: true,
            extended_length: None,
            payload: payload.as_ref().to_owned(),
            announced: None,
            key: None,
        }
    }

    /// A text message.
    pub fn text(payload: impl AsRef<[u8]>) -> Frame {
        Frame::new(opcode::TEXT, payload)
    }

    /// A binary message.
    pub fn binary(payload: impl AsRef<[u8]>) -> Frame {
        Frame::new(opcode::BINARY, payload)
    }

    /// The last fragment of a message; `.more()` for one in the middle.
    pub fn continuation(payload: impl AsRef<[u8]>) -> Frame {
        Frame::new(opcode::CONTINUATION, payload)
    }

    /// A ping.
    pub fn ping(payload: impl AsRef<[u8]>) -> Frame {
        Frame::new(opcode::PING, payload)
    }

    /// A pong.
    pub fn pong(payload: impl AsRef<[u8]>) -> Frame {
        Frame::new(opcode::PONG, payload)
    }

    /// A close with code and reason.
    pub fn close(code: u16, reason: &str) -> Frame {
        let mut payload = code.to_be_bytes().to_vec();
        payload.extend_from_slice(reason.as_bytes());
        Frame::new(opcode::CLOSE, payload)
    }

    /// Not the last fragment: FIN clear.
    #[must_use]
    pub fn more(mut self) -> Frame {
        self.fin = false;
        self
    }

    /// Masked with this key, and not with one that is drawn.
    #[must_use]
    pub fn masked_with(mut self, key: [u8; 4]) -> Frame {
        self.key = Some(key);
        self
    }

    /// Only the beginning of a frame that announces a payload of `len` bytes.
    #[must_use]
    pub fn of(mut self, len: u64) -> Frame {
        self.announced = Some(len);
        self
    }

    /// Without a mask: right from a server, wrong from a client.
    #[must_use]
    pub fn unmasked(mut self) -> Frame {
        self.masked = false;
        self
    }

    /// With these reserved bits, from 0 to 7; RSV1 is 4.
    #[must_use]
    pub fn rsv(mut self, bits: u8) -> Frame {
        self.rsv = bits & 7;
        self
    }

    /// With its length in a 2 or 8 byte field, even where a shorter would do.
    #[must_use]
    pub fn extended(mut self, bytes: u8) -> Frame {
        self.extended_length = Some(bytes);
        self
    }

    /// The length in the header.
    fn len(&self) -> u64 {
        self.announced.unwrap_or(self.payload.len() as u64)
    }

    /// The shortest length field that holds `len`: 0, 2 or 8 extra bytes.
    fn shortest(len: u64) -> u8 {
        match len {
            0..=125 => 0,
            126..=0xffff => 2,
            _ => 8,
        }
    }

    /// The bytes on the wire; `key` masks the payload if the frame is masked.
    pub fn encode(&self, key: [u8; 4]) -> Vec<u8> {
        let key = self.key.unwrap_or(key);
        let len = self.len();
        let mut out = Vec::with_capacity(self.payload.len() + 14);
        out.push(u8::from(self.fin) << 7 | self.rsv << 4 | self.opcode & 0xf);
        let mask_bit = u8::from(self.masked) << 7;
        match self.extended_length.unwrap_or(Frame::shortest(len)) {
            0 => out.push(mask_bit | len as u8 & 0x7f),
            2 => {
                out.push(mask_bit | 126);
                out.extend_from_slice(&(len as u16).to_be_bytes());
            }
            _ => {
                out.push(mask_bit | 127);
                out.extend_from_slice(&len.to_be_bytes());
            }
        }
        if self.masked {
            out.extend_from_slice(&key);
        }
        let start = out.len();
        out.extend_from_slice(&self.payload);
        if self.masked {
            mask(&mut out[start..], key);
        }
        out
    }

    /// The first frame in `bytes` and its length there; `None` until it is whole.
    pub fn decode(bytes: &[u8]) -> Option<(Frame, usize)> {
        let head = Head::decode(bytes)?;
        let end = head.size.checked_add(usize::try_from(head.len).ok()?)?;
        let payload = bytes.get(head.size..end)?.to_vec();
        Some((head.with(payload), end))
    }

    /// The one frame that `bytes` are, even if its payload is cut short.
    pub(crate) fn begun(bytes: &[u8]) -> Option<Frame> {
        if let Some((frame, _)) = Frame::decode(bytes) {
            return Some(frame);
        }
        let head = Head::decode(bytes)?;
        let announced = Some(head.len);
        let payload = bytes[head.size..].to_vec();
        Some(Frame {
            announced,
            ..head.with(payload)
        })
    }

    /// The frame as a transcript writes it, without its direction.
    pub fn line(&self, names: &Names) -> String {
        let payload = match (self.opcode, &self.payload[..]) {
            (opcode::TEXT, payload) => quoted(payload, names),
            (_, []) => String::new(),
            (opcode::CLOSE, [high, low, reason @ ..]) => {
                let code = u16::from_be_bytes([*high, *low]);
                match reason {
                    [] => code.to_string(),
                    reason => format!("{code} {}", quoted(reason, names)),
                }
            }
            (opcode::BINARY | opcode::CLOSE, payload) => hex(payload, names),
            (_, payload) => quoted(payload, names),
        };
        self.line_around(&payload, self.len())
    }

    /// What stands before and behind the payload in a transcript.
    fn line_around(&self, payload: &str, len: u64) -> String {
        let mut line = match self.opcode {
            opcode::CONTINUATION => "continue".to_owned(),
            opcode::TEXT => "text".to_owned(),
            opcode::BINARY => "binary".to_owned(),
            opcode::CLOSE => "close".to_owned(),
            opcode::PING => "ping".to_owned(),
            opcode::PONG => "pong".to_owned(),
            other => format!("opcode {other:#x}"),
        };
        if !self.fin {
            line.push_str(" more");
        }
        if !payload.is_empty() {
            line += &format!(" {payload}");
        }
        if let Some(len) = self.announced {
            line += &format!(" of {len} bytes");
        }
        for (bit, name) in [(4, " rsv1"), (2, " rsv2"), (1, " rsv3")] {
            if self.rsv & bit != 0 {
                line.push_str(name);
            }
        }
        match self.extended_length {
            Some(bytes) if bytes != Frame::shortest(len) => {
                line += &format!(" length-in-{bytes}-bytes");
            }
            _ => {}
        }
        if self.masked {
            line.push_str(" masked");
        }
        line
    }

    /// Which field the byte at this place belongs to (§5.2).
    pub(crate) fn field(bytes: &[u8], at: usize) -> &'static str {
        let second = bytes.get(1).copied().unwrap_or(0);
        let extended = match second & 0x7f {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let key = if second & 0x80 != 0 { 4 } else { 0 };
        match at {
            0 => "FIN, RSV and opcode",
            1 => "MASK and payload length",
            n if n < 2 + extended => "extended payload length",
            n if n < 2 + extended + key => "masking key",
            _ => "payload",
        }
    }
}

/// All of a frame that stands before its payload (§5.2).
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// The frame, its payload still empty.
    pub frame: Frame,
    /// How long the payload is.
    pub len: u64,
    /// What the payload is masked with; all zero where it is not.
    pub key: [u8; 4],
    /// How long the head itself is: 2 to 14 bytes.
    pub size: usize,
}

impl Head {
    /// The head that `bytes` begin with; `None` until it is whole.
    pub fn decode(bytes: &[u8]) -> Option<Head> {
        let (&first, &second) = (bytes.first()?, bytes.get(1)?);
        let (len, extended) = match second & 0x7f {
            126 => {
                let field = bytes.get(2..4)?.try_into().ok()?;
                (u64::from(u16::from_be_bytes(field)), 2)
            }
            127 => {
                let field = bytes.get(2..10)?.try_into().ok()?;
                (u64::from_be_bytes(field), 8)
            }
            len => (u64::from(len), 0),
        };
        let mut size = 2 + usize::from(extended);
        let masked = second & 0x80 != 0;
        let mut key = [0; 4];
        if masked {
            key.copy_from_slice(bytes.get(size..size + 4)?);
            size += 4;
        }
        let frame = Frame {
            fin: first & 0x80 != 0,
            rsv: first >> 4 & 7,
            opcode: first & 0xf,
            masked,
            extended_length: Some(extended),
            payload: Vec::new(),
            announced: None,
            key: None,
        };
        Some(Head {
            frame,
            len,
            key,
            size,
        })
    }

    /// The frame with this payload, which is masked still if the frame is.
    pub fn with(self, mut payload: Vec<u8>) -> Frame {
        if self.frame.masked {
            mask(&mut payload, self.key);
        }
        Frame {
            payload,
            ..self.frame
        }
    }

    /// The line of a frame whose payload was too long to keep.
    pub fn line(&self) -> String {
        let payload = format!("({} bytes)", self.len);
        self.frame.line_around(&payload, self.len)
    }
}

/// §5.3: masking and unmasking are the same.
fn mask(payload: &mut [u8], key: [u8; 4]) {
    for (byte, key) in payload.iter_mut().zip(key.iter().cycle()) {
        *byte ^= key;
    }
}
