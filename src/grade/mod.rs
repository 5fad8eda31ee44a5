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
mod hidden;
mod intake;
mod kit;
mod marks;
mod merge;
mod recipe;
mod record;
mod report;
mod roster;
mod run;
mod similarity;
mod store;
mod verdict;
mod when;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use sha2::{Digest as _, Sha256};

use cell::{Choice, Sandbox};
use class::Class;
use compile::Sources;
use kit::{Bench, Kit};
use marks::Counts;
use record::{Record, Work};
use report::Graded;
use store::{Key, Store};

use crate::help;
use crate::house::{Exercise, House};
use crate::outcome::Outcome;
use crate::terminal::Doing;
use crate::trial::Stop;
use crate::{lock, progress};

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
    let mut students = chosen(&class, &roster, &submissions, &exercises)?;
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
        grade(house, args, &class, &report, students)
    })
}

/// What this process is for, if it was started by a class that is being graded
/// and not by a person; how that ended.
pub fn errand() -> Option<std::process::ExitCode> {
    recipe::intercept()
        .or_else(cell::intercept)
        .or_else(canary::intercept)
}

/// A student, and the sources of the attempt that counts.
struct Student {
    record: Record,
    sources: BTreeMap<String, Sources>,
}

/// Every student with the attempt that counts; from the roster also those of
/// whom there is nothing.
fn chosen(
    class: &Class,
    roster: &roster::Roster,
    submissions: &Path,
    exercises: &[Exercise],
) -> Result<Vec<Student>> {
    let attempts = intake::read(submissions, exercises)?;
    let mut students: Vec<Student> = attempts
        .chunk_by(|a, b| a.student == b.student)
        .filter_map(|attempts| {
            let (record, attempt) = Record::of(class, roster, attempts)?;
            Some(Student {
                record,
                sources: attempt.handed.sources,
            })
        })
        .collect();
    let handed: BTreeSet<String> = students.iter().map(|s| s.record.id.clone()).collect();
    for (id, listed) in roster.iter().filter(|(id, _)| !handed.contains(*id)) {
        students.push(Student {
            record: Record::absent(id, listed),
            sources: BTreeMap::new(),
        });
    }
    students.sort_by(|a, b| a.record.id.cmp(&b.record.id));
    if students.is_empty() {
        bail!("{} holds no submission", submissions.display());
    }
    Ok(students)
}

/// One exercise of one student, to be graded.
struct Unit<'a> {
    student: usize,
    kit: &'a Kit,
    sources: &'a Sources,
    key: Key,
    seed: u64,
}

fn grade(
    house: &House,
    args: &ClassArgs,
    class: &Class,
    report: &Path,
    students: Vec<Student>,
) -> Result<Outcome> {
    let exercises = class.exercises(house)?;
    let work = workplace(report)?;
    let sandbox = Sandbox::new(args.sandbox, work.path())?;
    let doing = Doing::new();
    let bench = Bench::new(house, class, &exercises, sandbox, |what| doing.say(what))?;
    let stop = Stop::possible();
    listen(&stop)?;
    canary::sing(house, &bench, &stop, |what| doing.say(what))?;
    let seed = seed(report, args.seed)?;
    let store = Store::of(report);
    let given: Vec<BTreeSet<u32>> = bench
        .kits
        .iter()
        .map(|kit| similarity::fingerprints(kit.start()))
        .collect();

    let mut records: Vec<Record> = Vec::new();
    let mut sources = Vec::new();
    for student in students {
        records.push(student.record);
        sources.push(student.sources);
    }
    let mut units = Vec::new();
    for (at, own) in sources.iter().enumerate() {
        let id = records[at].id.clone();
        for (kit, given) in bench.kits.iter().zip(&given) {
            let Some(sources) = own.get(&kit.exercise.id) else {
                continue;
            };
            if kit.is_untouched(sources) {
                let works = &mut records[at].works;
                works.insert(kit.exercise.id.clone(), Work::Untouched);
                continue;
            }
            let wanted = args.only.is_empty() || args.only.contains(&id);
            let key = Key::of(&kit.how, &id, &kit.exercise.id, sources);
            if wanted && args.regrade {
                store.forget(&key)?;
            }
            if let Some(verdict) = store.get(&key) {
                let work = graded(verdict, sources, given);
                records[at].works.insert(kit.exercise.id.clone(), work);
            } else if wanted {
                units.push(Unit {
                    student: at,
                    kit,
                    sources,
                    key,
                    seed: drawn(seed, &id, &kit.exercise.id),
                });
            }
        }
    }
    let verdicts = all(&bench, &store, &stop, &units, args, &doing)?;
    drop(doing);
    for (unit, verdict) in units.iter().zip(verdicts) {
        let at = bench
            .kits
            .iter()
            .position(|kit| kit.exercise.id == unit.kit.exercise.id);
        let work = match verdict {
            Some(verdict) => graded(verdict, unit.sources, &given[at.unwrap_or(0)]),
            None => Work::Pending,
        };
        let works = &mut records[unit.student].works;
        works.insert(unit.kit.exercise.id.clone(), work);
    }
    let sandbox = bench.sandbox.says();
    for record in &records {
        let file = report
            .join("records")
            .join(format!("{}.json", record.folder()));
        progress::write(&file, &serde_json::to_vec(&Filed { sandbox, record })?)?;
    }
    published(
        house,
        class,
        &exercises,
        sandbox,
        records,
        args.anonymous,
        report,
    )
}

/// A record on disk, with what its programs ran in.
#[derive(serde::Serialize)]
struct Filed<'a> {
    sandbox: &'a str,
    record: &'a Record,
}

/// Writes the reports, says where they are, and how it went.
fn published(
    house: &House,
    class: &Class,
    exercises: &[Exercise],
    sandbox: &str,
    records: Vec<Record>,
    anonymous: bool,
    report: &Path,
) -> Result<Outcome> {
    let mut counts = Vec::new();
    let mut solved = BTreeMap::new();
    for exercise in exercises {
        counts.push(Counts::of(class, exercise)?);
        let given = similarity::fingerprints(&kit::sources(&exercise.dir.join("start"))?);
        let solution = kit::sources(&house.solution(exercise).join("src"))?;
        solved.insert(exercise.id.clone(), similarity::own(&solution, &given));
    }
    let mut graded = Graded::new(
        class,
        counts,
        sandbox.to_owned(),
        records,
        solved,
        anonymous,
    );
    graded.write(report)?;
    print!("{}", told(&graded, report));
    let whole = graded.students.iter().all(|student| {
        let status = student.marks.status;
        status == "graded" || status == "missing"
    });
    Ok(match whole {
        true => Outcome::Done,
        false => Outcome::Refused,
    })
}

fn graded(verdict: verdict::Verdict, sources: &Sources, given: &BTreeSet<u32>) -> Work {
    Work::Graded {
        verdict,
        fingerprints: similarity::own(sources, given),
    }
}

/// Grades all units side by side; nothing for those that were not reached.
fn all(
    bench: &Bench,
    store: &Store,
    stop: &Stop,
    units: &[Unit],
    args: &ClassArgs,
    doing: &Doing,
) -> Result<Vec<Option<verdict::Verdict>>> {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = args.jobs.unwrap_or(processors).clamp(1, units.len().max(1));
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
    let mut verdicts: Vec<Option<verdict::Verdict>> = units.iter().map(|_| None).collect();
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

/// A folder for what is compiled and run now, that ends with this run. One that
/// a killed run has left goes first: the report knows its name.
fn workplace(report: &Path) -> Result<tempfile::TempDir> {
    const PREFIX: &str = "workbook-grade-";
    let note = report.join(".work");
    let left = PathBuf::from(fs::read_to_string(&note).unwrap_or_default());
    let base = std::env::temp_dir();
    let is_ours = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with(PREFIX);
    if left.parent() == Some(&base) && left.file_name().is_some_and(is_ours) {
        let _ = fs::remove_dir_all(&left);
    }
    // Noted before it is there: killed in between, it is still found.
    let name = format!("{PREFIX}{:016x}", random()?);
    progress::write(&note, base.join(&name).to_string_lossy().as_bytes())?;
    let mut folder = tempfile::Builder::new();
    let work = folder.prefix(&name).rand_bytes(0).tempdir_in(&base)?;
    // Cells that are nobody's must get there; nobody can list what is in it.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(work.path(), fs::Permissions::from_mode(0o711))?;
    }
    Ok(work)
}

fn random() -> Result<u64> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok(u64::from_ne_bytes(bytes))
}

/// The class's seed: the one given; or the one of the earlier run; or a new one.
fn seed(report: &Path, given: Option<u64>) -> Result<u64> {
    let file = report.join("seed");
    let kept = fs::read_to_string(&file).ok();
    let kept = kept.and_then(|text| text.trim().parse().ok());
    let seed = match given.or(kept) {
        Some(seed) => seed,
        None => random()?,
    };
    progress::write(&file, format!("{seed}\n").as_bytes())?;
    Ok(seed)
}

/// A student's own, for one exercise.
fn drawn(seed: u64, student: &str, exercise: &str) -> u64 {
    let digest = Sha256::digest(format!("{seed}/{student}/{exercise}"));
    digest[..4]
        .iter()
        .fold(0, |seed, byte| seed << 8 | u64::from(*byte))
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

/// What is said at the end.
fn told(graded: &Graded, report: &Path) -> String {
    use std::fmt::Write as _;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for student in &graded.students {
        *counts.entry(student.marks.status).or_default() += 1;
    }
    let counts: Vec<String> = counts
        .iter()
        .map(|(what, n)| format!("{n} {what}"))
        .collect();
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{} students: {}",
        graded.students.len(),
        counts.join(", ")
    );
    for student in &graded.students {
        if student.marks.status == "refused" {
            let why = student
                .marks
                .exercises
                .iter()
                .find(|m| m.status == "refused");
            let why = why.map(|marked| marked.why.as_str()).unwrap_or_default();
            let _ = writeln!(
                out,
                "  {} is not graded: {why}",
                intake::shown(&student.record.id)
            );
        }
    }
    let _ = writeln!(out, "sandbox: {}", graded.sandbox);
    let _ = writeln!(out, "report:  {}", report.join("index.html").display());
    out
}
