//! Where things stand: the workbook's folder, its exercises and their proofs,
//! the oracles that were held against them.

mod exercise;
mod oracle;
mod proofs;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

pub use exercise::{Exercise, Step};
pub use oracle::Oracle;
pub use proofs::Proof;

/// A workbook on disk.
#[derive(Debug, Clone)]
pub struct House {
    root: PathBuf,
}

impl House {
    /// The workbook that `start` lies in: the nearest folder upwards that has
    /// a book and exercises.
    pub fn find(start: &Path) -> Result<House> {
        let is_root =
            |dir: &&Path| dir.join("book/book.toml").is_file() && dir.join("exercises").is_dir();
        let Some(root) = start.ancestors().find(is_root) else {
            bail!(
                "no workbook here: neither {} nor a folder above it has book/book.toml and exercises/",
                start.display()
            );
        };
        Ok(House {
            root: root.to_owned(),
        })
    }

    /// The workbook's own folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A path as messages show it: from the root, with `/` on every system.
    pub fn relative(&self, path: &Path) -> String {
        let path = path.strip_prefix(&self.root).unwrap_or(path);
        let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        parts.join("/")
    }

    /// All exercises, in the order of their numbers.
    pub fn exercises(&self) -> Result<Vec<Exercise>> {
        folders(&self.root.join("exercises"))?
            .iter()
            .filter(|dir| dir.join("Cargo.toml").is_file())
            .map(|dir| Exercise::read(dir).with_context(|| self.relative(&dir.join("Cargo.toml"))))
            .collect()
    }

    /// The exercise meant by `02`, `handshake`, `02-handshake` or a part of
    /// the name that no other exercise shares.
    pub fn exercise(&self, wanted: &str) -> Result<Exercise> {
        let mut exercises = self.exercises()?;
        let exact = |e: &Exercise| wanted == e.id || wanted == e.name || wanted == e.number();
        let found: Vec<usize> = match exercises.iter().position(exact) {
            Some(at) => vec![at],
            None => (0..exercises.len())
                .filter(|&at| !wanted.is_empty() && exercises[at].id.contains(wanted))
                .collect(),
        };
        match found[..] {
            [at] => Ok(exercises.swap_remove(at)),
            [] => bail!(
                "no exercise is called `{wanted}`; there are {}",
                ids(&exercises)
            ),
            _ => bail!(
                "`{wanted}` may mean {}",
                found
                    .iter()
                    .map(|&at| exercises[at].id.as_str())
                    .collect::<Vec<_>>()
                    .join(" or ")
            ),
        }
    }

    /// The independent implementations, in the order of their folders.
    pub fn oracles(&self) -> Result<Vec<Oracle>> {
        let dir = self.root.join("tests/oracles");
        if !dir.is_dir() {
            return Ok(Vec::new());
        }
        folders(&dir)?
            .iter()
            .map(|dir| dir.join("oracle.toml"))
            .filter(|file| file.is_file())
            .map(|file| {
                let name = self.relative(&file);
                Oracle::read(file).context(name)
            })
            .collect()
    }
}

fn ids(exercises: &[Exercise]) -> String {
    let ids: Vec<_> = exercises.iter().map(|e| e.id.as_str()).collect();
    ids.join(", ")
}

/// The folders in `dir`, sorted.
fn folders(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).with_context(|| dir.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
