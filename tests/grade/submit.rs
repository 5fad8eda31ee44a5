//! What a learner packs is what an instructor grades.

use std::io::Read as _;

use crate::classes::Class;
use crate::hello;
use crate::support::Workbook;

#[test]
fn what_is_packed_is_graded() {
    let workbook = Workbook::new();
    let nothing = workbook.workbook(&["submit", "hello"]);
    assert_eq!(nothing.code, 2, "{nothing:?}");
    assert!(
        nothing.stderr.contains("as it was handed out"),
        "{nothing:?}"
    );

    workbook.learner_writes(&hello::not_strict());
    workbook.write(
        "book/quiz/00-hello.toml",
        "[[question]]\nid = \"who\"\nprompt = \"Who\\nspeaks first?\"\n",
    );
    let said = workbook.workbook(&["submit"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(
        said.stdout.contains(".workbook/feedback/00-hello.toml"),
        "{said:?}"
    );
    workbook.write(
        ".workbook/feedback/00-hello.toml",
        "minutes = 42\nhard = \"names in two words\"\n",
    );
    let said = workbook.workbook(&["submit", "--out", "ada.zip"]);
    assert_eq!(said.code, 0, "{said:?}");

    let bytes = std::fs::read(workbook.path("ada.zip")).expect("an archive");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).expect("a zip");
    let mut review = String::new();
    let mut entry = archive
        .by_name("exercises/00-hello/review.md")
        .expect("a review");
    entry.read_to_string(&mut review).expect("text");
    assert!(review.contains("- [ ] Who speaks first?\n"), "{review}");

    let class = Class::of(workbook.root(), "");
    class.write("submissions/ada.zip", &bytes);
    let report = class.graded("report", &["--sandbox", "none"]);
    assert_eq!(report.score("ada"), 20.0, "{}", report.said());
    let page = report.read("index.html");
    assert!(
        page.contains("42 minutes") && page.contains("names in two words"),
        "{page}"
    );
}
