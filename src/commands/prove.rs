//! `workbook prove`: the proofs of an exercise, against any program.

use anyhow::Result;

use super::check::Which;
use crate::help;
use crate::house::House;
use crate::outcome::Outcome;
use crate::telling;
use crate::terminal::Doing;
use crate::trial::{Proofs, Report};

/// Runs the proofs of an exercise against any program, in any language.
///
/// The program is started anew for each proof, with the workbook's folder as its
/// own, and with the flags that the chapter names behind its command line. As a
/// server it listens on a free port of 127.0.0.1 and prints one line that says
/// where: `listening on ws://127.0.0.1:PORT` (`tcp://`, `http://`). Its log goes to
/// standard error. Nothing of this is remembered as progress.
#[derive(clap::Args)]
#[command(after_long_help = help::after("a proof doesn't hold", &[
    ("cargo workbook prove echo --against 'node my/echo.js'", "Chapter 01, solved in JavaScript."),
    ("cargo workbook prove 02 --against 'python3 server.py' --core", "What is essential of chapter 02, in Python."),
    ("cargo workbook prove 02 --against target/debug/handshake-solution --json", "The reports, for a program to read."),
]))]
pub struct Args {
    /// The exercise.
    #[arg(value_name = "NAME")]
    name: String,
    /// The program's command line; '…' and "…" keep words together.
    #[arg(long, value_name = "COMMAND", value_hint = clap::ValueHint::CommandString)]
    against: String,
    #[command(flatten)]
    which: Which,
    /// Shows every failure in full.
    #[arg(long)]
    all: bool,
    /// Prints the proofs' reports, one JSON object a line, and nothing else.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(house: &House, args: &Args) -> Result<Outcome> {
    let exercise = house.exercise(&args.name)?;
    let select = args.which.select(&exercise)?;
    anyhow::ensure!(
        !args.against.trim().is_empty(),
        "--against needs a command line, such as --against 'node server.js'"
    );
    let doing = Doing::new();
    let proofs = Proofs::of(house, &exercise, |what| doing.say(what))?;
    let quoted = args.against.replace('\'', r"'\''");
    let again = format!(
        "cargo workbook prove {} --against '{quoted}'",
        exercise.name
    );
    let mut seen = 0;
    let reports = proofs.run(&args.against, &select, &again, |_| {
        seen += 1;
        doing.say(&format!("{seen} of {}", proofs.list().len()));
    })?;
    drop(doing);
    if args.json {
        reports
            .iter()
            .for_each(|report| println!("{}", report.json));
    } else {
        anstream::print!(
            "{}",
            telling::reports(&exercise, &reports, &again, args.all)
        );
    }
    Ok(match reports.iter().all(Report::is_proved) {
        true => Outcome::Done,
        false => Outcome::Refused,
    })
}
