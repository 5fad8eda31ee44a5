//! `workbook break`: a solution with one known fault, and the proofs that
//! notice.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Serialize;

use crate::difference;
use crate::help;
use crate::house::named::{self, Named};
use crate::house::{Exercise, Fault, House};
use crate::lock;
use crate::outcome::Outcome;
use crate::telling;
use crate::terminal::{self, BAD, BOLD, DIM, Doing, GOOD};
use crate::trial::{self, Proofs, Report, Select, Spoilt};

/// The values that the book's own pages were recorded with.
const SEED: u64 = 1;

/// What a failure calls the program.
pub const FAULTY: &str = "the faulty program";

/// Runs the reference solution with one known fault: the chapter's "Break it".
///
/// Without a fault it lists those that are known. With one it builds the solution with
/// that fault, beside the workbook, and runs the proofs. It shows the failure that tells
/// most, and names all proofs that notice.
#[derive(clap::Args)]
#[command(after_long_help = help::after("not the proofs failed that should", &[
    ("cargo workbook break echo", "The known faults of chapter 01."),
    ("cargo workbook break echo echoes-uploads", "What the proofs say to one of them."),
    ("cargo workbook break echo echoes-uploads --diff", "And the lines that are wrong; they are lines of the solution."),
    ("cargo workbook break echo echoes-uploads --serve -- --port 4000", "The faulty program itself: talk to it."),
    ("cargo workbook break frames from-the-start --serve -- encode text hi", "One that is no server is told there what to do."),
]))]
pub struct Args {
    /// The exercise; not needed in its folder.
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// The fault, or a part of its name.
    #[arg(value_name = "FAULT")]
    fault: Option<String>,
    /// Only proofs whose name has this in it.
    #[arg(long, value_name = "PROOF")]
    proof: Option<String>,
    /// Shows the lines that are wrong as well.
    #[arg(long, requires = "fault")]
    diff: bool,
    /// Runs the faulty program until Ctrl-C, instead of the proofs.
    #[arg(long, requires = "fault", conflicts_with_all = ["json", "proof", "diff"])]
    serve: bool,
    /// Prints JSON: the faults, or what came of one.
    #[arg(long)]
    json: bool,
    /// What the program gets on its command line.
    #[arg(last = true, requires = "serve", value_name = "ARGS")]
    arguments: Vec<OsString>,
}

/// Runs the command.
pub fn run(house: &House, args: &Args) -> Result<Outcome> {
    let (exercise, wanted) = meant(house, args)?;
    let mut faults = Fault::all(&house.solution(&exercise))?;
    let Some(wanted) = wanted else {
        match args.json {
            true => println!("{}", serde_json::to_string_pretty(&listed(&faults))?),
            false => anstream::print!("{}", list(&exercise, &faults)),
        }
        return Ok(Outcome::Done);
    };
    let fault = faults.swap_remove(find(&exercise, &faults, wanted)?);
    let doing = Doing::new();
    let lock = Spoilt::lock(house, &exercise);
    let wait = || doing.say(&format!("waiting for another break of {}", exercise.id));
    // Held until the end: the next fault is built in the same place.
    lock::alone(&lock, wait, || {
        let spoilt = Spoilt::of(house, &exercise, &fault)?;
        let program = spoilt.build(house, |what| doing.say(what));
        let program = program.with_context(|| format!("fault {}", fault.name))?;
        match args.serve {
            true => {
                doing.say("");
                can_be_run(&exercise, &fault, &args.arguments)?;
                serve(&fault, &program, &args.arguments)
            }
            false => prove(house, args, &exercise, &fault, &program, &doing),
        }
    })
}

/// The exercise meant, and the fault, if one is. In an exercise's folder one
/// word that names no exercise is a fault.
fn meant<'a>(house: &House, args: &'a Args) -> Result<(Exercise, Option<&'a str>)> {
    let (name, fault) = (args.name.as_deref(), args.fault.as_deref());
    match (name, fault, house.here()?) {
        (Some(word), None, Some(here)) if house.exercise(word).is_err() => Ok((here, Some(word))),
        _ => Ok((house.exercise_or_here(name)?, fault)),
    }
}

/// The fault meant.
fn find(exercise: &Exercise, faults: &[Fault], wanted: &str) -> Result<usize> {
    let named = faults.iter().map(|fault| Named {
        id: &fault.name,
        number: "",
        name: &fault.name,
    });
    let what = format!("known fault of {}", exercise.name);
    named::find(&what, wanted, &named.collect::<Vec<_>>())
}

fn list(exercise: &Exercise, faults: &[Fault]) -> String {
    let mut out = telling::heading(exercise);
    let name = &exercise.name;
    let longest = faults
        .iter()
        .map(|fault| fault.name.len())
        .max()
        .unwrap_or(0);
    let indent = longest + 5;
    for fault in faults {
        let says = textwrap::wrap(
            &fault.says,
            terminal::width().saturating_sub(indent).max(20),
        );
        for (row, line) in says.iter().enumerate() {
            let name = if row == 0 { fault.name.as_str() } else { "" };
            let _ = writeln!(out, "  {BOLD}{name:longest$}{BOLD:#}   {line}");
        }
    }
    match faults.first() {
        Some(first) => {
            let first = &first.name;
            let _ = writeln!(
                out,
                "\n  {DIM}see one: cargo workbook break {name} {first}{DIM:#}\n"
            );
        }
        None => out.push_str("  No fault is known.\n\n"),
    }
    out
}

#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    says: &'a str,
    kills: &'a [String],
    may_kill: &'a [String],
    /// The one whose failure is on record.
    shows: Option<&'a str>,
}

fn listed(faults: &[Fault]) -> Vec<Listed<'_>> {
    let listed = faults.iter().map(|fault| Listed {
        name: &fault.name,
        says: &fault.says,
        kills: &fault.kills,
        may_kill: &fault.may_kill,
        shows: fault.shows.as_deref(),
    });
    listed.collect()
}

/// A program that is no server has to be told what to do.
fn can_be_run(exercise: &Exercise, fault: &Fault, arguments: &[OsString]) -> Result<()> {
    ensure!(
        is_server(exercise) || !arguments.is_empty(),
        "{} is no server: say what its program is to do, behind `--`: \
         cargo workbook break {} {} --serve -- ARGUMENTS",
        exercise.id,
        exercise.name,
        fault.name
    );
    Ok(())
}

/// Whether the program says where it listens.
fn is_server(exercise: &Exercise) -> bool {
    let given = fs::read_to_string(exercise.dir.join("start/main.rs"));
    given.is_ok_and(|given| given.contains("listening on"))
}

/// Becomes the program, where that is possible: signals, and how it ends, are
/// then its own.
fn serve(fault: &Fault, program: &Path, arguments: &[OsString]) -> Result<Outcome> {
    anstream::eprintln!("{DIM}{}  Ctrl-C ends it.{DIM:#}", fault.says);
    let mut command = Command::new(program);
    command.args(arguments);
    #[cfg(unix)]
    let status = Err(std::os::unix::process::CommandExt::exec(&mut command));
    #[cfg(not(unix))]
    let status = command.status();
    let status: std::process::ExitStatus = status.context("the program can't be started")?;
    Ok(match status.success() {
        true => Outcome::Done,
        false => Outcome::Refused,
    })
}

/// What came of one fault.
#[derive(Serialize)]
struct Broken<'a> {
    exercise: &'a str,
    fault: &'a str,
    says: &'a str,
    /// Whether those proofs failed that should, and no other.
    as_claimed: bool,
    killed: Vec<&'a str>,
    /// Died though they should not have.
    too: Vec<&'a str>,
    /// Held though they should not have.
    not: Vec<&'a str>,
    shows: Option<&'a str>,
    /// The failure of the one that shows it.
    text: &'a str,
    /// The same as it is kept on record.
    record: String,
}

fn prove(
    house: &House,
    args: &Args,
    exercise: &Exercise,
    fault: &Fault,
    program: &Path,
    doing: &Doing,
) -> Result<Outcome> {
    let proofs = Proofs::of(house, exercise, |what| doing.say(what))?;
    let select = Select {
        proof: args.proof.clone(),
        seed: std::env::var_os("PROOF_SEED").is_none().then_some(SEED),
        called: Some(FAULTY),
        ..Select::default()
    };
    let again = format!("cargo workbook break {} {}", exercise.name, fault.name);
    let mut seen = 0;
    let reports = proofs.run(&trial::command_line(program), &select, &again, |_| {
        seen += 1;
        doing.say(&format!("{seen} of {}", proofs.list().len()));
    })?;
    doing.say("");

    let part = args.proof.as_deref().unwrap_or_default();
    let broken = Broken::of(exercise, fault, part, &reports);
    match args.json {
        true => println!("{}", serde_json::to_string_pretty(&broken)?),
        false => {
            let wrong = match args.diff {
                true => lines(house, exercise, fault)?,
                false => String::new(),
            };
            anstream::print!("{}", text(exercise, fault, &broken, &wrong, reports.len()));
        }
    }
    Ok(match broken.as_claimed {
        true => Outcome::Done,
        false => Outcome::Refused,
    })
}

impl<'a> Broken<'a> {
    /// `part` is what the names of all that were tried have in them.
    fn of(
        exercise: &'a Exercise,
        fault: &'a Fault,
        part: &str,
        reports: &'a [Report],
    ) -> Broken<'a> {
        let died = reports.iter().filter(|report| !report.is_proved());
        let killed: Vec<&str> = died.map(|report| report.proof.as_str()).collect();
        let claimed = fault.kills.iter().map(String::as_str);
        let claimed: Vec<&str> = claimed.filter(|proof| proof.contains(part)).collect();
        let without = |all: &[&'a str], less: &[&str]| {
            let left = all.iter().filter(|proof| !less.contains(proof));
            left.copied().collect::<Vec<_>>()
        };
        let may: Vec<&str> = fault.may_kill.iter().map(String::as_str).collect();
        let too = without(&without(&killed, &claimed), &may);
        let not = without(&claimed, &killed);
        let shown = fault.shown().filter(|shown| killed.contains(shown));
        let shows = shown.or(killed.first().copied());
        let report = reports
            .iter()
            .find(|report| Some(report.proof.as_str()) == shows);
        Broken {
            exercise: &exercise.id,
            fault: &fault.name,
            says: &fault.says,
            as_claimed: too.is_empty() && not.is_empty(),
            killed,
            too,
            not,
            shows,
            text: report.map_or("", |report| &report.text),
            record: report.map(Report::for_record).unwrap_or_default(),
        }
    }
}

/// The lines that are wrong.
fn lines(house: &House, exercise: &Exercise, fault: &Fault) -> Result<String> {
    let file = house.solution(exercise).join(&fault.file);
    let source = fs::read_to_string(&file)?;
    let changed = difference::places(&source, &fault.put_into(&source)?);
    Ok(format!("\n  {}\n{changed}", house.relative(&file)))
}

fn text(exercise: &Exercise, fault: &Fault, broken: &Broken, wrong: &str, tried: usize) -> String {
    let mut out = telling::heading(exercise);
    let _ = writeln!(out, "  {BOLD}{}{BOLD:#}: {}", fault.name, fault.says);
    out.push_str(wrong);
    out.push_str(broken.text);
    let s = if broken.killed.len() == 1 { "s" } else { "" };
    let number = broken.killed.len();
    let _ = writeln!(out, "\n  {number} of {tried} proofs notice{s}");
    for proof in &broken.killed {
        let odd = if broken.too.contains(proof) {
            "   (not claimed)"
        } else {
            ""
        };
        let _ = writeln!(out, "  {DIM}  {proof}{DIM:#}{BAD}{odd}{BAD:#}");
    }
    for proof in &broken.not {
        let _ = writeln!(
            out,
            "  {DIM}  {proof}{DIM:#}{BAD}   holds all the same{BAD:#}"
        );
    }
    match broken.as_claimed {
        true => {
            let _ = writeln!(out, "  {GOOD}as expected{GOOD:#}");
        }
        false => {
            let _ = writeln!(out, "  {BAD}not as faults.toml says{BAD:#}");
        }
    }
    let (name, fault) = (&exercise.name, &fault.name);
    let (what, arguments) = match is_server(exercise) {
        true => ("talk to it", ""),
        false => ("run it", " -- ARGUMENTS"),
    };
    let _ = writeln!(
        out,
        "\n  {DIM}{what}: cargo workbook break {name} {fault} --serve{arguments}{DIM:#}\n"
    );
    out
}
