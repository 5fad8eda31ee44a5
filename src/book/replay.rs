//! A proof's conversation as a page of its own, to be stepped through: the book
//! has one for each proof, `record` writes one that needs no other file.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::fault::Faults;
use super::html::{escape, inline, uncomment};
use super::material::Material;
use super::transcript::{Figure, humanised};
use crate::house::{Exercise, Proof};

/// The folder of these pages in the book.
pub const DIR: &str = "replays";

const STYLE: [&str; 3] = [
    include_str!("../../book/theme/css/variables.css"),
    include_str!("../../book/theme/css/replay.css"),
    include_str!("../../book/theme/css/wire.css"),
];
const SCRIPT: &str = include_str!("../../book/src/scripts/wire.js");

/// Where a proof's page stands, from the book's folder.
pub fn path(exercise: &Exercise, proof: &Proof) -> String {
    format!("{DIR}/{}/{}.html", exercise.id, proof.snapshot())
}

/// Writes the page of every proof into the built book.
pub fn write_all(material: &Material, faults: &Faults, out: &Path) -> Result<()> {
    let dir = out.join(DIR);
    fs::create_dir_all(&dir)?;
    fs::write(dir.join("replay.css"), STYLE.concat())?;
    fs::write(dir.join("replay.js"), SCRIPT)?;
    for (exercise, proofs) in &material.exercises {
        fs::create_dir_all(dir.join(&exercise.id))?;
        for (nth, proof) in proofs.iter().enumerate() {
            let links = Links {
                before: nth.checked_sub(1).and_then(|nth| proofs.get(nth)),
                after: proofs.get(nth + 1),
            };
            if let Some(page) = page(material, exercise, proof, faults, Some(links)) {
                let file = out.join(path(exercise, proof));
                fs::write(&file, page).with_context(|| file.display().to_string())?;
            }
        }
    }
    Ok(())
}

/// The page of a proof, with all that it needs in it. `None` if its recording
/// can't be read: `faults` says why.
pub fn alone(
    material: &Material,
    exercise: &Exercise,
    proof: &Proof,
    faults: &Faults,
) -> Option<String> {
    page(material, exercise, proof, faults, None)
}

/// The proofs before and after one, in its chapter.
struct Links<'a> {
    before: Option<&'a Proof>,
    after: Option<&'a Proof>,
}

fn page(
    material: &Material,
    exercise: &Exercise,
    proof: &Proof,
    faults: &Faults,
    links: Option<Links<'_>>,
) -> Option<String> {
    let name = proof.snapshot();
    // One without a snapshot has been reported at its source.
    if !exercise
        .snapshots_dir()
        .join(format!("{name}.snap"))
        .is_file()
    {
        return None;
    }
    let recording = material.recording(exercise, &name, faults)?;
    let figure = Figure {
        recording: &recording,
        exercise,
        proof: &proof.path,
        id: Some("wire"),
        open: None,
        oracles: &material.oracles,
    };
    let (style, script, foot) = match links {
        Some(links) => (
            "<link rel=\"stylesheet\" href=\"../replay.css\">".to_owned(),
            "<script defer src=\"../replay.js\"></script>".to_owned(),
            neighbours(exercise, proof, &links),
        ),
        None => (
            format!("<style>{}</style>", STYLE.concat()),
            format!("<script>{SCRIPT}</script>"),
            String::new(),
        ),
    };
    Some(uncomment(&format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\">\
         <meta name=\"description\" content=\"A proved conversation, byte by byte.\">\
         <link rel=\"icon\" href=\"data:,\"><title>{title} · {exercise_name} · Switching Protocols</title>{style}\
         <script>document.documentElement.classList.add(\"js\");\
         try {{ document.documentElement.classList.add(localStorage.getItem(\"mdbook-theme\") || \"js\"); }} catch {{}}</script>\
         </head><body><main class=\"content\"><p class=\"sp-kicker\">{number} · {exercise_name} · {step}</p>\
         <h1>{title}</h1><p class=\"sp-shows\">{shows}</p>{figure}\
         <p class=\"sp-again\">Proved by <code>cargo workbook check {exercise_name} --proof {test}</code></p>\
         {foot}</main>{script}</body></html>\n",
        title = humanised(proof.test()),
        exercise_name = escape(&exercise.name),
        number = exercise.number(),
        step = inline(step_title(exercise, proof)),
        shows = inline(&proof.shows),
        figure = figure.html(),
        test = escape(proof.test()),
    )))
}

fn step_title<'a>(exercise: &'a Exercise, proof: &Proof) -> &'a str {
    let mut steps = exercise.about.steps.iter();
    steps
        .find(|step| step.id == proof.step())
        .map_or("", |step| &step.title)
}

fn neighbours(exercise: &Exercise, proof: &Proof, links: &Links<'_>) -> String {
    let link = |proof: Option<&Proof>, word: &str| {
        proof.map_or(String::new(), |proof| {
            format!(
                "<a rel=\"{word}\" href=\"{}.html\">{}</a>",
                escape(&proof.snapshot()),
                humanised(proof.test())
            )
        })
    };
    format!(
        "<nav class=\"sp-neighbours\" aria-label=\"Proofs\"><span>{}</span>\
         <a href=\"../../{}.html#proof-{}\">in its chapter</a><span>{}</span></nav>",
        link(links.before, "prev"),
        escape(&exercise.id),
        escape(&proof.snapshot()),
        link(links.after, "next"),
    )
}
