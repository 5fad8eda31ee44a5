//! The command line: what can be asked, and what the exit code says.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};

use crate::house::House;
use crate::outcome::Outcome;
use crate::{accept, book, serve};

/// WebSocket and Socket.IO, proved on the wire.
///
/// Without a command it serves the book.
#[derive(Parser)]
#[command(
    name = "workbook",
    bin_name = "cargo workbook",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "Exit codes: 0 done, 1 a proof or the book is refused, 2 misuse or a broken environment."
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
    /// The workbook's folder, instead of the one around the current folder.
    #[arg(long, global = true, hide = true, value_name = "DIR")]
    root: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the book, rebuilt and reloaded on change (the default).
    Serve(Serve),
    /// Builds the book into a folder.
    Build(Build),
    /// Records the snapshots of an exercise from its solution (for authors).
    Accept(Accept),
}

#[derive(Args)]
struct Serve {
    /// The port to serve on; where it is taken, the next free one. 0: any.
    #[arg(long, default_value_t = 3000, value_name = "PORT")]
    port: u16,
}

#[derive(Args)]
struct Build {
    /// Where to; `target/book` if not said. What it held before is removed.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Args)]
struct Accept {
    /// The exercise: `02`, `handshake` or `02-handshake`.
    name: String,
    /// Keeps every change without asking.
    #[arg(long)]
    yes: bool,
}

/// Runs the command that the arguments ask for.
pub fn run() -> ExitCode {
    match execute(Cli::parse()) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Refused) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn execute(cli: Cli) -> Result<Outcome> {
    let start = match cli.root {
        Some(root) => root,
        None => std::env::current_dir().context("the current folder can't be read")?,
    };
    let house = House::find(&start)?;
    match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(Serve { port }) => serve::run(&house, port),
        Command::Build(Build { out }) => {
            let out = out.unwrap_or_else(|| house.root().join("target/book"));
            let out = std::path::absolute(out)?;
            let faults = book::build(&house, &out)?;
            if faults.is_empty() {
                println!("the book is in {}", out.display());
                return Ok(Outcome::Done);
            }
            eprintln!("{}", book::report(&faults));
            Ok(Outcome::Refused)
        }
        Command::Accept(Accept { name, yes }) => accept::run(&house, &house.exercise(&name)?, yes),
    }
}
