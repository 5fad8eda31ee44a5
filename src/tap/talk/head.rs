//! RFC 9112 §2 to §5: where a head begins and ends, what it says, and the same
//! head with headers left out.

use proof::Message;

/// A head longer than this is refused, or not taken for one.
pub const MOST_HEAD: usize = 64 * 1024;

/// What bytes begin with.
#[derive(Debug, PartialEq)]
pub enum Opening {
    /// A head of this length, its empty line included.
    Head(usize),
    /// That can't be said yet.
    Unclear,
    /// No HTTP/1.
    Noise,
}

/// What comes from a client. Whatever a browser may send is a head or unclear,
/// never noise: noise is passed on unguarded.
pub fn of_request(bytes: &[u8]) -> Opening {
    let method = bytes.split(|byte| *byte == b' ').next().unwrap_or_default();
    if method.is_empty() || !method.iter().all(|byte| is_token(*byte)) {
        return Opening::Noise;
    }
    opening(bytes, |line| {
        line.ends_with(b" HTTP/1.1") || line.ends_with(b" HTTP/1.0")
    })
}

/// What comes from a server.
pub fn of_response(bytes: &[u8]) -> Opening {
    const VERSION: &[u8] = b"HTTP/1.";
    let common = bytes.len().min(VERSION.len());
    if bytes[..common] != VERSION[..common] {
        return Opening::Noise;
    }
    opening(bytes, |line| status_of(line).is_some())
}

fn opening(bytes: &[u8], is_start: impl Fn(&[u8]) -> bool) -> Opening {
    let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else {
        return Opening::Unclear;
    };
    match bytes[..end].strip_suffix(b"\r") {
        Some(line) if is_start(line) => {}
        _ => return Opening::Noise,
    }
    let rest = bytes[end - 1..].windows(4);
    match rest.clone().position(|window| window == b"\r\n\r\n") {
        Some(at) => Opening::Head(end - 1 + at + 4),
        None => Opening::Unclear,
    }
}

/// RFC 9110 §5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// The status code, if this is a response.
pub fn status(message: &Message) -> Option<u16> {
    status_of(message.start.as_bytes())
}

/// `HTTP/1.1 200 OK`; the reason may be missing.
fn status_of(line: &[u8]) -> Option<u16> {
    let rest = line.strip_prefix(b"HTTP/1.")?.get(1..)?;
    let code = std::str::from_utf8(rest.strip_prefix(b" ")?.get(..3)?).ok()?;
    let ends = matches!(rest.get(4), None | Some(b' '));
    (ends && line[7].is_ascii_digit()).then(|| code.parse().ok())?
}

/// The method and the target of a request.
pub fn method_and_target(message: &Message) -> (&str, &str) {
    let line = message.start.rsplit_once(' ').unwrap_or_default().0;
    line.split_once(' ').unwrap_or((line, ""))
}

/// The values of all headers of this name.
pub fn values<'a>(message: &'a Message, name: &str) -> impl Iterator<Item = &'a str> {
    let all = message.headers.iter();
    all.filter(move |(n, _)| n.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

/// The head as it came, but for some headers: `edit` says of a name whether it
/// is left out (`Some(None)`) or gets another value.
pub fn edited<'a>(head: &[u8], edit: impl Fn(&str) -> Option<Option<&'a str>>) -> Vec<u8> {
    let mut out = Vec::with_capacity(head.len());
    let mut skips = false;
    for (nth, line) in head.split_inclusive(|byte| *byte == b'\n').enumerate() {
        // A folded line (§5.2) belongs to the one before it.
        let goes_on = line.starts_with(b" ") || line.starts_with(b"\t");
        if !goes_on {
            let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
            let change = std::str::from_utf8(name).ok().and_then(&edit);
            let change = change.filter(|_| nth > 0 && name.len() < line.len());
            skips = change.is_some();
            if let Some(Some(value)) = change {
                out.extend_from_slice(name);
                out.extend_from_slice(format!(": {value}\r\n").as_bytes());
            }
        }
        if !skips {
            out.extend_from_slice(line);
        }
    }
    out
}
