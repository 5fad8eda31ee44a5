//! A child process that never outlives its proof.
//!
//! Each subject gets a process group of its own and is killed with all of it,
//! so a wrapper (`npm start`) or a forgotten grandchild goes too. Should the
//! proof itself be killed, a watchdog outside does the same: a shell that waits
//! for a pipe only the proof holds open. On Linux what left the group is found
//! by a mark in its environment. On Windows there are no groups; `taskkill`
//! ends the tree, and a proof that is itself killed may leave its subject.

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use crate::bounds;

/// How much of what a subject prints is kept.
const KEEP: usize = 64 * 1024;
/// How long a pipe may stay open once its process has been killed.
const LINGER: Duration = Duration::from_millis(500);
/// A program that has said nothing for so long has nothing more to say.
const PAUSE: Duration = Duration::from_millis(100);

/// A live process and what it has printed.
pub struct Process {
    child: Child,
    mark: String,
    stopped: bool,
    pub(crate) stdout: Chatter,
    pub(crate) stderr: Chatter,
}

impl Process {
    /// Start it, with this on its standard input.
    pub fn spawn(mut command: Command, stdin: &[u8]) -> std::io::Result<Process> {
        let mark = guard::mark();
        command
            .env("PROOF_RUN", &mark)
            // What a person may have set for their own debugging.
            .env_remove("RUST_BACKTRACE")
            .env_remove("RUST_LOG")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn()?;
        guard::watch(child.id());
        let stdout = Chatter::hear(child.stdout.take().expect("piped"));
        let stderr = Chatter::hear(child.stderr.take().expect("piped"));
        let mut pipe = child.stdin.take().expect("piped");
        let input = stdin.to_owned();
        // A child that does not read must not hold up the proof.
        std::thread::spawn(move || pipe.write_all(&input));
        Ok(Process {
            child,
            mark,
            stopped: false,
            stdout,
            stderr,
        })
    }

    /// Wait until it says where it listens. If it does not: why.
    pub fn address(&mut self, patience: Duration) -> Result<SocketAddr, String> {
        let said = self.stdout.wait_until(Instant::now() + patience, |heard| {
            let addr = address(&heard.bytes);
            (addr.is_some() || !heard.open).then_some(addr)
        });
        match said {
            Some(Some(addr)) => Ok(addr),
            // Its output is closed: it has ended, or is about to.
            Some(None) => Err(match self.wait_until(Instant::now() + bounds::patience()) {
                Some(status) => match status.code() {
                    Some(code) => format!("the program ended (exit {code}) before it listened"),
                    None => "the program was killed before it listened".to_owned(),
                },
                None => "the program closed its output before it listened".to_owned(),
            }),
            None => Err(format!(
                "the program did not print the line `listening on ws://127.0.0.1:PORT` within {patience:?}"
            )),
        }
    }

    /// End it; what it has said on standard error until then.
    pub fn complaints(&mut self) -> String {
        self.last_words();
        self.stderr.text()
    }

    /// What it has said on standard error so far; of very much, the beginning.
    pub fn said(&self) -> String {
        self.stderr.text()
    }

    /// How it has ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.wait_until(Instant::now())
    }

    /// The exit status, if it ends by itself before the deadline.
    pub(crate) fn wait_until(&mut self, deadline: Instant) -> Option<ExitStatus> {
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if Instant::now() < deadline => {
                    // There is no wait with a time-out in std.
                    std::thread::sleep(Duration::from_millis(2));
                }
                _ => return None,
            }
        }
    }

    /// How much processor time it has used so far, all that it has started
    /// included; `None` where the system does not tell.
    pub(crate) fn used(&self) -> Option<Duration> {
        load::used(self.child.id())
    }

    /// Whether it works, for a moment that is waited here; on a machine where
    /// others work too.
    pub(crate) fn is_busy(&self) -> bool {
        let before = self.used();
        std::thread::sleep(PAUSE);
        let spent = self
            .used()
            .zip(before)
            .map(|(now, then)| now.saturating_sub(then));
        spent.is_some_and(|spent| spent >= PAUSE / 5)
    }

    /// End it, but first let it finish what it is about to say: a panic comes in
    /// several writes, and often after the connection is gone. How it ended, if
    /// it did so by itself.
    pub(crate) fn last_words(&mut self) -> Option<ExitStatus> {
        let latest = Instant::now() + LINGER;
        let mut heard = usize::MAX;
        while heard != self.stderr.bytes().len() && Instant::now() < latest {
            heard = self.stderr.bytes().len();
            let more = |now: &Heard| (now.bytes.len() != heard || !now.open).then_some(());
            self.stderr.wait_until(Instant::now() + PAUSE, more);
        }
        // With its pipe closed it has ended, or is about to.
        let closed = |now: &Heard| (!now.open).then_some(());
        let patience = match self.stderr.wait_until(Instant::now(), closed) {
            Some(()) => LINGER,
            None => Duration::ZERO,
        };
        let ended = self.wait_until(Instant::now() + patience);
        self.stop();
        ended
    }

    /// End it and all it started; then its pipes are read to their end.
    ///
    /// Once: from then on its number may be another process's.
    pub(crate) fn stop(&mut self) {
        if std::mem::replace(&mut self.stopped, true) {
            return;
        }
        guard::kill_group(self.child.id());
        let _ = self.child.kill();
        let _ = self.child.wait();
        guard::kill_marked(&self.mark);
        guard::unwatch(self.child.id());
        let deadline = Instant::now() + LINGER;
        for pipe in [&self.stdout, &self.stderr] {
            pipe.wait_until(deadline, |heard| (!heard.open).then_some(()));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The address in `listening on SCHEME://ADDRESS`, once the line is whole.
fn address(stdout: &[u8]) -> Option<SocketAddr> {
    let text = String::from_utf8_lossy(stdout);
    let whole = text.rsplit_once('\n')?.0;
    whole.lines().find_map(|line| {
        let (_, url) = line
            .trim()
            .strip_prefix("listening on ")?
            .split_once("://")?;
        let addr: SocketAddr = url.trim_end_matches('/').parse().ok()?;
        addr.ip().is_loopback().then_some(addr)
    })
}

/// What a process writes to a pipe, read as it comes: it never blocks on us.
#[derive(Clone, Default)]
pub(crate) struct Chatter(Arc<(Mutex<Heard>, Condvar)>);

#[derive(Default)]
pub(crate) struct Heard {
    pub(crate) bytes: Vec<u8>,
    pub(crate) open: bool,
}

impl Chatter {
    fn hear(mut pipe: impl Read + Send + 'static) -> Chatter {
        let heard = Heard {
            bytes: Vec::new(),
            open: true,
        };
        let shared = Arc::new((Mutex::new(heard), Condvar::new()));
        let theirs = shared.clone();
        std::thread::spawn(move || {
            let mut chunk = [0; 8 * 1024];
            loop {
                let read = pipe.read(&mut chunk).unwrap_or(0);
                let mut heard = theirs.0.lock().expect("no panic while heard");
                let room = KEEP.saturating_sub(heard.bytes.len());
                heard.bytes.extend_from_slice(&chunk[..read.min(room)]);
                heard.open = read > 0;
                theirs.1.notify_all();
                if read == 0 {
                    return;
                }
            }
        });
        Chatter(shared)
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.0.lock().expect("no panic while heard").bytes.clone()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }

    /// Wait until `look` sees what it looks for, or the deadline passes.
    pub(crate) fn wait_until<T>(
        &self,
        deadline: Instant,
        look: impl Fn(&Heard) -> Option<T>,
    ) -> Option<T> {
        let mut heard = self.0.0.lock().expect("no panic while heard");
        loop {
            if let Some(seen) = look(&heard) {
                return Some(seen);
            }
            let left = deadline.checked_duration_since(Instant::now())?;
            heard = self.0.1.wait_timeout(heard, left).expect("no panic").0;
        }
    }
}

mod load;

#[cfg_attr(unix, path = "process/unix.rs")]
#[cfg_attr(not(unix), path = "process/other.rs")]
mod guard;

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn an_address_counts_once_its_line_is_whole() {
        assert_eq!(address(b"listening on ws://127.0.0.1:80"), None);
        let addr = address(b"hello\nlistening on ws://127.0.0.1:8080\n").unwrap();
        assert_eq!(addr, "127.0.0.1:8080".parse().unwrap());
        assert_eq!(address(b"listening on ws://192.0.2.1:80\n"), None);
    }
}
