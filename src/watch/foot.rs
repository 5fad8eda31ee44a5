//! The last rows of the screen: what is going on, and the keys.

use super::rows::{columns, first, rows};
use super::scene::{Found, Scene, State};
use crate::telling;
use crate::terminal::{BAD, BOLD, DIM, WARN};

impl Scene {
    /// A blank row, and these.
    pub(super) fn foot(&self, width: usize) -> Vec<String> {
        let mut foot = vec![String::new()];
        if self.asking {
            let question = format!(
                "  {WARN}Put the starting point back? A copy of your work is kept.{WARN:#} \
                 {BOLD}y{BOLD:#}/{BOLD}n{BOLD:#}"
            );
            foot.extend(rows(&question, width, self.in_colour));
        } else {
            foot.push(first(&self.status(), width, self.in_colour));
            foot.extend(self.keys(width));
        }
        foot
    }

    fn status(&self) -> String {
        let elapsed = self.took.unwrap_or_else(|| self.begun.elapsed());
        let seconds = format!("{:.1} s", elapsed.as_secs_f32());
        let id = &self.exercise.id;
        match &self.state {
            State::Building(what) if what.is_empty() => {
                format!("  {WARN}building {id}{WARN:#}  {seconds}")
            }
            State::Building(what) => format!("  {WARN}{what}{WARN:#}  {seconds}"),
            State::Proving => {
                let ended = self
                    .standing
                    .proofs
                    .iter()
                    .filter(|(_, status)| status.is_some());
                let (ended, of) = (ended.count(), self.standing.proofs.len());
                format!("  {WARN}proving {id}: {ended} of {of}{WARN:#}  {seconds}")
            }
            State::Waiting => match &self.found {
                Found::Uncompiled(_) => format!(
                    "  {BAD}{id} doesn't compile yet{BAD:#}  {DIM}waiting for a save{DIM:#}"
                ),
                Found::Verdict { .. } => {
                    let [core, strict] =
                        [false, true].map(|strict| self.standing.count_all(strict));
                    let (core, strict) = (
                        telling::count("core", core),
                        telling::count("strict", strict),
                    );
                    format!("  {core}   {strict}   {DIM}{seconds}{DIM:#}")
                }
                Found::Trouble(_) | Found::Nothing => format!("  {DIM}waiting for a save{DIM:#}"),
            },
        }
    }

    /// The keys that do something now, in as many rows as it takes.
    fn keys(&self, width: usize) -> Vec<String> {
        let failed = match &self.found {
            Found::Verdict { reports, .. } => reports.iter().filter(|r| !r.is_proved()).count(),
            _ => 0,
        };
        let mut keys = Vec::new();
        if self.aside.is_some() {
            keys.push(("Esc", "back"));
        }
        if self.core_holds() && self.after.is_some() {
            keys.push(("n", "next"));
        }
        if self.standing.next_step().is_some() {
            keys.push(("h", "hint"));
        }
        if failed > 1 {
            let others = ["all failures", "first failure"];
            keys.push(("a", others[usize::from(self.all)]));
        }
        if !self.standing.untouched {
            keys.push(("r", "reset"));
        }
        keys.push(("Enter", "again"));
        keys.push(("q", "quit"));
        let mut lines = vec![String::from(" ")];
        for (key, does) in keys {
            let word = format!(" {BOLD}{key}{BOLD:#} {DIM}{does}{DIM:#} ");
            let line = lines.last_mut().expect("one at least");
            if columns(line) + columns(&word) > width && columns(line) > 1 {
                lines.push(format!(" {word}"));
            } else {
                line.push_str(&word);
            }
        }
        lines
            .iter()
            .map(|line| first(line, width, self.in_colour))
            .collect()
    }
}
