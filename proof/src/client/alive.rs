//! What is said to a server that asks whether its client is still there.

use std::net::Shutdown;

use super::{BROKEN_OFF, Client, Event, Role};
use crate::frame::{Frame, opcode};
use crate::transcript::{Entry, Kind};

/// What becomes of the pings that a subject sends by itself.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Pings {
    /// They are events like others.
    Shown,
    /// No read stops at them.
    Unanswered,
    /// No read stops at them, and each gets its pong.
    Answered,
}

impl Client {
    /// From here on pings of the subject are background, and get no answer.
    pub fn ignores_pings(&mut self) -> &mut Client {
        self.pings = Pings::Unanswered;
        self
    }

    /// From here on pings of the subject are background; a read that meets one
    /// answers it.
    pub fn answers_pings(&mut self) -> &mut Client {
        self.pings = Pings::Answered;
        self.record(Entry::note(&self.to, "answers each ping"));
        self
    }

    /// At least this many more pings arrive; neither their number nor their
    /// payload is shown.
    pub fn pings_come(&mut self, at_least: u64) -> &mut Client {
        self.more_of(Kind::Pings, at_least)
    }

    /// A frame in two parts, with this between them.
    pub fn in_two(
        &mut self,
        frame: Frame,
        first: usize,
        between: impl FnOnce(&mut Client),
    ) -> &mut Client {
        if !self.is_open() {
            return self;
        }
        let bytes = self.masked(&frame);
        let mut entry = Entry::new(&self.to, Kind::Frame { whole: true }, &bytes);
        entry.remark = format!("  # its first {first} bytes");
        self.record(entry);
        self.write(&bytes[..first]);
        between(self);
        if self.is_open() {
            self.record(Entry::note(&self.to, "the rest of that frame"));
            self.write(&bytes[first..]);
        }
        self
    }

    /// A binary message so long that it is not written down; after this, it
    /// comes back.
    pub fn there_and_back(&mut self, len: usize, between: impl FnOnce(&mut Client)) -> &mut Client {
        if !self.is_open() {
            return self;
        }
        let tile = self.case.state().draw.bytes(64 * 1024);
        let sent = Frame::binary(tile.into_iter().cycle().take(len).collect::<Vec<u8>>());
        self.record(Entry::note(&self.to, format!("binary of {len} bytes")));
        let bytes = self.masked(&sent);
        self.write(&bytes);
        between(self);
        match self.awaited() {
            Some(Event::Frame(frame, _)) if frame.payload == sent.payload => {
                self.record(Entry::note(&self.from, "binary, the same"));
            }
            other => self.note(other),
        }
        self
    }

    /// The subject ends the connection, whatever it says before; a close of a
    /// client's is answered.
    pub fn gone(&mut self) -> &mut Client {
        while self.is_open() {
            match self.awaited() {
                Some(Event::Frame(frame, _)) => {
                    if frame.opcode == opcode::CLOSE && self.role == Role::Server {
                        let close = Frame::new(opcode::CLOSE, frame.payload).unmasked();
                        self.write(&close.encode([0; 4]));
                        // RFC 6455 §7.1.1: the server ends TCP first.
                        let stream = self.stream.as_ref();
                        let _ = stream.map(|stream| stream.shutdown(Shutdown::Write));
                    }
                }
                // Whoever drops a connection need not finish a frame.
                Some(Event::End(BROKEN_OFF)) => self.end("closed"),
                other => self.note(other),
            }
        }
        self
    }

    /// Whether this is a ping that is background; if so, it is answered or not.
    pub(super) fn passes_ping(&mut self, frame: &Frame) -> bool {
        if frame.opcode != opcode::PING || !frame.fin || self.pings == Pings::Shown {
            return false;
        }
        if self.pings == Pings::Answered {
            let pong = self.masked(&Frame::pong(&frame.payload));
            self.write(&pong);
        }
        true
    }
}
