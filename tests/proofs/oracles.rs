//! The proofs against programs on other people's libraries. What those do not
//! pass stands in `tests/oracles/*/oracle.toml`, and is checked both ways.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::run::{Proofs, root};

#[derive(Deserialize)]
struct Oracle {
    name: String,
    version: String,
    serves: BTreeMap<String, String>,
    #[serde(default)]
    deviation: Vec<Deviation>,
}

#[derive(Deserialize)]
struct Deviation {
    exercise: String,
    proof: String,
    does: String,
    clause: String,
    why: String,
}

fn check(folder: &str) {
    let dir = root().join("tests/oracles").join(folder);
    let text = std::fs::read_to_string(dir.join("oracle.toml")).expect("oracle.toml");
    let oracle: Oracle = toml::from_str(&text).expect("an oracle");
    let mut wrong = Vec::new();
    for (exercise, command) in &oracle.serves {
        let subject = command.replace("{dir}", &dir.display().to_string());
        let chapters = crate::run::chapters();
        let chapter = chapters
            .iter()
            .find(|c| crate::run::exercise(c) == exercise);
        let proofs = Proofs::of_solution(chapter.expect("a chapter"));
        let outcome = proofs.run(&subject, &[], &[]);
        let named = |proof: &str| {
            let mut all = oracle.deviation.iter();
            all.find(|d| d.exercise == *exercise && d.proof == proof)
        };
        for proof in proofs.names() {
            let report = outcome.reports.get(&proof);
            let status = report.map_or("no report", |report| &report.status);
            match (status, named(&proof)) {
                ("proved", None) | ("refused", Some(_)) => {}
                ("proved", Some(deviation)) => wrong.push(format!(
                    "{exercise} {proof}: is proved now; on record: {}",
                    deviation.does
                )),
                (status, _) => wrong.push(format!(
                    "{exercise} {proof}: {status}\n{}",
                    report.map_or("", |report| &report.got)
                )),
            }
        }
        println!(
            "{} {}, {exercise}: {} of {} proofs hold",
            oracle.name,
            oracle.version,
            outcome.proved().len(),
            proofs.names().len()
        );
        let names = proofs.names();
        for deviation in oracle.deviation.iter().filter(|d| d.exercise == *exercise) {
            if !names.contains(&deviation.proof) {
                wrong.push(format!("{exercise} {}: no such proof", deviation.proof));
            }
            let told = [&deviation.does, &deviation.clause, &deviation.why];
            if told.iter().any(|text| text.trim().is_empty()) {
                wrong.push(format!("{}: says not what, or not why", deviation.proof));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} {}\n{}",
        oracle.name,
        oracle.version,
        wrong.join("\n")
    );
}

#[test]
#[ignore = "needs Node and `npm ci` in tests/oracles/ws"]
fn ws_gives_the_same_transcripts() {
    check("ws");
}

#[test]
#[ignore = "needs Python and the venv of tests/oracles/websockets"]
fn websockets_gives_the_same_transcripts() {
    check("websockets");
}

#[test]
#[ignore = "needs Node and `npm ci` in tests/oracles/socketio"]
fn socket_io_gives_the_same_transcripts() {
    check("socketio");
}
