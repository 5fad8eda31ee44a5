//! What is on the screen: pure, from what is known to rows of a given width
//! and height.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::attempt::Verdict;
use super::rows::{columns, first, rows};
use crate::house::{Exercise, Step};
use crate::progress::{Count, Standing};
use crate::telling;
use crate::terminal::{BAD, BOLD, DIM, GOOD, WARN};
use crate::trial::{Report, Status};

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

    /// One line a step, with a mark for each proof.
    fn steps(&self, width: usize, out: &mut String) {
        let steps = &self.exercise.about.steps;
        let titles = steps
            .iter()
            .map(|step| columns(&step.title))
            .max()
            .unwrap_or(0);
        let marks: Vec<_> = steps.iter().map(|step| self.marks(step)).collect();
        let core = marks
            .iter()
            .map(|(core, _)| columns(core))
            .max()
            .unwrap_or(0);
        let strict = marks
            .iter()
            .map(|(_, strict)| columns(strict))
            .max()
            .unwrap_or(0);
        let all_fit = "  ▸ 1 ".len() + titles + core + strict + "   core    strict ".len() <= width;
        let now = match self.state {
            State::Proving => None,
            _ => self.standing.next_step().map(|step| &step.id),
        };
        for (at, step) in steps.iter().enumerate() {
            let counts = [false, true].map(|strict| self.standing.count(step, strict));
            let mark = telling::mark(counts[0], counts[1], now == Some(&step.id));
            let (title, number) = (&step.title, at + 1);
            if !all_fit {
                let [core, strict] = counts.map(short);
                let room = width.saturating_sub("  ▸ 1   10/10 10/10".len());
                let title = first(title, room, false);
                let pad = " ".repeat(room.saturating_sub(columns(&title)));
                let _ = writeln!(out, "  {mark} {number} {title}{pad}  {core} {strict}");
                continue;
            }
            let pad = |text: &str, to: usize| " ".repeat(to.saturating_sub(columns(text)));
            let (core_marks, strict_marks) = &marks[at];
            let _ = write!(
                out,
                "  {mark} {number} {title}{}   {DIM}core{DIM:#} {core_marks}{}",
                pad(title, titles),
                pad(core_marks, core),
            );
            if counts[1].of > 0 {
                let _ = write!(out, "   {DIM}strict{DIM:#} {strict_marks}");
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

    /// The last rows: what is going on, and the keys.
    fn foot(&self, width: usize) -> Vec<String> {
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
        if self.standing.step_at_hand().is_some() {
            keys.push(("h", "hint"));
        }
        if failed > 1 {
            keys.push((
                "a",
                if self.all {
                    "first failure"
                } else {
                    "all failures"
                },
            ));
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
