//! `workbook accept` on a small exercise of its own: nothing is kept that the
//! author has not agreed to.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::cargo::cargo_bin_cmd;
use tempfile::TempDir;

/// Proofs without a library: each writes down what the subject prints.
const PROOFS: &str = r#"mod step_1_say {
    fn record(name: &str) {
        let said = std::process::Command::new(std::env::var("SUBJECT").unwrap().trim_matches('\''))
            .arg(name)
            .output()
            .unwrap();
        assert!(said.status.success());
        assert_eq!(std::env::var("PROOF_RECORD").as_deref(), Ok("1"));
        assert_eq!(std::env::var("PROOF_SEED").as_deref(), Ok("1"));
        let said = String::from_utf8(said.stdout).unwrap();
        let file = format!("tests/snapshots/step_1_say__{name}");
        std::fs::create_dir_all("tests/snapshots").unwrap();
        std::fs::write(format!("{file}.snap"), format!("---\nsource: x\n---\n{said}")).unwrap();
        std::fs::write(format!("{file}.bytes.jsonl"), &said).unwrap();
    }

    /// One.
    #[test]
    fn one() {
        record("one");
    }

    /// Two.
    #[test]
    fn two() {
        record("two");
    }
}
"#;

struct Workbook(TempDir);

impl Workbook {
    fn new() -> Workbook {
        let workbook = Workbook(tempfile::tempdir().unwrap());
        workbook.write(
            "Cargo.toml",
            "[workspace]\nmembers = [\"exercises/*\", \"solutions/*\"]\nresolver = \"3\"\n",
        );
        workbook.write("book/book.toml", "");
        workbook.write(
            "exercises/00-hello/Cargo.toml",
            "[package]\nname = \"hello\"\nedition = \"2024\"\n[package.metadata.workbook]\n\
             title = \"Hello\"\nminutes = 1\nsteps = []\n[[test]]\nname = \"proof\"\n",
        );
        workbook.write("exercises/00-hello/src/lib.rs", "");
        workbook.write("exercises/00-hello/tests/proof.rs", PROOFS);
        workbook.write(
            "solutions/00-hello/Cargo.toml",
            "[package]\nname = \"hello-solution\"\nedition = \"2024\"\n",
        );
        workbook.says("hello");
        workbook
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Has the solution say this, and then its argument.
    fn says(&self, word: &str) {
        let main =
            format!("fn main() {{ println!(\"{word} {{}}\", std::env::args().nth(1).unwrap()); }}");
        self.write("solutions/00-hello/src/main.rs", &main);
    }

    /// Runs the command with these answers; returns its exit code and words.
    fn accept(&self, arguments: &[&str], answers: &str) -> (i32, String) {
        let output = cargo_bin_cmd!("workbook")
            .arg("accept")
            .args(arguments)
            .arg("--root")
            .arg(self.0.path())
            .env("CARGO_TARGET_DIR", self.path("target"))
            .write_stdin(answers)
            .output()
            .unwrap();
        let code = output.status.code().unwrap();
        (code, String::from_utf8(output.stdout).unwrap())
    }

    fn snapshots(&self) -> Vec<String> {
        let files = fs::read_dir(self.path("exercises/00-hello/tests/snapshots")).unwrap();
        let mut texts: Vec<String> = files.map(|file| contents(&file.unwrap().path())).collect();
        texts.sort();
        texts
    }
}

/// `step_1_say__one.snap: hello one`.
fn contents(file: &Path) -> String {
    let name = file.file_name().unwrap().to_string_lossy();
    let text = fs::read_to_string(file).unwrap();
    format!("{name}: {}", text.lines().last().unwrap())
}

fn recorded(one: &str, two: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for (test, word) in [("one", one), ("two", two)] {
        lines.push(format!("step_1_say__{test}.bytes.jsonl: {word} {test}"));
        lines.push(format!("step_1_say__{test}.snap: {word} {test}"));
    }
    lines
}

#[test]
fn an_author_agrees_to_each_change() {
    let workbook = Workbook::new();

    let (code, said) = workbook.accept(&["hello", "--yes"], "");
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("+hello one"), "{said}");
    assert_eq!(workbook.snapshots(), recorded("hello", "hello"));

    let (code, said) = workbook.accept(&["00"], "");
    assert_eq!(code, 0);
    assert_eq!(
        said,
        "0 changed and kept, 0 left as before, of 2 snapshots\n"
    );

    workbook.says("bye");
    let (code, said) = workbook.accept(&["00-hello"], "y\nn\n");
    assert_eq!(code, 0);
    insta::assert_snapshot!("one_kept", said);
    assert_eq!(workbook.snapshots(), recorded("bye", "hello"));

    // No answer is a no.
    let (_, said) = workbook.accept(&["hell"], "");
    assert!(said.ends_with("0 changed and kept, 1 left as before, of 2 snapshots\n"));
    assert_eq!(workbook.snapshots(), recorded("bye", "hello"));

    // The test is gone: so is its snapshot, once that is agreed to.
    let without = PROOFS.replace("    #[test]\n    fn two", "    fn two");
    workbook.write("exercises/00-hello/tests/proof.rs", &without);
    let (_, said) = workbook.accept(&["hello"], "n\n");
    insta::assert_snapshot!("not_removed", said);
    assert_eq!(workbook.snapshots(), recorded("bye", "hello"));
    workbook.accept(&["hello"], "y\n");
    assert_eq!(workbook.snapshots(), recorded("bye", "")[..2]);

    // A recording that fails leaves everything as it was.
    workbook.says("again");
    let failing = without.replace(
        "fn one() {\n        record(\"one\");",
        "fn one() {\n        record(\"one\");\n        panic!();",
    );
    workbook.write("exercises/00-hello/tests/proof.rs", &failing);
    let (code, _) = workbook.accept(&["hello", "--yes"], "");
    assert_eq!(code, 1);
    assert_eq!(workbook.snapshots(), recorded("bye", "")[..2]);
}
