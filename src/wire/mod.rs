//! What the bytes on the wire mean, field by field: the book prints it as
//! HTML, `dissect` in a terminal. Nothing here does I/O or knows of looks.
//!
//! `frame` and `head` read one thing each, `handshake` holds a head against the
//! rules, and `conversation` what depends on what came before: it knows when a
//! message is whole, and whether that is one or several packets of `packet`.

mod close;
mod conversation;
mod frame;
mod handshake;
mod head;
mod packet;
#[cfg(test)]
mod tests;

use std::ops::Range;

pub use conversation::{Conversation, Kind, Piece};
pub use frame::{Agreed, Frame};
pub use head::{Ending, Head};
pub use packet::{Packets, dialect};
pub use proof::Dialect;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Side {
    /// The one that asked for the connection.
    Client,
    /// The one that was asked.
    Server,
}

/// Some bits, and what they say.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// `fin`: the same for every field of its kind.
    pub key: &'static str,
    /// `FIN`, `Sec-WebSocket-Key`.
    pub name: String,
    /// Where it lies in its frame or head, counted in bits.
    pub bits: Range<usize>,
    /// `1`; empty where there is only something to say.
    pub value: String,
    /// What that means, if anything needs saying.
    pub says: String,
    /// Where it stands.
    pub clause: &'static str,
    /// The rules it breaks.
    pub faults: Vec<Fault>,
}

impl Field {
    /// The bytes it lies in, the first and the last perhaps not whole.
    pub fn bytes(&self) -> Range<usize> {
        self.bits.start / 8..self.bits.end.div_ceil(8)
    }

    /// Its bits, if its first byte is shared with others: `.000 0101`.
    pub fn drawn(&self, bytes: &[u8]) -> Option<String> {
        let first = self.bits.start / 8;
        let shared = !self.bits.start.is_multiple_of(8) || self.bits.end < (first + 1) * 8;
        let byte = bytes.get(first).filter(|_| shared)?;
        let bit = |nth: usize| match self.bits.contains(&(first * 8 + nth)) {
            true => char::from(b'0' + (byte >> (7 - nth) & 1)),
            false => '.',
        };
        let (high, low): (String, String) = ((0..4).map(bit).collect(), (4..8).map(bit).collect());
        Some(format!("{high} {low}"))
    }
}

/// A rule that is broken.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// What is wrong.
    pub says: String,
    /// Where the rule stands.
    pub clause: &'static str,
    /// What follows.
    pub earns: Earns,
}

/// What the receiver does about a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Earns {
    /// It closes the WebSocket with this code.
    Close(u16),
    /// It refuses the handshake with this status.
    Status(u16),
    /// It takes the handshake for failed (RFC 6455 §4.1).
    Failure,
    /// It need do nothing.
    Nothing,
}

impl Fault {
    fn new(says: impl Into<String>, clause: &'static str, earns: Earns) -> Fault {
        Fault {
            says: says.into(),
            clause,
            earns,
        }
    }
}

/// A count and its noun: `1 byte`, `2 bytes`.
pub fn count(n: u64, noun: &str) -> String {
    match n {
        1 => format!("1 {noun}"),
        n => format!("{n} {noun}s"),
    }
}
