//! An attempt that is an archive. It is read where it lies, never unpacked.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use super::collect::{Pieces, shown};
use super::{MOST_ENTRIES, MOST_UNPACKED};

/// Reads it; or says why nothing of it counts.
pub fn read(path: &Path, pieces: &mut Pieces) -> Result<(), String> {
    let file = File::open(path).map_err(|error| format!("it can't be opened: {error}"))?;
    let file = BufReader::new(file);
    let name = path.to_string_lossy().to_lowercase();
    match () {
        () if name.ends_with(".zip") => zip(file, pieces),
        () if name.ends_with(".tar") => tar(file, pieces),
        () => tar(flate2::read::MultiGzDecoder::new(file), pieces),
    }
}

fn zip(file: BufReader<File>, pieces: &mut Pieces) -> Result<(), String> {
    let broken = |error: zip::result::ZipError| format!("it is no good zip: {error}");
    let mut archive = zip::ZipArchive::new(file).map_err(broken)?;
    if archive.len() > MOST_ENTRIES {
        return Err(format!("more than {MOST_ENTRIES} files"));
    }
    let mut unpacked = 0;
    for at in 0..archive.len() {
        let entry = archive.by_index_raw(at).map_err(broken)?;
        // Some tools on Windows write `\`.
        let raw = entry.name_raw().to_owned();
        let path = String::from_utf8_lossy(&raw).replace('\\', "/");
        proper(&path)?;
        let is_link = entry
            .unix_mode()
            .is_some_and(|mode| mode & 0o170_000 == 0o120_000);
        let is_folder = entry.is_dir() || path.ends_with('/');
        drop(entry);
        let kind = pieces.kind(&path);
        let Some(kind) = kind.filter(|_| !is_folder) else {
            if is_link && let Some(kind) = pieces.kind(&format!("{path}/x.rs")) {
                pieces.refuse(&kind, format!("{} is a link", shown(&path)));
            }
            continue;
        };
        if is_link {
            pieces.refuse(&kind, format!("{} is a link", shown(&path)));
            continue;
        }
        if std::str::from_utf8(&raw).is_err() {
            pieces.refuse(&kind, format!("the name {} is odd", shown(&path)));
            continue;
        }
        let entry = archive.by_index(at).map_err(broken)?;
        let bytes = some(entry, pieces.most(&kind), &path)?;
        unpacked += bytes.len() as u64;
        if unpacked > MOST_UNPACKED {
            return Err(bomb());
        }
        pieces.take(&path, kind, bytes)?;
    }
    Ok(())
}

fn tar(stream: impl Read, pieces: &mut Pieces) -> Result<(), String> {
    let broken = |error: io::Error| match error.kind() {
        io::ErrorKind::QuotaExceeded => bomb(),
        _ => format!("it is no good tar archive: {error}"),
    };
    let mut archive = tar::Archive::new(Capped(stream, MOST_UNPACKED));
    let entries = archive.entries().map_err(broken)?;
    for (nth, entry) in entries.enumerate() {
        if nth >= MOST_ENTRIES {
            return Err(format!("more than {MOST_ENTRIES} files"));
        }
        let entry = entry.map_err(broken)?;
        let raw = entry.path_bytes().into_owned();
        let path = String::from_utf8_lossy(&raw).into_owned();
        let path = path.trim_start_matches("./").to_owned();
        proper(&path)?;
        let about = entry.header().entry_type();
        if about.is_dir() {
            continue;
        }
        let Some(kind) = pieces.kind(&path) else {
            if (about.is_symlink() || about.is_hard_link())
                && let Some(kind) = pieces.kind(&format!("{path}/x.rs"))
            {
                pieces.refuse(&kind, format!("{} is a link", shown(&path)));
            }
            continue;
        };
        if about.is_symlink() || about.is_hard_link() {
            pieces.refuse(&kind, format!("{} is a link", shown(&path)));
        } else if !about.is_file() && !about.is_contiguous() {
            pieces.refuse(&kind, format!("{} is no regular file", shown(&path)));
        } else if std::str::from_utf8(&raw).is_err() {
            pieces.refuse(&kind, format!("the name {} is odd", shown(&path)));
        } else {
            let mut bytes = Vec::new();
            let read = entry.take(pieces.most(&kind) + 1).read_to_end(&mut bytes);
            read.map_err(broken)?;
            pieces.take(&path, kind, bytes)?;
        }
    }
    Ok(())
}

/// A name that stays where it belongs.
fn proper(path: &str) -> Result<(), String> {
    let odd = path.starts_with('/')
        || path.contains(char::is_control)
        || path.split('/').any(|part| part == "..")
        || path.as_bytes().get(1) == Some(&b':');
    match odd {
        true => Err(format!(
            "it holds {}, a name that leads out of it",
            shown(path)
        )),
        false => Ok(()),
    }
}

fn some(entry: impl Read, most: u64, path: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = entry.take(most + 1).read_to_end(&mut bytes);
    read.map_err(|error| format!("{} can't be unpacked: {error}", shown(path)))?;
    Ok(bytes)
}

fn bomb() -> String {
    format!("it unpacks to more than {} MiB", MOST_UNPACKED >> 20)
}

/// A stream of which so much is read and no more.
struct Capped<R>(R, u64);

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.1 == 0 {
            return Err(io::ErrorKind::QuotaExceeded.into());
        }
        let most = buffer
            .len()
            .min(usize::try_from(self.1).unwrap_or(usize::MAX));
        let read = self.0.read(&mut buffer[..most])?;
        self.1 -= read as u64;
        Ok(read)
    }
}
