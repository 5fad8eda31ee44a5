//! Where things stand: the workbook's folder, its exercises and their proofs,
//! the oracles that were held against them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

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
                let text = fs::read_to_string(&file)?;
                let mut oracle: Oracle =
                    toml::from_str(&text).with_context(|| self.relative(&file))?;
                oracle.file = file;
                Ok(oracle)
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
    #[allow(dead_code, reason = "`list` will print it")]
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

impl Exercise {
    fn read(dir: &Path) -> Result<Exercise> {
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

    /// Where its proofs are written.
    pub fn proofs_file(&self) -> PathBuf {
        self.dir.join("tests/proof.rs")
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
        Ok(find_proofs(&text))
    }
}

/// One proof: a test in `tests/proof.rs`.
#[derive(Debug, Clone, PartialEq)]
pub struct Proof {
    /// `step_2_answer::strict::names_the_allowed_method`, as the test is listed.
    pub path: String,
    /// Its documentation: what it shows.
    pub shows: String,
    /// The line of its `fn`, from 1.
    pub line: usize,
}

impl Proof {
    /// The module of its step.
    pub fn step(&self) -> &str {
        self.path.split("::").next().unwrap_or_default()
    }

    /// The test's own name.
    pub fn test(&self) -> &str {
        self.path.rsplit("::").next().unwrap_or_default()
    }

    /// Whether it stands in a `strict` module.
    pub fn strict(&self) -> bool {
        self.path.split("::").any(|part| part == "strict")
    }

    /// The name of its snapshot, without an ending.
    pub fn snapshot(&self) -> String {
        self.path.replace("::", "__")
    }
}

/// Reads the tests off a file of proofs. It is formatted by rustfmt, so a
/// module ends at the first `}` that is indented as far as its `mod`.
fn find_proofs(text: &str) -> Vec<Proof> {
    let mut modules: Vec<(usize, &str)> = Vec::new();
    let mut docs: Vec<&str> = Vec::new();
    let mut is_test = false;
    let mut proofs = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let code = line.trim_start();
        let indent = line.len() - code.len();
        if let Some(doc) = code.strip_prefix("///") {
            docs.push(doc.trim());
        } else if code == "#[test]" {
            is_test = true;
        } else if code.starts_with("#[") {
            // Another attribute: documentation and `#[test]` still count.
        } else if let Some(name) = code.strip_prefix("mod ").and_then(|m| m.strip_suffix(" {")) {
            modules.push((indent, name));
            docs.clear();
        } else if let Some((name, _)) = code.strip_prefix("fn ").and_then(|f| f.split_once('(')) {
            if is_test {
                let parts = modules.iter().map(|(_, module)| *module).chain([name]);
                proofs.push(Proof {
                    path: parts.collect::<Vec<_>>().join("::"),
                    shows: docs.join(" "),
                    line: at + 1,
                });
            }
            is_test = false;
            docs.clear();
        } else {
            if code == "}" && modules.last().is_some_and(|(at, _)| *at == indent) {
                modules.pop();
            }
            docs.clear();
        }
    }
    proofs
}

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
    /// Whether it gives the transcript of this proof.
    pub fn gives(&self, exercise: &Exercise, proof: &str) -> bool {
        self.serves.contains_key(&exercise.name)
            && !self
                .deviations
                .iter()
                .any(|d| d.exercise == exercise.name && d.proof == proof)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proofs_are_found_with_their_modules_and_documentation() {
        let text = "\
use proof::prove;

/// Not a proof.
fn helper(x: u8) {
    if x > 1 {
        mend();
    }
}

mod step_1_key {
    use super::*;

    /// The key of the RFC
    /// gives its accept value.
    #[test]
    fn the_sample() {
        let program = subject!();
    }

    mod strict {
        use super::*;

        #[test]
        #[cfg(unix)]
        fn undocumented() {}
    }

    /// After the strict ones.
    #[test]
    fn last() {}
}
";
        let found: Vec<_> = find_proofs(text)
            .into_iter()
            .map(|p| (p.line, p.path, p.shows))
            .collect();
        let want = [
            (
                16,
                "step_1_key::the_sample",
                "The key of the RFC gives its accept value.",
            ),
            (25, "step_1_key::strict::undocumented", ""),
            (30, "step_1_key::last", "After the strict ones."),
        ];
        assert_eq!(
            found,
            want.map(|(line, path, shows)| (line, path.to_owned(), shows.to_owned()))
        );
    }
}
