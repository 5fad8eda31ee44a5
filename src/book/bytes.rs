//! An entry of a transcript opened into its bytes.

use std::fmt::Write as _;

use super::html::escape;
use super::names::mark_values;
use super::recording::{Entry, Kind, Name, Side};
use super::{frame, http};

/// More bytes of a payload than this are counted, not shown.
const MOST: usize = 24;
/// More characters than this likewise.
const MOST_TEXT: usize = 120;

/// What an entry opens into, or `None` where there is nothing to see.
pub fn render(entry: &Entry, names: &[Name]) -> Option<String> {
    if entry.bytes.is_empty() {
        return None;
    }
    match entry.kind {
        Kind::Frame => {
            frame::render(&entry.bytes, entry.side(), names).or_else(|| Some(plain(entry, names)))
        }
        Kind::Request => Some(http::render(&entry.bytes, Side::Client, names)),
        Kind::Response => Some(http::render(&entry.bytes, Side::Server, names)),
        Kind::Line | Kind::Bytes => Some(plain(entry, names)),
        Kind::Command | Kind::Output | Kind::Note => None,
    }
}

/// Bytes that have no fields: themselves, and what they spell.
fn plain(entry: &Entry, names: &[Name]) -> String {
    let mut spans = Shown::default();
    let mut rows = Vec::new();
    let text = match entry.bytes.strip_suffix(b"\n") {
        Some(text) if entry.kind == Kind::Line => text,
        _ => &entry.bytes[..],
    };
    spans.push_some(text, "payload");
    spans.push(&entry.bytes[text.len()..], "end");
    if !text.is_empty() {
        let says = spoken(text, false, |t| mark_values(t, names));
        rows.push(Row::new("payload", &shown_bytes(text), &says, ""));
    }
    if text.len() < entry.bytes.len() {
        rows.push(Row::new("end", "0a", "line feed: the line ends here", ""));
    }
    spans.html() + &Row::list(&rows)
}

/// A row of bytes, each with the fields it belongs to.
#[derive(Default)]
pub struct Shown(String);

impl Shown {
    /// Adds bytes of a field, all of them.
    pub fn push(&mut self, bytes: &[u8], fields: &str) {
        for byte in bytes {
            let _ = write!(self.0, "<span data-f=\"{fields}\">{byte:02x}</span>");
        }
    }

    /// Adds bytes of a field, the first few of them.
    pub fn push_some(&mut self, bytes: &[u8], fields: &str) {
        let shown = shown_of(bytes.len());
        self.push(&bytes[..shown], fields);
        if shown < bytes.len() {
            let _ = write!(
                self.0,
                "<span class=\"sp-more\" data-f=\"{fields}\">… {} more</span>",
                bytes.len() - shown
            );
        }
    }

    /// The row.
    pub fn html(self) -> String {
        format!("<div class=\"sp-bytes\">{}</div>", self.0)
    }
}

/// One field explained.
pub struct Row {
    field: &'static str,
    bits: String,
    says: String,
    clause: &'static str,
}

impl Row {
    /// `says` is HTML, `bits` and `clause` are text.
    pub fn new(field: &'static str, bits: &str, says: &str, clause: &'static str) -> Row {
        Row {
            field,
            bits: bits.to_owned(),
            says: says.to_owned(),
            clause,
        }
    }

    /// The rows as a list.
    pub fn list(rows: &[Row]) -> String {
        let mut out = String::from("<dl class=\"sp-fields\">");
        for row in rows {
            let _ = write!(
                out,
                "<div data-f=\"{}\"><dt>{}</dt><dd>{}{}</dd></div>",
                row.field,
                escape(&row.bits),
                row.says,
                cite(row.clause)
            );
        }
        out + "</dl>"
    }
}

/// A clause, set off from what it supports.
pub fn cite(clause: &str) -> String {
    match clause {
        "" => String::new(),
        clause => format!(" <cite>{}</cite>", escape(clause)),
    }
}

/// `37 fa 21 3d`.
pub fn hex(bytes: &[u8]) -> String {
    let bytes: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.join(" ")
}

/// The first few bytes, for the head of a row.
pub fn shown_bytes(bytes: &[u8]) -> String {
    match bytes.get(..5) {
        Some(first) if bytes.len() > 6 => hex(first) + " …",
        _ => hex(bytes),
    }
}

fn shown_of(len: usize) -> usize {
    // Rather a few bytes more than a count of one or two.
    if len <= MOST + 4 { len } else { MOST }
}

/// Bytes in words, as HTML: quoted if they are text, else counted.
pub fn spoken(bytes: &[u8], binary: bool, mark: impl Fn(&str) -> String) -> String {
    let counted = || format!("{} bytes", bytes.len());
    match std::str::from_utf8(bytes) {
        Ok(text) if !binary => {
            let shown: String = text.chars().take(MOST_TEXT).collect();
            let rest = text.chars().count() - shown.chars().count();
            let visible: String = shown.chars().map(visible).collect();
            let mut out = format!("<code>&quot;{}&quot;</code>", mark(&visible));
            if rest > 0 {
                let _ = write!(out, " and {rest} characters more");
            }
            out
        }
        Err(_) if !binary => counted() + " that are not UTF-8",
        _ => counted(),
    }
}

/// A character that shows: control characters as Rust writes them.
fn visible(c: char) -> String {
    match c.is_control() {
        true => c.escape_default().collect(),
        false => c.into(),
    }
}
