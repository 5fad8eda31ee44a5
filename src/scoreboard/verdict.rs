//! What a word on the scoreboard means, held against the clause of its probe.

use serde::Serialize;

/// How an answer stands to the clause that its probe is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// What the clause asks for.
    Asked,
    /// What the clause leaves to the server.
    Open,
    /// Not what a SHOULD recommends.
    Should,
    /// Against a MUST.
    Must,
}

impl Verdict {
    /// All of them, the best first.
    pub const ALL: [Verdict; 4] = [
        Verdict::Asked,
        Verdict::Open,
        Verdict::Should,
        Verdict::Must,
    ];

    /// The mark in front of a word: no colour is needed to tell them apart.
    pub fn mark(self) -> &'static str {
        match self {
            Verdict::Asked => "✓",
            Verdict::Open => "○",
            Verdict::Should => "△",
            Verdict::Must => "✗",
        }
    }

    /// Its name, for machines.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Asked => "asked",
            Verdict::Open => "open",
            Verdict::Should => "should",
            Verdict::Must => "must",
        }
    }

    /// What the mark says.
    pub fn says(self) -> &'static str {
        match self {
            Verdict::Asked => "what the clause asks for",
            Verdict::Open => "a choice that the clause leaves open",
            Verdict::Should => "not what a SHOULD recommends",
            Verdict::Must => "against a MUST",
        }
    }
}

/// Which words are which verdict. In a pattern `x` is any digit, so `4xx` is
/// any client error; a word that no pattern names is against a MUST.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// What the clause asks for.
    pub asked: &'static [&'static str],
    /// What it leaves open.
    pub open: &'static [&'static str],
    /// What it recommends against.
    pub should: &'static [&'static str],
}

impl Rule {
    /// The verdict on a word.
    pub fn judge(&self, word: &str) -> Verdict {
        let is_in = |patterns: &[&str]| patterns.iter().any(|pattern| matches(pattern, word));
        if is_in(self.asked) {
            Verdict::Asked
        } else if is_in(self.open) {
            Verdict::Open
        } else if is_in(self.should) {
            Verdict::Should
        } else {
            Verdict::Must
        }
    }
}

fn matches(pattern: &str, word: &str) -> bool {
    pattern.len() == word.len()
        && pattern
            .bytes()
            .zip(word.bytes())
            .all(|(p, w)| p == w || p == b'x' && w.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_no_pattern_names_is_against_a_must() {
        let rule = Rule {
            asked: &["1002"],
            open: &["echoes"],
            should: &["1xxx", "drops"],
        };
        let verdicts = ["1002", "echoes", "1007", "drops", "silent", "101"].map(|w| rule.judge(w));
        use Verdict::{Asked, Must, Open, Should};
        assert_eq!(verdicts, [Asked, Open, Should, Should, Must, Must]);
    }
}
