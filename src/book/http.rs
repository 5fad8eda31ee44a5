//! An HTTP head, line by line, with the clause behind each header of the
//! opening handshake (RFC 6455 §4).

use super::bytes::{cite, spoken};
use super::html::escape;
use super::names::mark_values;
use super::recording::{Name, Side};

const CRLF: &str = "<span class=\"sp-crlf\">\\r\\n</span>";

const END: &str =
    "an empty line ends the head; each line ends with a carriage return and a line feed";

/// The head, and the body if there is one.
pub fn render(bytes: &[u8], side: Side, names: &[Name]) -> String {
    let end = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .map(|at| at + 4);
    let head = String::from_utf8_lossy(&bytes[..end.unwrap_or(bytes.len())]);
    let body = &bytes[end.unwrap_or(bytes.len())..];
    let mut items = String::new();
    for (nth, line) in head.split_inclusive("\r\n").enumerate() {
        let text = line.strip_suffix("\r\n");
        let (text, ended) = (text.unwrap_or(line), text.is_some());
        let (says, clause) = match nth {
            0 => start_line(text, side),
            _ if text.is_empty() => (END, "RFC 9112 §2.1"),
            _ => header(text, side),
        };
        let end = if ended { CRLF } else { "" };
        item(&mut items, &mark_values(text, names), end, says, clause);
    }
    if !body.is_empty() {
        let body = spoken(body, false, |text| mark_values(text, names));
        items.push_str(&format!(
            "<li>{body}<span class=\"sp-note\">the body</span></li>"
        ));
    }
    format!("<ol class=\"sp-head\">{items}</ol>")
}

/// One line with what ends it, all HTML, and what is said of it.
pub(super) fn item(items: &mut String, text: &str, end: &str, says: &str, clause: &str) {
    items.push_str(&format!("<li><code>{text}{end}</code>"));
    if !says.is_empty() {
        items.push_str(&format!(
            "<span class=\"sp-note\">{}{}</span>",
            escape(says),
            cite(clause)
        ));
    }
    items.push_str("</li>");
}

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
        "no-cache: kept copies are not to be used unasked",
        "RFC 9111 §5.2.2.4",
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
