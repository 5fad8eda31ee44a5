//! What is looked at: the chapters, and all that belongs to each.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::book::{Faults, Recording};
use crate::house::{Exercise, House, Proof};

/// The workbook as the checks see it.
pub struct Scope {
    /// Where it stands.
    pub house: House,
    /// Every chapter that can be read.
    pub chapters: Vec<Chapter>,
    /// The names of all, whether they can be read or not.
    ids: Vec<String>,
}

/// One chapter: its exercise, and what was read of it.
pub struct Chapter {
    /// Its exercise.
    pub exercise: Exercise,
    /// The proofs, in the order written.
    pub proofs: Vec<Proof>,
    /// What is on record of each; `None` if it can't be read: the book says so.
    recordings: Vec<Option<Recording>>,
    /// The solution's folder.
    pub solution: PathBuf,
    /// Whether it was asked for: only then is anything of it built or run.
    pub asked: bool,
}

impl Scope {
    /// Reads the chapters. One that can't be read is a fault, and is left out.
    pub fn read(house: &House, names: &[String], faults: &Faults) -> Result<Scope> {
        let (mut chapters, mut ids) = (Vec::new(), Vec::new());
        for dir in house.exercise_dirs()? {
            ids.extend(dir.file_name().map(|id| id.to_string_lossy().into_owned()));
            let exercise = match Exercise::read(&dir) {
                Ok(exercise) => exercise,
                Err(error) => {
                    let file = dir.join("Cargo.toml");
                    faults.add(house.relative(&file), line_of(&error), reason(&error));
                    continue;
                }
            };
            match exercise.proofs() {
                Ok(proofs) => chapters.push(Chapter {
                    recordings: proofs
                        .iter()
                        .map(|proof| record(&exercise, proof))
                        .collect(),
                    solution: house.root().join("solutions").join(&exercise.id),
                    asked: names.is_empty(),
                    proofs,
                    exercise,
                }),
                Err(_) => faults.add(
                    house.relative(&exercise.proofs_file()),
                    1,
                    "there are no proofs; a chapter is at least one",
                ),
            }
        }
        for name in names {
            let wanted = house.exercise(name)?.id;
            for chapter in &mut chapters {
                chapter.asked |= chapter.exercise.id == wanted;
            }
        }
        Ok(Scope {
            house: house.clone(),
            chapters,
            ids,
        })
    }

    /// Those that were asked for.
    pub fn asked(&self) -> impl Iterator<Item = &Chapter> {
        self.chapters.iter().filter(|chapter| chapter.asked)
    }

    /// Whether all were asked for.
    pub fn is_whole(&self) -> bool {
        self.chapters.iter().all(|chapter| chapter.asked)
    }

    /// A path as messages show it.
    pub fn relative(&self, path: &Path) -> String {
        self.house.relative(path)
    }

    /// The chapter that a file belongs to, by the name that all its files share.
    pub fn chapter_of(&self, file: &str) -> Option<&str> {
        let belongs = |id: &&String| {
            let stems = [".md", ".toml"];
            file.split('/').any(|part| {
                let stem = stems.iter().find_map(|ending| part.strip_suffix(ending));
                stem.unwrap_or(part) == *id
            })
        };
        self.ids.iter().find(belongs).map(String::as_str)
    }

    /// Whether a chapter was asked for, or one is as good as any.
    pub fn is_asked(&self, id: &str) -> bool {
        self.is_whole() || self.asked().any(|chapter| chapter.exercise.id == id)
    }
}

impl Chapter {
    /// The proofs, each with what is on record of it.
    pub fn recordings(&self) -> impl Iterator<Item = (&Proof, &Recording)> {
        let pairs = self.proofs.iter().zip(&self.recordings);
        pairs.filter_map(|(proof, recording)| Some((proof, recording.as_ref()?)))
    }
}

fn record(exercise: &Exercise, proof: &Proof) -> Option<Recording> {
    let name = format!("{}.snap", proof.snapshot());
    Recording::read(&exercise.snapshots_dir().join(name)).ok()
}

/// The line of a manifest that an error is about.
fn line_of(error: &anyhow::Error) -> usize {
    let text = format!("{error:#}");
    let number = text.split_once("at line ").map(|(_, rest)| rest);
    number
        .and_then(|rest| rest.split(',').next()?.parse().ok())
        .unwrap_or(1)
}

/// Its last words, which say what is wrong.
fn reason(error: &anyhow::Error) -> String {
    let text = format!("{error:#}");
    let last = text.lines().rfind(|line| !line.trim().is_empty());
    format!(
        "it can't be read: {}",
        last.unwrap_or("no reason given").trim()
    )
}

/// A file's text; empty if there is none.
pub fn text(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_default()
}

/// The first line (from 1) for which this holds, or line 1.
pub fn line_where(text: &str, is_meant: impl Fn(&str) -> bool) -> usize {
    text.lines().position(is_meant).map_or(1, |at| at + 1)
}
