//! What a check lets be, and why: `.config/verify.toml`. An entry that lets
//! nothing be any more is a fault itself, so the list only gets shorter.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::scope::{line_where, text};
use crate::book::Faults;
use crate::house::House;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    exempt: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    check: String,
    place: String,
    why: String,
}

/// The exemptions of one check.
pub struct Exempt {
    file: PathBuf,
    name: String,
    entries: Vec<Entry>,
    used: Vec<bool>,
}

impl Exempt {
    /// Those of this check; a fault where one gives no reason.
    pub fn read(house: &House, check: &str, faults: &Faults) -> Result<Exempt> {
        let file = house.root().join(".config/verify.toml");
        let name = house.relative(&file);
        let all: File = toml::from_str(&text(&file)).with_context(|| name.clone())?;
        let mut entries = all.exempt;
        entries.retain(|entry| entry.check == check);
        let exempt = Exempt {
            used: vec![false; entries.len()],
            file,
            name,
            entries,
        };
        for entry in &exempt.entries {
            if entry.why.trim().is_empty() {
                let message = format!("`{}` is exempt without a `why`", entry.place);
                faults.add(&exempt.name, exempt.line(entry), message);
            }
        }
        Ok(exempt)
    }

    /// Whether this place is let be.
    pub fn lets_be(&mut self, place: &str) -> bool {
        let found = self.entries.iter().position(|entry| entry.place == place);
        if let Some(at) = found {
            self.used[at] = true;
        }
        found.is_some()
    }

    /// Entries that nothing needs.
    pub fn report_unused(&self, faults: &Faults) {
        for (entry, used) in self.entries.iter().zip(&self.used) {
            if !used {
                let message = format!("`{}` needs no exemption; remove it", entry.place);
                faults.add(&self.name, self.line(entry), message);
            }
        }
    }

    fn line(&self, entry: &Entry) -> usize {
        let place = format!("\"{}\"", entry.place);
        line_where(&text(&self.file), |line| line.contains(&place))
    }
}
