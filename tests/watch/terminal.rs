//! A terminal of our own: what a command draws on it can be read, keys can be
//! pressed.

use std::io::{Read as _, Write as _};
use std::num::NonZeroU16;
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};

/// No screen takes longer, on the busiest machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What has been drawn, and a word whenever that changes.
type Drawn = Arc<(Mutex<vt100::Parser>, Condvar)>;

pub struct Terminal {
    pty: Arc<Pty>,
    drawn: Drawn,
    child: Child,
}

impl Terminal {
    /// Runs a command on a terminal of this size.
    pub fn run(command: Command, columns: u16, rows: u16) -> Terminal {
        let (pty, pts) = open().expect("a terminal");
        pty.resize(Size::new(rows, columns)).expect("a size");
        let child = command.spawn(pts).expect("the command runs");
        let parser = vt100::Parser::new(number(rows), number(columns), 0);
        let drawn: Drawn = Arc::new((Mutex::new(parser), Condvar::new()));
        let pty = Arc::new(pty);
        let (reader, theirs) = (pty.clone(), drawn.clone());
        std::thread::spawn(move || {
            let mut chunk = [0; 4096];
            // The other end closed is an error.
            while let Ok(read) = (&*reader).read(&mut chunk) {
                theirs.0.lock().unwrap().process(&chunk[..read]);
                theirs.1.notify_all();
            }
        });
        Terminal { pty, drawn, child }
    }

    /// Presses keys.
    pub fn types(&self, keys: &str) {
        (&*self.pty).write_all(keys.as_bytes()).expect("keys");
    }

    pub fn resize(&self, columns: u16, rows: u16) {
        let mut parser = self.drawn.0.lock().unwrap();
        parser.screen_mut().set_size(number(rows), number(columns));
        self.pty.resize(Size::new(rows, columns)).expect("a size");
    }

    /// Waits until the screen is as meant, and returns it.
    pub fn until(&self, what: &str, is_meant: impl Fn(&vt100::Screen) -> bool) -> vt100::Screen {
        let deadline = Instant::now() + PATIENCE;
        let mut parser = self.drawn.0.lock().unwrap();
        while !is_meant(parser.screen()) {
            let left = deadline.saturating_duration_since(Instant::now());
            let shown = parser.screen().contents();
            assert!(!left.is_zero(), "{what} is not shown:\n{shown}");
            parser = self.drawn.1.wait_timeout(parser, left).unwrap().0;
        }
        parser.screen().clone()
    }

    /// Waits until this stands on the screen, and returns all of it; how long
    /// things took is left out.
    pub fn shows(&self, text: &str) -> String {
        let screen = self.until(text, |screen| screen.contents().contains(text));
        without_times(&screen.contents())
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the command's end; the screen that it leaves behind.
    pub fn end(mut self) -> (ExitStatus, vt100::Screen) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return (
                    status,
                    self.until("the end", |screen| !screen.alternate_screen()),
                );
            }
            assert!(Instant::now() < deadline, "it does not end");
            std::thread::sleep(Duration::from_millis(5)); // Paces a bounded wait.
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn number(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n).expect("more than none")
}

/// `0.4 s` becomes `N s`.
pub fn without_times(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut words: Vec<&str> = line.split(' ').collect();
        for at in 1..words.len() {
            if words[at] == "s" && words[at - 1].parse::<f32>().is_ok() {
                words[at - 1] = "N";
            }
        }
        out.push_str(words.join(" ").trim_end());
        out.push('\n');
    }
    out
}
