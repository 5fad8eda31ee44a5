//! How an exercise is compiled: as cargo does it, without cargo.
//!
//! The pristine exercises are built once, in a copy of the workspace, with
//! everything they depend on. Meanwhile this program stands before the compiler
//! (`RUSTC_WORKSPACE_WRAPPER`) and writes down how it is called. To compile a
//! submission is to call it so again, over other sources.

mod call;
mod pristine;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

use call::RECORD;
pub use call::{Call, Places, intercept};
pub use pristine::copy_all;

use crate::digest::Digest;
use crate::house::{Exercise, House};
use crate::{lock, progress, trial};

/// How the exercises of a class are compiled.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Recipes {
    /// What they were recorded from.
    key: String,
    /// The folder of the copy, and that of compiled dependencies, in the calls.
    copy: String,
    deps: String,
    /// By exercise: the library, then the program.
    calls: BTreeMap<String, Vec<Call>>,
}

impl Recipes {
    /// Those of these exercises; what they depend on is built if it has to be.
    pub fn of(house: &House, exercises: &[Exercise], say: impl FnMut(&str)) -> Result<Recipes> {
        let base = house.target().join("workbook/grade");
        // Two classes may be graded at once, from one workbook: each has a place
        // by what it grades, and only what is compiled is shared.
        let mut set = Digest::default();
        for exercise in exercises {
            set.file(&exercise.dir.join("Cargo.toml"))?;
        }
        let own = base.join(set.short());
        lock::alone(
            &base.join("lock"),
            || (),
            || Recipes::recorded(house, exercises, &base, &own, say),
        )
    }

    fn recorded(
        house: &House,
        exercises: &[Exercise],
        base: &Path,
        own: &Path,
        say: impl FnMut(&str),
    ) -> Result<Recipes> {
        let key = pristine::key(house, exercises)?;
        let file = own.join("recipes.json");
        let kept = fs::read(&file).unwrap_or_default();
        if let Ok(kept) = serde_json::from_slice::<Recipes>(&kept)
            && kept.key == key
            && Path::new(&kept.deps).is_dir()
        {
            return Ok(kept);
        }
        let copy = own.join("workspace");
        pristine::lay_out(house, exercises, &copy)?;
        let record = own.join("calls.jsonl");
        fs::write(&record, "")?;
        let target = base.join("target");
        let mut command = trial::cargo(house);
        command
            .current_dir(&copy)
            .args(["build", "--bins"])
            // As a learner's own build, without what only a debugger needs.
            .args(["--config", "profile.dev.debug=false"])
            .args(["--config", "profile.dev.incremental=false"])
            .arg("--target-dir")
            .arg(&target)
            .env_remove("RUSTFLAGS")
            .env_remove("RUSTC_WRAPPER")
            .env("RUSTC_WORKSPACE_WRAPPER", std::env::current_exe()?)
            .env(RECORD, &record);
        for exercise in exercises {
            command.args(["--package", &exercise.name]);
        }
        let messages = trial::Messages::of(command, say)?;
        if !messages.is_success() {
            messages.blame()?;
        }
        let mut calls: BTreeMap<String, Vec<Call>> = BTreeMap::new();
        for line in fs::read_to_string(&record)?.lines() {
            let call: Call = serde_json::from_str(line)?;
            calls
                .entry(call.package().to_owned())
                .or_default()
                .push(call);
        }
        for exercise in exercises {
            let calls = calls.get_mut(&exercise.name);
            let calls = calls.with_context(|| format!("{} was not compiled", exercise.id))?;
            // A program is compiled last: it needs the library.
            calls.sort_by_key(Call::is_program);
            if calls.iter().filter(|call| call.is_program()).count() != 1 {
                bail!("{} has not exactly one program", exercise.id);
            }
        }
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let recipes = Recipes {
            key,
            copy: text(&copy),
            deps: text(&target.join("debug/deps")),
            calls,
        };
        progress::write(&file, &serde_json::to_vec(&recipes)?)?;
        Ok(recipes)
    }

    /// What they were recorded from, in a few letters.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The folder of compiled dependencies.
    pub fn deps(&self) -> &Path {
        Path::new(&self.deps)
    }

    /// An exercise's folder in the pristine workspace, with its given files.
    pub fn given(&self, exercise: &Exercise) -> PathBuf {
        Path::new(&self.copy).join("exercises").join(&exercise.id)
    }

    /// The calls that compile an exercise, for these places.
    pub fn calls(&self, exercise: &Exercise, places: &Places) -> Vec<Call> {
        let calls = self.calls.get(&exercise.name).into_iter().flatten();
        calls
            .map(|call| call.replayed(self, exercise, places))
            .collect()
    }
}
