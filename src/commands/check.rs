//! `workbook check`: from save to verdict.

use anyhow::{Result, bail, ensure};

use crate::help;
use crate::house::{Exercise, House, Proof};
use crate::outcome::Outcome;
use crate::progress::{Stamp, Standing};
use crate::telling;
use crate::terminal::Doing;
use crate::trial::{self, Built, Proofs, Report, Select};

/// Builds your program and proves it: the fastest way from save to verdict.
///
/// The proofs are compiled once, and kept; so only your program is built. All of
/// them run, core and strict; what holds is remembered (`cargo workbook list`).
/// Of the failures the first one that matters is shown in full. Without a name it
/// takes the exercise whose folder you are in, or else every one that you have begun.
#[derive(clap::Args)]
#[command(after_long_help = help::after("a proof doesn't hold, or a program doesn't compile", &[
    ("cargo workbook check handshake", "Proves chapter 02's program."),
    ("cargo workbook check 02 --step 2", "Its second step alone."),
    ("cargo workbook check 02 --core", "What the next chapter needs."),
    ("cargo workbook check 02 --proof no_key --seed 7", "One proof, with the values of seed 7."),
    ("cargo workbook check 00 01 02", "Several, side by side."),
]))]
pub struct Args {
    /// The exercises.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    #[command(flatten)]
    which: Which,
    /// Shows every failure in full.
    #[arg(long)]
    all: bool,
    /// Prints the proofs' reports, one JSON object a line, and nothing else.
    #[arg(long)]
    json: bool,
}

/// Which proofs to run.
#[derive(clap::Args)]
pub struct Which {
    /// Only this step: its number, or a part of its name.
    #[arg(long, value_name = "STEP")]
    step: Option<String>,
    /// Only the core proofs: none of the strict ones.
    #[arg(long)]
    core: bool,
    /// Strict ones are among them anyway.
    #[arg(long, hide = true, conflicts_with = "core")]
    strict: bool,
    /// Only proofs whose name has this in it.
    #[arg(long, value_name = "PROOF")]
    proof: Option<String>,
    /// The seed of all random values; a failure says its own.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

impl Which {
    /// What that means for this exercise.
    pub fn select(&self, exercise: &Exercise) -> Result<Select> {
        ensure!(
            !self.strict,
            "there is no --strict: core and strict proofs run alike, unless --core leaves the \
             strict ones out; type the same without it"
        );
        if let Some(part) = &self.proof {
            let meant = exercise.proofs_with(part)?;
            let whole = |proof: &Proof| proof.path == *part || proof.test() == part;
            match &meant[..] {
                all if all.iter().any(whole) => {}
                [one] => eprintln!("note: `{part}` is taken for {}", one.path),
                all => eprintln!("note: {} proofs have `{part}` in their name", all.len()),
            }
        }
        let step = match &self.step {
            Some(step) => Some(exercise.step(step)?.id.clone()),
            None => None,
        };
        Ok(Select {
            step,
            core: self.core,
            proof: self.proof.clone(),
            seed: self.seed,
            ..Select::default()
        })
    }
}

/// Runs the command.
pub fn run(house: &House, args: &Args) -> Result<Outcome> {
    let exercises = chosen(house, &args.names)?;
    let selects = exercises.iter().map(|exercise| args.which.select(exercise));
    let selects = selects.collect::<Result<Vec<_>>>()?;

    let doing = Doing::new();
    let stamps = exercises
        .iter()
        .map(Stamp::of)
        .collect::<Result<Vec<_>>>()?;
    let packages: Vec<&str> = exercises.iter().map(|e| e.name.as_str()).collect();
    let built = trial::build(house, &packages, |what| doing.say(what))?;
    let mut outcomes = Vec::new();
    // Compiled one after the other: cargo lets in one at a time.
    for (exercise, built) in exercises.iter().zip(built) {
        outcomes.push(match built {
            Built::Refused(said) => Err(said),
            Built::Program(program, warnings) => {
                let proofs = Proofs::of(house, exercise, |what| doing.say(what))?;
                Ok((program, warnings, proofs))
            }
        });
    }
    let tried = std::thread::scope(|scope| {
        let threads: Vec<_> = outcomes
            .into_iter()
            .zip(&selects)
            .zip(&exercises)
            .map(|((outcome, select), exercise)| {
                let doing = &doing;
                scope.spawn(move || {
                    let (program, warnings, proofs) = match outcome {
                        Err(said) => return Ok(Tried::Uncompiled(said)),
                        Ok(ready) => ready,
                    };
                    let command = trial::command_line(&program);
                    let again = format!("cargo workbook check {}", exercise.name);
                    let mut seen = 0;
                    let reports = proofs.run(&command, select, &again, |_| {
                        seen += 1;
                        doing.say(&format!(
                            "{}: {seen} of {}",
                            exercise.id,
                            proofs.list().len()
                        ));
                    })?;
                    Ok(Tried::Ran(reports, warnings))
                })
            })
            .collect();
        let joined = threads.into_iter().map(|t| t.join().expect("no panic"));
        joined.collect::<Result<Vec<_>>>()
    })?;
    drop(doing);

    let mut good = true;
    for ((exercise, stamp), tried) in exercises.iter().zip(&stamps).zip(tried) {
        match tried {
            Tried::Uncompiled(said) => {
                good = false;
                // The compiler's own words, and nothing else.
                anstream::eprint!("{said}");
                anstream::eprintln!("{}", telling::uncompiled(exercise));
            }
            Tried::Ran(reports, warnings) => {
                good &= reports.iter().all(Report::is_proved);
                let standing = Standing::note(house, exercise, stamp, &reports)?;
                if let Some(why) = &standing.unkept {
                    anstream::eprint!("{}", telling::unkept(why));
                }
                if args.json {
                    reports
                        .iter()
                        .for_each(|report| println!("{}", report.json));
                    continue;
                }
                let told = telling::verdict(house, exercise, &standing, &reports, args.all)?;
                anstream::print!("{told}");
                if warnings > 0 {
                    anstream::print!("{}", telling::warnings(exercise, warnings));
                }
            }
        }
    }
    Ok(match good {
        true => Outcome::Done,
        false => Outcome::Refused,
    })
}

enum Tried {
    /// What the compiler says.
    Uncompiled(String),
    /// What the proofs report, and how many warnings there were.
    Ran(Vec<Report>, usize),
}

/// `check push 1` may mean the first step of `push`, or the chapters 06 and 01.
fn may_be_a_step(word: &str, before: Option<&Exercise>) -> Result<()> {
    let is_digit = word.len() == 1 && word.parse::<u32>().is_ok();
    if let Some(exercise) = before.filter(|_| is_digit)
        && let Ok(step) = exercise.step(word)
    {
        let (name, number) = (&exercise.name, step.number());
        bail!(
            "`{word}` behind {name} may be a step or a chapter; \
             for the step: cargo workbook check {name} --step {number}; for the chapter: 0{number}"
        );
    }
    Ok(())
}

/// Those named; or the one around; or all that are begun.
pub fn chosen(house: &House, names: &[String]) -> Result<Vec<Exercise>> {
    if !names.is_empty() {
        let mut exercises: Vec<Exercise> = Vec::new();
        for name in names {
            may_be_a_step(name, exercises.last())?;
            let exercise = house.exercise(name)?;
            if exercises.iter().all(|other| other.id != exercise.id) {
                exercises.push(exercise);
            }
        }
        return Ok(exercises);
    }
    if let Some(exercise) = house.here()? {
        return Ok(vec![exercise]);
    }
    let mut begun = house.exercises()?;
    begun.retain(|exercise| !crate::progress::is_untouched(exercise));
    if begun.is_empty() {
        let first = house.exercises()?.into_iter().next();
        match first {
            Some(first) => bail!(
                "nothing is written yet; begin with {}, then: cargo workbook check {}",
                house.relative(&first.dir.join("src/lib.rs")),
                first.name
            ),
            None => bail!("there is no exercise"),
        }
    }
    Ok(begun)
}
