//! Cargo, asked for programs, and what the compiler says of them.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Read};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::stop::Stop;
use crate::house::House;
use crate::terminal;

/// How soon a build ends that is called off.
const PACE: Duration = Duration::from_millis(10);

/// What came of building a package's program.
#[derive(Debug)]
pub enum Built {
    /// It can be run; the number of warnings.
    Program(PathBuf, usize),
    /// It doesn't compile; what the compiler says, ready for a terminal.
    Refused(String),
}

/// Cargo, in the workbook's folder.
pub fn cargo(house: &House) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.current_dir(house.root());
    command
}

/// Builds the programs of these packages, side by side. `say` hears what is
/// being done: `Compiling tokio v1.48.0`.
pub fn build(house: &House, packages: &[&str], say: impl FnMut(&str)) -> Result<Vec<Built>> {
    build_until(&Stop::never(), house, packages, say)
}

/// The same, unless it is called off.
pub fn build_until(
    stop: &Stop,
    house: &House,
    packages: &[&str],
    say: impl FnMut(&str),
) -> Result<Vec<Built>> {
    let mut command = cargo(house);
    command.args(["build", "--keep-going"]);
    for package in packages {
        command.args(["--package", package]);
    }
    let messages = Messages::until(stop, command, say)?;
    let built = packages.iter().map(|package| messages.built(package));
    built.collect()
}

/// One thing that the compiler or clippy has against a source.
#[derive(Debug, Clone)]
pub struct Complaint {
    /// As the compiler names it, from the workbook's folder.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// In its words.
    pub message: String,
}

/// What cargo said of one run.
pub struct Messages {
    messages: Vec<Value>,
    stderr: String,
    success: bool,
}

impl Messages {
    /// Runs cargo to its end.
    pub fn of(command: Command, say: impl FnMut(&str)) -> Result<Messages> {
        Messages::until(&Stop::never(), command, say)
    }

    /// The same, unless it is called off.
    pub fn until(stop: &Stop, mut command: Command, mut say: impl FnMut(&str)) -> Result<Messages> {
        let format = match terminal::in_colour() {
            true => "json-diagnostic-rendered-ansi",
            false => "json",
        };
        command
            .args(["--message-format", format])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = stop
            .spawn(&mut command)
            .context("cargo can't be started; is Rust installed? See rustup.rs")?;
        // Read side by side: neither pipe may fill up.
        let mut stdout = child.stdout().expect("piped");
        let reader = std::thread::spawn(move || {
            let mut text = String::new();
            stdout.read_to_string(&mut text).map(|_| text)
        });
        let (tell, lines) = mpsc::channel();
        let pipe = BufReader::new(child.stderr().expect("piped"));
        std::thread::spawn(move || {
            let lines = pipe.lines().map_while(Result::ok);
            lines.map(|line| tell.send(line)).all(|sent| sent.is_ok())
        });
        let mut stderr = String::new();
        loop {
            stop.check()?; // Dropped, the child and its children are ended.
            match lines.recv_timeout(PACE) {
                Ok(line) => {
                    if let Some(doing) = doing(line.trim()) {
                        say(doing);
                    }
                    stderr.push_str(&line);
                    stderr.push('\n');
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let success = child.wait()?.success();
        let text = reader.join().expect("the reader doesn't panic")?;
        let messages = text
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        Ok(Messages {
            messages: messages.collect(),
            stderr,
            success,
        })
    }

    /// The executable of the target of this name.
    pub fn executable(&self, target: &str) -> Option<PathBuf> {
        let mut found = self
            .messages
            .iter()
            .filter(|message| message["target"]["name"] == target)
            .filter_map(|message| message["executable"].as_str());
        found.next_back().map(PathBuf::from)
    }

    /// Errors and warnings, each with its place.
    pub fn complaints(&self) -> Vec<Complaint> {
        let mut found = Vec::new();
        for message in self.messages.iter().map(|m| &m["message"]) {
            let spans = message["spans"].as_array().into_iter().flatten();
            let Some(span) = spans.into_iter().find(|span| span["is_primary"] == true) else {
                continue; // "1 warning emitted" has no place.
            };
            found.push(Complaint {
                file: span["file_name"].as_str().unwrap_or_default().to_owned(),
                line: span["line_start"].as_u64().unwrap_or(1) as usize,
                message: message["message"].as_str().unwrap_or_default().to_owned(),
            });
        }
        found
    }

    /// Whether cargo has done what it was asked for.
    pub fn is_success(&self) -> bool {
        self.success
    }

    /// What cargo itself said, if it is to blame: no network, no such package.
    pub fn blame(&self) -> Result<()> {
        let said = self.rendered("error", |_| true);
        if !said.is_empty() {
            bail!("{}", said.trim_end());
        }
        let from = self.stderr.find("error").unwrap_or(0);
        let what = self.stderr[from..]
            .trim()
            .trim_start_matches("error:")
            .trim();
        bail!("cargo can't build: {what}")
    }

    /// What the compiler said at this level of the targets of a package.
    fn rendered(&self, level: &str, of: impl Fn(&Value) -> bool) -> String {
        self.messages
            .iter()
            .filter(|m| m["reason"] == "compiler-message" && m["message"]["level"] == level)
            .filter(|m| of(m))
            // "aborting due to 2 previous errors" has no place and says nothing.
            .filter(|m| {
                m["message"]["spans"]
                    .as_array()
                    .is_none_or(|s| !s.is_empty())
            })
            .filter_map(|m| m["message"]["rendered"].as_str())
            .collect()
    }

    fn built(&self, package: &str) -> Result<Built> {
        let of = |message: &Value| {
            let target = message["target"]["name"].as_str().unwrap_or_default();
            target == package || target == package.replace('-', "_")
        };
        let errors = self.rendered("error", of);
        if !errors.is_empty() {
            return Ok(Built::Refused(errors));
        }
        match self
            .executable(package)
            .filter(|_| self.success || errors.is_empty())
        {
            Some(program) => {
                let warnings = self.messages.iter().filter(|m| {
                    of(m)
                        && m["message"]["level"] == "warning"
                        && m["message"]["spans"]
                            .as_array()
                            .is_some_and(|s| !s.is_empty())
                });
                Ok(Built::Program(program, warnings.count()))
            }
            None => self.blame().map(|()| unreachable!("it blames")),
        }
    }
}

/// What of cargo's own words is worth saying while one waits.
fn doing(line: &str) -> Option<&str> {
    const TELLING: [&str; 4] = ["Compiling ", "Downloading ", "Downloaded ", "Updating "];
    if line.starts_with("Blocking ") {
        return Some("waiting for another build to end");
    }
    TELLING
        .iter()
        .any(|verb| line.starts_with(verb))
        .then_some(line)
}
