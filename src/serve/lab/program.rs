//! The program of a lab: built, started, built anew at every save, started
//! again when it has ended. One thread, which ends with its lab, and the
//! program with it.

use std::net::SocketAddr;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use proof::Process;
use tokio::sync::mpsc::Sender;

use crate::changes::Files;
use crate::house::{Exercise, House};
use crate::trial::{self, Built, Stop};

/// How often everything is looked at.
const PACE: Duration = Duration::from_millis(50);
/// A program that hasn't said where it listens by then is told of.
const SOON: Duration = Duration::from_secs(3);
/// One that lives as long may end again, and is started again.
const LONG: Duration = Duration::from_secs(10);
/// How often one is started again that ends at once.
const AGAIN: u32 = 3;

/// Whose program it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Whose {
    /// The exercise.
    Mine,
    /// Its solution.
    Reference,
}

/// What a program is.
#[derive(Clone)]
pub struct Plan {
    /// The workbook.
    pub house: House,
    /// The exercise.
    pub exercise: Exercise,
    /// Its arguments.
    pub args: Vec<String>,
}

/// What there is to tell.
pub enum News {
    /// A save was seen.
    Saved,
    /// It is busy with this.
    Doing(String),
    /// What the compiler says.
    Refused(String),
    /// It listens.
    Listening(SocketAddr),
    /// It runs, and doesn't say where it listens.
    Silent,
    /// What it says on standard error.
    Said(String),
    /// How it has ended; whether it is started again by itself.
    Ended(String, bool),
    /// Nothing can be run.
    Trouble(String),
}

/// The lab has ended.
struct Ended;

/// Runs the program that `orders` name, until there are none to come.
pub fn attend(plan: &Plan, orders: &mpsc::Receiver<Whose>, tell: &Sender<News>) {
    let Ok(whose) = orders.recv() else {
        return;
    };
    let _ = Program::new(plan, whose, tell).run(orders); // It ends with the lab.
}

struct Program<'a> {
    plan: &'a Plan,
    whose: Whose,
    tell: &'a Sender<News>,
    files: Files,
    state: State,
    /// How often it has ended soon after its start.
    ends: u32,
}

enum State {
    /// Until a save, or an order.
    Nothing,
    Building(Build),
    Running(Running),
    /// It is started again then.
    Waiting(Instant),
}

/// A build that is called off when it is dropped.
struct Build {
    stop: Stop,
    done: mpsc::Receiver<Result<Built>>,
}

impl Drop for Build {
    fn drop(&mut self) {
        self.stop.now();
    }
}

struct Running {
    process: Process,
    since: Instant,
    /// Whether it has said where it listens, or that it doesn't was told.
    listens: bool,
    told: bool,
    /// How much of its standard error was told.
    heard: usize,
}

impl<'a> Program<'a> {
    fn new(plan: &'a Plan, whose: Whose, tell: &'a Sender<News>) -> Program<'a> {
        Program {
            plan,
            whose,
            tell,
            files: files(plan, whose),
            state: State::Nothing,
            ends: 0,
        }
    }

    fn run(mut self, orders: &mpsc::Receiver<Whose>) -> Result<(), Ended> {
        self.build();
        loop {
            match orders.recv_timeout(PACE) {
                Ok(whose) => {
                    self.whose = whose;
                    self.files = files(self.plan, whose);
                    self.ends = 0;
                    self.build();
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            if self.tell.is_closed() {
                return Err(Ended);
            }
            if self.files.saved() {
                self.ends = 0;
                self.say(News::Saved)?;
                self.build();
            }
            self.look()?;
        }
    }

    fn say(&self, news: News) -> Result<(), Ended> {
        self.tell.blocking_send(news).map_err(|_| Ended)
    }

    /// What was there before is gone first: the old program must not answer
    /// for the new one.
    fn build(&mut self) {
        self.state = State::Nothing;
        let stop = Stop::possible();
        let (house, exercise) = (self.plan.house.clone(), &self.plan.exercise);
        let package = match self.whose {
            Whose::Mine => exercise.name.clone(),
            Whose::Reference => exercise.solution(),
        };
        let (tell, called_off) = (self.tell.clone(), stop.clone());
        let (done, built) = mpsc::channel();
        thread::spawn(move || {
            let say = |what: &str| {
                let _ = tell.blocking_send(News::Doing(what.to_owned()));
            };
            let built = trial::build_until(&called_off, &house, &[&package], say);
            let built = built.map(|all| all.into_iter().next().expect("one package"));
            let _ = done.send(built); // Called off, nobody asks any more.
        });
        self.state = State::Building(Build { stop, done: built });
    }

    /// What has become of it.
    fn look(&mut self) -> Result<(), Ended> {
        match &mut self.state {
            State::Nothing => Ok(()),
            State::Waiting(until) if Instant::now() < *until => Ok(()),
            State::Waiting(_) => {
                self.build();
                Ok(())
            }
            State::Building(build) => match build.done.try_recv() {
                Err(_) => Ok(()),
                Ok(built) => self.start(built),
            },
            State::Running(_) => self.listen(),
        }
    }

    fn start(&mut self, built: Result<Built>) -> Result<(), Ended> {
        self.state = State::Nothing;
        let program = match built {
            Ok(Built::Program(program, _)) => program,
            Ok(Built::Refused(said)) => return self.say(News::Refused(said)),
            Err(error) => return self.say(News::Trouble(format!("{error:#}"))),
        };
        let mut command = std::process::Command::new(program);
        command
            .args(&self.plan.args)
            .current_dir(&self.plan.exercise.dir);
        match Process::spawn(command, &[]) {
            Err(error) => self.say(News::Trouble(format!("it can't be started: {error}"))),
            Ok(process) => {
                self.state = State::Running(Running {
                    process,
                    since: Instant::now(),
                    listens: false,
                    told: false,
                    heard: 0,
                });
                Ok(())
            }
        }
    }

    fn listen(&mut self) -> Result<(), Ended> {
        let State::Running(running) = &mut self.state else {
            return Ok(());
        };
        let mut news = Vec::new();
        let ended = running.process.ended();
        if !running.listens && ended.is_none() {
            if let Ok(address) = running.process.address(Duration::ZERO) {
                running.listens = true;
                news.push(News::Listening(address));
            } else if !running.told && running.since.elapsed() > SOON {
                running.told = true;
                news.push(News::Silent);
            }
        }
        let said = match ended {
            Some(_) => running.process.complaints(),
            None => running.process.said(),
        };
        if let Some(more) = said.get(running.heard..).filter(|more| !more.is_empty()) {
            news.push(News::Said(more.to_owned()));
            running.heard = said.len();
        }
        if let Some(status) = ended {
            self.ends = match running.since.elapsed() > LONG {
                true => 1,
                false => self.ends + 1,
            };
            let again = running.listens && self.ends <= AGAIN;
            news.push(News::Ended(status.to_string(), again));
            self.state = match again {
                true => State::Waiting(Instant::now() + Duration::from_secs(1)),
                false => State::Nothing,
            };
        }
        news.into_iter().try_for_each(|news| self.say(news))
    }
}

/// What the program is made of.
fn files(plan: &Plan, whose: Whose) -> Files {
    let dir = match whose {
        Whose::Mine => plan.exercise.dir.clone(),
        Whose::Reference => plan.house.solution(&plan.exercise),
    };
    Files::at(["src", "Cargo.toml"].map(|name| dir.join(name)))
}
