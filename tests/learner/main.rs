//! What stands around a learner's work: hints, the way back, the reference, and
//! that nothing of it is ever lost.

mod break_;
mod hint;
mod new;
mod reset;
mod solution;
#[path = "../support/mod.rs"]
mod support;
#[cfg(unix)]
#[path = "../watch/terminal.rs"]
#[allow(dead_code, reason = "`reset` asks one question")]
mod terminal;
mod update;

use support::{Said, Workbook};

/// A name that sorts by time, by the same word each time.
fn without_dates(said: &Said) -> String {
    let mut out = String::new();
    for line in said.all().split_inclusive('\n') {
        match line.split_once("copies/00-hello/") {
            Some((before, after)) => {
                let rest =
                    after.trim_start_matches(|c: char| c.is_ascii_digit() || "-TZ".contains(c));
                out += &format!("{before}copies/00-hello/TIME{rest}");
            }
            None => out += line,
        }
    }
    out
}

/// Where nothing can be kept: a file stands in the folder's place, which no
/// right of a user, not even root's, does away with.
fn nothing_can_be_kept(workbook: &Workbook) {
    workbook.write(".workbook", "");
}

/// Each command, where there is no workbook.
#[test]
fn outside_a_workbook_each_says_so() {
    let nowhere = tempfile::tempdir().unwrap();
    for words in [
        ["hint", "hello"],
        ["reset", "hello"],
        ["solution", "hello"],
        ["break", "hello"],
        ["new", "04-limits"],
    ] {
        let output = assert_cmd::cargo::cargo_bin_cmd!("workbook")
            .args(words)
            .current_dir(nowhere.path())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words:?}: {said}");
        assert!(
            said.starts_with("error: no workbook here"),
            "{words:?}: {said}"
        );
    }
}
