//! A command run to its end, within bounds.

use std::io::Read;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::trial::Stop;

/// How often a run is looked at.
const PACE: Duration = Duration::from_millis(5);

/// How a command ended.
pub struct Ended {
    /// Nothing, if its time was up.
    pub status: Option<ExitStatus>,
    /// What it said on standard error, up to a limit.
    pub stderr: Vec<u8>,
}

impl Ended {
    /// Whether it ended by itself, and well.
    pub fn well(&self) -> bool {
        self.status.is_some_and(|status| status.success())
    }
}

/// Runs a command until it ends, its time is up, or it is called off; at most
/// `most` bytes of its standard error are kept.
pub fn run(stop: &Stop, command: &mut Command, time: Duration, most: usize) -> Result<Ended> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let what = command.get_program().display().to_string();
    let mut family = stop.spawn(command).context(what)?;
    let mut pipe = family.stderr().expect("piped");
    let (tell, heard) = mpsc::channel();
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        let mut chunk = [0; 8 * 1024];
        while let Ok(read @ 1..) = pipe.read(&mut chunk) {
            let room = most.saturating_sub(kept.len());
            kept.extend_from_slice(&chunk[..read.min(room)]);
        }
        let _ = tell.send(kept);
    });
    let deadline = Instant::now() + time;
    let status = loop {
        stop.check()?;
        match family.try_wait()? {
            Some(status) => break Some(status),
            None if Instant::now() > deadline => break None,
            None => std::thread::sleep(PACE), // A bounded wait.
        }
    };
    drop(family);
    // What still holds the pipe is about to die.
    let stderr = heard.recv_timeout(Duration::from_secs(2));
    Ok(Ended {
        status,
        stderr: stderr.unwrap_or_default(),
    })
}
