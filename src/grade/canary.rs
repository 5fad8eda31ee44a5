//! Before a class: what must pass passes, what must fail fails, and what must
//! be contained is. If not, nothing is graded.

use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use anyhow::{Result, bail};

use super::cell::rules::MISBEHAVE;
use super::cell::{self, Cell};
use super::kit::{self, Bench};
use crate::house::House;
use crate::trial::Stop;

/// How long a canary may take.
const TIME: Duration = Duration::from_secs(30);

/// Sends the canaries in.
pub fn sing(house: &House, bench: &Bench, stop: &Stop, mut say: impl FnMut(&str)) -> Result<()> {
    if bench.sandbox.is_some() {
        say("trying the sandbox");
        contained(bench, stop)?;
    }
    let Some(kit) = bench.kits.first() else {
        bail!("no exercise counts");
    };
    say("trying what must pass, and what must fail");
    let exercise = &kit.exercise;
    let solved = kit::sources(&house.solution(exercise).join("src"))?;
    let verdict = bench.grade(stop, kit, &solved, 1, "canary-solved")?;
    if let Some(said) = &verdict.uncompiled {
        bail!(
            "the solution of {} does not compile here:\n{said}",
            exercise.id
        );
    }
    if let Some(failed) = verdict.proofs.iter().find(|shown| !shown.is_proved()) {
        bail!(
            "the solution of {} is refused here, so nothing is graded:\n{}",
            exercise.id,
            failed.text
        );
    }
    let verdict = bench.grade(stop, kit, kit.start(), 1, "canary-stub")?;
    let passes = verdict.proofs.iter().find(|shown| shown.is_proved());
    match (passes, verdict.proofs.is_empty()) {
        (None, false) => Ok(()),
        (Some(passes), _) => bail!("the stub of {} passes {}", exercise.id, passes.proof),
        (None, true) => bail!("the stub of {} could not be proved", exercise.id),
    }
}

/// A program of ours, misbehaving in a cell such as students' programs get.
pub fn contained(bench: &Bench, stop: &Stop) -> Result<()> {
    // Something outside to reach for.
    let outside = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let cell = Cell {
        own: None,
        reads: Vec::new(),
        writes: None,
        env: Vec::new(),
        folder: "/".to_owned(),
        command: vec![
            "/cell/cell".to_owned(),
            MISBEHAVE.to_owned(),
            outside.local_addr()?.port().to_string(),
        ],
        limits: bench.court().limits,
        builds: false,
    };
    let mut command = bench.sandbox.command(&cell)?;
    let ended = cell::run(stop, &mut command, TIME, 16 * 1024)?;
    if ended.well() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    bail!(
        "the sandbox does not hold, so nothing is graded:\n{}",
        said.trim()
    )
}
