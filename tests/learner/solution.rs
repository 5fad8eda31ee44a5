//! `solution`: for whoever has found one, or asks twice.

use insta::assert_snapshot;

use crate::nothing_can_be_kept;
use crate::support::{SOLVED, Workbook};

/// Right, but for a name in two words.
fn core() -> String {
    SOLVED.replace(
        "format!(\"hello {name}\")",
        "format!(\"hello {}\", name.split(' ').next().unwrap_or(name))",
    )
}

#[test]
fn it_is_shown_once_the_core_holds() {
    let workbook = Workbook::new();
    workbook.learner_writes(&core());
    workbook.workbook(&["check", "hello"]);
    assert_snapshot!(
        "core_holds",
        workbook.workbook(&["solution", "hello"]).all()
    );
    assert_snapshot!(
        "compared",
        workbook.workbook(&["solution", "hello", "--diff"]).all()
    );
    let printed = workbook.workbook(&["solution", "hello", "--print"]);
    assert_eq!(printed.stdout, SOLVED);
}

#[test]
fn who_asks_twice_is_shown_it_before() {
    let workbook = Workbook::new();
    assert_snapshot!(
        "asked_once",
        workbook.workbook(&["solution", "hello"]).all()
    );
    assert_eq!(workbook.workbook(&["solution", "hello"]).code, 0);
    assert_eq!(workbook.workbook(&["solution", "hello"]).code, 0);
}

#[test]
fn what_was_proved_of_another_program_does_not_count() {
    let workbook = Workbook::new();
    workbook.learner_writes(SOLVED);
    workbook.workbook(&["check", "hello"]);
    workbook.learner_writes(&core());
    assert_snapshot!("changed", workbook.workbook(&["solution", "hello"]).all());
}

#[test]
fn where_nothing_can_be_remembered_the_first_time_is_each_time() {
    let workbook = Workbook::new();
    nothing_can_be_kept(&workbook);
    for _ in 0..2 {
        let said = workbook.workbook(&["solution", "hello"]);
        assert_eq!(said.code, 1, "{}", said.all());
        assert!(
            said.stderr.contains("can't be remembered"),
            "{}",
            said.all()
        );
    }
}

#[test]
fn misuse_is_told() {
    let workbook = Workbook::new();
    assert_eq!(workbook.workbook(&["solution", "nobody"]).code, 2);
    assert_eq!(
        workbook
            .workbook(&["solution", "hello", "--diff", "--print"])
            .code,
        2
    );
}
