//! Notices changes by looking. Told by the system of each access, a build's
//! own reading would start the next one.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// What a file looked like: when it was changed last, and its length.
type Stamps = BTreeMap<PathBuf, (SystemTime, u64)>;

/// How long a save may take that replaces a file: it is gone, then it is back.
const SETTLING: Duration = Duration::from_millis(300);
const PACE: Duration = Duration::from_millis(10);

/// Files, and folders with all that is in them, as they were when last seen.
pub struct Files {
    places: Vec<PathBuf>,
    seen: Stamps,
}

impl Files {
    /// As they are now.
    pub fn at(places: impl IntoIterator<Item = PathBuf>) -> Files {
        let places: Vec<PathBuf> = places.into_iter().collect();
        let seen = look(&places);
        Files { places, seen }
    }

    /// Whether anything differs from what was seen; what is there now is seen.
    pub fn changed(&mut self) -> bool {
        let now = look(&self.places);
        let changed = now != self.seen;
        self.seen = now;
        changed
    }

    /// The same, once whoever is writing has finished: two looks agree, and
    /// nothing is missing that was there.
    pub fn saved(&mut self) -> bool {
        let before: Vec<PathBuf> = self.seen.keys().cloned().collect();
        if !self.changed() {
            return false;
        }
        let latest = Instant::now() + SETTLING;
        let missing = |now: &Stamps| before.iter().any(|path| !now.contains_key(path));
        loop {
            std::thread::sleep(PACE); // Paces a bounded wait.
            let still = self.changed() || missing(&self.seen);
            if !still || Instant::now() > latest {
                return true;
            }
        }
    }
}

fn look(places: &[PathBuf]) -> Stamps {
    let mut stamps = Stamps::new();
    for place in places {
        note(place, &mut stamps);
    }
    stamps
}

fn note(path: &Path, stamps: &mut Stamps) {
    // What vanishes meanwhile is not there.
    let Ok(about) = fs::metadata(path) else {
        return;
    };
    if about.is_file() {
        let changed = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        stamps.insert(path.to_owned(), (changed, about.len()));
        return;
    }
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if !is_aside(&name) && name != "target" && name != "node_modules" {
            note(&entry.path(), stamps);
        }
    }
}

/// Whether a file is an editor's own: hidden, a lock, a backup, a trial.
pub fn is_aside(name: &str) -> bool {
    name.starts_with(['.', '#']) || name.ends_with('~') || name == "4913"
}
