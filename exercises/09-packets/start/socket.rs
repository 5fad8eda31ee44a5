//! Socket.IO: the upper of the two protocols. Its packets are the messages of
//! Engine.IO: namespaces, events, acknowledgements.

use std::fmt;

use bytes::Bytes;
use serde_json::{Map, Value};

pub use crate::decoder::Decoder;

// --- Given: the packets, and what may be wrong with one ---

/// Names that no event may have: both ends use them for news of their own.
pub const RESERVED: [&str; 6] = [
    "connect",
    "connect_error",
    "disconnect",
    "disconnecting",
    "newListener",
    "removeListener",
];

/// One packet of Socket.IO v5.
#[derive(Debug, Clone, PartialEq)]
pub struct Packet {
    /// Where it belongs: `/`, or a name that begins with `/` and has no comma.
    pub namespace: String,
    /// What it says there.
    pub kind: Kind,
}

/// What a packet says.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// `0`: a client asks for a namespace, perhaps with credentials; the server
    /// grants it with a session id.
    Connect(Option<Map<String, Value>>),
    /// `1`: this end leaves the namespace.
    Disconnect,
    /// `2`, or `5` with attachments: something has happened.
    Event {
        /// Set if an acknowledgement is wanted, which repeats it.
        id: Option<u64>,
        /// What has happened.
        name: String,
        /// All about it.
        args: Args,
    },
    /// `3`, or `6` with attachments: the answer to an event.
    Ack {
        /// The event's.
        id: u64,
        /// The answer.
        args: Args,
    },
    /// `4`: the server refuses a namespace. An object with a `message`; older
    /// servers send a text.
    ConnectError(Value),
}

/// Arguments of an event or an acknowledgement. JSON has no bytes: where some
/// belong, a placeholder says which attachment to look at.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Args {
    /// One for each argument, placeholders included.
    pub values: Vec<Value>,
    /// What the placeholders point at.
    pub attachments: Vec<Bytes>,
}

impl From<Vec<Value>> for Args {
    fn from(values: Vec<Value>) -> Args {
        let attachments = Vec::new();
        Args {
            values,
            attachments,
        }
    }
}

/// What is wrong with a packet of Socket.IO, or with the order of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// Not even a type.
    Empty,
    /// The types are the digits 0 to 6.
    UnknownType(char),
    /// Types 5 and 6 say how many attachments follow: at least one, then `-`.
    AttachmentCount,
    /// More attachments than this end takes in for one packet.
    TooManyAttachments,
    /// An id is a number of 64 bits, and only events and acknowledgements have one.
    Id,
    /// An acknowledgement must say of which event.
    NoId,
    /// Only CONNECT and DISCONNECT go without a payload.
    NoPayload,
    /// The payload is not JSON.
    NotJson,
    /// JSON, but not of the form that this type has.
    Payload,
    /// The first element of an event is its name, in text.
    NoName,
    /// The event has one of the [`RESERVED`] names.
    ReservedName,
    /// A text where an attachment had been promised.
    TextForAttachment,
    /// An attachment that no packet had promised.
    UnexpectedAttachment,
    /// A placeholder points at no attachment.
    Placeholder,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Error::Empty => "a packet has no type",
            Error::UnknownType(kind) => return write!(f, "no packet has the type {kind:?}"),
            Error::AttachmentCount => "the number of attachments is missing or wrong",
            Error::TooManyAttachments => "too many attachments",
            Error::Id => "the id is out of place or too large",
            Error::NoId => "an acknowledgement has no id",
            Error::NoPayload => "the payload is missing",
            Error::NotJson => "the payload is not JSON",
            Error::Payload => "the payload has the wrong form",
            Error::NoName => "the event has no name",
            Error::ReservedName => "the event's name is reserved",
            Error::TextForAttachment => "a text came in place of an attachment",
            Error::UnexpectedAttachment => "an attachment came that no packet had promised",
            Error::Placeholder => "a placeholder points at no attachment",
        })
    }
}

impl std::error::Error for Error {}

// --- Step 3: a packet in text ---

impl Packet {
    /// Given: what follows its text, each as a binary message of its own.
    pub fn attachments(&self) -> &[Bytes] {
        match &self.kind {
            Kind::Event { args, .. } | Kind::Ack { args, .. } => &args.attachments,
            _ => &[],
        }
    }

    /// Appends the text of this packet to `out`: type, number of attachments,
    /// namespace, id, payload. Only the type is always there.
    ///
    /// - Step 3: without attachments.
    /// - Step 5: with some, the type is 5 or 6, and their number and `-` follow it.
    pub fn encode(&self, out: &mut String) {
        todo!("step 3: append {self:?} to {out:?}")
    }
}

// --- Step 5: bytes beside the text ---

impl Args {
    /// Adds an attachment, and gives the placeholder that points at it:
    /// `{"_placeholder":true,"num":0}` for the first.
    pub fn attach(&mut self, bytes: impl Into<Bytes>) -> Value {
        let bytes: Bytes = bytes.into();
        todo!(
            "step 5: {bytes:02x?} follow {} others",
            self.attachments.len()
        )
    }

    /// The bytes that this value points at, if it is a placeholder.
    pub fn bytes(&self, value: &Value) -> Option<&Bytes> {
        let num = placeholder(value)?;
        todo!("step 5: which of {:?} does {num} mean?", self.attachments)
    }
}

/// Given: what this value points with, if it is a placeholder: its `num`.
pub(crate) fn placeholder(value: &Value) -> Option<&Value> {
    let is_one = value.get("_placeholder") == Some(&Value::Bool(true));
    is_one.then(|| &value["num"])
}
