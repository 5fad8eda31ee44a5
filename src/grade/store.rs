//! What is known already: verdicts by what they are about.
//!
//! A verdict's name is a digest of everything that decides it: the student, the
//! sources, the pristine crate, the proofs, the limits, the sandbox. So a class
//! that was interrupted goes on where it was, and a rerun grades what changed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

use super::compile::Sources;
use super::verdict::Verdict;
use crate::progress;

/// The folder of verdicts in a report.
pub struct Store(PathBuf);

/// A verdict's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// Of one student's sources of one exercise, graded so (`how`).
    pub fn of(how: &str, student: &str, exercise: &str, sources: &Sources) -> Key {
        let mut digest = Sha256::new();
        let mut take = |bytes: &[u8]| {
            digest.update((bytes.len() as u64).to_be_bytes());
            digest.update(bytes);
        };
        take(how.as_bytes());
        take(student.as_bytes());
        take(exercise.as_bytes());
        for (name, bytes) in sources {
            take(name.as_bytes());
            take(bytes);
        }
        let digest = digest.finalize();
        Key(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl Store {
    /// The one of this report.
    pub fn of(report: &Path) -> Store {
        Store(report.join("verdicts"))
    }

    fn file(&self, key: &Key) -> PathBuf {
        self.0.join(&key.0[..2]).join(format!("{}.json", key.0))
    }

    /// What is known; a file that can't be read is not known.
    pub fn get(&self, key: &Key) -> Option<Verdict> {
        serde_json::from_slice(&fs::read(self.file(key)).ok()?).ok()
    }

    /// Keeps a verdict, whole or not at all.
    pub fn put(&self, key: &Key, verdict: &Verdict) -> Result<()> {
        progress::write(&self.file(key), &serde_json::to_vec(verdict)?)
    }

    /// Forgets one.
    pub fn forget(&self, key: &Key) -> Result<()> {
        match fs::remove_file(self.file(key)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).context("an old verdict stays")
            }
            _ => Ok(()),
        }
    }
}
