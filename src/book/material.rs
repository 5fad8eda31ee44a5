//! What the pages are made of besides their text: exercises with their proofs
//! and recordings, oracles, questions. Reading it checks it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::fault::Faults;
use super::paths::{ends_in, files_in};
use super::quiz::Quiz;
use super::recording::Recording;
use crate::house::{Exercise, House, Oracle, Proof};

/// Everything the widgets of the pages draw on.
pub struct Material {
    /// Where it was read.
    pub house: House,
    /// Each exercise with its proofs.
    pub exercises: Vec<(Exercise, Vec<Proof>)>,
    /// All oracles.
    pub oracles: Vec<Oracle>,
    /// One quiz a chapter, where there is one.
    pub quizzes: Vec<Quiz>,
}

impl Material {
    /// Reads all of it.
    pub fn read(house: &House, faults: &Faults) -> Result<Material> {
        let mut exercises = Vec::new();
        for exercise in house.exercises()? {
            let proofs = exercise.proofs()?;
            check_exercise(house, &exercise, &proofs, faults);
            exercises.push((exercise, proofs));
        }
        let oracles = house.oracles()?;
        for oracle in &oracles {
            check_oracle(house, oracle, &exercises, faults);
        }
        Ok(Material {
            quizzes: quizzes(house, faults)?,
            house: house.clone(),
            exercises,
            oracles,
        })
    }

    /// The exercise with this folder's name, and its proofs.
    pub fn exercise(&self, id: &str) -> Option<&(Exercise, Vec<Proof>)> {
        self.exercises.iter().find(|(e, _)| e.id == id)
    }

    /// The quiz of a chapter.
    pub fn quiz(&self, chapter: &str) -> Option<&Quiz> {
        self.quizzes.iter().find(|quiz| quiz.chapter == chapter)
    }

    /// The proofs that have a snapshot: exercise and snapshot's name.
    pub fn snapshots(&self) -> Vec<(&Exercise, String)> {
        let mut found = Vec::new();
        for (exercise, proofs) in &self.exercises {
            let recorded = recorded(exercise, ".snap");
            let names = proofs.iter().map(Proof::snapshot);
            let names = names.filter(|name| recorded.contains(name));
            found.extend(names.map(|name| (exercise, name)));
        }
        found
    }

    /// A proof's recording; a fault if it can't be read.
    pub fn recording(&self, exercise: &Exercise, name: &str, faults: &Faults) -> Option<Recording> {
        let snap = exercise.snapshots_dir().join(format!("{name}.snap"));
        Recording::read(&snap)
            .map_err(|unreadable| {
                let file = match unreadable.in_bytes_file {
                    true => snap.with_extension("bytes.jsonl"),
                    false => snap,
                };
                faults.add(
                    self.house.relative(&file),
                    unreadable.line,
                    format!(
                        "{}; `{}` records it anew",
                        unreadable.message,
                        accept(exercise)
                    ),
                );
            })
            .ok()
    }
}

fn accept(exercise: &Exercise) -> String {
    format!("cargo workbook accept {}", exercise.name)
}

/// The names of an exercise's snapshot files with this ending, without it.
fn recorded(exercise: &Exercise, ending: &str) -> BTreeSet<String> {
    let Ok(files) = fs::read_dir(exercise.snapshots_dir()) else {
        return BTreeSet::new();
    };
    files
        .filter_map(|file| file.ok()?.file_name().into_string().ok())
        .filter_map(|name| Some(name.strip_suffix(ending)?.to_owned()))
        .collect()
}

fn check_exercise(house: &House, exercise: &Exercise, proofs: &[Proof], faults: &Faults) {
    let names: BTreeSet<String> = proofs.iter().map(Proof::snapshot).collect();
    let snaps = recorded(exercise, ".snap");
    for ending in [".snap", ".bytes.jsonl"] {
        for name in recorded(exercise, ending).difference(&names) {
            let file = exercise.snapshots_dir().join(format!("{name}{ending}"));
            faults.add(
                house.relative(&file),
                1,
                format!(
                    "no test has this name; `{}` removes the file",
                    accept(exercise)
                ),
            );
        }
    }
    let source = house.relative(&exercise.proofs_file());
    let none = snaps.is_empty() && !proofs.is_empty();
    if none {
        let message = format!(
            "no snapshot is on record; `{}` records them",
            accept(exercise)
        );
        faults.add(&source, 1, message);
    }
    for proof in proofs {
        let path = &proof.path;
        if !none && !snaps.contains(&proof.snapshot()) {
            let message = format!(
                "`{path}` has no snapshot; `{}` records it",
                accept(exercise)
            );
            faults.add(&source, proof.line, message);
        }
        if proof.shows.is_empty() {
            faults.add(
                &source,
                proof.line,
                format!("`{path}` doesn't say what it shows"),
            );
        }
        if !exercise
            .about
            .steps
            .iter()
            .any(|step| step.id == proof.step())
        {
            let message = format!("`{path}` is in no step that Cargo.toml lists");
            faults.add(&source, proof.line, message);
        }
    }
}

fn check_oracle(
    house: &House,
    oracle: &Oracle,
    exercises: &[(Exercise, Vec<Proof>)],
    faults: &Faults,
) {
    let proofs_of = |name: &str| {
        let found = exercises.iter().find(|(exercise, _)| exercise.name == name);
        found.map(|(_, proofs)| proofs)
    };
    let add = |needle: &str, message: String| {
        let line = first_line_with(&oracle.file, needle);
        faults.add(house.relative(&oracle.file), line, message);
    };
    for name in oracle.serves.keys() {
        if proofs_of(name).is_none() {
            add(name, format!("no exercise is called `{name}`"));
        }
    }
    for deviation in &oracle.deviations {
        let proofs = proofs_of(&deviation.exercise);
        if !proofs.is_some_and(|all| all.iter().any(|p| p.path == deviation.proof)) {
            let message = format!(
                "`{}` has no proof `{}`",
                deviation.exercise, deviation.proof
            );
            add(&deviation.proof, message);
        }
    }
}

/// The first line of a file that contains this, or line 1.
fn first_line_with(file: &Path, needle: &str) -> usize {
    let text = fs::read_to_string(file).unwrap_or_default();
    let at = text.lines().position(|line| line.contains(needle));
    at.map_or(1, |at| at + 1)
}

fn quizzes(house: &House, faults: &Faults) -> Result<Vec<Quiz>> {
    let dir = house.root().join("book/quiz");
    if !dir.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = files_in(&dir)?;
    files.retain(|file| ends_in(file, "toml"));
    files.sort();
    let read = |file: &PathBuf| {
        let text = fs::read_to_string(file)?;
        let chapter = file.file_stem().unwrap_or_default().to_string_lossy();
        let fault = |line, message| faults.add(house.relative(file), line, message);
        Ok(Quiz::read(&chapter, &text, fault))
    };
    files.iter().map(read).collect()
}
