//! What a command reads on its standard input: frames in hex, or messages.

use crate::frame::Frame;
use crate::transcript::{Entry, Kind};
use crate::value::{Draw, raw_hex};

/// Frames for a command, written down as if a client or a server sent them.
/// A line is a piece of the stream, as a read might bring it.
pub struct Input<'a> {
    draw: &'a mut Draw,
    from: &'static str,
    lines: String,
    /// Whatever comes is on the line that stands here already.
    joined: bool,
    pub(crate) entries: Vec<Entry>,
}

impl<'a> Input<'a> {
    pub(crate) fn new(draw: &'a mut Draw, from: &'static str) -> Input<'a> {
        Input {
            draw,
            from,
            lines: String::new(),
            joined: false,
            entries: Vec::new(),
        }
    }

    /// The lines, and what the transcript says of them.
    pub(crate) fn end(self) -> (String, Vec<Entry>) {
        (self.lines, self.entries)
    }

    /// A frame on a line of its own. If it is masked: with a key drawn for it.
    pub fn frame(&mut self, frame: Frame) -> &mut Input<'a> {
        let (joined, first) = (self.joined, self.entries.is_empty());
        self.write(
            frame,
            usize::MAX,
            match joined && !first {
                true => "  # on the same line",
                false => "",
            },
        )
    }

    /// The frames that are written inside stand on one line.
    pub fn on_one_line(&mut self, write: impl FnOnce(&mut Input<'a>)) -> &mut Input<'a> {
        self.joined = true;
        write(self);
        self.joined = false;
        self.lines.push('\n');
        self
    }

    /// Bytes on a line of their own: the beginning of a frame, as it stands.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Input<'a> {
        self.lines += &raw_hex(bytes);
        self.lines.push('\n');
        self.entries.push(Entry::new(self.from, Kind::Bytes, bytes));
        self
    }

    /// A frame on as many lines as it has bytes.
    pub fn byte_by_byte(&mut self, frame: Frame) -> &mut Input<'a> {
        self.write(frame, 1, "  # one byte a line")
    }

    /// A frame on lines of three bytes, which no field of a header is as long as.
    pub fn by_threes(&mut self, frame: Frame) -> &mut Input<'a> {
        self.write(frame, 3, "  # three bytes a line")
    }

    fn write(&mut self, frame: Frame, piece: usize, remark: &str) -> &mut Input<'a> {
        let key = self.draw.bytes(4).try_into().expect("four bytes");
        let bytes = frame.encode(key);
        for piece in bytes.chunks(piece) {
            self.lines += &raw_hex(piece);
            self.lines.push(if self.joined { ' ' } else { '\n' });
        }
        let mut entry = Entry::new(self.from, Kind::Frame { whole: true }, &bytes);
        entry.remark = remark.to_owned();
        self.entries.push(entry);
        self
    }
}

/// A message for a command, as if a transport of Engine.IO had brought it.
#[derive(Debug, Clone)]
pub struct Given {
    form: &'static str,
    bytes: Vec<u8>,
}

impl Given {
    /// A text message of a WebSocket.
    pub fn text(text: impl Into<String>) -> Given {
        Given {
            form: "text",
            bytes: text.into().into_bytes(),
        }
    }

    /// A binary message of a WebSocket.
    pub fn binary(bytes: impl Into<Vec<u8>>) -> Given {
        Given {
            form: "binary",
            bytes: bytes.into(),
        }
    }

    /// The body of a request or of an answer.
    pub fn body(text: impl Into<String>) -> Given {
        Given {
            form: "body",
            bytes: text.into().into_bytes(),
        }
    }

    /// `text 4hi`, `binary 01 02`.
    pub(crate) fn line(&self) -> String {
        let data = match self.form {
            "binary" => raw_hex(&self.bytes),
            _ => String::from_utf8_lossy(&self.bytes).into_owned(),
        };
        format!("{} {data}\n", self.form)
    }

    pub(crate) fn entry(&self, from: &'static str) -> Entry {
        Entry::new(from, Kind::Given { form: self.form }, &self.bytes)
    }
}
