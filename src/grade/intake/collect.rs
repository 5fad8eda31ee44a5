//! Which file of an attempt is which exercise's.

use std::collections::{BTreeMap, BTreeSet};

use super::{MOST_BYTES, MOST_IN_ALL};
use crate::grade::compile::Sources;
use crate::house::Exercise;

/// Bytes in a note that a student writes.
const MOST_NOTE: u64 = 64 * 1024;

/// What was found in an attempt.
#[derive(Debug, Clone, Default)]
pub struct Handed {
    /// Sources, by exercise.
    pub sources: BTreeMap<String, Sources>,
    /// Why an exercise is not graded, although it is there.
    pub refused: BTreeMap<String, String>,
    /// Why nothing is graded.
    pub refused_whole: Option<String>,
    /// `feedback.toml`, as it came, by exercise; `""` for the whole.
    pub feedback: BTreeMap<String, String>,
    /// `review.md`, likewise.
    pub review: BTreeMap<String, String>,
}

/// What a file is to an attempt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Of this exercise, in this folder of the attempt, with this name there.
    Source(String, String, String),
    /// The student's feedback on an exercise, or on the whole (`""`).
    Feedback(String),
    /// The student's checklist, likewise.
    Review(String),
}

/// An attempt while it is read.
pub struct Pieces<'a> {
    exercises: &'a [Exercise],
    found: BTreeMap<Kind, Vec<u8>>,
    refused: BTreeMap<String, String>,
    bytes: u64,
}

/// Folders in which nothing is handed in: copies, and what tools leave behind.
const ASIDE: [&str; 5] = ["target", "solutions", "start", "node_modules", "__MACOSX"];

/// Whether nothing in a folder of this name is looked at.
pub fn is_aside(folder: &str) -> bool {
    folder.starts_with('.') || ASIDE.contains(&folder)
}

impl<'a> Pieces<'a> {
    /// Nothing yet.
    pub fn new(exercises: &'a [Exercise]) -> Pieces<'a> {
        Pieces {
            exercises,
            found: BTreeMap::new(),
            refused: BTreeMap::new(),
            bytes: 0,
        }
    }

    /// What the file of this path is; nothing, if it is none of ours.
    pub fn kind(&self, path: &str) -> Option<Kind> {
        let parts: Vec<&str> = path.split('/').collect();
        let (file, folders) = parts.split_last()?;
        if folders.iter().any(|folder| is_aside(folder)) {
            return None;
        }
        let is_exercise = |part: &&str| self.exercises.iter().any(|e| e.id == **part);
        let at = folders.iter().rposition(is_exercise);
        let exercise = at.map(|at| folders[at]).unwrap_or_default().to_owned();
        let below = at.map_or(folders, |at| &folders[at + 1..]);
        match (*file, below) {
            ("feedback.toml", []) => Some(Kind::Feedback(exercise)),
            ("review.md", []) => Some(Kind::Review(exercise)),
            // A folder around it all changes nothing.
            ("feedback.toml", [_]) if at.is_none() => Some(Kind::Feedback(exercise)),
            ("review.md", [_]) if at.is_none() => Some(Kind::Review(exercise)),
            (file, ["src", ..]) if file.ends_with(".rs") => {
                let at = at?;
                let name = parts[at + 1..].join("/");
                Some(Kind::Source(exercise, folders[..at].join("/"), name))
            }
            _ => None,
        }
    }

    /// How much of a file of this kind there may be.
    pub fn most(&self, kind: &Kind) -> u64 {
        match kind {
            Kind::Source(..) => MOST_BYTES,
            _ => MOST_NOTE,
        }
    }

    /// Takes in a file of at most [`most`](Self::most) bytes and one.
    pub fn take(&mut self, path: &str, kind: Kind, bytes: Vec<u8>) -> Result<(), String> {
        let most = self.most(&kind);
        if bytes.len() as u64 > most {
            self.refuse(&kind, format!("{} is over {most} bytes", shown(path)));
            return Ok(());
        }
        self.bytes += bytes.len() as u64;
        if self.bytes > MOST_IN_ALL {
            return Err(format!("its sources are over {MOST_IN_ALL} bytes in all"));
        }
        if std::str::from_utf8(&bytes).is_err() {
            self.refuse(&kind, format!("{} is not UTF-8", shown(path)));
            return Ok(());
        }
        if self.found.insert(kind.clone(), bytes).is_some() {
            self.refuse(&kind, format!("{} is there twice", shown(path)));
        }
        Ok(())
    }

    /// Says why a file can't be taken: its exercise is not graded then. A note
    /// that is refused is as if it weren't there.
    pub fn refuse(&mut self, kind: &Kind, why: String) {
        if let Kind::Source(exercise, ..) = kind {
            self.refused.entry(exercise.clone()).or_insert(why);
        }
    }

    /// All that was found; `whole` says why nothing of it counts.
    pub fn handed(self, whole: Option<String>) -> Handed {
        let mut handed = Handed {
            refused: self.refused,
            refused_whole: whole,
            ..Handed::default()
        };
        if handed.refused_whole.is_some() {
            handed.refused.clear();
            return handed;
        }
        let mut folders: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for kind in self.found.keys() {
            if let Kind::Source(exercise, folder, _) = kind {
                let of = folders.entry(exercise.clone()).or_default();
                of.insert(folder.clone());
            }
        }
        // The workbook's own layout goes before what somebody has copied elsewhere.
        let is_own = |folder: &String| folder.rsplit('/').next() == Some("exercises");
        for (exercise, of) in &mut folders {
            if of.len() > 1 && of.iter().filter(|folder| is_own(folder)).count() == 1 {
                of.retain(is_own);
            }
            if of.len() > 1 {
                let of: Vec<_> = of.iter().map(|folder| shown(folder)).collect();
                let why = format!("it is there more than once: in {}", of.join(", in "));
                handed.refused.entry(exercise.clone()).or_insert(why);
            }
        }
        for (kind, bytes) in self.found {
            let text = || String::from_utf8_lossy(&bytes).into_owned();
            match kind {
                Kind::Source(exercise, folder, name) => {
                    // The program's own file is given.
                    let counts = name != "src/main.rs"
                        && folders
                            .get(&exercise)
                            .is_some_and(|of| of.contains(&folder));
                    if counts && !handed.refused.contains_key(&exercise) {
                        let sources: &mut Sources = handed.sources.entry(exercise).or_default();
                        sources.insert(name, bytes);
                    }
                }
                Kind::Feedback(exercise) => {
                    handed.feedback.insert(exercise, text());
                }
                Kind::Review(exercise) => {
                    handed.review.insert(exercise, text());
                }
            }
        }
        handed
    }
}

/// A name from outside, for a message: quoted, and not endless.
pub fn shown(name: &str) -> String {
    let short: String = name.chars().take(120).collect();
    match name.is_empty() {
        true => "the top".to_owned(),
        false => format!("{short:?}"),
    }
}
