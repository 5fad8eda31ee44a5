//! What a command has to say to the one who called it.

/// How a command ended, if it did its work.
pub enum Outcome {
    /// Exit code 0.
    Done,
    /// Exit code 1: a proof or the book is refused, and that has been said.
    Refused,
}
