//! The stub is what learners start from, the solution is written to its end.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::scope::{Scope, text};
use super::verbatim::tokens;
use crate::book::{Faults, files_in};

/// `start/` is `src/`.
pub fn start(scope: &Scope, faults: &Faults) -> Result<()> {
    for chapter in &scope.chapters {
        let dir = &chapter.exercise.dir;
        let id = &chapter.exercise.id;
        let all: BTreeSet<PathBuf> = under(&dir.join("src"))
            .into_iter()
            .chain(under(&dir.join("start")))
            .collect();
        for file in all {
            let (now, start) = (
                text(&dir.join("src").join(&file)),
                text(&dir.join("start").join(&file)),
            );
            if now == start {
                continue;
            }
            let line = first_difference(&now, &start);
            let message = format!(
                "it is not what src/ has; after a change to the stub: \
                 cp -r exercises/{id}/src/. exercises/{id}/start/; if src/ is your own \
                 solution, it belongs on your own branch: cargo workbook reset {id}"
            );
            faults.add(
                scope.relative(&dir.join("start").join(&file)),
                line,
                message,
            );
        }
    }
    Ok(())
}

/// The files of a folder, by their path in it.
fn under(dir: &Path) -> Vec<PathBuf> {
    let files = files_in(dir).unwrap_or_default();
    let paths = files.iter().filter_map(|file| file.strip_prefix(dir).ok());
    paths.map(Path::to_owned).collect()
}

fn first_difference(one: &str, other: &str) -> usize {
    let same = one.lines().zip(other.lines()).take_while(|(a, b)| a == b);
    same.count() + 1
}

/// Nothing is left to be written.
pub fn written(scope: &Scope, faults: &Faults) -> Result<()> {
    for chapter in &scope.chapters {
        for file in files_in(&chapter.solution.join("src")).unwrap_or_default() {
            let text = text(&file);
            let tokens = tokens(&text);
            for pair in tokens.windows(2) {
                if matches!(pair[0].text, "todo" | "unimplemented") && pair[1].text == "!" {
                    let message = format!("the solution has a `{}!`; write it", pair[0].text);
                    faults.add(scope.relative(&file), pair[0].line, message);
                }
            }
        }
    }
    Ok(())
}
