//! What one proof reports: a line of `PROOF_REPORT`.

use serde::Deserialize;

/// How a proof ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The transcript is the one on record.
    Proved,
    /// The program did something else.
    Refused,
    /// It met a `todo!`.
    Unwritten,
    /// It could not be tried.
    Broken,
}

/// A proof's report.
#[derive(Debug, Clone, Deserialize)]
pub struct Report {
    /// The proof's path, as its test is listed.
    pub proof: String,
    /// How it ended.
    pub status: Status,
    /// The failure as it is printed; empty if there is none.
    #[serde(default)]
    pub text: String,
    /// The line as it came, for programs that read it.
    #[serde(skip)]
    pub json: String,
}

impl Report {
    /// Reads a line of a report.
    pub fn read(line: &str) -> Option<Report> {
        let report: Report = serde_json::from_str(line).ok()?;
        Some(Report {
            json: line.to_owned(),
            ..report
        })
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

    /// Of a proof that reported nothing.
    pub fn missing(proof: &str, why: &str) -> Report {
        let json = serde_json::json!({ "v": 1, "proof": proof, "status": "broken", "text": why });
        Report {
            proof: proof.to_owned(),
            status: Status::Broken,
            text: format!("\n{proof}\n\n  {why}\n"),
            json: json.to_string(),
        }
    }
}
