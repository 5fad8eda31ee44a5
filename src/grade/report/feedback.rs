//! `students/ID/index.html`: one student's marks, and what to do about them.

use std::fmt::Write as _;

use anyhow::Result;

use super::page::{conversation, number, table, text, whole};
use super::{Graded, Student};
use crate::grade::marks::{Counts, Marked};
use crate::grade::record::Work;
use crate::grade::verdict::Shown;
use crate::house::Hints;

/// Failures that are shown of an exercise: the others come later anyway.
const MOST: usize = 3;

/// The file's content.
pub fn of(graded: &Graded, student: &Student) -> Result<Vec<u8>> {
    let marks = &student.marks;
    let mut out = String::new();
    let title = match graded.class.title.as_str() {
        "" => "Your marks",
        title => title,
    };
    let _ = writeln!(out, "<h1>{}</h1>", text(title));
    if !graded.anonymous {
        let name = match student.record.name.as_str() {
            "" => &student.record.id,
            name => name,
        };
        let _ = writeln!(out, "<p class=\"soft\">{}</p>", text(name));
    }
    let _ = writeln!(
        out,
        "<p><strong>{} of {}</strong> points.</p>",
        marks.score, marks.max
    );
    for line in super::results::outline(graded, student, false).lines() {
        let _ = writeln!(out, "<p>{}</p>", text(line));
    }
    for (marked, counts) in marks.exercises.iter().zip(&graded.counts) {
        exercise(student, marked, counts, &mut out);
    }
    Ok(whole(title, &out))
}

fn exercise(student: &Student, marked: &Marked, counts: &Counts, out: &mut String) {
    let about = &counts.exercise.about;
    let _ = writeln!(
        out,
        "<h2>{}: {}</h2>\n<p>{} of {} points.",
        text(&marked.id),
        text(&about.title),
        marked.score,
        marked.max
    );
    if marked.status != "graded" {
        let _ = write!(out, " <span class=\"bad\">{}</span>.", marked.status);
    }
    out.push_str("</p>\n");
    if !marked.why.is_empty() {
        out.push_str(&conversation(&marked.why));
    }
    let Some(Work::Graded { verdict, .. }) = student.record.works.get(&marked.id) else {
        return;
    };
    if verdict.proofs.is_empty() {
        return;
    }
    let rows: Vec<String> = marked
        .parts
        .iter()
        .map(|part| {
            format!(
                "<td>{}</td>{}{}",
                text(&part.title),
                number(format!("{} of {}", part.proved, part.of)),
                number(format!("{} of {}", part.score, part.max))
            )
        })
        .collect();
    let head = [("step", false), ("proofs", true), ("points", true)];
    out.push_str(&table(&format!("Steps of {}", marked.id), &head, &rows));
    let mut failed: Vec<&Shown> = verdict
        .proofs
        .iter()
        .filter(|shown| !shown.is_proved() && !shown.hidden)
        .collect();
    // The core comes first: the rest stands on it.
    failed.sort_by_key(|shown| shown.is_strict());
    let Some(first) = failed.first() else {
        return;
    };
    for shown in failed.iter().take(MOST) {
        out.push_str(&conversation(&shown.text));
    }
    if failed.len() > MOST {
        let _ = writeln!(
            out,
            "<p class=\"soft\">{} more; the first is the one to mend: cargo workbook check {}</p>",
            failed.len() - MOST,
            text(&counts.exercise.name)
        );
    }
    if let Some(hint) = hint(counts, first) {
        let _ = writeln!(
            out,
            "<details><summary>A hint for {}</summary>\n<p>{}</p></details>",
            text(&first.step().replace('_', " ")),
            text(&hint)
        );
    }
}

/// The first hint for the step of a failure.
fn hint(counts: &Counts, failed: &Shown) -> Option<String> {
    let step = counts
        .exercise
        .about
        .steps
        .iter()
        .find(|s| s.id == failed.step())?;
    let hints = std::fs::read_to_string(counts.exercise.hints_file()).ok()?;
    Hints::read(&hints).of(step.number()).first().cloned()
}
