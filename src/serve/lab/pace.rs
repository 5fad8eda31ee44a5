//! How much of a flood is passed on to a page: what is left out is counted.

use std::time::Duration;

/// How long a count lasts.
pub const SPAN: Duration = Duration::from_millis(250);
/// Entries that are shown in that time.
const SHOWN: u32 = 12;
/// Entries that are looked at in that time; then the two ends have to wait.
const SEEN: u32 = 2500;

/// What happened in this span.
#[derive(Default)]
pub struct Pace {
    shown: u32,
    seen: u32,
    skipped: u64,
}

impl Pace {
    /// Whether one more may be looked at.
    pub fn is_open(&self) -> bool {
        self.seen < SEEN
    }

    /// One more; whether it is shown.
    pub fn shows(&mut self) -> bool {
        self.seen += 1;
        let shows = self.shown < SHOWN;
        match shows {
            true => self.shown += 1,
            false => self.skipped += 1,
        }
        shows
    }

    /// How many were not shown since this was asked last.
    pub fn skipped(&mut self) -> u64 {
        std::mem::take(&mut self.skipped)
    }

    /// The next span.
    pub fn next(&mut self) {
        (self.shown, self.seen) = (0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_a_count_and_has_to_wait() {
        let mut pace = Pace::default();
        let mut shown = 0;
        while pace.is_open() {
            shown += u32::from(pace.shows());
        }
        assert_eq!(shown, SHOWN);
        assert_eq!(pace.skipped(), u64::from(SEEN - SHOWN));
        assert_eq!(pace.skipped(), 0);
        pace.next();
        assert!(pace.is_open() && pace.shows());
    }
}
