//! The proofs on trial: they hold of the solution, and of nothing else.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};

use super::built::Programs;
use super::scope::{Chapter, Scope, line_where, text};
use super::side_by_side::{Seats, side_by_side};
use crate::book::{Faults, HEADER};
use crate::commands::break_::FAULTY;
use crate::house::Fault;
use crate::lock;
use crate::terminal::Doing;
use crate::trial::{self, Proofs, Report, Select, Spoilt, Status};

/// The seed that the book's recordings were made with.
pub const RECORDED: u64 = 1;

/// What every trial needs.
pub struct Court<'a> {
    /// The workbook.
    pub scope: &'a Scope,
    /// What can be tried.
    pub programs: &'a [Programs<'a>],
    /// Where to say how far it is.
    pub doing: &'a Doing,
    /// For each run of a chapter's proofs one.
    pub seats: Seats,
}

impl Court<'_> {
    /// Runs proofs of a chapter against a program.
    pub fn run(&self, chapter: &Chapter, program: &str, select: &Select) -> Result<Vec<Report>> {
        let exercise = &chapter.exercise;
        let proofs = Proofs::of(&self.scope.house, exercise, |what| self.doing.say(what))?;
        let mut seen = 0;
        let of = proofs.list().len();
        let each = |_: &Report| {
            seen += 1;
            self.doing.say(&format!("{}: {seen} of {of}", exercise.id));
        };
        self.seats
            .seated(|| proofs.run(program, select, "cargo workbook verify", each))
    }

    /// Tries each chapter, and judges what comes of it.
    pub fn each<T: Send>(
        &self,
        attempt: impl Fn(&Programs) -> Result<T> + Sync,
        judge: impl Fn(&Chapter, T),
    ) -> Result<()> {
        let tried = side_by_side(self.programs, self.programs.len(), attempt)?;
        for (programs, tried) in self.programs.iter().zip(tried) {
            judge(programs.chapter, tried);
        }
        Ok(())
    }

    /// Blames a proof.
    pub fn blame(&self, chapter: &Chapter, proof: &str, faults: &Faults, message: String) {
        let found = chapter.proofs.iter().find(|p| p.path == proof);
        let file = self.scope.relative(&chapter.exercise.proofs_file());
        faults.add(file, found.map_or(1, |proof| proof.line), message);
    }
}

/// Before anything is written no proof holds, and each failure says just that.
pub fn untouched(court: &Court, faults: &Faults) -> Result<()> {
    let select = Select {
        hurried: true,
        ..Select::default()
    };
    court.each(
        |programs| {
            court.run(
                programs.chapter,
                &trial::command_line(&programs.stub),
                &select,
            )
        },
        |chapter, reports| {
            for report in reports {
                let path = &report.proof;
                let message = match report.status {
                    Status::Unwritten => continue,
                    Status::Proved => {
                        format!(
                            "`{path}` holds before anything is written; prove what the step adds"
                        )
                    }
                    Status::Refused | Status::Broken => format!(
                        "`{path}` fails on the stub otherwise than \"not written yet\"; \
                     let the stub meet a todo!(\"step N: …\")"
                    ),
                };
                court.blame(chapter, path, faults, message);
            }
        },
    )
}

/// Every proof holds of the solution.
pub fn solved(court: &Court, faults: &Faults) -> Result<()> {
    let all = Select::default();
    court.each(
        |programs| {
            court.run(
                programs.chapter,
                &trial::command_line(&programs.solution),
                &all,
            )
        },
        |chapter, reports| {
            for report in reports.iter().filter(|report| !report.is_proved()) {
                let message = format!(
                    "`{0}` doesn't hold of the solution; cargo test -p {1} {0} shows why",
                    report.proof,
                    chapter.exercise.solution()
                );
                court.blame(chapter, &report.proof, faults, message);
            }
        },
    )
}

/// Each known fault kills the proofs that it claims, and no others but those
/// that it may; what one of them says is on record.
pub fn kills(court: &Court, faults: &Faults) -> Result<()> {
    court.each(
        |programs| killed(court, programs.chapter),
        |chapter, tried| {
            let exercise = &chapter.exercise;
            let file = chapter.solution.join("faults.toml");
            let source = text(&file);
            for Tried {
                fault,
                died,
                record,
            } in tried
            {
                if let Some(record) = record {
                    on_record(court, chapter, &fault, &record, faults);
                }
                let claimed: BTreeSet<_> = fault.kills.iter().cloned().collect();
                let may = fault.may_kill.iter().cloned().collect();
                let name = format!("\"{}\"", fault.name);
                let line = line_where(&source, |line| {
                    line.starts_with("name") && line.contains(&name)
                });
                for (what, proofs) in [
                    ("kills", &(&died - &claimed) - &may),
                    ("doesn't kill", &claimed - &died),
                ] {
                    for proof in proofs {
                        let message = format!(
                            "{} {what} `{proof}`; cargo workbook break {} {} shows it",
                            fault.name, exercise.name, fault.name
                        );
                        faults.add(court.scope.relative(&file), line, message);
                    }
                }
            }
        },
    )
}

/// What a learner reads of a fault is what the page shows.
fn on_record(court: &Court, chapter: &Chapter, fault: &Fault, now: &str, faults: &Faults) {
    let (name, exercise) = (&fault.name, &chapter.exercise.name);
    let file = chapter.solution.join(format!("faults/{name}.snap"));
    let text = text(&file);
    let kept = text.lines().skip(HEADER);
    if text.is_empty() || kept.clone().eq(now.lines()) {
        return; // That there is none, `faults` says.
    }
    let same = kept.zip(now.lines()).take_while(|(kept, now)| kept == now);
    let at = same.count();
    let says = now.lines().nth(at).unwrap_or_default().trim();
    let message = format!(
        "cargo workbook break {exercise} {name} now says `{says}` here; CONTRIBUTING.md has the \
         command that records it"
    );
    faults.add(court.scope.relative(&file), HEADER + at + 1, message);
}

/// What came of a known fault.
struct Tried {
    fault: Fault,
    /// The proofs that don't hold.
    died: BTreeSet<String>,
    /// What the one says that shows it.
    record: Option<String>,
}

/// What comes of each known fault of a chapter.
fn killed(court: &Court, chapter: &Chapter) -> Result<Vec<Tried>> {
    let (house, exercise) = (&court.scope.house, &chapter.exercise);
    let select = Select {
        seed: Some(RECORDED),
        plain: true,
        called: Some(FAULTY),
        ..Select::default()
    };
    let wait = || {
        court
            .doing
            .say(&format!("waiting for another break of {}", exercise.id))
    };
    lock::alone(&Spoilt::lock(house, exercise), wait, || {
        let mut tried = Vec::new();
        for fault in Fault::all(&chapter.solution)? {
            let spoilt = Spoilt::of(house, exercise, &fault)?;
            let program = spoilt.build(house, |what| court.doing.say(what));
            let program = program.with_context(|| format!("fault {}", fault.name))?;
            let reports = court.run(chapter, &trial::command_line(&program), &select)?;
            let died = || reports.iter().filter(|report| !report.is_proved());
            let shown = died().find(|report| Some(&report.proof) == fault.shows.as_ref());
            tried.push(Tried {
                died: died().map(|report| report.proof.clone()).collect(),
                record: shown.map(Report::for_record),
                fault,
            });
        }
        Ok(tried)
    })
}
