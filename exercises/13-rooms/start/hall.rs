//! Who is in which room of a namespace.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use engine_solution::session::random_id;
use events_solution::{Encoded, Layer, Namespace, Reason, Socket};
use packets_solution::socket::{Kind, Packet};
use serde_json::{Map, Value, json};

use crate::recovery::{Absent, Memory};
use crate::target::Audience;

/// The rooms of one namespace, and who is in them.
#[derive(Debug)]
pub struct Hall {
    state: Mutex<State>,
    /// Whether it remembers for those who come back.
    remembers: bool,
}

#[derive(Debug)]
struct State {
    members: HashMap<String, Member>,
    /// By room: the ids of those who are in it. None is empty.
    rooms: HashMap<String, HashSet<String>>,
    memory: Memory,
}

/// A socket that is in the namespace.
#[derive(Debug)]
struct Member {
    socket: Socket,
    rooms: BTreeSet<String>,
    /// What its client shows when it comes back.
    pid: String,
}

/// What a socket does with rooms.
pub trait Join {
    /// Into a room. There is nothing to make or to delete: a room is there as
    /// long as somebody is in it.
    fn join(&self, room: &str);

    /// Out of a room.
    fn leave(&self, room: &str);

    /// The rooms it is in.
    fn rooms(&self) -> BTreeSet<String>;
}

impl Hall {
    /// A hall without rooms; `recovery` is how long it remembers.
    pub fn new(recovery: Option<Duration>) -> Hall {
        Hall {
            state: Mutex::new(State {
                members: HashMap::new(),
                rooms: HashMap::new(),
                memory: Memory::new(recovery.unwrap_or_default()),
            }),
            remembers: recovery.is_some(),
        }
    }

    /// Held for moments, never across an `.await`.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// --- Step 1: in and out ---

impl State {
    /// Puts the socket of this id into a room.
    fn join(&mut self, id: &str, room: &str) {
        let (member, there) = (self.members.get_mut(id), self.rooms.get_mut(room));
        todo!("step 1: put {member:?} into {room:?}, where {there:?} are")
    }

    /// Takes it out of a room.
    fn leave(&mut self, id: &str, room: &str) {
        let (member, there) = (self.members.get_mut(id), self.rooms.get_mut(room));
        todo!("step 1: take {member:?} out of {room:?}, where {there:?} are")
    }
}

// --- Step 2: who is meant ---

impl State {
    /// Each of those who are meant, once.
    fn those(&self, audience: &Audience) -> Vec<&Member> {
        todo!("step 2: who of {:?} is in {audience:?}", self.members)
    }
}

// --- Step 3: all hear the same ---

impl State {
    /// Sends a packet to all who are meant. It is written once, and all share it.
    fn send(&self, packet: &Packet, audience: &Audience, volatile: bool) -> Encoded {
        let those = self.those(audience);
        todo!("step 3: send {packet:?} to {those:?}, volatile or not: {volatile}")
    }
}

// --- Step 4: who is gone ---

impl State {
    /// Out of the namespace, and of every room. It gives back who that was, and
    /// which rooms it was in: for those who come back.
    fn forget(&mut self, id: &str) -> Option<Member> {
        let member = self.members.get(id);
        todo!("step 4: forget {member:?}")
    }
}

// --- Given: what of it the sockets see ---

impl Join for Socket {
    fn join(&self, room: &str) {
        self.namespace()
            .layer::<Hall>()
            .state()
            .join(self.id(), room);
    }

    fn leave(&self, room: &str) {
        self.namespace()
            .layer::<Hall>()
            .state()
            .leave(self.id(), room);
    }

    fn rooms(&self) -> BTreeSet<String> {
        let state = self.namespace().layer::<Hall>().state();
        let member = state.members.get(self.id());
        member
            .map(|member| member.rooms.clone())
            .unwrap_or_default()
    }
}

impl Hall {
    /// Sends an event to all who are meant, all of it under one lock: so all hear
    /// the same order.
    pub fn tell(&self, namespace: &Namespace, audience: &Audience, event: Kind, volatile: bool) {
        // What is worthless later is not kept for later.
        let remembers = self.remembers && !volatile;
        let mut packet = Packet {
            namespace: namespace.name().to_owned(),
            kind: event,
        };
        let mut state = self.state();
        if remembers && let Kind::Event { args, .. } = &mut packet.kind {
            args.values.push(json!(state.memory.next_offset()));
        }
        let encoded = state.send(&packet, audience, volatile);
        if remembers {
            state.memory.remember(audience.clone(), encoded);
        }
    }

    /// All who are meant.
    pub fn those(&self, audience: &Audience) -> Vec<Socket> {
        let state = self.state();
        let those = state.those(audience).into_iter();
        those.map(|member| member.socket.clone()).collect()
    }

    /// The names of the rooms that there are.
    pub fn rooms(&self) -> Vec<String> {
        let mut rooms: Vec<_> = self.state().rooms.keys().cloned().collect();
        rooms.sort();
        rooms
    }
}

// --- Given: who comes in, who goes, and who comes back ---

impl Layer for Hall {
    fn returns(&self, auth: &Map<String, Value>) -> Option<String> {
        let (pid, offset) = (auth.get("pid")?.as_str()?, auth.get("offset")?.as_str()?);
        self.state().memory.recognise(pid, offset)
    }

    fn connects(&self, socket: &Socket, reply: &mut Map<String, Value>) {
        if !self.remembers {
            return;
        }
        let mut state = self.state();
        let pid = match socket.recovered() {
            // First what it has missed, then, under the same lock, what comes.
            true => state.welcome_back(socket),
            false => None,
        };
        let pid = pid.unwrap_or_else(|| state.memory.expect(socket.id(), random_id()));
        reply.insert("pid".to_owned(), json!(pid));
    }

    fn connected(&self, socket: &Socket) {
        let mut state = self.state();
        let pid = state.memory.expected(socket.id());
        let member = || Member {
            socket: socket.clone(),
            rooms: BTreeSet::new(),
            pid: pid.unwrap_or_default(),
        };
        state
            .members
            .entry(socket.id().to_owned())
            .or_insert_with(member);
    }

    fn sends(&self, socket: &Socket, kind: Kind) -> Option<Kind> {
        match kind {
            // Every event has an offset, and is remembered.
            Kind::Event { id: None, .. } if self.remembers => {
                let audience = Audience {
                    to: vec![socket.id().to_owned()],
                    except: Vec::new(),
                };
                self.tell(socket.namespace(), &audience, kind, false);
                None
            }
            kind => Some(kind),
        }
    }

    fn disconnects(&self, socket: &Socket, reason: Reason) {
        let mut state = self.state();
        let Some(member) = state.forget(socket.id()) else {
            return;
        };
        // Who has left, or was sent away, does not come back.
        let cut = matches!(reason, Reason::Engine(reason) if reason != engine_solution::Reason::ParseError);
        if self.remembers && cut {
            let id = socket.id().to_owned();
            let rooms = member.rooms;
            state.memory.keep(member.pid, Absent { id, rooms });
        }
    }
}

impl State {
    /// Tells a socket what it has missed, and lets it into its rooms. It says
    /// what its client is to show when it comes back again.
    fn welcome_back(&mut self, socket: &Socket) -> Option<String> {
        let pid = socket.auth().get("pid")?.as_str()?.to_owned();
        let offset = socket.auth().get("offset")?.as_str()?;
        let (absent, missed) = self.memory.recover(&pid, offset)?;
        missed
            .iter()
            .for_each(|encoded| socket.send_encoded(encoded));
        let member = Member {
            socket: socket.clone(),
            rooms: BTreeSet::new(),
            pid: pid.clone(),
        };
        self.members.insert(absent.id.clone(), member);
        absent
            .rooms
            .iter()
            .for_each(|room| self.join(&absent.id, room));
        Some(pid)
    }
}
