//! `workbook solution`: one way to do it, for whoever has found one.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::copies;
use crate::difference;
use crate::help;
use crate::house::{Exercise, House};
use crate::outcome::Outcome;
use crate::progress::{self, Standing};
use crate::telling;
use crate::terminal::{BOLD, DIM, WARN};

/// Shows where the reference solution is, once yours holds.
///
/// It is shown when the core of your program is proved, or when you ask a second time.
/// It is one way of several: what counts are the proofs.
#[derive(clap::Args)]
#[command(after_long_help = help::after("the core doesn't hold yet; ask again to see it all the same", &[
    ("cargo workbook solution echo", "Where it is, and what of the strict proofs is left."),
    ("cargo workbook solution echo --diff", "How it differs from yours."),
    ("cargo workbook solution echo --print", "Its text."),
]))]
pub struct Args {
    /// The exercise; not needed in its folder.
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Compares: `-` is yours, `+` the reference.
    #[arg(long)]
    diff: bool,
    /// Prints the reference, and nothing else.
    #[arg(long, conflicts_with = "diff")]
    print: bool,
}

/// Runs the command.
pub fn run(house: &House, args: &Args) -> Result<Outcome> {
    let exercise = house.exercise_or_here(args.name.as_deref())?;
    let standing = Standing::read(house, &exercise)?;
    if !standing.core_proved() && !asked_before(house, &exercise) {
        anstream::print!("{}", not_yet(&exercise, &standing));
        return Ok(Outcome::Refused);
    }
    let files = files(house, &exercise)?;
    if args.print {
        for file in &files {
            print!("{}", read(file)?);
        }
        return Ok(Outcome::Done);
    }
    let mut out = telling::heading(&exercise);
    for file in &files {
        let (text, path) = (read(file)?, house.relative(file));
        let _ = writeln!(
            out,
            "  {BOLD}{path}{BOLD:#}  {DIM}{} lines{DIM:#}",
            text.lines().count()
        );
        if args.diff {
            let below = file.strip_prefix(house.solution(&exercise)).unwrap_or(file);
            let own = exercise.dir.join(below);
            let own = fs::read_to_string(own).unwrap_or_default();
            let differs = difference::places(&own, &text);
            out.push_str(if differs.is_empty() {
                "the same as yours\n"
            } else {
                &differs
            });
        }
    }
    let (name, strict) = (&exercise.name, standing.count_all(true));
    out.push('\n');
    if !args.diff {
        let _ = writeln!(out, "  compare  cargo workbook solution {name} --diff");
    }
    if standing.core_proved() && !strict.full() {
        let _ = writeln!(
            out,
            "  {}  cargo workbook check {name}: the rest of the truth, before you look",
            telling::count("strict", strict)
        );
    }
    out.push('\n');
    anstream::print!("{out}");
    Ok(Outcome::Done)
}

/// Whether this was asked once already; from now on it was.
fn asked_before(house: &House, exercise: &Exercise) -> bool {
    let mark = house.notes().join("asked").join(&exercise.id);
    if mark.exists() {
        return true;
    }
    if let Err(error) = progress::write(&mark, b"") {
        eprintln!("note: that you have asked can't be remembered: {error:#}");
    }
    false
}

fn not_yet(exercise: &Exercise, standing: &Standing) -> String {
    let mut out = telling::heading(exercise);
    let name = &exercise.name;
    if standing.changed {
        let _ = match standing.ever_proved() {
            true => writeln!(
                out,
                "  {WARN}changed since its last check{WARN:#}, so nothing is proved of it"
            ),
            false => writeln!(out, "  nothing is proved of it yet"),
        };
        let _ = writeln!(out, "  check    cargo workbook check {name}");
    } else {
        telling::steps(exercise, standing, &mut out);
        out.push('\n');
    }
    let _ = writeln!(out, "  a hint   cargo workbook hint {name}");
    let _ = writeln!(
        out,
        "\n  The reference is shown once the core holds, or when you ask again.\n"
    );
    out
}

/// What there is to read of a solution: not its `main.rs`, which is the given one.
fn files(house: &House, exercise: &Exercise) -> Result<Vec<PathBuf>> {
    let src = house.solution(exercise).join("src");
    let files = copies::files(&src)?.into_iter();
    let files = files.filter(|file| file != Path::new("main.rs"));
    Ok(files.map(|file| src.join(file)).collect())
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| file.display().to_string())
}
