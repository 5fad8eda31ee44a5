//! A probe: what is sent, and which clause the answer is held against.

use super::verdict::{Rule, Verdict};
use super::wire::Wire;

/// One row of the scoreboard.
pub struct Probe {
    /// Its name on the command line: `no-upgrade`.
    pub id: &'static str,
    /// What is sent, as markdown.
    pub sends: &'static str,
    /// Where the rule stands.
    pub clause: &'static str,
    /// Which answers are which verdict.
    pub rule: Rule,
    /// The conversation; returns the answer in a word or two.
    pub talk: fn(&mut Wire) -> String,
}

impl Probe {
    /// The verdict on an answer.
    pub fn judge(&self, word: &str) -> Verdict {
        self.rule.judge(word)
    }
}
