//! What a server remembers, so that a cut is no loss: the last events, and who
//! was there. It keeps time, and does no I/O.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::{Duration, Instant};

use events_solution::Encoded;

use crate::target::Audience;

/// How many events are remembered at most. Who has missed more starts anew.
const MOST_EVENTS: usize = 10_000;

/// How many of those who were cut off are remembered at most.
const MOST_ABSENT: usize = 10_000;

/// Somebody who was cut off.
#[derive(Debug, Clone, PartialEq)]
pub struct Absent {
    /// The id of its socket, which it will have again.
    pub id: String,
    /// The rooms it was in.
    pub rooms: BTreeSet<String>,
}

#[derive(Debug)]
struct Kept {
    since: Instant,
    absent: Absent,
    /// It is on its way in: nobody else can be it.
    returns: bool,
}

/// The memory of one namespace.
#[derive(Debug)]
pub struct Memory {
    span: Duration,
    /// The number of the oldest event that is remembered.
    first: u64,
    events: VecDeque<(Instant, Audience, Encoded)>,
    absent: HashMap<String, Kept>,
    /// Since when, oldest first.
    since: VecDeque<(Instant, String)>,
    /// By id: the pid of those who are coming in.
    coming: HashMap<String, String>,
}

impl Memory {
    /// One that goes back so far.
    pub fn new(span: Duration) -> Memory {
        Memory {
            span,
            first: 0,
            events: VecDeque::new(),
            absent: HashMap::new(),
            since: VecDeque::new(),
            coming: HashMap::new(),
        }
    }

    /// What the next event is known by: its number, from the beginning.
    pub fn next_offset(&self) -> String {
        format!("{:07x}", self.first + self.events.len() as u64)
    }

    /// Remembers an event and for whom it was.
    pub fn remember(&mut self, audience: Audience, encoded: Encoded) {
        self.forget_the_old();
        self.events.push_back((Instant::now(), audience, encoded));
    }

    /// Remembers who was cut off.
    pub fn keep(&mut self, pid: String, absent: Absent) {
        self.forget_the_old();
        let kept = Kept {
            since: Instant::now(),
            absent,
            returns: false,
        };
        self.since.push_back((kept.since, pid.clone()));
        self.absent.insert(pid, kept);
    }

    /// Whose pid this is, if nothing that it has missed is forgotten; once, so
    /// that there are not two of it.
    pub fn recognise(&mut self, pid: &str, offset: &str) -> Option<String> {
        self.forget_the_old();
        self.after(offset)?;
        let kept = self.absent.get_mut(pid).filter(|kept| !kept.returns)?;
        kept.returns = true;
        Some(kept.absent.id.clone())
    }

    /// Who has come back, and what it has missed.
    pub fn recover(&mut self, pid: &str, offset: &str) -> Option<(Absent, Vec<Encoded>)> {
        let after = self.after(offset)?;
        let absent = self.absent.remove(pid)?.absent;
        let events = self.events.range(after..);
        let missed = events.filter(|(_, to, _)| to.includes(&absent.id, &absent.rooms));
        let missed = missed.map(|(.., encoded)| encoded.clone()).collect();
        Some((absent, missed))
    }

    /// Where what came after this event begins, if that event is remembered.
    fn after(&self, offset: &str) -> Option<usize> {
        let number = u64::from_str_radix(offset, 16).ok()?;
        let place = usize::try_from(number.checked_sub(self.first)?).ok()?;
        (place < self.events.len()).then_some(place + 1)
    }

    /// Somebody comes in, and has been told this pid.
    pub fn expect(&mut self, id: &str, pid: String) -> String {
        self.coming.insert(id.to_owned(), pid.clone());
        pid
    }

    /// What it has been told.
    pub fn expected(&mut self, id: &str) -> Option<String> {
        self.coming.remove(id)
    }

    fn forget_the_old(&mut self) {
        let old = |since: &Instant| since.elapsed() > self.span;
        while let Some((since, ..)) = self.events.front()
            && (old(since) || self.events.len() >= MOST_EVENTS)
        {
            self.events.pop_front();
            self.first += 1;
        }
        while let Some((since, pid)) = self.since.front()
            && (old(since) || self.since.len() >= MOST_ABSENT)
        {
            // It may have come back and been cut off again since then.
            if self
                .absent
                .get(pid)
                .is_some_and(|kept| kept.since == *since)
            {
                self.absent.remove(pid);
            }
            self.since.pop_front();
        }
    }
}
