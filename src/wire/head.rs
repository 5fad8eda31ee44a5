//! An HTTP head, line by line, with the clause behind each header of the
//! opening handshake (RFC 6455 §4).

use std::ops::Range;

use super::handshake::Checked;
use super::{Field, Side};

/// Where a head has not ended by then, what follows is none of it.
const MOST: usize = 64 * 1024;
/// Nor does a request line go on for longer: RFC 9112 §3 asks for 8000.
const MOST_LINE: usize = 8 * 1024;
/// No method is longer.
const MOST_METHOD: usize = 32;

/// A head, as much of it as is there.
pub struct Head {
    /// Its lines, the empty one included.
    pub lines: Vec<Line>,
    /// How many bytes it takes.
    pub len: usize,
    /// Whether the empty line is there.
    pub whole: bool,
}

/// A line of a head.
pub struct Line {
    /// Its bytes, those that end it included.
    pub range: Range<usize>,
    /// Its text; bytes that are not UTF-8 become U+FFFD.
    pub text: String,
    /// What ends it.
    pub ending: Ending,
}

/// What ends a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// As it should be.
    CrLf,
    /// A line feed alone.
    Lf,
    /// Nothing: the bytes end.
    Missing,
}

impl Head {
    /// The head at the front of the bytes.
    pub fn read(bytes: &[u8]) -> Head {
        let mut head = Head {
            lines: Vec::new(),
            len: 0,
            whole: false,
        };
        let bytes = &bytes[..bytes.len().min(MOST)];
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (text, ending) = match line {
                [text @ .., b'\r', b'\n'] => (text, Ending::CrLf),
                [text @ .., b'\n'] => (text, Ending::Lf),
                text => (text, Ending::Missing),
            };
            head.lines.push(Line {
                range: head.len..head.len + line.len(),
                text: String::from_utf8_lossy(text).into_owned(),
                ending,
            });
            head.len += line.len();
            if text.is_empty() {
                head.whole = true;
                break;
            }
        }
        head
    }

    /// Whether these bytes begin like a head, and whose.
    pub fn begins(bytes: &[u8]) -> Option<Side> {
        if bytes.starts_with(b"HTTP/") {
            return Some(Side::Server);
        }
        let method = bytes.iter().take_while(|byte| byte.is_ascii_uppercase());
        let rest = &bytes[method.take(MOST_METHOD).count()..];
        if rest.len() == bytes.len() || !rest.starts_with(b" ") {
            return None;
        }
        let line = rest[..rest.len().min(MOST_LINE)]
            .split(|byte| *byte == b'\n')
            .next()?;
        let versioned = line.windows(6).any(|six| six == b" HTTP/");
        versioned.then_some(Side::Client)
    }

    /// Whether content stands between it and the frames.
    pub fn has_content(&self, side: Side) -> bool {
        Checked::new(self, side).content() != Some(0)
    }

    /// A field for each line.
    pub fn fields(&self, side: Side) -> Vec<Field> {
        let lines = self.lines.iter().enumerate();
        lines.map(|(nth, line)| field(nth, line, side)).collect()
    }
}

fn field(nth: usize, line: &Line, side: Side) -> Field {
    let (key, name, value) = match (nth, side, line.text.split_once(':')) {
        (0, Side::Client, _) => ("start", "request line", line.text.as_str()),
        (0, Side::Server, _) => ("start", "status line", line.text.as_str()),
        _ if line.text.is_empty() => ("end", "empty line", ""),
        (_, _, Some((name, value))) => ("header", name, value.trim()),
        (_, _, None) => ("line", "line", line.text.as_str()),
    };
    let (says, clause) = line.note(nth, side);
    Field {
        key,
        name: name.into(),
        bits: line.range.start * 8..line.range.end * 8,
        value: value.into(),
        says: says.into(),
        clause,
        faults: Vec::new(),
    }
}

impl Line {
    /// What the line is for, and where that stands. Some need no note.
    pub fn note(&self, nth: usize, side: Side) -> (&'static str, &'static str) {
        match nth {
            0 => start_line(&self.text, side),
            _ if self.text.is_empty() => (END, "RFC 9112 §2.1"),
            _ => header(&self.text, side),
        }
    }
}

const END: &str =
    "an empty line ends the head; each line ends with a carriage return and a line feed";

fn start_line(line: &str, side: Side) -> (&'static str, &'static str) {
    if side == Side::Client {
        return match line.split(' ').next().unwrap_or_default() {
            "GET" => (
                "the method is GET, the version 1.1 or higher",
                "RFC 6455 §4.1",
            ),
            "POST" => ("take in what follows", "RFC 9110 §9.3.3"),
            _ => ("a handshake's method is GET", "RFC 6455 §4.1"),
        };
    }
    match line.split(' ').nth(1).unwrap_or_default() {
        "101" => (
            "the server agrees; behind this head HTTP is over",
            "RFC 6455 §4.2.2",
        ),
        "200" => ("here is what you asked for", "RFC 9110 §15.3.1"),
        "204" => ("done; there is nothing to add", "RFC 9110 §15.3.5"),
        "400" => ("the request is malformed", "RFC 9110 §15.5.1"),
        "401" => ("who asks is not known", "RFC 9110 §15.5.2"),
        "403" => ("the server understood, and refuses", "RFC 9110 §15.5.4"),
        "404" => ("there is nothing under this name", "RFC 9110 §15.5.5"),
        "405" => ("not with this method", "RFC 9110 §15.5.6"),
        "413" => ("that is more than is taken", "RFC 9110 §15.5.14"),
        "426" => ("not with this protocol: upgrade", "RFC 9110 §15.5.22"),
        "431" => ("the head is too large", "RFC 6585 §5"),
        "503" => ("not now", "RFC 9110 §15.6.4"),
        _ => ("", ""),
    }
}

/// What a header of the handshake is for. Others need no note.
fn header(line: &str, side: Side) -> (&'static str, &'static str) {
    let name = line.split(':').next().unwrap_or_default().trim();
    let note = NOTES
        .iter()
        .find(|(header, from, ..)| header.eq_ignore_ascii_case(name) && *from == side);
    note.map_or(("", ""), |(_, _, says, clause)| (says, clause))
}

type Note = (&'static str, Side, &'static str, &'static str);
const NOTES: &[Note] = &[
    (
        "Host",
        Side::Client,
        "whom the request is for; every HTTP/1.1 request has one",
        "RFC 9112 §3.2",
    ),
    (
        "Upgrade",
        Side::Client,
        "must contain the token websocket, in any case",
        "RFC 6455 §4.1",
    ),
    (
        "Connection",
        Side::Client,
        "must contain the token Upgrade, in any case: Upgrade is for this hop only",
        "RFC 6455 §4.1",
    ),
    (
        "Sec-WebSocket-Key",
        Side::Client,
        "16 random bytes in base64, new for each connection",
        "RFC 6455 §4.1",
    ),
    (
        "Sec-WebSocket-Version",
        Side::Client,
        "must be 13",
        "RFC 6455 §4.1",
    ),
    (
        "Sec-WebSocket-Protocol",
        Side::Client,
        "subprotocols the client would speak, best first",
        "RFC 6455 §4.1",
    ),
    (
        "Sec-WebSocket-Extensions",
        Side::Client,
        "extensions the client would use",
        "RFC 6455 §4.1",
    ),
    (
        "Origin",
        Side::Client,
        "the page that asks; a browser always sends it",
        "RFC 6455 §4.1, §10.2",
    ),
    (
        "Authorization",
        Side::Client,
        "who asks: the bearer of this token",
        "RFC 6750 §2.1",
    ),
    (
        "Accept",
        Side::Client,
        "what may come back",
        "RFC 9110 §12.5.1",
    ),
    (
        "Last-Event-ID",
        Side::Client,
        "the last event that arrived before the connection was lost",
        "HTML standard §9.2.4",
    ),
    (
        "Content-Length",
        Side::Client,
        "how many bytes follow the head",
        "RFC 9110 §8.6",
    ),
    (
        "WWW-Authenticate",
        Side::Server,
        "what would be accepted; a 401 must say so",
        "RFC 9110 §15.5.2",
    ),
    (
        "Content-Type",
        Side::Server,
        "what the content is",
        "RFC 9110 §8.3",
    ),
    (
        "Transfer-Encoding",
        Side::Server,
        "the content comes in pieces, each with its length; nobody knows how many",
        "RFC 9112 §7.1",
    ),
    (
        "Cache-Control",
        Side::Server,
        "what may be kept of it: with no-store nothing, with no-cache nothing that is used unasked",
        "RFC 9111 §5.2.2",
    ),
    (
        "Access-Control-Allow-Origin",
        Side::Server,
        "a page of this origin may see the answer",
        "Fetch standard §3.3.3",
    ),
    (
        "Upgrade",
        Side::Server,
        "the protocol that is spoken from here on",
        "RFC 6455 §4.2.2",
    ),
    (
        "Connection",
        Side::Server,
        "Upgrade is for this hop only",
        "RFC 6455 §4.2.2",
    ),
    (
        "Sec-WebSocket-Accept",
        Side::Server,
        "base64 of the SHA-1 of the key and a fixed GUID: the server has read this request",
        "RFC 6455 §4.2.2",
    ),
    (
        "Sec-WebSocket-Protocol",
        Side::Server,
        "the one subprotocol chosen, of those offered",
        "RFC 6455 §4.2.2",
    ),
    (
        "Sec-WebSocket-Extensions",
        Side::Server,
        "the extensions agreed on, of those offered",
        "RFC 6455 §4.2.2",
    ),
    (
        "Sec-WebSocket-Version",
        Side::Server,
        "the versions spoken here",
        "RFC 6455 §4.4",
    ),
    (
        "Allow",
        Side::Server,
        "the methods that would do; a 405 must name them",
        "RFC 9110 §15.5.6",
    ),
];
