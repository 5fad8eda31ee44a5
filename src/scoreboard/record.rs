//! What was measured last, as the book prints it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::probes;
use super::servers::Server;
use crate::house::House;

/// Where it is.
pub const FILE: &str = "tests/scoreboard/record.toml";

const HEADER: &str = "\
# What each server answers to each probe, and with which version.
# Written by `cargo workbook scoreboard --record`; printed in book/src/scoreboard.md.

";

/// The whole board.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// By the server's name.
    pub servers: BTreeMap<String, Measured>,
    /// Probe → server → answer.
    pub probes: BTreeMap<String, BTreeMap<String, String>>,
}

/// What was measured.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// The locked version.
    pub version: String,
    /// What ran it: `Node 20.20.2`. Another one is no difference by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
}

impl Record {
    /// Reads it.
    pub fn read(house: &House) -> Result<Record> {
        let text = fs::read_to_string(house.root().join(FILE)).context(FILE)?;
        toml::from_str(&text).context(FILE)
    }

    /// Writes it.
    pub fn write(&self, house: &House) -> Result<()> {
        let text = format!("{HEADER}{}", toml::to_string(self)?);
        fs::write(house.root().join(FILE), text).context(FILE)
    }

    /// What is on record and no longer so, or not yet: a line each. Only the
    /// names and the locks are looked at; nothing is measured.
    pub fn stale(&self, house: &House, servers: &[Server]) -> Result<Vec<String>> {
        let mut stale = Vec::new();
        for server in servers {
            let locked = server.version(house)?;
            let measured = self.servers.get(&server.name);
            let measured = measured.map_or("nothing", |m| &m.version);
            if measured != locked {
                stale.push(format!(
                    "{} {locked} is locked, {measured} on record",
                    server.name
                ));
            }
        }
        let cells = |probe: &str| -> BTreeSet<&str> {
            let row = self.probes.get(probe).into_iter().flatten();
            row.map(|(server, _)| server.as_str()).collect()
        };
        let columns: BTreeSet<&str> = servers.iter().map(|s| s.name.as_str()).collect();
        for probe in probes::all() {
            if cells(probe.id) != columns {
                stale.push(format!("not every server answers `{}`", probe.id));
            }
        }
        for id in self.probes.keys() {
            if !probes::all().any(|probe| probe.id == id) {
                stale.push(format!("there is no probe `{id}`"));
            }
        }
        Ok(stale)
    }

    /// The answer on record.
    pub fn word(&self, probe: &str, server: &str) -> Option<&str> {
        Some(self.probes.get(probe)?.get(server)?)
    }
}
