//! One run over a class: what is not known yet is graded, all is reported.

use std::path::Path;

use anyhow::Result;

use super::cell::Sandbox;
use super::class::Class;
use super::compile::Sources;
use super::filed::Filed;
use super::kit::{Bench, Kit};
use super::queue::{self, Unit};
use super::record::{Record, Work};
use super::store::{Key, Store};
use super::students::Student;
use super::{ClassArgs, canary, publish, seed, workplace};
use crate::house::{Exercise, House};
use crate::outcome::Outcome;
use crate::terminal::Doing;
use crate::trial::Stop;

/// Grades these students' exercises, and writes the report.
pub fn run(
    house: &House,
    args: &ClassArgs,
    class: &Class,
    exercises: &[Exercise],
    report: &Path,
    students: Vec<Student>,
) -> Result<Outcome> {
    let work = workplace::new(report)?;
    let doing = Doing::new();
    let say = |what: &str| doing.say(what);
    let sandbox = Sandbox::new(args.sandbox, work.path(), say)?;
    let bench = Bench::new(house, class, exercises, sandbox, say)?;
    let stop = Stop::possible();
    listen(&stop)?;
    canary::sing(house, &bench, &stop, say)?;
    let seed = seed::of(report, args.seed)?;
    let store = Store::of(report);

    let (mut records, sources): (Vec<_>, Vec<_>) = students
        .into_iter()
        .map(|student| (student.record, student.sources))
        .unzip();
    let mut units = Vec::new();
    for (nth, (record, sources)) in records.iter_mut().zip(&sources).enumerate() {
        for kit in &bench.kits {
            let Some(sources) = sources.get(&kit.exercise.id) else {
                continue;
            };
            match known(args, &store, record, kit, sources)? {
                Known::Work(work) => drop(record.works.insert(kit.exercise.id.clone(), work)),
                Known::Not(key) => units.push(Unit {
                    student: nth,
                    kit,
                    sources,
                    key,
                    seed: seed::drawn(seed, &record.id, &kit.exercise.id),
                }),
            }
        }
    }
    let verdicts = queue::all(&bench, &store, &stop, &units, args.jobs, &doing)?;
    drop(doing);
    for (unit, verdict) in units.iter().zip(verdicts) {
        // Pending it is already.
        if let Some(verdict) = verdict {
            let work = unit.kit.graded(verdict, unit.sources);
            let works = &mut records[unit.student].works;
            works.insert(unit.kit.exercise.id.clone(), work);
        }
    }
    let sandbox = bench.sandbox.says();
    for record in &records {
        Filed::of(sandbox, record).write(report)?;
    }
    let anonymous = args.anonymous;
    publish::publish(house, class, exercises, sandbox, records, anonymous, report)
}

/// What is known of one exercise of a student before anything is run.
enum Known {
    /// All there is to know.
    Work(Work),
    /// Nothing yet; the verdict will go by this name.
    Not(Key),
}

fn known(
    args: &ClassArgs,
    store: &Store,
    record: &Record,
    kit: &Kit,
    sources: &Sources,
) -> Result<Known> {
    if kit.is_untouched(sources) {
        return Ok(Known::Work(Work::Untouched));
    }
    let wanted = args.only.is_empty() || args.only.contains(&record.id);
    let key = Key::of(&kit.how, &record.id, &kit.exercise.id, sources);
    if wanted && args.regrade {
        store.forget(&key)?;
    }
    Ok(match store.get(&key) {
        Some(verdict) => Known::Work(kit.graded(verdict, sources)),
        None if wanted => Known::Not(key),
        None => Known::Work(Work::Pending),
    })
}

/// Ctrl-C ends the class, not the report.
#[cfg(unix)]
fn listen(stop: &Stop) -> Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM])?;
    let stop = stop.clone();
    std::thread::spawn(move || {
        for _ in signals.forever() {
            stop.now();
        }
    });
    Ok(())
}

#[cfg(not(unix))]
fn listen(_: &Stop) -> Result<()> {
    Ok(())
}
