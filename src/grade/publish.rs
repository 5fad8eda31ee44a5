//! From records to reports, and to the last word.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;

use super::class::Class;
use super::marks::Counts;
use super::record::{EMPTY, LATE, Record};
use super::report::{Graded, Student};
use super::{intake, kit, similarity};
use crate::house::{Exercise, House};
use crate::outcome::Outcome;

/// Writes the reports, says where they are, and how it went.
pub fn publish(
    house: &House,
    class: &Class,
    exercises: &[Exercise],
    sandbox: &str,
    records: Vec<Record>,
    anonymous: bool,
    report: &Path,
) -> Result<Outcome> {
    let mut counts = Vec::new();
    let mut solved = BTreeMap::new();
    for exercise in exercises {
        counts.push(Counts::of(class, exercise)?);
        let given = similarity::fingerprints(&kit::sources(&exercise.dir.join("start"))?);
        let solution = kit::sources(&house.solution(exercise).join("src"))?;
        solved.insert(exercise.id.clone(), similarity::own(&solution, &given));
    }
    let mut graded = Graded::new(
        class,
        counts,
        sandbox.to_owned(),
        records,
        solved,
        anonymous,
    );
    graded.write(report)?;
    print!("{}", told(&graded, report));
    let whole = graded.students.iter().all(|student| {
        let status = student.marks.status;
        status == "graded" || status == "missing"
    });
    Ok(match whole {
        true => Outcome::Done,
        false => Outcome::Refused,
    })
}

/// What is said at the end.
fn told(graded: &Graded, report: &Path) -> String {
    use std::fmt::Write as _;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for student in &graded.students {
        *counts.entry(student.marks.status).or_default() += 1;
    }
    let counts: Vec<String> = counts
        .iter()
        .map(|(what, n)| format!("{n} {what}"))
        .collect();
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{} students: {}",
        graded.students.len(),
        counts.join(", ")
    );
    for student in &graded.students {
        let who = intake::shown(&student.record.id);
        let marks = &student.marks;
        if marks.status == "refused" {
            let why = marks.exercises.iter().find(|m| m.status == "refused");
            let why = why.map(|marked| marked.why.as_str()).unwrap_or_default();
            let _ = writeln!(out, "  {who} is not graded: {why}");
        }
        let mut remarks = student.record.remarks();
        remarks.retain(|remark| *remark != LATE);
        if !remarks.is_empty() {
            let _ = writeln!(out, "  {who}: {}", remarks.join(", "));
        }
    }
    let is_empty = |student: &Student| student.record.remarks().contains(&EMPTY);
    if graded.students.iter().any(is_empty) {
        let _ = writeln!(
            out,
            "exercises are found by their folders, such as 02-handshake/src/lib.rs; \
             what a platform packed is unpacked first"
        );
    }
    let _ = writeln!(out, "sandbox: {}", graded.sandbox);
    let _ = writeln!(out, "report:  {}", report.join("index.html").display());
    out
}
