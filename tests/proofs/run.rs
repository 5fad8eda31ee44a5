//! Runs a package's compiled proofs against any program, and reads the report.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Proofs mostly wait, so more of them run at once than there are cores.
const AT_ONCE: &str = "4";

/// The workbook's folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Folders such as `02-handshake`, in order.
pub fn chapters() -> Vec<String> {
    let folders = root().join("exercises").read_dir().expect("exercises/");
    let mut names: Vec<String> = folders
        .map(|folder| {
            folder
                .expect("a folder")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .collect();
    names.sort();
    names
}

/// `handshake` of `02-handshake`.
pub fn exercise(chapter: &str) -> &str {
    chapter.split_once('-').expect("NN-name").1
}

pub fn cargo() -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(root());
    command
}

/// Cargo's standard output; its failure is ours.
pub fn output_of(command: &mut Command) -> String {
    let output = command.output().expect("cargo runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}\n{errors}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The program that holds known faults: `proof/examples/broken.rs`.
pub fn broken() -> String {
    let built = cargo()
        .args([
            "build",
            "-p",
            "proof",
            "--example",
            "broken",
            "--message-format=json",
        ])
        .output()
        .expect("cargo runs");
    quoted(&executable(&built.stdout, "broken").expect("an example"))
}

/// A path as a word of a command line.
pub fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    match path.contains(char::is_whitespace) {
        true => format!("'{path}'"),
        false => path,
    }
}

/// The executable of the target of this name, among cargo's messages.
fn executable(messages: &[u8], target: &str) -> Option<PathBuf> {
    let messages = String::from_utf8_lossy(messages).into_owned();
    let mut found = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == target)
        .filter_map(|message| Some(PathBuf::from(message["executable"].as_str()?)));
    found.next_back()
}

/// One line of a report.
#[derive(Debug, Clone)]
pub struct Report {
    pub status: String,
    pub got: String,
}

/// A package's proofs, compiled.
pub struct Proofs {
    binary: PathBuf,
    folder: PathBuf,
}

/// What came of a run.
pub struct Outcome {
    /// By the proof's path; a proof that reports nothing is missing.
    pub reports: BTreeMap<String, Report>,
    pub stdout: String,
}

impl Proofs {
    /// Those of `solutions/NN-name`: cargo has them built already.
    pub fn of_solution(chapter: &str) -> Proofs {
        let package = format!("{}-solution", exercise(chapter));
        let built = cargo()
            .args(["test", "-p", &package, "--test", "proof", "--no-run"])
            .arg("--message-format=json")
            .output()
            .expect("cargo runs");
        let errors = String::from_utf8_lossy(&built.stderr);
        Proofs {
            binary: executable(&built.stdout, "proof")
                .unwrap_or_else(|| panic!("{package}: {errors}")),
            folder: root().join("solutions").join(chapter),
        }
    }

    /// The compiled proofs.
    #[cfg(target_os = "linux")]
    pub fn binary(&self) -> &Path {
        &self.binary
    }

    /// The paths of all proofs.
    pub fn names(&self) -> Vec<String> {
        let list = output_of(Command::new(&self.binary).arg("--list"));
        let names = list.lines().filter_map(|line| line.strip_suffix(": test"));
        names.map(str::to_owned).collect()
    }

    /// Run the proofs that these words select (all, if there are none).
    pub fn run(&self, subject: &str, environment: &[(&str, &str)], select: &[&str]) -> Outcome {
        let report = tempfile::NamedTempFile::new().expect("a temporary file");
        let output = Command::new(&self.binary)
            .args(select)
            .args(["--test-threads", AT_ONCE])
            .current_dir(&self.folder)
            .env_remove("PROOF_RECORD")
            .env("INSTA_WORKSPACE_ROOT", root())
            .env("INSTA_UPDATE", "no")
            .env("NO_COLOR", "1")
            .env("SUBJECT", subject)
            .env("PROOF_REPORT", report.path())
            .envs(environment.iter().copied())
            .output()
            .expect("the proofs run");
        let lines = std::fs::read_to_string(report.path()).expect("a report");
        let reports = lines.lines().map(|line| {
            let line: Value = serde_json::from_str(line).expect("JSON");
            let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
            let report = Report {
                status: text("status"),
                got: text("got"),
            };
            (text("proof"), report)
        });
        Outcome {
            reports: reports.collect(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        }
    }
}

impl Outcome {
    /// The proofs that hold.
    pub fn proved(&self) -> Vec<&str> {
        let proved = self.reports.iter().filter(|(_, r)| r.status == "proved");
        proved.map(|(name, _)| name.as_str()).collect()
    }
}
