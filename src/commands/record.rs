//! `workbook record`: a proved conversation as a page that needs nothing else.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::book;
use crate::help;
use crate::house::{House, Proof};
use crate::outcome::Outcome;

/// Writes a proof's conversation as one HTML file, to be stepped through.
///
/// It is the conversation on record, each byte of it explained. The file needs no
/// other: it can be sent, or shown where there is no network. A file that is there
/// is never replaced.
#[derive(clap::Args)]
#[command(after_long_help = help::after("what is on record has a fault", &[
    ("cargo workbook record handshake upgrades", "Writes handshake-upgrades.html."),
    ("cargo workbook record 02 upgrades --out talk.html", "Writes it to talk.html."),
]))]
pub struct Args {
    /// The exercise.
    #[arg(value_name = "NAME")]
    name: String,
    /// The proof: its name, or a part of it that no other has.
    #[arg(value_name = "PROOF")]
    proof: String,
    /// The file to write; `NAME-PROOF.html` if not said.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    out: Option<PathBuf>,
}

/// Runs the command.
pub fn run(house: &House, args: &Args) -> Result<Outcome> {
    let exercise = house.exercise(&args.name)?;
    let proofs = exercise.proofs()?;
    let proof = the_one(&proofs, &args.proof)?;
    let page = match book::replay(house, &exercise, proof)? {
        Ok(page) => page,
        Err(faults) => {
            eprintln!("{}", book::report(&faults));
            return Ok(Outcome::Refused);
        }
    };
    let file = match &args.out {
        Some(out) => out.clone(),
        None => format!("{}-{}.html", exercise.name, proof.test()).into(),
    };
    match File::create_new(&file) {
        Ok(mut opened) => opened.write_all(page.as_bytes()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            bail!(
                "{} is there already; --out names another file",
                file.display()
            )
        }
        Err(error) => Err(error),
    }
    .with_context(|| format!("{} can't be written", file.display()))?;
    println!("{} holds it; a browser opens it", file.display());
    Ok(Outcome::Done)
}

/// The proof of this name, or the only one that has it in its name.
fn the_one<'a>(proofs: &'a [Proof], wanted: &str) -> Result<&'a Proof> {
    let wanted = wanted.trim();
    let is_it = |proof: &&Proof| proof.test() == wanted || proof.path == wanted;
    if let Some(proof) = proofs.iter().find(is_it) {
        return Ok(proof);
    }
    let like: Vec<&Proof> = match wanted {
        "" => Vec::new(),
        _ => proofs.iter().filter(|p| p.path.contains(wanted)).collect(),
    };
    match like[..] {
        [proof] => Ok(proof),
        [] => bail!("no proof is called `{wanted}`; the end of its chapter's page lists them"),
        _ => {
            let names: Vec<_> = like
                .iter()
                .map(|proof| format!("`{}`", proof.test()))
                .collect();
            bail!("`{wanted}` could be {}", names.join(" or "))
        }
    }
}
