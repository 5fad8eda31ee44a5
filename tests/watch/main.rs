//! `workbook watch`, on a terminal and without one.
#![cfg(unix)]

#[path = "../support/mod.rs"]
mod support;
mod terminal;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use insta::assert_snapshot;
use pty_process::blocking::Command;
use rustix::process::{Pid, Signal, kill_process};
use support::{SOLVED, Workbook};
use terminal::Terminal;

/// The first step is done, and the strict proof of it fails.
const HALF: &str = r#"//! Greets.

/// Step 1.
pub fn hello(name: &str) -> String {
    let first = name.split(' ').next().unwrap_or(name);
    format!("hello {first}")
}

/// Step 2.
pub fn bye(name: &str) -> String {
    todo!("step 2: take leave of {name}")
}
"#;

/// What the compiler says of it is wide, and longer than a small screen.
const LONG: &str = r#"compile_error!("言葉 does not go with 言葉, and so there is much to say of 言葉
one
two
three
four");
"#;

/// It goes on for ever, until nobody listens.
const HANGS: &str = r#"//! Hangs.

/// Step 1.
pub fn hello(_: &str) -> String {
    loop {
        println!("waiting");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

/// Step 2.
pub fn bye(name: &str) -> String {
    hello(name)
}
"#;

fn core_done() -> String {
    HALF.replace(
        "todo!(\"step 2: take leave of {name}\")",
        "format!(\"bye {name}, and come again\")",
    )
}

/// The small workbook, with hints and a second exercise.
fn workbook() -> Workbook {
    let workbook = Workbook::new();
    let hints = "# Hints\n\n## Step 1\n\n- Look at the name.\n- Then say it.\n\n## Step 2\n\n- Look back.\n- Say bye.\n";
    workbook.write("exercises/00-hello/hints.md", hints);
    for (file, to) in [
        (
            "exercises/00-hello/Cargo.toml",
            "exercises/01-salute/Cargo.toml",
        ),
        (
            "exercises/00-hello/src/lib.rs",
            "exercises/01-salute/src/lib.rs",
        ),
        (
            "exercises/00-hello/src/lib.rs",
            "exercises/01-salute/start/lib.rs",
        ),
        (
            "exercises/00-hello/src/main.rs",
            "exercises/01-salute/src/main.rs",
        ),
        (
            "exercises/00-hello/src/main.rs",
            "exercises/01-salute/start/main.rs",
        ),
        (
            "exercises/00-hello/tests/proof.rs",
            "exercises/01-salute/tests/proof.rs",
        ),
        (
            "exercises/00-hello/hints.md",
            "exercises/01-salute/hints.md",
        ),
        (
            "solutions/00-hello/Cargo.toml",
            "solutions/01-salute/Cargo.toml",
        ),
        (
            "solutions/00-hello/src/lib.rs",
            "solutions/01-salute/src/lib.rs",
        ),
        (
            "solutions/00-hello/src/main.rs",
            "solutions/01-salute/src/main.rs",
        ),
    ] {
        let text = workbook.read(file);
        let text = text
            .replace("00-hello", "01-salute")
            .replace("name = \"hello", "name = \"salute");
        let text = text.replace("Hello and goodbye", "The same again");
        let text = text
            .replace("hello::", "salute::")
            .replace("hello_solution as hello", "salute_solution as salute");
        workbook.write(to, &text.replace("step_1_salute::", "step_1_hello::"));
    }
    let lock = workbook.read("Cargo.lock");
    let more = "\n[[package]]\nname = \"salute\"\nversion = \"0.0.0\"\n\n[[package]]\nname = \"salute-solution\"\nversion = \"0.0.0\"\n";
    workbook.write("Cargo.lock", &format!("{lock}{more}"));
    workbook
}

fn watch(workbook: &Workbook) -> Terminal {
    watch_with(workbook, &[])
}

fn watch_with(workbook: &Workbook, variables: &[(&str, &str)]) -> Terminal {
    let command = Command::new(env!("CARGO_BIN_EXE_workbook"))
        .arg("watch")
        .current_dir(workbook.root())
        .env_remove("CARGO_TARGET_DIR")
        .env_remove("INSTA_WORKSPACE_ROOT")
        .env_remove("CLICOLOR_FORCE")
        .env_remove("NO_COLOR")
        .env("TERM", "xterm-256color")
        .envs(variables.iter().copied());
    Terminal::run(command, 80, 24)
}

fn quits(terminal: Terminal) {
    terminal.types("q");
    let (status, screen) = terminal.end();
    assert!(status.success(), "{status}");
    assert!(!screen.hide_cursor() && !screen.alternate_screen());
}

#[test]
fn from_the_stub_to_the_next_exercise() {
    let workbook = workbook();
    let terminal = watch(&workbook);
    assert_snapshot!("untouched", terminal.shows("core  0 of  2"));

    workbook.learner_writes("compile_error!(\"it isn't finished\");\n");
    assert_snapshot!("uncompiled", terminal.shows("doesn't compile yet"));

    workbook.learner_writes(HALF);
    assert_snapshot!("half", terminal.shows("core  1 of  2"));

    workbook.learner_writes(&core_done());
    assert_snapshot!(
        "core_done",
        terminal.shows("core  2 of  2   strict  0 of  1")
    );

    workbook.learner_writes(SOLVED);
    assert_snapshot!("all_done", terminal.shows("strict  1 of  1"));

    terminal.types("n");
    assert_snapshot!("next", terminal.shows("core  0 of  2"));
    quits(terminal);
}

#[test]
fn colours_tell_what_holds() {
    let workbook = workbook();
    workbook.learner_writes(HALF);
    let terminal = watch(&workbook);
    let screen = terminal.until("a verdict", |s| s.contents().contains("core  1 of  2"));
    let colour = |letter: &str| {
        let cells = (0..24).flat_map(|row| (0..80).map(move |column| (row, column)));
        let mut cells = cells.filter_map(|(row, column)| screen.cell(row, column));
        cells
            .find(|cell| cell.contents() == letter)
            .map(vt100::Cell::fgcolor)
    };
    assert_eq!(colour("✓"), Some(vt100::Color::Idx(2)));
    assert_eq!(colour("✗"), Some(vt100::Color::Idx(1)));
    quits(terminal);

    let terminal = watch_with(&workbook, &[("NO_COLOR", "1")]);
    let screen = terminal.until("a verdict", |s| s.contents().contains("core  1 of  2"));
    let formatted = screen.contents_formatted();
    assert!(!formatted.contains("\x1b[3"), "{formatted:?}");
    quits(terminal);
}

#[test]
fn keys_do_what_the_last_line_says() {
    let workbook = workbook();
    workbook.learner_writes(HALF);
    let terminal = watch(&workbook);
    terminal.shows("core  1 of  2");
    terminal.types("h");
    assert_snapshot!("hint", terminal.shows("Look back."));
    terminal.types("h");
    terminal.shows("Say bye.");
    terminal.types("\x1b");
    terminal.shows("a all failures");
    terminal.types("a");
    assert_snapshot!("all_failures", terminal.shows("a first failure"));
    // The core isn't proved: there is no next yet.
    terminal.types("n\r");
    assert!(terminal.shows("building").contains("00 hello"));
    terminal.shows("core  1 of  2");
    terminal.types("\x03");
    assert!(terminal.end().0.success());
}

#[test]
fn a_reset_asks_and_keeps_a_copy() {
    let workbook = workbook();
    workbook.learner_writes(HALF);
    let terminal = watch(&workbook);
    terminal.shows("core  1 of  2");
    terminal.types("r");
    assert_snapshot!("asked", terminal.shows("y/n"));
    terminal.types("n");
    terminal.shows("r reset");
    assert_eq!(workbook.read("exercises/00-hello/src/lib.rs"), HALF);
    terminal.types("ry");
    let told = terminal.shows("bring it back");
    // What stands below is of the run that has begun.
    let told: Vec<_> = told.lines().take(7).collect();
    assert_snapshot!("reset", told.join("\n").replace(&copy(&workbook), "COPY"));
    terminal.types("\x1b");
    terminal.shows("core  0 of  2");
    let copied = format!(".workbook/copies/00-hello/{}/lib.rs", copy(&workbook));
    assert_eq!(workbook.read(&copied), HALF);
    quits(terminal);
}

/// The name of the one copy that was kept.
fn copy(workbook: &Workbook) -> String {
    let copies = fs::read_dir(workbook.path(".workbook/copies/00-hello")).unwrap();
    let names: Vec<_> = copies.map(|copy| copy.unwrap().file_name()).collect();
    assert_eq!(names.len(), 1, "{names:?}");
    names[0].to_string_lossy().into_owned()
}

#[test]
fn what_is_longer_than_the_screen_is_read_by_scrolling() {
    let workbook = workbook();
    workbook.learner_writes(LONG);
    let terminal = watch(&workbook);
    terminal.shows("doesn't compile yet");
    terminal.resize(40, 12);
    assert_snapshot!("small", terminal.shows("more lines"));
    terminal.types("\x1b[F");
    assert_snapshot!("small_end", terminal.shows("end,"));
    terminal.resize(80, 24);
    terminal.shows("  00-hello doesn't compile yet  waiting for a save");
    quits(terminal);
}

#[test]
fn a_program_that_hangs_leaves_keys_and_saves_alone() {
    let workbook = workbook();
    workbook.learner_writes(HANGS);
    let mark = format!("hangs-{}", std::process::id());
    let terminal = watch_with(&workbook, &[("TRIAL", &mark)]);
    assert_snapshot!("hangs", terminal.shows("proving 00-hello: 0 of 3"));
    terminal.types("h");
    terminal.shows("Look at the name.");
    // A save is not kept waiting.
    workbook.learner_writes(SOLVED);
    terminal.shows("strict  1 of  1");
    watch_is_alone(&mark);
    workbook.learner_writes(HANGS);
    terminal.shows("proving 00-hello: 0 of 3");
    quits(terminal);
    nothing_is_left(&mark);
}

#[test]
#[cfg(target_os = "linux")]
fn a_build_that_hangs_is_called_off() {
    let workbook = workbook();
    // It says nothing, so no broken pipe ends it.
    let hangs = "fn main() {\n    std::thread::sleep(std::time::Duration::from_secs(90));\n}\n";
    workbook.write("exercises/00-hello/build.rs", hangs);
    let mark = format!("builds-{}", std::process::id());
    let terminal = watch_with(&workbook, &[("TRIAL", &mark)]);
    script_runs(&mark);
    // Cargo's lock is free again, or the next build would wait for it.
    fs::remove_file(workbook.path("exercises/00-hello/build.rs")).unwrap();
    workbook.learner_writes(SOLVED);
    terminal.shows("strict  1 of  1");
    watch_is_alone(&mark);
    workbook.write("exercises/00-hello/build.rs", hangs);
    terminal.types("\r");
    script_runs(&mark);
    quits(terminal);
    nothing_is_left(&mark);
}

#[test]
fn a_signal_gives_the_terminal_back() {
    let workbook = workbook();
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let terminal = watch(&workbook);
        terminal.shows("core  0 of  2");
        tell(&terminal, signal);
        let (status, screen) = terminal.end();
        assert_eq!(status.signal(), Some(signal.as_raw()));
        assert!(!screen.hide_cursor() && !screen.alternate_screen());
    }
}

#[test]
fn paused_and_back_again() {
    let workbook = workbook();
    let terminal = watch(&workbook);
    terminal.shows("core  0 of  2");
    for _ in 0..2 {
        terminal.types("\x1a"); // Ctrl-Z
        let screen = terminal.until("the shell", |screen| !screen.alternate_screen());
        assert!(!screen.hide_cursor());
        #[cfg(target_os = "linux")]
        wait_until("it has stopped", || state(terminal.pid()) == 'T');
        tell(&terminal, Signal::CONT);
        terminal.until("the screen", |s| {
            s.alternate_screen() && s.contents().contains("core  0 of  2")
        });
    }
    quits(terminal);
}

#[test]
fn trouble_is_told_and_does_not_end_it() {
    let workbook = workbook();
    let terminal = watch(&workbook);
    terminal.shows("core  0 of  2");
    let (src, away) = (workbook.path("exercises/00-hello"), workbook.path("away"));
    fs::rename(&src, &away).unwrap();
    let told = terminal.shows("error:");
    assert!(told.contains("exercises/00-hello/tests/proof.rs"), "{told}");
    fs::rename(&away, &src).unwrap();
    terminal.shows("core  0 of  2");
    // An author changes the proofs.
    let proofs = workbook.read("exercises/00-hello/tests/proof.rs");
    let proofs = proofs
        .replace("fn takes_leave", "fn says_bye")
        .replace("::takes_leave", "::says_bye");
    workbook.learner_writes(HALF);
    workbook.write("exercises/00-hello/tests/proof.rs", &proofs);
    terminal.shows("step_2_bye::says_bye");
    quits(terminal);
}

#[test]
fn without_a_terminal_a_save_is_a_verdict() {
    let workbook = workbook();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_workbook"))
        .args(["watch", "hello"])
        .current_dir(workbook.root())
        .env_remove("CARGO_TARGET_DIR")
        .env_remove("INSTA_WORKSPACE_ROOT")
        .env_remove("CLICOLOR_FORCE")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut until = |last: &str| {
        let mut text = String::new();
        for line in lines.by_ref() {
            let line = line.unwrap();
            text.push_str(&line);
            text.push('\n');
            if line.contains(last) {
                break;
            }
        }
        text
    };
    assert_snapshot!("plain_untouched", until("next   step 1"));
    workbook.learner_writes(HALF);
    assert_snapshot!("plain_half", until("next   step 2"));
    // Saved without a change, it is proved once more.
    workbook.learner_writes(HALF);
    let again = until("next   step 2");
    assert!(again.contains("core  1 of  1"), "{again}");
    workbook.learner_writes("pub fn hello() {");
    let uncompiled = until("doesn't compile yet");
    assert!(
        uncompiled
            .trim()
            .starts_with("error: this file contains an unclosed delimiter"),
        "{uncompiled}"
    );
    assert!(!uncompiled.contains('\x1b'), "{uncompiled}");
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(Signal::TERM.as_raw()));
}

#[test]
fn it_takes_the_exercise_that_the_learner_is_at() {
    let workbook = workbook();
    // Nothing is begun: the first.
    let at = |what: &str| {
        let terminal = watch(&workbook);
        terminal.shows(what);
        terminal.shows(" of ");
        quits(terminal);
    };
    at("00 hello");
    // The second is begun, the first is not.
    workbook.write("exercises/01-salute/src/lib.rs", HALF);
    at("01 salute");
    // The first is begun too.
    workbook.learner_writes(SOLVED);
    at("00 hello");
    // It is proved by now.
    workbook.workbook(&["check", "hello"]);
    at("01 salute");
}

fn tell(terminal: &Terminal, signal: Signal) {
    let pid = Pid::from_raw(terminal.pid().cast_signed()).unwrap();
    kill_process(pid, signal).unwrap();
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(10)); // Paces a bounded wait.
    }
}

/// The processes that carry this mark in their environment.
fn marked(mark: &str) -> Vec<u32> {
    let mark = format!("TRIAL={mark}");
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let carries = |pid: &u32| {
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environment
            .split(|b| *b == 0)
            .any(|variable| variable == mark.as_bytes())
    };
    numbers.filter(carries).collect()
}

/// Waits until the build has come to the build script.
#[cfg(target_os = "linux")]
fn script_runs(mark: &str) {
    let is_script = |pid: &u32| {
        let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        name.starts_with("build-script")
    };
    wait_until("the build script runs", || {
        marked(mark).iter().any(is_script)
    });
}

/// Of all that it has started, nothing runs any more.
fn watch_is_alone(mark: &str) {
    wait_until("all others have gone", || marked(mark).len() <= 1);
}

/// Where there is no `/proc`, nothing is seen.
fn nothing_is_left(mark: &str) {
    wait_until("all have gone", || marked(mark).is_empty());
}

/// `T`: stopped.
#[cfg(target_os = "linux")]
fn state(pid: u32) -> char {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let (_, state) = stat.rsplit_once(") ").unwrap_or_default();
    state.chars().next().unwrap_or_default()
}
