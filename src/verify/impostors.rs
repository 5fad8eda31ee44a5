//! Programs that know the answers but not the question: none of them passes.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Result, bail};

use super::scope::Chapter;
use super::side_by_side::side_by_side;
use super::trials::{Court, RECORDED};
use crate::book::{Entry, Faults, Kind, Recording, Side};
use crate::trial::{self, Messages, Proofs, Select, Status};

/// Replays that run at once: they mostly wait.
const AT_ONCE: usize = 8;

/// What plays the impostors: `broken FAULT`.
const IMPOSTOR: &str = "proof/examples/broken.rs";

/// What a proof has on trial.
#[derive(Clone, Copy, PartialEq)]
enum Trial {
    Server,
    /// The proof is the server, and has told it where.
    Client,
    Command,
}

impl Trial {
    fn of(recording: &Recording) -> Option<Trial> {
        let any = |is: fn(&Entry) -> bool| recording.entries.iter().any(is);
        let exits = |entry: &Entry| {
            let first = entry.lines.first();
            entry.kind == Kind::Note && first.is_some_and(|line| line.starts_with("exit "))
        };
        let is_told_where = recording.names.iter().any(|name| name.name == "<url>");
        match () {
            () if is_told_where => Some(Trial::Client),
            () if any(exits) => Some(Trial::Command),
            () if any(|entry| entry.side() == Side::Server) => Some(Trial::Server),
            () => None,
        }
    }
}

/// The paths of a chapter's proofs that have this on trial.
fn tried(chapter: &Chapter, trial: Trial) -> Vec<&str> {
    let all = chapter.recordings();
    let tried = all.filter(|(_, recording)| Trial::of(recording) == Some(trial));
    tried.map(|(proof, _)| proof.path.as_str()).collect()
}

/// The impostor's command line, up to its fault.
fn impostor(court: &Court) -> Result<String> {
    let mut command = trial::cargo(&court.scope.house);
    command.args(["build", "--package", "proof", "--example", "broken"]);
    let messages = Messages::of(command, |what| court.doing.say(what))?;
    match messages.executable("broken") {
        Some(program) => Ok(trial::command_line(&program)),
        None => {
            messages.blame()?;
            bail!("{IMPOSTOR} has no program");
        }
    }
}

/// A server that says the same to everybody is refused by each proof of a server.
pub fn deaf(court: &Court, faults: &Faults) -> Result<()> {
    let program = impostor(court)?;
    let select = Select {
        hurried: true,
        ..Select::default()
    };
    for (fault, does) in [
        ("answers-400", "answers 400 to everything"),
        (
            "sends-placeholders",
            "sends a transcript's placeholders as they stand",
        ),
    ] {
        let subject = format!("{program} {fault}");
        court.each(
            |programs| match tried(programs.chapter, Trial::Server).is_empty() {
                true => Ok(Vec::new()),
                false => court.run(programs.chapter, &subject, &select),
            },
            |chapter, reports| {
                let tried = tried(chapter, Trial::Server);
                for report in reports {
                    if report.status != Status::Refused && tried.contains(&report.proof.as_str()) {
                        let message = format!(
                            "`{}` is not refused of a program that {does}; prove what it must say",
                            report.proof
                        );
                        court.blame(chapter, &report.proof, faults, message);
                    }
                }
            },
        )?;
    }
    Ok(())
}

/// One proof against a replay of its own recording.
struct Replay<'a> {
    chapter: &'a Chapter,
    proofs: Proofs,
    proof: &'a str,
    subject: String,
}

impl Replay<'_> {
    fn status(&self, seed: Option<u64>) -> Result<Status> {
        let select = Select {
            exact: Some(self.proof.to_owned()),
            hurried: true,
            seed,
            ..Select::default()
        };
        let reports = self
            .proofs
            .run(&self.subject, &select, "cargo workbook verify", |_| ())?;
        Ok(reports
            .first()
            .map_or(Status::Broken, |report| report.status))
    }
}

/// A replay of what is on record is refused. It is a good replay: with the
/// recorded values it would pass most of the time.
pub fn replay(court: &Court, faults: &Faults) -> Result<()> {
    let program = impostor(court)?;
    for (trial, fault) in [
        (Trial::Server, "replays-the-record"),
        (Trial::Client, "replays-the-visits"),
        (Trial::Command, "replays-the-output"),
    ] {
        let mut replays = Vec::new();
        for chapter in court.programs.iter().map(|programs| programs.chapter) {
            let proofs = Proofs::of(&court.scope.house, &chapter.exercise, |what| {
                court.doing.say(what)
            })?;
            for proof in tried(chapter, trial) {
                let record = record(chapter, proof);
                replays.push(Replay {
                    subject: format!("{program} {fault} {}", trial::command_line(&record)),
                    proofs: proofs.clone(),
                    chapter,
                    proof,
                });
            }
        }
        let with_new_values = statuses(court, &replays, None)?;
        for (replay, status) in replays.iter().zip(with_new_values) {
            if status != Status::Refused {
                let message = format!(
                    "`{}` is not refused of a replay of its own recording; let the answer depend \
                     on a random value",
                    replay.proof
                );
                court.blame(replay.chapter, replay.proof, faults, message);
            }
        }
        // Of a chapter alone it says little.
        if court.scope.is_whole() {
            let with_its_own = statuses(court, &replays, Some(RECORDED))?;
            let fooled = with_its_own
                .iter()
                .filter(|status| **status == Status::Proved)
                .count();
            if fooled * 2 < replays.len() {
                let of = replays.len();
                let message = format!(
                    "`{fault}` is no good: with the recorded seed it fools {fooled} of {of} proofs"
                );
                faults.add(IMPOSTOR, 1, message);
            }
        }
    }
    Ok(())
}

fn record(chapter: &Chapter, proof: &str) -> PathBuf {
    let name = format!("{}.bytes.jsonl", proof.replace("::", "__"));
    chapter.exercise.snapshots_dir().join(name)
}

/// What comes of each.
fn statuses(court: &Court, replays: &[Replay], seed: Option<u64>) -> Result<Vec<Status>> {
    let done = AtomicUsize::new(0);
    side_by_side(replays, AT_ONCE, |replay| {
        let status = replay.status(seed)?;
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        court
            .doing
            .say(&format!("replays: {done} of {}", replays.len()));
        Ok(status)
    })
}
