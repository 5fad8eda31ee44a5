//! What `--help` says behind the options: the exit codes, and examples. Each
//! command's `Args` bring their own:
//!
//! ```ignore
//! #[derive(clap::Args)]
//! #[command(after_long_help = help::after("a proof is refused", &[
//!     ("cargo workbook check handshake --step 2", "Proves the second step."),
//! ]))]
//! ```
//!
//! The tests below hold every command to it, and parse every example.

use std::fmt::Write as _;

use clap::builder::{StyledStr, Styles};

/// An example: the whole command line, and what it does, in a sentence.
pub type Example = (&'static str, &'static str);

/// The end of a command's `--help`. `refused` says what exit code 1 means;
/// it is empty where that doesn't occur.
pub fn after(refused: &str, examples: &[Example]) -> StyledStr {
    let styles = Styles::styled();
    let (header, literal) = (styles.get_header(), styles.get_literal());
    let mut text = StyledStr::new();
    let _ = writeln!(text, "{header}Exit codes:{header:#}");
    let codes = ["done", refused, "misuse, or a broken environment"];
    for (code, says) in codes
        .iter()
        .enumerate()
        .filter(|(_, says)| !says.is_empty())
    {
        let _ = writeln!(text, "  {literal}{code}{literal:#}  {says}");
    }
    let _ = write!(text, "\n{header}Examples:{header:#}");
    for (line, does) in examples {
        let _ = write!(text, "\n  {literal}{line}{literal:#}\n          {does}");
    }
    text
}

#[cfg(test)]
mod tests {
    use clap::error::ErrorKind;
    use clap::{Command, CommandFactory as _, Parser as _};

    use crate::cli::Cli;

    /// A command's path, and what there is to say about it.
    fn every<'a>(command: &'a Command, path: &str, found: &mut Vec<(String, &'a Command)>) {
        let path = format!("{path} {}", command.get_name());
        for inner in command.get_subcommands() {
            every(inner, &path, found);
        }
        found.push((path.trim().to_owned(), command));
    }

    /// The command lines among the examples: what follows `cargo workbook`.
    fn examples(command: &Command) -> Vec<String> {
        let help = command
            .get_after_long_help()
            .unwrap_or_default()
            .to_string();
        let (_, examples) = help.split_once("Examples:\n").unwrap_or_default();
        let lines = examples.lines().filter(|line| !line.starts_with("   "));
        lines.map(|line| line.trim().to_owned()).collect()
    }

    #[test]
    fn every_command_says_what_it_does_and_how_it_ends() {
        let cli = Cli::command();
        let mut commands = Vec::new();
        every(&cli, "", &mut commands);
        for (path, command) in commands {
            assert!(
                command.get_about().is_some(),
                "{path} says nothing of itself"
            );
            let after = command.get_after_long_help().map(ToString::to_string);
            let after = after.unwrap_or_else(|| panic!("{path} has no help::after"));
            assert!(after.contains("Exit codes:"), "{path}: {after}");
            for argument in command.get_arguments() {
                let name = argument.get_id();
                assert!(
                    argument.get_help().is_some(),
                    "{path}: {name} is not explained"
                );
            }
        }
    }

    #[test]
    fn every_command_has_an_example_of_itself_and_each_can_be_typed() {
        let cli = Cli::command();
        let mut commands = Vec::new();
        every(&cli, "", &mut commands);
        for (path, command) in commands {
            let mut own = 0;
            for line in examples(command) {
                // `cargo run` serves the book: what follows it goes to cargo.
                if line == "cargo run" {
                    own += 1;
                    continue;
                }
                let at = line.find("cargo workbook");
                let at = at.unwrap_or_else(|| panic!("{path}: `{line}` runs no workbook"));
                let words = shell_words(&line[at + "cargo ".len()..]);
                match Cli::try_parse_from(&words) {
                    Err(error) if error.kind() != ErrorKind::DisplayHelp => {
                        panic!("{path}: `{line}` can't be typed: {error}")
                    }
                    _ => {}
                }
                own += usize::from(words.join(" ").starts_with(&path));
            }
            assert!(own > 0, "{path} has no example of itself");
        }
    }

    /// What a shell makes of a line: words, with '…' and "…" kept together, up
    /// to where its output goes.
    fn shell_words(line: &str) -> Vec<String> {
        let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
        for c in line.chars() {
            match (quote, c) {
                (Some(open), c) if c == open => quote = None,
                (None, '\'' | '"') => {
                    quote = Some(c);
                    word.get_or_insert_default();
                }
                (None, '|' | '>' | '<' | '&' | ';' | ')') => break,
                (None, c) if c.is_whitespace() => words.extend(word.take()),
                (_, c) => word.get_or_insert_default().push(c),
            }
        }
        words.extend(word);
        words
    }
}
