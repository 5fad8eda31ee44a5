//! Without a terminal: what `check` prints, a verdict a save.

use std::io::Write as _;

use anyhow::Result;

use super::attempt::{Found, Told};
use super::session::{Event, Session};
use super::signals;
use crate::house::{Exercise, House};
use crate::telling;

/// Runs until a signal, or until nobody reads any more.
pub fn run(house: &House, exercise: &Exercise) -> Result<Option<i32>> {
    let mut session = Session::new(house, exercise);
    signals::listen(&session, false)?;
    let mut said = begin(&mut session);
    loop {
        let mut out = anstream::stdout();
        if out
            .write_all(said.as_bytes())
            .and_then(|()| out.flush())
            .is_err()
        {
            return Ok(None);
        }
        said = match session.next() {
            Event::Saved => begin(&mut session),
            Event::Told(Told::Over(found)) => tell(house, exercise, found)?,
            Event::Signal(signal) => return Ok(Some(signal)),
            _ => String::new(),
        };
    }
}

fn begin(session: &mut Session) -> String {
    match session.run() {
        Ok(()) => String::new(),
        Err(error) => trouble(&error),
    }
}

fn tell(house: &House, exercise: &Exercise, found: Result<Found>) -> Result<String> {
    Ok(match found {
        Ok(Found::Uncompiled(said)) => format!("{said}{}\n", telling::uncompiled(exercise)),
        Ok(Found::Verdict(verdict)) => {
            let mut out =
                telling::verdict(house, exercise, &verdict.standing, &verdict.reports, false)?;
            if verdict.warnings > 0 {
                out.push_str(&telling::warnings(exercise, verdict.warnings));
            }
            if let Some(why) = &verdict.standing.unkept {
                out.push_str(&telling::unkept(why));
            }
            out
        }
        Err(error) => trouble(&error),
    })
}

fn trouble(error: &anyhow::Error) -> String {
    format!("error: {error:#}\n")
}
