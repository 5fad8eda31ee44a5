//! The book: mdBook as a library, our widgets, and the guards that make every
//! fault in the sources a failed build.

mod bytes;
mod fault;
mod fences;
mod frame;
mod html;
mod http;
mod include;
mod libraries;
mod links;
mod material;
mod names;
mod preprocess;
mod proofs;
mod quiz;
mod recording;
mod repair;
mod transcript;
mod warnings;

use std::fs;
use std::path::Path;
use std::rc::Rc;

use anyhow::{Context, Result, bail};
use mdbook_driver::MDBook;
use mdbook_driver::builtin_preprocessors::{IndexPreprocessor, LinkPreprocessor};
use mdbook_driver::config::Config;

use crate::house::House;
pub use fault::Fault;
use fault::{Faults, unread};
use material::Material;
use preprocess::Widgets;
pub use recording::HEADER;

/// Builds the book into `out`. The faults of the sources are returned, all of
/// them; where there are any, what is in `out` is not to be shown. An error
/// means that the workbook can't be read or `out` not be written.
pub fn build(house: &House, out: &Path) -> Result<Vec<Fault>> {
    check_target(out)?;
    let faults = Faults::default();
    let material = Rc::new(Material::read(house, &faults)?);
    let (built, warned) = warnings::collect(|| build_pages(material, &faults, out));
    for warning in &warned {
        locate(house, &faults, warning);
    }
    match built {
        Ok(()) => {
            faults_of_repair(&faults, out)?;
            for dead in links::dead(out)? {
                blame(house, &faults, &dead);
            }
        }
        // mdBook says why in its warnings or here, never in both.
        Err(error) => locate(house, &faults, &format!("{error:#}")),
    }
    Ok(faults.sorted())
}

/// The faults, one a line, and how many there are.
pub fn report(faults: &[Fault]) -> String {
    let lines: Vec<_> = faults.iter().map(Fault::to_string).collect();
    let count = match faults.len() {
        1 => "the book is not built: 1 fault".to_owned(),
        n => format!("the book is not built: {n} faults"),
    };
    format!("{}\n{count}", lines.join("\n"))
}

/// mdBook empties the folder it builds into. It must be one of its own.
fn check_target(out: &Path) -> Result<()> {
    let holds_something = fs::read_dir(out).is_ok_and(|mut files| files.next().is_some());
    if holds_something && !out.join(".nojekyll").is_file() {
        bail!(
            "{} holds something that is not a book; building would remove it",
            out.display()
        );
    }
    fs::create_dir_all(out).with_context(|| out.display().to_string())
}

fn build_pages(material: Rc<Material>, faults: &Faults, out: &Path) -> Result<()> {
    let root = material.house.root().join("book");
    let mut config = Config::from_disk(root.join("book.toml"))?;
    // Ours comes first, and mdBook has no other way to say so.
    config.build.use_default_preprocessors = false;
    config.build.build_dir = out.to_owned();
    let mut book = MDBook::load_with_config(root, config)?;
    book.with_preprocessor(Widgets::new(material, faults.clone()))
        .with_preprocessor(LinkPreprocessor::new())
        .with_preprocessor(IndexPreprocessor::new());
    book.build()
}

fn faults_of_repair(faults: &Faults, out: &Path) -> Result<()> {
    for message in repair::repair(out)? {
        faults.add("src/book/repair.rs", 1, message);
    }
    Ok(())
}

/// mdBook names the page, and quotes what it stumbled on, but gives no line:
/// it is the first on which the quoted text stands.
fn locate(house: &House, faults: &Faults, warning: &str) {
    // Of a field that isn't known, its name comes before all other clues.
    let warning_from_field = warning
        .find("unknown field")
        .map_or(warning, |at| &warning[at..]);
    let quoted: Vec<&str> = warning_from_field
        .split(['`', '"'])
        .skip(1)
        .step_by(2)
        .filter(|text| !text.is_empty())
        .collect();
    let source = house.root().join("book/src");
    let page = quoted.iter().find(|text| source.join(text).is_file());
    let file = match page {
        Some(page) => source.join(page),
        None if warning.contains("deserialize") || warning.contains("configuration") => {
            house.root().join("book/book.toml")
        }
        None => source.join("SUMMARY.md"),
    };
    let text = fs::read_to_string(&file).unwrap_or_default();
    let line = quoted
        .iter()
        .filter(|text| Some(*text) != page)
        .map(|text| text.trim_end_matches('>'))
        .find_map(|needle| text.lines().position(|line| line.contains(needle)))
        .map_or(1, |at| at + 1);
    let message = warning.split_whitespace().collect::<Vec<_>>().join(" ");
    faults.add(house.relative(&file), line, message);
}

/// Finds the source of a dead link: the lines of the page, of its quiz or of
/// its proofs that hold the target.
fn blame(house: &House, faults: &Faults, dead: &links::Dead) {
    let stem = dead.page.with_extension("");
    let stem = stem.to_string_lossy();
    let page = house.root().join(format!("book/src/{stem}.md"));
    if stem == "index" && !page.is_file() {
        // A copy of the first page, whose own links are looked at anyway.
        return;
    }
    let sources = [
        page.clone(),
        house.root().join(format!("book/quiz/{stem}.toml")),
        house
            .root()
            .join(format!("exercises/{stem}/tests/proof.rs")),
        house.root().join("book/theme/head.hbs"),
    ];
    // mdBook has made `.html` of `.md`.
    let in_markdown = |text: &str| text.replace(".html", ".md");
    let mut found = false;
    for source in &sources {
        let text = fs::read_to_string(source).unwrap_or_default();
        for (at, line) in text.lines().enumerate() {
            let message = if links_to(line, &in_markdown(&dead.target)) {
                in_markdown(&dead.message)
            } else if links_to(line, &dead.target) {
                dead.message.clone()
            } else {
                continue;
            };
            faults.add(house.relative(source), at + 1, message);
            found = true;
        }
    }
    if !found {
        let file = match page.is_file() {
            true => page,
            false => house.root().join("book/src/SUMMARY.md"),
        };
        let message = format!("{} (as `{}`)", dead.message, dead.target);
        faults.add(house.relative(&file), 1, message);
    }
}

/// Whether a line has this very target, not one that it is a part of.
fn links_to(line: &str, target: &str) -> bool {
    line.match_indices(target).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + target.len()..].chars().next();
        let ends = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || "()<>\"'".contains(c));
        ends(before) && ends(after)
    })
}
