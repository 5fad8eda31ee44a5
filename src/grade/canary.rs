//! Before a class: what must pass passes, what must fail fails, and what must
//! be contained is. If not, nothing is graded.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use anyhow::{Result, bail};

use super::cell::{self, Cell};
use super::kit::{self, Bench};
use crate::house::House;
use crate::trial::Stop;

/// The word that makes this program misbehave, for a cell to contain.
const MISBEHAVE: &str = "__misbehave";
/// How long that may take.
const TIME: Duration = Duration::from_secs(30);

/// Sends the canaries in.
pub fn sing(house: &House, bench: &Bench, stop: &Stop, mut say: impl FnMut(&str)) -> Result<()> {
    if bench.sandbox.is_some() {
        say("trying the sandbox");
        contained(bench, stop)?;
    }
    let Some(kit) = bench.kits.first() else {
        bail!("no exercise counts");
    };
    say("trying what must pass, and what must fail");
    let exercise = &kit.exercise;
    let solved = kit::sources(&house.solution(exercise).join("src"))?;
    let verdict = bench.grade(stop, kit, &solved, 1, "canary-solved")?;
    if let Some(said) = &verdict.uncompiled {
        bail!(
            "the solution of {} does not compile here:\n{said}",
            exercise.id
        );
    }
    if let Some(failed) = verdict.proofs.iter().find(|shown| !shown.is_proved()) {
        bail!(
            "the solution of {} is refused here, so nothing is graded:\n{}",
            exercise.id,
            failed.text
        );
    }
    let verdict = bench.grade(stop, kit, kit.start(), 1, "canary-stub")?;
    let passes = verdict.proofs.iter().find(|shown| shown.is_proved());
    match (passes, verdict.proofs.is_empty()) {
        (None, false) => Ok(()),
        (Some(passes), _) => bail!("the stub of {} passes {}", exercise.id, passes.proof),
        (None, true) => bail!("the stub of {} could not be proved", exercise.id),
    }
}

/// This program, misbehaving in a cell such as students' programs get.
pub fn contained(bench: &Bench, stop: &Stop) -> Result<()> {
    // Something outside to reach for.
    let outside = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let cell = Cell {
        reads: Vec::new(),
        writes: None,
        env: Vec::new(),
        folder: "/".to_owned(),
        command: vec![
            "/cell/workbook".to_owned(),
            MISBEHAVE.to_owned(),
            outside.local_addr()?.port().to_string(),
        ],
        limits: bench.court().limits,
        builds: false,
    };
    let mut command = bench.sandbox.command(&cell, "canary")?;
    let ended = cell::run(stop, &mut command, TIME, 16 * 1024)?;
    if ended.well() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    bail!(
        "the sandbox does not hold, so nothing is graded:\n{}",
        said.trim()
    )
}

/// If this process is the canary: tries what no student's program may do, and
/// says what it could.
pub fn intercept() -> Option<ExitCode> {
    let mut words = std::env::args().skip(1);
    if words.next()? != MISBEHAVE {
        return None;
    }
    let port = words.next()?.parse().ok()?;
    let mut got_away = 0;
    for (what, could) in deeds(port) {
        if could {
            eprintln!("it could {what}");
            got_away += 1;
        }
    }
    Some(match got_away {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::from(3),
    })
}

fn deeds(port: u16) -> Vec<(&'static str, bool)> {
    let outside = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    vec![
        ("read /etc/passwd", std::fs::read("/etc/passwd").is_ok()),
        (
            "see /proc",
            std::fs::read_dir("/proc").is_ok_and(|mut d| d.next().is_some()),
        ),
        ("see /home", std::fs::read_dir("/home").is_ok()),
        (
            "run a shell",
            Command::new("/bin/sh").args(["-c", ":"]).status().is_ok(),
        ),
        ("start a process", starts()),
        (
            "write to /tmp",
            std::fs::write(std::env::temp_dir().join("canary"), "x").is_ok(),
        ),
        (
            "write to /dev/shm",
            std::fs::write("/dev/shm/canary", "x").is_ok(),
        ),
        (
            "write beside itself",
            std::fs::write("/cell/canary", "x").is_ok(),
        ),
        ("write to its root", std::fs::write("/canary", "x").is_ok()),
        ("reach this machine's network", reaches(outside)),
        ("take 16 GiB", memory(16 << 30)),
        ("take all the memory it may address", memory(2 << 30)),
        ("start 5000 threads", threads(5000)),
        (
            "see who grades it",
            std::env::vars().any(|(name, _)| name.starts_with("PROOF")),
        ),
    ]
}

/// By way of the loader, as cells start programs.
fn starts() -> bool {
    let libraries = std::fs::read_dir("/cell/lib").into_iter().flatten();
    let mut loaders = libraries.flatten().map(|entry| entry.path());
    let mut start = match loaders.find(|path| path.to_string_lossy().contains("/ld")) {
        Some(loader) => Command::new(loader),
        None => Command::new("/cell/workbook"),
    };
    start.args(["--library-path", "/cell/lib", "/cell/workbook", "--version"]);
    start
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok()
}

fn reaches(outside: SocketAddr) -> bool {
    TcpStream::connect_timeout(&outside, Duration::from_millis(500)).is_ok()
}

fn memory(bytes: usize) -> bool {
    Vec::<u8>::new().try_reserve_exact(bytes).is_ok()
}

fn threads(number: usize) -> bool {
    let (hold, held) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Arc::new(std::sync::Mutex::new(held));
    let mut started = Vec::new();
    for _ in 0..number {
        let held = held.clone();
        let thread = std::thread::Builder::new()
            .stack_size(64 * 1024)
            .spawn(move || {
                let _ = held.lock().map(|held| held.recv());
            });
        match thread {
            Ok(thread) => started.push(thread),
            Err(_) => break,
        }
    }
    drop(hold);
    let all = started.len() == number;
    for thread in started {
        let _ = thread.join();
    }
    all
}
