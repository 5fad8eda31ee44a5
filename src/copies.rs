//! Copies of a learner's work: nothing is replaced before all of it is kept.
//!
//! `.workbook/copies/NN-name/` holds one folder a time, each with the whole of
//! `src/` as it was. A copy has its name once it is whole. Nothing here ever
//! removes one.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::ErrorKind::NotFound;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::house::{Exercise, House};

/// The folder that holds an exercise's copies.
fn shelf(house: &House, exercise: &Exercise) -> PathBuf {
    house.notes().join("copies").join(&exercise.id)
}

/// Keeps a copy of `src/`, safe on disk when this returns; says where.
pub fn keep(house: &House, exercise: &Exercise) -> Result<PathBuf> {
    let (src, shelf) = (exercise.dir.join("src"), shelf(house, exercise));
    let keep = || -> Result<PathBuf> {
        fs::create_dir_all(&shelf)?;
        // Hidden until it is whole.
        let part = tempfile::Builder::new()
            .prefix(".part-")
            .tempdir_in(&shelf)?;
        for file in files(&src)? {
            let copy = part.path().join(&file);
            fs::create_dir_all(copy.parent().unwrap_or(part.path()))?;
            fs::copy(src.join(&file), &copy).with_context(|| file.display().to_string())?;
            sync(&copy)?;
        }
        sync(part.path())?;
        let kept = name(part.keep(), &shelf)?;
        sync(&shelf)?;
        Ok(kept)
    };
    keep().with_context(|| format!("no copy can be kept in {}", house.relative(&shelf)))
}

/// Gives a whole copy a name that sorts by time, and that no other has.
fn name(part: PathBuf, shelf: &Path) -> Result<PathBuf> {
    let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    // Without colons: Windows allows none.
    let now = now.replace(':', "-");
    for again in 1..1000 {
        let kept = match again {
            1 => shelf.join(&now),
            _ => shelf.join(format!("{now}-{again:03}")),
        };
        if !kept.exists() {
            fs::rename(&part, &kept)?;
            return Ok(kept);
        }
    }
    bail!("too many copies within a second")
}

/// The copy that was made last.
pub fn newest(house: &House, exercise: &Exercise) -> Option<PathBuf> {
    let entries = fs::read_dir(shelf(house, exercise)).ok()?;
    let names = entries.flatten().map(|entry| entry.path());
    names.filter(|path| path.is_dir() && !is_hidden(path)).max()
}

fn is_hidden(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    name.as_encoded_bytes().starts_with(b".")
}

/// What makes one folder hold what another does, a file at a time. Each is
/// done whole or not at all, so whoever is interrupted between two of them has
/// of every file the old or the new.
#[derive(Debug, PartialEq)]
pub enum Change {
    /// A file gets what that one holds.
    Write { from: PathBuf, to: PathBuf },
    /// A file has no counterpart.
    Remove(PathBuf),
}

/// What is to do until `to` holds what `from` does.
pub fn changes(from: &Path, to: &Path) -> Result<Vec<Change>> {
    let (wanted, there) = (files(from)?, files(to)?);
    let mut changes = Vec::new();
    for file in &wanted {
        let (from, to) = (from.join(file), to.join(file));
        let bytes = fs::read(&from).with_context(|| from.display().to_string())?;
        if !there.contains(file) || fs::read(&to).ok().as_ref() != Some(&bytes) {
            changes.push(Change::Write { from, to });
        }
    }
    let spare = there.difference(&wanted);
    changes.extend(spare.map(|file| Change::Remove(to.join(file))));
    Ok(changes)
}

impl Change {
    /// The file that changes.
    pub fn file(&self) -> &Path {
        match self {
            Change::Write { to, .. } | Change::Remove(to) => to,
        }
    }

    /// Does it.
    pub fn make(&self) -> Result<()> {
        let make = || -> std::io::Result<()> {
            match self {
                Change::Write { from, to } => {
                    let dir = to.parent().unwrap_or(Path::new("."));
                    fs::create_dir_all(dir)?;
                    // As readable as its model, for whoever shares the folder.
                    let mode = fs::metadata(from)?.permissions();
                    let mut new = tempfile::NamedTempFile::new_in(dir)?;
                    new.write_all(&fs::read(from)?)?;
                    new.as_file().set_permissions(mode)?;
                    new.as_file().sync_all()?;
                    new.persist(to)?;
                }
                Change::Remove(file) => {
                    fs::remove_file(file)?;
                    // A folder goes with its last file.
                    let folders = file.ancestors().skip(1);
                    for folder in folders.take_while(|folder| !folder.ends_with("src")) {
                        if fs::remove_dir(folder).is_err() {
                            break;
                        }
                    }
                }
            }
            Ok(())
        };
        make().with_context(|| self.file().display().to_string())
    }
}

/// The files below a folder. A link is one of them: what it leads to belongs
/// to somebody else.
pub fn files(dir: &Path) -> Result<BTreeSet<PathBuf>> {
    fn walk(dir: &Path, below: &Path, found: &mut BTreeSet<PathBuf>) -> Result<()> {
        let entries = match fs::read_dir(dir) {
            // Another reset took it away while this one looked.
            Err(gone) if gone.kind() == NotFound && below != Path::new("") => return Ok(()),
            entries => entries.with_context(|| dir.display().to_string())?,
        };
        for entry in entries {
            let entry = entry?;
            let below = below.join(entry.file_name());
            match entry.file_type()?.is_dir() {
                true => walk(&entry.path(), &below, found)?,
                false => {
                    found.insert(below);
                }
            }
        }
        Ok(())
    }
    let mut found = BTreeSet::new();
    walk(dir, Path::new(""), &mut found)?;
    Ok(found)
}

/// Has a file's bytes, or a folder's names, reach the disk.
fn sync(path: &Path) -> std::io::Result<()> {
    // Windows opens no folder; it needs none of this.
    if cfg!(windows) {
        return Ok(());
    }
    File::open(path)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `src/` with a learner's work in it, and `start/`.
    fn exercise() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let (start, src) = (dir.path().join("start"), dir.path().join("src"));
        for (file, text) in [("lib.rs", "todo"), ("main.rs", "given"), ("deep/a.rs", "a")] {
            put(&start.join(file), text);
        }
        for (file, text) in [
            ("lib.rs", "mine"),
            ("main.rs", "given"),
            ("own/mod.rs", "own"),
            ("own/more.rs", "more"),
        ] {
            put(&src.join(file), text);
        }
        (dir, start, src)
    }

    fn put(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn held(dir: &Path) -> Vec<(PathBuf, String)> {
        let files = files(dir).unwrap().into_iter();
        files
            .map(|file| {
                let text = fs::read_to_string(dir.join(&file)).unwrap();
                (file, text)
            })
            .collect()
    }

    /// Whoever stops after any number of changes has of each file the old or
    /// the new, and can go on from there.
    #[test]
    fn between_two_changes_every_file_is_whole() {
        let (_dir, start, src) = exercise();
        let all = changes(&start, &src).unwrap().len();
        assert_eq!(all, 4, "two files to write, two to remove");
        for stop in 0..=all {
            let (_dir, start, src) = exercise();
            let (old, new) = (held(&src), held(&start));
            for change in &changes(&start, &src).unwrap()[..stop] {
                change.make().unwrap();
            }
            for file in held(&src) {
                assert!(old.contains(&file) || new.contains(&file), "{file:?}");
            }
            for change in changes(&start, &src).unwrap() {
                change.make().unwrap();
            }
            assert_eq!(held(&src), new, "after {stop} of {all}");
            assert!(!src.join("own").exists(), "an empty folder stays");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_goes_and_what_it_leads_to_stays() {
        let (dir, start, src) = exercise();
        let other = dir.path().join("other");
        put(&other.join("precious.rs"), "precious");
        std::os::unix::fs::symlink(&other, src.join("linked")).unwrap();
        for change in changes(&start, &src).unwrap() {
            change.make().unwrap();
        }
        assert_eq!(held(&src), held(&start));
        assert!(other.join("precious.rs").exists());
    }
}
