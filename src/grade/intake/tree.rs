//! An attempt that is a folder.

use std::fs::{self, File, Metadata};
use std::io::Read as _;
use std::path::Path;

use super::collect::{self, Pieces, shown};
use super::{MOST_DEEP, MOST_ENTRIES};

/// Reads it; or says why nothing of it counts.
pub fn read(folder: &Path, pieces: &mut Pieces) -> Result<(), String> {
    let mut entries = 0;
    walk(folder, "", 0, &mut entries, pieces)
}

fn walk(
    folder: &Path,
    below: &str,
    deep: usize,
    entries: &mut usize,
    pieces: &mut Pieces,
) -> Result<(), String> {
    if deep > MOST_DEEP {
        return Err(format!("more than {MOST_DEEP} folders in each other"));
    }
    let cant = |error: std::io::Error| format!("{} can't be read: {error}", shown(below));
    let mut found: Vec<_> = fs::read_dir(folder)
        .map_err(cant)?
        .collect::<Result<_, _>>()
        .map_err(cant)?;
    found.sort_by_key(fs::DirEntry::file_name);
    for entry in found {
        *entries += 1;
        if *entries > MOST_ENTRIES {
            return Err(format!("more than {MOST_ENTRIES} files"));
        }
        let raw = entry.file_name();
        let name = raw.to_string_lossy();
        let path = match below.is_empty() {
            true => name.clone().into_owned(),
            false => format!("{below}/{name}"),
        };
        let about = fs::symlink_metadata(entry.path()).map_err(cant)?;
        if about.is_dir() {
            if !collect::is_aside(&name) && !is_repository(&entry.path(), &name) {
                walk(&entry.path(), &path, deep + 1, entries, pieces)?;
            }
            continue;
        }
        let Some(kind) = pieces.kind(&path) else {
            // Where a folder of sources should be, a link is no accident.
            if about.is_symlink()
                && let Some(kind) = pieces.kind(&format!("{path}/x.rs"))
            {
                pieces.refuse(&kind, format!("{} is a link", shown(&path)));
            }
            continue;
        };
        if let Some(odd) = odd(&about) {
            pieces.refuse(&kind, format!("{} is {odd}", shown(&path)));
        } else if raw.to_str().is_none() || name.contains(char::is_control) {
            pieces.refuse(&kind, format!("the name {} is odd", shown(&path)));
        } else {
            let bytes = regular(&entry.path(), &about, pieces.most(&kind) + 1).map_err(cant)?;
            pieces.take(&path, kind, bytes)?;
        }
    }
    Ok(())
}

/// Another workspace inside a submission is not looked for; its own is.
fn is_repository(_: &Path, name: &str) -> bool {
    name == ".git"
}

/// Why a file isn't read.
fn odd(about: &Metadata) -> Option<&'static str> {
    if about.is_symlink() {
        return Some("a link");
    }
    if !about.is_file() {
        return Some("no regular file");
    }
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::nlink(about) > 1 {
        return Some("a hard link");
    }
    None
}

/// At most so much of a file: of the one that was looked at, whatever has
/// taken its place since.
fn regular(path: &Path, about: &Metadata, most: u64) -> std::io::Result<Vec<u8>> {
    let file = File::open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let opened = file.metadata()?;
        if (opened.dev(), opened.ino()) != (about.dev(), about.ino()) {
            return Err(std::io::Error::other("it changes while it is read"));
        }
    }
    let _ = about;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}
