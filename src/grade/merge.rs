//! `grade merge`: the reports of several machines, as one.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Result, ensure};

use super::class::Class;
use super::record::Record;
use super::{filed, publish};
use crate::help;
use crate::house::House;
use crate::outcome::Outcome;

/// Joins the reports of shards, or of anything else that was graded apart.
///
/// Nothing is graded again: records are read, and the reports made anew of all of them.
#[derive(clap::Args)]
#[command(after_long_help = help::after("something is not graded: it was interrupted, or refused", &[
    ("cargo workbook grade merge shard-1 shard-2 --out report --class class.toml", "Two shards of a class."),
]))]
pub struct Args {
    /// The reports to join.
    #[arg(value_name = "REPORT", required = true)]
    reports: Vec<PathBuf>,
    /// Where the whole goes.
    #[arg(long, value_name = "REPORT")]
    out: PathBuf,
    /// What counts, how much, and until when: the same as for the shards.
    #[arg(long, value_name = "FILE")]
    class: Option<PathBuf>,
    /// Names nobody on the pages.
    #[arg(long)]
    anonymous: bool,
}

/// Runs the command.
pub fn run(house: &House, args: &Args) -> Result<Outcome> {
    let class = Class::read(house, args.class.as_deref())?;
    let exercises = class.exercises(house)?;
    let mut records: BTreeMap<String, Record> = BTreeMap::new();
    let mut sandboxes: Vec<String> = Vec::new();
    for report in &args.reports {
        for filed in filed::read(report)? {
            let id = filed.record.id.clone();
            ensure!(
                records
                    .insert(id.clone(), filed.record.into_owned())
                    .is_none(),
                "{id} is in two of these reports"
            );
            if sandboxes.iter().all(|known| *known != filed.sandbox) {
                sandboxes.push(filed.sandbox.into_owned());
            }
        }
    }
    // The weakest is named first: every report begins with it.
    sandboxes.sort_by_key(|sandbox| !sandbox.starts_with("none"));
    let report = std::path::absolute(&args.out)?;
    publish::publish(
        house,
        &class,
        &exercises,
        &sandboxes.join("; elsewhere "),
        records.into_values().collect(),
        args.anonymous,
        &report,
    )
}

/// `2/3`: the second of three shards.
#[derive(Debug, Clone, Copy)]
pub struct Shard {
    nth: usize,
    of: usize,
}

impl Shard {
    /// Whether the student of this number is of this shard.
    pub fn has(self, nth: usize) -> bool {
        nth % self.of == self.nth - 1
    }
}

impl std::str::FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let parts = text.split_once('/');
        let parts = parts.and_then(|(nth, of)| Some((nth.parse().ok()?, of.parse().ok()?)));
        match parts {
            Some((nth, of)) if (1..=of).contains(&nth) => Ok(Shard { nth, of }),
            _ => Err("a shard is K/N, such as 1/3".to_owned()),
        }
    }
}
