//! The `workbook` command: the book, and everything around the exercises.

mod accept;
mod book;
mod cli;
mod commands;
mod help;
mod house;
mod outcome;
mod serve;

fn main() -> std::process::ExitCode {
    cli::run()
}
