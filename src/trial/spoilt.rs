//! A solution with one known fault, built beside the workbook: `solutions/`
//! itself is never touched.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use toml::{Table, Value};

use super::build::{Messages, cargo};
use crate::house::{Exercise, Fault, House};

/// What no program is built from.
const LEFT_OUT: [&str; 4] = ["node_modules", "snapshots", "target", "fuzz"];

/// A copy of one solution, in a workspace of its own.
///
/// It shares the workbook's target folder, and so everything that is built
/// already. That is why its package has a name of its own: cargo would take it
/// for the solution.
pub struct Spoilt {
    folder: PathBuf,
    package: String,
}

impl Spoilt {
    /// The solution's copy with this fault in it. Files that are right already
    /// are left alone, so that cargo has little to do.
    pub fn of(house: &House, exercise: &Exercise, fault: &Fault) -> Result<Spoilt> {
        let spoilt = Spoilt {
            folder: house.target().join("workbook/spoilt").join(&exercise.id),
            package: format!("{}-spoilt", exercise.name),
        };
        let (given, solution) = (&exercise.dir, house.solution(exercise));
        let at = |path: &Path| {
            spoilt
                .folder
                .join(path.strip_prefix(house.root()).unwrap_or(path))
        };
        copy(
            given,
            &at(given),
            &|path, bytes| match path.strip_prefix(given.join("src")) {
                // A learner's own; what a program needs of it is the given main.rs.
                Ok(file) => fs::read(given.join("start").join(file)).ok(),
                Err(_) => Some(bytes),
            },
        )?;
        let spoil = solution.join(&fault.file);
        let source = fs::read_to_string(&spoil);
        let source =
            source.with_context(|| format!("fault {}: {}", fault.name, spoil.display()))?;
        let source = fault.put_into(&source)?;
        let manifest = solution.join("Cargo.toml");
        copy(&solution, &at(&solution), &|path, bytes| match path {
            path if path == spoil => Some(source.clone().into_bytes()),
            path if path == manifest => spoilt.member(exercise, &bytes),
            _ => Some(bytes),
        })?;
        put(
            &at(&house.root().join("Cargo.lock")),
            &fs::read(house.root().join("Cargo.lock"))?,
        )?;
        let member = Value::from(format!("solutions/{}", exercise.id));
        let workspace = workspace(house.root(), vec![member])?;
        put(&at(&house.root().join("Cargo.toml")), workspace.as_bytes())?;
        Ok(spoilt)
    }

    /// What to hold locked while it is used: the next fault is built in the same
    /// place.
    pub fn lock(house: &House, exercise: &Exercise) -> PathBuf {
        let name = format!("{}.lock", exercise.id);
        house.target().join("workbook/spoilt").join(name)
    }

    /// Builds it; returns the program.
    pub fn build(&self, house: &House, say: impl FnMut(&str)) -> Result<PathBuf> {
        let mut command = cargo(house);
        command
            .current_dir(&self.folder)
            .args(["build", "--offline", "--bin", &self.package, "--target-dir"])
            .arg(house.target())
            // One fault after another is built: a third of the work, even where
            // all else is built but once.
            .env("CARGO_INCREMENTAL", "1");
        let messages = Messages::of(command, say)?;
        match messages.executable(&self.package) {
            Some(program) => Ok(program),
            None => messages.blame().map(|()| unreachable!("it blames")),
        }
    }

    /// The solution's manifest under its new name.
    fn member(&self, exercise: &Exercise, manifest: &[u8]) -> Option<Vec<u8>> {
        let mut manifest: Table = toml::from_str(str::from_utf8(manifest).ok()?).ok()?;
        let name = |table: &mut Value, name: &str| {
            let table = table.as_table_mut()?;
            table.insert("name".to_owned(), name.into())
        };
        name(manifest.get_mut("package")?, &self.package);
        let library = format!("{}_solution", exercise.name.replace('-', "_"));
        let lib = manifest.entry("lib").or_insert_with(|| Table::new().into());
        name(lib, &library);
        // Without a list its one program goes by the package's name.
        let programs = manifest.get_mut("bin").and_then(Value::as_array_mut);
        for program in programs.into_iter().flatten() {
            name(program, &self.package);
        }
        Some(manifest.to_string().into_bytes())
    }
}

/// The workbook's own manifest, for these members elsewhere; what has a path is
/// where it was.
pub fn workspace(root: &Path, members: Vec<Value>) -> Result<String> {
    let text = fs::read_to_string(root.join("Cargo.toml"))?;
    let mut manifest: Table = toml::from_str(&text)?;
    manifest.retain(|key, _| key == "workspace" || key == "profile");
    if let Some(workspace) = manifest.get_mut("workspace").and_then(Value::as_table_mut) {
        workspace.remove("default-members");
        workspace.insert("members".to_owned(), members.into());
        let shared = workspace
            .get_mut("dependencies")
            .and_then(Value::as_table_mut);
        for dependency in shared.into_iter().flat_map(Table::iter_mut) {
            if let Some(Value::String(path)) = dependency.1.get_mut("path") {
                *path = root.join(&*path).display().to_string();
            }
        }
    }
    Ok(manifest.to_string())
}

/// What a file holds in the copy; nothing: it isn't there.
type Change<'a> = &'a dyn Fn(&Path, Vec<u8>) -> Option<Vec<u8>>;

/// Copies a folder, each file as `change` gives it.
fn copy(from: &Path, to: &Path, change: Change) -> Result<()> {
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        if LEFT_OUT.iter().any(|left_out| name == *left_out) {
            continue;
        }
        if path.is_dir() {
            copy(&path, &to.join(name), change)?;
        } else if let Some(bytes) = change(&path, fs::read(&path)?) {
            put(&to.join(name), &bytes)?;
        }
    }
    Ok(())
}

/// Writes what isn't there yet: an untouched file is not compiled again.
fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    let write = || {
        fs::create_dir_all(path.parent().unwrap_or(path))?;
        fs::write(path, bytes)
    };
    write().with_context(|| path.display().to_string())
}
