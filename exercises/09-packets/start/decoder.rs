//! The way back: from messages to packets of Socket.IO.

use bytes::Bytes;

use crate::socket::{Error, Packet};

// --- Given: what a decoder remembers ---

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
}

// --- Steps 4 and 5: from messages to packets ---

impl Decoder {
    /// Takes a message in text: a packet, unless its attachments are to come.
    ///
    /// - Step 4: `parse` gives the packet, and that is all.
    /// - Step 5: a packet with attachments waits for them, up to
    ///   `max_attachments`. While one waits, no text may come.
    pub fn text(&mut self, text: &str) -> Result<Option<Packet>, Error> {
        let (packet, _attachments) = parse(text)?;
        Ok(Some(packet))
    }

    /// Takes a message in bytes: an attachment. The last one completes its packet,
    /// in which each placeholder must now point at one.
    pub fn binary(&mut self, bytes: Bytes) -> Result<Option<Packet>, Error> {
        let (waiting, most) = (&self.waiting, self.max_attachments);
        todo!("step 5: {waiting:?} gets {bytes:02x?}, of at most {most}")
    }
}

/// The packet that a text is, and how many attachments it promises.
///
/// - Step 4: types 0 to 4; they promise none.
/// - Step 5: types 5 and 6, and the number in front of `-`.
fn parse(text: &str) -> Result<(Packet, usize), Error> {
    todo!("step 4: which packet is {text:?}?")
}
