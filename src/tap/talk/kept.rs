//! Content as far as it is kept: however much of it comes, memory is bounded.

/// Content longer than this is counted and not kept.
const MOST_KEPT: u64 = 1 << 20;

/// The content of a message or a frame.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kept {
    bytes: Vec<u8>,
    len: u64,
}

impl Kept {
    /// Takes in what has come.
    pub fn push(&mut self, bytes: &[u8]) {
        self.len += bytes.len() as u64;
        match self.len > MOST_KEPT {
            true => self.bytes = Vec::new(),
            false => self.bytes.extend_from_slice(bytes),
        }
    }

    /// How much has come.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// All of it, unless it was too long to keep.
    pub fn whole(&self) -> Option<&[u8]> {
        (self.bytes.len() as u64 == self.len).then_some(&self.bytes)
    }
}
