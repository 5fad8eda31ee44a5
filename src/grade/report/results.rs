//! `results.json`: one student, in the schema that Gradescope reads.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Graded, Student};
use crate::grade::record::Work;
use crate::grade::when;

/// The file's content.
pub fn of(graded: &Graded, student: &Student) -> Result<Vec<u8>> {
    let Student { record, marks, was } = student;
    let mut tests = Vec::new();
    for marked in &marks.exercises {
        for part in &marked.parts {
            tests.push(json!({
                "name": format!("{}: {}", marked.id, part.title),
                "name_format": "text",
                "number": format!("{}/{}", marked.id, part.id),
                "score": part.score,
                "max_score": part.max,
                "status": if part.proved == part.of { "passed" } else { "failed" },
                "output": said(student, &marked.id, part),
                "output_format": "text",
                "visibility": if part.hidden { "after_published" } else { "visible" },
                "tags": [marked.id, marked.status],
                "extra_data": { "proved": part.proved, "of": part.of },
            }));
        }
    }
    let seeds: serde_json::Map<String, Value> = record
        .works
        .iter()
        .filter_map(|(id, work)| match work {
            Work::Graded { verdict, .. } => Some((id.clone(), verdict.seed.into())),
            _ => None,
        })
        .collect();
    let ms: u64 = record
        .works
        .values()
        .map(|work| match work {
            Work::Graded { verdict, .. } => verdict.ms,
            _ => 0,
        })
        .sum();
    let report = json!({
        "score": marks.score,
        "execution_time": ms / 1000,
        "output": outline(graded, student, true),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
        "leaderboard": [],
        "extra_data": {
            "student": record.id,
            "grading_status": marks.status,
            "max_score": marks.max,
            "score_before": was,
            "attempt": record.attempt,
            "attempts": record.attempts,
            "submitted_at": record.when.map(when::shown),
            "late_seconds": record.late,
            "late_percent": marks.late_percent,
            "sandbox": graded.sandbox,
            "seeds": seeds,
        },
    });
    let mut bytes = serde_json::to_vec_pretty(&report)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// What there is to say of the whole; with `why`, also why an exercise has no
/// proofs to show.
pub fn outline(graded: &Graded, student: &Student, why: bool) -> String {
    let Student { record, marks, was } = student;
    let mut lines = Vec::new();
    match (marks.status, &record.refused) {
        ("missing", _) => lines.push("Nothing was handed in.".to_owned()),
        (_, Some(why)) => lines.push(format!("Nothing is graded: {why}.")),
        _ => {}
    }
    for marked in &marks.exercises {
        if why && !marked.why.is_empty() && record.refused.is_none() {
            lines.push(format!("{}: {}\n{}", marked.id, marked.status, marked.why));
        }
        for (points, comment) in &marked.adjusted {
            lines.push(format!("{}: {points:+}, {comment}", marked.id));
        }
    }
    for (points, comment) in &marks.adjusted {
        lines.push(format!("{points:+}: {comment}"));
    }
    if record.late.is_some() {
        lines.push(match marks.late_percent {
            0.0 => "Handed in late.".to_owned(),
            percent => format!("Handed in late: {percent} % less."),
        });
    }
    if let Some(was) = was {
        lines.push(format!("An earlier run had given {was}."));
    }
    if graded.sandbox.starts_with("none") {
        lines.push(format!("Sandbox: {}.", graded.sandbox));
    }
    lines.join("\n")
}

/// The failures of one part, as a learner reads them; hidden proofs are only
/// counted.
fn said(student: &Student, exercise: &str, part: &crate::grade::marks::Part) -> String {
    let count = format!("{} of {} proofs hold.", part.proved, part.of);
    let Some(Work::Graded { verdict, .. }) = student.record.works.get(exercise) else {
        return count;
    };
    if part.hidden {
        return count;
    }
    let (step, strict) = match part.id.split_once(' ') {
        Some((step, _)) => (step, true),
        None => (part.id.as_str(), false),
    };
    let failed = verdict.proofs.iter().filter(|shown| {
        !shown.is_proved() && !shown.hidden && shown.step() == step && shown.is_strict() == strict
    });
    let mut text = count;
    for shown in failed {
        text.push('\n');
        text.push_str(&shown.text);
    }
    text
}
