//! Snapshots and the record of their bytes belong together.

use std::collections::BTreeSet;
use std::fs;

use crate::run::{Proofs, chapters, root};

#[test]
fn the_bytes_on_record_give_the_transcript_on_record() {
    for chapter in chapters() {
        let folder = root()
            .join("exercises")
            .join(&chapter)
            .join("tests/snapshots");
        for file in folder.read_dir().expect("snapshots") {
            let path = file.expect("a file").path();
            let name = path.file_name().and_then(|n| n.to_str()).expect("UTF-8");
            let Some(name) = name.strip_suffix(".bytes.jsonl") else {
                continue;
            };
            let record = fs::read_to_string(&path).expect("a record");
            let snapshot = fs::read_to_string(folder.join(format!("{name}.snap")));
            let snapshot = snapshot.expect("the snapshot beside its bytes");
            let lines: Vec<&str> = snapshot.lines().collect();
            assert_eq!(
                (lines[0], lines[2]),
                ("---", "---"),
                "{name}: three header lines"
            );
            let transcript = proof::transcript_of(&record);
            let transcript = transcript.unwrap_or_else(|| panic!("{chapter}/{name}: no record"));
            assert_eq!(transcript, lines[3..].join("\n"), "{chapter}/{name}");
        }
    }
}

#[test]
fn every_proof_has_its_snapshot_and_every_snapshot_its_proof() {
    for chapter in chapters() {
        let proofs = Proofs::of_solution(&chapter).names();
        let proofs: BTreeSet<String> = proofs.iter().map(|p| p.replace("::", "__")).collect();
        let folder = root()
            .join("exercises")
            .join(&chapter)
            .join("tests/snapshots");
        for ending in [".snap", ".bytes.jsonl"] {
            let files = folder.read_dir().expect("snapshots");
            let names: BTreeSet<String> = files
                .filter_map(|file| file.expect("a file").file_name().into_string().ok())
                .filter_map(|name| Some(name.strip_suffix(ending)?.to_owned()))
                .collect();
            assert_eq!(proofs, names, "{chapter}: proofs against *{ending}");
        }
    }
}
