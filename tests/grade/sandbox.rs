//! With what cannot be had nothing is graded; with less, only if it is typed.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::classes::{Class, Report};
use crate::hello;
use crate::support::Workbook;

/// Grades with this `bwrap` before any other; or with nothing on the path.
fn graded_with(bwrap: Option<&str>) -> (Class, Report) {
    let workbook = Workbook::new();
    let class = Class::of(workbook.root(), "");
    class.hands_in("ada", hello::LIB, hello::right());
    class.write("bin/nothing", "");
    let mut path = class.path("bin").into_os_string();
    if let Some(script) = bwrap {
        // What stands in a cell may have to be compiled first.
        path.push(":");
        path.push(std::env::var_os("PATH").expect("a path"));
        class.write("bin/bwrap", format!("#!/bin/sh\n{script}\n"));
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(class.path("bin/bwrap"), mode).expect("a script");
    }
    let mut command = class.command("report", &[]);
    let output = command.env("PATH", path).output().expect("it runs");
    let report = Report {
        folder: class.path("report"),
        output,
    };
    (class, report)
}

fn graded_nothing(report: &Report, why: &str) {
    assert_eq!(report.code(), 2, "{}", report.said());
    assert!(report.said().contains(why), "{}", report.said());
    assert!(!report.folder.join("grades.csv").exists());
    assert!(!report.folder.join("students").exists());
}

#[test]
fn without_bubblewrap_nothing_is_graded() {
    let (_class, report) = graded_with(None);
    graded_nothing(
        &report,
        "bubblewrap is missing, and nothing is graded without it: apt install bubblewrap",
    );
}

#[test]
fn where_bubblewrap_is_blocked_nothing_is_graded() {
    let blocked = "case $1 in --version) echo bubblewrap 0.9.0;; *) echo 'bwrap: No permissions to create a new namespace' >&2; exit 1;; esac";
    let (_class, report) = graded_with(Some(blocked));
    graded_nothing(&report, "No permissions to create a new namespace");
    assert!(
        report.said().contains("seccomp=unconfined"),
        "{}",
        report.said()
    );
}

#[test]
fn an_old_bubblewrap_is_not_enough() {
    let (_class, report) = graded_with(Some("echo bubblewrap 0.6.2"));
    graded_nothing(&report, "bubblewrap 0.6.2 is too old");
}

#[test]
fn a_sandbox_that_does_not_hold_is_found_out() {
    // Runs what it is to contain, and contains nothing.
    let open = "case $1 in --version) echo bubblewrap 0.9.0; exit;; esac\n\
                while [ \"$1\" != -- ]; do shift; done; shift\n\
                case \"$*\" in *__misbehave*) exec \"$(/usr/bin/dirname \"$0\")/nothing-of-the-kind\";; esac\n\
                exec \"$@\"";
    let (_class, report) = graded_with(Some(open));
    graded_nothing(&report, "nothing is graded");
}

#[test]
fn no_sandbox_has_to_be_typed_and_stands_on_every_report() {
    let workbook = Workbook::new();
    let class = Class::of(workbook.root(), "");
    class.hands_in("ada", hello::LIB, hello::right());
    let report = class.graded("report", &["--sandbox", "none"]);
    assert_eq!(report.code(), 0, "{}", report.said());
    assert_eq!(report.score("ada"), 22.0);
    assert!(report.said().contains("sandbox: none"));
    for page in [
        "index.html",
        "students/ada/index.html",
        "students/ada/results.json",
    ] {
        assert!(
            report.read(page).contains("all rights of the user"),
            "{page}"
        );
    }
}
