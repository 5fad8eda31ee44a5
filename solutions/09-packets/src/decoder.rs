//! The way back: from messages to packets of Socket.IO.

use std::str::FromStr;

use bytes::Bytes;
use serde_json::Value;

use crate::socket::{Error, Kind, Packet, RESERVED, placeholder};

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
    /// A decoder that takes in so many attachments for one packet. (The proofs
    /// see the default alone.)
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

/// Whether each placeholder in this value points at one of so many attachments.
fn all_attached(value: &Value, attachments: usize) -> bool {
    if let Some(num) = placeholder(value) {
        return num.as_u64().is_some_and(|num| num < attachments as u64);
    }
    match value {
        Value::Array(items) => items.iter().all(|item| all_attached(item, attachments)),
        Value::Object(fields) => fields.values().all(|item| all_attached(item, attachments)),
        _ => true,
    }
}
