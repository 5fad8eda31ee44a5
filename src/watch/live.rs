//! With a terminal: one screen, drawn in place, and keys.

use anyhow::Result;
use crossterm::event::{Event as Terminal, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::attempt::{Found as Brought, Told};
use super::scene::{Found, Scene, State};
use super::screen::Screen;
use super::session::{Event, Session};
use super::signals::{self, Wanted};
use crate::commands::{hint, reset};
use crate::house::{Exercise, House};
use crate::progress::{Standing, is_untouched};
use crate::telling;
use crate::terminal::{self, BAD};

/// Runs until a key or a signal ends it; the signal, if it was one.
pub fn run(house: &House, exercise: Exercise) -> Result<Option<i32>> {
    let scene = open(house, exercise)?;
    let session = Session::new(house, &scene.exercise);
    signals::listen(&session, true)?;
    let screen = Screen::enter()?;
    session.listen(|post| {
        while let Ok(event) = crossterm::event::read() {
            if !post(Event::Terminal(event)) {
                return;
            }
        }
        post(Event::Gone);
    });
    let mut live = Live {
        house,
        scene,
        session,
        screen,
    };
    live.begin();
    let end = live.until_the_end();
    drop(live.screen); // What was on the terminal before is back.
    if let Ok(End::Key) = end {
        anstream::print!("{}", last_words(&live.scene));
    }
    match end? {
        End::Key => Ok(None),
        End::Signal(signal) => Ok(Some(signal)),
    }
}

/// Where it was left: one look back at the terminal shows it.
fn last_words(scene: &Scene) -> String {
    let mut out = telling::heading(&scene.exercise);
    telling::steps(&scene.exercise, &scene.standing, &mut out);
    out.push('\n');
    out
}

enum End {
    Key,
    Signal(i32),
}

struct Live<'a> {
    house: &'a House,
    scene: Scene,
    session: Session,
    screen: Screen,
}

impl Live<'_> {
    fn until_the_end(&mut self) -> Result<End> {
        loop {
            self.draw()?;
            // Where nothing happens, and nothing runs, there is nothing to draw.
            let event = loop {
                match self.session.next() {
                    Event::Nothing if !self.session.is_running() => {}
                    event => break event,
                }
            };
            match event {
                Event::Saved => {
                    self.scene.aside = None;
                    self.begin();
                }
                Event::Told(told) => self.hear(told),
                Event::Terminal(Terminal::Key(key)) if key.kind != KeyEventKind::Release => {
                    if self.key(key)? {
                        return Ok(End::Key);
                    }
                }
                Event::Terminal(Terminal::Resize(..)) => self.screen.forget(),
                Event::Terminal(_) | Event::Nothing => {}
                Event::Gone => return Ok(End::Key),
                Event::Signal(signal) => match signals::wanted(signal) {
                    Wanted::End => return Ok(End::Signal(signal)),
                    Wanted::Pause => {
                        self.screen.leave();
                        signals::pause();
                    }
                    Wanted::GoOn => {
                        self.screen.again()?;
                        // Deadlines have passed while the proofs stood still.
                        if self.session.is_running() {
                            self.begin();
                        }
                    }
                },
            }
        }
    }

    fn draw(&mut self) -> std::io::Result<()> {
        let (width, height) = Screen::size();
        self.screen.draw(self.scene.frame(width, height))
    }

    fn begin(&mut self) {
        self.scene.building();
        self.scene.standing.untouched = is_untouched(&self.scene.exercise);
        if let Err(error) = self.session.run() {
            self.scene.over(Found::Trouble(format!("{error:#}")));
        }
    }

    fn hear(&mut self, told: Told) {
        let scene = &mut self.scene;
        match told {
            Told::Doing(what) => scene.state = State::Building(what),
            Told::Proving => scene.proving(),
            Told::Report(report) => scene.report(&report),
            Told::Over(Ok(Brought::Verdict(verdict))) => scene.verdict(verdict),
            Told::Over(Ok(Brought::Uncompiled(said))) => scene.over(Found::Uncompiled(said)),
            Told::Over(Err(error)) => scene.over(Found::Trouble(format!("{error:#}"))),
        }
    }

    /// Does what a key says; whether that is to end.
    fn key(&mut self, key: KeyEvent) -> Result<bool> {
        let page = Screen::size().1.saturating_sub(6).max(1);
        let scene = &mut self.scene;
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            match key.code {
                KeyCode::Char('c') => return Ok(true),
                KeyCode::Char('z') => signals::pause_job(),
                KeyCode::Char('l') => self.screen.forget(),
                _ => {}
            }
            return Ok(false);
        }
        if scene.asking {
            scene.asking = false;
            if key.code == KeyCode::Char('y') {
                self.reset();
            }
            return Ok(false);
        }
        match key.code {
            KeyCode::Down | KeyCode::Char('j') => scene.past += 1,
            KeyCode::Up | KeyCode::Char('k') => scene.past = scene.past.saturating_sub(1),
            KeyCode::PageDown | KeyCode::Char(' ') => scene.past += page,
            KeyCode::PageUp => scene.past = scene.past.saturating_sub(page),
            KeyCode::Home => scene.past = 0,
            KeyCode::End => scene.past = usize::MAX,
            KeyCode::Char('q') => return Ok(true),
            KeyCode::Char('h') => self.hint(),
            KeyCode::Char('r') => scene.asking = !is_untouched(&scene.exercise),
            KeyCode::Char('n') if scene.core_holds() => self.next()?,
            KeyCode::Char('a') => {
                scene.all = !scene.all;
                (scene.past, scene.aside) = (0, None);
            }
            KeyCode::Esc => (scene.past, scene.aside) = (0, None),
            KeyCode::Enter => {
                (scene.past, scene.aside) = (0, None);
                self.begin();
            }
            _ => {}
        }
        Ok(false)
    }

    /// One hint more for the step at hand.
    fn hint(&mut self) {
        let scene = &self.scene;
        let Some(step) = scene.standing.next_step() else {
            return;
        };
        let hint = hint::next(self.house, &scene.exercise, step, terminal::width());
        self.read(hint);
    }

    /// The starting point back; where the work is now can be read.
    fn reset(&mut self) {
        let exercise = &self.scene.exercise;
        let told = reset::to_start(self.house, exercise).map(|kept| {
            let start = exercise.dir.join("start");
            reset::done(self.house, exercise, &start, kept.as_deref())
        });
        self.screen.forget(); // It may have said that it waits for another.
        self.read(told);
        self.begin();
    }

    /// Shows something else, until Esc or the next save.
    fn read(&mut self, text: Result<String>) {
        let text = text.unwrap_or_else(|error| format!("\n  {BAD}error:{BAD:#} {error:#}\n"));
        (self.scene.aside, self.scene.past) = (Some(text), 0);
    }

    fn next(&mut self) -> Result<()> {
        if let Some(after) = self.scene.after.take() {
            self.scene = open(self.house, after)?;
            self.session.turn_to(&self.scene.exercise);
            self.begin();
        }
        Ok(())
    }
}

/// What is known of an exercise before anything is run.
fn open(house: &House, exercise: Exercise) -> Result<Scene> {
    let mut after = house.exercises()?.into_iter();
    after.find(|other| other.id == exercise.id);
    let standing = Standing::read(house, &exercise)?;
    let mut scene = Scene::of(exercise, after.next(), standing);
    scene.in_colour = terminal::in_colour();
    Ok(scene)
}
