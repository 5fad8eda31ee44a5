//! From what lies in the folder of submissions to sources in memory.
//!
//! Nothing is unpacked on disk, no link is followed, and of all that is there
//! only sources of exercises and two small notes are read. What is odd is
//! refused by name; the rest is not touched by it.

mod archive;
mod collect;
mod layout;
mod tree;

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

pub use collect::{Handed, Pieces, shown};
use layout::Place;

use crate::house::Exercise;

/// Bytes in one source.
pub const MOST_BYTES: u64 = 1 << 20;
/// Bytes of all that is kept of one attempt.
pub const MOST_IN_ALL: u64 = 8 << 20;
/// Bytes that an archive may unpack to, kept or not.
pub const MOST_UNPACKED: u64 = 128 << 20;
/// Files and folders of one attempt.
pub const MOST_ENTRIES: usize = 50_000;
/// Folders in each other.
pub const MOST_DEEP: usize = 32;

/// What one student has handed in at one time.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The student, as the layout names them.
    pub student: String,
    /// The name that some layouts give beside the id.
    pub name: Option<String>,
    /// The attempt's own name, if there are several; in the order of counting.
    pub nth: String,
    /// When, in seconds since 1970, if the layout says so.
    pub when: Option<i64>,
    /// The learning platform has called it late.
    pub marked_late: bool,
    /// What was found in it.
    pub handed: Handed,
}

/// All attempts in the folder, sorted by student and attempt.
pub fn read(folder: &Path, exercises: &[Exercise]) -> Result<Vec<Attempt>> {
    if !folder.is_dir() {
        bail!("{} is no folder of submissions", folder.display());
    }
    let mut attempts = Vec::new();
    for place in layout::places(folder)? {
        let Place {
            student,
            name,
            nth,
            stamp,
            marked_late,
            path,
        } = place;
        let mut pieces = Pieces::new(exercises);
        let read = match path {
            Ok(path) if layout::is_archive(&path) => archive::read(&path, &mut pieces),
            Ok(path) => tree::read(&path, &mut pieces),
            Err(why) => Err(why),
        };
        let handed = pieces.handed(read.err());
        attempts.push(Attempt {
            student,
            name,
            nth,
            when: match stamp {
                Some(stamp) => Some(time(&stamp)?),
                None => None,
            },
            marked_late,
            handed,
        });
    }
    attempts.sort_by_cached_key(|attempt| {
        (
            attempt.student.clone(),
            attempt.when,
            layout::natural(&attempt.nth),
        )
    });
    Ok(attempts)
}

/// The time in a `timestamp.txt`.
fn time(file: &Path) -> Result<i64> {
    let name = || file.display().to_string();
    let text = fs::read_to_string(file).with_context(name)?;
    super::when::parse(text.trim()).with_context(name)
}
