//! What the server says to one socket.

use std::time::Duration;

use events_solution::Socket;
use packets_solution::socket::{Args, Kind};

use crate::acks::{self, NoAck};

/// What a socket can be told. Nothing of it waits for the client, but an answer.
pub trait Emit {
    /// Sends an event, and gives true, whether anybody hears it or not. A name
    /// that both ends use for news of their own is refused: false, where
    /// JavaScript throws.
    fn emit(&self, name: &str, args: Args) -> bool;

    /// Sends an event, and waits for the answer until the client is gone.
    fn emit_with_ack(
        &self,
        name: &str,
        args: Args,
    ) -> impl Future<Output = Result<Args, NoAck>> + Send;

    /// The same with a limit: `socket.timeout(limit).emit_with_ack(…)`.
    fn timeout(&self, limit: Duration) -> Timed;

    /// For what is worthless later: `socket.volatile().emit(…)` sends it now or
    /// not at all.
    fn volatile(&self) -> Volatile;
}

/// A socket whose answers are waited for so long.
#[derive(Debug, Clone)]
pub struct Timed {
    socket: Socket,
    limit: Duration,
}

/// A socket that hears what it can hear at once.
#[derive(Debug, Clone)]
pub struct Volatile {
    socket: Socket,
}

// --- Step 1: say something ---

/// An event that asks for no answer; nothing, if both ends use its name for
/// news of their own.
pub fn event(name: &str, args: Args) -> Option<Kind> {
    todo!("step 1: the event {name:?} with {args:?}")
}

impl Emit for Socket {
    fn emit(&self, name: &str, args: Args) -> bool {
        let event = event(name, args);
        todo!("step 1: send {event:?}, if it is one")
    }

    // Given: the rest of it.

    async fn emit_with_ack(&self, name: &str, args: Args) -> Result<Args, NoAck> {
        acks::ask(self, name, args).await
    }

    fn timeout(&self, limit: Duration) -> Timed {
        let socket = self.clone();
        Timed { socket, limit }
    }

    fn volatile(&self) -> Volatile {
        let socket = self.clone();
        Volatile { socket }
    }
}

// --- Step 4: an answer in time ---

impl Timed {
    /// Sends an event, and waits for the answer, but not longer than the limit.
    pub async fn emit_with_ack(&self, name: &str, args: Args) -> Result<Args, NoAck> {
        let answer = acks::ask(&self.socket, name, args);
        todo!(
            "step 4: await {} for {:?} at most",
            std::any::type_name_of_val(&answer),
            self.limit,
        )
    }
}

// --- Step 5: now or never ---

impl Volatile {
    /// Sends an event if it can go at once. It says whether the name may be used.
    pub fn emit(&self, name: &str, args: Args) -> bool {
        let event = event(name, args);
        todo!(
            "step 5: send {event:?} to {:?}, if it can go at once",
            self.socket
        )
    }
}
