//! The independent implementations that the proofs were held against.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::Result;
use serde::Deserialize;

use super::Exercise;

/// An independent implementation and what it does otherwise.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oracle {
    /// Its file, for messages.
    #[serde(skip)]
    pub file: PathBuf,
    /// As printed: `ws`.
    pub name: String,
    /// `JavaScript`.
    pub language: String,
    /// The locked version.
    pub version: String,
    /// Exercise → command line.
    pub serves: BTreeMap<String, String>,
    /// Proofs that it is known not to pass.
    #[serde(default, rename = "deviation")]
    pub deviations: Vec<Deviation>,
}

/// One proof that an oracle does not pass, and why.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// The package: `handshake`.
    pub exercise: String,
    /// The proof's path.
    pub proof: String,
    /// What the oracle does instead.
    pub does: String,
    /// Where the rule stands.
    pub clause: String,
    /// One sentence.
    pub why: String,
}

impl Oracle {
    /// Reads an `oracle.toml`.
    pub fn read(file: PathBuf) -> Result<Oracle> {
        let oracle: Oracle = toml::from_str(&fs::read_to_string(&file)?)?;
        Ok(Oracle { file, ..oracle })
    }

    /// Whether it gives the transcript of this proof.
    pub fn gives(&self, exercise: &Exercise, proof: &str) -> bool {
        self.serves.contains_key(&exercise.name)
            && !self
                .deviations
                .iter()
                .any(|d| d.exercise == exercise.name && d.proof == proof)
    }
}
