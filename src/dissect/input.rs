//! From what people paste to bytes.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::path::Path;

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::digits::{Wrong, hex};
use super::{dump, packets};
use crate::wire::Head;

/// More than this is not read.
const MOST: u64 = 16 << 20;

/// What every complaint about a text ends with.
const ACCEPTED: &str = "
accepted: hex          81 85, 8185, 0x81 0x85, \\x81\\x85
          a list       [129, 133], as Rust prints it
          a dump       by xxd, hexdump -C, tcpdump -X or Wireshark
          a handshake  as text
          a packet     42[\"hi\",1], of Engine.IO; a short one with --packet
          other        --base64, --raw";

/// What the input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Text of any form that is accepted.
    Any,
    /// Base64, with white space where it likes.
    Base64,
    /// The bytes themselves.
    Raw,
    /// Packets of Engine.IO, as text.
    Packets,
}

/// The bytes meant by words, or by what is in the file or standard input, and
/// the form that they turned out to have.
pub fn read(words: &[String], file: Option<&Path>, form: Form) -> Result<(Vec<u8>, Form)> {
    let bytes = match (words, file) {
        ([], Some(file)) => {
            let name = || file.display().to_string();
            limited(File::open(file).with_context(name)?).with_context(name)?
        }
        ([], None) => {
            let stdin = io::stdin().lock();
            if stdin.is_terminal() {
                eprintln!("paste the bytes; Ctrl-D on a line of its own ends them");
            }
            limited(stdin)?
        }
        (words, _) => words.join(" ").into_bytes(),
    };
    if form == Form::Raw {
        return Ok((bytes, form));
    }
    let Ok(text) = std::str::from_utf8(&bytes) else {
        bail!("this is no text: for the bytes themselves, add --raw");
    };
    let form = match form {
        Form::Any if packets::begin(text.trim()) => Form::Packets,
        form => form,
    };
    let parsed = match form {
        Form::Base64 => base64(text),
        Form::Packets => Ok(packets::unescaped(text.trim()).into_bytes()),
        _ => any(text),
    };
    match (parsed, words) {
        (Err(_), [word]) if Path::new(word).is_file() => {
            bail!("`{word}` is a file: to read it, type --file {word}")
        }
        (Ok(bytes), _) if bytes.is_empty() => bail!("there are no bytes{ACCEPTED}"),
        (parsed, _) => Ok((parsed?, form)),
    }
}

fn limited(from: impl Read) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MOST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST {
        bail!("more than {} MiB: cut out the part to look at", MOST >> 20);
    }
    Ok(bytes)
}

fn base64(text: &str) -> Result<Vec<u8>> {
    let text: String = text.split_whitespace().collect();
    let alphabet = match text.contains(['-', '_']) {
        true => URL_SAFE,
        false => STANDARD,
    };
    let padding = DecodePaddingMode::Indifferent;
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(padding);
    GeneralPurpose::new(&alphabet, config)
        .decode(text)
        .context("this is no base64")
}

/// A text of any form: heads as they stand, and hex in between.
fn any(text: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text;
    loop {
        let skipped = rest.trim_start();
        let Some(side) = Head::begins(skipped.as_bytes()) else {
            break;
        };
        let head = Head::read(skipped.as_bytes());
        let verbatim = skipped.contains('\r');
        rest = &skipped[head.len..];
        // Pasted from a page, a head has lost its carriage returns, and
        // perhaps the empty line.
        match verbatim {
            true => bytes.extend_from_slice(&skipped.as_bytes()[..head.len]),
            false => {
                for line in head.lines.iter().filter(|line| !line.text.is_empty()) {
                    bytes.extend_from_slice(line.text.as_bytes());
                    bytes.extend_from_slice(b"\r\n");
                }
                bytes.extend_from_slice(b"\r\n");
            }
        }
        if head.has_content(side) {
            bytes.extend_from_slice(rest.as_bytes());
            return Ok(bytes);
        }
    }
    let from = text.len() - rest.len();
    let hex = match dump::parse(rest) {
        Some(bytes) => bytes,
        None if rest.contains("\\x") => escaped(rest),
        None => plain(rest),
    };
    match hex {
        Ok(hex) => bytes.extend(hex),
        Err(Wrong { at, says }) => {
            let before = &text[..from + at];
            let line = before.matches('\n').count() + 1;
            let column = before
                .rsplit('\n')
                .next()
                .unwrap_or_default()
                .chars()
                .count()
                + 1;
            let packet = match is_perhaps_a_packet(text) {
                true => "; if this is a packet, add --packet",
                false => "",
            };
            bail!("line {line}, column {column}: {says}{packet}{ACCEPTED}");
        }
    }
    Ok(bytes)
}

/// One word behind a type of Engine.IO: `4hi`, `41`.
fn is_perhaps_a_packet(text: &str) -> bool {
    let text = text.trim();
    text.starts_with(|c: char| ('0'..='6').contains(&c)) && !text.contains(char::is_whitespace)
}

/// Hex without offsets, or a list of numbers.
fn plain(text: &str) -> Result<Vec<u8>, Wrong> {
    let trimmed = text.trim().trim_start_matches("<Buffer");
    let words = words(text);
    let is_number = |word: &str| word.len() <= 3 && word.bytes().all(|b| b.is_ascii_digit());
    let is_list = trimmed.starts_with('[') && words.iter().all(|(_, word)| is_number(word));
    if is_list && words.iter().any(|(_, word)| word.len() != 2) {
        let number = |(at, word): (usize, &str)| {
            let wrong = || Wrong::new(at, format!("{word} is more than a byte"));
            word.parse().map_err(|_| wrong())
        };
        return words.into_iter().map(number).collect();
    }
    if is_list && words.len() > 1 {
        let says = "this list may be decimal or hex; write 0x before each byte if it is hex";
        return Err(Wrong::new(words[0].0, says));
    }
    let mut bytes = Vec::new();
    for (at, word) in words {
        match word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")) {
            // As Rust's `{:#x?}` prints it: no leading nought.
            Some(digit) if digit.len() == 1 => hex(at + 2, &format!("0{digit}"), &mut bytes)?,
            Some(digits) => hex(at + 2, digits, &mut bytes)?,
            None => hex(at, word, &mut bytes)?,
        }
    }
    Ok(bytes)
}

/// The words between white space and what stands around numbers in a program,
/// each with its place.
fn words(text: &str) -> Vec<(usize, &str)> {
    let between = |c: char| c.is_whitespace() || ",;:-[]{}()<>\"'".contains(c);
    let mut words = Vec::new();
    let mut at = 0;
    for part in text.split_inclusive(between) {
        let word = part.trim_end_matches(between);
        if !word.is_empty() && word != "Buffer" {
            words.push((at, word));
        }
        at += part.len();
    }
    words
}

/// A string as a program writes it: `\x81\x05Hello`, `b'\x81'`.
fn escaped(text: &str) -> Result<Vec<u8>, Wrong> {
    let inner = text.trim();
    let start = text.len() - text.trim_start().len();
    let (start, inner) = match inner.strip_prefix('b') {
        Some(rest) if rest.starts_with(['"', '\'']) => (start + 1, rest),
        _ => (start, inner),
    };
    let quoted = ['"', '\''].into_iter().find_map(|quote| {
        let inner = inner.strip_prefix(quote)?;
        Some(inner.strip_suffix(quote).unwrap_or(inner))
    });
    let (start, inner) = quoted.map_or((start, inner), |quoted| (start + 1, quoted));
    // Between escapes alone, white space is none of the bytes.
    let spaced = quoted.is_none()
        && inner
            .split_whitespace()
            .all(|word| word.trim_end_matches(',').starts_with("\\x"));
    let mut bytes = Vec::new();
    let mut chars = inner.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                let wrong = || {
                    Wrong::new(
                        start + at,
                        "an escape that is none of \\xNN \\n \\r \\t \\0 \\\\ \\\" \\'",
                    )
                };
                let (_, escape) = chars.next().ok_or_else(wrong)?;
                match escape {
                    'x' => {
                        let digits = inner.get(at + 2..at + 4).ok_or_else(wrong)?;
                        hex(start + at + 2, digits, &mut bytes)?;
                        chars.nth(1);
                    }
                    'n' => bytes.push(b'\n'),
                    'r' => bytes.push(b'\r'),
                    't' => bytes.push(b'\t'),
                    '0' => bytes.push(0),
                    '\\' | '"' | '\'' => bytes.push(escape as u8),
                    _ => return Err(wrong()),
                }
            }
            c if spaced && (c.is_whitespace() || c == ',') => {}
            c => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    Ok(bytes)
}
