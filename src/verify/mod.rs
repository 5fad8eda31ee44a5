//! `workbook verify`: everything that an author must keep true. One file a
//! family of checks; what only the book can know, its build finds.

mod built;
mod exempt;
mod faults;
mod hints;
mod impostors;
mod mutants;
mod names;
mod oracles;
mod proofs;
mod report;
mod scope;
mod side_by_side;
mod sources;
mod steps;
mod tree;
mod trials;
mod verbatim;

use std::time::Instant;

use anyhow::{Context as _, Result};

use crate::book::{self, Faults};
use crate::help;
use crate::house::House;
use crate::outcome::Outcome;
use crate::terminal::Doing;
use report::{Finding, Report};
use scope::Scope;
use side_by_side::{Seats, side_by_side};
use trials::Court;

/// Checks everything that an author must keep true (for authors).
///
/// First come the files: names, steps, stubs, transcripts, hints, known faults, the book
/// and its links. All that is wrong is told at once, by chapter, each with its place and
/// what to do. Then stubs and solutions are built, and the proofs run: they hold of the
/// solution, and not of the stub, of a known fault, or of a program that replays what is
/// on record.
#[derive(clap::Args)]
#[command(after_long_help = help::after("something is not true; each fault has been named", &[
    ("cargo workbook verify --fast", "All that the files alone can show; a second."),
    ("cargo workbook verify frames", "Everything about one chapter; some minutes."),
    ("cargo workbook verify frames --mutants", "And whether every mutant of its solution dies; an hour."),
    ("cargo workbook verify --json", "One JSON object a fault, for a program to read."),
]))]
pub struct Args {
    /// Only these chapters; without a name all, and what belongs to none.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Only what needs no build.
    #[arg(long)]
    fast: bool,
    /// Every mutant of the solutions, too (needs cargo-mutants).
    #[arg(long)]
    mutants: bool,
    /// Prints one JSON object a fault, and nothing else.
    #[arg(long)]
    json: bool,
}

/// One thing that must be true.
struct Check {
    name: &'static str,
    truth: &'static str,
    run: fn(&Scope, &Faults) -> Result<()>,
}

/// What the files alone can show.
const OF_FILES: [Check; 13] = [
    Check {
        name: "names",
        truth: "chapter, exercise, solution, page and quiz share one name",
        run: names::check,
    },
    Check {
        name: "steps",
        truth: "each step is a module of proofs, and is worth something",
        run: steps::check,
    },
    Check {
        name: "start",
        truth: "start/ is src/",
        run: sources::start,
    },
    Check {
        name: "written",
        truth: "a solution leaves nothing to do",
        run: sources::written,
    },
    Check {
        name: "compares",
        truth: "a proof compares, and never sleeps",
        run: proofs::compares,
    },
    Check {
        name: "transcripts",
        truth: "a transcript sends something random, and is like no other",
        run: proofs::transcripts,
    },
    Check {
        name: "pairs",
        truth: "no proof ends with a refusal",
        run: proofs::pairs,
    },
    Check {
        name: "hints",
        truth: "each step has two to four hints",
        run: hints::check,
    },
    Check {
        name: "spoilers",
        truth: "neither hints nor page give the answer away",
        run: hints::spoilers,
    },
    Check {
        name: "faults",
        truth: "each known fault finds its place, its proofs and its record",
        run: faults::check,
    },
    Check {
        name: "oracles",
        truth: "where an oracle differs, it is said why",
        run: oracles::check,
    },
    Check {
        name: "files",
        truth: "no file holds what only one machine has, or waits for an answer",
        run: tree::check,
    },
    Check {
        name: "links",
        truth: "README.md and CONTRIBUTING.md link to what is there",
        run: tree::links,
    },
];

/// One that needs programs.
struct Trial {
    name: &'static str,
    truth: &'static str,
    run: fn(&Court, &Faults) -> Result<()>,
}

/// What only running the proofs can show.
const OF_PROGRAMS: [Trial; 5] = [
    Trial {
        name: "untouched",
        truth: "before anything is written no proof holds, and each says so",
        run: trials::untouched,
    },
    Trial {
        name: "solved",
        truth: "every proof holds of the solution",
        run: trials::solved,
    },
    Trial {
        name: "deaf",
        truth: "no proof of a server holds of one that doesn't listen",
        run: impostors::deaf,
    },
    Trial {
        name: "replay",
        truth: "no proof holds of a replay of its recording",
        run: impostors::replay,
    },
    Trial {
        name: "kills",
        truth: "each known fault kills the proofs it claims, no other, and as it is on record",
        run: trials::kills,
    },
];

/// Runs the command.
pub fn run(house: &House, args: &Args) -> Result<Outcome> {
    let started = Instant::now();
    let doing = Doing::new();
    let unread = Faults::default();
    let scope = Scope::read(house, &args.names, &unread)?;
    let mut report = Report::new(&scope);
    report.add("readable", "every chapter can be read", unread.sorted());
    // What can't be read has no place in a book either.
    if report.is_clean() {
        files(&scope, &doing, &mut report)?;
        if !args.fast {
            programs(&scope, &doing, &mut report)?;
        }
        if args.mutants {
            doing.say("");
            let faults = Faults::default();
            mutants::check(&scope, &faults)?;
            report.add(
                "mutants",
                "every mutant of a solution dies",
                faults.sorted(),
            );
        }
    }
    drop(doing);
    match args.json {
        true => report
            .findings()
            .iter()
            .map(Finding::json)
            .for_each(|line| println!("{line}")),
        false => anstream::print!("{}", report.text(started.elapsed())),
    }
    Ok(match report.is_clean() {
        true => Outcome::Done,
        false => Outcome::Refused,
    })
}

/// What the files show. The book is built meanwhile.
fn files(scope: &Scope, doing: &Doing, report: &mut Report) -> Result<()> {
    let out = tempfile::tempdir().context("no place for a book")?;
    let book = std::thread::scope(|threads| {
        let book = threads.spawn(|| book::build(&scope.house, out.path()));
        for check in &OF_FILES {
            doing.say(check.truth);
            let faults = Faults::default();
            (check.run)(scope, &faults)?;
            report.add(check.name, check.truth, faults.sorted());
        }
        doing.say("the book is built");
        book.join().expect("a fault of the book is no panic")
    })?;
    report.add(
        "book",
        "the book builds: every link, transcript and question",
        book,
    );
    Ok(())
}

/// What running the proofs shows.
fn programs(scope: &Scope, doing: &Doing, report: &mut Report) -> Result<()> {
    let faults = Faults::default();
    built::lint(scope, doing, &faults)?;
    report.add(
        "compiles",
        "stubs and solutions compile without a warning, clippy's included",
        faults.sorted(),
    );
    let programs = built::build(scope, doing)?;
    let court = Court {
        scope,
        programs: &programs,
        doing,
        seats: Seats::new(),
    };
    let found = side_by_side(&OF_PROGRAMS, OF_PROGRAMS.len(), |trial| {
        let faults = Faults::default();
        (trial.run)(&court, &faults)?;
        Ok(faults.sorted())
    })?;
    for (trial, found) in OF_PROGRAMS.iter().zip(found) {
        report.add(trial.name, trial.truth, found);
    }
    Ok(())
}
