//! Bytes, and what each row of them says.

use std::fmt::Write as _;

use super::html::escape;

/// More bytes of a payload than this are counted, not shown.
const MOST: usize = 24;
/// More characters than this likewise.
pub const MOST_TEXT: usize = 120;

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
        self.push_each(bytes, |_| fields.to_owned());
    }

    /// Adds bytes, the first few of them, each with the fields it belongs to.
    pub fn push_each(&mut self, bytes: &[u8], fields: impl Fn(usize) -> String) {
        let shown = shown_of(bytes.len());
        for at in 0..shown {
            self.push(&bytes[at..=at], &fields(at));
        }
        if shown < bytes.len() {
            let _ = write!(
                self.0,
                "<span class=\"sp-more\" data-f=\"{}\">… {} more</span>",
                fields(shown),
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
