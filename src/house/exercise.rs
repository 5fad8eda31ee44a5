//! An exercise, as its manifest describes it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::named::{self, Named};
use super::proofs::{self, Proof};

/// An exercise: its crate's metadata and its proofs.
#[derive(Debug, Clone)]
pub struct Exercise {
    /// `02-handshake`: the name that chapter, exercise, solution and quiz share.
    pub id: String,
    /// `handshake`: the package.
    pub name: String,
    /// Its folder.
    pub dir: PathBuf,
    /// From the manifest.
    pub about: About,
}

/// `[package.metadata.workbook]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// What the exercise is called in sentences.
    pub title: String,
    /// How long the core steps take a newcomer.
    pub minutes: u32,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// A step of an exercise: a module of its proofs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The module's name: `step_1_accept_key`.
    pub id: String,
    /// What is built in it.
    pub title: String,
    /// Points for its core proofs.
    pub points: u32,
    /// Points for its strict proofs.
    #[serde(default)]
    pub strict_points: u32,
}

impl Step {
    /// `1`.
    pub fn number(&self) -> &str {
        self.named().number
    }

    /// What it may be called by.
    fn named(&self) -> Named<'_> {
        let rest = self.id.strip_prefix("step_").unwrap_or(&self.id);
        let (number, name) = rest.split_once('_').unwrap_or((rest, rest));
        Named {
            id: &self.id,
            number,
            name,
        }
    }
}

impl Exercise {
    /// Reads the manifest in `dir`.
    pub fn read(dir: &Path) -> Result<Exercise> {
        #[derive(Deserialize)]
        struct Manifest {
            package: Package,
        }
        #[derive(Deserialize)]
        struct Package {
            name: String,
            metadata: Metadata,
        }
        #[derive(Deserialize)]
        struct Metadata {
            workbook: About,
        }
        let manifest: Manifest = toml::from_str(&fs::read_to_string(dir.join("Cargo.toml"))?)?;
        Ok(Exercise {
            id: dir
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            name: manifest.package.name,
            dir: dir.to_owned(),
            about: manifest.package.metadata.workbook,
        })
    }

    /// `02`.
    pub fn number(&self) -> &str {
        self.id
            .split_once('-')
            .map_or(&self.id, |(number, _)| number)
    }

    /// `handshake-solution`: the package that solves it.
    pub fn solution(&self) -> String {
        format!("{}-solution", self.name)
    }

    /// What it may be called by.
    pub(super) fn named(&self) -> Named<'_> {
        Named {
            id: &self.id,
            number: self.number(),
            name: &self.name,
        }
    }

    /// The step meant by `2`, `accept_key`, `step_2`, `step_2_accept_key`, or
    /// a part of the name that no other step shares.
    pub fn step(&self, wanted: &str) -> Result<&Step> {
        let all: Vec<_> = self.about.steps.iter().map(Step::named).collect();
        let what = format!("step of {}", self.name);
        let word = wanted
            .trim_start_matches("step")
            .trim_start_matches(['_', '-', ' ']);
        Ok(&self.about.steps[named::find(&what, word, &all)?])
    }

    /// Where its proofs are written.
    pub fn proofs_file(&self) -> PathBuf {
        self.dir.join("tests/proof.rs")
    }

    /// Where its hints are.
    pub fn hints_file(&self) -> PathBuf {
        self.dir.join("hints.md")
    }

    /// Where its snapshots are.
    pub fn snapshots_dir(&self) -> PathBuf {
        self.dir.join("tests/snapshots")
    }

    /// Its proofs, in the order written.
    pub fn proofs(&self) -> Result<Vec<Proof>> {
        let file = self.proofs_file();
        let text = fs::read_to_string(&file)
            .with_context(|| format!("{} can't be read", file.display()))?;
        Ok(proofs::find(&text))
    }

    /// Those that have this in their name.
    pub fn proofs_with(&self, part: &str) -> Result<Vec<Proof>> {
        let mut all = self.proofs()?;
        if !all.iter().any(|proof| proof.path.contains(part)) {
            let named = all.iter().map(|proof| Named {
                id: &proof.path,
                number: "",
                name: proof.test(),
            });
            let name = &self.name;
            match named::nearest(part, &named.collect::<Vec<_>>()) {
                Some(near) => {
                    bail!("no proof of {name} is called `{part}`; did you mean `{near}`?")
                }
                None => {
                    let paths = all.iter().map(|proof| format!("\n  {}", proof.path));
                    bail!(
                        "no proof of {name} has `{part}` in its name; there are{}",
                        paths.collect::<String>()
                    )
                }
            }
        }
        all.retain(|proof| proof.path.contains(part));
        Ok(all)
    }
}
