//! An update of the workbook, as the README describes it: a learner's files
//! stay byte for byte.

use std::path::Path;
use std::process::{Command, Output};

use crate::support::Workbook;

const STUB: &str = "exercises/00-hello/src/lib.rs";
const MAIN: &str = "exercises/00-hello/src/main.rs";

/// Runs git in a folder, apart from whatever its user has set up.
fn git(dir: &Path, words: &[&str]) -> Output {
    let output = Command::new("git")
        .args(words)
        .current_dir(dir)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("LC_ALL", "C")
        .envs([
            ("GIT_AUTHOR_NAME", "a"),
            ("GIT_AUTHOR_EMAIL", "a@example.com"),
        ])
        .envs([
            ("GIT_COMMITTER_NAME", "a"),
            ("GIT_COMMITTER_EMAIL", "a@example.com"),
        ])
        .output();
    output.expect("git runs")
}

fn commit(workbook: &Path, message: &str) {
    for words in [
        &["add", "--all"][..],
        &["commit", "--quiet", "--message", message],
    ] {
        let done = git(workbook, words);
        assert!(
            done.status.success(),
            "{words:?}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
    }
}

/// A workbook under git, and a learner's clone of it.
fn upstream_and_mine() -> (Workbook, tempfile::TempDir) {
    let upstream = Workbook::new();
    let house = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in [".gitattributes", ".gitignore"] {
        upstream.write(file, &std::fs::read_to_string(house.join(file)).unwrap());
    }
    git(
        upstream.root(),
        &["init", "--quiet", "--initial-branch", "main"],
    );
    commit(upstream.root(), "The workbook");
    let mine = tempfile::tempdir().unwrap();
    let from = upstream.root().display().to_string();
    git(mine.path(), &["clone", "--quiet", &from, "."]);
    git(mine.path(), &["switch", "--quiet", "--create", "mine"]);
    (upstream, mine)
}

/// The stub, the given program and the proofs change; a chapter comes.
fn upstream_goes_on(upstream: &Workbook) {
    for (from, to) in [
        ("//! Greets.", "//! Greets people."),
        ("/// Step 2.", "/// Step 2, the last."),
    ] {
        for folder in ["src", "start"] {
            let file = format!("exercises/00-hello/{folder}/lib.rs");
            upstream.write(&file, &upstream.read(&file).replace(from, to));
        }
    }
    for file in [
        MAIN,
        "exercises/00-hello/start/main.rs",
        "exercises/00-hello/tests/proof.rs",
    ] {
        upstream.write(file, &(upstream.read(file) + "// Mended.\n"));
    }
    upstream.write("exercises/01-more/src/lib.rs", "// A new chapter.\n");
    commit(upstream.root(), "A new chapter");
}

fn update(mine: &Path) -> Output {
    // As the README says it.
    let readme = include_str!("../../README.md");
    let line = "git pull --no-rebase -X ours origin main";
    assert!(readme.contains(line), "the README updates otherwise");
    let words: Vec<&str> = line.split(' ').skip(1).chain(["--no-edit"]).collect();
    git(mine, &words)
}

#[test]
#[ignore = "for authors: it needs git"]
fn a_learners_file_stays_and_the_rest_is_updated() {
    let (upstream, mine) = upstream_and_mine();
    let read = |file: &str| std::fs::read_to_string(mine.path().join(file)).unwrap();
    // Not only where upstream changes it: an edit far away is kept whole too.
    let written = read(STUB).replace(
        "todo!(\"step 1: greet {name}\")",
        "format!(\"hello {name}\")",
    );
    std::fs::write(mine.path().join(STUB), &written).unwrap();
    commit(mine.path(), "Step 1");
    upstream_goes_on(&upstream);

    let done = update(mine.path());
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    assert_eq!(read(STUB), written);
    assert!(read("exercises/00-hello/start/lib.rs").starts_with("//! Greets people."));
    assert!(
        read(MAIN).ends_with("// Mended.\n"),
        "what is untouched is updated"
    );
    assert!(read("exercises/00-hello/tests/proof.rs").ends_with("// Mended.\n"));
    assert!(mine.path().join("exercises/01-more/src/lib.rs").exists());
    let status = git(mine.path(), &["status", "--porcelain"]);
    assert!(status.stdout.is_empty(), "nothing is left to settle");
}

#[test]
#[ignore = "for authors: it needs git"]
fn work_that_is_not_committed_is_left_alone() {
    let (upstream, mine) = upstream_and_mine();
    std::fs::write(mine.path().join(STUB), "// mine, not committed\n").unwrap();
    std::fs::create_dir_all(mine.path().join(".workbook/copies")).unwrap();
    std::fs::write(mine.path().join(".workbook/copies/kept"), "").unwrap();
    upstream_goes_on(&upstream);

    let refused = update(mine.path());
    assert!(!refused.status.success());
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(
        said.contains("commit your changes") && said.contains(STUB),
        "{said}"
    );
    let text = std::fs::read_to_string(mine.path().join(STUB)).unwrap();
    assert_eq!(text, "// mine, not committed\n");
    assert!(
        !mine.path().join("exercises/01-more").exists(),
        "half an update"
    );

    // Committed, the same update goes through.
    commit(mine.path(), "Mine");
    assert!(update(mine.path()).status.success());
    assert_eq!(
        std::fs::read_to_string(mine.path().join(STUB)).unwrap(),
        text
    );
    // And what git ignores outlives a cleaning.
    git(mine.path(), &["clean", "-fd", "--quiet"]);
    assert!(mine.path().join(".workbook/copies/kept").exists());
}
