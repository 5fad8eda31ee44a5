//! HTTP/1.1 messages (RFC 9112), as far as an opening handshake needs them.

use crate::value::{Names, plain, quoted};

/// A head longer than this is not waited for.
const MOST_HEAD: usize = 64 * 1024;

/// A request or a response: start line, headers in the order sent, body.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The request or status line.
    pub start: String,
    /// Names and values; a response's without surrounding white space, a
    /// request's as sent, since that may be what it is about.
    pub headers: Vec<(String, String)>,
    /// The content, without transfer coding.
    pub body: Vec<u8>,
}

/// What [`Message::decode`] found at the front of the bytes.
pub(crate) enum Decoded {
    /// A whole message, and how many bytes it took.
    Message(Message, usize),
    /// More must come.
    Partial,
    /// This will never be HTTP.
    Noise,
}

impl Message {
    /// The first message in `bytes`. `ended`: no more will come, so a body
    /// without a length ends here. `bodiless`: the answer to a HEAD.
    pub(crate) fn decode(bytes: &[u8], ended: bool, bodiless: bool) -> Decoded {
        let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else {
            let hopeless = ended || bytes.len() > MOST_HEAD;
            return match hopeless && !bytes.is_empty() {
                true => Decoded::Noise,
                false => Decoded::Partial,
            };
        };
        let mut message = Message::of_head(&bytes[..end]);
        let request = [" HTTP/1.1", " HTTP/1.0"];
        if message.status().is_none() && !request.iter().any(|v| message.start.ends_with(v)) {
            return Decoded::Noise;
        }
        let rest = &bytes[end + 4..];
        let used = match message.body_length(bodiless) {
            Length::Bytes(len) if rest.len() < len && !ended => return Decoded::Partial,
            Length::Bytes(len) => {
                message.body = rest[..len.min(rest.len())].to_vec();
                message.body.len()
            }
            Length::Chunked => match dechunk(rest) {
                Some((body, used)) => {
                    message.body = body;
                    used
                }
                // A request's content is an event of its own, and so is what a
                // response brings that goes on.
                None if ended && (message.status().is_none() || rest.is_empty()) => 0,
                None if ended => return Decoded::Noise,
                None => return Decoded::Partial,
            },
            Length::UntilEnd if !ended => return Decoded::Partial,
            Length::UntilEnd => {
                message.body = rest.to_vec();
                rest.len()
            }
        };
        Decoded::Message(message, end + 4 + used)
    }

    /// What a head says, the empty line at its end left off.
    pub fn of_head(head: &[u8]) -> Message {
        let head = String::from_utf8_lossy(head).into_owned();
        let mut lines = head.split("\r\n");
        let mut message = Message {
            start: lines.next().unwrap_or_default().to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        for line in lines {
            match message.headers.last_mut() {
                // A line folded in two (RFC 9112 §5.2) is still one header.
                Some((_, value)) if line.starts_with([' ', '\t']) => {
                    value.push_str("\r\n");
                    value.push_str(line);
                }
                _ => {
                    let (name, value) = line.split_once(':').unwrap_or((line, ""));
                    let value = match message.status() {
                        Some(_) => value.trim(),
                        None => value.strip_prefix(' ').unwrap_or(value),
                    };
                    message.headers.push((name.to_owned(), value.to_owned()));
                }
            }
        }
        message
    }

    /// RFC 9112 §6.3.
    fn body_length(&self, bodiless: bool) -> Length {
        if bodiless || matches!(self.status(), Some(100..=199 | 204 | 304)) {
            return Length::Bytes(0);
        }
        if self.has_token("transfer-encoding", "chunked") {
            return Length::Chunked;
        }
        match self.header("content-length").map(str::parse) {
            Some(Ok(len)) => Length::Bytes(len),
            _ if self.status().is_some() => Length::UntilEnd,
            _ => Length::Bytes(0),
        }
    }

    /// The status code, if this is a response.
    pub fn status(&self) -> Option<u16> {
        let code = self.start.strip_prefix("HTTP/1.1 ")?.get(..3)?;
        code.parse().ok()
    }

    /// The first header of this name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut all = self.headers.iter();
        let found = all.find(|(n, _)| n.eq_ignore_ascii_case(name))?;
        Some(found.1.trim())
    }

    /// Whether the comma-separated lists of this name hold the token.
    pub fn has_token(&self, name: &str, token: &str) -> bool {
        let mut tokens = self
            .headers
            .iter()
            .filter(|(n, _)| n.eq_ignore_ascii_case(name))
            .flat_map(|(_, value)| value.split(','));
        tokens.any(|t| t.trim().eq_ignore_ascii_case(token))
    }

    /// The message with its content in one piece, whatever pieces it came in.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let framing = ["content-length", "transfer-encoding"];
        let mut out = format!("{}\r\n", self.start);
        for (name, value) in &self.headers {
            if !framing.contains(&name.to_ascii_lowercase().as_str()) {
                out += &format!("{name}: {value}\r\n");
            }
        }
        out += &format!("Content-Length: {}\r\n\r\n", self.body.len());
        [out.as_bytes(), &self.body].concat()
    }

    /// A response's status, and its content: `200 "ok"`.
    pub(crate) fn response_line(&self, names: &Names) -> String {
        let status = match self.status() {
            Some(code) => code.to_string(),
            None => plain(self.start.as_bytes(), names),
        };
        match &self.body[..] {
            [] => status,
            body => format!("{status} {}", quoted(body, names)),
        }
    }

    /// A request as sent: its start line, then each header, indented.
    pub fn request_lines(&self, names: &Names) -> Vec<String> {
        let mut lines = vec![plain(self.start.as_bytes(), names)];
        for (name, value) in &self.headers {
            let header = format!("  {name}: {value}");
            lines.push(plain(header.trim_end_matches(' ').as_bytes(), names));
        }
        if !self.body.is_empty() {
            lines.push(format!("  body {}", quoted(&self.body, names)));
        }
        lines
    }

    /// A response, less what is not asked about: its status, then the headers
    /// to keep, in lower case and sorted; `body` keeps the content.
    pub fn response_lines(&self, keep: &[String], names: &Names) -> Vec<String> {
        let mut lines = Vec::new();
        for name in keep {
            // Several lines of one name are one list (RFC 9110 §5.3).
            let all = self.headers.iter();
            let of_name = all.filter(|(n, _)| n.eq_ignore_ascii_case(name));
            let values: Vec<&str> = of_name.map(|(_, value)| value.as_str()).collect();
            if values.is_empty() {
                continue;
            }
            // Tokens, so their case says nothing; nor does it matter whether a
            // server also says that it closes.
            let value = match name.as_str() {
                "connection" if self.has_token("connection", "upgrade") => "upgrade".to_owned(),
                "connection" | "upgrade" => values.join(", ").to_ascii_lowercase(),
                // Nor does white space in a list (RFC 9110 §5.6.1).
                "sec-websocket-protocol" => {
                    let members = values.iter().flat_map(|value| value.split(','));
                    members.map(str::trim).collect::<Vec<_>>().join(", ")
                }
                _ => values.join(", "),
            };
            let header = format!("  {name}: {value}");
            lines.push(plain(header.trim_end().as_bytes(), names));
        }
        lines.sort();
        let status = self.status().map(|code| code.to_string());
        lines.insert(
            0,
            status.unwrap_or_else(|| plain(self.start.as_bytes(), names)),
        );
        if keep.iter().any(|name| name == "body") {
            lines.push(format!("  body {}", quoted(&self.body, names)));
        }
        lines
    }
}

enum Length {
    Bytes(usize),
    Chunked,
    UntilEnd,
}

/// RFC 9112 §7.1. `None` until the last chunk is there.
fn dechunk(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut body = Vec::new();
    let mut at = 0;
    loop {
        let (data, used) = chunk(&bytes[at..])?;
        body.extend_from_slice(data);
        at += used;
        if data.is_empty() {
            return Some((body, at));
        }
    }
}

/// The first chunk's data and its length on the wire; the last has no data.
pub(crate) fn chunk(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let line = bytes.windows(2).position(|w| w == b"\r\n")?;
    let size = std::str::from_utf8(&bytes[..line]).ok()?;
    let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
    let start = line + 2;
    let end = start.checked_add(size)?;
    let data = bytes.get(start..end)?;
    bytes.get(end..end + 2)?;
    Some((data, end + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(text: &str, ended: bool) -> Option<(Message, usize)> {
        match Message::decode(text.as_bytes(), ended, false) {
            Decoded::Message(message, used) => Some((message, used)),
            _ => None,
        }
    }

    #[test]
    fn a_body_ends_where_its_length_says() {
        let text = "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno!";
        let (message, used) = decode(text, false).unwrap();
        assert_eq!((&*message.body, used), (&b"no"[..], text.len() - 1));
        assert!(decode(&text[..text.len() - 2], false).is_none());
    }

    #[test]
    fn chunks_are_joined() {
        let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
        let (message, used) = decode(text, false).unwrap();
        assert_eq!((&*message.body, used), (&b"abcde"[..], text.len()));
        assert!(decode(&text[..text.len() - 1], false).is_none());
    }

    #[test]
    fn a_body_without_a_length_ends_with_the_connection() {
        let text = "HTTP/1.1 200 OK\r\n\r\nall there is";
        assert!(decode(text, false).is_none());
        assert_eq!(decode(text, true).unwrap().0.body, b"all there is");
    }

    #[test]
    fn a_request_shows_its_white_space() {
        let (message, _) = decode("GET / HTTP/1.1\r\nA:  b\t\r\n\r\n", false).unwrap();
        assert_eq!(message.request_lines(&Names::default())[1], r"  A:  b\t");
        assert_eq!(message.header("a"), Some("b"));
    }

    #[test]
    fn several_lines_of_a_name_are_one_list() {
        let text =
            "HTTP/1.1 426 -\r\nConnection: upgrade\r\nA: 1\r\nConnection: close\r\na: 2\r\n\r\n";
        let (message, _) = decode(text, true).unwrap();
        let keep = ["a", "b", "connection"].map(str::to_owned);
        let lines = message.response_lines(&keep, &Names::default());
        assert_eq!(lines, ["426", "  a: 1, 2", "  connection: upgrade"]);
    }

    #[test]
    fn a_request_of_the_subjects_is_as_sober_as_its_answers() {
        let text = "GET / HTTP/1.1\r\nsec-websocket-protocol: a,b\r\nUser-Agent: x\r\n\r\n";
        let (message, _) = decode(text, false).unwrap();
        let keep = ["sec-websocket-protocol"].map(str::to_owned);
        let lines = message.response_lines(&keep, &Names::default());
        assert_eq!(lines, ["GET / HTTP/1.1", "  sec-websocket-protocol: a, b"]);
    }

    #[test]
    fn a_folded_line_is_one_header() {
        let (message, _) = decode("GET / HTTP/1.0\r\nA: b\r\n c\r\nD: e\r\n\r\n", false).unwrap();
        assert_eq!(message.header("a"), Some("b\r\n c"));
        assert_eq!(message.header("d"), Some("e"));
    }

    #[test]
    fn what_is_not_http_is_said_to_be_noise() {
        let noise = |text: &str, ended| {
            matches!(
                Message::decode(text.as_bytes(), ended, false),
                Decoded::Noise
            )
        };
        assert!(noise("hello\r\n\r\n", false));
        assert!(!noise("hello", false));
        assert!(noise("hello", true));
        assert!(noise(&"x".repeat(MOST_HEAD + 1), false));
    }
}
