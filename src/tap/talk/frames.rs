//! RFC 6455 §5.2: one direction of a WebSocket, frame by frame, however the
//! bytes come in.

use proof::{Frame, Head, opcode};

use super::kept::Kept;

/// A frame that has gone by.
#[derive(Debug, Clone, PartialEq)]
pub enum Seen {
    /// With its payload.
    Whole(Frame),
    /// Its payload was too long to keep.
    Long(Head),
}

impl Seen {
    /// Whether it closes the WebSocket.
    pub fn is_close(&self) -> bool {
        let (Seen::Whole(frame) | Seen::Long(Head { frame, .. })) = self;
        frame.opcode == opcode::CLOSE
    }
}

/// What is known of the frame under way.
#[derive(Debug, Default)]
pub struct Frames {
    /// The bytes of a head that is not whole yet.
    begun: Vec<u8>,
    head: Option<Head>,
    payload: Kept,
}

impl Frames {
    /// Reads to the end of a frame, or of the input. Returns how much it took,
    /// and the frame if that is whole.
    pub fn take(&mut self, input: &[u8]) -> (usize, Option<Seen>) {
        let mut took = 0;
        let head = loop {
            if let Some(head) = &self.head {
                break head;
            }
            let Some(&byte) = input.get(took) else {
                return (took, None);
            };
            took += 1;
            self.begun.push(byte);
            self.head = Head::decode(&self.begun);
        };
        let rest = &input[took..];
        let missing = head.len - self.payload.len();
        let here = usize::try_from(missing).map_or(rest.len(), |missing| rest.len().min(missing));
        self.payload.push(&rest[..here]);
        if self.payload.len() < head.len {
            return (took + here, None);
        }
        (took + here, self.finish())
    }

    fn finish(&mut self) -> Option<Seen> {
        let Frames { head, payload, .. } = std::mem::take(self);
        let head = head?;
        Some(match payload.whole() {
            Some(payload) => Seen::Whole(head.with(payload.to_vec())),
            None => Seen::Long(head),
        })
    }

    /// Whether a frame has begun and is not whole.
    pub fn is_amid(&self) -> bool {
        !self.begun.is_empty()
    }
}
