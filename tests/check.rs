//! `check`, `list` and `prove`: from save to verdict, and what is remembered.

mod support;

use std::fs;

use insta::assert_snapshot;
use support::{SOLVED, Workbook};

/// The first step is done, and the strict proof of it fails.
const HALF: &str = r#"//! Greets.

/// Step 1.
pub fn hello(name: &str) -> String {
    let first = name.split(' ').next().unwrap_or(name);
    format!("hello {first}")
}

/// Step 2.
pub fn bye(name: &str) -> String {
    todo!("step 2: take leave of {name}")
}
"#;

#[test]
fn what_is_untouched_is_not_written_yet() {
    let workbook = Workbook::new();
    assert_snapshot!(workbook.workbook(&["check", "hello"]).all());
    assert_snapshot!("listed_untouched", workbook.workbook(&["list"]).all());
}

#[test]
fn a_half_is_told_step_by_step_and_remembered() {
    let workbook = Workbook::new();
    workbook.learner_writes(HALF);
    // By number; without a name, what is begun.
    assert_snapshot!("half", workbook.workbook(&["check", "0"]).all());
    assert_eq!(
        workbook.workbook(&["check"]).all(),
        workbook.workbook(&["check", "0"]).all()
    );
    assert_snapshot!("listed_half", workbook.workbook(&["list"]).all());
    assert_snapshot!("json_half", workbook.workbook(&["list", "--json"]).all());
}

#[test]
fn all_of_it_opens_the_next() {
    let workbook = Workbook::new();
    workbook.learner_writes(SOLVED);
    assert_snapshot!("solved", workbook.workbook(&["check", "hello"]).all());
    assert_snapshot!("listed_solved", workbook.workbook(&["list"]).all());
}

#[test]
fn a_verdict_counts_as_long_as_its_program_stands() {
    let workbook = Workbook::new();
    workbook.learner_writes(SOLVED);
    assert_eq!(workbook.workbook(&["check", "hello"]).code, 0);
    workbook.learner_writes(HALF);
    assert_snapshot!("listed_changed", workbook.workbook(&["list"]).all());
    // It counts again as soon as the program does.
    workbook.learner_writes(SOLVED);
    assert_snapshot!("listed_back", workbook.workbook(&["list"]).all());
    // Other proofs, other verdicts.
    let proofs = workbook.read("exercises/00-hello/tests/proof.rs");
    workbook.write(
        "exercises/00-hello/tests/proof.rs",
        &proofs.replace("ann lee", "ann li"),
    );
    let listed = workbook.workbook(&["list"]).stdout;
    assert!(listed.contains("changed since its last check"), "{listed}");
    assert_eq!(workbook.workbook(&["check", "hello"]).code, 0);
}

#[test]
fn the_compiler_comes_first_and_alone() {
    let workbook = Workbook::new();
    workbook.learner_writes(&SOLVED.replace("format!(\"hello {name}\")", "name"));
    let said = workbook.workbook(&["check", "hello"]);
    assert_eq!((said.code, said.stdout.as_str()), (1, ""));
    let start = "error[E0308]: mismatched types";
    assert!(said.stderr.starts_with(start), "{}", said.stderr);
    assert!(
        said.stderr
            .ends_with("00-hello doesn't compile yet: its proofs wait.\n"),
        "{}",
        said.stderr
    );
    // Nothing of an earlier program's proofs is left to be read.
    let listed = workbook.workbook(&["list"]).stdout;
    assert!(listed.contains("not checked yet"), "{listed}");
}

#[test]
fn warnings_are_counted() {
    let workbook = Workbook::new();
    workbook.learner_writes(&SOLVED.replace(
        "    format!(\"hello",
        "    let unused = 1;\n    format!(\"hello",
    ));
    let said = workbook.workbook(&["check", "hello"]);
    assert_eq!(said.code, 0);
    assert!(
        said.stdout
            .contains("1 warning of the compiler: cargo clippy -p hello"),
        "{}",
        said.stdout
    );
}

#[test]
fn a_part_can_be_chosen() {
    let workbook = Workbook::new();
    workbook.learner_writes(HALF);
    let (step, core) = (
        ["check", "hello", "--step", "1", "--core"],
        ["check", "hello", "--core"],
    );
    assert_eq!(workbook.workbook(&step).code, 0);
    assert_eq!(workbook.workbook(&core).code, 1);
    let json = workbook.workbook(&[
        "check", "hello", "--json", "--proof", "words", "--seed", "7",
    ]);
    assert_snapshot!("chosen_json", json.all());
    assert_snapshot!(
        "no_such_proof",
        workbook
            .workbook(&["check", "hello", "--proof", "nothing"])
            .all()
    );
    assert_snapshot!(
        "no_such_step",
        workbook.workbook(&["check", "hello", "--step", "3"]).all()
    );
}

#[test]
fn a_name_can_be_left_out_within_the_folder() {
    let workbook = Workbook::new();
    let nothing = workbook.workbook(&["check"]);
    assert_snapshot!("nothing_begun", nothing.all());
    let here = workbook.path("exercises/00-hello/src");
    let said = workbook.run(workbook.command(&["check"]).current_dir(here));
    assert_eq!(said.all(), workbook.workbook(&["check", "hello"]).all());
}

#[test]
fn any_program_can_be_proved() {
    let workbook = Workbook::new();
    workbook.write(
        "hello.sh",
        "case $1 in hello) echo \"hello $2\";; *) echo off;; esac\n",
    );
    let said = workbook.workbook(&["prove", "hello", "--against", "sh hello.sh"]);
    assert_snapshot!("proved_shell", said.all());
    // It is no progress of the learner's.
    let listed = workbook.workbook(&["list"]).stdout;
    assert!(listed.contains("not begun"), "{listed}");
    assert_snapshot!(
        "prove_nothing",
        workbook
            .workbook(&["prove", "hello", "--against", " "])
            .all()
    );
}

#[test]
fn a_program_that_is_not_ready_is_told_of_once() {
    let workbook = Workbook::new();
    for (name, line) in [
        ("prove_cargo_run", "cargo run -q -p hello"),
        ("prove_not_there", "target/debug/hello-in-c"),
    ] {
        let said = workbook.workbook(&["prove", "hello", "--against", line]);
        assert_snapshot!(name, said.all());
    }
    // Typed in the folder where it is, and started where it is not.
    workbook.write("mine/hello.sh", "exit 1\n");
    let mut command = workbook.command(&["prove", "hello", "--against", "sh hello.sh"]);
    let said = workbook.run(command.current_dir(workbook.path("mine")));
    assert_snapshot!("prove_elsewhere", said.all());
}

#[test]
fn a_number_behind_a_name_may_be_a_step() {
    let workbook = Workbook::new();
    let said = workbook.workbook(&["check", "hello", "1"]);
    assert_snapshot!("step_or_chapter", said.all());
}

#[test]
fn without_cargo_or_a_workbook_it_says_so() {
    let workbook = Workbook::new();
    let no_cargo = workbook.run(
        workbook
            .command(&["check", "hello"])
            .env("CARGO", "no-cargo"),
    );
    assert_snapshot!("no_cargo", no_cargo.all());
    let elsewhere = tempfile::tempdir().unwrap();
    for command in [
        &["check"][..],
        &["list"],
        &["prove", "hello", "--against", "x"],
    ] {
        let said = workbook.run(workbook.command(command).current_dir(elsewhere.path()));
        assert_eq!(said.code, 2);
        assert!(
            said.stderr.starts_with("error: no workbook here"),
            "{}",
            said.stderr
        );
    }
}

/// Where progress can't be kept, the verdict is still told.
#[test]
#[cfg(unix)]
fn without_a_place_for_progress_there_is_still_a_verdict() {
    let workbook = Workbook::new();
    workbook.learner_writes(SOLVED);
    // A file where the folder should be: refused even to root.
    workbook.write(".workbook", "");
    let said = workbook.workbook(&["check", "hello"]);
    assert_eq!(said.code, 0);
    let note = "note: progress can't be kept: WORKBOOK/.workbook/progress/00-hello.json";
    assert!(said.stderr.starts_with(note), "{}", said.stderr);
    assert!(said.stdout.contains("all 3 proofs hold"), "{}", said.stdout);
}

/// What is half written, or from another time, is no verdict.
#[test]
fn progress_that_cannot_be_read_is_forgotten() {
    let workbook = Workbook::new();
    workbook.learner_writes(SOLVED);
    assert_eq!(workbook.workbook(&["check", "hello"]).code, 0);
    let file = ".workbook/progress/00-hello.json";
    let text = workbook.read(file);
    for spoilt in [&text[..text.len() / 2], "", "{\"v\":2}"] {
        workbook.write(file, spoilt);
        let said = workbook.workbook(&["list"]);
        assert_eq!(said.code, 0);
        assert!(said.stdout.contains("not checked yet"), "{}", said.stdout);
    }
}

/// Two at once: each tells its verdict, and what is kept is whole.
#[test]
fn a_second_copy_does_no_harm() {
    let workbook = Workbook::new();
    workbook.learner_writes(SOLVED);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| assert_eq!(workbook.workbook(&["check", "hello"]).code, 0));
        }
    });
    let listed = workbook.workbook(&["list"]).stdout;
    assert!(listed.contains("all 3 proved"), "{listed}");
    let left = fs::read_dir(workbook.path(".workbook/progress"))
        .unwrap()
        .count();
    assert_eq!(left, 1, "no file half written");
}

/// What was proved of one step is not lost while another is written.
#[test]
fn a_step_alone_forgets_no_other() {
    let workbook = Workbook::new();
    workbook.learner_writes(HALF);
    let second = ["check", "hello", "--step", "2"];
    assert_eq!(workbook.workbook(&["check", "hello"]).code, 1);
    // Written on: a program of which nothing is known yet.
    workbook.learner_writes(&HALF.replace("//! Greets.", "//! Greets, and more."));
    assert_snapshot!("second_step_fails", workbook.workbook(&second).all());
    let hint = "# Hints\n\n## Step 1: Greet\n\n1. One.\n\n## Step 2: Take leave\n\n1. Two.\n";
    workbook.write("exercises/00-hello/hints.md", hint);
    let hinted = workbook.workbook(&["hint", "hello"]).stdout;
    assert!(hinted.contains("step 2, Take leave"), "{hinted}");
    workbook.learner_writes(SOLVED);
    assert_snapshot!("second_step_holds", workbook.workbook(&second).all());
}

#[test]
fn behind_a_step_comes_the_next() {
    let workbook = Workbook::new();
    workbook.learner_writes(SOLVED);
    let said = workbook.workbook(&["check", "hello", "--step", "1"]).stdout;
    assert!(said.contains("next   step 2, Take leave"), "{said}");
}

/// `check` and `list` send nobody back to a chapter that was left out.
#[test]
fn the_chapter_after_the_one_in_hand_is_next() {
    let workbook = Workbook::new();
    for (folder, name) in [("00-before", "before"), ("01-after", "after")] {
        for file in [
            "Cargo.toml",
            "src/lib.rs",
            "src/main.rs",
            "start/lib.rs",
            "start/main.rs",
            "tests/proof.rs",
        ] {
            let text = workbook.read(&format!("exercises/00-hello/{file}"));
            let text = match file {
                "Cargo.toml" => text.replace("\"hello\"", &format!("{name:?}")),
                file if file.ends_with("main.rs") => text.replace("hello::", &format!("{name}::")),
                _ => text,
            };
            workbook.write(&format!("exercises/{folder}/{file}"), &text);
        }
    }
    let next = |words: &[&str]| {
        let said = workbook.workbook(words).stdout;
        let line = said.lines().find(|line| line.starts_with("  next "));
        line.unwrap_or_else(|| panic!("{said}")).to_owned()
    };
    assert!(next(&["list"]).contains("00 before"));
    workbook.learner_writes(HALF);
    assert!(next(&["list"]).contains("00 hello"));
    workbook.learner_writes(SOLVED);
    assert!(next(&["check", "hello"]).contains("01 after"));
    assert!(next(&["list"]).contains("01 after"));
}

#[test]
fn a_habit_and_a_slip_are_answered() {
    let workbook = Workbook::new();
    workbook.learner_writes(SOLVED);
    for (name, words) in [
        ("no_strict", &["check", "hello", "--strict"][..]),
        (
            "nearly_a_proof",
            &["check", "hello", "--proof", "tow_words"],
        ),
        ("part_of_a_proof", &["check", "hello", "--proof", "two"]),
        ("prove_bare", &["prove"]),
        ("prove_without_a_program", &["prove", "hello"]),
        (
            "prove_core",
            &["prove", "hello", "--core", "--against", "false"],
        ),
    ] {
        assert_snapshot!(name, workbook.workbook(words).all());
    }
}

#[test]
fn the_starting_point_again_is_not_begun() {
    let workbook = Workbook::new();
    workbook.learner_writes(SOLVED);
    assert_eq!(workbook.workbook(&["check", "hello"]).code, 0);
    assert_eq!(workbook.workbook(&["reset", "hello", "--yes"]).code, 0);
    assert_snapshot!("listed_again", workbook.workbook(&["list"]).all());
    let solution = workbook.workbook(&["solution", "hello"]).stdout;
    assert!(
        solution.contains("nothing is proved of it yet"),
        "{solution}"
    );
    workbook.learner_writes(SOLVED);
    assert_eq!(workbook.workbook(&["check", "hello"]).code, 0);
}
