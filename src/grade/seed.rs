//! What all random values of a class are drawn from.

use std::fs;
use std::path::Path;

use anyhow::Result;
use sha2::{Digest as _, Sha256};

use crate::progress;

/// Of this machine's own chance.
pub fn random() -> Result<u64> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok(u64::from_ne_bytes(bytes))
}

/// The class's seed: the one given; or the one of the earlier run; or a new one.
pub fn of(report: &Path, given: Option<u64>) -> Result<u64> {
    let file = report.join("seed");
    let kept = fs::read_to_string(&file).ok();
    let kept = kept.and_then(|text| text.trim().parse().ok());
    let seed = match given.or(kept) {
        Some(seed) => seed,
        None => random()?,
    };
    progress::write(&file, format!("{seed}\n").as_bytes())?;
    Ok(seed)
}

/// A student's own, for one exercise.
pub fn drawn(seed: u64, student: &str, exercise: &str) -> u64 {
    let digest = Sha256::digest(format!("{seed}/{student}/{exercise}"));
    digest[..4]
        .iter()
        .fold(0, |seed, byte| seed << 8 | u64::from(*byte))
}
