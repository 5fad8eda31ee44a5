//! What was compiled once, kept by what it was made of.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

/// The program of this name, which changes with what it is made of: built, and
/// copied there, if it is not there yet.
pub fn built(kept: PathBuf, build: impl FnOnce() -> Result<PathBuf>) -> Result<PathBuf> {
    if !kept.is_file() {
        keep(&build()?, &kept).with_context(|| kept.display().to_string())?;
    }
    Ok(kept)
}

/// Puts a copy where the next run finds it, whole or not at all; what was kept
/// of older ones goes.
fn keep(binary: &Path, kept: &Path) -> Result<()> {
    let (Some(dir), Some(name)) = (kept.parent(), kept.file_name()) else {
        bail!("no place for what is compiled");
    };
    fs::create_dir_all(dir)?;
    let stem = |name: &OsStr| {
        let name = name.to_string_lossy();
        name.rsplit_once('-').map(|(stem, _)| stem.to_owned())
    };
    for entry in fs::read_dir(dir)?.flatten() {
        let old = entry.file_name();
        // Of this name: another run has been quicker.
        if old != name && stem(&old) == stem(name) {
            // One that is just running can't go on every system; next time.
            let _ = fs::remove_file(entry.path());
        }
    }
    let new = tempfile::NamedTempFile::new_in(dir)?;
    fs::copy(binary, new.path())?;
    // Not `persist`d as a file held open: it could not be run.
    new.into_temp_path().persist(kept)?;
    Ok(())
}
