//! Exercise 13: many sockets are spoken to at once, and a chat on it.
//! Chapter: book/src/13-rooms.md
//!
//! The sockets are those of chapters 11 and 12. A [`Hall`] is the layer that
//! knows who is in which room; [`Join`] lets a socket in and out, [`Broadcast`]
//! says something to those whom a [`Target`] names. [`chat`] is chapter 07's, again.
//!
//! Yours are the steps in [`hall`], [`target`] and [`chat`]. What is marked "Given"
//! works and may stay as it is; read it before you start. [`recovery`], what a
//! server remembers of those who were cut off, is given and matters in chapter 14.

pub mod chat;
pub mod hall;
pub mod recovery;
pub mod target;

use std::time::Duration;

pub use emit_solution::{
    Args, Config, Emit, Event, Io, Namespace, NoAck, Reason, Refusal, Reply, Setup, Socket, args,
    serve,
};
pub use hall::{Hall, Join};
pub use target::{Broadcast, Target};

/// A server with rooms. With `recovery`, who comes back within that time is
/// told what it has missed, and is in its rooms again.
pub fn io(config: Config, recovery: Option<Duration>) -> Io {
    Io::with(config, setup(recovery))
}

/// What such a server is made of.
pub fn setup(recovery: Option<Duration>) -> Setup {
    emit_solution::setup().layer(move || Hall::new(recovery))
}
