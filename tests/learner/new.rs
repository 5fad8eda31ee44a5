//! `new`: a chapter's skeleton.

use std::path::Path;
use std::process::Command;

use insta::assert_snapshot;

use crate::support::Workbook;

fn workbook() -> Workbook {
    let workbook = Workbook::new();
    workbook.write(
        "book/src/SUMMARY.md",
        "# Summary\n\n- [00 · hello: greet](00-hello.md)\n- [12 · io: …](12-io.md)\n\n# Appendices\n\n- [Glossary](glossary.md)\n",
    );
    workbook.write(
        "README.md",
        "# Small\n\n| | exercise |\n|---|---|\n| 00 | `hello` | greets | 5 |\n\nMore.\n",
    );
    workbook.write("book/src/12-io.md", "# io\n");
    workbook
}

#[test]
fn every_file_of_a_chapter_is_there_and_both_lists_name_it() {
    let workbook = workbook();
    let said = workbook.workbook(&["new", "04-rate-limits", "--title", "Limits, and why"]);
    assert_snapshot!("made", said.all());
    assert_snapshot!("summary", workbook.read("book/src/SUMMARY.md"));
    assert_snapshot!("readme", workbook.read("README.md"));
    let left = |text: &str| text.contains('@');
    for file in said
        .stdout
        .lines()
        .map(str::trim)
        .filter(|line| line.contains("04-rate-limits") && !line.contains(' '))
    {
        assert!(!left(&workbook.read(file)), "{file} has a placeholder left");
    }
    let stub = workbook.read("exercises/04-rate-limits/src/lib.rs");
    assert_eq!(stub, workbook.read("exercises/04-rate-limits/start/lib.rs"));
    assert!(
        stub.starts_with("//! Exercise 04: Limits, and why."),
        "{stub}"
    );
    assert!(
        workbook
            .read("solutions/04-rate-limits/src/main.rs")
            .contains("use rate_limits_solution as rate_limits;")
    );
}

#[test]
#[ignore = "for authors: it needs rustfmt"]
fn what_is_written_is_formatted() {
    let workbook = workbook();
    workbook.workbook(&["new", "04-limits"]);
    for file in ["src/lib.rs", "src/main.rs", "tests/proof.rs"] {
        let path = workbook.path("exercises/04-limits").join(file);
        let checked = Command::new("rustfmt")
            .args(["--edition", "2024", "--check"])
            .arg(&path)
            .output()
            .unwrap();
        assert!(
            checked.status.success(),
            "{file}: {}",
            String::from_utf8_lossy(&checked.stdout)
        );
    }
}

#[test]
fn a_name_that_will_not_do_changes_nothing() {
    let workbook = workbook();
    let before = (
        workbook.read("README.md"),
        workbook.read("book/src/SUMMARY.md"),
    );
    let said = |words: &[&str]| {
        let said = workbook.workbook(words);
        assert_eq!(said.code, 2, "{}", said.all());
        said.stderr
    };
    let mut all = String::new();
    for id in [
        "00-other",
        "04-hello",
        "12-limits",
        "4-limits",
        "04-Limits",
        "04_limits",
        "04-",
        "04-a--b",
        "04-match",
        "../04-limits",
    ] {
        all += &said(&["new", id]);
    }
    all += &said(&["new", "04-limits", "--title", "a \"title\""]);
    assert_snapshot!("refused", all);
    assert_eq!(
        before,
        (
            workbook.read("README.md"),
            workbook.read("book/src/SUMMARY.md")
        )
    );
    assert!(!Path::new(&workbook.path("exercises/04-limits")).exists());

    workbook.write("README.md", "# No table\n");
    assert_snapshot!("no_table", said(&["new", "04-limits"]));
    assert!(!Path::new(&workbook.path("exercises/04-limits")).exists());
}
