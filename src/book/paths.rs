//! Paths and folders.

use std::io;
use std::path::{Component, Path, PathBuf};

/// A path without `.` and `..`, whether or not it exists.
pub fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

/// All files in a folder and the folders below it.
pub fn files_in(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        match path.is_dir() {
            true => found.extend(files_in(&path)?),
            false => found.push(path),
        }
    }
    Ok(found)
}

/// Whether a file's name has this ending, without the dot.
pub fn ends_in(file: &Path, ending: &str) -> bool {
    file.extension().is_some_and(|own| own == ending)
}
