//! `workbook prove`: the proofs of an exercise, against any program.

use anyhow::{Result, bail, ensure};

use super::check::Which;
use crate::help;
use crate::house::{Exercise, House};
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
    /// The exercise; not needed in its folder.
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// The program's command line; '…' and "…" keep words together.
    #[arg(long, value_name = "COMMAND", value_hint = clap::ValueHint::CommandString)]
    against: Option<String>,
    #[command(flatten)]
    which: Which,
    /// Shows every failure in full.
    #[arg(long)]
    all: bool,
    /// Prints the proofs' reports, one JSON object a line, and nothing else.
    #[arg(long)]
    json: bool,
}

/// What would fail each proof in its own words is told once, before any runs.
fn ready(house: &House, exercise: &Exercise, line: &str) -> Result<()> {
    let words: Vec<&str> = line
        .split_whitespace()
        .map(|word| word.trim_matches(['\'', '"']))
        .collect();
    if let ["cargo", "run" | "r", ..] = words[..] {
        bail!(
            "`cargo run` may compile first, and a proof does not wait for that; \
             build it, then name the program: cargo workbook prove {} --against target/debug/PROGRAM",
            exercise.name
        );
    }
    let is_path = |word: &&&str| word.contains(['/', '.']);
    for word in words.iter().filter(is_path) {
        // In the folder where it was typed it is there, in the workbook's it isn't.
        let (here, there) = (house.start().join(word), house.root().join(word));
        ensure!(
            !here.is_file() || there.exists(),
            "the program is started in the workbook's folder, and `{word}` isn't there; \
             from there it is `{}`",
            house.relative(&here)
        );
    }
    let program = house.root().join(words[0]);
    ensure!(
        !words[0].contains('/') || program.exists(),
        "there is no `{}` in the workbook's folder, where the program is started; \
         is it built?",
        words[0]
    );
    Ok(())
}

/// Runs the command.
pub fn run(house: &House, args: &Args) -> Result<Outcome> {
    let Some(against) = &args.against else {
        let name = args.name.as_deref().unwrap_or("NAME");
        bail!(
            "say which program is on trial, such as: \
             cargo workbook prove {name} --against 'node my-server.js'"
        );
    };
    let exercise = house.exercise_or_here(args.name.as_deref())?;
    let select = args.which.select(&exercise)?;
    ensure!(
        !against.trim().is_empty(),
        "--against needs a command line, such as --against 'node server.js'"
    );
    ready(house, &exercise, against)?;
    let doing = Doing::new();
    let proofs = Proofs::of(house, &exercise, |what| doing.say(what))?;
    let quoted = against.replace('\'', r"'\''");
    let again = format!(
        "cargo workbook prove {} --against '{quoted}'",
        exercise.name
    );
    let mut seen = 0;
    let reports = proofs.run(against, &select, &again, |_| {
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
