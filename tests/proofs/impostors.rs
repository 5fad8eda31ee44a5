//! Programs that know the answers but not the question.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::run::{Proofs, broken, chapters, quoted, root};

/// What is on trial in a proof.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Server,
    Command,
}

/// The record of a proof's bytes, if that is on trial in it.
fn record(chapter: &str, proof: &str, kind: Kind) -> Option<PathBuf> {
    let folder = root()
        .join("exercises")
        .join(chapter)
        .join("tests/snapshots");
    let path = folder.join(format!("{}.bytes.jsonl", proof.replace("::", "__")));
    let text = fs::read_to_string(&path).expect("a record of bytes");
    let of = match () {
        () if text.contains("\"text\":\"exit ") => Kind::Command,
        () if text.contains("\"from\":\"S→") => Kind::Server,
        () => return None,
    };
    (of == kind).then_some(path)
}

/// A refusal is certain sooner than a slow answer; and since these programs
/// mostly keep silent, many proofs wait side by side.
const BOUNDS: [(&str, &str); 2] = [("PROOF_PATIENCE_MS", "1500"), ("PROOF_STARTUP_MS", "3000")];
const MANY: &str = "--test-threads=16";

fn passes_none(fault: &str) {
    let subject = format!("{} {fault}", broken());
    for chapter in chapters() {
        let proofs = Proofs::of_solution(&chapter);
        let outcome = proofs.run(&subject, &BOUNDS, &[MANY]);
        for proof in proofs.names() {
            if record(&chapter, &proof, Kind::Server).is_some() {
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

#[test]
fn a_program_that_replays_the_record_passes_no_server_proof() {
    replay_passes_none("replays-the-record", Kind::Server);
}

#[test]
fn a_program_that_replays_the_output_passes_no_proof_of_a_command() {
    replay_passes_none("replays-the-output", Kind::Command);
}

/// The replay is a good one: under the seed it was recorded with, it fools
/// proofs; under any other, none.
fn replay_passes_none(fault: &str, kind: Kind) {
    let program = broken();
    let other_seed = format!("{}7", std::process::id());
    let mut trials = Vec::new();
    for chapter in chapters() {
        let proofs = Arc::new(Proofs::of_solution(&chapter));
        for proof in proofs.names() {
            if let Some(record) = record(&chapter, &proof, kind) {
                let subject = format!("{program} {fault} {}", quoted(&record));
                trials.push((proofs.clone(), subject, proof));
            }
        }
    }
    let statuses = |seed: &str| -> Vec<(String, String)> {
        let next = AtomicUsize::new(0);
        let work = || {
            let turns = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
            let mine = turns.map_while(|turn| trials.get(turn));
            let tried = mine.map(|(proofs, subject, proof)| {
                let environment = [BOUNDS[0], BOUNDS[1], ("PROOF_SEED", seed)];
                let outcome = proofs.run(subject, &environment, &["--exact", proof]);
                (subject.clone(), outcome.reports[proof].status.clone())
            });
            tried.collect::<Vec<_>>()
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..8).map(|_| scope.spawn(work)).collect();
            let done = workers.into_iter().map(|w| w.join().expect("no panic"));
            done.flatten().collect()
        })
    };
    let fooled = statuses("1").iter().filter(|(_, s)| s == "proved").count();
    let mut let_through = statuses(&other_seed);
    let_through.retain(|(_, status)| status != "refused");
    assert!(
        let_through.is_empty(),
        "PROOF_SEED={other_seed}: {let_through:#?}"
    );
    println!(
        "under the recorded seed the replay fools {fooled} of {} proofs",
        trials.len()
    );
    assert!(
        fooled * 2 > trials.len(),
        "the replay is no good: it fools {fooled} proofs"
    );
}
