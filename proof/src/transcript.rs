//! The transcript: what crossed the wire, one event a line.
//!
//! An [`Entry`] keeps the bytes and how to read them; its lines are always made
//! from those, so the record of the bytes and the text cannot disagree.

use serde_json::{Value, json};

use crate::events::ServerEvent;
use crate::frame::{Frame, opcode};
use crate::http::{Decoded, Message};
use crate::value::{Names, hex, plain, quoted};

/// How an entry's bytes are to be read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// A command line, arguments only.
    Command,
    /// A command's standard output.
    Output,
    /// A line over TCP, with its line feed.
    Line,
    /// Bytes over TCP that are no whole line.
    Bytes,
    /// A message that a command is given as if it had come: `text`, `binary`,
    /// or the `body` of a request.
    Given { form: &'static str },
    /// An HTTP request; `brief`: in one line.
    Request { brief: bool },
    /// A subject's own HTTP request, with the headers that are kept.
    Asked { keep: Vec<String> },
    /// An HTTP response, with the headers that are kept.
    Response { keep: Vec<String> },
    /// An HTTP response in one line: its status and its content.
    Answered,
    /// A proof's own HTTP response, as it stands.
    Answer,
    /// A WebSocket frame; `whole`: a close reason is kept.
    Frame { whole: bool },
    /// An Engine.IO packet, out of an HTTP response.
    Packet,
    /// A server-sent event.
    Event,
    /// The first of a stream that counts up.
    Ticks {
        prefix: String,
        suffix: String,
        of: Ticking,
    },
    /// The first of a stream of binary frames.
    Flood,
    /// The first of the pings that are sent unasked.
    Pings,
    /// What no bytes stand behind: `closed`, `silence`, `exit 0`.
    Note(String),
}

/// The forms of [`Kind::Given`].
const FORMS: [&str; 3] = ["text", "binary", "body"];

/// What counts up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Ticking {
    Texts,
    Lines,
    /// Server-sent events: what a text would begin with is the event's name.
    Events,
}

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    /// `C→S`; empty for a command line.
    pub(crate) from: String,
    pub(crate) kind: Kind,
    pub(crate) bytes: Vec<u8>,
    /// Follows the first line: `  # in the same write`.
    pub(crate) remark: String,
}

impl Entry {
    pub(crate) fn new(from: &str, kind: Kind, bytes: &[u8]) -> Entry {
        Entry {
            from: from.to_owned(),
            kind,
            bytes: bytes.to_owned(),
            remark: String::new(),
        }
    }

    pub(crate) fn note(from: &str, text: impl Into<String>) -> Entry {
        Entry::new(from, Kind::Note(text.into()), &[])
    }

    /// The lines this entry is written as; at least one.
    pub(crate) fn lines(&self, names: &Names) -> Vec<String> {
        let bytes = &self.bytes[..];
        let line = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let mut lines = match &self.kind {
            Kind::Command => vec![format!("$ {}", plain(bytes, names))],
            Kind::Output => line
                .split(|b| *b == b'\n')
                .map(|line| plain(line, names))
                .collect(),
            Kind::Line => vec![format!("line {}", quoted(line, names))],
            Kind::Bytes => vec![format!("bytes {}", quoted(bytes, names))],
            Kind::Given { form: "binary" } => vec![format!("binary {}", hex(bytes, names))],
            Kind::Given { form } => vec![format!("{form} {}", quoted(bytes, names))],
            Kind::Packet => vec![format!("polled {}", quoted(bytes, names))],
            Kind::Request { .. }
            | Kind::Asked { .. }
            | Kind::Response { .. }
            | Kind::Answered
            | Kind::Answer => self.http_lines(names),
            Kind::Frame { whole } => vec![match Frame::begun(bytes) {
                Some(frame) => sober(frame, *whole).line(names),
                None => format!("no frame: {}", quoted(bytes, names)),
            }],
            Kind::Event => vec![match ServerEvent::parse(bytes) {
                Some(event) => event.line(names),
                None => format!("no event: {}", quoted(bytes, names)),
            }],
            Kind::Ticks { prefix, suffix, of } => {
                let prefix = plain(prefix.as_bytes(), names);
                vec![match (of, prefix.split_once(": ")) {
                    (Ticking::Lines, _) => format!("line \"{prefix}<n>\" …"),
                    (Ticking::Events, Some((name, prefix))) => {
                        format!("event \"{name}\" data \"{prefix}<n>\" …")
                    }
                    _ => format!("text \"{prefix}<n>{}\" …", plain(suffix.as_bytes(), names)),
                }]
            }
            Kind::Flood => vec!["binary …".to_owned()],
            Kind::Pings => vec!["ping …".to_owned()],
            Kind::Note(text) => vec![text.clone()],
        };
        lines[0].push_str(&self.remark);
        if !self.from.is_empty() {
            for line in &mut lines {
                *line = format!("{} {line}", self.from).trim_end().to_owned();
            }
        }
        lines
    }

    fn http_lines(&self, names: &Names) -> Vec<String> {
        let Decoded::Message(message, _) = Message::decode(&self.bytes, true, false) else {
            return vec![format!("no HTTP: {}", quoted(&self.bytes, names))];
        };
        match &self.kind {
            Kind::Request { brief: true } => {
                let start = plain(message.start.as_bytes(), names);
                vec![match &message.body[..] {
                    _ if message.has_token("upgrade", "websocket") => format!("{start} (upgrade)"),
                    [] => start,
                    content => format!("{start} {}", quoted(content, names)),
                }]
            }
            Kind::Answered => vec![message.response_line(names)],
            Kind::Asked { keep } | Kind::Response { keep } => message.response_lines(keep, names),
            _ => message.request_lines(names),
        }
    }

    /// One line of the record of bytes.
    fn json(&self, names: &Names) -> Value {
        let mut json = json!({
            "from": self.from,
            "kind": "",
            "lines": self.lines(names).len(),
            "hex": compact_hex(&self.bytes),
        });
        let kind = match &self.kind {
            Kind::Command => "command",
            Kind::Output => "output",
            Kind::Line => "line",
            Kind::Bytes => "bytes",
            Kind::Given { form } => {
                json["form"] = json!(form);
                "given"
            }
            Kind::Request { brief } => {
                json["brief"] = json!(brief);
                "request"
            }
            Kind::Asked { keep } => {
                json["keep"] = json!(keep);
                "request"
            }
            Kind::Response { keep } => {
                json["keep"] = json!(keep);
                "response"
            }
            Kind::Answered => {
                json["brief"] = json!(true);
                "response"
            }
            Kind::Answer => "response",
            Kind::Packet => "packet",
            Kind::Frame { whole } => {
                json["whole"] = json!(whole);
                "frame"
            }
            Kind::Event => "event",
            Kind::Ticks { prefix, suffix, of } => {
                json["prefix"] = json!(prefix);
                if !suffix.is_empty() {
                    json["suffix"] = json!(suffix);
                }
                json["line"] = json!(*of == Ticking::Lines);
                if *of == Ticking::Events {
                    json["event"] = json!(true);
                }
                "ticks"
            }
            Kind::Flood => "flood",
            Kind::Pings => "pings",
            Kind::Note(text) => {
                json["text"] = json!(text);
                "note"
            }
        };
        json["kind"] = json!(kind);
        if !self.remark.is_empty() {
            json["remark"] = json!(self.remark);
        }
        json
    }

    fn from_json(json: &Value) -> Option<Entry> {
        let text = |key: &str| Some(json.get(key)?.as_str()?.to_owned());
        let flag = |key: &str| json.get(key)?.as_bool();
        let kept = json.get("keep").cloned();
        let kept = kept.and_then(|keep| serde_json::from_value(keep).ok());
        let kind = match json.get("kind")?.as_str()? {
            "command" => Kind::Command,
            "output" => Kind::Output,
            "line" => Kind::Line,
            "bytes" => Kind::Bytes,
            "given" => Kind::Given {
                form: FORMS.into_iter().find(|form| json["form"] == *form)?,
            },
            "request" => match kept {
                Some(keep) => Kind::Asked { keep },
                None => Kind::Request {
                    brief: flag("brief")?,
                },
            },
            "response" => match (kept, flag("brief")) {
                (Some(keep), _) => Kind::Response { keep },
                (None, Some(true)) => Kind::Answered,
                (None, _) => Kind::Answer,
            },
            "packet" => Kind::Packet,
            "frame" => Kind::Frame {
                whole: flag("whole")?,
            },
            "event" => Kind::Event,
            "ticks" => Kind::Ticks {
                prefix: text("prefix")?,
                suffix: text("suffix").unwrap_or_default(),
                of: match (flag("line")?, flag("event")) {
                    (true, _) => Ticking::Lines,
                    (_, Some(true)) => Ticking::Events,
                    _ => Ticking::Texts,
                },
            },
            "flood" => Kind::Flood,
            "pings" => Kind::Pings,
            "note" => Kind::Note(text("text")?),
            _ => return None,
        };
        Some(Entry {
            from: text("from")?,
            kind,
            bytes: from_hex(&text("hex")?)?,
            remark: text("remark").unwrap_or_default(),
        })
    }
}

/// A subject words the reason of its close as it likes: unless a proof
/// dictates one, it is dropped.
fn sober(mut frame: Frame, whole: bool) -> Frame {
    if frame.opcode == opcode::CLOSE && !whole && frame.payload.len() > 2 {
        frame.payload.truncate(2);
    }
    frame
}

/// All events of one proof.
#[derive(Debug, Clone, Default)]
pub(crate) struct Transcript {
    pub(crate) entries: Vec<Entry>,
}

/// More entries than any proof has: a subject that floods stops here.
const MOST_ENTRIES: usize = 2_000;

/// What goes on and on, and so is looked at more than once.
fn is_stream(entry: &Entry) -> bool {
    matches!(entry.kind, Kind::Ticks { .. } | Kind::Flood | Kind::Pings)
}

impl Transcript {
    pub(crate) fn push(&mut self, entry: Entry) {
        if is_stream(&entry) && self.shows(&entry) {
            return;
        }
        if self.entries.len() < MOST_ENTRIES {
            self.entries.push(entry);
        }
    }

    /// Whether this stream is what its sender was last seen to send, whatever
    /// others have streamed since. Two streams of one sender that take turns
    /// show once each, and then the one that had the last word: how often they
    /// changed is the machine's affair.
    fn shows(&mut self, stream: &Entry) -> bool {
        let run = self.entries.iter().enumerate().rev();
        let own: Vec<_> = run
            .take_while(|(_, entry)| is_stream(entry))
            .filter(|(_, entry)| entry.from == stream.from)
            .take(3)
            .collect();
        let again = |n: usize| own.get(n).is_some_and(|(_, e)| e.kind == stream.kind);
        let turns = again(1) && own.len() == 3 && own[0].1.kind == own[2].1.kind;
        let shows = again(0) || turns;
        if turns {
            let last = own[0].0;
            self.entries.remove(last);
        }
        shows
    }

    pub(crate) fn lines(&self, names: &Names) -> Vec<String> {
        self.entries.iter().flat_map(|e| e.lines(names)).collect()
    }

    /// The lines of the entries from this one on.
    pub(crate) fn lines_from(&self, entry: usize, names: &Names) -> Vec<String> {
        let entries = self.entries.iter().skip(entry);
        entries.flat_map(|e| e.lines(names)).collect()
    }

    pub(crate) fn text(&self, names: &Names) -> String {
        self.lines(names).join("\n")
    }

    /// The entry a line belongs to.
    pub(crate) fn entry_at(&self, line: usize, names: &Names) -> Option<&Entry> {
        Some(&self.entries[self.at_line(line, names)?])
    }

    /// The number of the entry that has this line.
    pub(crate) fn at_line(&self, line: usize, names: &Names) -> Option<usize> {
        let mut before = 0;
        self.entries.iter().position(|entry| {
            before += entry.lines(names).len();
            line < before
        })
    }

    /// The frames, whole or begun, that the command was given which said this.
    pub(crate) fn input_of(&self, said: &Entry) -> &[Entry] {
        let at = self.entries.iter().position(|e| std::ptr::eq(e, said));
        let mut runs = self.entries[..at.unwrap_or(0)].rsplit(|e| e.kind == Kind::Command);
        let run = runs.next().unwrap_or_default();
        let is_given = |e: &&Entry| matches!(e.kind, Kind::Frame { .. } | Kind::Bytes);
        &run[..run.iter().take_while(is_given).count()]
    }

    /// The record of the bytes: one JSON object a line, names first.
    pub(crate) fn to_jsonl(&self, seed: u64, names: &Names) -> String {
        let named: Vec<_> = names
            .iter()
            .map(|(name, value)| json!([name, compact_hex(value)]))
            .collect();
        let mut out = json!({"seed": seed, "names": named}).to_string();
        for entry in &self.entries {
            out.push('\n');
            out += &entry.json(names).to_string();
        }
        out.push('\n');
        out
    }

    pub(crate) fn from_jsonl(text: &str) -> Option<(Transcript, Names)> {
        let mut lines = text.lines().map(serde_json::from_str::<Value>);
        let head = lines.next()?.ok()?;
        let mut names = Names::default();
        for pair in head.get("names")?.as_array()? {
            let [name, value] = &pair.as_array()?[..] else {
                return None;
            };
            names.restore(name.as_str()?, from_hex(value.as_str()?)?);
        }
        let entries = lines.map(|line| Entry::from_json(&line.ok()?));
        let entries = entries.collect::<Option<_>>()?;
        Some((Transcript { entries }, names))
    }
}

/// The transcript that a record of bytes (`NAME.bytes.jsonl`) gives, or `None`
/// if it is no such record. A test holds it against the snapshot beside it.
pub fn transcript_of(record: &str) -> Option<String> {
    let (transcript, names) = Transcript::from_jsonl(record)?;
    Some(transcript.text(&names))
}

fn compact_hex(bytes: &[u8]) -> String {
    crate::value::raw_hex(bytes).replace(' ', "")
}

fn from_hex(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is shown of looks at the streams `a` and `b` of one client, and at
    /// `c` of another.
    fn shown(looks: &str) -> String {
        let mut transcript = Transcript::default();
        for look in looks.chars() {
            let (from, kind) = match look {
                'a' => ("S→ann", Kind::Flood),
                'b' => ("S→ann", Kind::Pings),
                'c' => ("S→cid", Kind::Flood),
                _ => ("C→S", Kind::Note("barrier".into())),
            };
            transcript.push(Entry::new(from, kind, &[]));
        }
        let look = |e: &Entry| match (e.from.as_str(), &e.kind) {
            ("S→ann", Kind::Flood) => 'a',
            ("S→ann", _) => 'b',
            ("S→cid", _) => 'c',
            _ => '|',
        };
        transcript.entries.iter().map(look).collect()
    }

    #[test]
    fn streams_that_take_turns_show_once_and_then_the_last() {
        for (looks, all) in [
            ("aaa", "a"),
            ("aab", "ab"),
            ("aabaa", "aba"),
            ("abab", "ab"),
            ("ababa", "aba"),
            ("ababababa", "aba"),
            ("acacac", "ac"),
            ("acbca", "acba"),
            ("a|ab|ba", "a|ab|ba"),
        ] {
            assert_eq!(shown(looks), all, "{looks}");
        }
    }
}
