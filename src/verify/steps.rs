//! The manifest's steps are the modules of the proofs, in order, each worth
//! something.

use anyhow::Result;

use super::scope::{Chapter, Scope, line_where, text};
use crate::book::Faults;
use crate::house::Step;

pub fn check(scope: &Scope, faults: &Faults) -> Result<()> {
    for chapter in &scope.chapters {
        let about = &chapter.exercise.about;
        let file = chapter.exercise.dir.join("Cargo.toml");
        let manifest = text(&file);
        let name = scope.relative(&file);
        let add = |needle: &str, message: String| {
            let line = line_where(&manifest, |line| line.contains(needle));
            faults.add(&name, line, message);
        };
        if about.title.trim().is_empty() {
            add(
                "title =",
                "the exercise has no title; give it one".to_owned(),
            );
        }
        if about.minutes == 0 {
            let message = "0 minutes: say how long the core steps take a newcomer";
            add("minutes =", message.to_owned());
        }
        for (at, step) in about.steps.iter().enumerate() {
            for message in faults_of(chapter, step, at + 1) {
                add(&format!("\"{}\"", step.id), message);
            }
        }
    }
    Ok(())
}

fn faults_of(chapter: &Chapter, step: &Step, number: usize) -> Vec<String> {
    let id = &step.id;
    let proofs = |strict: bool| {
        let mut all = chapter.proofs.iter();
        all.any(|proof| proof.step() == id && proof.strict() == strict)
    };
    let mut found = Vec::new();
    if !id.starts_with(&format!("step_{number}_")) {
        found.push(format!(
            "step {number} is called `{id}`; its name begins with `step_{number}_`"
        ));
    }
    if step.title.trim().is_empty() {
        found.push(format!("`{id}` has no title; give it one"));
    }
    if !proofs(false) {
        found.push(format!(
            "tests/proof.rs has no core proof in `mod {id}`; write one, or drop the step"
        ));
    }
    if step.points == 0 {
        found.push(format!("`{id}` is worth no points; give it some"));
    }
    match (proofs(true), step.strict_points) {
        (true, 0) => found.push(format!("`{id}` has strict proofs, and no `strict_points`")),
        (false, 1..) => found.push(format!("`{id}` has `strict_points`, and no strict proof")),
        _ => {}
    }
    found
}
