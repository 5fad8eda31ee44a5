//! The chat as data: a command goes in, effects come out. Nothing in here
//! waits, sends or locks.
//!
//! Steps 1 to 4 are in here. What is marked "Given" works and may stay as it is.

use std::collections::{BTreeMap, VecDeque};

use serde_json::json;

/// One connection.
pub type Id = u64;

/// The longest text, in bytes.
pub const LONGEST: usize = 16_384;

/// The longest name of a room or a person, in letters.
pub const LONGEST_NAME: usize = 16;

/// How many rooms one connection may be in.
pub const MOST_ROOMS: usize = 8;

/// How many messages a room remembers.
pub const HISTORY: usize = 10;

/// What a client asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// `["join","tea","ann"]`: into this room, under this name.
    Join(String, String),
    /// `["say","tea","hello"]`.
    Say(String, String),
    /// `["leave","tea"]`.
    Leave(String),
}

/// Why a command is not obeyed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fault {
    /// It is no JSON, or no command.
    BadMessage,
    /// A room or a person can't be called that.
    BadName,
    /// Somebody in this room is called that.
    Taken,
    /// They are in this room already.
    InRoom,
    /// They are not in this room.
    NotInRoom,
    /// They are in too many rooms.
    TooManyRooms,
    /// The text is longer than [`LONGEST`].
    TooLong,
}

/// What a client is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// To who has joined: who is there, by the alphabet, and what was said:
    /// `["room","tea",["ann","bob"],[["ann","hello"]]]`.
    Room(String, Vec<String>, Vec<Said>),
    /// To the others there: `["joined","tea","bob"]`.
    Joined(String, String),
    /// To all there, who said it too: `["said","tea","ann","hello"]`.
    Said(String, Said),
    /// To all there, and to who has left: `["left","tea","bob"]`.
    Left(String, String),
    /// To one alone: `["error","taken"]`.
    Error(Fault),
}

/// Who said it, and what.
pub type Said = (String, String);

/// Somebody has to be told something.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// Who.
    pub to: Vec<Id>,
    /// What.
    pub event: Event,
}

/// All rooms that somebody is in.
#[derive(Debug, Default)]
pub struct Chat {
    /// By name.
    pub rooms: BTreeMap<String, Room>,
}

/// A room, as long as somebody is in it.
#[derive(Debug, Default)]
pub struct Room {
    /// Who is there, by name.
    pub members: BTreeMap<String, Id>,
    /// What was said last, oldest first.
    pub history: VecDeque<Said>,
}

// --- Step 1: come in ---

impl Command {
    /// A command is a JSON array of strings, and its first says which it is. A
    /// name has to be one, and the text of a `say` has [`LONGEST`] bytes at most.
    pub fn parse(text: &str) -> Result<Command, Fault> {
        todo!("step 1: which command is {text:?}?")
    }
}

/// Given: up to [`LONGEST_NAME`] small letters, digits and hyphens. Letters of
/// other alphabets look alike, and somebody would pass for somebody else.
pub fn name(name: &str) -> Result<String, Fault> {
    let fits = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    match (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(fits) {
        true => Ok(name.to_owned()),
        false => Err(Fault::BadName),
    }
}

impl Chat {
    /// Given: what comes of a command. A fault is told to who made it.
    pub fn handle(&mut self, from: Id, command: Result<Command, Fault>) -> Vec<Effect> {
        let effects = command.and_then(|command| match command {
            Command::Join(room, nick) => self.join(from, room, nick),
            Command::Say(room, text) => self.say(from, room, text),
            Command::Leave(room) => self.leave(from, &room),
        });
        effects.unwrap_or_else(|fault| {
            vec![Effect {
                to: vec![from],
                event: Event::Error(fault),
            }]
        })
    }

    /// Who joins is told who is there, and the others that somebody has joined.
    /// Nobody joins a room twice, or more than [`MOST_ROOMS`], or under a name
    /// that is taken there: of these faults the first is told.
    ///
    /// In step 4: who joins is told what was said there, too.
    fn join(&mut self, from: Id, room: String, nick: String) -> Result<Vec<Effect>, Fault> {
        todo!("step 1: {from} joins {room:?} as {nick:?}")
    }

    /// Given: the rooms that this one is in.
    pub fn rooms_of(&self, id: Id) -> Vec<String> {
        let there = |(_, room): &(&String, &Room)| room.nick_of(id).is_ok();
        let rooms = self.rooms.iter().filter(there);
        rooms.map(|(name, _)| name.clone()).collect()
    }

    /// Given: a room that this one is in.
    pub fn room_of(&mut self, id: Id, room: &str) -> Result<&mut Room, Fault> {
        let there = self.rooms.get_mut(room);
        let there = there.filter(|room| room.nick_of(id).is_ok());
        there.ok_or(Fault::NotInRoom)
    }
}

impl Room {
    /// Given: all who are there.
    pub fn ids(&self) -> Vec<Id> {
        self.members.values().copied().collect()
    }

    /// Given: what this one is called here.
    pub fn nick_of(&self, id: Id) -> Result<String, Fault> {
        let mut members = self.members.iter();
        let found = members.find(|(_, member)| **member == id);
        found.map(|(nick, _)| nick.clone()).ok_or(Fault::NotInRoom)
    }
}

// --- Step 2: say something ---

impl Chat {
    /// All who are there are told, who said it too: that is its receipt, and
    /// its place in the order.
    ///
    /// In step 4: the room remembers it, and of all that the last [`HISTORY`].
    fn say(&mut self, from: Id, room: String, text: String) -> Result<Vec<Effect>, Fault> {
        todo!("step 2: {from} says {text:?} in {room:?}")
    }
}

// --- Step 3: go ---

impl Chat {
    /// All who were there are told, who has left too. A room that nobody is in
    /// is forgotten.
    fn leave(&mut self, from: Id, room: &str) -> Result<Vec<Effect>, Fault> {
        todo!("step 3: {from} leaves {room:?}")
    }

    /// In step 3: a connection has ended, and leaves all its rooms.
    ///
    /// Given until step 3: nobody notices.
    pub fn gone(&mut self, id: Id) -> Vec<Effect> {
        let _ = id; // Yours in step 3.
        Vec::new()
    }
}

// --- Given: how it is written ---

impl Event {
    /// The text of its message.
    pub fn text(&self) -> String {
        let json = match self {
            Event::Room(room, members, history) => json!(["room", room, members, history]),
            Event::Joined(room, nick) => json!(["joined", room, nick]),
            Event::Said(room, (nick, text)) => json!(["said", room, nick, text]),
            Event::Left(room, nick) => json!(["left", room, nick]),
            Event::Error(fault) => json!(["error", fault.word()]),
        };
        json.to_string()
    }
}

impl Fault {
    /// A word for programs; what a person reads is the page's own.
    pub fn word(self) -> &'static str {
        match self {
            Fault::BadMessage => "bad-message",
            Fault::BadName => "bad-name",
            Fault::Taken => "taken",
            Fault::InRoom => "in-room",
            Fault::NotInRoom => "not-in-room",
            Fault::TooManyRooms => "too-many-rooms",
            Fault::TooLong => "too-long",
        }
    }
}
