//! Engine.IO: the lower of the two protocols. It carries messages over whatever
//! the network lets through, and knows nothing of events.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

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

impl<'a> Packet<'a> {
    /// The packet that this text is: all of a WebSocket's text message, or one of
    /// the packets in an HTTP body. A binary message needs no decoding.
    ///
    /// What follows a type that carries nothing (`1`, `5`, `6`) is not looked at:
    /// the protocol does not say what it would be.
    pub fn decode(text: &'a str) -> Result<Packet<'a>, Error> {
        let mut chars = text.chars();
        let kind = chars.next().ok_or(Error::Empty)?;
        let data = chars.as_str();
        Ok(match kind {
            '0' => Packet::Open(data),
            '1' => Packet::Close,
            '2' => Packet::Ping(data),
            '3' => Packet::Pong(data),
            '4' => Packet::Message(data),
            '5' => Packet::Upgrade,
            '6' => Packet::Noop,
            'b' => {
                let bytes = STANDARD.decode(data).map_err(|_| Error::NotBase64)?;
                Packet::Binary(bytes.into())
            }
            other => return Err(Error::UnknownType(other)),
        })
    }

    /// Appends this packet to `out`, as text. Over a WebSocket, bytes go as a
    /// binary message instead, as they are.
    pub fn encode(&self, out: &mut String) {
        let (kind, data) = match self {
            Packet::Open(handshake) => ('0', *handshake),
            Packet::Close => ('1', ""),
            Packet::Ping(data) => ('2', *data),
            Packet::Pong(data) => ('3', *data),
            Packet::Message(text) => ('4', *text),
            Packet::Upgrade => ('5', ""),
            Packet::Noop => ('6', ""),
            Packet::Binary(bytes) => {
                out.push('b');
                return STANDARD.encode_string(bytes, out);
            }
        };
        out.push(kind);
        out.push_str(data);
    }
}

/// The packets in an HTTP body, in order. After an error nothing that follows
/// can be trusted, and the session ends: whoever iterates stops there.
pub fn decode_payload(body: &str) -> impl Iterator<Item = Result<Packet<'_>, Error>> {
    body.split(SEPARATOR).map(Packet::decode)
}

/// An HTTP body that carries these packets.
pub fn encode_payload<'a>(packets: impl IntoIterator<Item = Packet<'a>>) -> String {
    let mut body = String::new();
    for (place, packet) in packets.into_iter().enumerate() {
        if place > 0 {
            body.push(SEPARATOR);
        }
        packet.encode(&mut body);
    }
    body
}
