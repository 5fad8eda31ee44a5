//! `workbook submit`: a learner's work, packed for whoever looks at it.

use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use super::check;
use crate::help;
use crate::house::{Exercise, House};
use crate::outcome::Outcome;
use crate::progress;
use crate::terminal::{DIM, Doing};
use crate::trial::{self, Messages};

/// Packs what you have written: for an instructor, or for someone who reviews it.
///
/// The archive holds the sources of each exercise that you have begun, what you say about
/// it (`feedback.toml`), and a list for a reviewer (`review.md`): what clippy finds, whether
/// it is formatted, and the chapter's questions. The first time it writes a
/// `feedback.toml` for you to fill in. Nothing is sent anywhere.
#[derive(clap::Args)]
#[command(after_long_help = help::after("", &[
    ("cargo workbook submit", "Everything that you have begun."),
    ("cargo workbook submit handshake --out ada.zip", "One exercise, under your name."),
]))]
pub struct Args {
    /// The exercises; all that are begun, if none is named.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// The archive.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    out: Option<PathBuf>,
}

/// Runs the command.
pub fn run(house: &House, args: &Args) -> Result<Outcome> {
    let exercises = check::chosen(house, &args.names)?;
    let doing = Doing::new();
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut told = String::new();
    for exercise in &exercises {
        if progress::is_untouched(exercise) {
            bail!(
                "{} is as it was handed out: there is nothing of yours in it",
                exercise.id
            );
        }
        doing.say(&format!("looking at {}", exercise.id));
        let mut put = |name: &str, bytes: &[u8]| -> Result<()> {
            // Without a date: the same work gives the same archive.
            let options = zip::write::SimpleFileOptions::default();
            let name = format!("exercises/{}/{name}", exercise.id);
            archive.start_file(name, options.last_modified_time(zip::DateTime::default()))?;
            archive.write_all(bytes)?;
            Ok(())
        };
        let sources = sources(&exercise.dir.join("src"), "src")?;
        for (name, path) in &sources {
            put(name, &fs::read(path).with_context(|| house.relative(path))?)?;
        }
        let feedback = feedback(house, exercise)?;
        put("feedback.toml", &fs::read(&feedback)?)?;
        put("review.md", review(house, exercise, &doing)?.as_bytes())?;
        let files = match sources.len() {
            1 => "1 source".to_owned(),
            number => format!("{number} sources"),
        };
        let _ = writeln!(
            told,
            "  {:14} {files}, review.md, feedback.toml",
            exercise.id
        );
        let _ = writeln!(
            told,
            "  {:14} {DIM}what was hard? Say it in {}, and submit again{DIM:#}",
            "",
            house.relative(&feedback)
        );
    }
    drop(doing);
    let out = match &args.out {
        Some(out) => std::path::absolute(out)?,
        None => house.notes().join("submission.zip"),
    };
    let bytes = archive.finish()?.into_inner();
    progress::write(&out, &bytes)?;
    anstream::print!("{told}  {} bytes in {}\n", bytes.len(), out.display());
    Ok(Outcome::Done)
}

/// The sources below a folder, sorted, with their names in the archive.
fn sources(folder: &Path, below: &str) -> Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{below}/{name}");
        if path.is_dir() {
            found.extend(sources(&path, &name)?);
        } else if name.ends_with(".rs") {
            found.push((name, path));
        }
    }
    found.sort();
    Ok(found)
}

/// Where a learner says what an exercise was like; written, if it isn't there.
fn feedback(house: &House, exercise: &Exercise) -> Result<PathBuf> {
    let file = house
        .notes()
        .join("feedback")
        .join(format!("{}.toml", exercise.id));
    if !file.is_file() {
        let text = format!(
            "# What {} was like. Leave out what you do not want to say.\n\
             # minutes = {}\n# hard = \"what was hard, or unclear\"\n",
            exercise.id, exercise.about.minutes
        );
        progress::write(&file, text.as_bytes())?;
    }
    Ok(file)
}

/// What a reviewer goes through.
fn review(house: &House, exercise: &Exercise, doing: &Doing) -> Result<String> {
    let mut out = format!("# {}: {}\n\n", exercise.id, exercise.about.title);
    let _ = writeln!(
        out,
        "- [{}] formatted: cargo fmt",
        tick(formatted(house, exercise)?)
    );
    let mut clippy = trial::cargo(house);
    clippy.args(["clippy", "--package", &exercise.name, "--bins", "--lib"]);
    match Messages::of(clippy, |what| doing.say(what)) {
        Ok(messages) if messages.is_success() => {
            let found = messages.complaints();
            let _ = writeln!(out, "- [{}] clippy finds nothing", tick(found.is_empty()));
            for complaint in found {
                let message = complaint
                    .message
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                let _ = writeln!(out, "  - {}:{}: {message}", complaint.file, complaint.line);
            }
        }
        _ => {
            out.push_str("- [ ] it compiles, and clippy finds nothing: cargo clippy says why not\n")
        }
    }
    out.push_str("\nTo talk about, with these lines in front of you:\n\n");
    for question in questions(house, exercise)? {
        let _ = writeln!(out, "- [ ] {question}");
    }
    out.push_str("- [ ] Which line was hardest to get right, and how do you know that it is?\n");
    out.push_str("- [ ] What does this program do with a client that means harm?\n");
    Ok(out)
}

fn tick(done: bool) -> char {
    if done { 'x' } else { ' ' }
}

fn formatted(house: &House, exercise: &Exercise) -> Result<bool> {
    let mut fmt = trial::cargo(house);
    fmt.args(["fmt", "--check", "--package", &exercise.name]);
    let status = fmt.stdout(Stdio::null()).stderr(Stdio::null()).status();
    Ok(status.context("cargo can't be started")?.success())
}

/// What the chapter asks.
fn questions(house: &House, exercise: &Exercise) -> Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Quiz {
        question: Vec<Question>,
    }
    #[derive(Deserialize)]
    struct Question {
        prompt: String,
    }
    let file = house
        .root()
        .join("book/quiz")
        .join(format!("{}.toml", exercise.id));
    let Ok(text) = fs::read_to_string(&file) else {
        return Ok(Vec::new());
    };
    let quiz: Quiz = toml::from_str(&text).with_context(|| house.relative(&file))?;
    let one_line = |question: Question| {
        question
            .prompt
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    Ok(quiz.question.into_iter().map(one_line).collect())
}
