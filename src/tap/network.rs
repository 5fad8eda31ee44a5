//! A bad network: what it does to one connection, and when.

use std::num::NonZeroU32;
use std::time::Duration;

/// How bad it is.
#[derive(Debug, Clone, Default)]
pub struct Network {
    /// Nothing passes any more once so many frames have.
    pub freeze_after: Option<u64>,
    /// The connection is closed once so many frames have passed.
    pub cut_after: Option<u64>,
    /// Bytes a second, each way.
    pub trickle: Option<NonZeroU32>,
    /// How long everything is under way, each way.
    pub latency: Option<Duration>,
}

/// What strikes a connection.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Strike {
    /// It stays open, and nothing passes.
    Freeze,
    /// Both ends of it are closed.
    Cut,
}

impl Network {
    /// What strikes now that so many frames have passed, both ways together;
    /// none: the upgrade has.
    pub fn strike(&self, frames: u64) -> Option<Strike> {
        match Some(frames) {
            now if now == self.freeze_after => Some(Strike::Freeze),
            now if now == self.cut_after => Some(Strike::Cut),
            _ => None,
        }
    }

    /// The pieces that bytes are written in, and the pause behind each.
    pub fn pieces(&self) -> Option<(usize, Duration)> {
        /// Short enough to look like a stream, long enough to be kept.
        const PAUSE: Duration = Duration::from_millis(50);
        let rate = self.trickle?.get();
        let piece = (f64::from(rate) * PAUSE.as_secs_f64()).ceil();
        Some((
            piece as usize,
            Duration::from_secs_f64(piece / f64::from(rate)),
        ))
    }

    /// What there is to say when a connection begins.
    pub fn forecast(&self) -> Option<String> {
        let trickle = self
            .trickle
            .map(|rate| format!("{rate} bytes a second pass, each way"));
        let latency = self
            .latency
            .map(|late| format!("everything is {} ms late, each way", late.as_millis()));
        let all: Vec<_> = [trickle, latency].into_iter().flatten().collect();
        (!all.is_empty()).then(|| all.join("; "))
    }
}
