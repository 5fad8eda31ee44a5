//! Who is to hear something.

use std::collections::BTreeSet;

use emit_solution::emit::event;
use events_solution::{Io, Namespace, Socket};
use packets_solution::socket::Args;

use crate::hall::Hall;

/// Some of the sockets of a namespace. `to` and `except` narrow it down; it can
/// be kept and used again.
#[derive(Debug, Clone)]
pub struct Target {
    namespace: Namespace,
    audience: Audience,
    volatile: bool,
}

/// Who is meant, by rooms. A socket's id is a room, too, and it is in there.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Audience {
    /// Who is in one of them; all, if there is none.
    pub to: Vec<String>,
    /// But nobody who is in one of these.
    pub except: Vec<String>,
}

/// Speaks to many: `io.to("tea").emit(…)`. JavaScript's `in` is the same as its
/// `to`; in Rust the word is taken.
pub trait Broadcast {
    /// All whom it can speak to: a server to all, a socket to all others.
    fn broadcast(&self) -> Target;

    /// Those in this room.
    fn to(&self, room: &str) -> Target {
        self.broadcast().to(room)
    }

    /// Those who are not in this room.
    fn except(&self, room: &str) -> Target {
        self.broadcast().except(room)
    }
}

// --- Step 2: who is meant ---

impl Broadcast for Socket {
    fn broadcast(&self) -> Target {
        let all = self.namespace().broadcast();
        todo!("step 2: {all:?}, but not {}", self.id())
    }
}

impl Audience {
    /// Whether a socket of this id, in these rooms, is meant.
    pub fn includes(&self, id: &str, rooms: &BTreeSet<String>) -> bool {
        todo!("step 2: whether {id}, who is in {rooms:?}, is in {self:?}")
    }
}

impl Target {
    /// Those in this room, too: whoever is in both hears it once.
    pub fn to(self, room: &str) -> Target {
        todo!("step 2: {self:?}, and those in {room:?}")
    }

    /// Those in this room not.
    pub fn except(self, room: &str) -> Target {
        todo!("step 2: {self:?}, and not those in {room:?}")
    }
}

// --- Given: the rest of it ---

impl Broadcast for Namespace {
    fn broadcast(&self) -> Target {
        Target {
            namespace: self.clone(),
            audience: Audience::default(),
            volatile: false,
        }
    }
}

impl Broadcast for Io {
    fn broadcast(&self) -> Target {
        self.of("/").broadcast()
    }
}

impl Target {
    /// Those only who can hear it at once.
    pub fn volatile(mut self) -> Target {
        self.volatile = true;
        self
    }

    /// Sends an event to all of them; that nobody is there is no fault. It says
    /// whether the name may be used.
    pub fn emit(&self, name: &str, args: Args) -> bool {
        let Some(event) = event(name, args) else {
            return false;
        };
        let hall = self.namespace.layer::<Hall>();
        hall.tell(&self.namespace, &self.audience, event, self.volatile);
        true
    }

    /// Who they are, at this moment.
    pub fn sockets(&self) -> Vec<Socket> {
        self.namespace.layer::<Hall>().those(&self.audience)
    }
}
