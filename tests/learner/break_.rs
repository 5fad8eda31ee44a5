//! `break`: a solution with one known fault.

use std::fs;

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::Workbook;

const FAULTS: &str = r#"
[[fault]]
name = "rude"
says = "It takes leave, and does not ask anybody back."
file = "src/lib.rs"
find = ", and come again"
replace = ", and stay away"
kills = ["step_2_bye::takes_leave"]

[[fault]]
name = "mistaken"
says = "It greets everybody by the same name."
file = "src/lib.rs"
find = "hello {name}"
replace = "hello bob"
kills = ["step_1_hello::greets", "step_2_bye::takes_leave"]

[[fault]]
name = "two-places"
says = "It stands in two places."
file = "src/lib.rs"
find = "name: &str"
replace = "name: String"
kills = ["step_1_hello::greets"]

[[fault]]
name = "uncompiled"
says = "It does not compile."
file = "src/lib.rs"
find = "hello {name}"
replace = "hello {nobody}"
kills = ["step_1_hello::greets"]
"#;

fn workbook() -> Workbook {
    let workbook = Workbook::new();
    workbook.write("solutions/00-hello/faults.toml", FAULTS);
    workbook
}

#[test]
fn known_faults_are_listed() {
    let workbook = workbook();
    assert_snapshot!("listed", workbook.workbook(&["break", "hello"]).all());
    let json = workbook.workbook(&["break", "hello", "--json"]).stdout;
    let faults: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(faults[0]["name"], "rude");
    workbook.write("solutions/00-hello/faults.toml", "");
    assert_snapshot!("none_known", workbook.workbook(&["break", "hello"]).all());
}

#[test]
fn a_fault_is_noticed_and_the_solution_stays_as_it_is() {
    let workbook = workbook();
    let lib = workbook.path("solutions/00-hello/src/lib.rs");
    let before = (
        fs::read(&lib).unwrap(),
        fs::metadata(&lib).unwrap().modified().unwrap(),
    );
    // What a learner has made of the given program doesn't matter.
    workbook.write("exercises/00-hello/src/main.rs", "fn main() { nonsense }");
    assert_snapshot!(
        "rude",
        workbook
            .workbook(&["break", "hello", "rude", "--diff"])
            .all()
    );
    let said = workbook.workbook(&["break", "hello", "rude", "--proof", "step_1"]);
    assert_eq!(said.code, 0, "{}", said.all());
    let json = workbook
        .workbook(&["break", "hello", "rude", "--json"])
        .stdout;
    let broken: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&broken["as_claimed"], &broken["killed"][0]),
        (&true.into(), &"step_2_bye::takes_leave".into())
    );
    // A claim that isn't true.
    assert_snapshot!(
        "mistaken",
        workbook.workbook(&["break", "hello", "mistaken"]).all()
    );
    let after = (
        fs::read(&lib).unwrap(),
        fs::metadata(&lib).unwrap().modified().unwrap(),
    );
    assert_eq!(before, after);
}

#[test]
fn the_faulty_program_can_be_talked_to() {
    let workbook = workbook();
    let mut command = workbook.command(&["break", "hello", "rude", "--serve", "--", "bye", "ann"]);
    let said = workbook.run(&mut command);
    assert_eq!(
        (said.code, said.stdout.as_str()),
        (0, "bye ann, and stay away\n"),
        "{}",
        said.all()
    );
}

#[test]
fn a_program_that_is_no_server_is_told_what_to_do() {
    let workbook = workbook();
    let said = workbook.workbook(&["break", "hello", "rude", "--serve"]);
    assert_snapshot!("no_server", said.all());
}

#[test]
fn in_the_folder_no_name_is_needed() {
    let workbook = workbook();
    let here = |words: &[&str]| {
        let folder = workbook.path("exercises/00-hello/src");
        workbook.run(workbook.command(words).current_dir(folder))
    };
    for words in [&["break"][..], &["break", "rude"]] {
        let named = [&["break", "hello"], &words[1..]].concat();
        assert_eq!(here(words).all(), workbook.workbook(&named).all());
    }
}

#[test]
fn two_at_once_do_not_mix() {
    let workbook = workbook();
    std::thread::scope(|scope| {
        for (fault, code) in [("rude", 0), ("mistaken", 1), ("rude", 0)] {
            let workbook = &workbook;
            scope.spawn(move || {
                let said = workbook.workbook(&["break", "hello", fault]);
                assert_eq!(said.code, code, "{fault}: {}", said.all());
            });
        }
    });
}

#[test]
fn misuse_is_told() {
    let workbook = workbook();
    for (name, words) in [
        ("unknown", &["break", "hello", "rood"][..]),
        ("several", &["break", "hello", "t"]),
        ("two_places", &["break", "hello", "two-places"]),
        ("serve_what", &["break", "hello", "--serve"]),
    ] {
        assert_snapshot!(name, workbook.workbook(words).all());
    }
    let said = workbook.workbook(&["break", "hello", "uncompiled"]);
    assert_eq!(said.code, 2);
    assert!(
        said.stderr.contains("cannot find value `nobody`"),
        "{}",
        said.all()
    );
    workbook.write(
        "solutions/00-hello/faults.toml",
        "[[fault]]\nname = \"half\"\n",
    );
    assert_snapshot!("unreadable", workbook.workbook(&["break", "hello"]).all());
}
