//! An untouched exercise fails every proof, and says where to go on.

use crate::run::{Proofs, chapters, root};

/// A learner's own work may well pass: this is for authors, and `.ci/run`.
#[test]
#[ignore = "for authors: a learner's exercises are no longer untouched"]
fn an_untouched_exercise_fails_every_proof() {
    for chapter in chapters() {
        let folder = root().join("exercises").join(&chapter);
        for file in ["lib.rs", "main.rs"] {
            let text = |shelf: &str| std::fs::read_to_string(folder.join(shelf).join(file));
            let (now, start) = (text("src").expect("src"), text("start").expect("start"));
            assert_eq!(now, start, "{chapter}: src/{file} is not start/{file}");
        }
        let proofs = Proofs::of_exercise(&chapter);
        let outcome = proofs.run("", &[("PROOF_PATIENCE_MS", "2000")], &[]);
        for name in proofs.names() {
            let report = outcome.reports.get(&name);
            let status = report.map_or("no report", |report| &report.status);
            assert_ne!(
                status, "proved",
                "{chapter} {name}: true before anything is written"
            );
            assert_eq!(
                status, "unwritten",
                "{chapter} {name}: does not name its step"
            );
        }
        // Of each failure: the step, and where to read.
        let failures = proofs.names().len();
        for line in [
            "\n  read   book/src/",
            "\n  hint   cargo workbook hint ",
            "\n  step ",
        ] {
            let shown = outcome.stdout.matches(line).count();
            assert_eq!(
                shown, failures,
                "{chapter}: {line:?} in\n{}",
                outcome.stdout
            );
        }
    }
}
