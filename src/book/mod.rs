//! The book: mdBook as a library, our widgets, and the guards that make every
//! fault in the sources a failed build.

mod blame;
mod bytes;
mod event;
mod fault;
mod fences;
mod frame;
mod html;
mod http;
mod include;
mod lab;
mod libraries;
mod links;
mod live;
mod material;
mod names;
mod opened;
mod packet;
mod page;
mod paths;
mod preprocess;
mod proofs;
mod quiz;
mod recording;
mod repair;
mod replay;
mod scoreboard;
mod transcript;
mod warnings;
mod workbench;

use std::fs;
use std::path::Path;
use std::rc::Rc;

use anyhow::{Context, Result, bail};
use mdbook_driver::MDBook;
use mdbook_driver::builtin_preprocessors::{IndexPreprocessor, LinkPreprocessor};
use mdbook_driver::config::Config;

use crate::house::{Exercise, House, Proof};
pub use fault::{Fault, Faults, line_of};
pub use fences::{Piece, pieces};
pub use include::includes;
pub use lab::Lab;
pub use live::{Live, gap};
use material::Material;
pub use paths::files_in;
use preprocess::Widgets;
pub use recording::{Entry, HEADER, Kind, Recording, Side};

/// Builds the book into `out`. The faults of the sources are returned, all of
/// them; where there are any, what is in `out` is not to be shown. An error
/// means that the workbook can't be read or `out` not be written.
pub fn build(house: &House, out: &Path) -> Result<Vec<Fault>> {
    check_target(out)?;
    let faults = Faults::default();
    let material = Rc::new(Material::read(house, &faults)?);
    let (built, warned) = warnings::collect(|| build_pages(material.clone(), &faults, out));
    for warning in &warned {
        blame::warning(house, &faults, warning);
    }
    match built {
        Ok(()) => {
            faults_of_repair(&faults, out)?;
            replay::write_all(&material, &faults, out)?;
            for dead in links::dead(out, replay::DIR)? {
                blame::dead_link(house, &faults, &dead);
            }
        }
        // mdBook says why in its warnings or here, never in both.
        Err(error) => blame::warning(house, &faults, &format!("{error:#}")),
    }
    Ok(faults.sorted())
}

/// The conversation of a proof as one file that needs no other, to be stepped
/// through; or the faults of what it is made of.
pub fn replay(
    house: &House,
    exercise: &Exercise,
    proof: &Proof,
) -> Result<Result<String, Vec<Fault>>> {
    let faults = Faults::default();
    let material = Material::read(house, &faults)?;
    let page = replay::alone(&material, exercise, proof, &faults);
    Ok(page.ok_or_else(|| faults.sorted()))
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
