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

    /// So many more texts arrive, and are not written down: they wait for
    /// [`in_one_order`](Client::in_one_order).
    pub fn texts(&mut self, count: usize) -> &mut Client {
        let end = self.texts.len() + count;
        while self.texts.len() < end {
            match self.awaited() {
                Some(Event::Frame(frame, _)) if frame.opcode == opcode::TEXT => {
                    self.texts.push(text_of(&frame));
                }
                other => {
                    self.note(other);
                    break;
                }
            }
        }
        self
    }

    /// The [`texts`](Client::texts) that have arrived.
    pub fn told(&self) -> &[String] {
        &self.texts
    }

    /// Each of these clients has been told the same [`texts`](Client::texts),
    /// `all` of them and no others, in one and the same order. That differs from
    /// run to run, and is not shown; it is handed back.
    pub fn in_one_order(clients: &mut [&mut Client], all: &[String]) -> Vec<String> {
        let all = all.iter().collect::<BTreeSet<_>>();
        let mut first = None;
        for client in clients {
            let texts = std::mem::take(&mut client.texts);
            let (count, told) = (texts.len(), texts.iter().collect::<BTreeSet<_>>());
            let what = match &first {
                _ if count != all.len() || told != all => {
                    format!("{count} texts, and not each of the {} once", all.len())
                }
                None => format!("all {count}, in some order"),
                Some(order) if *order == texts => format!("all {count}, in the same order"),
                Some(_) => format!("all {count}, in another order"),
            };
            client.record(Entry::note(&client.from, what));
            first.get_or_insert(texts);
        }
        first.unwrap_or_default()
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
