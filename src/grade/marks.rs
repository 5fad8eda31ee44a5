//! Points, from what was proved.

use anyhow::{Context as _, Result};
use serde::Serialize;

use super::class::{Class, Credit};
use super::record::{Record, Work};
use super::verdict::{Shown, Verdict};
use crate::house::{Exercise, Proof, proofs_in};

/// A student's marks.
#[derive(Debug, Clone, Serialize)]
pub struct Marks {
    /// Each exercise that counts.
    pub exercises: Vec<Marked>,
    /// Points given or taken for the whole, and why.
    pub adjusted: Vec<(f64, String)>,
    /// Hundredths that are lost for being late.
    pub late_percent: f64,
    /// What remains.
    pub score: f64,
    /// What there is to have.
    pub max: f64,
    /// `graded`, `pending`, `refused`, `missing`.
    pub status: &'static str,
}

/// One exercise's marks.
#[derive(Debug, Clone, Serialize)]
pub struct Marked {
    /// `02-handshake`
    pub id: String,
    /// `graded`, `does not compile`, `untouched`, `refused`, `pending`, `missing`.
    pub status: &'static str,
    /// Why, if it has no proofs to show.
    pub why: String,
    /// Its parts: a step's core, its strict proofs, hidden ones.
    pub parts: Vec<Part>,
    /// Points given or taken by hand, and why.
    pub adjusted: Vec<(f64, String)>,
    /// The sum.
    pub score: f64,
    /// What there is to have.
    pub max: f64,
}

/// What stands together and has points.
#[derive(Debug, Clone, Serialize)]
pub struct Part {
    /// `step_1_accept_key`, `step_1_accept_key strict`, `hidden`.
    pub id: String,
    /// For people.
    pub title: String,
    pub hidden: bool,
    pub proved: usize,
    pub of: usize,
    pub score: f64,
    pub max: f64,
}

/// Two places are enough for points, and the same on every machine.
pub fn rounded(points: f64) -> f64 {
    (points * 100.0).round() / 100.0
}

/// An exercise, with what is to be proved of it.
pub struct Counts<'a> {
    pub exercise: &'a Exercise,
    pub proofs: Vec<Proof>,
    pub hidden: Vec<Proof>,
}

impl<'a> Counts<'a> {
    /// Reads them off their sources: nothing has to be built.
    pub fn of(class: &Class, exercise: &'a Exercise) -> Result<Counts<'a>> {
        let hidden = match class.hidden(exercise) {
            Some(hidden) => {
                let file = hidden.folder.join("proof.rs");
                let text = std::fs::read_to_string(&file);
                proofs_in(&text.with_context(|| file.display().to_string())?)
            }
            None => Vec::new(),
        };
        Ok(Counts {
            exercise,
            proofs: exercise.proofs()?,
            hidden,
        })
    }
}

/// Works out a student's marks.
pub fn of(class: &Class, counts: &[Counts], record: &Record) -> Marks {
    let exercises: Vec<Marked> = counts
        .iter()
        .map(|counts| marked(class, counts, record))
        .collect();
    let is_whole =
        |adjust: &&super::class::Adjust| adjust.student == record.id && adjust.exercise.is_none();
    let adjusted: Vec<_> = class
        .adjust
        .iter()
        .filter(is_whole)
        .map(|adjust| (adjust.points, adjust.comment.clone()))
        .collect();
    let earned: f64 = exercises.iter().map(|marked| marked.score).sum();
    let late_percent = late(class, record);
    let kept = earned * (100.0 - late_percent) / 100.0;
    let by_hand: f64 = adjusted.iter().map(|(points, _)| points).sum();
    let nothing = record.works.is_empty() && record.attempts == 0;
    Marks {
        adjusted,
        late_percent,
        score: rounded((kept + by_hand).max(0.0)),
        max: rounded(exercises.iter().map(|marked| marked.max).sum()),
        status: match () {
            () if record.refused.is_some() => "refused",
            () if nothing => "missing",
            () if record.is_pending() => "pending",
            () if exercises.iter().any(|marked| marked.status == "refused") => "refused",
            () => "graded",
        },
        exercises,
    }
}

/// Hundredths that a late submission loses.
fn late(class: &Class, record: &Record) -> f64 {
    let (Some(by), Some(late)) = (record.late, &class.late) else {
        return 0.0;
    };
    // A platform that says no more than "late" means the first day.
    let days = (by.max(1) + 86_399) / 86_400;
    match days > i64::from(late.most_days) {
        true => 100.0,
        false => (late.percent_per_day * days as f64).min(100.0),
    }
}

fn marked(class: &Class, counts: &Counts, record: &Record) -> Marked {
    let exercise = counts.exercise;
    let (status, why, verdict) = match record.works.get(&exercise.id) {
        _ if record.refused.is_some() => {
            ("refused", record.refused.clone().unwrap_or_default(), None)
        }
        None => ("missing", String::new(), None),
        Some(Work::Pending) => ("pending", String::new(), None),
        Some(Work::Untouched) => ("untouched", "as it was handed out".to_owned(), None),
        Some(Work::Refused { why }) => ("refused", why.clone(), None),
        Some(Work::Graded { verdict, .. }) => match &verdict.uncompiled {
            Some(said) => ("does not compile", said.clone(), None),
            None => ("graded", String::new(), Some(verdict)),
        },
    };
    let mut parts = Vec::new();
    for step in &exercise.about.steps {
        let (core, strict) = class.points(exercise, step);
        for (is_strict, points) in [(false, core), (true, strict)] {
            let is_of = |proof: &&Proof| proof.step() == step.id && proof.strict() == is_strict;
            let of = counts.proofs.iter().filter(is_of).count();
            if of == 0 {
                continue; // Nothing to prove, nothing to have.
            }
            let proved = proved(verdict, |shown| {
                !shown.hidden && shown.step() == step.id && shown.is_strict() == is_strict
            });
            let (id, title) = match is_strict {
                true => (
                    format!("{} strict", step.id),
                    format!("{}, strict", step.title),
                ),
                false => (step.id.clone(), step.title.clone()),
            };
            parts.push(part(class, id, title, false, (proved, of), points));
        }
    }
    if let Some(hidden) = class.hidden(exercise) {
        let proved = proved(verdict, |shown| shown.hidden);
        let of = counts.hidden.len();
        let title = "Hidden proofs".to_owned();
        let id = "hidden".to_owned();
        parts.push(part(class, id, title, true, (proved, of), hidden.points));
    }
    let adjusted: Vec<_> = class
        .adjust
        .iter()
        .filter(|adjust| adjust.student == record.id)
        .filter(|adjust| adjust.exercise.as_deref() == Some(&exercise.id))
        .map(|adjust| (adjust.points, adjust.comment.clone()))
        .collect();
    let earned: f64 = parts.iter().map(|part| part.score).sum();
    let by_hand: f64 = adjusted.iter().map(|(points, _)| points).sum();
    Marked {
        id: exercise.id.clone(),
        status,
        why,
        score: rounded((earned + by_hand).max(0.0)),
        max: rounded(parts.iter().map(|part| part.max).sum()),
        parts,
        adjusted,
    }
}

fn proved(verdict: Option<&Verdict>, is_of: impl Fn(&Shown) -> bool) -> usize {
    let shown = verdict.into_iter().flat_map(|verdict| &verdict.proofs);
    shown
        .filter(|shown| shown.is_proved() && is_of(shown))
        .count()
}

fn part(
    class: &Class,
    id: String,
    title: String,
    hidden: bool,
    (proved, of): (usize, usize),
    points: f64,
) -> Part {
    let share = match class.credit {
        Credit::Proofs => proved as f64 / of.max(1) as f64,
        Credit::Steps => f64::from(proved == of),
    };
    Part {
        id,
        title,
        hidden,
        proved,
        of,
        score: rounded(points * share),
        max: points,
    }
}
