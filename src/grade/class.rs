//! `class.toml`: what counts, how much, and until when.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;
use toml::value::Datetime;

use super::cell::Limits;
use super::{run, when};
use crate::house::{Exercise, House, Step};

/// A class, as its instructor describes it; every part may be left out.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Class {
    /// What the report is headed with.
    pub title: String,
    /// The exercises that count, by any of their names; all, if none is named.
    exercises: Vec<String>,
    /// The last moment that is in time.
    deadline: Option<Datetime>,
    /// What being late costs.
    pub late: Option<Late>,
    /// Whether a step counts by its proofs, or as a whole.
    pub credit: Credit,
    /// Points that are not the workbook's own: by exercise, then by step.
    points: BTreeMap<String, BTreeMap<String, Points>>,
    /// What a program may use.
    limits: Usage,
    /// Proofs of the instructor's own.
    pub hidden: Vec<Hidden>,
    /// Points given or taken by hand.
    pub adjust: Vec<Adjust>,
}

/// What a late submission loses.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Late {
    /// Hundredths of its score for each day begun.
    pub percent_per_day: f64,
    /// After so many days it counts nothing.
    pub most_days: u32,
}

/// How proofs become points.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Credit {
    /// Each proof of a step brings its share.
    #[default]
    Proofs,
    /// A step counts once all of its proofs hold.
    Steps,
}

/// A step's points.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Points {
    core: Option<f64>,
    strict: Option<f64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Usage {
    seconds: Option<u64>,
    cpu_seconds: Option<u64>,
    memory_mib: Option<u64>,
    compile_seconds: Option<u64>,
}

/// A folder with proofs of the instructor's own: `proof.rs` and `snapshots/`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hidden {
    /// The exercise they prove.
    pub exercise: String,
    /// The folder, from that of `class.toml`.
    pub folder: PathBuf,
    /// What they are worth in all.
    pub points: f64,
}

/// Points given or taken by hand.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adjust {
    /// Whose.
    pub student: String,
    /// For which exercise; for the whole, if none is named.
    pub exercise: Option<String>,
    /// How many; fewer than none are taken.
    pub points: f64,
    /// Why: the student reads it.
    pub comment: String,
}

impl Class {
    /// Reads it; without a file everything is as the workbook has it.
    pub fn read(house: &House, file: Option<&Path>) -> Result<Class> {
        let Some(file) = file else {
            return Ok(Class::default());
        };
        let read = || -> Result<Class> {
            let mut class: Class = toml::from_str(&fs::read_to_string(file)?)?;
            let folder = file.parent().unwrap_or(Path::new("."));
            class.check(house, folder)?;
            Ok(class)
        };
        read().with_context(|| file.display().to_string())
    }

    /// What can be said without a submission: better now than in the night.
    fn check(&mut self, house: &House, folder: &Path) -> Result<()> {
        if let Some(deadline) = &self.deadline {
            ensure!(
                when::seconds(deadline).is_some(),
                "deadline = {deadline}: it needs a time too, such as 2026-03-01T23:59:00+01:00"
            );
        }
        let mut points = BTreeMap::new();
        for (name, steps) in std::mem::take(&mut self.points) {
            let exercise = house.exercise(&name)?;
            let mut own = BTreeMap::new();
            for (step, given) in steps {
                own.insert(exercise.step(&step)?.id.clone(), given);
            }
            points.insert(exercise.id, own);
        }
        self.points = points;
        for hidden in &mut self.hidden {
            hidden.exercise = house.exercise(&hidden.exercise)?.id;
            hidden.folder = std::path::absolute(folder.join(&hidden.folder))?;
            let proofs = hidden.folder.join("proof.rs");
            ensure!(proofs.is_file(), "{} is missing", proofs.display());
        }
        for (at, hidden) in self.hidden.iter().enumerate() {
            let twice = self.hidden[..at]
                .iter()
                .any(|other| other.exercise == hidden.exercise);
            ensure!(
                !twice,
                "{} has two folders of hidden proofs",
                hidden.exercise
            );
        }
        for adjust in &mut self.adjust {
            if let Some(exercise) = &mut adjust.exercise {
                *exercise = house.exercise(exercise)?.id;
            }
            if adjust.comment.trim().is_empty() {
                bail!("adjust for {}: it needs a comment", adjust.student);
            }
        }
        if let Some(late) = &self.late {
            let percent = late.percent_per_day;
            ensure!(
                (0.0..=100.0).contains(&percent),
                "percent_per_day = {percent}"
            );
        }
        Ok(())
    }

    /// The exercises that count.
    pub fn exercises(&self, house: &House) -> Result<Vec<Exercise>> {
        let all = house.exercises()?;
        if self.exercises.is_empty() {
            return Ok(all);
        }
        let named: Vec<_> = self
            .exercises
            .iter()
            .map(|name| house.exercise(name))
            .collect::<Result<_>>()?;
        let counts = |exercise: &Exercise| named.iter().any(|named| named.id == exercise.id);
        Ok(all.into_iter().filter(counts).collect())
    }

    /// The last moment that is in time, in seconds since 1970.
    pub fn deadline(&self) -> Option<i64> {
        self.deadline.as_ref().and_then(when::seconds)
    }

    /// The points of a step: for its core proofs, for its strict ones.
    pub fn points(&self, exercise: &Exercise, step: &Step) -> (f64, f64) {
        let own = self
            .points
            .get(&exercise.id)
            .and_then(|own| own.get(&step.id));
        let core = own.and_then(|own| own.core);
        let strict = own.and_then(|own| own.strict);
        (
            core.unwrap_or(f64::from(step.points)),
            strict.unwrap_or(f64::from(step.strict_points)),
        )
    }

    /// The hidden proofs of an exercise.
    pub fn hidden(&self, exercise: &Exercise) -> Option<&Hidden> {
        self.hidden
            .iter()
            .find(|hidden| hidden.exercise == exercise.id)
    }

    /// What a program may use.
    pub fn limits(&self) -> Limits {
        let usage = &self.limits;
        Limits {
            data: usage.memory_mib.map_or(run::LIMITS.data, |mib| mib << 20),
            cpu: usage.cpu_seconds.unwrap_or(run::LIMITS.cpu),
            ..run::LIMITS
        }
    }

    /// Seconds of a processor for each call of the compiler.
    pub fn compile_seconds(&self) -> u64 {
        self.limits.compile_seconds.unwrap_or(45)
    }

    /// How long all proofs of one exercise may take.
    pub fn time(&self) -> Duration {
        Duration::from_secs(self.limits.seconds.unwrap_or(180))
    }
}
