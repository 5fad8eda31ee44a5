//! `workbook completions`: what a shell needs to finish words.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use anyhow::Result;
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, Command, CommandFactory as _};
use clap_complete::Shell;

use crate::cli::Cli;
use crate::help;
use crate::house::{Exercise, House};
use crate::outcome::Outcome;

/// Prints what a shell needs to finish words of a command line.
///
/// It also makes `workbook` short for `cargo workbook`, and it is the short form whose
/// words are finished: Tab offers commands, options, and the exercises of this workbook.
#[derive(clap::Args)]
#[command(after_long_help = help::after("", &[
    ("source <(cargo workbook completions bash)", "In bash: for this terminal. Behind it, type `workbook` and Tab."),
    ("source <(cargo workbook completions zsh)", "In zsh."),
    ("cargo workbook completions fish | source", "In fish."),
    ("cargo workbook completions bash > ~/.workbook.bash", "For good: then `source ~/.workbook.bash` belongs in ~/.bashrc."),
]))]
pub struct Args {
    /// The shell that will read it.
    shell: Shell,
}

/// What stands for the name of an exercise.
const EXERCISE: &str = "NAME";

/// Runs the command. Without a workbook around there are no names to offer.
pub fn run(house: Option<&House>, args: Args) -> Result<Outcome> {
    let exercises = house.map(House::exercises).transpose()?.unwrap_or_default();
    io::stdout().write_all(&script(args.shell, &exercises))?;
    Ok(Outcome::Done)
}

fn script(shell: Shell, exercises: &[Exercise]) -> Vec<u8> {
    let mut script = Vec::new();
    let mut command = with_names(Cli::command(), exercises);
    clap_complete::generate(shell, &mut command, "workbook", &mut script);
    let short_form = match shell {
        Shell::Fish => "function workbook; cargo workbook $argv; end",
        Shell::PowerShell => "function workbook { cargo workbook @args }",
        Shell::Elvish => "edit:add-var workbook~ {|@words| cargo workbook $@words }",
        _ => "workbook() { cargo workbook \"$@\"; }",
    };
    // Behind the rest: zsh wants its `#compdef` in the first line.
    script.extend(format!("\n{short_form}\n").into_bytes());
    if shell == Shell::Fish {
        script.extend(fish_names(&command, exercises).into_bytes());
    }
    script
}

/// The command with the exercises' names as values where a name is asked for.
fn with_names(command: Command, exercises: &[Exercise]) -> Command {
    if exercises.is_empty() {
        return command;
    }
    let values = |argument: Arg| match asks_for_name(&argument) {
        true => argument.value_parser(PossibleValuesParser::new(
            exercises
                .iter()
                .map(|exercise| PossibleValue::new(&exercise.id).help(&exercise.about.title)),
        )),
        false => argument,
    };
    command
        .mut_args(values)
        .mut_subcommands(|inner| with_names(inner, exercises))
}

fn asks_for_name(argument: &Arg) -> bool {
    let asked = argument.get_value_names().unwrap_or_default();
    asked.iter().any(|name| name == EXERCISE)
}

/// clap_complete offers fish no values for what has no option's name.
fn fish_names(command: &Command, exercises: &[Exercise]) -> String {
    let mut lines = String::new();
    for inner in command.get_subcommands() {
        if !inner.get_positionals().any(asks_for_name) {
            continue;
        }
        for Exercise { id, about, .. } in exercises {
            let title = about.title.replace('\'', "\\'");
            let _ = writeln!(
                lines,
                "complete -c workbook -n \"__fish_seen_subcommand_from {}\" -f -a {id} -d '{title}'",
                inner.get_name()
            );
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn every_shell_is_told_the_exercises() {
        let house = House::find(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let exercises = house.exercises().unwrap();
        for shell in Shell::value_variants() {
            let told = String::from_utf8(script(*shell, &exercises)).unwrap();
            assert!(told.contains("cargo workbook"), "{shell}: no short form");
            // These two finish options and commands only.
            if !matches!(shell, Shell::PowerShell | Shell::Elvish) {
                assert!(told.contains("02-handshake"), "{shell}: no exercises");
            }
            assert!(
                !script(*shell, &[]).is_empty(),
                "{shell}: outside a workbook"
            );
        }
    }
}
