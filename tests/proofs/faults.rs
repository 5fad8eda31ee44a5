//! "Break it": puts on record what a learner reads of a known fault. That it is
//! still so, and that each kills what it claims, is for `workbook verify`.

use assert_cmd::cargo::cargo_bin_cmd;
use serde_json::Value;

use crate::run::{Outcome, chapters, exercise, root};

#[test]
#[ignore = "for authors: it records; `workbook verify` sees what differs"]
fn what_a_fault_shows_is_on_record() {
    for chapter in chapters() {
        let faults = break_json(&[exercise(&chapter)]);
        let faults = faults.as_array().expect("a list of faults");
        for fault in faults.iter().filter(|fault| !fault["shows"].is_null()) {
            let name = fault["name"].as_str().expect("a name");
            let broken = break_json(&[exercise(&chapter), name]);
            assert_eq!(broken["shows"], fault["shows"], "{chapter}: {name}");
            let mut settings = insta::Settings::clone_current();
            settings.set_snapshot_path(format!("../../solutions/{chapter}/faults"));
            settings.set_prepend_module_to_snapshot(false);
            settings.set_omit_expression(true);
            let text = broken["record"].as_str().expect("a failure").to_owned() + "\n";
            settings.bind(|| insta::assert_snapshot!(name, text));
        }
    }
}

/// What `workbook break` says to a program that reads it.
fn break_json(arguments: &[&str]) -> Value {
    let output = cargo_bin_cmd!("workbook")
        .arg("break")
        .args(arguments)
        .arg("--json")
        .current_dir(root())
        .env_remove("PROOF_SEED")
        .env("NO_COLOR", "1")
        .output()
        .expect("the command runs");
    let said = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{arguments:?}: {said}"))
}

/// What one failed proof printed; the program goes by a name, and a port that
/// the system chose by `PORT`.
pub fn failure(outcome: &Outcome, proof: &str, program: &str, name: &str) -> String {
    let start = format!("---- {proof} stdout ----\n");
    let text = outcome.stdout.split_once(&start);
    let (_, text) = text.unwrap_or_else(|| panic!("{proof} has not failed:\n{}", outcome.stdout));
    let end = ["\n---- ", "\nfailures:\n"]
        .iter()
        .filter_map(|end| text.find(end))
        .min();
    let text = &text[..end.unwrap_or(text.len())];
    let text = text.replace(program, name);
    let text = without_digits(&text, "127.0.0.1:", "PORT");
    let text = without_digits(&text, "examples/broken.rs:", "LINE");
    text.trim().to_owned() + "\n"
}

/// What stands behind this, and is a number (or two: `12:5`), by a word.
fn without_digits(text: &str, before: &str, word: &str) -> String {
    let mut parts = text.split(before);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits =
            |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let mut rest = &part[digits(part)..];
        if let Some(second) = rest.strip_prefix(':')
            && digits(second) > 0
        {
            rest = &second[digits(second)..];
        }
        out += before;
        out += if rest.len() < part.len() { word } else { "" };
        out += rest;
    }
    out
}
