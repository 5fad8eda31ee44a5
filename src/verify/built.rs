//! Stubs and solutions compile, and neither the compiler nor clippy has a word
//! to say.

use std::path::PathBuf;

use anyhow::{Result, bail};

use super::scope::{Chapter, Scope};
use crate::book::Faults;
use crate::terminal::Doing;
use crate::trial::{self, Built, Complaint, Messages};

/// A chapter's two programs; none where one doesn't compile.
pub struct Programs<'a> {
    /// Whose they are.
    pub chapter: &'a Chapter,
    /// What learners start from.
    pub stub: PathBuf,
    /// What it may become.
    pub solution: PathBuf,
}

/// Asks clippy about every target of every chapter.
pub fn lint(scope: &Scope, doing: &Doing, faults: &Faults) -> Result<()> {
    let packages = packages(scope);
    let mut command = trial::cargo(&scope.house);
    command.args(["clippy", "--keep-going", "--all-targets"]);
    for package in &packages {
        command.args(["--package", package]);
    }
    let messages = Messages::of(command, |what| doing.say(what))?;
    let complaints = messages.complaints();
    if complaints.is_empty() && !messages.is_success() {
        messages.blame()?;
    }
    for Complaint {
        file,
        line,
        message,
    } in complaints
    {
        // A solution's proofs are named from the solution's folder.
        let path = scope.house.root().join(&file).canonicalize();
        let root = scope.house.root().canonicalize()?;
        let file = match path.as_deref().map(|path| path.strip_prefix(&root)) {
            Ok(Ok(path)) => scope.relative(path),
            _ => file,
        };
        faults.add(file, line, format!("{message}; cargo clippy says more"));
    }
    Ok(())
}

/// Builds the programs of all chapters that were asked for.
pub fn build<'a>(scope: &'a Scope, doing: &Doing) -> Result<Vec<Programs<'a>>> {
    let packages = packages(scope);
    let names: Vec<&str> = packages.iter().map(String::as_str).collect();
    let mut built = trial::build(&scope.house, &names, |what| doing.say(what))?.into_iter();
    let mut programs = Vec::new();
    for chapter in scope.asked() {
        match (built.next(), built.next()) {
            (Some(Built::Program(stub, _)), Some(Built::Program(solution, _))) => {
                programs.push(Programs {
                    chapter,
                    stub,
                    solution,
                });
            }
            (Some(_), Some(_)) => {} // `compiles` has said why.
            _ => bail!("{} was not built", chapter.exercise.id),
        }
    }
    Ok(programs)
}

/// Stub and solution of each chapter, in turn.
fn packages(scope: &Scope) -> Vec<String> {
    let exercises = scope.asked().map(|chapter| &chapter.exercise);
    exercises
        .flat_map(|exercise| [exercise.name.clone(), exercise.solution()])
        .collect()
}
