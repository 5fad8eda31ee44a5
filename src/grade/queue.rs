//! What is to be graded, one after the other and side by side.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;

use super::compile::Sources;
use super::kit::{Bench, Kit};
use super::store::{Key, Store};
use super::verdict::Verdict;
use crate::terminal::Doing;
use crate::trial::Stop;

/// One exercise of one student, to be graded.
pub struct Unit<'a> {
    /// The student, by number.
    pub student: usize,
    pub kit: &'a Kit,
    pub sources: &'a Sources,
    /// What the verdict is stored by.
    pub key: Key,
    /// What its random values are drawn from.
    pub seed: u64,
}

/// Grades all units side by side; nothing for those that were not reached.
pub fn all(
    bench: &Bench,
    store: &Store,
    stop: &Stop,
    units: &[Unit],
    jobs: Option<usize>,
    doing: &Doing,
) -> Result<Vec<Option<Verdict>>> {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = jobs.unwrap_or(processors).clamp(1, units.len().max(1));
    let next = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    let started = Instant::now();
    let found = Mutex::new(Vec::new());
    let broken = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(unit) = units.get(at) else { return };
                    if stop.check().is_err() {
                        return;
                    }
                    let name = format!("unit-{at}");
                    let verdict = bench.grade(stop, unit.kit, unit.sources, unit.seed, &name);
                    let kept = verdict.and_then(|verdict| {
                        stop.check()?;
                        store.put(&unit.key, &verdict)?;
                        Ok(verdict)
                    });
                    match kept {
                        Ok(verdict) => found.lock().expect("no panic").push((at, verdict)),
                        // Called off, it is no fault of anything.
                        Err(_) if stop.check().is_err() => return,
                        Err(error) => {
                            stop.now();
                            broken.lock().expect("no panic").get_or_insert(error);
                            return;
                        }
                    }
                    let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                    doing.say(&estimate(done, units.len(), started.elapsed()));
                }
            });
        }
    });
    if let Some(error) = broken.into_inner().expect("no panic") {
        return Err(error);
    }
    let mut verdicts: Vec<Option<Verdict>> = units.iter().map(|_| None).collect();
    for (at, verdict) in found.into_inner().expect("no panic") {
        verdicts[at] = Some(verdict);
    }
    Ok(verdicts)
}

/// `12 of 60, some 3 min to go`
fn estimate(done: usize, of: usize, elapsed: Duration) -> String {
    let left = elapsed.as_secs_f64() / done as f64 * (of - done) as f64;
    match left {
        left if left < 90.0 => format!("{done} of {of}, some {left:.0} s to go"),
        left => format!("{done} of {of}, some {:.0} min to go", left / 60.0),
    }
}
