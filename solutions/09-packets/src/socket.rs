//! Socket.IO: the upper of the two protocols. Its packets are the messages of
//! Engine.IO: namespaces, events, acknowledgements.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use bytes::Bytes;
use serde_json::{Map, Value, json};

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

impl Args {
    /// Adds an attachment, and gives the placeholder that points at it.
    pub fn attach(&mut self, bytes: impl Into<Bytes>) -> Value {
        self.attachments.push(bytes.into());
        json!({"_placeholder": true, "num": self.attachments.len() - 1})
    }

    /// The bytes that this value points at, if it is a placeholder.
    pub fn bytes(&self, value: &Value) -> Option<&Bytes> {
        self.attachments.get(placeholder(value)??)
    }
}

/// Nothing if this is no placeholder; `Some(None)` if it points nowhere.
#[expect(clippy::option_option, reason = "two questions, two answers")]
fn placeholder(value: &Value) -> Option<Option<usize>> {
    if value.get("_placeholder") != Some(&Value::Bool(true)) {
        return None;
    }
    let num = value.get("num").and_then(Value::as_u64);
    Some(num.and_then(|num| num.try_into().ok()))
}

/// Whether each placeholder in this value points at one of so many attachments.
fn all_attached(value: &Value, attachments: usize) -> bool {
    if let Some(num) = placeholder(value) {
        return num.is_some_and(|num| num < attachments);
    }
    match value {
        Value::Array(items) => items.iter().all(|item| all_attached(item, attachments)),
        Value::Object(fields) => fields.values().all(|item| all_attached(item, attachments)),
        _ => true,
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

impl Packet {
    /// What follows its text, each as a binary message of its own.
    pub fn attachments(&self) -> &[Bytes] {
        match &self.kind {
            Kind::Event { args, .. } | Kind::Ack { args, .. } => &args.attachments,
            _ => &[],
        }
    }

    /// Appends the text of this packet to `out`: type, number of attachments,
    /// namespace, id, payload. Only the type is always there.
    pub fn encode(&self, out: &mut String) {
        let attached = self.attachments().len();
        out.push(match self.kind {
            Kind::Connect(_) => '0',
            Kind::Disconnect => '1',
            Kind::Event { .. } if attached == 0 => '2',
            Kind::Ack { .. } if attached == 0 => '3',
            Kind::ConnectError(_) => '4',
            Kind::Event { .. } => '5',
            Kind::Ack { .. } => '6',
        });
        if attached > 0 {
            push(out, attached);
            out.push('-');
        }
        if self.namespace != "/" {
            out.push_str(&self.namespace);
            out.push(',');
        }
        match &self.kind {
            Kind::Connect(None) | Kind::Disconnect => {}
            Kind::Connect(Some(fields)) => push(out, json!(fields)),
            Kind::ConnectError(reason) => push(out, reason),
            Kind::Event { id, name, args } => {
                if let Some(id) = id {
                    push(out, id);
                }
                push_list(out, Some(&json!(name)).into_iter().chain(&args.values));
            }
            Kind::Ack { id, args } => {
                push(out, id);
                push_list(out, &args.values);
            }
        }
    }
}

/// Appends what this displays as: for JSON, its shortest form.
fn push(out: &mut String, shown: impl fmt::Display) {
    write!(out, "{shown}").expect("a string takes everything");
}

/// Appends a JSON array.
fn push_list<'a>(out: &mut String, values: impl IntoIterator<Item = &'a Value>) {
    let mut before = '[';
    for value in values {
        out.push(before);
        push(out, value);
        before = ',';
    }
    if before == '[' {
        out.push('[');
    }
    out.push(']');
}

/// Joins packets and their attachments. After an error it must not be used
/// again: the connection ends.
#[derive(Debug)]
pub struct Decoder {
    max_attachments: usize,
    /// The packet under way, and how many attachments it is to have.
    waiting: Option<(Packet, usize)>,
}

impl Default for Decoder {
    /// With the limit of the official parser: ten attachments.
    fn default() -> Self {
        Decoder::new(10)
    }
}

impl Decoder {
    /// A decoder that takes in so many attachments for one packet.
    pub fn new(max_attachments: usize) -> Decoder {
        Decoder {
            max_attachments,
            waiting: None,
        }
    }

    /// Takes a message in text: a packet, unless its attachments are to come.
    pub fn text(&mut self, text: &str) -> Result<Option<Packet>, Error> {
        if self.waiting.is_some() {
            return Err(Error::TextForAttachment);
        }
        let (packet, attachments) = parse(text)?;
        if attachments == 0 {
            return Ok(Some(packet));
        }
        if attachments > self.max_attachments {
            return Err(Error::TooManyAttachments);
        }
        self.waiting = Some((packet, attachments));
        Ok(None)
    }

    /// Takes a message in bytes: an attachment. The last one completes its packet.
    pub fn binary(&mut self, bytes: Bytes) -> Result<Option<Packet>, Error> {
        let (mut packet, expected) = self.waiting.take().ok_or(Error::UnexpectedAttachment)?;
        let (Kind::Event { args, .. } | Kind::Ack { args, .. }) = &mut packet.kind else {
            unreachable!("no other packet has attachments");
        };
        args.attachments.push(bytes);
        if args.attachments.len() < expected {
            self.waiting = Some((packet, expected));
            return Ok(None);
        }
        if !args
            .values
            .iter()
            .all(|value| all_attached(value, expected))
        {
            return Err(Error::Placeholder);
        }
        Ok(Some(packet))
    }
}

/// The packet that a text is, and how many attachments it promises.
fn parse(text: &str) -> Result<(Packet, usize), Error> {
    let mut chars = text.chars();
    let digit = chars.next().ok_or(Error::Empty)?;
    let mut rest = chars.as_str();
    if !matches!(digit, '0'..='6') {
        return Err(Error::UnknownType(digit));
    }

    let mut attachments = 0;
    if let '5' | '6' = digit {
        let (count, behind) = rest.split_once('-').ok_or(Error::AttachmentCount)?;
        attachments = number(count).ok_or(Error::AttachmentCount)?;
        if attachments == 0 {
            return Err(Error::AttachmentCount);
        }
        rest = behind;
    }

    let mut namespace = "/";
    if rest.starts_with('/') {
        (namespace, rest) = rest.split_once(',').unwrap_or((rest, ""));
    }

    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, payload) = rest.split_at(digits);
    let id = match digits {
        "" => None,
        digits => Some(number(digits).ok_or(Error::Id)?),
    };

    let payload = match payload {
        "" => None,
        json => Some(serde_json::from_str(json).map_err(|_| Error::NotJson)?),
    };

    let kind = match (digit, id, payload) {
        ('0', None, None) => Kind::Connect(None),
        ('0', None, Some(Value::Object(fields))) => Kind::Connect(Some(fields)),
        ('1', None, None) => Kind::Disconnect,
        ('2' | '5', id, Some(Value::Array(payload))) => event(id, payload)?,
        ('3' | '6', Some(id), Some(Value::Array(values))) => {
            let args = values.into();
            Kind::Ack { id, args }
        }
        ('4', None, Some(reason @ (Value::Object(_) | Value::String(_)))) => {
            Kind::ConnectError(reason)
        }
        ('0' | '1' | '4', Some(_), _) => return Err(Error::Id),
        ('3' | '6', None, _) => return Err(Error::NoId),
        ('2'..='6', _, None) => return Err(Error::NoPayload),
        _ => return Err(Error::Payload),
    };
    let namespace = namespace.to_owned();
    Ok((Packet { namespace, kind }, attachments))
}

/// A number in digits and nothing else: no sign, no blank.
fn number<N: FromStr>(digits: &str) -> Option<N> {
    let only_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| only_digits)
}

/// The event in a payload: its name stands before its arguments.
fn event(id: Option<u64>, payload: Vec<Value>) -> Result<Kind, Error> {
    let mut values = payload.into_iter();
    let Some(Value::String(name)) = values.next() else {
        return Err(Error::NoName);
    };
    if RESERVED.contains(&&name[..]) {
        return Err(Error::ReservedName);
    }
    let args = values.collect::<Vec<Value>>().into();
    Ok(Kind::Event { id, name, args })
}
