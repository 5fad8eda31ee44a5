//! What was said, as lines of a transcript and as JSON. A [`Voice`] speaks for
//! one connection.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;

use proof::{Dialect, Message, Names, accept, quoted};
use serde_json::{Value, json};
use tokio::sync::mpsc::Sender;

use super::talk::{Change, Event, Seen, Side, status};
use super::{json, packets};

/// One event, written out.
pub struct Record {
    /// Its lines.
    pub lines: Vec<Line>,
    /// The same for machines, if they read along.
    pub json: Option<Value>,
    /// Seconds since the tap began.
    pub at: f64,
    /// What crossed the wire, for who shows it byte by byte.
    pub crossed: Option<Crossed>,
}

/// An event and its bytes.
pub struct Crossed {
    /// What it is.
    pub kind: Kind,
    /// Its bytes; of very many, the first.
    pub bytes: Vec<u8>,
}

/// What crossed the wire.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// The head of a request.
    Request,
    /// The head of a response.
    Response,
    /// The content of either.
    Body,
    /// A WebSocket frame.
    Frame,
    /// A line where nobody speaks HTTP.
    Line,
    /// Other bytes.
    Bytes,
    /// The end of one side.
    Closed,
}

impl Crossed {
    fn of(event: &Event, raw: &[u8]) -> Crossed {
        let (kind, bytes) = match event {
            Event::Request(..) => (Kind::Request, raw.to_vec()),
            Event::Response(_) => (Kind::Response, raw.to_vec()),
            Event::Body(_) => (Kind::Body, raw.to_vec()),
            Event::Frame(_) => (Kind::Frame, raw.to_vec()),
            // Several of these may come at once.
            Event::Line(line) => (Kind::Line, [line, &b"\n"[..]].concat()),
            Event::Bytes(bytes) => (Kind::Bytes, bytes.clone()),
            Event::Closed(_) => (Kind::Closed, Vec::new()),
        };
        Crossed { kind, bytes }
    }
}

/// A line of the transcript.
pub struct Line {
    /// Whose it is; nobody's where the tap itself speaks.
    pub side: Option<Side>,
    /// `C→S`.
    pub label: String,
    /// What was said.
    pub text: String,
    /// What is said about it, behind `# `.
    pub remark: String,
}

/// Headers that show unasked, but for `Connection`: what an upgrade is about,
/// and how a message is to be read.
const SHOWN: [&str; 13] = [
    "allow",
    "content-type",
    "expect",
    "location",
    "origin",
    "retry-after",
    "sec-websocket-accept",
    "sec-websocket-extensions",
    "sec-websocket-key",
    "sec-websocket-protocol",
    "sec-websocket-version",
    "transfer-encoding",
    "upgrade",
];

/// The tap has ended: nobody writes down what is said any more.
#[derive(Debug)]
pub struct Ended;

/// Writes down what all connections say, in the order in which it is said.
pub struct Recorder {
    records: Sender<Record>,
    all_headers: bool,
    for_machines: bool,
    keeps_bytes: bool,
    began: Instant,
    connections: AtomicU64,
    said: AtomicU64,
    /// What came from each side: frames and bytes.
    pub from_clients: Count,
    /// See `from_clients`.
    pub from_servers: Count,
}

/// How much went by.
#[derive(Default)]
pub struct Count {
    /// WebSocket frames.
    pub frames: AtomicU64,
    /// Bytes of all kinds.
    pub bytes: AtomicU64,
}

impl Recorder {
    /// Whose records go to a printer.
    pub fn new(records: Sender<Record>, all_headers: bool, for_machines: bool) -> Recorder {
        Recorder {
            records,
            all_headers,
            for_machines,
            keeps_bytes: false,
            began: Instant::now(),
            connections: AtomicU64::new(0),
            said: AtomicU64::new(0),
            from_clients: Count::default(),
            from_servers: Count::default(),
        }
    }

    /// One that hands on the bytes, too.
    pub fn with_bytes(records: Sender<Record>) -> Recorder {
        Recorder {
            keeps_bytes: true,
            ..Recorder::new(records, false, false)
        }
    }

    /// What came from this side.
    pub fn count(&self, side: Side) -> &Count {
        match side {
            Side::Client => &self.from_clients,
            Side::Server => &self.from_servers,
        }
    }

    /// How many connections have said something.
    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    /// Returns the number of the record.
    async fn send(
        &self,
        lines: Vec<Line>,
        crossed: Option<Crossed>,
        json: impl FnOnce() -> Value,
    ) -> Result<u64, Ended> {
        let at = self.began.elapsed().as_secs_f64();
        let json = self.for_machines.then(|| {
            let mut json = json();
            json["at"] = json!((at * 1e6).round() / 1e6);
            json
        });
        let record = Record {
            lines,
            json,
            at,
            crossed,
        };
        self.records.send(record).await.map_err(|_| Ended)?;
        Ok(self.said.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

/// Speaks for one connection.
pub struct Voice {
    recorder: Arc<Recorder>,
    /// Given when something is said: a browser opens connections in advance.
    number: OnceLock<u64>,
    /// The request that waits for its answer.
    asked: Mutex<Asked>,
}

#[derive(Default)]
struct Asked {
    start: String,
    /// The number of its last record.
    said: u64,
    /// Its key, and the answer to that.
    names: Names,
    /// What is spoken, if it asks for an Engine.IO session.
    dialect: Option<Dialect>,
    /// Its answer was not 200, and carries no packets.
    failed: bool,
}

impl Voice {
    /// Of a new connection.
    pub fn new(recorder: Arc<Recorder>) -> Voice {
        Voice {
            recorder,
            number: OnceLock::new(),
            asked: Mutex::default(),
        }
    }

    /// The recorder of all.
    pub fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    fn number(&self) -> u64 {
        let all = &self.recorder.connections;
        *self
            .number
            .get_or_init(|| all.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// `C`, then `C2`, `C3` and so on.
    fn name(&self) -> String {
        match self.number() {
            1 => "C".to_owned(),
            n => format!("C{n}"),
        }
    }

    /// Writes down what a side said. `remark` is said about it, `raw` is what
    /// came.
    pub async fn say(
        &self,
        side: Side,
        event: &Event,
        remark: &str,
        raw: &[u8],
    ) -> Result<(), Ended> {
        let mut lines = self.lines(event);
        if !remark.is_empty() {
            lines[0].1 = remark.to_owned();
        }
        let name = self.name();
        let label = match side {
            Side::Client => format!("{name}→S"),
            Side::Server => format!("S→{name}"),
        };
        let lines = lines.into_iter().map(|(text, remark)| Line {
            side: Some(side),
            label: label.clone(),
            text,
            remark,
        });
        let number = self.number();
        let packets = self.packets(event);
        let json = || {
            let mut json = json::of(event);
            if !packets.is_empty() {
                json["packets"] = json!(packets);
            }
            json["connection"] = json!(number);
            json["from"] = json!(match side {
                Side::Client => "client",
                Side::Server => "server",
            });
            if !remark.is_empty() {
                json["remark"] = json!(remark);
            }
            json
        };
        let crossed = self.recorder.keeps_bytes.then(|| Crossed::of(event, raw));
        let said = self.recorder.send(lines.collect(), crossed, json).await?;
        if side == Side::Client {
            self.asked.lock().expect("no one panics").said = said;
        }
        Ok(())
    }

    /// Writes down what the tap itself does to this connection.
    pub async fn note(&self, text: &str) -> Result<(), Ended> {
        let line = Line {
            side: None,
            label: String::new(),
            text: String::new(),
            remark: format!("{}: {text}", self.name()),
        };
        let json = || json!({"kind": "note", "connection": self.number(), "text": text});
        self.recorder.send(vec![line], None, json).await?;
        Ok(())
    }

    /// The lines of an event, each with a remark. At least one.
    fn lines(&self, event: &Event) -> Vec<(String, String)> {
        let none = Names::default();
        let one = |text: String| vec![(text, self.packets(event))];
        match event {
            Event::Request(message, changes) => self.request(message, changes),
            Event::Response(message) => self.response(message),
            Event::Body(content) => one(match content.whole() {
                Some(content) => format!("  body {}", quoted(content, &none)),
                None => format!("  body ({} bytes)", content.len()),
            }),
            Event::Frame(Seen::Whole(frame)) => one(frame.line(&none)),
            Event::Frame(Seen::Long(head)) => one(head.line()),
            Event::Line(line) => one(format!("line {}", quoted(line, &none))),
            Event::Bytes(bytes) => one(format!("bytes {}", quoted(bytes, &none))),
            Event::Closed(None) => one("closed".to_owned()),
            Event::Closed(Some(amid)) => one(format!("closed, in the middle of {amid}")),
        }
    }

    /// What the packets are called that an event carries.
    fn packets(&self, event: &Event) -> String {
        let asked = self.asked.lock().expect("no one panics");
        let dialect = asked.dialect.filter(|_| !asked.failed);
        dialect.map_or(String::new(), |dialect| packets::names(dialect, event))
    }

    fn shows(&self, name: &str, message: &Message) -> bool {
        let name = name.to_ascii_lowercase();
        let switches = || {
            let mut tokens = ["upgrade", "close"].iter();
            tokens.any(|token| message.has_token("connection", token))
        };
        self.recorder.all_headers || SHOWN.contains(&&*name) || name == "connection" && switches()
    }

    fn request(&self, message: &Message, changes: &[Change]) -> Vec<(String, String)> {
        let mut asked = self.asked.lock().expect("no one panics");
        asked.start = message.start.clone();
        asked.names = Names::default();
        asked.dialect = packets::dialect(message);
        asked.failed = false;
        if let Some(key) = message.header("sec-websocket-key") {
            asked.names.add("key", key.as_bytes());
            asked.names.add("accept", accept(key).as_bytes());
        }
        let mut shown = message.clone();
        shown.headers.retain(|(name, _)| self.shows(name, message));
        let remarks = shown.headers.iter().map(|(name, _)| {
            let mut changes = changes.iter();
            match changes.find(|change| name.eq_ignore_ascii_case(change.name)) {
                None => String::new(),
                Some(Change { value: None, .. }) => "not passed on".to_owned(),
                Some(Change {
                    value: Some(value), ..
                }) => format!("passed on as {value}"),
            }
        });
        let remarks = std::iter::once(String::new()).chain(remarks);
        let lines = shown.request_lines(&asked.names);
        lines.into_iter().zip(remarks).collect()
    }

    fn response(&self, message: &Message) -> Vec<(String, String)> {
        let mut asked = self.asked.lock().expect("no one panics");
        asked.failed = !matches!(status(message), Some(101 | 200));
        let shown = message.headers.iter();
        let shown = shown.filter(|(name, _)| self.shows(name, message));
        let mut keep: Vec<_> = shown.map(|(name, _)| name.to_ascii_lowercase()).collect();
        keep.sort();
        keep.dedup();
        let lines = message.response_lines(&keep, &asked.names);
        let mut lines: Vec<_> = lines
            .into_iter()
            .map(|line| (line, String::new()))
            .collect();
        // It stands under its request, or says which that is.
        if asked.said != self.recorder.said.load(Ordering::Relaxed) {
            let start = asked.start.rsplit_once(' ').unwrap_or_default().0;
            lines[0].1 = format!("to {}", shortened(start));
        }
        lines
    }
}

fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
