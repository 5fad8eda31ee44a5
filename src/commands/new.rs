//! `workbook new`: a chapter's skeleton, every file that a chapter has.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::help;
use crate::house::House;
use crate::outcome::Outcome;
use crate::progress;
use crate::terminal::DIM;

/// Writes the skeleton of a chapter (for authors).
///
/// Exercise, solution, proofs, hints, page and questions, all of one name. It compiles
/// without a warning, and each proof says that nothing is written yet. The book builds
/// once transcripts are recorded; until then it says what it lacks.
#[derive(clap::Args)]
#[command(after_long_help = help::after("", &[
    ("cargo workbook new 04-limits --title 'Limits, and what they are for'", "Begins chapter 04."),
]))]
pub struct Args {
    /// The chapter's number and name, as its folder is called: `04-limits`.
    #[arg(value_name = "NN-NAME")]
    id: String,
    /// What it is called in sentences; without it, after its name.
    #[arg(long, value_name = "TITLE")]
    title: Option<String>,
}

/// The files of a chapter: where each stands, and what it holds at first.
const FILES: [(&str, &str); 13] = [
    (
        "exercises/@id@/Cargo.toml",
        include_str!("new/exercise.toml"),
    ),
    ("exercises/@id@/src/lib.rs", include_str!("new/lib.rs")),
    ("exercises/@id@/src/main.rs", include_str!("new/main.rs")),
    ("exercises/@id@/start/lib.rs", include_str!("new/lib.rs")),
    ("exercises/@id@/start/main.rs", include_str!("new/main.rs")),
    (
        "exercises/@id@/tests/proof.rs",
        include_str!("new/proof.rs"),
    ),
    ("exercises/@id@/hints.md", include_str!("new/hints.md")),
    (
        "solutions/@id@/Cargo.toml",
        include_str!("new/solution.toml"),
    ),
    ("solutions/@id@/src/lib.rs", include_str!("new/lib.rs")),
    (
        "solutions/@id@/src/main.rs",
        include_str!("new/solution.rs"),
    ),
    (
        "solutions/@id@/faults.toml",
        include_str!("new/faults.toml"),
    ),
    ("book/quiz/@id@.toml", include_str!("new/quiz.toml")),
    ("book/src/@id@.md", include_str!("new/page.md")),
];

/// Runs the command.
pub fn run(house: &House, args: &Args) -> Result<Outcome> {
    let chapter = Chapter::named(&args.id, args.title.as_deref())?;
    chapter.is_free(house)?;
    // Both are read and found fit before anything is written.
    let summary = inserted(
        house,
        "book/src/SUMMARY.md",
        &chapter.line(),
        number_in_summary,
    )?;
    let readme = inserted(house, "README.md", &chapter.row(), number_in_readme)?;

    let mut out = String::from("\n");
    for (path, text) in FILES {
        let (path, text) = (chapter.fill(path, ""), chapter.fill(text, path));
        progress::write(&house.root().join(&path), text.as_bytes())?;
        let _ = writeln!(out, "  {path}");
    }
    for (path, text) in [("book/src/SUMMARY.md", summary), ("README.md", readme)] {
        fs::write(house.root().join(path), text).with_context(|| path.to_owned())?;
        let _ = writeln!(out, "  {path}  {DIM}one line{DIM:#}");
    }
    let (id, name) = (&chapter.id, &chapter.name);
    let _ = writeln!(out, "\n  begin with  solutions/{id}/src/lib.rs");
    let _ = writeln!(out, "  record      cargo workbook accept {name}");
    let _ = writeln!(
        out,
        "  show        book/src/{id}.md; what it lacks: cargo workbook build"
    );
    let _ = writeln!(out, "  all else    CONTRIBUTING.md, the order of work\n");
    anstream::print!("{out}");
    Ok(Outcome::Done)
}

struct Chapter {
    id: String,
    number: String,
    name: String,
    title: String,
}

impl Chapter {
    fn named(id: &str, title: Option<&str>) -> Result<Chapter> {
        let parts = id.split_once('-').filter(|(number, name)| {
            let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
            let mut words = name.split('-');
            number.len() == 2
                && number.bytes().all(|b| b.is_ascii_digit())
                && name.starts_with(|c: char| c.is_ascii_lowercase())
                && words.all(|word| !word.is_empty() && word.chars().all(letters))
        });
        let Some((number, name)) = parts else {
            bail!("`{id}` names no chapter; it takes two digits and a name, such as 04-limits");
        };
        let sentence = |name: &str| {
            let words = name.replace('-', " ");
            words[..1].to_uppercase() + &words[1..]
        };
        let title = title.map_or_else(|| sentence(name), |title| title.trim().to_owned());
        ensure!(
            !title.is_empty() && !title.contains(['"', '\\', '\n']),
            "a title is a line of words, without \" and \\"
        );
        Ok(Chapter {
            id: id.to_owned(),
            number: number.to_owned(),
            name: name.to_owned(),
            title,
        })
    }

    /// Neither its number nor its name may be another's.
    fn is_free(&self, house: &House) -> Result<()> {
        for shelf in ["exercises", "solutions", "book/src", "book/quiz"] {
            let entries = fs::read_dir(house.root().join(shelf)).into_iter().flatten();
            for entry in entries.flatten() {
                let other = entry.file_name();
                let other = other.to_string_lossy();
                let stem = other.split('.').next().unwrap_or_default();
                if let Some((number, name)) = stem.split_once('-') {
                    ensure!(
                        number != self.number && name != self.name,
                        "{shelf}/{other} is there already"
                    );
                }
            }
        }
        // Cargo tells packages apart by their names: `cargo test -p tokio`.
        let lock = fs::read_to_string(house.root().join("Cargo.lock")).unwrap_or_default();
        let taken = format!("name = \"{}\"", self.name);
        ensure!(
            lock.lines().all(|line| line != taken),
            "a crate of the workbook is called `{}`; take another name",
            self.name
        );
        ensure!(
            !is_reserved(&self.name),
            "Rust keeps the word `{}` for itself",
            self.name
        );
        Ok(())
    }

    /// A template with what is to stand in it, for a file at `path`.
    fn fill(&self, template: &str, path: &str) -> String {
        let kind = match path.starts_with("solutions") {
            true => "Solution",
            false => "Exercise",
        };
        template
            .replace("@id@", &self.id)
            .replace("@number@", &self.number)
            .replace("@name@", &self.name)
            .replace("@crate@", &self.name.replace('-', "_"))
            .replace("@title@", &self.title)
            .replace("@kind@", kind)
    }

    /// Its line in the book's summary.
    fn line(&self) -> (u32, String) {
        let Chapter {
            id,
            number,
            name,
            title,
        } = self;
        let number_of = number.parse().unwrap_or_default();
        (
            number_of,
            format!("- [{number} · {name}: {title}]({id}.md)"),
        )
    }

    /// Its row in the README's table of exercises.
    fn row(&self) -> (u32, String) {
        let Chapter { number, name, .. } = self;
        let number_of = number.parse().unwrap_or_default();
        (
            number_of,
            format!("| {number} | `{name}` | to be written | 60 |"),
        )
    }
}

/// Words that no library can have for its name.
fn is_reserved(name: &str) -> bool {
    const WORDS: &str = "abstract alloc as async await become box break const continue core crate do dyn else enum extern false final fn for gen if impl in let loop macro match mod move mut override priv proc-macro pub ref return self static std struct super test trait true try type typeof union unsafe unsized use virtual where while yield";
    WORDS.split(' ').any(|word| word == name)
}

/// A file with one line more, where its number belongs.
fn inserted(
    house: &House,
    file: &str,
    (number, line): &(u32, String),
    number_of: fn(&str) -> Option<u32>,
) -> Result<String> {
    let path = house.root().join(Path::new(file));
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let mut lines: Vec<&str> = text.lines().collect();
    let numbers = lines.iter().map(|line| number_of(line));
    let numbers: Vec<Option<u32>> = numbers.collect();
    let before = numbers.iter().rposition(|n| n.is_some_and(|n| n < *number));
    let after = numbers.iter().position(|n| n.is_some_and(|n| n > *number));
    let Some(at) = before.map(|at| at + 1).or(after) else {
        bail!("{file} has no line of a chapter to put the new one beside");
    };
    lines.insert(at, line);
    Ok(lines.join("\n") + "\n")
}

/// `- [02 · handshake: …](02-handshake.md)`
fn number_in_summary(line: &str) -> Option<u32> {
    line.trim_start()
        .strip_prefix("- [")?
        .get(..2)?
        .parse()
        .ok()
}

/// `| 02 | `handshake` | …`
fn number_in_readme(line: &str) -> Option<u32> {
    line.strip_prefix("| ")?.get(..2)?.parse().ok()
}
