//! Where an oracle differs, it is said what it does, by which clause, and why.
//! That each exercise and proof named there exists is the book's to check.

use anyhow::Result;

use super::scope::{Scope, line_where, text};
use crate::book::Faults;

pub fn check(scope: &Scope, faults: &Faults) -> Result<()> {
    for oracle in scope.house.oracles()? {
        let source = text(&oracle.file);
        let name = scope.relative(&oracle.file);
        for deviation in &oracle.deviations {
            let told = [
                ("does", &deviation.does),
                ("clause", &deviation.clause),
                ("why", &deviation.why),
            ];
            for (key, _) in told.iter().filter(|(_, text)| text.trim().is_empty()) {
                let proof = &deviation.proof;
                let line = line_where(&source, |line| line.contains(proof));
                faults.add(&name, line, format!("`{proof}`: `{key}` is empty; say it"));
            }
        }
    }
    Ok(())
}
