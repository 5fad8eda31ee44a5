//! The exercises as they are handed out, in a workspace of their own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use toml::Value;

use crate::digest::Digest;
use crate::house::{Exercise, House};
use crate::trial;

/// What no program is built from, or is the learner's.
const LEFT_OUT: [&str; 7] = [
    "src", "start", "tests", "examples", "hints.md", "target", "fuzz",
];

/// What the calls depend on.
pub fn key(house: &House, exercises: &[Exercise]) -> Result<String> {
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
pub fn lay_out(house: &House, exercises: &[Exercise], copy: &Path) -> Result<()> {
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
