//! Engine.IO: the lower of the two protocols. It carries messages over whatever
//! the network lets through, and knows nothing of events.

use std::fmt;

use bytes::Bytes;

// --- Given: the packets, and what may be wrong with one ---

/// What stands between two packets in one HTTP body: U+001E, RECORD SEPARATOR.
pub const SEPARATOR: char = '\u{1e}';

/// One packet of Engine.IO v4. Its text is borrowed from what was received, or
/// from what is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packet<'a> {
    /// `0`: the server's first word, the handshake in JSON.
    Open(&'a str),
    /// `1`: the session ends.
    Close,
    /// `2`: the server's heartbeat; with `probe`, a client tries a transport.
    Ping(&'a str),
    /// `3`: the answer to a ping, with the same text.
    Pong(&'a str),
    /// `4`: a message, in text.
    Message(&'a str),
    /// `5`: from now on the client speaks over the transport it has tried.
    Upgrade,
    /// `6`: nothing; it ends a poll that waits.
    Noop,
    /// A message in bytes. It has no digit: a WebSocket carries it as a binary
    /// message of its own, and a text as `b` and base64.
    Binary(Bytes),
}

/// What is wrong with a packet of Engine.IO.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// Not even a type.
    Empty,
    /// The types are the digits 0 to 6, and `b`.
    UnknownType(char),
    /// What follows a `b` is base64 (RFC 4648 §4).
    NotBase64,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Empty => f.write_str("a packet has no type"),
            Error::UnknownType(kind) => write!(f, "no packet has the type {kind:?}"),
            Error::NotBase64 => f.write_str("what follows `b` is not base64"),
        }
    }
}

impl std::error::Error for Error {}

// --- Step 1: a packet in text, both ways ---

impl<'a> Packet<'a> {
    /// The packet that this text is: all of a WebSocket's text message, or one of
    /// the packets in an HTTP body. A binary message needs no decoding.
    ///
    /// What follows a type that carries nothing (`1`, `5`, `6`) is not looked at:
    /// the protocol does not say what it would be.
    ///
    /// - Step 1: the digits.
    /// - Step 2: `b`, and bytes in base64.
    pub fn decode(text: &'a str) -> Result<Packet<'a>, Error> {
        todo!("step 1: which packet is {text:?}?")
    }

    /// Appends this packet to `out`, as text. Over a WebSocket, bytes go as a
    /// binary message instead, as they are.
    ///
    /// - Step 1: all but `Binary`.
    /// - Step 2: `Binary`.
    pub fn encode(&self, out: &mut String) {
        todo!("step 1: append {self:?} to {out:?}")
    }
}

// --- Step 2: several packets in one body ---

/// The packets in an HTTP body, in order. After an error nothing that follows
/// can be trusted, and the session ends: whoever iterates stops there.
pub fn decode_payload(body: &str) -> impl Iterator<Item = Result<Packet<'_>, Error>> {
    body.split(|c: char| -> bool { todo!("step 2: does {c:?} stand between two packets?") })
        .map(Packet::decode)
}

/// An HTTP body that carries these packets.
pub fn encode_payload<'a>(packets: impl IntoIterator<Item = Packet<'a>>) -> String {
    let packets: Vec<_> = packets.into_iter().collect();
    todo!("step 2: one body of {packets:?}")
}
