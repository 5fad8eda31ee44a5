//! Bytes that are no HTTP: lines where they are lines, else as they came.

use super::Event;

/// A line longer than this is shown in parts.
const MOST_LINE: usize = 64 * 1024;

/// What is known of the line under way.
#[derive(Debug, Default)]
pub struct Lines {
    begun: Vec<u8>,
}

impl Lines {
    /// Takes in all of the input. Returns the lines that are whole.
    pub fn take(&mut self, input: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        for part in input.split_inclusive(|byte| *byte == b'\n') {
            self.begun.extend_from_slice(part);
            if part.ends_with(b"\n") || self.begun.len() > MOST_LINE {
                events.extend(self.rest());
            }
        }
        events
    }

    /// What has begun, be it a whole line or not.
    pub fn rest(&mut self) -> Option<Event> {
        let begun = std::mem::take(&mut self.begun);
        match begun.strip_suffix(b"\n") {
            _ if begun.is_empty() => None,
            Some(line) if std::str::from_utf8(line).is_ok() => Some(Event::Line(line.to_vec())),
            _ => Some(Event::Bytes(begun)),
        }
    }
}
