//! The other way round: the proof listens, and the program under proof is the
//! client. It is given the address, and its visits are taken one after the other.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::bounds;
use crate::case::Case;
use crate::client::Client;
use crate::process::{Chatter, Process};
use crate::transcript::{Entry, Kind};

/// Between two looks for a connection: there is no `accept` with a time-out in
/// std.
const BETWEEN_LOOKS: Duration = Duration::from_millis(1);

/// Where the subject connects to. Made by [`Subject::visits`](crate::Subject::visits).
pub struct Server {
    case: Arc<Case>,
    listener: TcpListener,
    stdout: Chatter,
    /// How much of what it prints has been taken note of.
    printed: usize,
    /// How often it has connected.
    visits: usize,
    /// When the last connection was ended from this side.
    left: Instant,
}

/// A listener, and what it is called: `<host>`, and with the target `<url>`.
pub(crate) fn listener(case: &Case, target: &str) -> (TcpListener, String) {
    let bound = TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
        .and_then(|listener| Ok((listener.local_addr()?, listener)));
    let (addr, listener) = match bound {
        Ok(bound) => bound,
        Err(error) => case.broken(format!("the proof cannot listen: {error}")),
    };
    let url = format!("ws://{addr}{target}");
    let mut state = case.state();
    state.names.add("host", addr.to_string().as_bytes());
    state.names.add("url", url.as_bytes());
    (listener, url)
}

impl Server {
    /// `start` makes the process, unless one has hung already: what that one
    /// says is what there is to say.
    pub(crate) fn new(
        case: Arc<Case>,
        listener: TcpListener,
        start: impl FnOnce() -> Process,
    ) -> Server {
        let hung = case.state().hung;
        let started = (!hung).then(start);
        let mut state = case.state();
        state.visits = true;
        state.process = started.or(state.process.take());
        let stdout = state.process.as_ref().map(|process| process.stdout.clone());
        let stdout = stdout.unwrap_or_default();
        drop(state);
        Server {
            case,
            listener,
            stdout,
            printed: 0,
            visits: 0,
            left: Instant::now(),
        }
    }

    /// The subject's next connection: `C→S connects`.
    pub fn accept(&mut self) -> Client {
        self.accept_not_before(Duration::ZERO)
    }

    /// The same, and not sooner after the end of the last one than this.
    pub fn accept_not_before(&mut self, wait: Duration) -> Client {
        let stream = self.next_connection();
        let waited = self.left.elapsed();
        let words = match (&stream, self.visits) {
            (None, _) => "does not connect",
            (Some(_), 0) => "connects",
            (Some(_), _) => "connects again",
        };
        let mut entry = Entry::note("C→S", words);
        if stream.is_some() && !wait.is_zero() {
            entry.remark = match waited < wait {
                true => format!("  # sooner than after {wait:?}"),
                false => format!("  # not before {wait:?} have passed"),
            };
        }
        self.visits += 1;
        if !self.case.state().hung {
            self.case.record(entry);
            self.case.state().hung = stream.is_none();
        }
        Client::accepted(self.case.clone(), stream)
    }

    fn next_connection(&mut self) -> Option<std::net::TcpStream> {
        let deadline = self.case.deadline_within(bounds::startup());
        loop {
            // Looked at first: what it did before it ended has happened.
            let over = self.is_over() || Instant::now() >= deadline;
            match self.listener.accept() {
                Ok((stream, _)) => {
                    // Where `accept` passes it on, this listener's mode is not wanted.
                    let _ = stream.set_nonblocking(false);
                    let _ = stream.set_nodelay(true);
                    return Some(stream);
                }
                Err(e) if e.kind() == ErrorKind::WouldBlock && !over => {
                    std::thread::sleep(BETWEEN_LOOKS);
                }
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        }
    }

    /// Nobody waits for a program that has ended, or has hung already.
    fn is_over(&self) -> bool {
        let mut state = self.case.state();
        let process = state.process.as_mut();
        let ended = process.and_then(|process| process.wait_until(Instant::now()));
        ended.is_some() || state.hung
    }

    /// End a connection from this side; a wait is counted from here.
    pub fn leave(&mut self, mut client: Client) {
        self.left = Instant::now();
        client.half_close();
        client.closed();
    }

    /// What happens inside is not written down, as long as it goes well: this
    /// stands for all of it.
    pub fn aside<T>(&mut self, what: &str, talk: impl FnOnce(&mut Server) -> T) -> T {
        let case = self.case.clone();
        case.aside(what, || talk(self))
    }

    /// How long ago a connection was last ended from this side.
    pub fn since_left(&self) -> Duration {
        self.left.elapsed()
    }

    /// Whether something is so, in words: for what no line shows.
    pub fn remark(&self, holds: bool, so: &str, not_so: &str) {
        self.case.remark(holds, so, not_so);
    }

    /// The next line that the subject prints.
    pub fn prints(&mut self) -> &mut Server {
        if self.case.state().hung {
            return self;
        }
        let deadline = self.case.deadline();
        let from = self.printed;
        let line = self.stdout.wait_until(deadline, |heard| {
            let rest = &heard.bytes[from..];
            let end = rest.iter().position(|byte| *byte == b'\n');
            match end {
                Some(end) => Some(Some(rest[..=end].to_vec())),
                None => (!heard.open).then_some(None),
            }
        });
        match line.flatten() {
            Some(line) => {
                self.printed += line.len();
                self.case.record(Entry::new("", Kind::Output, &line));
            }
            None => {
                self.case.record(Entry::note("", "(prints nothing more)"));
                self.case.state().hung = true;
            }
        }
        self
    }

    /// The subject ends by itself, and has printed nothing else: `exit 0`. If it
    /// connects again instead, that is all there is to say.
    pub fn ends(&mut self) -> &mut Server {
        if self.case.state().hung {
            return self;
        }
        let patience = bounds::startup();
        let deadline = Instant::now() + patience;
        let status = loop {
            let status = match self.case.state().process.as_mut() {
                Some(process) => process.wait_until(Instant::now() + BETWEEN_LOOKS),
                None => None,
            };
            if status.is_some() || Instant::now() >= deadline {
                break status;
            }
            if self.listener.accept().is_ok() {
                self.case.record(Entry::note("C→S", "connects again"));
                self.case.state().hung = true;
                return self;
            }
        };
        let end = crate::subject::how_it_ended(status, patience);
        let closed = |heard: &crate::process::Heard| (!heard.open).then_some(());
        if status.is_some() {
            self.stdout.wait_until(self.case.deadline(), closed);
        }
        let rest = self.stdout.bytes().split_off(self.printed);
        if !rest.is_empty() {
            self.printed += rest.len();
            self.case.record(Entry::new("", Kind::Output, &rest));
        }
        self.case.record(Entry::note("", end));
        self.case.state().hung = status.is_none();
        self
    }
}
