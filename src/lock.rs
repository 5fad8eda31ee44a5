//! One at a time, of all that run on this machine.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context, Result};

/// Does the work while no other holds the same file locked; `wait` is called
/// first if one does. The lock ends with the process, however that ends.
pub fn alone<T>(file: &Path, wait: impl FnOnce(), work: impl FnOnce() -> Result<T>) -> Result<T> {
    let open = || {
        fs::create_dir_all(file.parent().unwrap_or(Path::new(".")))?;
        let mut options = File::options();
        options.create(true).truncate(false).write(true).open(file)
    };
    let in_file = || file.display().to_string();
    let mut lock = fd_lock::RwLock::new(open().with_context(in_file)?);
    if lock.try_write().is_err() {
        wait();
    }
    let _alone = lock.write().with_context(in_file)?;
    work()
}
