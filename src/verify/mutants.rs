//! Every mutant of every solution dies. `cargo mutants` makes them, as
//! `.cargo/mutants.toml` says; one that lives is a proof that is missing.

use std::fs;

use anyhow::{Context as _, Result, bail};

use super::scope::Scope;
use crate::book::Faults;
use crate::trial;

/// Exit codes that say that the mutants were tried: all died, some live, some
/// never ended.
const TRIED: [i32; 3] = [0, 2, 3];

pub fn check(scope: &Scope, faults: &Faults) -> Result<()> {
    let is_there = trial::cargo(&scope.house)
        .args(["mutants", "--version"])
        .output();
    if !is_there.is_ok_and(|output| output.status.success()) {
        bail!("cargo-mutants is not installed; cargo install --locked cargo-mutants");
    }
    let out = tempfile::tempdir().context("no place for mutants")?;
    let mut command = trial::cargo(&scope.house);
    command.arg("mutants").arg("--output").arg(out.path());
    for chapter in scope.asked() {
        command.args(["--package", &chapter.exercise.solution()]);
    }
    // It shows its own progress; standard output is for what was found.
    command.stdout(std::io::stderr());
    let status = command.status().context("cargo can't be started")?;
    if !status.code().is_some_and(|code| TRIED.contains(&code)) {
        bail!("cargo mutants can't try them; what it says stands above");
    }
    let missed = fs::read_to_string(out.path().join("mutants.out/missed.txt"));
    for line in missed.context("mutants.out/missed.txt")?.lines() {
        // solutions/00-line/src/lib.rs:45:9: replace converse with ()
        let mut parts = line.splitn(4, ':');
        let (file, at) = (parts.next().unwrap_or_default(), parts.next());
        let what = parts.nth(1).unwrap_or(line).trim();
        let message = format!(
            "a mutant lives: {what}; write the proof that it fails, or exclude it in \
             .cargo/mutants.toml and say why"
        );
        faults.add(
            file,
            at.and_then(|at| at.parse().ok()).unwrap_or(1),
            message,
        );
    }
    Ok(())
}
