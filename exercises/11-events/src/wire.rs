//! Given: a packet, written once for all who are to have it.

use axum::body::Bytes;
use axum::extract::ws::Utf8Bytes;
use engine_solution::Frame;
use packets_solution::socket::Packet;

/// A packet as the engine sends it. A clone shares what was written.
#[derive(Debug, Clone)]
pub struct Encoded {
    text: Utf8Bytes,
    attachments: Vec<Bytes>,
}

impl Encoded {
    /// Writes a packet: an Engine.IO message in text, and its attachments.
    pub fn new(packet: &Packet) -> Encoded {
        let mut text = String::from("4");
        packet.encode(&mut text);
        Encoded {
            text: text.into(),
            attachments: packet.attachments().to_vec(),
        }
    }

    /// What goes out, in order.
    pub fn frames(&self) -> impl Iterator<Item = Frame> {
        let text = [Frame::Text(self.text.clone())].into_iter();
        text.chain(self.attachments.iter().cloned().map(Frame::Binary))
    }
}
