//! Records on disk: what the reports of several machines are joined from.

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};

use super::record::Record;
use crate::progress;

/// A record, with what its programs ran in.
#[derive(Serialize, Deserialize)]
pub struct Filed<'a> {
    pub sandbox: Cow<'a, str>,
    pub record: Cow<'a, Record>,
}

impl Filed<'_> {
    /// Of a record at hand.
    pub fn of<'a>(sandbox: &'a str, record: &'a Record) -> Filed<'a> {
        Filed {
            sandbox: Cow::Borrowed(sandbox),
            record: Cow::Borrowed(record),
        }
    }

    /// Files it in this report.
    pub fn write(&self, report: &Path) -> Result<()> {
        let name = format!("{}.json", self.record.folder());
        let file = report.join("records").join(name);
        progress::write(&file, &serde_json::to_vec(self)?)
    }
}

/// All that were filed in this report.
pub fn read(report: &Path) -> Result<Vec<Filed<'static>>> {
    let folder = report.join("records");
    let entries = fs::read_dir(&folder)
        .with_context(|| format!("{} is no report: it has no records", report.display()))?;
    let mut found = Vec::new();
    for entry in entries {
        let file = entry?.path();
        let read = || -> Result<Filed> { Ok(serde_json::from_slice(&fs::read(&file)?)?) };
        found.push(read().with_context(|| file.display().to_string())?);
    }
    ensure!(!found.is_empty(), "{} holds nobody", folder.display());
    Ok(found)
}
