//! A class in a folder of its own, graded by the command.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// The workbook's folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A source of the workbook's own.
pub fn source(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A folder of submissions, a place for reports, and the workbook they belong to.
pub struct Class(TempDir, PathBuf);

impl Class {
    /// Of the real workbook.
    pub fn new(class_toml: &str) -> Class {
        Class::of(root(), class_toml)
    }

    /// Of another one.
    pub fn of(workbook: &Path, class_toml: &str) -> Class {
        let class = Class(tempfile::tempdir().expect("a folder"), workbook.to_owned());
        // What it compiles lies in there, and as root cells are nobody's.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o711);
        fs::set_permissions(class.0.path(), open).expect("a folder");
        fs::create_dir(class.submissions()).expect("a folder");
        class.write("class.toml", class_toml);
        class
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    pub fn submissions(&self) -> PathBuf {
        self.path("submissions")
    }

    /// Writes a file, from the class's folder.
    pub fn write(&self, file: &str, text: impl AsRef<[u8]>) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, text).unwrap_or_else(|error| panic!("{file}: {error}"));
    }

    /// A student hands this file in.
    pub fn hands_in(&self, student: &str, file: &str, text: impl AsRef<[u8]>) {
        self.write(&format!("submissions/{student}/{file}"), text);
    }

    /// The command, to be run or killed.
    pub fn command(&self, report: &str, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_workbook"));
        command
            .current_dir(self.0.path())
            .args([
                "grade",
                "submissions",
                "--class",
                "class.toml",
                "--out",
                report,
            ])
            .args(more)
            .arg("--root")
            .arg(&self.1)
            .env("TMPDIR", self.0.path())
            .env_remove("CARGO_TARGET_DIR");
        command
    }

    /// The reports of several machines, as one.
    pub fn merged(&self, report: &str, of: &[&str]) -> Report {
        let mut command = Command::new(env!("CARGO_BIN_EXE_workbook"));
        command
            .current_dir(self.0.path())
            .args(["grade", "merge"])
            .args(of);
        command
            .args(["--class", "class.toml", "--out", report, "--root"])
            .arg(&self.1);
        Report {
            folder: self.path(report),
            output: command.output().expect("it runs"),
        }
    }

    /// Grades; what was said, and the report.
    pub fn graded(&self, report: &str, more: &[&str]) -> Report {
        let output = self.command(report, more).output().expect("it runs");
        Report {
            folder: self.path(report),
            output,
        }
    }
}

/// What came of a class.
pub struct Report {
    pub folder: PathBuf,
    pub output: Output,
}

impl Report {
    pub fn code(&self) -> i32 {
        self.output.status.code().expect("it ended by itself")
    }

    pub fn said(&self) -> String {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        text(&self.output.stdout) + &text(&self.output.stderr)
    }

    pub fn read(&self, file: &str) -> String {
        let path = self.folder.join(file);
        let text = fs::read_to_string(&path);
        text.unwrap_or_else(|error| panic!("{}: {error}\n{}", path.display(), self.said()))
    }

    /// `results.json` of a student.
    pub fn of(&self, student: &str) -> Value {
        let text = self.read(&format!("students/{student}/results.json"));
        serde_json::from_str(&text).expect("JSON")
    }

    pub fn score(&self, student: &str) -> f64 {
        self.of(student)["score"].as_f64().expect("a number")
    }

    pub fn status(&self, student: &str) -> String {
        let of = self.of(student);
        of["extra_data"]["grading_status"]
            .as_str()
            .expect("a status")
            .to_owned()
    }

    /// Everything that was written, but for the digests in names.
    pub fn everything(&self) -> String {
        let mut all = String::new();
        let mut folders = vec![self.folder.clone()];
        while let Some(folder) = folders.pop() {
            let mut entries: Vec<_> = fs::read_dir(&folder)
                .expect("a folder")
                .map(|entry| entry.expect("an entry").path())
                .collect();
            entries.sort();
            for path in entries {
                match path.is_dir() {
                    true => folders.push(path),
                    false => all += &String::from_utf8_lossy(&fs::read(&path).expect("a file")),
                }
            }
        }
        all
    }
}

/// A zip archive; a mode may make an entry a link.
pub fn zip(entries: &[(&str, &[u8], u32)]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes, mode) in entries {
        let options = zip::write::SimpleFileOptions::default();
        if mode & 0o170_000 == 0o120_000 {
            let target = String::from_utf8_lossy(bytes);
            out.add_symlink(*name, target, options).expect("a link");
            continue;
        }
        out.start_file(*name, options.unix_permissions(*mode))
            .expect("an entry");
        out.write_all(bytes).expect("bytes");
    }
    out.finish().expect("an archive").into_inner()
}

/// A compressed tar archive. Names are written as they are, however odd.
pub fn tar_gz(entries: &[(&str, &[u8], tar::EntryType, &str)]) -> Vec<u8> {
    let fast = flate2::Compression::fast();
    let mut out = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), fast));
    for (name, bytes, kind, link) in entries {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        if !link.is_empty() {
            header.set_link_name_literal(link).expect("a link");
        }
        header.set_cksum();
        out.append(&header, *bytes).expect("an entry");
    }
    out.into_inner().expect("tar").finish().expect("gzip")
}
