//! What came of one submission of one exercise: as it is stored.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::trial::{Report, Status};

/// Compiled, and proved or not.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Verdict {
    /// Why there is no program, if there is none: what the compiler said.
    pub uncompiled: Option<String>,
    /// What the random values of this run were drawn from.
    pub seed: u64,
    /// Every proof, in the order written.
    pub proofs: Vec<Shown>,
    /// How long it took.
    pub ms: u64,
}

/// What one proof has shown.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Shown {
    /// `step_2_answer::strict::names_the_allowed_method`
    pub proof: String,
    /// How it ended.
    pub status: Status,
    /// One of the instructor's own.
    #[serde(default)]
    pub hidden: bool,
    /// The transcript on record; empty if it came to none.
    #[serde(default)]
    pub expected: String,
    /// The program's.
    #[serde(default)]
    pub got: String,
    /// The failure as a learner reads it.
    #[serde(default)]
    pub text: String,
    /// How long it took.
    pub ms: u64,
    /// It failed in time, and was tried again alone: how it ended at first.
    #[serde(default)]
    pub at_first: Option<Status>,
}

/// Of what a program made a proof print, as much is kept.
const MOST: usize = 16 * 1024;

impl Shown {
    /// From a proof's report.
    pub fn of(report: &Report, hidden: bool) -> Shown {
        let json: Value = serde_json::from_str(&report.json).unwrap_or_default();
        let text = |name: &str| kept(json[name].as_str().unwrap_or_default());
        let proved = report.is_proved();
        Shown {
            proof: report.proof.clone(),
            status: report.status,
            hidden,
            // What is as it should be, the workbook knows already.
            expected: if proved {
                String::new()
            } else {
                text("expected")
            },
            got: if proved { String::new() } else { text("got") },
            text: kept(&report.text),
            ms: json["ms"].as_u64().unwrap_or_default(),
            at_first: None,
        }
    }

    /// Its cell may have failed, and not the program. Or the program says so.
    pub fn is_suspect(&self) -> bool {
        let signs = ["exit 125", "bwrap: ", "cell: "];
        !self.is_proved() && signs.iter().any(|sign| self.text.contains(sign))
    }

    /// Whether it holds.
    pub fn is_proved(&self) -> bool {
        self.status == Status::Proved
    }

    /// The module of its step.
    pub fn step(&self) -> &str {
        self.proof.split("::").next().unwrap_or_default()
    }

    /// Whether it stands in a `strict` module.
    pub fn is_strict(&self) -> bool {
        self.proof.split("::").any(|part| part == "strict")
    }

    /// The first line in which the two transcripts differ: expected, and got.
    pub fn first_wrong_line(&self) -> Option<(&str, &str)> {
        let (mut expected, mut got) = (self.expected.lines(), self.got.lines());
        loop {
            match (expected.next(), got.next()) {
                (None, None) => return None,
                (a, b) if a == b => {}
                (a, b) => return Some((a.unwrap_or_default(), b.unwrap_or_default())),
            }
        }
    }
}

fn kept(text: &str) -> String {
    match text.char_indices().nth(MOST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}\n… cut after {MOST} characters", &text[..end]),
    }
}
