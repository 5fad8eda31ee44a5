//! The command line: what can be asked, and what the exit code says.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

use crate::commands::{
    accept, break_, build, check, completions, hint, list, new, prove, record, reset, solution,
    submit,
};
use crate::help;
use crate::house::House;
use crate::outcome::Outcome;
use crate::{dissect, grade, scoreboard, serve, tap, verify, watch};

/// The command line as a whole.
#[derive(Parser)]
#[command(
    name = "workbook",
    bin_name = "cargo workbook",
    version,
    // Said here, since `serve`'s own words come with its options.
    about = "WebSocket and Socket.IO, proved on the wire",
    long_about = "WebSocket and Socket.IO, proved on the wire.\n\nWithout a command it serves the book.",
    args_conflicts_with_subcommands = true,
    after_long_help = help::after("a proof or the book is refused", &[
        ("cargo run", "Serves the book, and says where."),
        ("cargo workbook --port 4000", "Serves it on another port."),
        ("cargo workbook help build", "What there is to know about a command."),
    ])
)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: serve::Args,
    /// The workbook's folder, instead of the one around the current folder.
    #[arg(long, global = true, hide = true, value_name = "DIR")]
    root: Option<PathBuf>,
}

// What each does is said on its `Args`.
#[derive(Subcommand)]
enum Command {
    Serve(serve::Args),
    List(list::Args),
    Check(check::Args),
    Watch(watch::Args),
    Hint(hint::Args),
    Reset(reset::Args),
    Solution(solution::Args),
    Submit(submit::Args),
    Break(break_::Args),
    Prove(prove::Args),
    Tap(tap::Args),
    Dissect(dissect::Args),
    Record(record::Args),
    Build(build::Args),
    New(new::Args),
    Accept(accept::Args),
    Verify(verify::Args),
    Grade(grade::Args),
    Scoreboard(scoreboard::Args),
    Completions(completions::Args),
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
        Some(root) => std::path::absolute(root)?,
        None => std::env::current_dir().context("the current folder can't be read")?,
    };
    // Some commands work outside a workbook too.
    let house = || House::find(&start);
    match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(args) => serve::run(&house()?, args),
        Command::List(args) => list::run(&house()?, &args),
        Command::Check(args) => check::run(&house()?, &args),
        Command::Watch(args) => watch::run(&house()?, &args),
        Command::Hint(args) => hint::run(&house()?, &args),
        Command::Reset(args) => reset::run(&house()?, &args),
        Command::Solution(args) => solution::run(&house()?, &args),
        Command::Submit(args) => submit::run(&house()?, &args),
        Command::Break(args) => break_::run(&house()?, &args),
        Command::Prove(args) => prove::run(&house()?, &args),
        Command::Tap(args) => tap::run(args),
        Command::Dissect(args) => dissect::run(args),
        Command::Record(args) => record::run(&house()?, &args),
        Command::Build(args) => build::run(&house()?, args),
        Command::New(args) => new::run(&house()?, &args),
        Command::Accept(args) => accept::run(&house()?, args),
        Command::Verify(args) => verify::run(&house()?, &args),
        Command::Grade(args) => grade::run(&house()?, &args),
        Command::Scoreboard(args) => scoreboard::run(&house()?, args),
        Command::Completions(args) => completions::run(house().ok().as_ref(), args),
    }
}
