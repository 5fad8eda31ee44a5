//! Where things stand: the workbook's folder, its exercises and their proofs,
//! the oracles that were held against them.

mod exercise;
mod faults;
mod hints;
pub mod named;
mod oracle;
mod proofs;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

pub use exercise::{Exercise, Step};
pub use faults::Fault;
pub use hints::Hints;
pub use oracle::Oracle;
pub use proofs::{Proof, find as proofs_in};

/// A workbook on disk.
#[derive(Debug, Clone)]
pub struct House {
    root: PathBuf,
    /// The folder from which it was found.
    start: PathBuf,
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
            start: start.to_owned(),
        })
    }

    /// The workbook's own folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder that the command was given in.
    pub fn start(&self) -> &Path {
        &self.start
    }

    /// Where the workbook keeps what it remembers of its owner; git ignores it.
    pub fn notes(&self) -> PathBuf {
        self.root.join(".workbook")
    }

    /// Where cargo builds.
    pub fn target(&self) -> PathBuf {
        let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        self.root.join(target)
    }

    /// The folder of an exercise's reference solution.
    pub fn solution(&self, exercise: &Exercise) -> PathBuf {
        self.root.join("solutions").join(&exercise.id)
    }

    /// A path as messages show it: from the root, with `/` on every system.
    pub fn relative(&self, path: &Path) -> String {
        let path = path.strip_prefix(&self.root).unwrap_or(path);
        let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        parts.join("/")
    }

    /// All exercises, in the order of their numbers.
    pub fn exercises(&self) -> Result<Vec<Exercise>> {
        self.exercise_dirs()?
            .iter()
            .map(|dir| Exercise::read(dir).with_context(|| self.relative(&dir.join("Cargo.toml"))))
            .collect()
    }

    /// The folders of all exercises, in the order of their numbers.
    pub fn exercise_dirs(&self) -> Result<Vec<PathBuf>> {
        packages(&self.root.join("exercises"))
    }

    /// The folders of all solutions, in the same order.
    pub fn solution_dirs(&self) -> Result<Vec<PathBuf>> {
        packages(&self.root.join("solutions"))
    }

    /// The exercise meant by `02`, `2`, `handshake`, `02-handshake`, a path
    /// into its folder, or a part of the name that no other exercise shares.
    pub fn exercise(&self, wanted: &str) -> Result<Exercise> {
        let mut exercises = self.exercises()?;
        let path = self.start.join(wanted);
        let at = match is_path(wanted).then(|| self.around(&path, &exercises)) {
            Some(Some(at)) => at,
            _ => {
                let word = wanted.rsplit(['/', '\\']).find(|part| !part.is_empty());
                let all: Vec<_> = exercises.iter().map(Exercise::named).collect();
                named::find("exercise", word.unwrap_or_default(), &all)?
            }
        };
        Ok(exercises.swap_remove(at))
    }

    /// The exercise that was named; without a name the one that the current
    /// folder lies in, its solution's included.
    pub fn exercise_or_here(&self, wanted: Option<&str>) -> Result<Exercise> {
        if let Some(wanted) = wanted {
            return self.exercise(wanted);
        }
        match self.here()? {
            Some(exercise) => Ok(exercise),
            None => bail!(
                "which exercise? Name one, or go into its folder; there are {}",
                named::list(self.exercises()?.iter().map(|e| e.name.as_str()))
            ),
        }
    }

    /// The exercise that the current folder lies in, or whose solution it is.
    pub fn here(&self) -> Result<Option<Exercise>> {
        let mut exercises = self.exercises()?;
        let at = self.around(&self.start, &exercises);
        Ok(at.map(|at| exercises.swap_remove(at)))
    }

    /// The exercise whose folder, or whose solution's, `path` lies in.
    fn around(&self, path: &Path, exercises: &[Exercise]) -> Option<usize> {
        let (path, root) = (path.canonicalize().ok()?, self.root.canonicalize().ok()?);
        let mut parts = path.strip_prefix(root).ok()?.iter();
        let kind = parts.next()?;
        let id = parts
            .next()
            .filter(|_| kind == "exercises" || kind == "solutions")?;
        exercises
            .iter()
            .position(|exercise| id == exercise.id.as_str())
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

/// Whether a word can only be meant as a path.
fn is_path(word: &str) -> bool {
    word.contains(['/', '\\']) || matches!(word, "." | "..")
}

/// The folders in `dir` that hold a package, sorted; none, if it isn't there.
fn packages(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut found = match dir.is_dir() {
        true => folders(dir)?,
        false => Vec::new(),
    };
    found.retain(|dir| dir.join("Cargo.toml").is_file());
    Ok(found)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A workbook with two exercises, `line` solved, as seen from one of its
    /// folders.
    fn seen_from(folder: &str) -> (tempfile::TempDir, House) {
        let dir = tempfile::tempdir().unwrap();
        let write = |file: &str, text: &str| {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("book/book.toml", "");
        for (id, name) in [("00-line", "line"), ("02-handshake", "handshake")] {
            let manifest = format!(
                "[package]\nname = \"{name}\"\n[package.metadata.workbook]\ntitle = \"\"\nminutes = 1\n\
                 steps = [{{ id = \"step_1_greet\", title = \"\", points = 1 }}, \
                 {{ id = \"step_2_answer\", title = \"\", points = 1 }}]"
            );
            write(&format!("exercises/{id}/Cargo.toml"), &manifest);
            write(&format!("exercises/{id}/src/lib.rs"), "");
        }
        write("solutions/00-line/src/lib.rs", "");
        let house = House::find(&dir.path().join(folder)).unwrap();
        (dir, house)
    }

    #[test]
    fn a_path_into_a_folder_names_its_exercise() {
        let (_dir, house) = seen_from("");
        for path in [
            "exercises/02-handshake",
            "exercises/02-handshake/",
            "./exercises/02-handshake/src",
            "exercises/00-line/../02-handshake",
            "exercises\\02-handshake\\",
            "02-handshake/",
        ] {
            assert_eq!(house.exercise(path).unwrap().id, "02-handshake", "{path}");
        }
        assert!(house.exercise("exercises/").is_err());
        assert!(house.exercise("/").is_err());
    }

    #[test]
    fn in_its_folder_an_exercise_needs_no_name() {
        for folder in [
            "exercises/00-line",
            "exercises/00-line/src",
            "solutions/00-line/src",
        ] {
            let (_dir, house) = seen_from(folder);
            assert_eq!(house.exercise_or_here(None).unwrap().id, "00-line");
            assert_eq!(house.exercise_or_here(Some(".")).unwrap().id, "00-line");
            assert_eq!(
                house.exercise_or_here(Some("2")).unwrap().id,
                "02-handshake"
            );
        }
        for folder in ["", "book", "exercises"] {
            let (_dir, house) = seen_from(folder);
            let error = house.exercise_or_here(None).unwrap_err().to_string();
            assert_eq!(
                error,
                "which exercise? Name one, or go into its folder; there are line, handshake"
            );
        }
    }

    #[test]
    fn a_step_has_a_number_and_a_name() {
        let (_dir, house) = seen_from("");
        let exercise = house.exercise("line").unwrap();
        for wanted in ["2", "answer", "ans", "step_2", "step_2_answer"] {
            assert_eq!(
                exercise.step(wanted).unwrap().id,
                "step_2_answer",
                "{wanted}"
            );
        }
        let error = exercise.step("anwser").unwrap_err().to_string();
        assert_eq!(
            error,
            "no step of line is called `anwser`; did you mean `answer`?"
        );
    }
}
