//! What is on the screen: pure, from what is known to rows of a given width
//! and height.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::attempt::Verdict;
use super::rows::{first, rows};
use crate::house::Exercise;
use crate::progress::Standing;
use crate::telling;
use crate::terminal::{BAD, BOLD, DIM, GOOD};
use crate::trial::Report;

/// All that a frame depends on.
pub struct Scene {
    pub exercise: Exercise,
    /// The exercise after this one.
    pub after: Option<Exercise>,
    /// What is known of each proof; while they run, so far.
    pub standing: Standing,
    pub state: State,
    /// When the run under way, or the last one, began; how long it took.
    pub begun: Instant,
    pub took: Option<Duration>,
    /// What was found last.
    pub found: Found,
    /// Every failure in full.
    pub all: bool,
    /// Something else to read, until Esc or the next save.
    pub aside: Option<String>,
    /// Whether it asks to put the starting point back.
    pub asking: bool,
    /// How many rows have been scrolled past.
    pub past: usize,
    /// Whether there are colours.
    pub in_colour: bool,
}

/// What is going on.
pub enum State {
    /// The program is being built: what cargo says it does.
    Building(String),
    /// The proofs run.
    Proving,
    /// Nothing; it waits for a save.
    Waiting,
}

/// What a run has brought.
pub enum Found {
    /// There was none yet, or it has just begun.
    Nothing,
    /// What the compiler says.
    Uncompiled(String),
    /// Failures, and warnings of the compiler.
    Verdict {
        reports: Vec<Report>,
        warnings: usize,
    },
    /// It could not be tried: why.
    Trouble(String),
}

impl Scene {
    /// An exercise that is turned to.
    pub fn of(exercise: Exercise, after: Option<Exercise>, standing: Standing) -> Scene {
        Scene {
            exercise,
            after,
            standing,
            state: State::Waiting,
            begun: Instant::now(),
            took: None,
            found: Found::Nothing,
            all: false,
            aside: None,
            asking: false,
            past: 0,
            in_colour: true,
        }
    }

    /// A run begins.
    pub fn building(&mut self) {
        self.state = State::Building(String::new());
        self.begun = Instant::now();
        self.took = None;
    }

    /// The program is built: nothing is known of it yet.
    pub fn proving(&mut self) {
        self.state = State::Proving;
        self.standing
            .proofs
            .iter_mut()
            .for_each(|(_, status)| *status = None);
        self.show(Found::Nothing);
    }

    /// A proof has ended.
    pub fn report(&mut self, report: &Report) {
        let mut proofs = self.standing.proofs.iter_mut();
        if let Some((_, status)) = proofs.find(|(proof, _)| proof.path == report.proof) {
            *status = Some(report.status);
        }
    }

    /// The run is over.
    pub fn over(&mut self, found: Found) {
        self.state = State::Waiting;
        self.took = Some(self.begun.elapsed());
        self.show(found);
    }

    /// The run is over, with a verdict.
    pub fn verdict(&mut self, verdict: Verdict) {
        self.standing = verdict.standing;
        let (reports, warnings) = (verdict.reports, verdict.warnings);
        self.over(Found::Verdict { reports, warnings });
    }

    fn show(&mut self, found: Found) {
        self.found = found;
        self.past = 0;
    }

    /// Whether the core is known to hold.
    pub fn core_holds(&self) -> bool {
        matches!(self.state, State::Waiting) && self.standing.core_proved()
    }

    /// As many rows as there are.
    pub fn frame(&mut self, width: usize, height: usize) -> Vec<String> {
        let colour = self.in_colour;
        let foot = self.foot(width);
        let room = height.saturating_sub(foot.len()).max(1);
        let text = rows(&self.text(width), width, colour);
        // One row less where something is left out: the row that says so.
        let window = if text.len() > room { room - 1 } else { room };
        self.past = self.past.min(text.len().saturating_sub(window));
        let mut frame: Vec<String> = text.iter().skip(self.past).take(window).cloned().collect();
        let left = text.len() - self.past - frame.len();
        frame.resize(window, String::new());
        if text.len() > room {
            let says = match left {
                0 => format!("{DIM}  end, {} lines up: ↑ PgUp{DIM:#}", self.past),
                1 => format!("{DIM}  … 1 more line: ↓{DIM:#}"),
                _ => format!("{DIM}  … {left} more lines: ↓ PgDn{DIM:#}"),
            };
            frame.push(first(&says, width, colour));
        }
        frame.extend(foot);
        frame.truncate(height);
        frame
    }

    /// All there is to read, from the top.
    fn text(&self, width: usize) -> String {
        if let Some(aside) = &self.aside {
            return aside.clone();
        }
        let stale = !matches!(self.state, State::Waiting);
        let faded = |text: &str| match stale {
            true => format!("{DIM}{}{DIM:#}", anstream::adapter::strip_str(text)),
            false => text.to_owned(),
        };
        // The compiler's message first, and nothing else.
        if let Found::Uncompiled(said) = &self.found {
            return faded(said);
        }
        let mut out = telling::heading(&self.exercise);
        self.steps(width, &mut out);
        match &self.found {
            Found::Verdict { reports, warnings } => {
                let mut body = String::new();
                if let Some(why) = &self.standing.unkept {
                    let _ = write!(body, "\n  {}", telling::unkept(why));
                }
                self.offer(&mut body);
                telling::failures(reports, "press a", self.all, &mut body);
                if *warnings > 0 {
                    body.push('\n');
                    body.push_str(&telling::warnings(&self.exercise, *warnings));
                }
                out.push_str(&faded(&body));
            }
            Found::Trouble(what) => {
                let _ = write!(
                    out,
                    "\n  {}\n",
                    faded(&format!("{BAD}error:{BAD:#} {what}"))
                );
            }
            Found::Nothing | Found::Uncompiled(_) => {}
        }
        out
    }

    /// Once the core holds: that it does, and what is next.
    fn offer(&self, out: &mut String) {
        if !self.core_holds() {
            return;
        }
        let strict = self.standing.count_all(true);
        let left = strict.of - strict.proved;
        let _ = match left {
            0 => writeln!(
                out,
                "\n  {GOOD}All {} proofs hold.{GOOD:#} Well done.",
                self.standing.proofs.len()
            ),
            1 => writeln!(
                out,
                "\n  {GOOD}The core holds.{GOOD:#} 1 strict proof is left."
            ),
            _ => writeln!(
                out,
                "\n  {GOOD}The core holds.{GOOD:#} {left} strict proofs are left."
            ),
        };
        if let Some(after) = &self.after {
            let (number, name, title) = (after.number(), &after.name, &after.about.title);
            let _ = writeln!(out, "  {BOLD}n{BOLD:#} goes on to {number} {name}: {title}");
        }
    }
}
