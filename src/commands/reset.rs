//! `workbook reset`: the starting point back, and never a line lost.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::copies::{self, Change};
use crate::help;
use crate::house::{Exercise, House};
use crate::lock;
use crate::outcome::Outcome;
use crate::progress;
use crate::telling;
use crate::terminal::{self, BOLD, DIM};

/// Puts an exercise back to its starting point, and keeps a copy of your work.
///
/// It says what would change, and asks. The whole of `src/` is copied first, to
/// `.workbook/copies`; then `src/` becomes what `start/` is, your own files there
/// included. Copies are never deleted.
#[derive(clap::Args)]
#[command(after_long_help = help::after("you said no", &[
    ("cargo workbook reset echo", "Begins chapter 01 again."),
    ("cargo workbook reset echo --undo", "Brings back what the last reset took away."),
]))]
pub struct Args {
    /// The exercise.
    #[arg(value_name = "NAME")]
    name: String,
    /// Brings the newest copy back, and asks as well; what it replaces is copied, too, if it is
    /// your work.
    #[arg(long)]
    undo: bool,
    /// Goes ahead without asking.
    #[arg(long)]
    yes: bool,
}

/// Runs the command.
pub fn run(house: &House, args: &Args) -> Result<Outcome> {
    let exercise = house.exercise(&args.name)?;
    let (name, start) = (&exercise.name, exercise.dir.join("start"));
    let from = match args.undo {
        false => start,
        true => match copies::newest(house, &exercise) {
            Some(copy) => copy,
            None => bail!("{} was never reset: there is no copy of it", exercise.id),
        },
    };
    let changes = copies::changes(&from, &exercise.dir.join("src"))?;
    if changes.is_empty() {
        let (src, from) = (
            house.relative(&exercise.dir.join("src")),
            house.relative(&from),
        );
        println!("{src} is what {from} is: nothing to do");
        return Ok(Outcome::Done);
    }
    if !args.yes {
        if !io::stdin().is_terminal() {
            let undo = if args.undo { " --undo" } else { "" };
            bail!(
                "nobody here can be asked, so nothing was changed; \
                 to go ahead without a question: cargo workbook reset {name}{undo} --yes"
            );
        }
        anstream::print!("{}", plan(house, &exercise, &changes));
        if !terminal::agreed("  Go ahead")? {
            println!("  Nothing was changed, and nothing copied.");
            return Ok(Outcome::Refused);
        }
    }
    let kept = match args.undo {
        false => to_start(house, &exercise)?,
        true => replace(house, &exercise, &from)?,
    };
    anstream::print!("{}", done(house, &exercise, &from, kept.as_deref()));
    Ok(Outcome::Done)
}

/// Puts an exercise back to its starting point; returns where the work that
/// was there is kept, or nothing if there was none.
pub fn to_start(house: &House, exercise: &Exercise) -> Result<Option<PathBuf>> {
    replace(house, exercise, &exercise.dir.join("start"))
}

/// Makes `src/` what `from` is, one change after the other, behind a copy.
fn replace(house: &House, exercise: &Exercise, from: &Path) -> Result<Option<PathBuf>> {
    let src = exercise.dir.join("src");
    let file = house.notes().join("copies/lock");
    let wait = || eprintln!("another reset is under way; this one waits for it");
    let nothing = "nothing was changed";
    let replace = || {
        // Looked at again: another may have done it meanwhile.
        let changes = copies::changes(from, &src).context(nothing)?;
        if changes.is_empty() {
            return Ok(None);
        }
        // The starting point itself is nobody's work.
        let kept = match progress::is_untouched(exercise) {
            true => None,
            false => Some(copies::keep(house, exercise).context(nothing)?),
        };
        for change in &changes {
            change.make().with_context(|| match &kept {
                Some(kept) => {
                    let kept = house.relative(kept);
                    format!("not all could be replaced; your work is whole in {kept}")
                }
                None => "not all could be replaced".to_owned(),
            })?;
        }
        Ok(kept)
    };
    let mut begun = false;
    let done = lock::alone(&file, wait, || {
        begun = true;
        replace()
    });
    match begun {
        true => done,
        false => done.context(nothing),
    }
}

/// What is about to happen.
fn plan(house: &House, exercise: &Exercise, changes: &[Change]) -> String {
    let mut out = telling::heading(exercise);
    for change in changes {
        let what = match change {
            Change::Write { from, to } if to.exists() => {
                format!("becomes {}", house.relative(from))
            }
            Change::Write { from, .. } => format!("comes back from {}", house.relative(from)),
            Change::Remove(_) => "goes".to_owned(),
        };
        let file = house.relative(change.file());
        let _ = writeln!(out, "  {BOLD}{file}{BOLD:#} {what}");
    }
    out.push_str(match progress::is_untouched(exercise) {
        true => "\n  src/ is the starting point as it is, so no copy is needed.\n",
        false => "\n  All of src/ is copied to .workbook/copies first.\n",
    });
    out
}

/// What has happened, and how it is undone.
pub fn done(house: &House, exercise: &Exercise, from: &Path, kept: Option<&Path>) -> String {
    let mut out = telling::heading(exercise);
    let (src, from) = (
        house.relative(&exercise.dir.join("src")),
        house.relative(from),
    );
    let _ = writeln!(out, "  {src} is now what {from} is");
    if let Some(kept) = kept {
        let name = &exercise.name;
        let _ = writeln!(out, "  your work      {}", house.relative(kept));
        let _ = writeln!(
            out,
            "  bring it back  {DIM}cargo workbook reset {name} --undo{DIM:#}"
        );
    }
    out.push('\n');
    out
}
