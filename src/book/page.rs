//! One page: its includes are checked, its fences become HTML.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use mdbook_driver::book::Chapter;

use super::fences::{Fence, Piece, pieces};
use super::include::{Include, dedented, includes};
use super::lab::Lab;
use super::preprocess::Widgets;
use super::recording::is_transcript_line;
use super::scoreboard::Board;
use super::transcript::{self, Figure};
use super::{libraries, proofs, replay, workbench};
use crate::house::{Exercise, Proof};

/// One page on its way from markdown to markdown with HTML in it.
pub struct Page<'a> {
    widgets: &'a Widgets,
    /// For messages: `book/src/02-handshake.md`.
    file: String,
    /// What its includes start from.
    dir: PathBuf,
    /// `02-handshake`.
    stem: String,
    /// Ids given on this page.
    ids: BTreeSet<String>,
}

impl<'a> Page<'a> {
    /// The page at `path` in the folder of the pages.
    pub fn new(widgets: &'a Widgets, source: &Path, path: &Path) -> Page<'a> {
        let full = source.join(path);
        Page {
            widgets,
            file: widgets.material.house.relative(&full),
            dir: full.parent().unwrap_or(source).to_owned(),
            stem: path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            ids: BTreeSet::new(),
        }
    }

    fn fault(&self, line: usize, message: impl Into<String>) {
        self.widgets.faults.add(&self.file, line, message);
    }

    /// Turns its markdown into what mdBook goes on with.
    pub fn run(&mut self, chapter: &mut Chapter) {
        let mut out = String::new();
        let mut kicker = self.kicker();
        for piece in pieces(&chapter.content) {
            match piece {
                Piece::Line { line, text } => {
                    if text.starts_with("# ")
                        && let Some(kicker) = kicker.take()
                    {
                        out.push_str(&format!("{kicker}\n\n"));
                    }
                    out.push_str(&self.line(line, text));
                    out.push('\n');
                }
                Piece::Fence(fence) => self.fence(&fence, &mut out),
            }
        }
        chapter.content = out;
    }

    /// What stands over a chapter's title: its number, name and time.
    fn kicker(&self) -> Option<String> {
        let (exercise, _) = self.widgets.material.exercise(&self.stem)?;
        Some(format!(
            "<p class=\"sp-kicker\">{} · {} · {} min</p>",
            exercise.number(),
            exercise.name,
            exercise.about.minutes
        ))
    }

    /// A line of text, checked; an include that can't work is left out, so
    /// that mdBook doesn't report it a second time.
    fn line(&self, line: usize, text: &str) -> String {
        if is_transcript_line(text) {
            self.fault(
                line,
                "a transcript is typed here; a `transcript` fence includes it from its snapshot",
            );
        }
        let mut out = text.to_owned();
        for include in includes(text) {
            let fault = match self.snapshot(&include) {
                Some(_) => Some("a snapshot is shown in a `transcript` fence".to_owned()),
                None => include.text(&self.dir).err(),
            };
            if let Some(message) = fault {
                self.fault(line, message);
                out = out.replace(include.source, "");
            }
        }
        out
    }

    fn fence(&mut self, fence: &Fence<'_>, out: &mut String) {
        if !fence.closed {
            self.fault(fence.line, "this fence isn't closed");
        } else if fence.entries().next().is_none() {
            self.fault(fence.line, "this block is empty");
        }
        let html = match fence.language() {
            "transcript" => self.transcript(fence),
            "quiz" => self.quiz(fence),
            "proofs" => self.of_exercise(fence, Page::proofs),
            "libraries" => self.of_exercise(fence, Page::libraries),
            "scoreboard" => self.scoreboard(fence),
            "workbench" => self.workbench(fence),
            "lab" => self.lab(fence),
            _ => return self.code(fence, out),
        };
        // A blank line ends the HTML block.
        let indent = fence.indent;
        out.push_str(&format!("{indent}{}\n{indent}\n", html.unwrap_or_default()));
    }

    /// Any other fence stays what it is, but for code included from inside a
    /// function: mdBook would leave it indented.
    fn code(&self, fence: &Fence<'_>, out: &mut String) {
        for (at, text) in fence.source.lines().enumerate() {
            let text = self.line(fence.line + at, text);
            match &includes(&text)[..] {
                [include] if include.source == text.trim() => {
                    let code = include.text(&self.dir).unwrap_or_default();
                    for line in dedented(&code).lines() {
                        out.push_str(&format!("{}{line}\n", fence.indent));
                    }
                }
                _ => out.push_str(&format!("{text}\n")),
            }
        }
    }

    /// The snapshot that an include means, if it means one.
    fn snapshot(&self, include: &Include<'_>) -> Option<(&'a Exercise, String)> {
        let file = include.file(&self.dir);
        let name = file.file_name()?.to_str()?.strip_suffix(".snap")?;
        let dir = file.parent()?;
        let exercises = &self.widgets.material.exercises;
        let (exercise, _) = exercises.iter().find(|(e, _)| e.snapshots_dir() == dir)?;
        Some((exercise, name.to_owned()))
    }

    fn transcript(&mut self, fence: &Fence<'_>) -> Option<String> {
        let entries: Vec<_> = fence.entries().collect();
        let included = match entries[..] {
            [] => return None,
            [(_, text)] => includes(text)
                .pop()
                .filter(|include| include.source == text),
            _ => None,
        };
        let Some(include) = included else {
            let message = "a transcript is typed here; this fence holds one line, \
                           {{#include …/tests/snapshots/NAME.snap:4:}}";
            self.fault(entries[0].0, message);
            return None;
        };
        let line = entries[0].0;
        let Some((exercise, name)) = self.snapshot(&include) else {
            self.fault(
                line,
                format!("{} is not a snapshot of an exercise", include.path),
            );
            return None;
        };
        if let Err(message) = include.text(&self.dir) {
            self.fault(line, message);
            return None;
        }
        if include.part != Some("4:") {
            let message = format!("a transcript starts on line 4: {}:4:", include.path);
            self.fault(line, message);
        }
        let open = self.open(fence)?;
        let material = &self.widgets.material;
        let recording = material.recording(exercise, &name, &self.widgets.faults)?;
        if let Some(nth) = open
            && recording
                .entries
                .get(nth.wrapping_sub(1))
                .is_none_or(|e| e.bytes.is_empty())
        {
            self.fault(
                fence.line,
                format!("open={nth}: there is no entry {nth} with bytes"),
            );
        }
        self.show(exercise, &name);
        let id = format!("wire-{name}");
        let id = self.ids.insert(id.clone()).then_some(id);
        let figure = Figure {
            recording: &recording,
            exercise,
            proof: &name.replace("__", "::"),
            id: id.as_deref(),
            open,
            oracles: &material.oracles,
        };
        Some(figure.html())
    }

    /// `open=3` in a fence's info; `None` if the info can't be read.
    fn open(&self, fence: &Fence<'_>) -> Option<Option<usize>> {
        let mut open = None;
        for word in fence
            .info
            .split([' ', ','])
            .skip(1)
            .filter(|word| !word.is_empty())
        {
            let number = word
                .strip_prefix("open=")
                .and_then(|number| number.parse().ok());
            let Some(number) = number else {
                self.fault(
                    fence.line,
                    format!("`{word}`: a transcript knows `open=NUMBER` only"),
                );
                return None;
            };
            open = Some(number);
        }
        Some(open)
    }

    /// A live lab, with what was recorded for who reads this elsewhere.
    fn lab(&mut self, fence: &Fence<'_>) -> Option<String> {
        let material = &self.widgets.material;
        let found = Lab::read(fence).and_then(|lab| {
            let (exercise, _) = material
                .exercise(&self.stem)
                .ok_or("a `lab` fence stands on the page of an exercise")?;
            Ok((lab, exercise))
        });
        let (lab, exercise) = match found {
            Ok(found) => found,
            Err(message) => {
                self.fault(fence.line, message);
                return None;
            }
        };
        let name = &lab.recorded;
        if !material
            .snapshots()
            .iter()
            .any(|(e, n)| e.id == exercise.id && n == name)
        {
            self.fault(
                fence.line,
                format!("`recorded`: {} has no snapshot `{name}`", exercise.id),
            );
            return None;
        }
        let recording = material.recording(exercise, name, &self.widgets.faults)?;
        self.show(exercise, name);
        let id = format!("wire-{name}");
        let id = self.ids.insert(id.clone()).then_some(id);
        let figure = Figure {
            recording: &recording,
            exercise,
            proof: &name.replace("__", "::"),
            id: id.as_deref(),
            open: None,
            oracles: &material.oracles,
        };
        Some(lab.html(exercise, &figure.html()))
    }

    fn show(&self, exercise: &Exercise, name: &str) {
        let shown = (exercise.id.clone(), name.to_owned());
        self.widgets.seen.borrow_mut().snapshots.insert(shown);
    }

    fn quiz(&self, fence: &Fence<'_>) -> Option<String> {
        let Some(quiz) = self.widgets.material.quiz(&self.stem) else {
            let message = format!(
                "this page has no quiz: book/quiz/{}.toml is missing",
                self.stem
            );
            self.fault(fence.line, message);
            return None;
        };
        let mut asked = Vec::new();
        for (line, id) in fence.entries() {
            let Some(question) = quiz.questions.iter().find(|q| q.id == id) else {
                let message = format!("book/quiz/{}.toml has no question `{id}`", self.stem);
                self.fault(line, message);
                continue;
            };
            let key = (quiz.chapter.clone(), question.id.clone());
            if !self.widgets.seen.borrow_mut().questions.insert(key) {
                self.fault(line, format!("question `{id}` is asked twice"));
                continue;
            }
            asked.push(question);
        }
        Some(quiz.html(&asked))
    }

    /// A fence whose body is an exercise's name.
    fn of_exercise(
        &self,
        fence: &Fence<'_>,
        render: fn(&Self, &'a Exercise, &'a [Proof]) -> String,
    ) -> Option<String> {
        let entries: Vec<_> = fence.entries().collect();
        let (line, name) = *entries.first()?;
        let exercises = &self.widgets.material.exercises;
        let found = exercises
            .iter()
            .find(|(e, _)| e.id == name || e.name == name);
        let Some((exercise, proofs)) = found.filter(|_| entries.len() == 1) else {
            let language = fence.language();
            self.fault(
                line,
                format!("a `{language}` fence names one exercise; `{name}` is none"),
            );
            return None;
        };
        Some(render(self, exercise, proofs))
    }

    fn proofs(&self, exercise: &'a Exercise, proofs: &'a [Proof]) -> String {
        proofs::html(exercise, proofs, |proof| {
            let name = proof.snapshot();
            // A proof without a snapshot has been reported at its source.
            if !exercise
                .snapshots_dir()
                .join(format!("{name}.snap"))
                .is_file()
            {
                return String::new();
            }
            self.show(exercise, &name);
            self.widgets
                .material
                .recording(exercise, &name, &self.widgets.faults)
                .map_or(String::new(), |recording| {
                    transcript::small(&recording, &replay::path(exercise, proof))
                })
        })
    }

    /// A fence whose body is a part of the scoreboard.
    fn scoreboard(&self, fence: &Fence<'_>) -> Option<String> {
        let entries: Vec<_> = fence.entries().collect();
        let [(line, part)] = entries[..] else {
            self.fault(fence.line, "a `scoreboard` fence names one part");
            return None;
        };
        let house = &self.widgets.material.house;
        match Board::read(house) {
            Err(error) => self.fault(line, format!("{error:#}")),
            Ok(board) => match board.html(part) {
                Some(html) => return Some(html),
                None => self.fault(
                    line,
                    format!(
                        "the scoreboard has no part `{part}`; it has {}",
                        Board::parts()
                    ),
                ),
            },
        }
        None
    }

    /// A fence whose body names a workbench.
    fn workbench(&self, fence: &Fence<'_>) -> Option<String> {
        let (line, name) = fence.entries().next()?;
        let html = workbench::html(name);
        if html.is_none() {
            self.fault(line, format!("no workbench is called `{name}`"));
        }
        html
    }

    fn libraries(&self, exercise: &'a Exercise, proofs: &'a [Proof]) -> String {
        libraries::html(exercise, proofs, &self.widgets.material.oracles)
    }
}
