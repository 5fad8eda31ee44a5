//! Hints go from a nudge to nearly there, and stop before the answer.

use anyhow::Result;

use super::scope::{Chapter, Scope, line_where, text};
use super::verbatim::Secret;
use crate::book::{Faults, Piece, files_in, includes, pieces};
use crate::house::Hints;

/// So many words of the solution in a row are its answer, not a nudge.
const WORDS_OF_A_HINT: usize = 8;

/// A page teaches the same library, so some lines must be alike; a function
/// that is printed has more.
const WORDS_OF_A_PAGE: usize = 20;

/// Each step has two to four hints.
pub fn check(scope: &Scope, faults: &Faults) -> Result<()> {
    for chapter in &scope.chapters {
        let file = chapter.exercise.dir.join("hints.md");
        let source = text(&file);
        if source.is_empty() {
            continue; // `names` says so.
        }
        let name = scope.relative(&file);
        let hints = Hints::read(&source);
        let line = |number: &str| {
            line_where(&source, |line| {
                line.strip_prefix("## ")
                    .is_some_and(|t| t.trim_end().ends_with(number))
            })
        };
        let steps = &chapter.exercise.about.steps;
        for number in (1..=steps.len()).map(|number| number.to_string()) {
            let of_step = hints.of(&number);
            if !hints.steps().any(|step| step == number) {
                let message =
                    format!("there is no `## Step {number}`; give that step two to four hints");
                faults.add(&name, 1, message);
            } else if !(2..=4).contains(&of_step.len()) {
                let count = of_step.len();
                let s = if count == 1 { "" } else { "s" };
                let message =
                    format!("step {number} has {count} hint{s}; a step takes two to four");
                faults.add(&name, line(&number), message);
            }
            if of_step.iter().any(|hint| hint.trim().is_empty()) {
                let message = format!("step {number} has an empty hint; write it, or remove it");
                faults.add(&name, line(&number), message);
            }
        }
        for number in hints.steps() {
            if !(1..=steps.len()).any(|step| step.to_string() == number) {
                let message = format!("the exercise has no step {number}; it has {}", steps.len());
                faults.add(&name, line(number), message);
            }
        }
    }
    Ok(())
}

/// Neither hints nor page give the answer away.
pub fn spoilers(scope: &Scope, faults: &Faults) -> Result<()> {
    for chapter in &scope.chapters {
        let stub = files_in(&chapter.exercise.dir.join("start")).unwrap_or_default();
        let stub: String = stub.iter().map(|file| text(file)).collect();
        for file in files_in(&chapter.solution.join("src")).unwrap_or_default() {
            let solution = text(&file);
            let secret = Secret::new(&solution, &stub);
            let name = scope.relative(&file);
            hints(scope, chapter, &name, &secret, faults);
            page(scope, chapter, &name, &secret, faults);
        }
    }
    Ok(())
}

fn hints(scope: &Scope, chapter: &Chapter, of: &str, secret: &Secret<'_>, faults: &Faults) {
    let file = chapter.exercise.dir.join("hints.md");
    if let Some(given) = secret.given_by(&text(&file), WORDS_OF_A_HINT) {
        let message = format!(
            "{} words in a row are those of {of}:{}; leave the last step to the reader",
            given.words, given.of
        );
        faults.add(scope.relative(&file), given.line, message);
    }
}

/// A page never prints its own exercise's solution: neither as a file, nor typed
/// or included from elsewhere.
fn page(scope: &Scope, chapter: &Chapter, of: &str, secret: &Secret<'_>, faults: &Faults) {
    let file = scope
        .house
        .root()
        .join(format!("book/src/{}.md", chapter.exercise.id));
    let (source, name) = (text(&file), scope.relative(&file));
    let dir = file.parent().unwrap_or(&file);
    for piece in pieces(&source) {
        let (line, body) = match piece {
            Piece::Line { line, text } => (line, vec![text]),
            Piece::Fence(fence) => (fence.line + 1, fence.body),
        };
        let mut shown = String::new();
        for (at, text) in body.iter().enumerate() {
            let mut printed = (*text).to_owned();
            for include in includes(text) {
                if include.file(dir).starts_with(chapter.solution.join("src")) {
                    let message = "the chapter's own solution is printed here; show a snippet \
                                   from examples/ instead";
                    faults.add(&name, line + at, message);
                } else {
                    let text = include.text(dir).unwrap_or_default();
                    printed = printed.replace(include.source, &text);
                }
            }
            shown.push_str(&printed);
            shown.push('\n');
        }
        if let Some(given) = secret.given_by(&shown, WORDS_OF_A_PAGE) {
            let message = format!(
                "{} words in a row are those of {of}:{}; a page never prints its own solution",
                given.words, given.of
            );
            faults.add(&name, line, message);
        }
    }
}
