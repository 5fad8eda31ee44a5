//! Programs that know the answers but not the question.

use std::fs;
use std::path::PathBuf;

use crate::run::{Proofs, broken, chapters, quoted, root};

/// The record of a proof's bytes, if a server takes part in it.
fn record(chapter: &str, proof: &str) -> Option<PathBuf> {
    let folder = root()
        .join("exercises")
        .join(chapter)
        .join("tests/snapshots");
    let path = folder.join(format!("{}.bytes.jsonl", proof.replace("::", "__")));
    let text = fs::read_to_string(&path).expect("a record of bytes");
    text.contains("\"from\":\"S→").then_some(path)
}

/// A refusal is certain sooner than a slow answer.
const BOUNDS: [(&str, &str); 1] = [("PROOF_PATIENCE_MS", "1500")];

fn passes_none(fault: &str) {
    let subject = format!("{} {fault}", broken());
    for chapter in chapters() {
        let proofs = Proofs::of_solution(&chapter);
        let outcome = proofs.run(&subject, &BOUNDS, &[]);
        for proof in proofs.names() {
            if record(&chapter, &proof).is_some() {
                let status = &outcome.reports[&proof].status;
                assert_eq!(status, "refused", "{chapter} {proof} against {fault}");
            }
        }
    }
}

#[test]
fn a_program_that_always_answers_400_passes_no_server_proof() {
    passes_none("answers-400");
}

#[test]
fn a_program_that_sends_literal_placeholders_passes_no_server_proof() {
    passes_none("sends-placeholders");
}

/// The replay is a good one: under the seed it was recorded with, it fools
/// proofs; under any other, none.
#[test]
fn a_program_that_replays_the_record_passes_no_server_proof() {
    let mut fooled = 0;
    for chapter in chapters() {
        let proofs = Proofs::of_solution(&chapter);
        for proof in proofs.names() {
            let Some(record) = record(&chapter, &proof) else {
                continue;
            };
            let subject = format!("{} replays-the-record {}", broken(), quoted(&record));
            let run = |seed: &str| {
                let environment = [BOUNDS[0], ("PROOF_SEED", seed)];
                let outcome = proofs.run(&subject, &environment, &["--exact", &proof]);
                outcome.reports[&proof].status.clone()
            };
            fooled += usize::from(run("1") == "proved");
            let seed = std::process::id().to_string() + "7";
            assert_eq!(
                run(&seed),
                "refused",
                "{chapter} {proof}, PROOF_SEED={seed}"
            );
        }
    }
    println!("under the recorded seed the replay fools {fooled} proofs");
    assert!(
        fooled >= 3,
        "the replay is no good: it fools {fooled} under its own seed"
    );
}
