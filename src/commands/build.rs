//! `workbook build`: the book as a folder of files.

use std::path::PathBuf;

use anyhow::Result;

use crate::book;
use crate::help;
use crate::house::House;
use crate::outcome::Outcome;

/// Builds the book into a folder.
///
/// Where a source has a fault, each fault is named with its file and line, and
/// what is in the folder is not to be shown.
#[derive(clap::Args)]
#[command(after_long_help = help::after("the book has a fault", &[
    ("cargo workbook build", "Builds it into target/book."),
    ("cargo workbook build --out site", "Builds it into the folder site, for any web server."),
]))]
pub struct Args {
    /// Where to; `target/book` if not said. What it held before is removed.
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    out: Option<PathBuf>,
}

/// Runs the command.
pub fn run(house: &House, args: Args) -> Result<Outcome> {
    let out = args.out.unwrap_or_else(|| house.root().join("target/book"));
    let out = std::path::absolute(out)?;
    let faults = book::build(house, &out)?;
    if faults.is_empty() {
        println!("the book is in {}", out.display());
        return Ok(Outcome::Done);
    }
    eprintln!("{}", book::report(&faults));
    Ok(Outcome::Refused)
}
