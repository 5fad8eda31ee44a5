//! Submissions as people and platforms lay them out.

use crate::classes::{Class, tar_gz, zip};
use crate::hello;
use crate::support::Workbook;

#[test]
fn every_layout_is_read() {
    let workbook = Workbook::new();
    let class = Class::of(workbook.root(), "");
    let right = hello::right();
    let lib = right.as_bytes();
    class.hands_in("folder", hello::LIB, lib);
    class.hands_in("shallow", "00-hello/src/lib.rs", lib);
    class.hands_in("wrapped", "my-fork-main/exercises/00-hello/src/lib.rs", lib);
    class.write("submissions/zipped.zip", zip(&[(hello::LIB, lib, 0o644)]));
    let entry = [(hello::LIB, lib, tar::EntryType::Regular, "")];
    class.write("submissions/tarred.tar.gz", tar_gz(&entry));
    let moodle = "Ada Lovelace_1234_assignsubmission_file_";
    class.write(
        &format!("submissions/{moodle}/work.zip"),
        zip(&[("x/00-hello/src/lib.rs", lib, 0o644)]),
    );
    let canvas = "hoppergrace_77_8001_work.zip";
    class.write(
        &format!("submissions/{canvas}"),
        zip(&[(hello::LIB, b"broken", 0o644)]),
    );
    let canvas = "hoppergrace_77_8002_work-1.zip";
    class.write(
        &format!("submissions/{canvas}"),
        zip(&[(hello::LIB, lib, 0o644)]),
    );
    let windows = "exercises\\00-hello\\src\\lib.rs";
    class.write("submissions/windows.zip", zip(&[(windows, lib, 0o644)]));
    class.write("submissions/notes.txt", "the instructor's own");
    let report = class.graded("report", &["--sandbox", "none"]);
    assert_eq!(report.code(), 0, "{}", report.said());
    for student in [
        "folder", "shallow", "wrapped", "zipped", "tarred", "1234", "77", "windows",
    ] {
        assert_eq!(
            report.score(student),
            22.0,
            "{student}: {:#}",
            report.of(student)
        );
    }
    assert!(report.read("grades.csv").contains("1234,Ada Lovelace,"));
    assert!(
        report.said().starts_with("8 students: 8 graded\n"),
        "{}",
        report.said()
    );
}

#[test]
fn the_last_attempt_in_time_counts() {
    let workbook = Workbook::new();
    let class = Class::of(workbook.root(), "deadline = 2026-03-01T12:00:00Z\n");
    let attempt = |student: &str, nth: &str, when: &str, text: String| {
        class.hands_in(student, &format!("{nth}/{}", hello::LIB), text);
        class.hands_in(student, &format!("{nth}/timestamp.txt"), when);
    };
    attempt("ada", "1", "2026-03-01T10:00:00Z", hello::broken());
    attempt(
        "ada",
        "2",
        "2026-03-01T12:59:00+01:00",
        hello::without_step_2(),
    );
    attempt("ada", "10", "2026-03-01T12:00:01Z", hello::right());
    // With an extension the third is in time.
    attempt("bob", "1", "2026-03-01T11:00:00Z", hello::broken());
    attempt("bob", "2", "2026-03-03T11:00:00Z", hello::right());
    // What a student writes into an archive says nothing.
    let forged = [
        (hello::LIB, hello::right()),
        ("timestamp.txt", "2020-01-01T00:00:00Z".to_owned()),
    ];
    let forged: Vec<_> = forged
        .iter()
        .map(|(name, text)| (*name, text.as_bytes(), 0o644))
        .collect();
    class.write("submissions/cy.zip", zip(&forged));
    class.write("submissions/cy.timestamp.txt", "2026-03-05T00:00:00Z\n");
    // In a folder it says what nobody else has said.
    class.hands_in("eve", hello::LIB, hello::right());
    class.hands_in("eve", "timestamp.txt", "2020-01-01T00:00:00Z");
    class.write("submissions/eve.timestamp.txt", "2026-03-01T12:00:10Z\n");
    // A platform's download, as it came: nobody's, and it says so.
    let work = zip(&[(hello::LIB, hello::right().as_bytes(), 0o644)]);
    let packed = "Ada Lovelace_12_assignsubmission_file_/work.zip";
    class.write("submissions/download.zip", zip(&[(packed, &work, 0o644)]));
    class.write(
        "roster.csv",
        "\u{feff}ID,Name,extension\nbob,Bob,2026-03-04T00:00:00Z\ndee,Dee,\nada,,\ncy,,\neve,,\n",
    );
    let report = class.graded("report", &["--sandbox", "none", "--roster", "roster.csv"]);
    assert_eq!(report.code(), 0, "{}", report.said());
    assert_eq!(report.score("ada"), 12.0);
    assert_eq!(report.of("ada")["extra_data"]["attempt"], "2");
    assert_eq!(report.score("bob"), 22.0);
    assert_eq!(report.of("cy")["extra_data"]["late_seconds"], 302_400);
    assert_eq!(report.of("eve")["extra_data"]["late_seconds"], 10);
    assert_eq!(report.status("dee"), "missing");
    let said = report.said();
    for line in [
        "\n  \"download\": holds no exercise, not in the roster\n",
        "what a platform packed is unpacked first",
    ] {
        assert!(said.contains(line), "{said}");
    }
    assert!(!said.contains("\"ada\""), "{said}");
}
