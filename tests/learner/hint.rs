//! `hint`: one at a time.

use insta::assert_snapshot;

use crate::nothing_can_be_kept;
use crate::support::{SOLVED, Workbook};

const HINTS: &str = "\
# Hints for `hello`

## Step 1

- Which macro of the standard library builds a `String` out of parts? Its first argument is a *format string*.
- It is this:

  ```rust
  format!(\"hello {name}\")
  ```

## Step 2

- As before, with `format!(\"bye {name}, …\")` in its place.
";

fn workbook() -> Workbook {
    let workbook = Workbook::new();
    workbook.write("exercises/00-hello/hints.md", HINTS);
    workbook
}

#[test]
fn they_come_one_by_one_and_the_old_ones_stay() {
    let workbook = workbook();
    let hint = || workbook.workbook(&["hint", "hello", "1"]).all();
    assert_snapshot!("first", hint());
    assert_snapshot!("second", hint());
    // There is no third: the last is shown again, and where to look.
    assert_eq!(
        hint(),
        workbook
            .workbook(&["hint", "hello", "step_1", "--again"])
            .all()
    );
    // Another step has a count of its own.
    assert_snapshot!(
        "of_another_step",
        workbook.workbook(&["hint", "0", "bye"]).all()
    );
}

#[test]
fn without_a_step_it_is_the_one_at_hand() {
    let workbook = workbook();
    let step = || {
        let said = workbook.workbook(&["hint", "hello", "--again"]).stdout;
        said.lines().nth(3).unwrap_or_default().trim().to_owned()
    };
    assert_eq!(step(), "step 1, Greet");
    let half = SOLVED.replace(
        "format!(\"bye {name}, and come again\")",
        "todo!(\"step 2: {name}\")",
    );
    workbook.learner_writes(&half);
    workbook.workbook(&["check", "hello"]);
    assert_eq!(step(), "step 2, Take leave");
    // Changed and not checked again: it is the same step still.
    workbook.learner_writes(&(half + "// Let me see.\n"));
    assert_eq!(step(), "step 2, Take leave");
    workbook.learner_writes(SOLVED);
    workbook.workbook(&["check", "hello"]);
    assert_snapshot!("all_hold", workbook.workbook(&["hint", "hello"]).all());
}

#[test]
fn a_narrow_terminal_has_narrow_lines_and_a_wide_one_is_not_filled() {
    let workbook = workbook();
    let widest = |columns: &str| {
        let mut command = workbook.command(&["hint", "hello", "1"]);
        let said = workbook.run(command.env("COLUMNS", columns)).stdout;
        let hints = said
            .lines()
            .filter(|line| line.contains("   "))
            .map(|line| line.chars().count());
        hints.max().unwrap()
    };
    assert!(widest("50") <= 50, "{}", widest("50"));
    let wide = widest("200");
    assert!((60..=80).contains(&wide), "{wide}");
}

#[test]
fn where_nothing_can_be_remembered_a_hint_is_shown_all_the_same() {
    let workbook = workbook();
    nothing_can_be_kept(&workbook);
    let said = workbook.workbook(&["hint", "hello", "1"]);
    assert_eq!(said.code, 0);
    assert!(said.stdout.contains("1 of 2"), "{}", said.all());
    assert!(
        said.all()
            .contains("note: hints can't be remembered; all stand in exercises/00-hello/hints.md"),
        "{}",
        said.all()
    );
}

#[test]
fn what_was_remembered_and_is_spoilt_counts_for_nothing() {
    let workbook = workbook();
    workbook.write(
        ".workbook/hints/00-hello.json",
        "{\"v\":1,\"steps\":{\"step_1_",
    );
    let said = workbook.workbook(&["hint", "hello", "1"]);
    assert!(
        said.stdout.contains("1 of 2") && !said.stdout.contains("2 of 2"),
        "{}",
        said.all()
    );
}

#[test]
fn misuse_is_told() {
    let workbook = workbook();
    assert_snapshot!(
        "unknown_step",
        workbook.workbook(&["hint", "hello", "3"]).all()
    );
    assert_snapshot!("unnamed", workbook.workbook(&["hint"]).all());
    std::fs::remove_file(workbook.path("exercises/00-hello/hints.md")).unwrap();
    assert_eq!(workbook.workbook(&["hint", "hello"]).code, 2);
}
