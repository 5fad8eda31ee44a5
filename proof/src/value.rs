//! Random values, and how a value is written down.
//!
//! A proof draws values no program can know beforehand and gives each a name.
//! The transcript shows the name, so it is the same from run to run, while a
//! program that merely repeats an old conversation sends the wrong bytes.
//! Names are looked up in the *values* that crossed the wire, before they are
//! escaped; a `<` from the wire is written `\<`. So no program can send a name.

use std::cmp::Reverse;
use std::fmt::Write as _;
use std::hash::{BuildHasher, Hasher};
use std::sync::OnceLock;

use memchr::memmem;
use sha1_smol::Sha1;

/// `$PROOF_SEED`, or one random seed for the whole run: short, to be retyped.
pub(crate) fn seed() -> u64 {
    static SEED: OnceLock<u64> = OnceLock::new();
    *SEED.get_or_init(|| {
        let random = || std::hash::RandomState::new().build_hasher().finish() & u64::from(u32::MAX);
        match std::env::var("PROOF_SEED") {
            Ok(text) => text
                .trim()
                .parse()
                .unwrap_or_else(|_| panic!("PROOF_SEED={text:?} is not a decimal u64")),
            Err(_) => random(),
        }
    })
}

/// The random values of one proof: the same for the same seed and test.
pub(crate) struct Draw {
    test: String,
    nth: u64,
}

impl Draw {
    pub(crate) fn new(test: &str) -> Draw {
        Draw {
            test: test.to_owned(),
            nth: 0,
        }
    }

    /// The next value: `len` bytes that are a function of seed, test and turn.
    pub(crate) fn bytes(&mut self, len: usize) -> Vec<u8> {
        self.nth += 1;
        let mut out = Vec::with_capacity(len + 20);
        for block in 0.. {
            if out.len() >= len {
                break;
            }
            let input = format!("{}/{}/{}/{block}", seed(), self.test, self.nth);
            out.extend_from_slice(&Sha1::from(input).digest().bytes());
        }
        out.truncate(len);
        out
    }

    /// Eight small letters.
    pub(crate) fn word(&mut self) -> String {
        let letters = self.bytes(8).into_iter();
        letters.map(|b| char::from(b'a' + b % 26)).collect()
    }
}

/// The values known by name.
#[derive(Clone, Default)]
pub struct Names(Vec<(Vec<u8>, String)>);

impl Names {
    /// Name a value `<kind>`, or `<kind#2>` if that is taken, and so on.
    pub fn add(&mut self, kind: &str, value: &[u8]) {
        if value.is_empty() || self.0.iter().any(|(known, _)| known == value) {
            return;
        }
        let name = (1..)
            .map(|n| match n {
                1 => format!("<{kind}>"),
                n => format!("<{kind}#{n}>"),
            })
            .find(|name| self.0.iter().all(|(_, taken)| taken != name))
            .expect("numbers do not end");
        self.0.push((value.to_owned(), name));
    }

    /// Name and value of each, in the order they were drawn.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(value, name)| (&**name, &**value))
    }

    pub(crate) fn value(&self, name: &str) -> Option<&[u8]> {
        self.iter().find(|(n, _)| *n == name).map(|(_, v)| v)
    }

    /// The latest value of this kind.
    pub(crate) fn last(&self, kind: &str) -> Option<&[u8]> {
        let (first, others) = (format!("<{kind}>"), format!("<{kind}#"));
        let mut values = self.0.iter().rev();
        let of_kind = values.find(|(_, name)| *name == first || name.starts_with(&others));
        of_kind.map(|(value, _)| &**value)
    }

    /// Put back a name read from a record.
    pub(crate) fn restore(&mut self, name: &str, value: Vec<u8>) {
        self.0.push((value, name.to_owned()));
    }

    fn of(&self, value: &[u8]) -> Option<&str> {
        self.iter().find(|(_, v)| *v == value).map(|(n, _)| n)
    }

    /// The value in pieces: what is known by name, and what stands between.
    fn split<'a>(&'a self, mut value: &'a [u8]) -> Vec<Piece<'a>> {
        if self.0.is_empty() && !value.is_empty() {
            return vec![Piece::Wire(value)];
        }
        let mut pieces = Vec::new();
        // The first to begin; of several, the longest.
        let first = |value: &[u8]| {
            let found = self.iter().filter_map(|(name, known)| {
                let at = memmem::find(value, known)?;
                Some((at, Reverse(known.len()), name))
            });
            found.min()
        };
        while let Some((at, Reverse(len), name)) = first(value) {
            if at > 0 {
                pieces.push(Piece::Wire(&value[..at]));
            }
            pieces.push(Piece::Name(name));
            value = &value[at + len..];
        }
        if !value.is_empty() {
            pieces.push(Piece::Wire(value));
        }
        pieces
    }
}

enum Piece<'a> {
    Name(&'a str),
    Wire(&'a [u8]),
}

/// Payloads longer than this are summed up.
const LONG: usize = 256;
/// Bytes longer than this are summed up.
const LONG_HEX: usize = 32;

/// A text as it is written down, without quotes: control characters, `\` and
/// `<` escaped, known values by name. Bytes that are not UTF-8 become U+FFFD.
pub(crate) fn plain(value: &[u8], names: &Names) -> String {
    let mut out = String::new();
    for piece in names.split(value) {
        match piece {
            Piece::Name(name) => out.push_str(name),
            Piece::Wire(bytes) => escape(&String::from_utf8_lossy(bytes), &mut out),
        }
    }
    out
}

/// `"…"`; a payload that is not UTF-8 as bytes, a long one by length and digest.
/// Inner quotes stand as they are: the payload runs from the first to the last.
pub fn quoted(value: &[u8], names: &Names) -> String {
    if std::str::from_utf8(value).is_err() {
        return hex(value, names);
    }
    // A name may stand for much, so only without any is the length known.
    if names.0.is_empty() && value.len() > LONG {
        return summary(value, names);
    }
    let text = plain(value, names);
    match text.len() > LONG {
        true => summary(value, names),
        false => format!("\"{text}\""),
    }
}

/// `00 ff 10`, known values by name, a long one by length and digest.
pub(crate) fn hex(value: &[u8], names: &Names) -> String {
    if let Some(name) = names.of(value) {
        return name.to_owned();
    }
    if value.len() > LONG_HEX {
        return summary(value, names);
    }
    let pieces = names.split(value).into_iter().map(|piece| match piece {
        Piece::Name(name) => name.to_owned(),
        Piece::Wire(bytes) => raw_hex(bytes),
    });
    pieces.collect::<Vec<_>>().join(" ")
}

/// Two digits a byte, a blank between: `00 ff 10`.
pub fn raw_hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 3);
    for byte in bytes {
        let _ = write!(out, "{byte:02x} ");
    }
    out.pop();
    out
}

/// `(70000 bytes, sha1 38e80e04)`. Where random values are part of it, their
/// names are digested in their place, so that the digest stays the same.
fn summary(value: &[u8], names: &Names) -> String {
    let mut sha = Sha1::new();
    for piece in names.split(value) {
        match piece {
            Piece::Name(name) => sha.update(name.as_bytes()),
            Piece::Wire(bytes) => sha.update(bytes),
        }
    }
    let digest = sha.digest().to_string();
    format!("({} bytes, sha1 {})", value.len(), &digest[..8])
}

/// What cannot be seen, and what could be taken for a name, made visible.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '<' => out.push_str("\\<"),
            '"' | '\'' => out.push(c),
            // Control, format and other invisible characters.
            c => out.extend(c.escape_debug()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let mut names = Names::default();
        names.add("word", b"sesame");
        names.add("word", b"sesame street");
        names
    }

    #[test]
    fn known_values_are_written_by_name_the_longest_first() {
        assert_eq!(quoted(b"a sesame.", &names()), "\"a <word>.\"");
        assert_eq!(quoted(b"sesame street", &names()), "\"<word#2>\"");
        assert_eq!(hex(b"\x00sesame", &names()), "00 <word>");
    }

    #[test]
    fn a_name_from_the_wire_is_not_a_name() {
        assert_eq!(quoted(b"<word>", &names()), r#""\<word>""#);
        assert_eq!(quoted(br"\<word>", &names()), r#""\\\<word>""#);
    }

    #[test]
    fn nothing_from_the_wire_breaks_a_line_or_hides() {
        let hostile = "a\nS→C closed\r\u{202e}\u{200b}\t\0";
        let shown = quoted(hostile.as_bytes(), &names());
        assert_eq!(shown, r#""a\nS→C closed\r\u{202e}\u{200b}\t\0""#);
    }

    #[test]
    fn the_same_seed_test_and_turn_draw_the_same() {
        let (mut one, mut two) = (Draw::new("a"), Draw::new("a"));
        assert_eq!(one.bytes(70), two.bytes(70));
        assert_ne!(one.bytes(70), Draw::new("a").bytes(70));
        assert_ne!(Draw::new("b").bytes(70), Draw::new("a").bytes(70));
    }

    #[test]
    fn a_long_value_keeps_its_digest_whatever_was_drawn() {
        let (mut one, mut two) = (Names::default(), Names::default());
        one.add("word", b"aaaaaaaa");
        two.add("word", b"bbbbbbbb");
        let long = |word: &str| format!("{}{word}", ".".repeat(300)).into_bytes();
        assert_eq!(
            quoted(&long("aaaaaaaa"), &one),
            quoted(&long("bbbbbbbb"), &two)
        );
        assert_ne!(
            quoted(&long("aaaaaaaa"), &one),
            quoted(&long("bbbbbbbb"), &one)
        );
    }
}
