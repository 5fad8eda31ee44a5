//! The steps of an exercise, a line each, as they fill.

use std::fmt::Write as _;

use super::rows::{columns, first};
use super::scene::{Scene, State};
use crate::house::Step;
use crate::progress::Count;
use crate::telling;
use crate::terminal::{BAD, DIM, GOOD, WARN};
use crate::trial::Status;

/// What stands in front of a title.
const LEAD: &str = "  ▸ 1 ";

impl Scene {
    /// One line a step: a mark for each proof, or how many hold where that
    /// takes too much room.
    pub(super) fn steps(&self, width: usize, out: &mut String) {
        let steps = &self.exercise.about.steps;
        let marks: Vec<_> = steps.iter().map(|step| self.marks(step)).collect();
        let widest = |texts: &mut dyn Iterator<Item = &str>| texts.map(columns).max().unwrap_or(0);
        let titles = widest(&mut steps.iter().map(|step| &*step.title));
        let core = widest(&mut marks.iter().map(|(core, _)| &**core));
        let strict = widest(&mut marks.iter().map(|(_, strict)| &**strict));
        let around = columns(LEAD) + "   core    strict ".len();
        let all_fit = around + titles + core + strict <= width;
        let now = match self.state {
            State::Proving => None,
            _ => self.standing.next_step().map(|step| &step.id),
        };
        for (at, (step, (core_marks, strict_marks))) in steps.iter().zip(&marks).enumerate() {
            let counts = [false, true].map(|strict| self.standing.count(step, strict));
            let mark = telling::mark(counts[0], counts[1], now == Some(&step.id));
            let (title, number) = (&step.title, at + 1);
            let _ = write!(out, "  {mark} {number} ");
            if all_fit {
                let (title, core_marks) = (pad(title, titles), pad(core_marks, core));
                let _ = write!(out, "{title}   {DIM}core{DIM:#} {core_marks}");
                if counts[1].of > 0 {
                    let _ = write!(out, "   {DIM}strict{DIM:#} {strict_marks}");
                }
            } else {
                let room = width.saturating_sub(columns(LEAD) + "  10/10 10/10".len());
                let title = pad(&first(title, room, false), room);
                let [core, strict] = counts.map(short);
                let _ = write!(out, "{title}  {core} {strict}");
            }
            out.push('\n');
        }
    }

    /// ✓ holds, ✗ doesn't, · nothing yet: of the core, and of the strict ones.
    fn marks(&self, step: &Step) -> (String, String) {
        let mut marks = (String::new(), String::new());
        for (proof, status) in &self.standing.proofs {
            if proof.step() != step.id {
                continue;
            }
            let mark = match status {
                Some(Status::Proved) => format!("{GOOD}✓{GOOD:#}"),
                Some(Status::Refused | Status::Broken) => format!("{BAD}✗{BAD:#}"),
                Some(Status::Unwritten) | None => format!("{DIM}·{DIM:#}"),
            };
            match proof.strict() {
                true => marks.1.push_str(&mark),
                false => marks.0.push_str(&mark),
            }
        }
        marks
    }
}

/// A text of so many columns at least.
fn pad(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(columns(text))))
}

/// `3/10`, in little room.
fn short(count: Count) -> String {
    let text = format!("{}/{}", count.proved, count.of);
    let style = match (count.full(), count.proved) {
        (true, _) => GOOD,
        (false, 0) => DIM,
        (false, _) => WARN,
    };
    format!("{style}{text:>5}{style:#}")
}
