//! How long a proof waits. Each bound can be set by a variable of its name, in
//! milliseconds: the proofs' own tests do, a loaded machine may.

use std::time::Duration;

/// For a program to say where it listens, or to end: `PROOF_STARTUP_MS`.
pub fn startup() -> Duration {
    millis("PROOF_STARTUP_MS", 10_000)
}

/// For one event, however many reads it takes: `PROOF_PATIENCE_MS`.
pub fn patience() -> Duration {
    millis("PROOF_PATIENCE_MS", 3_000)
}

/// For a subject that is to stop reading, and has: `PROOF_STALL_MS`.
pub fn stall() -> Duration {
    millis("PROOF_STALL_MS", 1_000)
}

/// For one proof, all told: `PROOF_WHOLE_MS`.
pub fn whole() -> Duration {
    millis("PROOF_WHOLE_MS", 30_000)
}

fn millis(name: &str, default: u64) -> Duration {
    let set = std::env::var(name).ok().and_then(|v| v.parse().ok());
    Duration::from_millis(set.unwrap_or(default))
}
