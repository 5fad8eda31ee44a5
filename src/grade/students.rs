//! Who is in the class, and which attempt of each counts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Result, bail};

use super::class::Class;
use super::compile::Sources;
use super::intake;
use super::record::Record;
use super::roster::Roster;
use crate::house::Exercise;

/// A student, and the sources of the attempt that counts.
pub struct Student {
    /// What is known of the student.
    pub record: Record,
    /// By exercise.
    pub sources: BTreeMap<String, Sources>,
}

/// Every student with the attempt that counts; from the roster also those of
/// whom there is nothing.
pub fn chosen(
    class: &Class,
    roster: &Roster,
    submissions: &Path,
    exercises: &[Exercise],
) -> Result<Vec<Student>> {
    let attempts = intake::read(submissions, exercises)?;
    let mut students: Vec<Student> = attempts
        .chunk_by(|a, b| a.student == b.student)
        .filter_map(|attempts| {
            let (record, attempt) = Record::of(class, roster, attempts)?;
            Some(Student {
                record,
                sources: attempt.handed.sources,
            })
        })
        .collect();
    let handed: BTreeSet<String> = students.iter().map(|s| s.record.id.clone()).collect();
    for (id, listed) in roster.iter().filter(|(id, _)| !handed.contains(*id)) {
        students.push(Student {
            record: Record::absent(id, listed),
            sources: BTreeMap::new(),
        });
    }
    students.sort_by(|a, b| a.record.id.cmp(&b.record.id));
    if students.is_empty() {
        bail!("{} holds no submission", submissions.display());
    }
    Ok(students)
}
