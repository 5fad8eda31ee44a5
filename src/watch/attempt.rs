//! One run, from build to verdict, in a thread of its own; dropped, it is
//! called off, and nothing of it stays behind.

use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Result, anyhow};

use crate::house::{Exercise, House};
use crate::progress::{Stamp, Standing};
use crate::trial::{self, Built, Proofs, Report, Select, Stop};

/// How often the proofs' reports are looked at.
const PACE: Duration = Duration::from_millis(10);

/// What a run tells while it goes on.
pub enum Told {
    /// It is busy with this.
    Doing(String),
    /// The program is built; the proofs begin.
    Proving,
    /// A proof has ended.
    Report(Report),
    /// That was all.
    Over(Result<Found>),
}

/// What came of a run.
pub enum Found {
    /// What the compiler says.
    Uncompiled(String),
    /// What the proofs report.
    Verdict(Verdict),
}

/// What the proofs report, and where it leaves the learner.
pub struct Verdict {
    pub reports: Vec<Report>,
    pub standing: Standing,
    /// How many warnings the compiler has.
    pub warnings: usize,
}

/// A run under way.
pub struct Attempt {
    stop: Stop,
    thread: Option<JoinHandle<()>>,
}

impl Attempt {
    /// Begins one on the program that has this stamp.
    pub fn start(
        house: &House,
        exercise: &Exercise,
        stamp: &Stamp,
        tell: impl Fn(Told) + Send + 'static,
    ) -> Attempt {
        let stop = Stop::possible();
        let (house, exercise, stamp) = (house.clone(), exercise.clone(), stamp.clone());
        let called_off = stop.clone();
        let thread = std::thread::spawn(move || {
            // Unwound, it still says that it is over.
            let mut last = Last {
                tell: &tell,
                found: Some(Err(anyhow!(
                    "this should not have happened; please tell us"
                ))),
            };
            last.found = Some(run(&house, &exercise, &stamp, &called_off, &tell));
        });
        Attempt {
            stop,
            thread: Some(thread),
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.stop.now();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Tells what was found when it goes.
struct Last<'a> {
    tell: &'a dyn Fn(Told),
    found: Option<Result<Found>>,
}

impl Drop for Last<'_> {
    fn drop(&mut self) {
        self.found
            .take()
            .into_iter()
            .for_each(|found| (self.tell)(Told::Over(found)));
    }
}

fn run(
    house: &House,
    exercise: &Exercise,
    stamp: &Stamp,
    stop: &Stop,
    tell: &dyn Fn(Told),
) -> Result<Found> {
    let say = |what: &str| tell(Told::Doing(what.to_owned()));
    let built = trial::build_until(stop, house, &[&exercise.name], say)?;
    let (program, warnings) = match built.into_iter().next().expect("one package") {
        Built::Program(program, warnings) => (program, warnings),
        Built::Refused(said) => return Ok(Found::Uncompiled(said)),
    };
    let proofs = Proofs::of_until(stop, house, exercise, say)?;
    let again = format!("cargo workbook check {}", exercise.name);
    let command = trial::command_line(&program);
    let mut running = proofs.start(&command, &Select::default(), &again)?;
    tell(Told::Proving);
    let mut reports = Vec::new();
    loop {
        stop.check()?; // Dropped, the proofs are ended, and their programs.
        let over = running.is_over()?;
        for report in running.reports(over)? {
            tell(Told::Report(report.clone()));
            reports.push(report);
        }
        if over {
            break;
        }
        std::thread::sleep(PACE); // A bounded wait: proofs end by themselves.
    }
    proofs.sort(&mut reports);
    let standing = Standing::note(house, exercise, stamp, &reports)?;
    Ok(Found::Verdict(Verdict {
        reports,
        standing,
        warnings,
    }))
}
