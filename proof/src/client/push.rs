//! What is said to a server that speaks unasked: requests with content, event
//! streams, and readers that do not keep up.

use std::time::{Duration, Instant};

use super::{Background, Client, Event, KEPT, MOST_UNREAD, Speech, UNFINISHED, head};
use crate::bounds;
use crate::events::{EventStream, ServerEvent};
use crate::frame::Frame;
use crate::http::{Decoded, Message};
use crate::transcript::{Entry, Kind};

/// Between two attempts to write to a connection that should be gone.
const BETWEEN_NUDGES: Duration = Duration::from_millis(20);

/// For an end that was due before what was read last.
const SOON: Duration = Duration::from_millis(50);

impl Client {
    /// An HTTP request with content; its length is added to the headers.
    pub fn request_with<N: AsRef<str>, V: AsRef<str>>(
        &mut self,
        start: &str,
        headers: impl IntoIterator<Item = (N, V)>,
        content: impl AsRef<[u8]>,
    ) -> &mut Client {
        self.ask(&whole(start, headers, content.as_ref()), false)
    }

    /// As [`request_with`](Client::request_with), in one line of the transcript.
    pub fn request_in_brief<N: AsRef<str>, V: AsRef<str>>(
        &mut self,
        start: &str,
        headers: impl IntoIterator<Item = (N, V)>,
        content: impl AsRef<[u8]>,
    ) -> &mut Client {
        self.ask(&whole(start, headers, content.as_ref()), true)
    }

    /// What is said inside is not written down, nor an answer with the status
    /// of the one before: this stands for all of it.
    pub fn aside(&mut self, what: &str, talk: impl FnOnce(&mut Client)) -> &mut Client {
        if self.is_open() {
            self.record(Entry::note(&self.to, what));
            self.aside = true;
            talk(self);
            self.aside = false;
        }
        self
    }

    /// The head of a response that goes on, with these headers kept: from here
    /// on each event is one of the server's own (HTML standard §9.2).
    pub fn event_stream(&mut self, keeping: &[&str]) -> &mut Client {
        self.speech = Speech::Head;
        match self.awaited() {
            Some(Event::Message(message, bytes)) => {
                let kind = message.header("content-type").unwrap_or_default();
                let right = kind.split(';').next() == Some("text/event-stream");
                if message.status() == Some(200) && right {
                    self.speech = Speech::Events;
                    let chunked = message.has_token("transfer-encoding", "chunked");
                    self.events = EventStream::new(chunked);
                    self.answered(&message, &bytes, keeping);
                } else {
                    self.answered(&message, &bytes, &[keeping, &["content-type"]].concat());
                }
            }
            other => self.note(other),
        }
        self
    }

    /// One server-sent event.
    pub fn event(&mut self) -> &mut Client {
        self.read_event();
        self
    }

    /// A message `PREFIX5` says that five of the [`stream`](Client::stream) are
    /// left out: it is background too. As an event it has no id, since it is
    /// nothing to go on from.
    pub fn gaps(&mut self, prefix: &str) -> &mut Client {
        self.background.gap = Some(prefix.to_owned());
        self
    }

    /// The stream goes on to this number; what is left out is said.
    pub fn ticks_to(&mut self, end: u64) -> &mut Client {
        let of = self.ticking();
        while self.is_open() && self.background.next < end {
            let first = self.background.next == 0;
            let event = self.next(self.case.deadline());
            if !self.passes(&event) {
                self.note(Some(event));
                break;
            }
            let prefix = match self.background.in_gap {
                true => self.background.gap.clone(),
                false => self.background.prefix.clone(),
            };
            let kind = Kind::Ticks {
                prefix: prefix.unwrap_or_default(),
                suffix: self.background.suffix.clone(),
                of,
            };
            let shown = if first {
                super::example(&kind)
            } else {
                Vec::new()
            };
            self.record(Entry::new(&self.from, kind, &shown));
        }
        self
    }

    /// The connection is open still, and nothing has come: what the subject is
    /// waiting for is this client.
    pub fn waits(&mut self) -> &mut Client {
        match self.pending(SOON) {
            true => self.read_event(),
            false => self.record(Entry::note(&self.from, "waits")),
        }
        self
    }

    /// The subject drops the connection within the bound, though nothing is
    /// read: then what is written to it comes to nothing.
    pub fn dropped(&mut self) -> &mut Client {
        if !self.is_open() {
            return self;
        }
        let (kind, nudge) = match self.speech {
            Speech::Frames => (Kind::Frame { whole: true }, self.masked(&Frame::ping(""))),
            _ => (Kind::Bytes, b"\r\n".to_vec()),
        };
        let mut entry = Entry::new(&self.to, kind, &nudge);
        entry.remark = " …".to_owned();
        self.record(entry);
        let deadline = (Instant::now() + bounds::patience()).min(self.case.deadline());
        while let Some(stream) = &mut self.stream {
            if std::io::Write::write_all(stream, &nudge).is_err() {
                self.end("drops the connection");
            } else if Instant::now() >= deadline {
                self.end(KEPT);
            } else {
                std::thread::sleep(BETWEEN_NUDGES);
                continue;
            }
            self.stream = None;
        }
        self
    }

    /// The next event among the content that is in.
    pub(super) fn next_server_event(&mut self) -> Option<Event> {
        match self.events.next() {
            Some(block) => ServerEvent::parse(&block).map(|event| Event::Pushed(event, block)),
            None if self.events.is_over() => Some(Event::End("closed")),
            None if self.events.begun() > MOST_UNREAD => Some(Event::End(UNFINISHED)),
            None => None,
        }
    }

    /// A response; if it goes on, its head alone.
    pub(super) fn decode_http(&self, rest: &[u8], ended: bool) -> Decoded {
        let head = rest.windows(4).position(|w| w == b"\r\n\r\n");
        match head.filter(|_| self.speech == Speech::Head) {
            Some(end) => Message::decode(&rest[..end + 4], true, false),
            None => Message::decode(rest, ended, self.head),
        }
    }
}

impl Background {
    /// How many this message says are left out, if it says so.
    pub(super) fn missed(&self, text: &[u8]) -> Option<u64> {
        let text = std::str::from_utf8(text).ok()?;
        text.strip_prefix(self.gap.as_deref()?)?.parse().ok()
    }
}

fn whole<N: AsRef<str>, V: AsRef<str>>(
    start: &str,
    headers: impl IntoIterator<Item = (N, V)>,
    content: &[u8],
) -> Vec<u8> {
    let headers = headers.into_iter();
    let mut all: Vec<(String, String)> = headers
        .map(|(n, v)| (n.as_ref().to_owned(), v.as_ref().to_owned()))
        .collect();
    if !content.is_empty() {
        all.push(("Content-Length".to_owned(), content.len().to_string()));
    }
    [&head(start, all), content].concat()
}
