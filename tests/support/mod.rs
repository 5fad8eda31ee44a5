//! A small workbook to try commands on: one exercise of two steps, whose proofs
//! need no library and compile at once.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use assert_cmd::cargo::cargo_bin_cmd;
use tempfile::TempDir;

/// What a command said, and how it ended.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Said {
    /// All of it, for a snapshot.
    pub fn all(&self) -> String {
        let Said {
            code,
            stdout,
            stderr,
        } = self;
        format!("exit {code}\n--- stdout\n{stdout}--- stderr\n{stderr}")
    }
}

/// A workbook in a folder of its own.
pub struct Workbook(TempDir);

/// The program: `todo!` in each step.
const STUB: &str = r#"//! Greets.

/// Step 1.
pub fn hello(name: &str) -> String {
    todo!("step 1: greet {name}")
}

/// Step 2.
pub fn bye(name: &str) -> String {
    todo!("step 2: take leave of {name}")
}
"#;

/// All of it.
pub const SOLVED: &str = r#"//! Greets.

/// Step 1.
pub fn hello(name: &str) -> String {
    format!("hello {name}")
}

/// Step 2.
pub fn bye(name: &str) -> String {
    format!("bye {name}, and come again")
}
"#;

const MAIN: &str = r#"fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words[0].as_str() {
        "hello" => println!("{}", hello::hello(&words[1])),
        _ => println!("{}", hello::bye(&words[1])),
    }
}
"#;

const PROOFS: &str = include_str!("proof.rs.txt");

impl Workbook {
    pub fn new() -> Workbook {
        let workbook = Workbook(tempfile::tempdir().expect("a temporary folder"));
        workbook.write(
            "Cargo.toml",
            "[workspace]\nmembers = [\"exercises/*\", \"solutions/*\"]\nresolver = \"3\"\n",
        );
        workbook.write("Cargo.lock", LOCK);
        workbook.write("book/book.toml", "");
        workbook.write("proof/Cargo.toml", "");
        workbook.write("exercises/00-hello/Cargo.toml", EXERCISE);
        for folder in ["src", "start"] {
            workbook.write(&format!("exercises/00-hello/{folder}/lib.rs"), STUB);
            workbook.write(&format!("exercises/00-hello/{folder}/main.rs"), MAIN);
        }
        workbook.write("exercises/00-hello/tests/proof.rs", PROOFS);
        workbook.write("solutions/00-hello/Cargo.toml", SOLUTION);
        workbook.write("solutions/00-hello/src/lib.rs", SOLVED);
        let main = "use hello_solution as hello;\ninclude!(\"../../../exercises/00-hello/src/main.rs\");\n";
        workbook.write("solutions/00-hello/src/main.rs", main);
        workbook
    }

    pub fn root(&self) -> &Path {
        self.0.path()
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.root().join(file)
    }

    pub fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    pub fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).unwrap_or_else(|error| panic!("{file}: {error}"));
    }

    /// The learner's program.
    pub fn learner_writes(&self, text: &str) {
        self.write("exercises/00-hello/src/lib.rs", text);
    }

    /// The command, in the workbook's folder.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = cargo_bin_cmd!("workbook");
        command
            .args(words)
            .current_dir(self.root())
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("INSTA_WORKSPACE_ROOT")
            .env_remove("CLICOLOR_FORCE");
        command
    }

    /// Runs it there.
    pub fn workbook(&self, words: &[&str]) -> Said {
        self.run(&mut self.command(words))
    }

    /// Runs a command; the folder goes by a name.
    pub fn run(&self, command: &mut Command) -> Said {
        let output = command.output().expect("the command runs");
        let root = self.root().display().to_string();
        // What a folder is called after its links are followed, too.
        let real = self
            .root()
            .canonicalize()
            .expect("a folder")
            .display()
            .to_string();
        let text = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).expect("UTF-8");
            text.replace(&real, "WORKBOOK").replace(&root, "WORKBOOK")
        };
        Said {
            code: output.status.code().expect("it ended by itself"),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

const LOCK: &str = r#"version = 4

[[package]]
name = "hello"
version = "0.0.0"

[[package]]
name = "hello-solution"
version = "0.0.0"
"#;

const EXERCISE: &str = r#"[package]
name = "hello"
edition = "2024"

[package.metadata.workbook]
title = "Hello and goodbye"
minutes = 5
steps = [
  { id = "step_1_hello", title = "Greet", points = 10, strict_points = 2 },
  { id = "step_2_bye", title = "Take leave", points = 10 },
]

[[bin]]
name = "hello"
path = "src/main.rs"
"#;

const SOLUTION: &str = r#"[package]
name = "hello-solution"
edition = "2024"

[[test]]
name = "proof"
path = "../../exercises/00-hello/tests/proof.rs"
"#;
