//! Notices changes by looking. Told by the system of each access, a build's
//! own reading would start the next one.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::house::House;

/// What a file looked like: when it was changed last, and its length.
pub type Stamps = BTreeMap<PathBuf, (SystemTime, u64)>;

const PAUSE: Duration = Duration::from_millis(200);

/// Calls `act` whenever a file of the book differs from what was seen.
pub fn on_change(house: &House, mut seen: Stamps, mut act: impl FnMut()) {
    loop {
        std::thread::sleep(PAUSE);
        // Taken before the build: a change during it is seen after it.
        let now = stamps(house);
        if now != seen {
            seen = now;
            act();
        }
    }
}

/// All files that the book is made of.
pub fn stamps(house: &House) -> Stamps {
    let mut stamps = Stamps::new();
    for dir in ["book", "exercises", "solutions", "tests"] {
        note(&house.root().join(dir), &mut stamps);
    }
    stamps
}

fn note(dir: &Path, stamps: &mut Stamps) {
    // What vanishes meanwhile is simply not there.
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let Ok(about) = entry.metadata() else {
            continue;
        };
        if about.is_file() {
            let changed = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            stamps.insert(entry.path(), (changed, about.len()));
        } else if about.is_dir()
            && !name.starts_with('.')
            && name != "target"
            && name != "node_modules"
        {
            note(&entry.path(), stamps);
        }
    }
}
