//! `workbook grade`: from a folder of submissions to marks.
//!
//! Intake reads what students handed in (`intake`), the bench compiles and
//! proves it (`kit`, `recipe`, `compile`, `run`), each in a cell of its own
//! (`cell`). What comes of it is stored by what it is about (`store`), gathered
//! by student (`record`), turned into points (`marks`) and written down
//! (`report`).

mod canary;
mod cell;
mod class;
mod compile;
mod filed;
mod hidden;
mod intake;
mod kit;
mod marks;
mod merge;
mod publish;
mod queue;
mod recipe;
mod record;
mod report;
mod roster;
mod run;
mod seed;
mod session;
mod similarity;
mod store;
mod students;
mod verdict;
mod when;
mod workplace;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};

use cell::Choice;
use class::Class;

use crate::house::House;
use crate::outcome::Outcome;
use crate::{help, lock};

/// Grades the submissions of a class.
///
/// A submission is `STUDENT/`, `STUDENT.zip` or `STUDENT.tar.gz`, or lies as Moodle or
/// Canvas hand them over; `STUDENT/1/`, `STUDENT/2/` are attempts. Exercises are found in
/// it by the names of their folders, `02-handshake/src/lib.rs`; only sources are read.
/// They are compiled over the pristine exercises, and proved, in a sandbox.
///
/// Run again, it grades what has changed, and goes on where it was interrupted.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_long_help = help::after("something is not graded: it was interrupted, or refused", &[
    ("cargo workbook grade submissions --out report", "All students, all exercises."),
    ("cargo workbook grade submissions --out report --class class.toml --roster roster.csv", "With a deadline, points and extensions of your own."),
    ("cargo workbook grade submissions --out report --only ada --regrade", "One student once more, with new random values."),
]))]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    class: Option<ClassArgs>,
}

#[derive(clap::Subcommand)]
enum Command {
    Merge(merge::Args),
}

/// A class to be graded.
#[derive(clap::Args)]
struct ClassArgs {
    /// The folder of submissions.
    #[arg(value_name = "SUBMISSIONS", value_hint = clap::ValueHint::DirPath)]
    submissions: PathBuf,
    /// Where the report goes; what an earlier run has left there is used.
    #[arg(long, value_name = "REPORT", value_hint = clap::ValueHint::DirPath)]
    out: PathBuf,
    /// What counts, how much, and until when.
    #[arg(long, value_name = "FILE")]
    class: Option<PathBuf>,
    /// Who is in the class: a CSV file with `id`, `name`, `email`, `extension`.
    #[arg(long, value_name = "FILE")]
    roster: Option<PathBuf>,
    /// What keeps programs from doing harm. `none` has to be typed, and stands on every report.
    #[arg(long, value_name = "KIND", default_value = "bubblewrap")]
    sandbox: Choice,
    /// How many to grade at once; as many as there are processors, if not said.
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Only these students; the others stay as they are.
    #[arg(long, value_name = "STUDENT")]
    only: Vec<String>,
    /// Grades also what is graded already.
    #[arg(long)]
    regrade: bool,
    /// Only the K-th of N shares of the class; join them with `grade merge`.
    #[arg(long, value_name = "K/N")]
    shard: Option<merge::Shard>,
    /// Names nobody on the pages; the files for platforms keep their ids.
    #[arg(long)]
    anonymous: bool,
    /// What all random values are drawn from; drawn itself, if not given.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

/// Runs the command.
pub fn run(house: &House, args: &Args) -> Result<Outcome> {
    match (&args.command, &args.class) {
        (Some(Command::Merge(args)), _) => merge::run(house, args),
        (None, Some(args)) => run_class(house, args),
        (None, None) => bail!("grade what? Name the folder of submissions, and --out"),
    }
}

fn run_class(house: &House, args: &ClassArgs) -> Result<Outcome> {
    let class = Class::read(house, args.class.as_deref())?;
    let exercises = class.exercises(house)?;
    let roster = match &args.roster {
        Some(file) => roster::read(file)?,
        None => BTreeMap::new(),
    };
    let report = std::path::absolute(&args.out)?;
    let submissions = args.submissions.canonicalize();
    let submissions = submissions.with_context(|| args.submissions.display().to_string())?;
    ensure!(
        !report.starts_with(&submissions),
        "the report can't lie among the submissions: give --out another folder"
    );
    let mut students = students::chosen(&class, &roster, &submissions, &exercises)?;
    for wanted in &args.only {
        ensure!(
            students.iter().any(|student| student.record.id == *wanted),
            "no submission is from {wanted}"
        );
    }
    if let Some(shard) = args.shard {
        let mut nth = 0..;
        students.retain(|_| nth.next().is_some_and(|nth| shard.has(nth)));
    }
    fs::create_dir_all(&report).with_context(|| report.display().to_string())?;
    let taken = || eprintln!("another run is writing this report; waiting for it to end");
    lock::alone(&report.join(".lock"), taken, || {
        session::run(house, args, &class, &exercises, &report, students)
    })
}

/// What this process is for, if it was started by a class that is being graded
/// and not by a person; how that ended.
pub fn errand() -> Option<std::process::ExitCode> {
    recipe::intercept()
}
