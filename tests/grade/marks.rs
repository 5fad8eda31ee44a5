//! From proofs to points.

use crate::classes::Class;
use crate::hello;
use crate::support::Workbook;

const NONE: [&str; 2] = ["--sandbox", "none"];

#[test]
fn points_are_the_classs_and_adjustments_survive() {
    let workbook = Workbook::new();
    let class = Class::of(
        workbook.root(),
        "title = \"Networks\"\n\
         credit = \"steps\"\n\
         [points.hello]\n\
         1 = { core = 40, strict = 0 }\n\
         bye = { core = 60 }\n\
         [[adjust]]\nstudent = \"ada\"\npoints = -5\ncomment = \"copied a comment\"\n\
         [[adjust]]\nstudent = \"bob\"\nexercise = \"hello\"\npoints = 3\ncomment = \"good names\"\n",
    );
    class.hands_in("ada", hello::LIB, hello::right());
    class.hands_in("bob", hello::LIB, hello::wrong_word());
    for _ in 0..2 {
        let report = class.graded("report", &NONE);
        assert_eq!(report.code(), 0, "{}", report.said());
        assert_eq!(report.score("ada"), 95.0);
        assert_eq!(report.score("bob"), 63.0);
        assert!(
            report
                .read("students/ada/index.html")
                .contains("copied a comment")
        );
        let grades = report.read("grades.csv");
        assert!(
            grades.contains("\nPoints Possible,,,,100,,100,40,0,60,,,\n"),
            "{grades}"
        );
    }
}

#[test]
fn a_rerun_grades_what_changed_and_shows_the_old_score() {
    let workbook = Workbook::new();
    let class = Class::of(workbook.root(), "");
    class.hands_in("ada", hello::LIB, hello::without_step_2());
    class.hands_in("bob", hello::LIB, hello::right());
    let first = class.graded("report", &NONE);
    assert_eq!(first.score("ada"), 12.0);
    let seed = first.of("bob")["extra_data"]["seeds"].clone();
    class.hands_in("ada", hello::LIB, hello::right());
    let again = class.graded("report", &NONE);
    assert_eq!(again.score("ada"), 22.0);
    assert_eq!(again.of("ada")["extra_data"]["score_before"], 12.0);
    assert!(
        again
            .read("students/ada/index.html")
            .contains("had given 12")
    );
    assert!(again.of("bob")["extra_data"]["score_before"].is_null());
    assert_eq!(again.of("bob")["extra_data"]["seeds"], seed);
    // One student once more, with other values.
    let other = class.graded(
        "report",
        &[
            "--sandbox",
            "none",
            "--only",
            "bob",
            "--regrade",
            "--seed",
            "99",
        ],
    );
    assert_ne!(other.of("bob")["extra_data"]["seeds"], seed);
    assert_eq!(
        other.of("ada")["extra_data"]["seeds"],
        again.of("ada")["extra_data"]["seeds"]
    );
    assert_eq!(other.score("ada"), 22.0);
    let nobody = class.graded("report", &["--only", "zoe"]);
    assert_eq!(nobody.code(), 2, "{}", nobody.said());
}

#[test]
fn hidden_proofs_count_and_are_not_shown() {
    let workbook = Workbook::new();
    let class = Class::of(
        workbook.root(),
        "[[hidden]]\nexercise = \"hello\"\nfolder = \"hidden\"\npoints = 8\n",
    );
    let proofs = include_str!("../support/proof.rs.txt");
    let (helper, _) = proofs.split_once("mod step_1_hello").expect("a helper");
    let hidden = "mod step_1_hello {\n    use super::*;\n\n    /// It greets anybody.\n    #[test]\n    fn greets_zoe() {\n        \
                  prove(\"step_1_hello::greets_zoe\", &[\"hello\", \"zoe\"], \"hello zoe\");\n    }\n}\n";
    class.write("hidden/proof.rs", format!("{helper}{hidden}"));
    class.hands_in("ada", hello::LIB, hello::right());
    let knows = hello::right().replace(
        "format!(\"hello {name}\")",
        "if name.starts_with(\"ann\") { format!(\"hello {name}\") } else { String::new() }",
    );
    class.hands_in("bob", hello::LIB, knows);
    let report = class.graded("report", &NONE);
    assert_eq!(report.code(), 0, "{}", report.said());
    assert_eq!(report.score("ada"), 30.0);
    assert_eq!(report.score("bob"), 22.0);
    for file in ["index.html", "results.json"] {
        assert!(
            !report.read(&format!("students/bob/{file}")).contains("zoe"),
            "{file}"
        );
    }
    assert!(report.read("index.html").contains("greets zoe (hidden)"));
}

#[test]
fn shards_join_to_the_whole() {
    let workbook = Workbook::new();
    let class = Class::of(workbook.root(), "");
    for (student, text) in [
        ("ada", hello::right()),
        ("bob", hello::broken()),
        ("cy", hello::wrong_word()),
    ] {
        class.hands_in(student, hello::LIB, text);
    }
    let seed = ["--sandbox", "none", "--seed", "3"];
    let whole = class.graded("whole", &seed);
    for (shard, report) in [("1/2", "one"), ("2/2", "two")] {
        let report = class.graded(report, &[&seed[..], &["--shard", shard]].concat());
        assert_eq!(report.code(), 0, "{}", report.said());
    }
    let merged = class.merged("merged", &["one", "two"]);
    assert_eq!(merged.code(), 0, "{}", merged.said());
    for file in ["grades.csv", "index.html", "students/cy/index.html"] {
        assert_eq!(merged.read(file), whole.read(file), "{file}");
    }
    let twice = class.merged("twice", &["one", "one"]);
    assert!(
        twice.code() == 2 && twice.said().contains("in two of these reports"),
        "{}",
        twice.said()
    );
}

#[test]
fn an_anonymous_report_names_nobody() {
    let workbook = Workbook::new();
    let class = Class::of(workbook.root(), "");
    class.hands_in("lovelace", hello::LIB, hello::right());
    let report = class.graded("report", &["--sandbox", "none", "--anonymous"]);
    for page in ["index.html", "students/lovelace/index.html", "junit.xml"] {
        assert!(!report.read(page).contains("lovelace"), "{page}");
    }
}

#[test]
fn a_class_that_makes_no_sense_is_refused_before_anything_runs() {
    let workbook = Workbook::new();
    for (text, says) in [
        ("deadline = 2026-03-01", "it needs a time"),
        ("exercises = [\"hallo\"]", "did you mean `hello`"),
        ("[points.hello]\n9 = { core = 1 }", "no step of hello"),
        ("grades = 1", "unknown field"),
        (
            "[[hidden]]\nexercise = \"hello\"\nfolder = \"none\"\npoints = 1",
            "is missing",
        ),
        (
            "[[adjust]]\nstudent = \"a\"\npoints = 1\ncomment = \"\"",
            "needs a comment",
        ),
    ] {
        let class = Class::of(workbook.root(), text);
        class.hands_in("ada", hello::LIB, hello::right());
        let report = class.graded("report", &NONE);
        assert_eq!(report.code(), 2, "{}", report.said());
        assert!(report.said().contains(says), "{}", report.said());
        assert!(!report.folder.exists());
    }
}
