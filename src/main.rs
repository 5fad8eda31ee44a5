//! The `workbook` command: the book, and everything around the exercises.

mod book;
mod changes;
mod cli;
mod commands;
mod copies;
mod difference;
mod digest;
mod dissect;
mod grade;
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
    // On its way into a sandbox this program is no command for people.
    let errand = grade::errand();
    errand.unwrap_or_else(cli::run)
}
