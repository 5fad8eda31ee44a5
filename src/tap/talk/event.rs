//! The terms in which a talk is told.

use proof::Message;

use super::{Kept, Seen};

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Side {
    /// Whoever has connected to the tap.
    Client,
    /// Whom the tap has connected to.
    Server,
}

impl Side {
    /// The other one.
    pub fn other(self) -> Side {
        match self {
            Side::Client => Side::Server,
            Side::Server => Side::Client,
        }
    }
}

/// Something whole that was said.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The head of a request, and which of its headers are changed.
    Request(Message, Vec<Change>),
    /// The head of a response.
    Response(Message),
    /// The content of a request or a response.
    Body(Kept),
    /// A WebSocket frame.
    Frame(Seen),
    /// A line, its line feed left off, where nobody speaks HTTP.
    Line(Vec<u8>),
    /// Other bytes.
    Bytes(Vec<u8>),
    /// Nothing more comes from this side; what it had begun is named.
    Closed(Option<&'static str>),
}

/// A header that the server gets otherwise than the client sent it.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Its name, in lower case.
    pub name: &'static str,
    /// What the server gets instead, if anything.
    pub value: Option<String>,
}

/// What to change on the way.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Leave `Sec-WebSocket-Extensions` as it is.
    pub keep_extensions: bool,
    /// Drop `Upgrade` and `Connection`.
    pub strip_upgrade: bool,
    /// The host to name instead of the one that the client names.
    pub host: Option<String>,
    /// Let pages of this origin pass, and nobody else.
    pub origin: Option<String>,
}

/// What to do next with the bytes of one side.
#[derive(Debug, PartialEq)]
pub enum Step {
    /// The first `took` bytes are understood, and pass.
    Pass {
        /// How many.
        took: usize,
        /// What passes in their place.
        instead: Option<Vec<u8>>,
        /// What they say, each with who said it.
        events: Vec<(Side, Event)>,
    },
    /// More bytes must come.
    More,
    /// The other side must speak first.
    Hold,
    /// The request does not pass, and neither does what follows it.
    Refuse {
        /// What was asked, if that is known.
        request: Option<Message>,
        /// The status to answer with.
        status: u16,
        /// What is wrong with it.
        why: String,
    },
}
