//! RFC 9112 §6, §7.1: where the content of an HTTP message ends.

use proof::Message;

use super::head;
use super::kept::Kept;

/// How a message says where it ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Framing {
    /// There is no content.
    None,
    /// After so many bytes.
    Length(u64),
    /// With a chunk of no bytes.
    Chunked,
    /// With the connection.
    UntilEnd,
    /// It contradicts itself.
    Unclear,
}

impl Framing {
    /// A request's (§6.3).
    pub fn of_request(message: &Message) -> Framing {
        Framing::said(message).unwrap_or(Framing::None)
    }

    /// A response's; `to_head`: to a HEAD request (§6.3).
    pub fn of_response(message: &Message, to_head: bool) -> Framing {
        match head::status(message) {
            _ if to_head => Framing::None,
            Some(100..=199 | 204 | 304) => Framing::None,
            _ => match Framing::said(message) {
                None | Some(Framing::Unclear) => Framing::UntilEnd,
                Some(framing) => framing,
            },
        }
    }

    fn said(message: &Message) -> Option<Framing> {
        if message.header("transfer-encoding").is_some() {
            return Some(match message.has_token("transfer-encoding", "chunked") {
                true => Framing::Chunked,
                false => Framing::Unclear,
            });
        }
        let mut lengths = head::values(message, "content-length");
        let first = lengths.next()?;
        let digits = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit());
        Some(match first.parse() {
            Ok(0) if digits => Framing::None,
            Ok(len) if digits && lengths.all(|other| other == first) => Framing::Length(len),
            _ => Framing::Unclear,
        })
    }
}

/// The content under way.
#[derive(Debug)]
pub struct Body {
    state: State,
    content: Kept,
}

#[derive(Debug)]
enum State {
    Length(u64),
    UntilEnd,
    /// A chunk's size, and what may follow it on its line.
    Size(Vec<u8>),
    Chunk(u64),
    /// The line end behind a chunk.
    AfterChunk(Vec<u8>),
    /// A line behind the last chunk.
    Trailer(Vec<u8>),
    Whole,
    Broken,
}

/// How far a body has come.
#[derive(Debug, PartialEq)]
pub enum Progress {
    /// More is to come.
    Open,
    /// This was all.
    Whole,
    /// What follows is no chunk.
    Broken,
}

/// A chunk's size and its extensions, or a trailer, are no longer than this.
const MOST_LINE: usize = 16 * 1024;

impl Body {
    /// Of a message that has one.
    pub fn new(framing: Framing) -> Option<Body> {
        let state = match framing {
            Framing::None | Framing::Unclear => return None,
            Framing::Length(len) => State::Length(len),
            Framing::Chunked => State::Size(Vec::new()),
            Framing::UntilEnd => State::UntilEnd,
        };
        let content = Kept::default();
        Some(Body { state, content })
    }

    /// Reads to the end of the body, or of the input. Returns how much it took.
    pub fn take(&mut self, input: &[u8]) -> (usize, Progress) {
        let mut took = 0;
        loop {
            match self.state {
                State::Whole => return (took, Progress::Whole),
                State::Broken => return (took, Progress::Broken),
                _ if took == input.len() => return (took, Progress::Open),
                _ => took += self.advance(&input[took..]),
            }
        }
    }

    /// What has come of the content so far.
    pub fn content(&mut self) -> Kept {
        std::mem::take(&mut self.content)
    }

    /// Whether the end of the connection is the end of this.
    pub fn ends_with_connection(&self) -> bool {
        matches!(self.state, State::UntilEnd)
    }

    /// One step; `input` is not empty.
    fn advance(&mut self, input: &[u8]) -> usize {
        match &mut self.state {
            State::UntilEnd => {
                self.content.push(input);
                input.len()
            }
            State::Length(left) | State::Chunk(left) => {
                let here = usize::try_from(*left).map_or(input.len(), |left| left.min(input.len()));
                self.content.push(&input[..here]);
                *left -= here as u64;
                if *left == 0 {
                    self.state = match self.state {
                        State::Chunk(_) => State::AfterChunk(Vec::new()),
                        _ => State::Whole,
                    };
                }
                here
            }
            State::Size(line) | State::AfterChunk(line) | State::Trailer(line) => {
                line.push(input[0]);
                if input[0] == b'\n' {
                    self.line();
                } else if line.len() > MOST_LINE {
                    self.state = State::Broken;
                }
                1
            }
            State::Whole | State::Broken => 0,
        }
    }

    /// A line is whole.
    fn line(&mut self) {
        self.state = match &self.state {
            State::Size(line) => match size(line) {
                Some(0) => State::Trailer(Vec::new()),
                Some(size) => State::Chunk(size),
                None => State::Broken,
            },
            State::AfterChunk(line) if line == b"\r\n" => State::Size(Vec::new()),
            State::Trailer(line) if line == b"\r\n" => State::Whole,
            State::Trailer(_) => State::Trailer(Vec::new()),
            _ => State::Broken,
        };
    }
}

/// §7.1: `1a;name=value`.
fn size(line: &[u8]) -> Option<u64> {
    let line = std::str::from_utf8(line).ok()?.strip_suffix("\r\n")?;
    let digits = line.split(';').next()?.trim_end();
    let all_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    all_hex.then(|| u64::from_str_radix(digits, 16).ok())?
}
