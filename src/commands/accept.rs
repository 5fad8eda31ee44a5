//! Records the snapshots of an exercise from its solution, and keeps those
//! that the author has looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::book::HEADER;
use crate::difference;
use crate::help;
use crate::house::{Exercise, House, Proof};
use crate::outcome::Outcome;
use crate::terminal::{self, Doing};
use crate::trial::{self, Built};

/// The endings of a recording's two files.
const SNAP: &str = ".snap";
const BYTES: &str = ".bytes.jsonl";

/// Records the snapshots of an exercise from its solution (for authors).
///
/// Each change is shown, and kept only if you agree to it. A snapshot whose
/// proof is gone is offered for removal.
#[derive(clap::Args)]
#[command(after_long_help = help::after("the recording failed; every snapshot is as it was", &[
    ("cargo workbook accept handshake", "Records chapter 02, and asks about each change."),
]))]
pub struct Args {
    /// The exercise: `02`, `handshake` or a part of it; not needed in its folder.
    name: Option<String>,
    /// Keeps every change without asking.
    #[arg(long)]
    yes: bool,
}

/// Runs the command.
pub fn run(house: &House, args: Args) -> Result<Outcome> {
    let exercise = &house.exercise_or_here(args.name.as_deref())?;
    let dir = exercise.snapshots_dir();
    let before = contents(&dir)?;
    let program = build_solution(house, exercise)?;
    if !record(house, exercise, &program)? {
        restore(&dir, &before)?;
        eprintln!("the recording failed; every snapshot is as it was");
        return Ok(Outcome::Refused);
    }
    let after = contents(&dir)?;
    let proofs: BTreeSet<String> = exercise.proofs()?.iter().map(Proof::snapshot).collect();
    let names: BTreeSet<&str> = before
        .keys()
        .chain(after.keys())
        .filter_map(|n| stem(n))
        .collect();

    let (mut kept, mut put_back) = (0, 0);
    for name in names {
        let file = |ending: &str| format!("{name}{ending}");
        let old = before.get(&file(SNAP)).map_or("", String::as_str);
        let is_proof = proofs.contains(name);
        let new = match is_proof {
            true => after.get(&file(SNAP)).map_or("", String::as_str),
            // No test has this name any more: both of its files go.
            false => "",
        };
        if old == new && is_proof {
            continue;
        }
        anstream::println!(
            "{}\n{}",
            house.relative(&dir.join(file(SNAP))),
            difference::whole(&transcript(old), &transcript(new))
        );
        let question = if new.is_empty() {
            "remove it"
        } else {
            "keep this"
        };
        let keep = args.yes || terminal::agreed(question)?;
        for ending in [SNAP, BYTES] {
            let path = dir.join(file(ending));
            let text = match (keep, is_proof) {
                (true, true) => continue,
                (true, false) => None,
                (false, _) => before.get(&file(ending)),
            };
            put(&path, text)?;
        }
        match keep {
            true => kept += 1,
            false => put_back += 1,
        }
    }
    println!(
        "{kept} changed and kept, {put_back} left as before, of {} snapshots",
        proofs.len()
    );
    Ok(Outcome::Done)
}

/// All recorded files of a folder by name.
fn contents(dir: &Path) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    if !dir.is_dir() {
        return Ok(found);
    }
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if stem(&name).is_some() {
            found.insert(name, fs::read_to_string(&path)?);
        }
    }
    Ok(found)
}

fn stem(name: &str) -> Option<&str> {
    name.strip_suffix(SNAP).or_else(|| name.strip_suffix(BYTES))
}

fn restore(dir: &Path, before: &BTreeMap<String, String>) -> Result<()> {
    for name in contents(dir)?.keys().chain(before.keys()) {
        put(&dir.join(name), before.get(name))?;
    }
    Ok(())
}

/// Writes a file, or removes it.
fn put(path: &Path, text: Option<&String>) -> Result<()> {
    let done = match text {
        Some(text) => fs::write(path, text),
        None if path.exists() => fs::remove_file(path),
        None => Ok(()),
    };
    done.with_context(|| path.display().to_string())
}

/// Builds the solution; returns its program.
fn build_solution(house: &House, exercise: &Exercise) -> Result<PathBuf> {
    let package = exercise.solution();
    let doing = Doing::new();
    let mut built = trial::build(house, &[&package], |what| doing.say(what))?;
    match built.pop() {
        Some(Built::Program(program, _)) => Ok(program),
        Some(Built::Refused(said)) => bail!("{package} doesn't compile\n{said}"),
        None => bail!("{package} has no program"),
    }
}

/// Lets every proof write down what the solution does. The same seed gives the
/// same bytes each time.
fn record(house: &House, exercise: &Exercise, program: &Path) -> Result<bool> {
    let output = trial::cargo(house)
        .args(["test", "--package", &exercise.name, "--test", "proof"])
        .env("PROOF_RECORD", "1")
        .env("PROOF_SEED", "1")
        .env("INSTA_UPDATE", "always")
        .env("INSTA_FORCE_PASS", "1")
        .env("SUBJECT", format!("'{}'", program.display()))
        .output()
        .context("cargo can't be started")?;
    if !output.status.success() {
        io::stderr().write_all(&output.stderr)?;
        io::stderr().write_all(&output.stdout)?;
    }
    Ok(output.status.success())
}

/// What follows a snapshot's header.
fn transcript(snapshot: &str) -> String {
    snapshot.split_inclusive('\n').skip(HEADER).collect()
}
