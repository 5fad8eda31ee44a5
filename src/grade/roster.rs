//! The roster: who is in the class. A CSV file with a heading; `id` is needed,
//! `name`, `email` and `extension` (a later deadline) are read if they are there.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::when;

/// A student of the roster.
#[derive(Debug, Clone, Default)]
pub struct Listed {
    pub name: String,
    pub email: String,
    /// Until when this one is in time, in seconds since 1970.
    pub extension: Option<i64>,
}

/// By id.
pub type Roster = BTreeMap<String, Listed>;

/// Reads a roster.
pub fn read(file: &Path) -> Result<Roster> {
    let in_file = || file.display().to_string();
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .from_path(file)
        .with_context(in_file)?;
    let heads = reader.headers().with_context(in_file)?.clone();
    let column = |name: &str| {
        let is_it = |head: &str| {
            head.trim_start_matches('\u{feff}')
                .eq_ignore_ascii_case(name)
        };
        heads.iter().position(is_it)
    };
    let id = column("id")
        .with_context(|| format!("{}: its first line names no column `id`", file.display()))?;
    let (name, email, extension) = (column("name"), column("email"), column("extension"));
    let mut roster = Roster::new();
    for (nth, row) in reader.records().enumerate() {
        let line = || format!("{}, line {}", file.display(), nth + 2);
        let row = row.with_context(line)?;
        let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).unwrap_or_default().to_owned();
        let who = cell(Some(id));
        ensure!(!who.is_empty(), "{}: a student without an id", line());
        let until = cell(extension);
        let listed = Listed {
            name: cell(name),
            email: cell(email),
            extension: match until.is_empty() {
                true => None,
                false => Some(when::parse(&until).with_context(line)?),
            },
        };
        let twice = roster.insert(who.clone(), listed).is_some();
        ensure!(!twice, "{}: {who} is listed twice", line());
    }
    Ok(roster)
}
