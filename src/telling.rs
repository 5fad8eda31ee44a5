//! Verdicts as people read them.

use std::fmt::Write as _;

use anyhow::Result;

use crate::house::{Exercise, House, Step};
use crate::progress::{self, Count, Standing};
use crate::terminal::{BAD, BOLD, DIM, GOOD, WARN};
use crate::trial::{Report, Status};

/// Failures beyond the first are named, up to this many.
const MOST_NAMED: usize = 6;

/// What came of a check: the steps, the failure to look at, what is next.
pub fn verdict(
    house: &House,
    exercise: &Exercise,
    standing: &Standing,
    reports: &[Report],
    all: bool,
) -> Result<String> {
    let mut out = heading(exercise);
    steps(exercise, standing, &mut out);
    let how = format!("cargo workbook check {} --all", exercise.name);
    failures(reports, &how, all, &mut out);
    out.push('\n');
    out.push_str(&next(house, exercise, standing)?);
    Ok(out)
}

/// What came of proving some other program: nothing of it is progress.
pub fn reports(exercise: &Exercise, reports: &[Report], again: &str, all: bool) -> String {
    let mut out = heading(exercise);
    let proved = |strict: bool| {
        let of = || reports.iter().filter(move |r| r.is_strict() == strict);
        Count {
            proved: of().filter(|report| report.is_proved()).count(),
            tried: of().count(),
            of: of().count(),
        }
    };
    let counts = [("core", proved(false)), ("strict", proved(true))];
    let counts = counts.into_iter().filter(|(_, count)| count.of > 0);
    let counts: Vec<_> = counts.map(|(what, of)| count(what, of)).collect();
    let _ = writeln!(out, "  {}", counts.join("   "));
    failures(reports, &format!("{again} --all"), all, &mut out);
    out.push('\n');
    out
}

/// What stands behind the compiler's message.
pub fn uncompiled(exercise: &Exercise) -> String {
    format!(
        "{BAD}{} doesn't compile yet{BAD:#}: its proofs wait.",
        exercise.id
    )
}

/// That there were warnings, and how to see them.
pub fn warnings(exercise: &Exercise, number: usize) -> String {
    let s = if number == 1 { "" } else { "s" };
    let name = &exercise.name;
    format!("  {DIM}{number} warning{s} of the compiler: cargo clippy -p {name}{DIM:#}\n\n")
}

/// That nothing could be written down, and why.
pub fn unkept(why: &str) -> String {
    format!("note: progress can't be kept: {why}\n")
}

/// `01 echo · Echo, and both ways at once`
pub fn heading(exercise: &Exercise) -> String {
    let (number, name) = (exercise.number(), &exercise.name);
    format!(
        "\n  {BOLD}{number} {name}{BOLD:#} {DIM}·{DIM:#} {}\n\n",
        exercise.about.title
    )
}

/// One line a step.
pub fn steps(exercise: &Exercise, standing: &Standing, out: &mut String) {
    let width = exercise
        .about
        .steps
        .iter()
        .map(|s| s.title.chars().count())
        .max()
        .unwrap_or(0);
    let now = standing.next_step().map(|step| &step.id);
    for (at, step) in exercise.about.steps.iter().enumerate() {
        let (core, strict) = (standing.count(step, false), standing.count(step, true));
        if standing.held(step, false) && !core.full() {
            // Proved of what the program was a moment ago: no verdict, and not lost.
            let mark = match standing.held(step, true) {
                true => '✓',
                false => '◐',
            };
            let _ = writeln!(
                out,
                "  {DIM}{mark} {} {:width$}   held before this change{DIM:#}",
                at + 1,
                step.title
            );
            continue;
        }
        let mark = mark(core, strict, now == Some(&step.id));
        let _ = write!(
            out,
            "  {mark} {} {:width$}   {}",
            at + 1,
            step.title,
            count("core", core)
        );
        if strict.of > 0 {
            let _ = write!(out, "   {}", count("strict", strict));
        }
        out.push('\n');
    }
}

/// The state of a step in a letter: all holds, the core does, it is its turn.
pub fn mark(core: Count, strict: Count, now: bool) -> String {
    match (core.full(), strict.full()) {
        (true, true) => format!("{GOOD}✓{GOOD:#}"),
        (true, false) => format!("{GOOD}◐{GOOD:#}"),
        (false, _) if now => format!("{WARN}▸{WARN:#}"),
        (false, _) => format!("{DIM}·{DIM:#}"),
    }
}

/// `core 3 of 5`, aligned; what wasn't tried is no nought.
pub fn count(what: &str, count: Count) -> String {
    if count.tried == 0 && count.of > 0 {
        return format!("{DIM}{what}  – of {:>2}{DIM:#}", count.of);
    }
    let style = match (count.full(), count.proved) {
        (true, _) => GOOD,
        (false, 0) => DIM,
        (false, _) => WARN,
    };
    format!(
        "{style}{what} {:>2} of {:>2}{style:#}",
        count.proved, count.of
    )
}

/// One failure in full, the others by name and how to see them; or all of them
/// in full.
pub fn failures(reports: &[Report], how: &str, all: bool, out: &mut String) {
    let failed: Vec<&Report> = reports
        .iter()
        .filter(|report| !report.is_proved())
        .collect();
    if all {
        failed.iter().for_each(|report| out.push_str(&report.text));
        return;
    }
    // The lowest step comes first, and of it the core; where the core of all
    // holds, the first strict one.
    let rank = |report: &&&Report| report.is_strict();
    let Some(first) = failed.iter().min_by_key(rank) else {
        return;
    };
    out.push_str(&first.text);
    let others = failed.iter().filter(|other| other.proof != first.proof);
    // What fails in a later step is no news: its turn has not come.
    let (here, later): (Vec<&Report>, Vec<&Report>) =
        others.partition(|other| other.step() == first.step());
    let unwritten = |report: &&&Report| report.status == Status::Unwritten;
    let mut more = Vec::new();
    match here.iter().filter(unwritten).count() {
        0 => {}
        number => more.push(format!("{number} not written yet")),
    }
    match here.len() - here.iter().filter(unwritten).count() {
        0 => {}
        1 => more.push("1 fails".to_owned()),
        number => more.push(format!("{number} fail")),
    }
    if !later.is_empty() {
        more.push(format!("{} in other steps", later.len()));
    }
    if more.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n  {DIM}more: {}; {how}{DIM:#}", more.join(", "));
    let failing = here.iter().filter(|report| !unwritten(report));
    for other in failing.take(MOST_NAMED) {
        let _ = writeln!(out, "  {DIM}  {}{DIM:#}", other.proof);
    }
}

/// What to do next.
pub fn next(house: &House, exercise: &Exercise, standing: &Standing) -> Result<String> {
    let mut out = String::new();
    let name = &exercise.name;
    if standing.core_proved() {
        let all = standing.all_proved();
        let what = match all {
            true => format!("all {} proofs hold", standing.proofs.len()),
            false => "the core holds".to_owned(),
        };
        let _ = writeln!(out, "  {GOOD}{what}{GOOD:#}");
        let all = house.exercises()?.into_iter().map(|exercise| {
            let standing = Standing::read(house, &exercise)?;
            Ok((exercise, standing))
        });
        let all = all.collect::<Result<Vec<_>>>()?;
        if let Some((next, _)) = progress::next_chapter(&all, Some(&exercise.id))
            && next.id != exercise.id
        {
            let (number, title) = (next.number(), &next.about.title);
            let _ = writeln!(
                out,
                "  next       {number} {}: {title} (book/src/{}.md)",
                next.name, next.id
            );
        }
        let strict = standing.count_all(true);
        if !strict.full() && strict.tried > 0 {
            let left = strict.of - strict.proved;
            let _ = writeln!(
                out,
                "  strict     {left} of {} left: cargo workbook check {name} --all",
                strict.of
            );
        }
        let _ = writeln!(out, "  reference  cargo workbook solution {name}");
    } else if let Some(step) = standing.next_of(false) {
        let _ = writeln!(out, "  next   step {}", step_words(exercise, step));
    } else {
        // Each step held once, though not all of this program.
        let _ = writeln!(out, "  next   the whole: cargo workbook check {name}");
    }
    out.push('\n');
    Ok(out)
}

/// `3, Stream while listening`
pub fn step_words(exercise: &Exercise, step: &Step) -> String {
    let at = exercise
        .about
        .steps
        .iter()
        .position(|other| other.id == step.id);
    format!("{}, {}", at.map_or(0, |at| at + 1), step.title)
}
