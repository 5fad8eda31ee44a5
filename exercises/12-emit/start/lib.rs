//! Exercise 12: one socket is spoken to. Events both ways, with several
//! arguments, bytes among them, and acknowledgements both ways.
//! Chapter: book/src/12-emit.md
//!
//! The sockets are those of chapter 11. Yours are [`emit`], what a server says to
//! one, and [`acks`], the answers of both. What is marked "Given" works and may
//! stay as it is; read it before you start. [`args`](mod@args) is given.

pub mod acks;
pub mod args;
pub mod emit;

pub use acks::{Acks, NoAck, Reply};
pub use emit::{Emit, Timed, Volatile};
pub use events_solution::{Config, Event, Io, Namespace, Reason, Refusal, Setup, Socket, serve};
pub use packets_solution::socket::Args;

/// A server whose sockets can be spoken to.
pub fn io(config: Config) -> Io {
    Io::with(config, setup())
}

/// What such a server is made of; the next chapter adds to it.
pub fn setup() -> Setup {
    Setup::default().layer(Acks::default)
}
