//! The pristine proofs outside, against a student's program in a cell.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::RwLock;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::cell::{Cell, Limits, Sandbox};
use super::verdict::Shown;
use crate::house::Exercise;
use crate::trial::{Proofs, Select, Stop};

/// How often a run is looked at.
const PACE: Duration = Duration::from_millis(5);

/// A failure that took so long may be the machine's: others ran beside it.
const SLOW: u64 = 2_500;

/// Milliseconds in which a program has to say where it listens: it was compiled
/// before, and has nothing else to do.
const STARTUP: &str = "5000";

/// What a program may use, unless `class.toml` says otherwise.
pub const LIMITS: Limits = Limits {
    data: 512 << 20,
    space: 8 << 30,
    cpu: 10,
    file: 0,
    processes: 256,
    files: 4096,
};

/// How a class's programs are run.
pub struct Court {
    /// For all proofs of one exercise.
    pub time: Duration,
    /// For one program.
    pub limits: Limits,
    /// Held by all that run, and alone by what is tried again.
    pub quiet: RwLock<()>,
}

/// A program to be proved.
pub struct Defendant<'a> {
    /// What it is a program of.
    pub exercise: &'a Exercise,
    /// The program; its folder is the sandbox's own.
    pub program: &'a Path,
    /// What the random values are drawn from.
    pub seed: u64,
}

impl Court {
    /// Runs all of these proofs; what time may have refused, or the cell, is
    /// tried once more, while nothing else runs.
    pub fn run(
        &self,
        stop: &Stop,
        sandbox: &Sandbox,
        proofs: &Proofs,
        of: &Defendant,
        hidden: bool,
    ) -> Result<Vec<Shown>> {
        let select = Select {
            seed: Some(of.seed),
            plain: true,
            ..Select::default()
        };
        let first = {
            let _beside_others = self.quiet.read().expect("no panic");
            self.once(stop, sandbox, proofs, of, &select)?
        };
        let mut shown: Vec<Shown> = first
            .iter()
            .map(|report| Shown::of(report, hidden))
            .collect();
        let slow = |shown: &&Shown| !shown.is_proved() && (shown.ms >= SLOW || shown.is_suspect());
        let slow: BTreeSet<String> = shown
            .iter()
            .filter(slow)
            .map(|shown| shown.proof.clone())
            .collect();
        // Where most are slow, it is not the machine.
        if slow.is_empty() || slow.len() * 3 > shown.len().max(6) {
            return Ok(shown);
        }
        let select = Select {
            among: Some(slow),
            ..select
        };
        let _alone = self.quiet.write().expect("no panic");
        for report in self.once(stop, sandbox, proofs, of, &select)? {
            let again = Shown::of(&report, hidden);
            let Some(first) = shown.iter_mut().find(|shown| shown.proof == again.proof) else {
                continue;
            };
            if again.is_proved() {
                *first = Shown {
                    at_first: Some(first.status),
                    ..again
                };
            }
        }
        Ok(shown)
    }

    fn once(
        &self,
        stop: &Stop,
        sandbox: &Sandbox,
        proofs: &Proofs,
        of: &Defendant,
        select: &Select,
    ) -> Result<Vec<crate::trial::Report>> {
        let program = match sandbox.is_some() {
            true => "/cell/program".to_owned(),
            false => of.program.to_string_lossy().into_owned(),
        };
        let cell = Cell {
            own: of.program.parent().map(Path::to_owned),
            reads: Vec::new(),
            writes: None,
            env: Vec::new(),
            folder: "/".to_owned(),
            command: vec![program],
            limits: self.limits,
            builds: false,
        };
        let line = sandbox.line(&cell)?;
        let quoted: Vec<String> = line.iter().map(|word| format!("'{word}'")).collect();
        let again = format!("cargo workbook check {}", of.exercise.name);
        let mut yard = sandbox.yard(proofs.binary());
        yard.env("INSTA_FORCE_PASS", "0")
            .env("PROOF_STARTUP_MS", STARTUP);
        let mut running = proofs.start_as(yard, &quoted.join(" "), select, &again)?;
        let deadline = Instant::now() + self.time;
        let mut reports = Vec::new();
        loop {
            stop.check()?;
            let over = running.is_over()? || Instant::now() > deadline;
            if over {
                running.end();
            }
            reports.extend(running.reports(over)?);
            if over {
                break;
            }
            std::thread::sleep(PACE); // A bounded wait.
        }
        proofs.sort(&mut reports);
        Ok(reports)
    }
}
