//! An exercise's proofs, compiled once and run against any program.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::build::{Messages, cargo};
use super::kept;
use super::report::Report;
use super::stop::Stop;
use crate::digest::Digest;
use crate::house::{Exercise, House, Proof};
use crate::terminal;

/// Proofs mostly wait, so more of them run at once than there are cores.
const AT_ONCE: &str = "8";

/// How often a run is looked at.
const PACE: Duration = Duration::from_millis(5);

/// Which proofs to run, and how.
#[derive(Debug, Clone, Default)]
pub struct Select {
    /// Only those of this step's module.
    pub step: Option<String>,
    /// No strict ones.
    pub core: bool,
    /// Only those whose path holds this.
    pub proof: Option<String>,
    /// Only the one of this path.
    pub exact: Option<String>,
    /// Only these.
    pub among: Option<BTreeSet<String>>,
    /// The seed of all random values.
    pub seed: Option<u64>,
    /// Waits are short: nobody expects this program to answer.
    pub hurried: bool,
    /// Failures are kept, not shown: they get no colour.
    pub plain: bool,
    /// What a failure calls the program, if it isn't the reader's own.
    pub called: Option<&'static str>,
}

/// How long a proof waits for an event, and for a program to start, where it
/// is hurried.
const HURRIED: [(&str, &str); 2] = [("PROOF_PATIENCE_MS", "1500"), ("PROOF_STARTUP_MS", "3000")];

impl Select {
    /// Whether this is all there is.
    pub fn is_all(&self) -> bool {
        self.step.is_none()
            && !self.core
            && self.proof.is_none()
            && self.exact.is_none()
            && self.among.is_none()
    }

    fn takes(&self, proof: &Proof) -> bool {
        self.exact.as_ref().is_none_or(|path| proof.path == *path)
            && self
                .among
                .as_ref()
                .is_none_or(|among| among.contains(&proof.path))
            && self.step.as_ref().is_none_or(|step| proof.step() == step)
            && !(self.core && proof.strict())
            && self
                .proof
                .as_ref()
                .is_none_or(|part| proof.path.contains(part))
    }
}

/// The proofs of an exercise.
#[derive(Debug, Clone)]
pub struct Proofs {
    binary: PathBuf,
    root: PathBuf,
    exercise: Exercise,
    list: Vec<Proof>,
}

impl Proofs {
    /// Those of this exercise; built, if they have changed since they were
    /// last. They are built with the solution, so that they are there even
    /// when a learner's program doesn't compile.
    pub fn of(house: &House, exercise: &Exercise, say: impl FnMut(&str)) -> Result<Proofs> {
        Proofs::of_until(&Stop::never(), house, exercise, say)
    }

    /// The same, unless it is called off.
    pub fn of_until(
        stop: &Stop,
        house: &House,
        exercise: &Exercise,
        say: impl FnMut(&str),
    ) -> Result<Proofs> {
        let binary = kept::built(cached(house, exercise)?, || {
            let package = exercise.solution();
            let mut command = cargo(house);
            command.args(["test", "--no-run", "--package", &package, "--test", "proof"]);
            let messages = Messages::until(stop, command, say)?;
            let Some(binary) = messages.executable("proof") else {
                messages.blame()?;
                bail!("{package} has no proofs");
            };
            Ok(binary)
        })?;
        Ok(Proofs {
            binary,
            root: house.root().to_owned(),
            exercise: exercise.clone(),
            list: exercise.proofs()?,
        })
    }

    /// Those of an exercise in another workspace, compiled already.
    pub fn elsewhere(binary: PathBuf, root: PathBuf, exercise: Exercise) -> Result<Proofs> {
        let list = exercise.proofs()?;
        Ok(Proofs {
            binary,
            root,
            exercise,
            list,
        })
    }

    /// All of them, in the order written.
    pub fn list(&self) -> &[Proof] {
        &self.list
    }

    /// Starts those that are selected against a program. `again` is the command
    /// line that a failure tells to run once more.
    pub fn start(&self, program: &str, select: &Select, again: &str) -> Result<Running> {
        self.start_as(Command::new(&self.binary), program, select, again)
    }

    /// The compiled proofs.
    pub fn binary(&self) -> &Path {
        &self.binary
    }

    /// The same, where `command` says how the compiled proofs are run.
    pub fn start_as(
        &self,
        mut command: Command,
        program: &str,
        select: &Select,
        again: &str,
    ) -> Result<Running> {
        let chosen = self.list.iter().filter(|proof| select.takes(proof));
        let waiting: BTreeSet<String> = chosen.map(|proof| proof.path.clone()).collect();
        if waiting.is_empty() {
            bail!("{} has no such proof", self.exercise.id);
        }
        let report = tempfile::NamedTempFile::new().context("no place for a report")?;
        command
            .args(["--test-threads", AT_ONCE])
            .current_dir(&self.exercise.dir)
            .env_remove("PROOF_RECORD")
            .env_remove("RUST_BACKTRACE")
            .env("INSTA_WORKSPACE_ROOT", &self.root)
            .env("INSTA_UPDATE", "no")
            .env("SUBJECT", program)
            .env("PROOF_AGAIN", again)
            .env("PROOF_REPORT", report.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if !select.is_all() {
            command.arg("--exact").args(&waiting);
        }
        if select.hurried {
            command.envs(HURRIED);
        }
        if let Some(called) = select.called {
            command.env("PROOF_CALLS_IT", called);
        }
        if let Some(seed) = select.seed {
            command.env("PROOF_SEED", seed.to_string());
        }
        match terminal::in_colour() && !select.plain {
            true => command.env("CLICOLOR_FORCE", "1"),
            false => command.env("NO_COLOR", "1").env_remove("CLICOLOR_FORCE"),
        };
        let child = spawned(&mut command).context("the proofs can't be started")?;
        Ok(Running {
            child,
            reader: report.reopen()?,
            _report: report,
            unread: String::new(),
            waiting,
        })
    }

    /// Runs those that are selected to their end; `each` sees every report as
    /// it comes. The reports are in the order of the proofs.
    pub fn run(
        &self,
        program: &str,
        select: &Select,
        again: &str,
        mut each: impl FnMut(&Report),
    ) -> Result<Vec<Report>> {
        let mut running = self.start(program, select, again)?;
        let mut reports = Vec::new();
        loop {
            let over = running.is_over()?;
            for report in running.reports(over)? {
                each(&report);
                reports.push(report);
            }
            if over {
                break;
            }
            std::thread::sleep(PACE); // A bounded wait: proofs end by themselves.
        }
        self.sort(&mut reports);
        Ok(reports)
    }

    /// Puts reports in the order of the proofs.
    pub fn sort(&self, reports: &mut [Report]) {
        let place = |report: &Report| self.list.iter().position(|p| p.path == report.proof);
        reports.sort_by_key(place);
    }
}

/// A run of proofs under way. Dropped, it is ended, and so are the programs it
/// has started.
pub struct Running {
    child: Child,
    reader: File,
    _report: tempfile::NamedTempFile,
    unread: String,
    /// Who has not reported yet.
    waiting: BTreeSet<String>,
}

impl Running {
    /// Whether it has ended.
    pub fn is_over(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Ends it, before its time if need be. What has been reported stays.
    pub fn end(&mut self) {
        // The proofs' own watchdog ends the programs.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// The reports that have come in since; at the end also of those that
    /// said nothing.
    pub fn reports(&mut self, over: bool) -> Result<Vec<Report>> {
        let mut bytes = Vec::new();
        self.reader.read_to_end(&mut bytes)?;
        self.unread.push_str(&String::from_utf8_lossy(&bytes));
        let mut found = Vec::new();
        while let Some((line, rest)) = self.unread.split_once('\n') {
            found.extend(Report::read(line));
            self.unread = rest.to_owned();
        }
        for report in &found {
            self.waiting.remove(&report.proof);
        }
        if over {
            let silent = std::mem::take(&mut self.waiting);
            let why = "it ended without a report";
            found.extend(silent.iter().map(|proof| Report::missing(proof, why)));
        }
        Ok(found)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

/// Starts a program that may have been written just now. What another thread
/// starts at that moment holds all our open files until it begins, and Linux
/// runs nothing that somebody may still write to.
fn spawned(command: &mut Command) -> io::Result<Child> {
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        match command.spawn() {
            Err(error)
                if error.kind() == ErrorKind::ExecutableFileBusy && Instant::now() < deadline =>
            {
                std::thread::sleep(PACE); // Paces a bounded wait.
            }
            started => return started,
        }
    }
}

/// A path as a word of `SUBJECT`.
pub fn command_line(program: &Path) -> String {
    format!("'{}'", program.display())
}

/// Where the compiled proofs are kept: the name changes with what they are
/// made of.
fn cached(house: &House, exercise: &Exercise) -> Result<PathBuf> {
    let root = house.root();
    let mut digest = Digest::default();
    digest.file(&root.join("Cargo.lock"))?;
    digest.file(&root.join("Cargo.toml"))?;
    digest.file(&exercise.proofs_file())?;
    for part in ["proof/Cargo.toml", "proof/src"] {
        digest.tree(&root.join(part))?;
    }
    let name = format!(
        "{}-{}{}",
        exercise.name,
        digest.short(),
        std::env::consts::EXE_SUFFIX
    );
    Ok(house.target().join("workbook/proofs").join(name))
}
