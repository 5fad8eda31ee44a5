//! `workbook watch`: a verdict on every save.

pub mod attempt;
mod foot;
mod live;
mod plain;
mod rows;
mod scene;
mod screen;
pub mod session;
mod signals;
mod steps;

use anyhow::{Result, bail};

use crate::help;
use crate::house::{Exercise, House};
use crate::outcome::Outcome;
use crate::progress::{Standing, is_untouched};
use screen::Screen;

/// Proves your program again on every save.
///
/// It takes the exercise that is named; else the one whose folder you are in; else
/// the one that you are at. What each key does stands at the bottom of the screen.
/// A save calls off what is under way, and begins with the newest. Where there is no
/// terminal it prints what `check` prints, a verdict a save.
#[derive(clap::Args)]
#[command(after_long_help = help::after("", &[
    ("cargo workbook watch", "Watches the exercise that you are at."),
    ("cargo workbook watch handshake", "Watches chapter 02's program."),
    ("cargo workbook watch 02 > verdicts.txt", "Keeps what it says; no keys, no colours."),
]))]
pub struct Args {
    /// The exercise.
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

/// Runs until it is told to stop.
pub fn run(house: &House, args: &Args) -> Result<Outcome> {
    let exercise = chosen(house, args.name.as_deref())?;
    let signal = match Screen::is_there() {
        true => live::run(house, exercise)?,
        false => plain::run(house, &exercise)?,
    };
    if let Some(signal) = signal {
        signals::die_of(signal);
    }
    Ok(Outcome::Done)
}

/// The one named; the one around; the one that the learner is at.
fn chosen(house: &House, name: Option<&str>) -> Result<Exercise> {
    if let Some(name) = name {
        return house.exercise(name);
    }
    if let Some(exercise) = house.here()? {
        return Ok(exercise);
    }
    let exercises = house.exercises()?;
    let mut open = Vec::new();
    for exercise in &exercises {
        if !Standing::read(house, exercise)?.core_proved() {
            open.push(exercise);
        }
    }
    // Begun, else the first that isn't, else the last: all are proved.
    let begun = open.iter().find(|exercise| !is_untouched(exercise));
    match begun.or(open.first()).copied().or(exercises.last()) {
        Some(exercise) => Ok(exercise.clone()),
        None => bail!("there is no exercise"),
    }
}
