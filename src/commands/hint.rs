//! `workbook hint`: one more push, and no more than one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::help;
use crate::house::{Exercise, Hints, House, Step};
use crate::outcome::Outcome;
use crate::progress::{self, Standing};
use crate::prose;
use crate::telling;
use crate::terminal::{self, DIM};

/// Shows the next hint of a step, one at a time.
///
/// Hints go from a nudge to nearly there. Those that you have had stand above the new
/// one. Without a step it takes the one that is next.
#[derive(clap::Args)]
#[command(after_long_help = help::after("", &[
    ("cargo workbook hint echo", "One more hint for the step that you are at."),
    ("cargo workbook hint echo 2", "One more for its second step."),
    ("cargo workbook hint echo --again", "Those that you have had, and no new one."),
]))]
pub struct Args {
    /// The exercise; not needed in its folder.
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// The step: its number, or a part of its name.
    #[arg(value_name = "STEP")]
    step: Option<String>,
    /// Shows what you have had, and nothing new.
    #[arg(long)]
    again: bool,
}

/// Runs the command.
pub fn run(house: &House, args: &Args) -> Result<Outcome> {
    let exercise = house.exercise_or_here(args.name.as_deref())?;
    let standing = Standing::read(house, &exercise)?;
    let step = match &args.step {
        Some(step) => exercise.step(step)?,
        None => match standing.next_step() {
            Some(step) => step,
            None => {
                let name = &exercise.name;
                anstream::println!(
                    "{}  All its proofs hold. A step's hints all the same: cargo workbook hint {name} 1\n",
                    telling::heading(&exercise)
                );
                return Ok(Outcome::Done);
            }
        },
    };
    let width = terminal::width();
    let told = match args.again {
        true => again(house, &exercise, step, width)?,
        false => next(house, &exercise, step, width)?,
    };
    anstream::print!("{told}");
    Ok(Outcome::Done)
}

/// One hint more than before, and that it was shown is remembered. The text is
/// for a terminal of this width.
pub fn next(house: &House, exercise: &Exercise, step: &Step, width: usize) -> Result<String> {
    let hints = hints(exercise)?;
    let of = hints.of(step.number());
    let mut shown = Shown::read(house, exercise);
    let before = shown.of(step);
    let now = (before + 1).min(of.len());
    let mut told = text(exercise, step, of, before, now, width);
    if now > before {
        shown.steps.insert(step.id.clone(), now);
        let file = Shown::file(house, exercise);
        if let Err(error) = progress::write(&file, &serde_json::to_vec(&shown)?) {
            let all = house.relative(&exercise.hints_file());
            told.push_str(&format!(
                "note: hints can't be remembered; all stand in {all}: {error:#}\n"
            ));
        }
    }
    Ok(told)
}

/// What has been shown so far.
fn again(house: &House, exercise: &Exercise, step: &Step, width: usize) -> Result<String> {
    let hints = hints(exercise)?;
    let shown = Shown::read(house, exercise).of(step);
    let of = hints.of(step.number());
    let shown = shown.min(of.len());
    Ok(text(exercise, step, of, 0, shown, width))
}

fn hints(exercise: &Exercise) -> Result<Hints> {
    let file = exercise.hints_file();
    let text = fs::read_to_string(&file);
    let text = text.with_context(|| format!("{} can't be read", file.display()))?;
    Ok(Hints::read(&text))
}

/// The hints up to `now`; those before the last new one are dimmed.
fn text(
    exercise: &Exercise,
    step: &Step,
    hints: &[String],
    before: usize,
    now: usize,
    width: usize,
) -> String {
    let name = &exercise.name;
    let number = step.number();
    let mut out = telling::heading(exercise);
    let _ = writeln!(out, "  step {}", telling::step_words(exercise, step));
    for (at, hint) in hints[..now].iter().enumerate() {
        let count = format!("{} of {}", at + 1, hints.len());
        let indent = count.len() + 5;
        let old = at < before && before < now;
        out.push('\n');
        for (row, line) in prose::lines(hint, width.saturating_sub(indent))
            .iter()
            .enumerate()
        {
            if line.is_empty() {
                out.push('\n');
                continue;
            }
            let mark = if row == 0 { count.as_str() } else { "" };
            let line = match old {
                // Without the colours of its own, which would end the dimming.
                true => format!("{DIM}{}{DIM:#}", anstream::adapter::strip_str(line)),
                false => line.clone(),
            };
            let _ = writeln!(
                out,
                "  {DIM}{mark:indent$}{DIM:#}{line}",
                indent = indent - 2
            );
        }
    }
    out.push('\n');
    let left = hints.len() - now;
    if left > 0 {
        let more = if now == 0 { "to come" } else { "more" };
        let _ = writeln!(
            out,
            "  {DIM}{left} {more}: cargo workbook hint {name} {number}{DIM:#}"
        );
    } else {
        let last = if hints.is_empty() {
            "There is no hint."
        } else {
            "That is the last hint."
        };
        let _ = writeln!(out, "  {last} Elsewhere:\n");
        for (what, place) in [
            (
                "read",
                format!("book/src/{}.md, step {number}", exercise.id),
            ),
            (
                "symptoms",
                "book/src/symptoms.md: from what you see to what it means".to_owned(),
            ),
            ("break it", format!("cargo workbook break {name}")),
            ("reference", format!("cargo workbook solution {name}")),
        ] {
            let _ = writeln!(out, "  {what:9}  {place}");
        }
    }
    out.push('\n');
    out
}

/// How many hints of each step a learner has had.
#[derive(Default, Serialize, Deserialize)]
struct Shown {
    v: u32,
    steps: BTreeMap<String, usize>,
}

impl Shown {
    /// A file that can't be read says nothing: the next hint writes it anew.
    fn read(house: &House, exercise: &Exercise) -> Shown {
        let text = fs::read_to_string(Shown::file(house, exercise)).unwrap_or_default();
        let kept = serde_json::from_str::<Shown>(&text);
        let kept = kept.ok().filter(|kept| kept.v == 1);
        kept.unwrap_or(Shown {
            v: 1,
            ..Shown::default()
        })
    }

    fn of(&self, step: &Step) -> usize {
        self.steps.get(&step.id).copied().unwrap_or(0)
    }

    fn file(house: &House, exercise: &Exercise) -> PathBuf {
        let name = format!("{}.json", exercise.id);
        house.notes().join("hints").join(name)
    }
}
