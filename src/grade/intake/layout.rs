//! Whose submission lies where, as platforms and people lay them out.
//!
//! `STUDENT/`, `STUDENT/ATTEMPT/`, `STUDENT.zip` and its like; Moodle's
//! `Name_1234_assignsubmission_file_/` and Canvas's `name_12_345_file.zip`. When
//! it was handed in stands in a `timestamp.txt`: beside the student's folder or
//! archive as `STUDENT.timestamp.txt`, or else in the student's or attempt's
//! folder. One inside an archive is the student's, and counts nothing.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// Where one attempt lies.
pub struct Place {
    pub student: String,
    pub name: Option<String>,
    pub nth: String,
    /// The file that says when.
    pub stamp: Option<PathBuf>,
    pub marked_late: bool,
    /// What to read, or why not to.
    pub path: Result<PathBuf, String>,
}

const ARCHIVES: [&str; 4] = [".tar.gz", ".tgz", ".tar", ".zip"];
const STAMP: &str = "timestamp.txt";

/// Whether a file is an archive, by its name.
pub fn is_archive(path: &Path) -> bool {
    !path.is_dir() && stem(&path.to_string_lossy()).is_some()
}

/// An archive's name without its ending.
fn stem(name: &str) -> Option<&str> {
    let lower = name.to_lowercase();
    let ending = ARCHIVES.iter().find(|ending| lower.ends_with(*ending))?;
    Some(&name[..name.len() - ending.len()])
}

/// Every attempt in the folder of submissions.
pub fn places(folder: &Path) -> Result<Vec<Place>> {
    let mut places = Vec::new();
    for (path, name) in entries(folder)? {
        let about = fs::symlink_metadata(&path)?;
        let is_folder = about.is_dir();
        let who = match is_folder || about.is_symlink() {
            true => name.as_str(),
            false => match stem(&name) {
                Some(stem) => stem,
                None => continue, // A roster, a note of the instructor's.
            },
        };
        let Who {
            id,
            name,
            nth,
            marked_late,
        } = Who::of(who);
        let place = |nth: String, stamp: PathBuf, path| Place {
            student: id.clone(),
            name: name.clone(),
            nth,
            stamp: fs::symlink_metadata(&stamp)
                .is_ok_and(|about| about.is_file())
                .then_some(stamp),
            marked_late,
            path,
        };
        let beside = folder.join(format!("{who}.{STAMP}"));
        if about.is_symlink() {
            places.push(place(nth, path.clone(), Err("it is a link".to_owned())));
        } else if !is_folder {
            places.push(place(nth, beside, Ok(path)));
        } else if let Some(attempts) = attempts(&path)? {
            for (attempt, name) in attempts {
                let stamp = match attempt.is_dir() {
                    true => attempt.join(STAMP),
                    false => path.join(format!("{}.{STAMP}", stem(&name).unwrap_or(&name))),
                };
                let inner = unwrapped(&attempt)?;
                places.push(place(name, stamp, Ok(inner)));
            }
        } else {
            // What stands beside it, no student has written.
            let stamp = match beside.is_file() {
                true => beside,
                false => path.join(STAMP),
            };
            places.push(place(nth, stamp, Ok(unwrapped(&path)?)));
        }
    }
    Ok(places)
}

/// The attempts in a student's folder, if that is what it holds.
fn attempts(folder: &Path) -> Result<Option<Vec<(PathBuf, String)>>> {
    let mut found = entries(folder)?;
    found.retain(|(_, name)| !name.ends_with(STAMP));
    let real = |path: &Path| fs::symlink_metadata(path).is_ok_and(|about| !about.is_symlink());
    let is_attempt = |(path, name): &(PathBuf, String)| {
        let stem = stem(name).filter(|_| path.is_file());
        let is_one = path.is_dir() || stem.is_some();
        let stamped = path.join(STAMP).is_file()
            || folder
                .join(format!("{}.{STAMP}", stem.unwrap_or(name)))
                .is_file();
        real(path) && is_one && (stamped || is_number(stem.unwrap_or(name)))
    };
    let all = !found.is_empty() && found.iter().all(is_attempt);
    Ok(all.then_some(found))
}

/// `3`, `attempt-3`, `2026-03-01T12-00`: the name of an attempt.
fn is_number(name: &str) -> bool {
    let name = name.to_lowercase();
    let rest = ["attempt", "submission", "try"]
        .iter()
        .find_map(|word| name.strip_prefix(word))
        .unwrap_or(&name);
    let rest = rest.trim_start_matches([' ', '_', '-']);
    let is_mark = |c: char| c.is_ascii_digit() || "-_:.tz+ ".contains(c);
    rest.starts_with(|c: char| c.is_ascii_digit()) && rest.chars().all(is_mark)
}

/// A folder with one archive and no other folder stands for the archive.
fn unwrapped(folder: &Path) -> Result<PathBuf> {
    if !folder.is_dir() {
        return Ok(folder.to_owned());
    }
    let found = entries(folder)?;
    let archives: Vec<_> = found.iter().filter(|(path, _)| is_archive(path)).collect();
    let folders = found.iter().any(|(path, _)| path.is_dir());
    Ok(match archives[..] {
        [(archive, _)] if !folders => archive.clone(),
        _ => folder.to_owned(),
    })
}

/// What is in a folder, hidden files aside, sorted by name.
fn entries(folder: &Path) -> Result<Vec<(PathBuf, String)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if !name.starts_with('.') {
            found.push((path, name));
        }
    }
    found.sort();
    Ok(found)
}

/// The student, as a name on disk says.
struct Who {
    id: String,
    name: Option<String>,
    nth: String,
    marked_late: bool,
}

impl Who {
    fn of(text: &str) -> Who {
        Who::moodle(text)
            .or_else(|| Who::canvas(text))
            .unwrap_or(Who {
                id: text.to_owned(),
                name: None,
                nth: String::new(),
                marked_late: false,
            })
    }

    /// `Ada Lovelace_1234_assignsubmission_file_`, in flat downloads with the
    /// file's own name behind it.
    fn moodle(text: &str) -> Option<Who> {
        let (who, nth) = text.split_once("_assignsubmission_file_")?;
        let (name, id) = who.rsplit_once('_')?;
        is_digits(id).then(|| Who {
            id: id.to_owned(),
            name: Some(name.to_owned()),
            nth: nth.to_owned(),
            marked_late: false,
        })
    }

    /// `lovelaceada_12_345_work`, or `lovelaceada_LATE_12_345_work`: the user, the
    /// submission, the file.
    fn canvas(text: &str) -> Option<Who> {
        let (name, rest) = text.split_once('_')?;
        let late = rest.strip_prefix("LATE_");
        let mut parts = late.unwrap_or(rest).splitn(3, '_');
        let (id, submission, _) = (parts.next()?, parts.next()?, parts.next()?);
        (is_digits(id) && is_digits(submission)).then(|| Who {
            id: id.to_owned(),
            name: Some(name.to_owned()),
            nth: submission.to_owned(),
            marked_late: late.is_some(),
        })
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A name with its numbers as numbers: attempt 10 comes after attempt 9.
pub fn natural(name: &str) -> Vec<(u64, String)> {
    let mut parts = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        let words = after
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(after.len());
        let (word, after) = after.split_at(words);
        parts.push((number.parse().unwrap_or(0), word.to_owned()));
        rest = after;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(text: &str) -> (String, Option<String>, String, bool) {
        let who = Who::of(text);
        (who.id, who.name, who.nth, who.marked_late)
    }

    #[test]
    fn platforms_name_their_students() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            who("Ada Lovelace_1234_assignsubmission_file_"),
            ("1234".into(), some("Ada Lovelace"), "".into(), false)
        );
        assert_eq!(
            who("lovelaceada_LATE_12_345_work-1"),
            ("12".into(), some("lovelaceada"), "345".into(), true)
        );
        assert_eq!(who("s_01"), ("s_01".into(), None, "".into(), false));
    }

    #[test]
    fn attempts_are_told_from_exercises() {
        for name in ["3", "attempt-3", "2026-03-01T12-00", "try 10"] {
            assert!(is_number(name), "{name}");
        }
        for name in ["02-handshake", "exercises", "src", "attempt"] {
            assert!(!is_number(name), "{name}");
        }
        assert!(natural("attempt-9") < natural("attempt-10"));
    }
}
