//! A class that is interrupted goes on where it was.

use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::classes::Class;
use crate::hello;
use crate::support::Workbook;

/// Twelve students; grading them takes a while.
fn twelve(workbook: &Workbook) -> Class {
    let class = Class::of(workbook.root(), "");
    for nth in 0..12 {
        let text = match nth % 3 {
            0 => hello::right(),
            1 => hello::wrong_word(),
            _ => hello::broken(),
        };
        class.hands_in(
            &format!("s{nth:02}"),
            hello::LIB,
            format!("{text}// {nth}\n"),
        );
    }
    class
}

fn started(class: &Class, report: &str) -> Child {
    let mut command = class.command(report, &["--jobs", "2", "--seed", "5"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("it starts")
}

/// Processes that have this path on their command line.
fn at_work(path: &Path) -> Vec<String> {
    let path = path.display().to_string();
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").expect("/proc").flatten() {
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        if line.contains(&path) {
            found.push(line);
        }
    }
    found
}

/// Waits until nothing of it is left; fails if something stays.
fn ends(path: &Path) {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let left = at_work(path);
        if left.is_empty() {
            return;
        }
        assert!(Instant::now() < deadline, "{left:#?}");
        std::thread::sleep(Duration::from_millis(20)); // A paced poll.
    }
}

#[test]
#[ignore = "needs bubblewrap"]
fn killed_twenty_times_it_comes_to_the_same_end() {
    let workbook = Workbook::new();
    let class = twelve(&workbook);
    let whole = class.graded("whole", &["--seed", "5"]);
    assert_eq!(whole.code(), 0, "{}", whole.said());
    let mut random = std::process::id();
    for nth in 0..20 {
        let mut child = started(&class, "report");
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        // The moment is random: that it is slept for is the point.
        std::thread::sleep(Duration::from_millis(
            u64::from(random >> 8) % (150 * (nth + 1)),
        ));
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        ends(&class.path(""));
    }
    let report = class.graded("report", &["--seed", "5"]);
    assert_eq!(report.code(), 0, "{}", report.said());
    for file in ["grades.csv", "index.html", "students/s01/index.html"] {
        assert_eq!(report.read(file), whole.read(file), "{file}");
    }
    let left: Vec<_> = fs::read_dir(class.path(""))
        .expect("a folder")
        .flatten()
        .filter(|entry| {
            entry
                .file_name()
                .to_string_lossy()
                .starts_with("workbook-grade-")
        })
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
#[ignore = "needs bubblewrap"]
fn ctrl_c_leaves_a_valid_report_of_what_was_graded() {
    let workbook = Workbook::new();
    let class = twelve(&workbook);
    let mut child = started(&class, "report");
    // Once something is graded.
    let deadline = Instant::now() + Duration::from_secs(60);
    while !class.path("report/verdicts").exists() {
        assert!(Instant::now() < deadline, "nothing is graded");
        std::thread::sleep(Duration::from_millis(10)); // A paced poll.
    }
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("a signal");
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
    ends(&class.path(""));
    let partial = fs::read_to_string(class.path("report/grades.csv")).expect("a report");
    assert_eq!(partial.lines().count(), 14);
    assert!(partial.contains(",pending,"), "{partial}");
    let report = class.graded("report", &["--seed", "5"]);
    assert_eq!(report.code(), 0, "{}", report.said());
    assert!(!report.read("grades.csv").contains("pending"));
}
