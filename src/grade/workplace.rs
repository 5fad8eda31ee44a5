//! A folder for what is compiled and run now, that ends with this run.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::seed::random;
use crate::progress;

/// What such folders are called; the rest of the name is drawn.
const PREFIX: &str = "workbook-grade-";

/// How long the programs of a killed run may take to end.
const DYING: Duration = Duration::from_secs(10);

/// A new one. One that a killed run has left goes first: the report knows its name.
pub fn new(report: &Path) -> Result<tempfile::TempDir> {
    let note = report.join(".work");
    let base = std::env::temp_dir();
    let left = PathBuf::from(fs::read_to_string(&note).unwrap_or_default());
    let is_ours = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with(PREFIX);
    if left.parent() == Some(&base) && left.file_name().is_some_and(is_ours) {
        // Only then is its name forgotten.
        clear(&left).with_context(|| format!("{} is left", left.display()))?;
    }
    // Noted before it is there: killed in between, it is still found.
    let name = format!("{PREFIX}{:016x}", random()?);
    progress::write(&note, base.join(&name).to_string_lossy().as_bytes())?;
    let mut folder = tempfile::Builder::new();
    let work = folder.prefix(&name).rand_bytes(0).tempdir_in(&base)?;
    // Cells that are nobody's must get there; nobody can list what is in it.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(work.path(), fs::Permissions::from_mode(0o711))?;
    }
    Ok(work)
}

/// Removes a folder; a compiler that is just dying may still write to it.
fn clear(folder: &Path) -> std::io::Result<()> {
    let deadline = Instant::now() + DYING;
    loop {
        match fs::remove_dir_all(folder) {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) if Instant::now() > deadline => return Err(error),
            Err(_) => std::thread::sleep(Duration::from_millis(20)), // A paced poll.
        }
    }
}
