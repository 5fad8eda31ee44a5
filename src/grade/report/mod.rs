//! What is written at the end: for platforms, for people, for the next run.
//!
//! Every report is a function of the records, the class and nothing else; and
//! every word of a student's is escaped where it is put.

mod class;
mod feedback;
mod grades;
mod junit;
mod page;
mod results;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use super::class::Class;
use super::marks::{self, Counts, Marks};
use super::record::{Record, Work};
use super::similarity;
use crate::progress;

/// Fewer fingerprints in common are chance.
const LEAST_COMMON: usize = 10;

/// A class with its marks.
pub struct Graded<'a> {
    pub class: &'a Class,
    pub counts: Vec<Counts<'a>>,
    /// What the programs ran in.
    pub sandbox: String,
    pub students: Vec<Student>,
    /// Pages name nobody.
    pub anonymous: bool,
    /// The fingerprints of the reference solutions, by exercise.
    pub solved: BTreeMap<String, Vec<u32>>,
}

/// Two that have something in common.
pub struct Pair<'a> {
    pub exercise: &'a str,
    /// One student, by number.
    pub one: usize,
    /// The other; nobody, if it is the reference solution.
    pub other: Option<usize>,
    /// How much of the smaller one the other has too.
    pub share: f64,
    /// How many fingerprints that is.
    pub common: usize,
}

/// One student with marks.
pub struct Student {
    pub record: Record,
    pub marks: Marks,
    /// What an earlier run had given, where it differs.
    pub was: Option<f64>,
}

impl<'a> Graded<'a> {
    /// Works out all marks.
    pub fn new(
        class: &'a Class,
        counts: Vec<Counts<'a>>,
        sandbox: String,
        records: Vec<Record>,
        solved: BTreeMap<String, Vec<u32>>,
        anonymous: bool,
    ) -> Graded<'a> {
        let student = |record: Record| Student {
            marks: marks::of(class, &counts, &record),
            record,
            was: None,
        };
        let students = records.into_iter().map(student).collect();
        Graded {
            class,
            sandbox,
            students,
            counts,
            solved,
            anonymous,
        }
    }

    /// What a student is called on pages.
    fn called(&self, nth: usize) -> String {
        let record = &self.students[nth].record;
        match (self.anonymous, record.name.is_empty()) {
            (true, _) => format!("student {}", nth + 1),
            (false, true) => record.id.clone(),
            (false, false) => format!("{} ({})", record.name, record.id),
        }
    }

    /// Pairs that have at least this share in common, the most alike first.
    fn pairs(&self, least: f64) -> Vec<Pair<'_>> {
        let mut pairs = Vec::new();
        for counts in &self.counts {
            let exercise = counts.exercise.id.as_str();
            let of: Vec<(usize, &[u32])> = self
                .students
                .iter()
                .enumerate()
                .filter_map(|(nth, student)| match student.record.works.get(exercise) {
                    Some(Work::Graded { fingerprints, .. }) => Some((nth, &fingerprints[..])),
                    _ => None,
                })
                .collect();
            let solved = self.solved.get(exercise).map_or(&[][..], Vec::as_slice);
            for (at, (one, a)) in of.iter().enumerate() {
                let others = of[at + 1..].iter().map(|(other, b)| (Some(*other), *b));
                for (other, b) in others.chain([(None, solved)]) {
                    let (common, share) = similarity::in_common(a, b);
                    if share >= least && common >= LEAST_COMMON {
                        pairs.push(Pair {
                            exercise,
                            one: *one,
                            other,
                            share,
                            common,
                        });
                    }
                }
            }
        }
        pairs.sort_by(|a, b| {
            let order = b.share.total_cmp(&a.share);
            order.then((a.exercise, a.one, a.other).cmp(&(b.exercise, b.one, b.other)))
        });
        pairs
    }

    /// Writes everything into the report's folder.
    pub fn write(&mut self, folder: &Path) -> Result<()> {
        self.remember(folder)?;
        for student in &self.students {
            let own = folder.join("students").join(student.record.folder());
            progress::write(&own.join("results.json"), &results::of(self, student)?)?;
            progress::write(&own.join("index.html"), &feedback::of(self, student)?)?;
        }
        progress::write(&folder.join("grades.csv"), &grades::of(self)?)?;
        progress::write(&folder.join("junit.xml"), &junit::of(self))?;
        progress::write(&folder.join("index.html"), &class::of(self))?;
        Ok(())
    }

    /// Keeps the scores beside those of an earlier run.
    fn remember(&mut self, folder: &Path) -> Result<()> {
        #[derive(Serialize, serde::Deserialize, Clone, Copy)]
        struct Kept {
            score: f64,
            was: Option<f64>,
        }
        let file = folder.join("scores.json");
        let mut kept: BTreeMap<String, Kept> =
            serde_json::from_slice(&std::fs::read(&file).unwrap_or_default()).unwrap_or_default();
        for student in &mut self.students {
            if student.marks.status == "pending" {
                continue;
            }
            let score = student.marks.score;
            let was = match kept.get(&student.record.id) {
                Some(old) if old.score == score => old.was,
                Some(old) => Some(old.score),
                None => None,
            };
            student.was = was;
            kept.insert(student.record.id.clone(), Kept { score, was });
        }
        progress::write(&file, &serde_json::to_vec_pretty(&kept)?)
    }
}
