//! One proof: which it is, what was drawn, what was heard, how it ended.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use crate::bounds;
use crate::masks::Masks;
use crate::process::Process;
use crate::transcript::{Entry, Transcript};
use crate::value::{Draw, Names};

/// Where a proof stands in the source; made by [`subject!`](crate::subject).
#[derive(Debug, Clone, Copy)]
pub struct Site {
    /// The package's own binary.
    pub program: &'static str,
    /// `handshake` or `handshake-solution`.
    pub package: &'static str,
    /// The package's folder.
    pub folder: &'static str,
    /// The type name of a function inside the test.
    pub test: &'static str,
    /// The file, as `file!` gives it.
    pub file: &'static str,
    /// A line inside the test.
    pub line: u32,
}

impl Site {
    /// The test's path, as libtest prints it: `step_2_answer::strict::upgrades`.
    pub(crate) fn path(&self) -> &'static str {
        let path = self.test.trim_end_matches("::here");
        let path = path.trim_end_matches("::{{closure}}");
        path.split_once("::").map_or(path, |(_, path)| path)
    }

    /// The step's module, `""` if there is none.
    pub(crate) fn step(&self) -> &'static str {
        let first = self.path().split("::").next().unwrap_or_default();
        if first.starts_with("step_") {
            first
        } else {
            ""
        }
    }

    /// The step's number, if it has one.
    pub(crate) fn step_number(&self) -> Option<&'static str> {
        self.step().split('_').nth(1)
    }

    pub(crate) fn strict(&self) -> bool {
        self.path().split("::").any(|part| part == "strict")
    }

    /// The snapshot's name.
    pub(crate) fn name(&self) -> String {
        self.path().replace("::", "__")
    }

    /// `handshake`, for its solution too.
    pub(crate) fn exercise(&self) -> &'static str {
        self.package.trim_end_matches("-solution")
    }

    /// `02-handshake`: chapter, exercise and solution share it.
    pub(crate) fn chapter(&self) -> &'static str {
        let name = Path::new(self.folder).file_name();
        name.and_then(|name| name.to_str()).unwrap_or_default()
    }

    /// The workbook's folder.
    pub(crate) fn root(&self) -> PathBuf {
        match std::env::var_os("INSTA_WORKSPACE_ROOT") {
            Some(root) if !root.is_empty() => PathBuf::from(root),
            _ => Path::new(self.folder).join("../.."),
        }
    }

    /// The source file of the proof.
    pub(crate) fn source(&self) -> PathBuf {
        self.root().join(self.file)
    }

    /// A file beside the snapshot, with this ending.
    pub(crate) fn beside_snapshot(&self, ending: &str) -> PathBuf {
        let folder = self.source().with_file_name("snapshots");
        folder.join(format!("{}{ending}", self.name()))
    }

    /// What the proof shows: the test's doc comment, or its name in words.
    pub(crate) fn claim(&self) -> String {
        let source = std::fs::read_to_string(self.source()).unwrap_or_default();
        let lines: Vec<&str> = source.lines().take(self.line as usize).collect();
        let comment = lines.iter().rposition(|l| l.trim().starts_with("fn "));
        let mut words: Vec<&str> = lines[..comment.unwrap_or(0)]
            .iter()
            .rev()
            .map(|line| line.trim())
            .take_while(|line| line.starts_with("///") || line.starts_with("#["))
            .filter_map(|line| line.strip_prefix("///"))
            .map(str::trim)
            .collect();
        words.reverse();
        match words.is_empty() {
            true => self
                .path()
                .rsplit("::")
                .next()
                .unwrap_or_default()
                .replace('_', " "),
            false => words.join(" "),
        }
    }
}

/// A value that is wrong in a known way, and what to say about it.
pub(crate) struct Mistake {
    pub(crate) value: Vec<u8>,
    pub(crate) says: String,
}

pub(crate) struct Case {
    pub(crate) site: Site,
    pub(crate) started: Instant,
    state: Mutex<State>,
}

pub(crate) struct State {
    pub(crate) draw: Draw,
    pub(crate) names: Names,
    pub(crate) mistakes: Vec<Mistake>,
    pub(crate) transcript: Transcript,
    /// What is said aside.
    pub(crate) aside: Option<Transcript>,
    pub(crate) process: Option<Process>,
    /// What each command said on standard error, and which entries are its.
    pub(crate) complaints: Vec<(Range<usize>, String)>,
    /// It is a client: the proof is the server.
    pub(crate) visits: bool,
    /// What it has masked its frames with.
    pub(crate) masks: Masks,
    /// It serves, and has said where.
    pub(crate) listens: bool,
    /// Some client has waited in vain.
    pub(crate) hung: bool,
    pub(crate) decided: bool,
}

impl Case {
    pub(crate) fn new(site: Site) -> Arc<Case> {
        Arc::new(Case {
            site,
            started: Instant::now(),
            state: Mutex::new(State {
                draw: Draw::new(site.path()),
                names: Names::default(),
                mistakes: Vec::new(),
                transcript: Transcript::default(),
                aside: None,
                process: None,
                complaints: Vec::new(),
                visits: false,
                masks: Masks::default(),
                listens: false,
                hung: false,
                decided: false,
            }),
        })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere must not hide why: the state is still whole.
        self.state
            .lock()
            .unwrap_or_else(|poison| poison.into_inner())
    }

    pub(crate) fn record(&self, entry: Entry) {
        let mut state = self.state();
        match &mut state.aside {
            Some(aside) => aside.push(entry),
            None => state.transcript.push(entry),
        }
    }

    /// What is recorded inside is left out, unless it hung: `what` stands for it.
    pub(crate) fn aside<T>(&self, what: &str, talk: impl FnOnce() -> T) -> T {
        self.record(Entry::note("", what));
        self.state().aside = Some(Transcript::default());
        let result = talk();
        let mut state = self.state();
        let aside = state.aside.take().unwrap_or_default();
        if state.hung {
            state.transcript.entries.extend(aside.entries);
        }
        drop(state);
        result
    }

    /// Whether something is so, in words: for what no line shows.
    pub(crate) fn remark(&self, holds: bool, so: &str, not_so: &str) {
        if !self.state().hung {
            let words = if holds { so } else { not_so };
            self.record(Entry::note("", format!("# {words}")));
        }
    }

    /// When one more event must have come.
    pub(crate) fn deadline(&self) -> Instant {
        self.deadline_within(bounds::patience())
    }

    /// Whether the proof may go on.
    pub(crate) fn has_time(&self) -> bool {
        self.started.elapsed() < bounds::whole() && !self.state().hung
    }

    pub(crate) fn deadline_within(&self, patience: Duration) -> Instant {
        (Instant::now() + patience).min(self.started + bounds::whole())
    }
}
