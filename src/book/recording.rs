//! A proof as it was recorded: its transcript and the bytes behind each entry.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::fault::unread;

/// Header lines of a snapshot, before the transcript.
pub const HEADER: usize = 3;

/// A snapshot and its bytes file.
pub struct Recording {
    /// The entries, in the order of the transcript.
    pub entries: Vec<Entry>,
    /// The random values of the recording.
    pub names: Vec<Name>,
}

/// One thing that crossed the wire: one line of the transcript or more.
pub struct Entry {
    /// `C→S`, `S→ann`; empty where nobody speaks.
    pub from: String,
    /// What it is.
    pub kind: Kind,
    /// Its lines, without the direction.
    pub lines: Vec<String>,
    /// The bytes on the wire; none for what isn't bytes.
    pub bytes: Vec<u8>,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// `$ accept <key>`.
    Command,
    /// What a command printed, and how it ended.
    Output,
    /// A line over TCP.
    Line,
    /// Bytes over TCP that are nothing more.
    Bytes,
    /// An HTTP request's head.
    Request,
    /// An HTTP response's head.
    Response,
    /// An Engine.IO packet, out of an HTTP response.
    Packet,
    /// A server-sent event.
    Event,
    /// A WebSocket frame; of a stream that counts up, the first.
    #[serde(alias = "ticks", alias = "flood", alias = "pings")]
    Frame,
    /// A message as a command is given it: text, binary, or a request's body.
    Given,
    /// What happened to the connection.
    Note,
}

/// A random value: what the transcript writes for it, and what it was.
pub struct Name {
    /// `<key>`.
    pub name: String,
    /// The value when it was recorded.
    pub value: Vec<u8>,
}

impl Entry {
    /// Whether a client speaks here, or a server, or nobody.
    pub fn side(&self) -> Side {
        if self.from.ends_with("→S") {
            Side::Client
        } else if self.from.starts_with("S→") {
            Side::Server
        } else {
            Side::Neither
        }
    }
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// A client.
    Client,
    /// The server.
    Server,
    /// Nobody: a command line, its output.
    Neither,
}

// What of a bytes file the book needs; the rest is the proof library's.
#[derive(Deserialize)]
struct First {
    names: Vec<(String, String)>,
}

#[derive(Deserialize)]
struct Line {
    from: String,
    kind: Kind,
    lines: usize,
    hex: String,
    /// Whether what counts up is lines, not frames.
    #[serde(default)]
    line: bool,
    /// Or events.
    #[serde(default)]
    event: bool,
}

/// What is wrong with a file of a recording.
pub struct Unreadable {
    /// Whether it is the bytes file; else it is the snapshot.
    pub in_bytes_file: bool,
    /// From 1.
    pub line: usize,
    /// In words.
    pub message: String,
}

impl Recording {
    /// Reads `snap` and the bytes file beside it.
    pub fn read(snap: &Path) -> Result<Recording, Unreadable> {
        let in_snap = |message: String| Unreadable {
            in_bytes_file: false,
            line: 1,
            message,
        };
        let in_bytes = |line: usize, message: String| Unreadable {
            in_bytes_file: true,
            line,
            message,
        };
        let text = fs::read_to_string(snap).map_err(|e| in_snap(unread(&e)))?;
        let bytes = fs::read_to_string(snap.with_extension("bytes.jsonl"))
            .map_err(|e| in_bytes(1, unread(&e)))?;

        let mut transcript = text.lines().skip(HEADER);
        let mut records = bytes.lines().enumerate().map(|(at, line)| (at + 1, line));
        let (_, first) = records
            .next()
            .ok_or_else(|| in_bytes(1, "it is empty".into()))?;
        let first: First = serde_json::from_str(first).map_err(|e| in_bytes(1, e.to_string()))?;
        let names = first
            .names
            .into_iter()
            .map(|(name, hex)| {
                let value = unhex(&hex)?;
                Some(Name { name, value })
            })
            .collect::<Option<_>>()
            .ok_or_else(|| in_bytes(1, "a name's value is not hexadecimal".into()))?;

        let mut entries = Vec::new();
        for (at, record) in records {
            let record: Line =
                serde_json::from_str(record).map_err(|e| in_bytes(at, e.to_string()))?;
            let lines: Vec<String> = transcript
                .by_ref()
                .take(record.lines)
                .map(|line| without_direction(line, &record.from))
                .collect();
            if lines.len() < record.lines {
                return Err(in_bytes(at, "the transcript has fewer lines".into()));
            }
            entries.push(Entry {
                bytes: unhex(&record.hex)
                    .ok_or_else(|| in_bytes(at, "its hex is not hexadecimal".into()))?,
                from: record.from,
                kind: match (record.line, record.event) {
                    (true, _) => Kind::Line,
                    (_, true) => Kind::Event,
                    _ => record.kind,
                },
                lines,
            });
        }
        if transcript.next().is_some() {
            return Err(in_bytes(
                1,
                "the transcript has more lines than this file".into(),
            ));
        }
        Ok(Recording { entries, names })
    }
}

fn without_direction(line: &str, from: &str) -> String {
    let rest = line.strip_prefix(from).unwrap_or(line);
    let rest = match from {
        "" => rest,
        _ => rest.strip_prefix(' ').unwrap_or(rest),
    };
    rest.to_owned()
}

/// A plain loop: recordings are large, and this is most of what it takes to read
/// them.
fn unhex(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() / 2);
    let mut at = 0;
    while at < digits.len() {
        bytes.push(digit(digits[at])? << 4 | digit(digits[at + 1])?);
        at += 2;
    }
    Some(bytes)
}

fn digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// Whether a line of a page is one of a transcript's: what a page must not
/// hold itself. A sign of a difference (`-`, `+`) may stand before it.
pub fn is_transcript_line(line: &str) -> bool {
    let line = line.trim_start_matches([' ', '\t', '>', '-', '+', '|']);
    let Some((direction, _)) = line.split_once(' ') else {
        return false;
    };
    let is_name = |name: &str| !name.is_empty() && name.chars().all(char::is_alphanumeric);
    match direction.split_once('→') {
        Some((from, to)) => (from == "S" && is_name(to)) || (to == "S" && is_name(from)),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_transcript_are_told_from_prose() {
        for line in [
            "C→S text \"hi\"",
            "  S→ann closed",
            "- S→C 101",
            "ann→S ping",
        ] {
            assert!(is_transcript_line(line), "{line}");
        }
        for line in [
            "`C→S` is a direction",
            "A→B moves",
            "C→S",
            "a C→S line",
            "→S x",
        ] {
            assert!(!is_transcript_line(line), "{line}");
        }
    }
}
