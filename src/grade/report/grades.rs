//! `grades.csv`: a row a student, as learning platforms take it.

use anyhow::Result;

use super::{Graded, Student};

/// The file's content: a heading, a row of what there is to have, the students.
pub fn of(graded: &Graded) -> Result<Vec<u8>> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let mut head = [
        "student",
        "name",
        "email",
        "grading_status",
        "score",
        "score_before",
    ]
    .map(str::to_owned)
    .to_vec();
    let mut most = ["Points Possible", "", "", "", "", ""]
        .map(str::to_owned)
        .to_vec();
    if let Some(any) = graded.students.first() {
        most[4] = any.marks.max.to_string();
        for marked in &any.marks.exercises {
            head.push(marked.id.clone());
            most.push(marked.max.to_string());
            for part in &marked.parts {
                head.push(format!("{} {}", marked.id, part.id));
                most.push(part.max.to_string());
            }
            head.push(format!("{} status", marked.id));
            most.push(String::new());
        }
    }
    head.extend(["late", "comment"].map(str::to_owned));
    most.extend([String::new(), String::new()]);
    out.write_record(&head)?;
    out.write_record(&most)?;
    for student in &graded.students {
        out.write_record(row(student).iter().map(|cell| harmless(cell)))?;
    }
    Ok(out.into_inner()?)
}

fn row(student: &Student) -> Vec<String> {
    let Student { record, marks, was } = student;
    let mut row = vec![
        record.id.clone(),
        record.name.clone(),
        record.email.clone(),
        marks.status.to_owned(),
        marks.score.to_string(),
        was.map(|was| was.to_string()).unwrap_or_default(),
    ];
    let mut comments: Vec<String> = record.refused.iter().cloned().collect();
    for marked in &marks.exercises {
        row.push(marked.score.to_string());
        row.extend(marked.parts.iter().map(|part| part.score.to_string()));
        row.push(marked.status.to_owned());
        if marked.status == "refused" && record.refused.is_none() {
            comments.push(format!("{}: {}", marked.id, marked.why));
        }
        for (points, comment) in &marked.adjusted {
            comments.push(format!("{} {points:+}: {comment}", marked.id));
        }
    }
    for (points, comment) in &marks.adjusted {
        comments.push(format!("{points:+}: {comment}"));
    }
    row.push(match (record.late, marks.late_percent) {
        (None, _) => String::new(),
        (Some(_), percent) => format!("{percent} %"),
    });
    row.push(comments.join("; "));
    row
}

/// A cell that no spreadsheet takes for a formula. Numbers are our own.
fn harmless(cell: &str) -> String {
    let is_number = cell.parse::<f64>().is_ok();
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}
