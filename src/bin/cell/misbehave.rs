//! The canary: what no student's program may do, tried.

use std::env::ArgsOs;
use std::iter::Skip;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use crate::rules::NOTHING;

/// `misbehave PORT`: tries it all, and says what it could.
pub fn run(mut words: Skip<ArgsOs>) -> ExitCode {
    let port = words.next().and_then(|port| port.to_str()?.parse().ok());
    let Some(port) = port else {
        return ExitCode::FAILURE; // It has tried nothing.
    };
    let mut got_away = 0;
    for (what, could) in deeds(port) {
        if could {
            eprintln!("it could {what}");
            got_away += 1;
        }
    }
    match got_away {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::from(3),
    }
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
        None => Command::new("/cell/cell"),
    };
    start.args(["--library-path", "/cell/lib", "/cell/cell", NOTHING]);
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
