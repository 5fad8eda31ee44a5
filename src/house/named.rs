//! Names as people type them.

use std::borrow::Borrow;

use anyhow::{Result, bail};

/// What one thing of many may be called by.
pub struct Named<'a> {
    /// `02-handshake`, `step_2_answer`.
    pub id: &'a str,
    /// `02`, `2`.
    pub number: &'a str,
    /// `handshake`, `answer`.
    pub name: &'a str,
}

impl Named<'_> {
    /// How it is told: a step by its number, anything else by its name.
    fn told(&self) -> String {
        match self.id.starts_with("step_") {
            true => format!("{} ({})", self.number, self.name),
            false => self.name.to_owned(),
        }
    }
}

/// As alike as a misspelling is to what was meant; clap suggests from here on.
const ALIKE: f64 = 0.7;

/// Which of `all` is meant: by number, by name, or by a part of the name that
/// no other has. `what` says what kind of thing it is.
pub fn find(what: &str, wanted: &str, all: &[Named]) -> Result<usize> {
    let word = wanted.to_lowercase();
    let number = |text: &str| text.parse::<u32>().ok();
    let exact = |named: &Named| {
        named.id == word
            || named.name == word
            || number(&word).is_some_and(|word| number(named.number) == Some(word))
    };
    if let Some(at) = all.iter().position(exact) {
        return Ok(at);
    }
    let partly = |at: &usize| !word.is_empty() && all[*at].id.contains(&word);
    let found: Vec<usize> = (0..all.len()).filter(partly).collect();
    match found[..] {
        [at] => Ok(at),
        [] => match nearest(&word, all) {
            Some(near) => bail!("no {what} is called `{wanted}`; did you mean `{near}`?"),
            None => bail!(
                "no {what} is called `{wanted}`; there are {}",
                list(all.iter().map(Named::told))
            ),
        },
        _ => {
            let names: Vec<_> = found.iter().map(|&at| all[at].told()).collect();
            bail!("`{wanted}` may mean {}", names.join(" or "))
        }
    }
}

/// Names in a sentence.
pub fn list<T: Borrow<str>>(ids: impl Iterator<Item = T>) -> String {
    ids.collect::<Vec<_>>().join(", ")
}

/// The name that looks most like the word, if one does.
pub fn nearest<'a>(word: &str, all: &[Named<'a>]) -> Option<&'a str> {
    let likeness = |named: &Named| {
        let by = |name| strsim::jaro(word, name);
        by(named.id).max(by(named.name))
    };
    all.iter()
        .map(|named| (likeness(named), named.name))
        .filter(|(likeness, _)| *likeness > ALIKE)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Named; 4] = [
        named("00-line", "00", "line"),
        named("02-handshake", "02", "handshake"),
        named("03-frames", "03", "frames"),
        named("12-io", "12", "io"),
    ];

    const fn named<'a>(id: &'a str, number: &'a str, name: &'a str) -> Named<'a> {
        Named { id, number, name }
    }

    fn found(wanted: &str) -> String {
        match find("exercise", wanted, &ALL) {
            Ok(at) => ALL[at].id.to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_number_a_name_or_a_part_will_do() {
        for wanted in [
            "02",
            "2",
            "handshake",
            "02-handshake",
            "Handshake",
            "shake",
            "02-h",
        ] {
            assert_eq!(found(wanted), "02-handshake", "{wanted}");
        }
        assert_eq!(found("0"), "00-line");
        assert_eq!(found("12"), "12-io");
        assert_eq!(found("io"), "12-io");
    }

    #[test]
    fn what_may_mean_several_says_which() {
        assert_eq!(found("ne"), "00-line");
        assert_eq!(found("me"), "03-frames");
        assert_eq!(found("ha"), "02-handshake");
        assert_eq!(found("e"), "`e` may mean line or handshake or frames");
    }

    #[test]
    fn a_misspelling_is_answered_with_the_nearest() {
        let meant = |wanted, name| {
            let said = format!("no exercise is called `{wanted}`; did you mean `{name}`?");
            assert_eq!(found(wanted), said);
        };
        meant("hanshake", "handshake");
        meant("02-handshaek", "handshake");
        meant("Frams", "frames");
        let none = |wanted| {
            let all = "line, handshake, frames, io";
            assert_eq!(
                found(wanted),
                format!("no exercise is called `{wanted}`; there are {all}")
            );
        };
        none("quux");
        none("7");
        none("");
    }
}
