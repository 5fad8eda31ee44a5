//! A class of sixty, every mark as expected, from folders and from archives.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::classes::{Class, Report, tar_gz, zip};
use crate::hello;
use crate::support::Workbook;

const CLASS: &str = "\
deadline = 2026-03-01T12:00:00Z
[late]
percent_per_day = 10
most_days = 2
";

struct Expected {
    text: Option<String>,
    when: &'static str,
    score: f64,
    status: &'static str,
}

/// How many of a kind, the kind, its program, when, its score, its status.
type Kind = (
    usize,
    &'static str,
    Option<String>,
    &'static str,
    f64,
    &'static str,
);

/// Sixty students by id.
fn sixty(start: &str) -> BTreeMap<String, Expected> {
    const IN_TIME: &str = "2026-03-01T11:00:00Z";
    let kinds: [Kind; 12] = [
        (10, "right", Some(hello::right()), IN_TIME, 22.0, "graded"),
        (
            5,
            "copied",
            Some(hello::right().replace("name", "who")),
            IN_TIME,
            22.0,
            "graded",
        ),
        (
            5,
            "no-step-2",
            Some(hello::without_step_2()),
            IN_TIME,
            12.0,
            "graded",
        ),
        (
            5,
            "no-step-1",
            Some(hello::without_step_1()),
            IN_TIME,
            10.0,
            "graded",
        ),
        (
            5,
            "not-strict",
            Some(hello::not_strict()),
            IN_TIME,
            20.0,
            "graded",
        ),
        (
            5,
            "wrong-word",
            Some(hello::wrong_word()),
            IN_TIME,
            10.0,
            "graded",
        ),
        (
            5,
            "broken",
            Some(hello::broken()),
            IN_TIME,
            0.0,
            "does not compile",
        ),
        (
            5,
            "untouched",
            Some(start.to_owned()),
            IN_TIME,
            0.0,
            "untouched",
        ),
        (5, "empty", None, IN_TIME, 0.0, "missing"),
        (
            5,
            "late",
            Some(hello::right()),
            "2026-03-02T11:59:59Z",
            19.8,
            "graded",
        ),
        (
            3,
            "too-late",
            Some(hello::right()),
            "2026-03-04T00:00:00Z",
            0.0,
            "graded",
        ),
        (
            2,
            "extended",
            Some(hello::right()),
            "2026-03-04T00:00:00Z",
            22.0,
            "graded",
        ),
    ];
    let mut all = BTreeMap::new();
    for (number, kind, text, when, score, status) in kinds {
        for nth in 0..number {
            // Every program is its own.
            let text = text.clone().map(|text| match kind {
                "untouched" => text,
                _ => format!("{text}// {kind} {nth}\n"),
            });
            let expected = Expected {
                text,
                when,
                score,
                status,
            };
            all.insert(format!("{kind}-{nth}"), expected);
        }
    }
    all
}

/// What a report says, times aside.
fn lasting(report: &Report, students: &BTreeMap<String, Expected>) -> Vec<String> {
    let mut all = vec![report.read("grades.csv"), report.read("index.html")];
    for student in students.keys() {
        let mut of: Value = report.of(student);
        of["execution_time"] = Value::Null;
        all.push(of.to_string());
        all.push(report.read(&format!("students/{student}/index.html")));
    }
    all
}

/// The files in a folder of folders, by name.
fn found(folder: &Path) -> BTreeSet<PathBuf> {
    let entries = |folder: &Path| fs::read_dir(folder).expect("a folder").flatten();
    entries(folder)
        .flat_map(|below| {
            let below = below.file_name();
            entries(&folder.join(&below)).map(move |file| Path::new(&below).join(file.file_name()))
        })
        .collect()
}

fn copied(from: &Path, to: &Path) {
    for file in found(from) {
        let to = to.join(&file);
        fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        fs::copy(from.join(file), to).expect("a copy");
    }
}

#[test]
#[ignore = "needs bubblewrap"]
fn a_class_of_sixty_gets_the_marks_it_deserves() {
    let workbook = Workbook::new();
    let students = sixty(&workbook.read("exercises/00-hello/start/lib.rs"));
    assert_eq!(students.len(), 60);
    let folders = Class::of(workbook.root(), CLASS);
    let archives = Class::of(workbook.root(), CLASS);
    for (nth, (student, expected)) in students.iter().enumerate() {
        folders.hands_in(student, "timestamp.txt", expected.when);
        let name = format!("submissions/{student}");
        archives.write(&format!("{name}.timestamp.txt"), expected.when);
        let (file, text) = match &expected.text {
            Some(text) => (hello::LIB, text.as_str()),
            None => ("README.md", "sorry"),
        };
        folders.hands_in(student, file, text);
        let text = text.as_bytes();
        match nth % 2 {
            0 => archives.write(&format!("{name}.zip"), zip(&[(file, text, 0o644)])),
            _ => {
                let entry = [(file, text, tar::EntryType::Regular, "")];
                archives.write(&format!("{name}.tar.gz"), tar_gz(&entry));
            }
        }
    }
    let roster = "id,name,email,extension\nextended-0,,,2026-03-05T00:00:00Z\nextended-1,,,2026-03-05T00:00:00Z\n";
    let options = ["--seed", "5", "--roster", "roster.csv"];
    let graded = |class: &Class| {
        class.write("roster.csv", roster);
        let report = class.graded("report", &options);
        assert_eq!(report.code(), 0, "{}", report.said());
        report
    };
    let of_folders = graded(&folders);
    // Verdicts go by what was read: where archives give the same sources, all is
    // known, and nothing is graded again.
    let verdicts = |class: &Class| found(&class.path("report/verdicts"));
    copied(
        &folders.path("report/verdicts"),
        &archives.path("report/verdicts"),
    );
    let of_archives = graded(&archives);
    assert_eq!(verdicts(&archives), verdicts(&folders));
    assert_eq!(verdicts(&folders).len(), 50);
    let graded = [of_folders, of_archives];
    for (student, expected) in &students {
        assert_eq!(graded[0].score(student), expected.score, "{student}");
        let tags = &graded[0].of(student)["tests"][0]["tags"][1];
        assert_eq!(tags, expected.status, "{student}");
    }
    assert!(lasting(&graded[0], &students) == lasting(&graded[1], &students));
    // Once more: nothing is graded again, and nothing changes.
    let again = folders.graded("report", &options);
    assert_eq!(verdicts(&folders), verdicts(&archives));
    assert!(lasting(&again, &students) == lasting(&graded[0], &students));
}
