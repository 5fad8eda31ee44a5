//! Conversations in JSON.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Client, Event};
use crate::frame::{Frame, opcode};
use crate::transcript::Entry;

impl Client {
    /// From here on the texts of the subject are JSON, and blanks in it are its
    /// own affair (RFC 8259 §2).
    pub fn json(&mut self) -> &mut Client {
        self.json = true;
        self
    }

    /// From here on this text is background too: when it comes is a matter of
    /// timing.
    pub fn passing(&mut self, text: &str) -> &mut Client {
        self.background.passing.push(text.to_owned());
        self
    }

    /// Each of these clients is told the same texts, `all` of them, in one and
    /// the same order, which differs from run to run and is not shown.
    pub fn in_one_order(clients: &mut [&mut Client], all: &[String]) {
        let (mut first, all) = (None, all.iter().collect::<BTreeSet<_>>());
        for client in clients {
            let mut texts = Vec::new();
            while texts.len() < all.len() {
                match client.awaited() {
                    Some(Event::Frame(frame, _)) if all.contains(&text_of(&frame)) => {
                        texts.push(text_of(&frame));
                    }
                    other => {
                        client.note(other);
                        break;
                    }
                }
            }
            let complete = texts.iter().collect::<BTreeSet<_>>() == all;
            let count = texts.len();
            let what = match &first {
                _ if !complete => format!("{count} texts, and not all of them"),
                None => format!("all {count}, in some order"),
                Some(order) if *order == texts => format!("all {count}, in the same order"),
                Some(_) => format!("all {count}, in another order"),
            };
            client.record(Entry::note(&client.from, what));
            first.get_or_insert(texts);
        }
    }
}

fn text_of(frame: &Frame) -> String {
    String::from_utf8_lossy(&frame.payload).into_owned()
}

/// A whole text of JSON without blanks; anything else as it is.
pub(super) fn compact(frame: Frame, bytes: Vec<u8>) -> Event {
    let plain = frame.fin && frame.rsv == 0 && !frame.masked && frame.opcode == opcode::TEXT;
    match serde_json::from_slice::<Value>(&frame.payload) {
        Ok(value) if plain => {
            let frame = Frame::text(value.to_string()).unmasked();
            let bytes = frame.encode([0; 4]);
            Event::Frame(frame, bytes)
        }
        _ => Event::Frame(frame, bytes),
    }
}
