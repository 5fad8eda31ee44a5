//! The known faults of a solution: `faults.toml`, for the chapter's "Break it".

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// A few lines of a solution, made wrong.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// `echoes-uploads`
    pub name: String,
    /// What the program then does, in a sentence.
    pub says: String,
    /// The file, from the solution's folder.
    pub file: String,
    /// What is there, exactly once.
    pub find: String,
    /// What stands there instead.
    pub replace: String,
    /// The proofs that die of it, every time.
    pub kills: Vec<String>,
    /// Those that die of it when the timing is right; no others do.
    #[serde(default)]
    pub may_kill: Vec<String>,
    /// The one whose failure is on record, for the page.
    pub shows: Option<String>,
}

impl Fault {
    /// The faults of a solution's folder, in the order written.
    pub fn all(solution: &Path) -> Result<Vec<Fault>> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Faults {
            #[serde(default)]
            fault: Vec<Fault>,
        }
        let file = solution.join("faults.toml");
        let read = || -> Result<Faults> { Ok(toml::from_str(&fs::read_to_string(&file)?)?) };
        Ok(read().with_context(|| file.display().to_string())?.fault)
    }

    /// The file's text with the fault in it.
    pub fn put_into(&self, source: &str) -> Result<String> {
        match source.matches(&self.find).count() {
            1 => Ok(source.replacen(&self.find, &self.replace, 1)),
            found => bail!(
                "fault {}: `find` must stand in {} once; it is there {found} times",
                self.name,
                self.file
            ),
        }
    }

    /// The proof whose failure shows it best.
    pub fn shown(&self) -> Option<&str> {
        self.shows
            .as_deref()
            .or(self.kills.first().map(String::as_str))
    }
}
