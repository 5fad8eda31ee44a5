//! How an exercise is compiled: as cargo does it, without cargo.
//!
//! The pristine exercises are built once, in a copy of the workspace, with
//! everything they depend on. Meanwhile this program stands before the compiler
//! (`RUSTC_WORKSPACE_WRAPPER`) and writes down how it is called. To compile a
//! submission is to call it so again, over other sources.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};
use toml::Value;

use crate::digest::Digest;
use crate::house::{Exercise, House};
use crate::{lock, progress, trial};

/// Where calls of the compiler are written down.
const RECORD: &str = "WORKBOOK_RECORD_RUSTC";

/// What no program is built from, or is the learner's.
const LEFT_OUT: [&str; 7] = [
    "src", "start", "tests", "examples", "hints.md", "target", "fuzz",
];

/// One call of the compiler.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Call {
    args: Vec<String>,
    env: BTreeMap<String, String>,
}

/// Where the parts of a build lie, as the compiler is to see them.
pub struct Places<'a> {
    /// The folder of compiled dependencies.
    pub deps: &'a str,
    /// Where its output goes.
    pub out: &'a str,
    /// The workspace around the sources.
    pub root: &'a str,
}

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
        let key = key(house, exercises)?;
        let file = own.join("recipes.json");
        let kept = fs::read(&file).unwrap_or_default();
        if let Ok(kept) = serde_json::from_slice::<Recipes>(&kept)
            && kept.key == key
            && Path::new(&kept.deps).is_dir()
        {
            return Ok(kept);
        }
        let copy = own.join("workspace");
        pristine(house, exercises, &copy)?;
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
            let package = call.env.get("CARGO_PKG_NAME").cloned().unwrap_or_default();
            calls.entry(package).or_default().push(call);
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

impl Call {
    /// Its words, without the compiler itself.
    pub fn args(&self) -> &[String] {
        &self.args
    }

    /// What is to be set.
    pub fn env(&self) -> impl Iterator<Item = (&str, &str)> {
        self.env
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether it makes a program.
    pub fn is_program(&self) -> bool {
        self.args
            .windows(2)
            .any(|pair| pair == ["--crate-type", "bin"])
    }

    /// The name of the file it makes, if that is a program.
    pub fn output(&self) -> String {
        let value = |name: &str| {
            let mut args = self.args.iter().skip_while(|arg| *arg != name);
            args.nth(1).cloned().unwrap_or_default()
        };
        let extra = self
            .args
            .iter()
            .find_map(|arg| arg.strip_prefix("extra-filename="));
        format!(
            "{}{}{}",
            value("--crate-name"),
            extra.unwrap_or_default(),
            std::env::consts::EXE_SUFFIX
        )
    }

    /// The same call for other places, with words for people.
    fn replayed(&self, recipes: &Recipes, exercise: &Exercise, places: &Places) -> Call {
        let own = format!("lib{}-", exercise.name.replace('-', "_"));
        let deps = &recipes.deps;
        let placed = |arg: &str| {
            // The exercise's own library is the one just made.
            let arg = match arg.contains(&format!("/{own}")) || arg == deps {
                true => arg.replace(deps.as_str(), places.out),
                false => arg.replace(deps.as_str(), places.deps),
            };
            arg.replace(&recipes.copy, places.root)
        };
        let mut args: Vec<String> = Vec::new();
        for arg in &self.args {
            let arg = match arg {
                arg if arg.starts_with("--error-format") => "--error-format=human".to_owned(),
                arg if arg.starts_with("--json") || arg.starts_with("--diagnostic-width") => {
                    continue;
                }
                arg if arg.starts_with("--emit") => "--emit=link".to_owned(),
                arg => placed(arg),
            };
            args.push(arg);
        }
        args.push("--color=never".to_owned());
        let env = self.env.iter();
        Call {
            args,
            env: env
                .map(|(name, value)| (name.clone(), placed(value)))
                .collect(),
        }
    }
}

/// If this process stands before a compiler: writes the call down and makes it.
pub fn intercept() -> Option<ExitCode> {
    let record = std::env::var_os(RECORD)?;
    let mut words = std::env::args_os().skip(1);
    let rustc = words.next()?;
    let args: Vec<_> = words.collect();
    if args.iter().any(|arg| arg == "--crate-name") {
        let is_cargos =
            |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_BIN_");
        let more = ["CARGO_CRATE_NAME", "CARGO_MANIFEST_DIR"];
        let call = Call {
            args: args
                .iter()
                .map(|arg| arg.to_string_lossy().into_owned())
                .collect(),
            env: std::env::vars()
                .filter(|(name, _)| is_cargos(name) || more.contains(&name.as_str()))
                .collect(),
        };
        let line = serde_json::to_string(&call).ok()? + "\n";
        let file = fs::File::options().append(true).open(record);
        file.ok()?.write_all(line.as_bytes()).ok()?;
    }
    let status = Command::new(rustc).args(args).status();
    let code = status.ok().and_then(|status| status.code());
    Some(ExitCode::from(code.map_or(2, |code| code as u8)))
}

/// What the calls depend on.
fn key(house: &House, exercises: &[Exercise]) -> Result<String> {
    let mut digest = Digest::default();
    let root = house.root();
    digest.file(&root.join("Cargo.toml"))?;
    digest.file(&root.join("Cargo.lock"))?;
    for exercise in exercises {
        digest.file(&exercise.dir.join("Cargo.toml"))?;
        digest.tree(&exercise.dir.join("start"))?;
        for entry in given(exercise)? {
            digest.tree(&entry)?;
        }
    }
    // Later exercises stand on earlier solutions.
    for solution in house.solution_dirs()? {
        digest.file(&solution.join("Cargo.toml"))?;
        digest.tree(&solution.join("src"))?;
    }
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    let version = rustc.arg("-vV").current_dir(root).output();
    let version = version.context("rustc can't be started; is Rust installed? See rustup.rs")?;
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    Ok(format!("{} {version}", digest.long()))
}

/// What of an exercise's folder is given, sources aside.
fn given(exercise: &Exercise) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(&exercise.dir)? {
        let entry = entry?;
        let name = entry.file_name();
        if LEFT_OUT.iter().all(|left_out| name != *left_out) {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// The workspace with these exercises alone, as they are handed out.
fn pristine(house: &House, exercises: &[Exercise], copy: &Path) -> Result<()> {
    if copy.exists() {
        fs::remove_dir_all(copy).with_context(|| copy.display().to_string())?;
    }
    for exercise in exercises {
        let folder = copy.join("exercises").join(&exercise.id);
        fs::create_dir_all(&folder)?;
        for entry in given(exercise)? {
            let name = entry.file_name().unwrap_or_default().to_owned();
            copy_all(&entry, &folder.join(name))?;
        }
        copy_all(&exercise.dir.join("start"), &folder.join("src"))?;
    }
    let lock = house.root().join("Cargo.lock");
    fs::copy(&lock, copy.join("Cargo.lock")).with_context(|| lock.display().to_string())?;
    let members = exercises
        .iter()
        .map(|exercise| Value::from(format!("exercises/{}", exercise.id)));
    let manifest = trial::workspace(house.root(), members.collect())?;
    fs::write(copy.join("Cargo.toml"), manifest)?;
    Ok(())
}

/// Copies a file, or a folder with all that is in it.
pub fn copy_all(from: &Path, to: &Path) -> Result<()> {
    let copy = || -> std::io::Result<()> {
        if !from.is_dir() {
            return fs::copy(from, to).map(|_| ());
        }
        fs::create_dir_all(to)
    };
    copy().with_context(|| from.display().to_string())?;
    if from.is_dir() {
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            copy_all(&entry.path(), &to.join(entry.file_name()))?;
        }
    }
    Ok(())
}
