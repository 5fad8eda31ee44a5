//! A probe: what is sent, and which clause the answer is held against.

use super::probes;
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

/// Probes about one part of the protocol.
pub struct Group {
    /// `handshake`.
    pub id: &'static str,
    /// Its rows.
    pub probes: &'static [Probe],
}

/// All probes, in the order of the rows.
pub const GROUPS: [Group; 4] = [
    Group {
        id: "handshake",
        probes: probes::handshake::PROBES,
    },
    Group {
        id: "masking",
        probes: probes::masking::PROBES,
    },
    Group {
        id: "frames",
        probes: probes::frames::PROBES,
    },
    Group {
        id: "limits",
        probes: probes::limits::PROBES,
    },
];

/// All probes of all groups.
pub fn all() -> impl Iterator<Item = &'static Probe> {
    GROUPS.iter().flat_map(|group| group.probes)
}
