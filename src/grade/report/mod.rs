//! What is written at the end: for platforms, for people, for the next run.
//!
//! Every report is a function of the records, the class and nothing else; and
//! every word of a student's is escaped where it is put.

mod grades;
mod results;

use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use super::class::Class;
use super::marks::{self, Counts, Marks};
use super::record::Record;
use crate::progress;

/// A class with its marks.
pub struct Graded<'a> {
    pub class: &'a Class,
    pub counts: Vec<Counts<'a>>,
    /// What the programs ran in.
    pub sandbox: String,
    pub students: Vec<Student>,
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
        }
    }

    /// Writes everything into the report's folder.
    pub fn write(&mut self, folder: &Path) -> Result<()> {
        self.remember(folder)?;
        for student in &self.students {
            let own = folder.join("students").join(student.record.folder());
            progress::write(&own.join("results.json"), &results::of(self, student)?)?;
        }
        progress::write(&folder.join("grades.csv"), &grades::of(self)?)?;
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
        let mut kept: std::collections::BTreeMap<String, Kept> =
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
