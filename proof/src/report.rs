//! `PROOF_REPORT=FILE`: one JSON line a proof, for programs to read.

use std::io::Write;

use serde_json::json;

use crate::case::Case;
use crate::value::seed;

/// How a proof ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Status {
    /// The transcript is the one on record.
    Proved,
    /// The program was tried, and something else happened.
    Refused,
    /// The program reached a `todo!`.
    Unwritten,
    /// It could not be tried: no such program, no snapshot on record.
    Broken,
}

impl Status {
    fn word(self) -> &'static str {
        match self {
            Status::Proved => "proved",
            Status::Refused => "refused",
            Status::Unwritten => "unwritten",
            Status::Broken => "broken",
        }
    }
}

/// Append this proof's line, if a report is asked for; `text` is the failure as
/// it is printed.
pub(crate) fn write(
    case: &Case,
    status: Status,
    expected: &str,
    got: &str,
    stderr: &str,
    text: &str,
) {
    let Some(path) = std::env::var_os("PROOF_REPORT").filter(|path| !path.is_empty()) else {
        return;
    };
    let mut line = json!({
        "v": 1,
        "exercise": case.site.exercise(),
        "step": case.site.step(),
        "proof": case.site.path(),
        "strict": case.site.strict(),
        "status": status.word(),
        "seed": seed(),
        "expected": expected,
        "got": got,
        "stderr": stderr,
        "text": text,
        "ms": case.started.elapsed().as_millis() as u64,
    })
    .to_string();
    line.push('\n');
    // One write to a file opened for appending: proofs run side by side.
    let file = std::fs::File::options()
        .create(true)
        .append(true)
        .open(&path);
    if let Err(error) = file.and_then(|mut file| file.write_all(line.as_bytes())) {
        println!("PROOF_REPORT={}: {error}", path.display());
    }
}
