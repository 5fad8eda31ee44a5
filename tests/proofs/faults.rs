//! "Break it": each known fault of a solution kills the proofs it claims to
//! kill, no other, and what a learner would read is on record.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::run::{Outcome, Proofs, cargo, chapters, exercise, output_of, quoted, root};

#[derive(Deserialize)]
struct Faults {
    fault: Vec<Fault>,
}

/// One line of a solution, made wrong.
#[derive(Deserialize)]
struct Fault {
    name: String,
    says: String,
    file: String,
    find: String,
    replace: String,
    kills: Vec<String>,
    /// The one whose failure is on record, for the chapter's "Break it".
    shows: Option<String>,
}

#[test]
#[ignore = "for authors: builds a solution once for each fault"]
fn a_fault_kills_the_proofs_it_claims_to_kill() {
    let mut wrong = Vec::new();
    for chapter in chapters() {
        let folder = root().join("solutions").join(&chapter);
        let text = fs::read_to_string(folder.join("faults.toml"));
        let text = text.unwrap_or_else(|e| panic!("{chapter}/faults.toml: {e}"));
        let faults: Faults = toml::from_str(&text).expect("faults");
        assert!(!faults.fault.is_empty(), "{chapter} has no fault to break");
        let annex = Annex::of(&chapter);
        let proofs = Proofs::of_solution(&chapter);
        for fault in &faults.fault {
            assert!(
                !fault.says.is_empty(),
                "{chapter}: {} says nothing",
                fault.name
            );
            let source = fs::read_to_string(folder.join(&fault.file)).expect("a source file");
            let found = source.matches(&fault.find).count();
            assert_eq!(found, 1, "{chapter}: {}: finds {found} places", fault.name);
            let program = annex.build(&fault.file, &source.replace(&fault.find, &fault.replace));

            let subject = quoted(&program);
            let outcome = proofs.run(&subject, &[("PROOF_SEED", "1")], &["--test-threads=8"]);
            let proved: BTreeSet<_> = outcome.proved().into_iter().map(str::to_owned).collect();
            let all: BTreeSet<_> = proofs.names().into_iter().collect();
            let died: BTreeSet<_> = all.difference(&proved).cloned().collect();
            let kills: BTreeSet<_> = fault.kills.iter().cloned().collect();
            if died != kills {
                let (name, more, less) = (&fault.name, &died - &kills, &kills - &died);
                wrong.push(format!(
                    "{chapter}: {name}: kills too {more:?}, kills not {less:?}"
                ));
                continue;
            }

            let Some(shows) = &fault.shows else {
                continue;
            };
            let mut settings = insta::Settings::clone_current();
            settings.set_snapshot_path(format!("../../solutions/{chapter}/faults"));
            settings.set_prepend_module_to_snapshot(false);
            settings.set_omit_expression(true);
            let text = failure(&outcome, shows, &subject, &fault.name);
            let text = without_again(&text);
            settings.bind(|| insta::assert_snapshot!(fault.name.as_str(), text));
        }
        let shown = faults.fault.iter().filter(|fault| fault.shows.is_some());
        let records = folder.join("faults").read_dir().expect("faults/").count();
        assert_eq!(records, shown.count(), "{chapter}: records in faults/");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Without the command that repeats it: a reader has no such program.
fn without_again(text: &str) -> String {
    let lines = text.split_inclusive('\n');
    lines.filter(|line| !line.starts_with("  again ")).collect()
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

/// A copy of one solution, in a workspace of its own, to be spoilt.
struct Annex {
    folder: PathBuf,
    chapter: String,
}

impl Annex {
    fn of(chapter: &str) -> Annex {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("faults")
            .join(chapter);
        let copy = |path: &str| {
            let to = folder.join(path);
            fs::create_dir_all(to.parent().expect("a folder")).expect("create a folder");
            fs::copy(root().join(path), to).unwrap_or_else(|e| panic!("{path}: {e}"));
        };
        copy("Cargo.lock");
        copy(&format!("solutions/{chapter}/Cargo.toml"));
        copy(&format!("solutions/{chapter}/src/main.rs"));
        copy(&format!("exercises/{chapter}/src/main.rs"));
        // What the given program serves, where it serves a page.
        let page = format!("exercises/{chapter}/page.html");
        if root().join(&page).exists() {
            copy(&page);
        }
        copy(&format!("exercises/{chapter}/tests/proof.rs"));

        let text = fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
        let mut manifest: toml::Table = toml::from_str(&text).expect("a manifest");
        manifest.retain(|key, _| key == "workspace" || key == "profile");
        let workspace = manifest["workspace"].as_table_mut().expect("a workspace");
        workspace.remove("default-members");
        let member = format!("solutions/{chapter}");
        workspace.insert(
            "members".to_owned(),
            toml::Value::Array(vec![member.into()]),
        );
        let proof = root().join("proof").display().to_string();
        workspace["dependencies"]["proof"]["path"] = proof.into();
        fs::write(folder.join("Cargo.toml"), manifest.to_string()).expect("write a manifest");
        Annex {
            folder,
            chapter: chapter.to_owned(),
        }
    }

    fn build(&self, file: &str, source: &str) -> PathBuf {
        let path = self.folder.join("solutions").join(&self.chapter).join(file);
        fs::write(path, source).expect("write the spoilt source");
        let target = self.folder.parent().expect("a folder").join("target");
        let name = format!("{}-solution", exercise(&self.chapter));
        let mut build = cargo();
        build
            .current_dir(&self.folder)
            .arg("build")
            .args(["--bin", &name]);
        build
            .args(["--offline", "--quiet", "--target-dir"])
            .arg(&target);
        output_of(&mut build);
        target
            .join("debug")
            .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }
}
