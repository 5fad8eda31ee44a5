//! `workbook verify` on a small workbook that is right in everything: each test
//! plants faults in a copy of it, and reads what is said.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use assert_cmd::cargo::cargo_bin_cmd;
use insta::assert_snapshot;
use tempfile::TempDir;

const EXERCISE: &str = "exercises/00-hello/Cargo.toml";
const PROOFS: &str = "exercises/00-hello/tests/proof.rs";
const HINTS: &str = "exercises/00-hello/hints.md";
const STUB: &str = "exercises/00-hello/src/lib.rs";
const START: &str = "exercises/00-hello/start/lib.rs";
const SOLUTION: &str = "solutions/00-hello/src/lib.rs";
const FAULTS: &str = "solutions/00-hello/faults.toml";
const RECORD: &str = "solutions/00-hello/faults/shouts.snap";
const PAGE: &str = "book/src/00-hello.md";
const QUIZ: &str = "book/quiz/00-hello.toml";
const SUMMARY: &str = "book/src/SUMMARY.md";
const ORACLE: &str = "tests/oracles/other/oracle.toml";
const GREETS: &str = "exercises/00-hello/tests/snapshots/step_1_greet__greets";
const ONE: &str = "exercises/00-hello/tests/snapshots/step_1_greet__strict__one_at_a_time";
const NOBODY: &str = "exercises/00-hello/tests/snapshots/step_2_refuse__nobody";

/// A copy of the small workbook.
struct Workbook(TempDir);

impl Workbook {
    fn new() -> Workbook {
        let dir = tempfile::tempdir().unwrap();
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/verify");
        copy(&fixture, dir.path());
        Workbook(dir)
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    fn write(&self, file: &str, text: &str) -> &Workbook {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn append(&self, file: &str, text: &str) -> &Workbook {
        self.write(file, &(self.read(file) + text))
    }

    /// Replaces what stands there once.
    fn replace(&self, file: &str, old: &str, new: &str) -> &Workbook {
        let text = self.read(file);
        assert_eq!(text.matches(old).count(), 1, "`{old}` in {file}");
        self.write(file, &text.replace(old, new))
    }

    fn remove(&self, file: &str) -> &Workbook {
        fs::remove_file(self.path(file)).unwrap();
        self
    }

    /// Another recording of a proof: the transcript, and its bytes file's entries.
    fn record(&self, snap: &str, transcript: &str, entries: &[&str]) -> &Workbook {
        let header = "---\nsource: exercises/00-hello/tests/proof.rs\n---\n";
        self.write(&format!("{snap}.snap"), &format!("{header}{transcript}\n"));
        let names = r#"{"seed":1,"names":[["<word>","77317830"]]}"#;
        let lines = [&[names], entries].concat().join("\n");
        self.write(&format!("{snap}.bytes.jsonl"), &(lines + "\n"))
    }

    /// The command, with these folders for programs.
    fn verify_with(&self, path: Option<&Path>, words: &[&str]) -> (i32, String) {
        let mut command = cargo_bin_cmd!("workbook");
        if let Some(path) = path {
            // Cargo finds its subcommands in its own home, too.
            command.env("PATH", path).env("CARGO_HOME", path);
        }
        let output = command
            .arg("verify")
            .args(words)
            .current_dir(self.0.path())
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("INSTA_WORKSPACE_ROOT")
            .env_remove("PROOF_SEED")
            .env_remove("CLICOLOR_FORCE")
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        let root = self.0.path().display().to_string();
        (
            output.status.code().unwrap(),
            said.replace(&root, "WORKBOOK"),
        )
    }

    /// The exit code, and all that is said.
    fn verify(&self, words: &[&str]) -> (i32, String) {
        self.verify_with(None, words)
    }

    /// What is found: the lines behind the checks, without the time it took.
    fn faults(&self, words: &[&str]) -> String {
        let (code, said) = self.verify(words);
        assert_eq!(code, 1, "{said}");
        let (_, faults) = said
            .trim_start()
            .split_once("\n\n")
            .unwrap_or_else(|| panic!("{said}"));
        let (faults, _) = faults.rsplit_once("\n\n").unwrap();
        faults.to_owned()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => fs::write(target, fs::read(entry.path()).unwrap()).unwrap(),
        }
    }
}

/// One thing that is wrong, and how to plant it.
type Plant = (&'static str, fn(&Workbook));

/// Plants each in a workbook of its own, and says what is found.
fn found(plants: &[Plant]) -> String {
    let said = Mutex::new(vec![String::new(); plants.len()]);
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some((nth, (name, plant))) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|nth| Some((nth, plants.get(nth)?)))
        {
            let workbook = Workbook::new();
            plant(&workbook);
            let faults = workbook.faults(&["--fast"]);
            said.lock().unwrap()[nth] = format!("{name}\n{faults}\n");
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(work);
        }
    });
    said.into_inner().unwrap().join("\n")
}

#[test]
fn what_is_right_is_said_to_be() {
    let (code, said) = Workbook::new().verify(&["--fast"]);
    assert_eq!(code, 0, "{said}");
    let (said, _) = said.rsplit_once(',').unwrap();
    assert_snapshot!(said);
}

#[test]
fn names_and_steps() {
    let found = found(&[
        ("a folder is called otherwise than its package", |w| {
            w.replace(
                EXERCISE,
                "name = \"hello\"\nedition",
                "name = \"hallo\"\nedition",
            );
        }),
        ("a solution has another name", |w| {
            w.replace(
                "solutions/00-hello/Cargo.toml",
                "\"hello-solution\"\nedition",
                "\"hello-solved\"\nedition",
            );
        }),
        ("a solution solves nothing", |w| {
            w.write(
                "solutions/01-more/Cargo.toml",
                "[package]\nname = \"more-solution\"\n",
            );
        }),
        ("an exercise has no solution", |w| {
            fs::remove_dir_all(w.path("solutions/00-hello")).unwrap();
        }),
        ("a chapter has no page", |w| {
            w.remove(PAGE);
        }),
        ("a chapter is in no summary", |w| {
            w.replace(
                SUMMARY,
                "- [00 · hello](00-hello.md)\n",
                "- [More](more.md)\n",
            );
            w.write("book/src/more.md", "# More\n");
        }),
        ("a chapter has no questions", |w| {
            w.remove(QUIZ);
        }),
        ("the README has no row for it", |w| {
            w.replace("README.md", "| 00 | `hello` | a greeting | 10 |\n", "");
        }),
        ("the README has other minutes", |w| {
            w.replace("README.md", "| 10 |", "| 20 |");
        }),
        ("no minutes are given", |w| {
            w.replace(EXERCISE, "minutes = 10\n", "");
        }),
        ("it takes no time", |w| {
            w.replace(EXERCISE, "minutes = 10", "minutes = 0");
        }),
        ("a step is worth nothing", |w| {
            w.replace(
                EXERCISE,
                "\"Nobody\", points = 10",
                "\"Nobody\", points = 0",
            );
        }),
        ("strict proofs are worth nothing", |w| {
            w.replace(EXERCISE, ", strict_points = 5", "");
        }),
        ("a step has no proofs", |w| {
            w.replace(
                EXERCISE,
                "{ id = \"step_2",
                "{ id = \"step_2_more\", title = \"More\", points = 1 },\n  { id = \"step_2",
            );
        }),
        ("a proof is in no step", |w| {
            w.replace(PROOFS, "mod step_2_refuse", "mod step_2_nobody");
        }),
    ]);
    assert_snapshot!(found);
}

#[test]
fn stubs_and_solutions() {
    let found = found(&[
        ("start/ is stale", |w| {
            w.replace(
                START,
                "todo!(\"step 1: greet {words:?}\")",
                "todo!(\"step 1\")",
            );
        }),
        ("start/ has more than src/", |w| {
            w.write("exercises/00-hello/start/more.rs", "//! More.\n");
        }),
        ("a solution has a todo!", |w| {
            w.replace(SOLUTION, "    Some(greeting)", "    todo!(\"{greeting}\")");
        }),
    ]);
    assert_snapshot!(found);
}

#[test]
fn proofs_and_transcripts() {
    let found = found(&[
        ("a proof has no prove!", |w| {
            let greets = "&program.word()]);\n        prove!(program);\n    }\n\n    mod strict";
            w.replace(
                PROOFS,
                greets,
                &greets.replace(
                    "        prove!(program);\n",
                    "        // prove!(program);\n",
                ),
            );
        }),
        ("a proof sleeps", |w| {
            w.replace(
                PROOFS,
                "        program.run(&[\"greet\"]);",
                "        std::thread::sleep(WHILE);\n        program.run(&[\"greet\"]);",
            );
        }),
        ("a proof says not what it shows", |w| {
            w.replace(PROOFS, "    /// It greets by name.\n", "");
        }),
        ("a proof has no snapshot", |w| {
            w.remove(&format!("{NOBODY}.snap"))
                .remove(&format!("{NOBODY}.bytes.jsonl"));
        }),
        ("a snapshot has no proof", |w| {
            for ending in [".snap", ".bytes.jsonl"] {
                let file = format!("{NOBODY}{ending}");
                w.write(&file.replace("nobody", "somebody"), &w.read(&file));
            }
        }),
        ("bytes have no snapshot", |w| {
            w.remove(&format!("{NOBODY}.snap"));
        }),
        ("a transcript has no wire", |w| {
            w.record(
                GREETS,
                "closed",
                &[r#"{"from":"","kind":"note","lines":1,"hex":""}"#],
            );
        }),
        ("a transcript has nothing random", |w| {
            w.record(
                GREETS,
                "$ greet ann\nhello <word>\nexit 0",
                &[
                    r#"{"from":"","kind":"command","lines":1,"hex":"677265657420616e6e"}"#,
                    r#"{"from":"","kind":"output","lines":1,"hex":"68656c6c6f20773178300a"}"#,
                    r#"{"from":"","kind":"note","lines":1,"hex":""}"#,
                ],
            );
        }),
        ("a placeholder from the wire is nothing random", |w| {
            w.record(
                GREETS,
                "$ greet \\<word>\nhello\nexit 0",
                &[
                    r#"{"from":"","kind":"command","lines":1,"hex":"6772656574203c776f72643e"}"#,
                    r#"{"from":"","kind":"output","lines":1,"hex":"68656c6c6f0a"}"#,
                    r#"{"from":"","kind":"note","lines":1,"hex":""}"#,
                ],
            );
        }),
        ("two transcripts are the same", |w| {
            for ending in [".snap", ".bytes.jsonl"] {
                w.write(
                    &format!("{ONE}{ending}"),
                    &w.read(&format!("{GREETS}{ending}")),
                );
            }
        }),
        ("a command's refusal has no pair", |w| {
            w.record(
                NOBODY,
                "$ greet <word>\nhello\nexit 0\n$ greet\nexit 1",
                &[
                    r#"{"from":"","kind":"command","lines":1,"hex":"67"}"#,
                    r#"{"from":"","kind":"output","lines":1,"hex":"68"}"#,
                    r#"{"from":"","kind":"note","lines":1,"hex":""}"#,
                    r#"{"from":"","kind":"command","lines":1,"hex":"67"}"#,
                    r#"{"from":"","kind":"note","lines":1,"hex":""}"#,
                ],
            );
        }),
        ("a server's refusal has no pair", |w| {
            w.record(NOBODY, "C→S GET /<word> HTTP/1.1\nS→C 404\nS→C closed", &[
                r#"{"from":"C→S","kind":"request","lines":1,"hex":"474554202f"}"#,
                r#"{"from":"S→C","kind":"response","lines":1,"hex":"485454502f312e3120343034"}"#,
                r#"{"from":"S→C","kind":"note","lines":1,"hex":""}"#,
            ]);
        }),
        ("a close for a fault has no pair", |w| {
            w.record(
                NOBODY,
                "C→S text \"<word>\"\nS→C close 1002",
                &[
                    r#"{"from":"C→S","kind":"frame","lines":1,"hex":"810477317830"}"#,
                    r#"{"from":"S→C","kind":"frame","lines":1,"hex":"880203ea"}"#,
                ],
            );
        }),
        ("an exemption is not needed, or has no reason", |w| {
            w.write(
                ".config/verify.toml",
                "[[exempt]]\ncheck = \"pairs\"\nplace = \"hello step_2_refuse::nobody\"\nwhy = \"\"\n",
            );
        }),
        ("exemptions of other checks are not needed", |w| {
            w.write(
                ".config/verify.toml",
                "[[exempt]]\ncheck = \"names\"\nplace = \"01-gone\"\nwhy = \"it was ahead\"\n\n\
                 [[exempt]]\ncheck = \"files\"\nplace = \"README.md\"\nwhy = \"it was hostile\"\n",
            );
        }),
    ]);
    assert_snapshot!(found);
}

#[test]
fn hints_and_pages() {
    let found = found(&[
        ("a step has no hints", |w| {
            w.replace(HINTS, "## Step 2\n\n- What is the first of no words?\n- `?` on an `Option` leaves with `None`.\n", "");
        }),
        ("a step has one hint", |w| {
            w.replace(HINTS, "- What is the first of no words?\n", "");
        }),
        ("a step has five hints", |w| {
            w.append(HINTS, "- Three.\n- Four.\n- Five.\n");
        }),
        ("a hint is empty", |w| {
            w.append(HINTS, "-\n");
        }),
        ("a hint is for no step", |w| {
            w.append(HINTS, "\n## Step 3\n\n- One.\n- Two.\n");
        }),
        ("a hint gives the answer away", |w| {
            w.append(HINTS, "- ```rust\n  for letter in name.chars() { greeting.push(letter); } Some(greeting)\n  ```\n");
        }),
        ("a page prints its solution", |w| {
            w.append(
                PAGE,
                "\n```rust\n{{#include ../../solutions/00-hello/src/lib.rs:4:12}}\n```\n",
            );
        }),
        ("a page has its solution typed", |w| {
            let solution = w.read(SOLUTION);
            let lines: Vec<_> = solution.lines().skip(4).take(7).collect();
            w.append(PAGE, &format!("\n```rust\n{}\n```\n", lines.join("\n")));
        }),
        ("a transcript is typed", |w| {
            w.append(PAGE, "\n```text\nC→S text \"hi\"\n```\n");
        }),
        ("no page shows a snapshot", |w| {
            w.replace(PAGE, "```proofs\nhello\n```", "None.");
        }),
        ("a link is dead", |w| {
            w.append(PAGE, "\n[There](nowhere.md), and [below](#nothing).\n");
        }),
        ("a question is not asked, another not known", |w| {
            w.replace(PAGE, "```quiz\nwho\n```", "```quiz\nwhom\n```");
        }),
    ]);
    assert_snapshot!(found);
}

#[test]
fn known_faults() {
    let found = found(&[
        ("it can't be read", |w| {
            w.replace(FAULTS, "says = ", "sagt = ");
        }),
        ("it says nothing", |w| {
            w.replace(FAULTS, "\"It shouts.\"", "\"\"");
        }),
        ("it is in no file", |w| {
            w.replace(FAULTS, "src/lib.rs", "src/greet.rs");
        }),
        ("it stands there twice", |w| {
            w.replace(FAULTS, "find = \"hello \"", "find = \"greeting.push\"");
        }),
        ("it changes nothing", |w| {
            w.replace(FAULTS, "\"HELLO \"", "\"hello \"");
        }),
        ("it kills what is no proof", |w| {
            w.replace(FAULTS, "::nobody\"", "::somebody\"");
        }),
        ("it may kill what it kills, and what is no proof", |w| {
            let may = "may_kill = [\"step_1_greet::greets\", \"step_2_refuse::somebody\"]";
            let text = w.read(FAULTS);
            w.write(FAULTS, &format!("{text}{may}\n"));
        }),
        ("it kills nothing", |w| {
            let text = w.read(FAULTS);
            let (start, _) = text.split_once("kills = ").unwrap();
            w.write(FAULTS, &format!("{start}kills = []\n"));
        }),
        ("its record is missing", |w| {
            w.remove(RECORD);
        }),
        ("a record is nobody's", |w| {
            w.write(&RECORD.replace("shouts", "whispers"), "");
        }),
        ("none is known", |w| {
            w.write(FAULTS, "").remove(RECORD);
        }),
    ]);
    assert_snapshot!(found);
}

#[test]
fn everything_else() {
    let found = found(&[
        ("an oracle deviates from no proof", |w| {
            w.replace(ORACLE, "::nobody", "::somebody");
        }),
        ("an oracle deviates without a reason", |w| {
            w.replace(ORACLE, "\"It takes it for misuse.\"", "\"\"");
        }),
        ("a link of the README is dead", |w| {
            w.append("README.md", "\n[Gone](GONE.md), ![Gone](gone.png), [here](#here), [away](https://example.org)\n");
        }),
        ("a path is one machine's", |w| {
            // In two, or it would be found here as well.
            w.append(
                "CONTRIBUTING.md",
                &format!("\nLook in /{}/ann/workbook.\n", "home"),
            );
        }),
        ("a lock has an address", |w| {
            w.append(
                "Cargo.lock",
                "\n# source = \"registry+https://crates.example.org\"\n",
            );
        }),
        ("a registry is named", |w| {
            w.write(
                "tests/oracles/other/pip.conf",
                &format!("{} = https://example.org\n", "index-url"),
            );
        }),
        ("a snapshot waits for an answer", |w| {
            w.write(&format!("{GREETS}.snap.new"), "");
        }),
        ("a chapter has no proofs", |w| {
            w.remove(PROOFS);
        }),
    ]);
    assert_snapshot!(found);
}

#[test]
fn all_faults_are_told_at_once_by_chapter_and_for_programs_too() {
    let workbook = Workbook::new();
    workbook
        .replace(HINTS, "- What is the first of no words?\n", "")
        .replace(START, "{words:?}", "{words:#?}")
        .append("README.md", "\n[Gone](GONE.md)\n");
    let (code, said) = workbook.verify(&["--fast"]);
    assert_eq!(code, 1);
    let (said, _) = said.rsplit_once(',').unwrap();
    assert_snapshot!("all_at_once", said);
    // Of one chapter: nothing that belongs to none.
    assert_snapshot!("of_one_chapter", workbook.faults(&["hello", "--fast"]));
    let (code, said) = workbook.verify(&["--fast", "--json"]);
    assert_eq!(code, 1);
    assert_snapshot!("as_json", said);
}

#[test]
fn misuse_is_told() {
    let workbook = Workbook::new();
    assert_snapshot!(
        "no_such_chapter",
        format!("{:?}", workbook.verify(&["quux"]))
    );
}

/// All of it is built and run.
mod programs {
    use super::*;

    #[test]
    fn what_is_right_is_said_to_be() {
        let (code, said) = Workbook::new().verify(&[]);
        assert_eq!(code, 0, "{said}");
        let (said, _) = said.rsplit_once(',').unwrap();
        let (_, said) = said.split_once("✓ book").unwrap();
        assert_snapshot!(said);
    }

    #[test]
    fn warnings_and_proofs_that_hold_of_the_wrong_program() {
        let workbook = Workbook::new();
        for file in [STUB, START] {
            // It warns, and what step 2 asks for is there before it is written.
            workbook.replace(file, "    todo!", "    let spare = 1;\n    if words.is_empty() {\n        return None;\n    }\n    todo!");
        }
        let step = "mod step_2_refuse {\n    use super::*;\n";
        workbook
            .replace(
                SOLUTION,
                "    let name = words.first()?;",
                "    let name = words.get(0)?;",
            )
            // One that holds, another that fails, whatever is said.
            .replace(PROOFS, step, &format!("{step}{WITHOUT_ASKING}"))
            .replace(
                FAULTS,
                "  \"step_2_refuse::nobody\",\n",
                "  \"step_2_refuse::holds\",\n",
            );
        let server = [
            r#"{"from":"C→S","kind":"line","lines":1,"hex":"77317830"}"#,
            r#"{"from":"S→C","kind":"line","lines":1,"hex":"77317830"}"#,
        ];
        for name in ["holds", "fails"] {
            workbook.record(
                &NOBODY.replace("nobody", name),
                &format!("C→S line \"<word>\"\nS→C line \"{name} <word>\""),
                &server,
            );
        }
        assert_snapshot!(workbook.faults(&[]));
    }

    #[test]
    fn a_fault_that_is_told_otherwise_than_on_record() {
        let workbook = Workbook::new();
        workbook.replace(RECORD, "not proved", "not true");
        assert_snapshot!(workbook.faults(&[]));
    }

    /// Two proofs that decide without asking.
    const WITHOUT_ASKING: &str = "
    /// It holds.
    #[test]
    fn holds() {
        let _ = || prove!(subject!());
        proof::report(\"step_2_refuse::holds\", \"proved\");
    }

    /// It fails.
    #[test]
    fn fails() {
        let _ = || prove!(subject!());
        proof::report(\"step_2_refuse::fails\", \"refused\");
        panic!();
    }
";

    #[test]
    fn what_does_not_compile() {
        let workbook = Workbook::new();
        for file in [STUB, START] {
            workbook.replace(file, "todo!(\"step 1: greet {words:?}\")", "words");
        }
        assert_snapshot!(workbook.faults(&[]));
    }
}

/// What `cargo mutants` finds; a script plays it.
#[cfg(unix)]
mod mutants {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn one_that_lives_is_a_fault() {
        let workbook = Workbook::new();
        let script = workbook.path("target/bin/cargo-mutants");
        workbook.write("target/bin/cargo-mutants", SCRIPT);
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
        let old = std::env::var("PATH").unwrap();
        let path = format!("{}:{old}", script.parent().unwrap().display());
        let (code, said) = workbook.verify_with(Some(path.as_ref()), &["--fast", "--mutants"]);
        assert_eq!(code, 1, "{said}");
        let (_, said) = said.split_once("✗ mutants").unwrap();
        let (said, _) = said.rsplit_once(',').unwrap();
        assert_snapshot!(said);
    }

    /// Finds one, and says so as `cargo mutants` does.
    const SCRIPT: &str = r#"#!/bin/sh
[ "$2" = --output ] || exit 0
[ "$4 $5" = "--package hello-solution" ] || exit 1
mkdir "$3/mutants.out"
echo "solutions/00-hello/src/lib.rs:6:5: replace greet -> Option<String> with None" >"$3/mutants.out/missed.txt"
exit 2
"#;

    #[test]
    fn what_is_missing_is_named() {
        let empty = tempfile::tempdir().unwrap();
        let (code, said) =
            Workbook::new().verify_with(Some(empty.path()), &["--fast", "--mutants"]);
        assert_snapshot!(format!("exit {code}\n{said}"));
    }
}
