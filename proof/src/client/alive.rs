//! What is said to a server that asks whether its client is still there.

use std::io::Read;
use std::net::Shutdown;
use std::time::{Duration, Instant};

use super::{BACKGROUND, BROKEN_OFF, Client, Event, KEPT, Role, SILENCE, UNFINISHED};
use crate::bounds;
use crate::frame::{Frame, opcode};
use crate::transcript::{Entry, Kind};

/// In how many portions something is taken slowly.
const PORTIONS: u32 = 32;

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

    /// How many pings were background so far.
    pub fn times_pinged(&self) -> u64 {
        self.pinged
    }

    /// Takes so many bytes of what comes, evenly over this time, and leaves the
    /// rest where it is. What they mean is for the next read. Of none it is only
    /// slow.
    pub fn takes(&mut self, bytes: usize, over: Duration) -> &mut Client {
        if !self.is_open() {
            return self;
        }
        let what = match bytes {
            0 => format!("takes nothing for {over:?}"),
            _ => format!("takes {bytes} bytes, a little at a time"),
        };
        self.record(Entry::note(&self.to, what));
        let portion = bytes.div_ceil(PORTIONS as usize);
        for _ in 0..PORTIONS {
            self.take(portion);
            std::thread::sleep(over / PORTIONS); // That is how slow it is.
        }
        self
    }

    fn take(&mut self, bytes: usize) {
        let deadline = self.case.deadline();
        let enough = self.unread.len() + bytes;
        while let Some(stream) = &mut self.stream
            && self.unread.len() < enough
            && Instant::now() < deadline
        {
            let most = self.chunk.len().min(enough - self.unread.len());
            let _ = stream.set_read_timeout(Some(bounds::patience()));
            match stream.read(&mut self.chunk[..most]) {
                Ok(read) if read > 0 => self.unread.extend_from_slice(&self.chunk[..read]),
                // Nothing, or no more: so finds the next read.
                _ => return,
            }
        }
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
            Some(Event::Frame(frame, bytes)) if frame.payload.len() == len => {
                self.end(&parting(&sent.payload, &frame.payload, &bytes));
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
                Some(Event::End(SILENCE | UNFINISHED | BACKGROUND)) => self.end(KEPT),
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
        self.pinged += 1;
        if self.pings == Pings::Answered {
            let pong = self.masked(&Frame::pong(&frame.payload));
            self.write(&pong);
        }
        true
    }
}

/// Where a long message is not what it should be. A writer that forgets what has
/// left begins anew in the middle of it: with the head of the frame.
fn parting(sent: &[u8], came: &[u8], frame: &[u8]) -> String {
    let same = sent.iter().zip(came).take_while(|(s, c)| s == c).count();
    let head = &frame[..frame.len() - came.len()];
    // A byte of the head may happen to be what was due.
    let mut places = same.saturating_sub(2)..=same;
    let then = match places.any(|at| came[at..].starts_with(head)) {
        true => "what has left already is sent again",
        false => "something else",
    };
    format!("binary, the same for {same} bytes, and then {then}")
}
