//! A tap under test.

use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// No wait is longer than this, however busy the machine.
pub const BOUND: Duration = Duration::from_secs(60);

/// `workbook tap`, on a port of its own choice, in a folder that is no workbook.
pub struct Tap {
    pub child: Child,
    /// Where it listens: `127.0.0.1:PORT`.
    pub address: String,
    said: Receiver<String>,
    /// What it says on stderr.
    pub told: Receiver<String>,
}

impl Tap {
    pub fn before(server: impl ToString, args: &[&str]) -> Tap {
        let mut child = Command::new(env!("CARGO_BIN_EXE_workbook"))
            .args(["tap", "--listen", "0", "--to", &server.to_string()])
            .args(args)
            .current_dir(Path::new(env!("CARGO_TARGET_TMPDIR")))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = lines(child.stdout.take().unwrap());
        let told = lines(child.stderr.take().unwrap());
        let mut tap = Tap {
            address: String::new(),
            child,
            said,
            told,
        };
        let first = tap.told.recv_timeout(BOUND).unwrap();
        let address = first
            .split("://")
            .nth(1)
            .and_then(|rest| rest.split(' ').next());
        tap.address = address.unwrap_or_else(|| panic!("{first}")).to_owned();
        tap
    }

    /// What it writes down, up to a line that is the last.
    pub fn until(&self, is_last: impl Fn(&str) -> bool) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        while !lines.last().is_some_and(|line| is_last(line)) {
            match self.said.recv_timeout(BOUND) {
                Ok(line) => lines.push(line),
                Err(error) => {
                    lines.extend(self.told.try_iter());
                    panic!("{error} after\n{}", lines.join("\n"));
                }
            }
        }
        lines
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (send, receive) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            // Dropped, nobody reads the pipe any more.
            if send.send(line).is_err() {
                return;
            }
        }
    });
    receive
}
