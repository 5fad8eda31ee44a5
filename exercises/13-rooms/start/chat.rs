//! Chapter 07's chat, on rooms. What it had to invent is there: who is where,
//! who hears it, what answers what, who comes back.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use emit_solution::{Event, Namespace, Reply, Socket, args};
use packets_solution::socket::Args;
use serde_json::{Value, json};

use crate::hall::Join;
use crate::target::Broadcast;

/// The longest text, in bytes.
pub const LONGEST: usize = 16_384;
/// The longest name of a room or a person, in letters.
pub const LONGEST_NAME: usize = 16;
/// How many rooms one socket may be in.
pub const MOST_ROOMS: usize = 8;
/// How many messages a room remembers.
pub const HISTORY: usize = 10;

/// A room, as long as somebody is in it.
#[derive(Debug, Default)]
pub struct Room {
    /// Ids, by name.
    pub members: BTreeMap<String, String>,
    /// Who said what, oldest first.
    pub history: VecDeque<Value>,
}

/// The rooms, by name. None is empty.
pub type Rooms = BTreeMap<String, Room>;
/// What a command does; or a word that says why not.
type Command = fn(&mut Rooms, &Socket, &Event) -> Result<Args, &'static str>;

/// Runs the chat in this namespace. Every command is answered: `null` and what
/// came of it, or why nothing did.
pub fn open(namespace: &Namespace) {
    let rooms = Arc::new(Mutex::new(Rooms::new()));
    namespace.on("connection", move |socket| {
        let commands: [(&str, Command); 4] = [
            ("join", join),
            ("say", say),
            ("leave", leave),
            ("disconnect", gone),
        ];
        for (name, command) in commands {
            let rooms = rooms.clone();
            socket.on(name, move |socket, event| {
                // All that comes of it is sent under the lock, in one order.
                let mut rooms = rooms.lock().unwrap_or_else(PoisonError::into_inner);
                let answer = command(&mut rooms, &socket, &event);
                event.ack(&socket, answer.unwrap_or_else(|fault| args![fault]));
                async {}
            });
        }
        async {}
    });
}

// --- Step 5: the commands ---

/// `join(room, name)`: answered with who is there and what was said. Refused, in
/// this order: `in-room`, `too-many-rooms`, `taken`.
fn join(rooms: &mut Rooms, socket: &Socket, event: &Event) -> Result<Args, &'static str> {
    let (name, nick) = (word(event, 0)?, word(event, 1)?);
    let (there, others) = (socket.rooms(), socket.to(name));
    todo!("step 5: {nick:?} joins {rooms:?}, is in {there:?}; tell {others:?}")
}

/// `say(room, text)`: all there hear it, who said it too.
fn say(rooms: &mut Rooms, socket: &Socket, event: &Event) -> Result<Args, &'static str> {
    todo!("step 5: {socket:?} says {event:?}; in {rooms:?}")
}

/// `leave(room)`.
fn leave(rooms: &mut Rooms, socket: &Socket, event: &Event) -> Result<Args, &'static str> {
    todo!("step 5: {socket:?} leaves by {event:?}; in {rooms:?}")
}

/// The socket is out, and so it is out of every room: all there are told.
fn gone(rooms: &mut Rooms, socket: &Socket, _: &Event) -> Result<Args, &'static str> {
    todo!("step 5: {socket:?} is gone; in {rooms:?}")
}

// --- Given: what they are made of ---

impl Room {
    /// What who comes in is told: who is there, and what was said.
    pub fn welcome(&self) -> Args {
        let members: Vec<_> = self.members.keys().cloned().collect();
        let history: Vec<_> = self.history.iter().cloned().collect();
        args![Value::Null, members, history]
    }

    /// Keeps what was said, and forgets what is older than the last ten.
    pub fn remember(&mut self, nick: &str, text: &str) {
        self.history.push_back(json!([nick, text]));
        if self.history.len() > HISTORY {
            self.history.pop_front();
        }
    }
}

/// A room that this socket is in, and what it is called there.
pub fn find<'a>(
    rooms: &'a mut Rooms,
    socket: &Socket,
    name: &str,
) -> Result<(&'a mut Room, String), &'static str> {
    let room = rooms.get_mut(name).ok_or("not-in-room")?;
    let mut members = room.members.iter();
    let nick = members
        .find(|(_, id)| *id == socket.id())
        .map(|(nick, _)| nick.clone());
    Ok((room, nick.ok_or("not-in-room")?))
}

/// An argument that can be a name: small letters, digits and hyphens.
pub fn word(event: &Event, place: usize) -> Result<&str, &'static str> {
    let word = event.text(place).ok_or("bad-message")?;
    let fits = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    let fits = (1..=LONGEST_NAME).contains(&word.len()) && word.bytes().all(fits);
    if fits { Ok(word) } else { Err("bad-name") }
}

/// An argument that can be said: text, and not too much.
pub fn text(event: &Event, place: usize) -> Result<&str, &'static str> {
    let text = event.text(place).ok_or("bad-message")?;
    if text.len() > LONGEST {
        return Err("too-long");
    }
    Ok(text)
}
