//! What the server says to one socket.

use std::time::Duration;

use events_solution::{Encoded, Socket};
use packets_solution::socket::{Args, Kind, RESERVED};

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
    (!RESERVED.contains(&name)).then(|| Kind::Event {
        id: None,
        name: name.to_owned(),
        args,
    })
}

impl Emit for Socket {
    fn emit(&self, name: &str, args: Args) -> bool {
        let Some(event) = event(name, args) else {
            return false;
        };
        self.send(event);
        true
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
        let answer = tokio::time::timeout(self.limit, answer).await;
        answer.unwrap_or(Err(NoAck::TimedOut))
    }
}

// --- Step 5: now or never ---

impl Volatile {
    /// Sends an event if it can go at once. It says whether the name may be used.
    pub fn emit(&self, name: &str, args: Args) -> bool {
        let Some(event) = event(name, args) else {
            return false;
        };
        let packet = self.socket.packet(event);
        self.socket.send_volatile(&Encoded::new(&packet));
        true
    }
}
