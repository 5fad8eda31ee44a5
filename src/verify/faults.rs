//! The known faults of a solution, as far as they can be read: that each kills
//! what it claims is `trials`' to show.

use std::collections::BTreeSet;
use std::fs;

use anyhow::Result;

use super::scope::{Chapter, Scope, line_where, text};
use crate::book::Faults;
use crate::house::Fault;

pub fn check(scope: &Scope, faults: &Faults) -> Result<()> {
    for chapter in &scope.chapters {
        let file = chapter.solution.join("faults.toml");
        if !file.is_file() {
            continue; // `names` says so.
        }
        let name = scope.relative(&file);
        let known = match Fault::all(&chapter.solution) {
            Ok(known) => known,
            Err(error) => {
                let reason = error.root_cause().to_string();
                let first = reason.lines().rfind(|line| !line.is_empty());
                let at = reason
                    .split_once("line ")
                    .and_then(|(_, rest)| rest.split(',').next()?.parse().ok());
                faults.add(
                    &name,
                    at.unwrap_or(1),
                    format!("it can't be read: {}", first.unwrap_or_default()),
                );
                continue;
            }
        };
        if known.is_empty() {
            faults.add(
                &name,
                1,
                "no fault is known, so \"Break it\" has none; write one",
            );
        }
        let source = text(&file);
        let mut seen = BTreeSet::new();
        for fault in &known {
            let own = format!("\"{}\"", fault.name);
            let line = line_where(&source, |line| {
                line.starts_with("name") && line.contains(&own)
            });
            if !seen.insert(&fault.name) {
                faults.add(
                    &name,
                    line,
                    format!("two faults are called `{}`", fault.name),
                );
            }
            for message in faults_of(chapter, fault) {
                faults.add(&name, line, format!("{}: {message}", fault.name));
            }
        }
        records(scope, chapter, &known, faults)?;
    }
    Ok(())
}

fn faults_of(chapter: &Chapter, fault: &Fault) -> Vec<String> {
    let mut found = Vec::new();
    if fault.says.trim().is_empty() {
        found.push("it says nothing; say what the program then does".to_owned());
    }
    let file = chapter.solution.join(&fault.file);
    match fs::read_to_string(&file) {
        Ok(source) => match source.matches(&fault.find).count() {
            1 if fault.find == fault.replace => found.push("it changes nothing".to_owned()),
            1 => {}
            n => found.push(format!(
                "`find` stands in {} {n} times, not once",
                fault.file
            )),
        },
        Err(_) => found.push(format!("the solution has no {}", fault.file)),
    }
    if fault.kills.is_empty() {
        found.push("it kills no proof; name those that die of it, or write one".to_owned());
    }
    for path in fault.kills.iter().chain(&fault.may_kill) {
        if !chapter.proofs.iter().any(|proof| proof.path == *path) {
            found.push(format!("it kills `{path}`, which is no proof"));
        }
    }
    for path in fault
        .may_kill
        .iter()
        .filter(|path| fault.kills.contains(path))
    {
        found.push(format!("`{path}` it kills, or may kill: not both"));
    }
    if let Some(shows) = &fault.shows
        && !fault.kills.contains(shows)
    {
        found.push(format!("it shows `{shows}`, which it doesn't kill"));
    }
    found
}

/// What a learner reads is on record for each fault that shows it, and for no
/// other.
fn records(scope: &Scope, chapter: &Chapter, known: &[Fault], faults: &Faults) -> Result<()> {
    let dir = chapter.solution.join("faults");
    let name = &chapter.exercise.name;
    let mut recorded = BTreeSet::new();
    if dir.is_dir() {
        for entry in fs::read_dir(&dir)? {
            recorded.insert(entry?.file_name().to_string_lossy().into_owned());
        }
    }
    for fault in known.iter().filter(|fault| fault.shows.is_some()) {
        let file = format!("{}.snap", fault.name);
        if !recorded.remove(&file) {
            let message = format!(
                "what `cargo workbook break {name} {}` shows is not on record; CONTRIBUTING.md has \
                 the command that records it",
                fault.name
            );
            faults.add(scope.relative(&dir.join(file)), 1, message);
        }
    }
    for orphan in recorded.iter().filter(|file| file.ends_with(".snap")) {
        let message = "no fault of this name shows anything; remove the file";
        faults.add(scope.relative(&dir.join(orphan)), 1, message);
    }
    Ok(())
}
