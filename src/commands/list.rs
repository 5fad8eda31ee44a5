//! `workbook list`: where you stand.

use std::fmt::Write as _;

use anyhow::Result;
use serde::Serialize;

use crate::help;
use crate::house::{Exercise, House};
use crate::outcome::Outcome;
use crate::progress::{self, Count, Standing};
use crate::telling;
use crate::terminal::{BOLD, DIM, GOOD, WARN};

/// Every exercise, its steps, what is proved, and what is next.
///
/// Nothing is run: it tells what the last check found. A verdict counts as long as
/// the program and its proofs are what they were then.
#[derive(clap::Args)]
#[command(after_long_help = help::after("", &[
    ("cargo workbook list", "All exercises; the steps of those under way."),
    ("cargo workbook list echo", "One exercise and its steps."),
    ("cargo workbook list --json", "The same, for a program to read."),
]))]
pub struct Args {
    /// Only these exercises, with all their steps.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Prints one JSON array.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(house: &House, args: &Args) -> Result<Outcome> {
    let named = !args.names.is_empty();
    let exercises = match named {
        true => args
            .names
            .iter()
            .map(|name| house.exercise(name))
            .collect::<Result<_>>()?,
        false => house.exercises()?,
    };
    let mut standings = Vec::new();
    for exercise in exercises {
        let standing = Standing::read(house, &exercise)?;
        standings.push((exercise, standing));
    }
    if args.json {
        let rows: Vec<Row> = standings.iter().map(|(e, s)| Row::of(e, s)).collect();
        println!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        anstream::print!("{}", text(&standings, named));
    }
    Ok(Outcome::Done)
}

fn text(standings: &[(Exercise, Standing)], named: bool) -> String {
    let mut out = String::from("\n");
    let names = standings
        .iter()
        .map(|(e, _)| e.name.len())
        .max()
        .unwrap_or(0);
    let titles = standings.iter().map(|(e, _)| e.about.title.chars().count());
    let titles = titles.max().unwrap_or(0);
    let next = progress::next_chapter(standings, None);
    for (exercise, standing) in standings {
        let (number, name, title) = (exercise.number(), &exercise.name, &exercise.about.title);
        let state = state(standing);
        let _ = writeln!(
            out,
            "  {number} {BOLD}{name:names$}{BOLD:#}   {title:titles$}   {state}"
        );
        let under_way = !standing.untouched && !standing.all_proved();
        // Of another program nothing is known, step by step least of all.
        if !standing.changed && (named || under_way) {
            telling::steps(exercise, standing, &mut out);
            out.push('\n');
        }
    }
    if let Some((exercise, standing)) = next {
        let (number, name) = (exercise.number(), &exercise.name);
        if !out.ends_with("\n\n") {
            out.push('\n');
        }
        let step = standing.next_step().filter(|_| !standing.changed);
        let step = step.map(|step| format!(", step {}", telling::step_words(exercise, step)));
        let step = step.unwrap_or_default();
        let _ = writeln!(out, "  next   {number} {name}{step}");
        let how = match standing.untouched {
            true => format!("read it in the book (cargo run), then: cargo workbook watch {name}"),
            false => format!("cargo workbook watch {name}"),
        };
        let _ = writeln!(out, "         {DIM}{how}{DIM:#}");
    } else if !standings.is_empty() && !named {
        let _ = writeln!(out, "\n  {GOOD}the core of every chapter holds{GOOD:#}");
    }
    out.push('\n');
    out
}

fn state(standing: &Standing) -> String {
    if standing.changed {
        return match standing.untouched {
            true => format!("{DIM}not begun: the starting point again{DIM:#}"),
            false => format!("{WARN}changed since its last check{WARN:#}"),
        };
    }
    if standing.all_proved() {
        return format!("{GOOD}all {} proved{GOOD:#}", standing.proofs.len());
    }
    let tried = standing.proofs.iter().any(|(_, status)| status.is_some());
    match (standing.untouched, tried) {
        (true, _) => format!("{DIM}not begun{DIM:#}"),
        (false, false) => format!("{DIM}not checked yet{DIM:#}"),
        (false, true) => {
            let (core, strict) = (standing.count_all(false), standing.count_all(true));
            format!(
                "{}   {}",
                telling::count("core", core),
                telling::count("strict", strict)
            )
        }
    }
}

/// An exercise as `--json` prints it.
#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    name: &'a str,
    title: &'a str,
    minutes: u32,
    /// `src/` is what `start/` is.
    untouched: bool,
    /// The program is no longer the one that was checked last.
    changed: bool,
    steps: Vec<StepRow<'a>>,
}

#[derive(Serialize)]
struct StepRow<'a> {
    id: &'a str,
    title: &'a str,
    core: Count,
    strict: Count,
}

impl<'a> Row<'a> {
    fn of(exercise: &'a Exercise, standing: &Standing) -> Row<'a> {
        let steps = exercise.about.steps.iter().map(|step| StepRow {
            id: &step.id,
            title: &step.title,
            core: standing.count(step, false),
            strict: standing.count(step, true),
        });
        Row {
            id: &exercise.id,
            name: &exercise.name,
            title: &exercise.about.title,
            minutes: exercise.about.minutes,
            untouched: standing.untouched,
            changed: standing.changed,
            steps: steps.collect(),
        }
    }
}
