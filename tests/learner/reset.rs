//! `reset`: the starting point back, and never a line lost.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use insta::assert_snapshot;

use crate::support::Workbook;
use crate::{nothing_can_be_kept, without_dates};

/// A workbook whose exercise is begun: one file changed, one added.
fn begun() -> Workbook {
    let workbook = Workbook::new();
    workbook.learner_writes("// mine\n");
    workbook.write("exercises/00-hello/src/parts/own.rs", "// my own\n");
    workbook
}

/// What a folder holds: path → text.
fn held(dir: &Path) -> BTreeMap<PathBuf, String> {
    let mut held = BTreeMap::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.path() {
                path if path.is_dir() => folders.push(path),
                path => {
                    let text = fs::read_to_string(&path).unwrap();
                    held.insert(path.strip_prefix(dir).unwrap().to_owned(), text);
                }
            }
        }
    }
    held
}

fn src(workbook: &Workbook) -> BTreeMap<PathBuf, String> {
    held(&workbook.path("exercises/00-hello/src"))
}

fn start(workbook: &Workbook) -> BTreeMap<PathBuf, String> {
    held(&workbook.path("exercises/00-hello/start"))
}

/// The copies, oldest first; only those that have their name.
fn copies(workbook: &Workbook) -> Vec<BTreeMap<PathBuf, String>> {
    let shelf = fs::read_dir(workbook.path(".workbook/copies/00-hello"));
    let paths = shelf
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    let mut paths: Vec<PathBuf> = paths
        .filter(|path| !path.file_name().unwrap().to_string_lossy().starts_with('.'))
        .collect();
    paths.sort();
    paths.iter().map(|path| held(path)).collect()
}

#[test]
fn the_starting_point_comes_back_and_so_does_the_work() {
    let workbook = begun();
    let mine = src(&workbook);
    let said = workbook.workbook(&["reset", "hello", "--yes"]);
    assert_snapshot!("done", without_dates(&said));
    assert_eq!(src(&workbook), start(&workbook));
    assert_eq!(copies(&workbook), std::slice::from_ref(&mine));
    assert_snapshot!(
        "nothing_to_do",
        workbook.workbook(&["reset", "hello"]).all()
    );

    let said = workbook.workbook(&["reset", "hello", "--undo", "--yes"]);
    assert_snapshot!("undone", without_dates(&said));
    assert_eq!(src(&workbook), mine);
    // The starting point is nobody's work: no copy was made of it.
    assert_eq!(copies(&workbook).len(), 1);
}

#[test]
fn an_undo_keeps_what_it_replaces_too() {
    let workbook = begun();
    let first = src(&workbook);
    workbook.workbook(&["reset", "hello", "--yes"]);
    workbook.learner_writes("// again\n");
    let second = src(&workbook);
    workbook.workbook(&["reset", "hello", "--undo", "--yes"]);
    assert_eq!(src(&workbook), first);
    assert_eq!(copies(&workbook), [first, second.clone()]);
    // Once more: the two change places.
    workbook.workbook(&["reset", "hello", "--undo", "--yes"]);
    assert_eq!(src(&workbook), second);
}

#[test]
fn where_nobody_can_be_asked_nothing_happens() {
    let workbook = begun();
    let before = src(&workbook);
    for words in [&["reset", "hello"][..], &["reset", "nobody", "--yes"]] {
        assert_eq!(workbook.workbook(words).code, 2);
    }
    assert_snapshot!("unasked", workbook.workbook(&["reset", "hello"]).all());
    assert_snapshot!(
        "never_reset",
        workbook.workbook(&["reset", "hello", "--undo"]).all()
    );
    assert_eq!((src(&workbook), copies(&workbook)), (before, vec![]));
}

#[test]
fn half_a_copy_is_none() {
    let workbook = begun();
    // What a crash in the middle of copying leaves behind.
    workbook.write(".workbook/copies/00-hello/.part-1/lib.rs", "// half\n");
    let undone = workbook.workbook(&["reset", "hello", "--undo", "--yes"]);
    assert_eq!(undone.code, 2, "{}", undone.all());
}

#[cfg(unix)]
#[test]
fn it_asks_and_takes_silence_for_a_no() {
    use crate::terminal::Terminal;
    for (keys, agreed) in [
        ("y\n", true),
        ("n\n", false),
        ("\n", false),
        ("\x04", false),
    ] {
        let workbook = begun();
        let command = pty_process::blocking::Command::new(env!("CARGO_BIN_EXE_workbook"))
            .args(["reset", "hello"])
            .current_dir(workbook.root())
            .env("NO_COLOR", "1");
        let terminal = Terminal::run(command, 80, 24);
        let asked = terminal.shows("[y/N]");
        terminal.types(keys);
        let (status, _) = terminal.end();
        assert_eq!(status.code(), Some(i32::from(!agreed)), "{keys:?}");
        assert_eq!(src(&workbook) == start(&workbook), agreed, "{keys:?}");
        assert_eq!(copies(&workbook).len(), usize::from(agreed), "{keys:?}");
        if agreed {
            assert_snapshot!("asked", asked);
        }
    }
}

#[test]
fn without_a_copy_nothing_is_replaced() {
    let workbook = begun();
    let before = src(&workbook);
    nothing_can_be_kept(&workbook);
    let said = workbook.workbook(&["reset", "hello", "--yes"]);
    assert_eq!(said.code, 2);
    assert!(
        said.stderr.starts_with("error: nothing was changed"),
        "{}",
        said.all()
    );
    assert_eq!(src(&workbook), before);
}

#[test]
fn of_several_at_once_one_does_it() {
    let workbook = begun();
    let mine = src(&workbook);
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                let said = workbook.workbook(&["reset", "hello", "--yes"]);
                assert_eq!(said.code, 0, "{}", said.all());
            });
        }
    });
    assert_eq!(src(&workbook), start(&workbook));
    assert_eq!(copies(&workbook), [mine]);
}

/// Killed at any moment: each file is the old one or the new, and the work is
/// in place or in a copy.
#[cfg(unix)]
#[test]
fn a_crash_loses_nothing() {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};
    // How long a reset takes here, so that the kills spread over it.
    let workbook = begun();
    let begin = Instant::now();
    workbook.workbook(&["reset", "hello", "--yes"]);
    let whole = begin.elapsed().max(Duration::from_millis(4));
    for nth in 0..20 {
        let workbook = begun();
        let (mine, given) = (src(&workbook), start(&workbook));
        let mut child = Command::new(env!("CARGO_BIN_EXE_workbook"))
            .args(["reset", "hello", "--yes"])
            .current_dir(workbook.root())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(whole * nth / 20); // The moment of the crash.
        child.kill().unwrap();
        child.wait().unwrap();
        let now = src(&workbook);
        let hidden = |path: &Path| path.file_name().unwrap().to_string_lossy().starts_with('.');
        for (path, text) in now.iter().filter(|(path, _)| !hidden(path)) {
            let known = [mine.get(path), given.get(path)];
            assert!(
                known.contains(&Some(text)),
                "{path:?} is neither old nor new: {text}"
            );
        }
        let kept = copies(&workbook);
        assert!(
            kept.iter().all(|copy| *copy == mine),
            "half a copy has a name"
        );
        let kept = !kept.is_empty();
        assert!(
            kept || mine.iter().all(|file| now.get(file.0) == Some(file.1)),
            "lost: {now:?}"
        );
        // And it can be done again.
        assert_eq!(workbook.workbook(&["reset", "hello", "--yes"]).code, 0);
        assert_eq!(src(&workbook), given);
    }
}
