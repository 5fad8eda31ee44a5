//! Broken programs: each is refused within the bound, and what a learner would
//! then read is on record.

use std::time::{Duration, Instant};

use crate::faults::failure;
use crate::run::{Proofs, broken};

/// Shorter than a learner's, so that this file does not take minutes.
const BOUNDS: [(&str, &str); 3] = [
    ("PROOF_SEED", "1"),
    ("PROOF_STARTUP_MS", "3000"),
    ("PROOF_PATIENCE_MS", "2000"),
];

/// No proof, whatever it meets, takes longer than this: start-up, a few
/// events, and room for a busy machine.
const BOUND: Duration = Duration::from_secs(30);

fn refused(fault: &str, chapter: &str, proof: &str) {
    let program = broken();
    let subject = format!("'{program}' {fault}");
    let started = Instant::now();
    let outcome = Proofs::of_solution(chapter).run(&subject, &BOUNDS, &["--exact", proof]);
    let took = started.elapsed();
    assert!(took < BOUND, "{fault}: took {took:?}");
    let status = &outcome.reports[proof].status;
    let expected = if fault == "panics-at-todo" { "unwritten" } else { "refused" };
    assert_eq!(status, expected, "{fault}\n{}", outcome.stdout);

    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let text = failure(&outcome, proof, &program);
    settings.bind(|| insta::assert_snapshot!(fault, text));
}

macro_rules! refused {
    ($($test:ident: $fault:literal, $chapter:literal, $proof:literal;)*) => {
        $(#[test] fn $test() { refused($fault, $chapter, $proof); })*
    };
}

refused! {
    never_listens: "never-listens", "01-echo", "PROOF";
}
