//! What happens while an exercise is watched, in one queue: saves, what comes
//! of a run, keys, signals.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use anyhow::Result;

use super::attempt::{Attempt, Told};
use crate::changes::Files;
use crate::house::{Exercise, House};
use crate::progress::Stamp;

/// How often the files are looked at.
const PAUSE: Duration = Duration::from_millis(100);

/// Something that happened.
pub enum Event {
    /// A file was saved.
    Saved,
    /// A run has this to tell.
    Told(Told),
    /// A key was pressed, or the screen has another size.
    Terminal(crossterm::event::Event),
    /// The terminal is gone.
    Gone,
    /// The system wants something of us: its number.
    Signal(i32),
    /// Nothing, for a moment.
    Nothing,
}

/// What goes through the queue; a run says which one it is.
enum Post {
    Told(u64, Told),
    Else(Event),
}

/// An exercise under watch.
pub struct Session {
    house: House,
    exercise: Exercise,
    files: Files,
    next_look: Instant,
    /// The run under way, and the program that it is about.
    attempt: Option<(Attempt, Stamp)>,
    nth: u64,
    post: Sender<Post>,
    posted: Receiver<Post>,
}

impl Session {
    /// Nothing is run yet.
    pub fn new(house: &House, exercise: &Exercise) -> Session {
        let (post, posted) = mpsc::channel();
        Session {
            house: house.clone(),
            exercise: exercise.clone(),
            files: files(exercise),
            next_look: Instant::now(),
            attempt: None,
            nth: 0,
            post,
            posted,
        }
    }

    /// Watches another exercise.
    pub fn turn_to(&mut self, exercise: &Exercise) {
        self.attempt = None;
        self.exercise = exercise.clone();
        self.files = files(exercise);
    }

    /// Hands over events from elsewhere: a thread that waits for them.
    pub fn listen(&self, wait: impl FnOnce(&dyn Fn(Event) -> bool) + Send + 'static) {
        let post = self.post.clone();
        std::thread::spawn(move || wait(&|event| post.send(Post::Else(event)).is_ok()));
    }

    /// Begins a run on the program as it is now; one under way is called off.
    pub fn run(&mut self) -> Result<()> {
        self.attempt = None; // Ended, before the next one wants cargo's lock.
        self.files.changed(); // Seen: what is there now is what is tried.
        let stamp = Stamp::of(&self.exercise)?;
        self.nth += 1;
        let (nth, post) = (self.nth, self.post.clone());
        let tell = move |told| drop(post.send(Post::Told(nth, told)));
        let attempt = Attempt::start(&self.house, &self.exercise, &stamp, tell);
        self.attempt = Some((attempt, stamp));
        Ok(())
    }

    /// Whether a run is under way.
    pub fn is_running(&self) -> bool {
        self.attempt.is_some()
    }

    /// The next thing that happens; after a moment, nothing.
    pub fn next(&mut self) -> Event {
        loop {
            let wait = self.next_look.saturating_duration_since(Instant::now());
            match self.posted.recv_timeout(wait) {
                Ok(Post::Else(event)) => return event,
                Ok(Post::Told(nth, told)) if nth == self.nth && self.attempt.is_some() => {
                    if matches!(told, Told::Over(_)) {
                        self.attempt = None;
                    }
                    return Event::Told(told);
                }
                Ok(Post::Told(..)) => {} // Of a run that was called off.
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    let saved = self.files.saved();
                    self.next_look = Instant::now() + PAUSE;
                    return match saved && !self.is_about_this() {
                        true => Event::Saved,
                        false => Event::Nothing,
                    };
                }
            }
        }
    }

    /// Whether the run under way is about just what the files hold.
    fn is_about_this(&self) -> bool {
        let now = Stamp::of(&self.exercise).ok();
        let tried = self.attempt.as_ref().map(|(_, stamp)| stamp);
        now.is_some() && now.as_ref() == tried
    }
}

/// What a learner writes, and what proves it.
pub fn files(exercise: &Exercise) -> Files {
    Files::at(["src", "tests", "Cargo.toml"].map(|name| exercise.dir.join(name)))
}
