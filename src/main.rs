//! The `workbook` command: the book, and everything around the exercises.

mod book;
mod changes;
mod cli;
mod commands;
mod copies;
mod difference;
mod digest;
mod dissect;
mod help;
mod house;
mod lock;
mod loopback;
mod outcome;
mod progress;
mod prose;
mod scoreboard;
mod serve;
mod tap;
mod telling;
mod terminal;
mod trial;
mod verify;
mod watch;
mod wire;

fn main() -> std::process::ExitCode {
    cli::run()
}
