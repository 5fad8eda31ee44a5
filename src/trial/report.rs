//! What one proof reports: a line of `PROOF_REPORT`.

use serde::Deserialize;

/// What stands before a port that the system chose.
const LOOPBACK: &str = "127.0.0.1:";

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

    /// The failure as it is kept on record: without the command that repeats
    /// it, which a reader can't run, and by the name of `PORT`, each port.
    pub fn for_record(&self) -> String {
        let lines = self.text.split_inclusive('\n');
        let text: String = lines.filter(|line| !line.starts_with("  again ")).collect();
        let mut parts = text.split(LOOPBACK);
        let mut record = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
            record += LOOPBACK;
            record += if rest.len() < part.len() { "PORT" } else { "" };
            record += rest;
        }
        record.trim().to_owned()
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

#[cfg(test)]
mod tests {
    use super::Report;

    #[test]
    fn a_record_holds_nothing_of_one_run() {
        let mut report = Report::missing("greets", "");
        report.text = "\n127.0.0.1:4000 and 127.0.0.1:x\n  again  run it\n  read it\n\n".to_owned();
        let record = "127.0.0.1:PORT and 127.0.0.1:x\n  read it";
        assert_eq!(report.for_record(), record);
    }
}
