//! What is known of one student: the attempt that counts, and what came of it.
//! Reports are made of records alone, so those of several machines can be joined.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::class::Class;
use super::intake::Attempt;
use super::roster::{Listed, Roster};
use super::verdict::Verdict;

/// One student.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    /// As the roster and the layout name them.
    pub id: String,
    pub name: String,
    pub email: String,
    /// There is a roster, without them.
    #[serde(default)]
    pub unlisted: bool,
    /// The attempt that counts, and how many there were.
    pub attempt: String,
    pub attempts: usize,
    /// When it was handed in, in seconds since 1970.
    pub when: Option<i64>,
    /// By how much it is late; a platform may say so without saying how much.
    pub late: Option<i64>,
    /// Why nothing of it is graded.
    pub refused: Option<String>,
    /// By exercise; none for one that isn't there.
    pub works: BTreeMap<String, Work>,
    /// What the student says of it, by exercise.
    pub feedback: BTreeMap<String, String>,
    pub review: BTreeMap<String, String>,
}

/// What an instructor should know: it came after the deadline.
pub const LATE: &str = "late";
/// Nothing that counts was found in it.
pub const EMPTY: &str = "holds no exercise";

/// What came of one exercise.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Work {
    /// Its turn has not come: the class was interrupted.
    Pending,
    /// It is as it was handed out.
    Untouched,
    /// It is not graded, for this reason.
    Refused { why: String },
    /// It was graded.
    Graded {
        /// What came of it.
        verdict: Verdict,
        /// What it is made of, for the likeness of two.
        fingerprints: Vec<u32>,
    },
}

impl Record {
    /// Of a student in the roster from whom there is nothing.
    pub fn absent(id: &str, listed: &Listed) -> Record {
        Record {
            id: id.to_owned(),
            name: listed.name.clone(),
            email: listed.email.clone(),
            unlisted: false,
            attempt: String::new(),
            attempts: 0,
            when: None,
            late: None,
            refused: None,
            works: BTreeMap::new(),
            feedback: BTreeMap::new(),
            review: BTreeMap::new(),
        }
    }

    /// Of a student and the attempt that counts; nothing of it is graded yet.
    pub fn of(class: &Class, roster: &Roster, attempts: &[Attempt]) -> Option<(Record, Attempt)> {
        let first = attempts.first()?;
        let listed = roster.get(&first.student).cloned().unwrap_or_default();
        let deadline = listed.extension.or(class.deadline());
        let late = |attempt: &Attempt| match (attempt.when, deadline) {
            (Some(when), Some(deadline)) if when > deadline => Some(when - deadline),
            (None, _) if attempt.marked_late => Some(0),
            _ => None,
        };
        // The last that is in time; if none is, the last of all.
        let in_time = attempts
            .iter()
            .rev()
            .find(|attempt| late(attempt).is_none());
        let chosen = in_time.or(attempts.last())?;
        let name = match listed.name.is_empty() {
            true => chosen.name.clone().unwrap_or_default(),
            false => listed.name.clone(),
        };
        let handed = &chosen.handed;
        let mut works = BTreeMap::new();
        for exercise in handed.sources.keys() {
            works.insert(exercise.clone(), Work::Pending);
        }
        for (exercise, why) in &handed.refused {
            works.insert(exercise.clone(), Work::Refused { why: why.clone() });
        }
        let record = Record {
            name,
            unlisted: !roster.is_empty() && !roster.contains_key(&first.student),
            attempt: chosen.nth.clone(),
            attempts: attempts.len(),
            when: chosen.when,
            late: late(chosen),
            refused: handed.refused_whole.clone(),
            works,
            feedback: handed.feedback.clone(),
            review: handed.review.clone(),
            ..Record::absent(&first.student, &listed)
        };
        Some((record, chosen.clone()))
    }

    /// The folder of the student's files in a report: an id is no path.
    pub fn folder(&self) -> String {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_@+.".contains(c);
        let safe: String = self
            .id
            .chars()
            .map(|c| if plain(c) { c } else { '_' })
            .take(80)
            .collect();
        match safe == self.id && !safe.starts_with('.') {
            true => safe,
            false => {
                let tail = sha1_smol::Sha1::from(&self.id).digest().to_string();
                format!("{}~{}", safe.trim_start_matches('.'), &tail[..8])
            }
        }
    }

    /// What an instructor should know of what was handed in.
    pub fn remarks(&self) -> Vec<&'static str> {
        let is_empty = self.attempts > 0 && self.refused.is_none() && self.works.is_empty();
        let remarks = [
            (self.late.is_some(), LATE),
            (is_empty, EMPTY),
            (self.unlisted, "not in the roster"),
        ];
        let holds = remarks.into_iter().filter(|(holds, _)| *holds);
        holds.map(|(_, remark)| remark).collect()
    }

    /// Whether something of it is still to be graded.
    pub fn is_pending(&self) -> bool {
        self.works
            .values()
            .any(|work| matches!(work, Work::Pending))
    }
}
