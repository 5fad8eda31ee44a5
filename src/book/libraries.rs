//! What the libraries do: where an oracle's transcript differs from the
//! snapshot, with the clause.

use std::fmt::Write as _;

use super::bytes::cite;
use super::html::{escape, inline, list};
use super::transcript::humanised;
use crate::house::{Exercise, Oracle, Proof};

/// The table as one line of HTML.
pub fn html(exercise: &Exercise, proofs: &[Proof], oracles: &[Oracle]) -> String {
    let held: Vec<&Oracle> = oracles
        .iter()
        .filter(|oracle| oracle.serves.contains_key(&exercise.name))
        .collect();
    let scores: Vec<String> = held
        .iter()
        .map(|oracle| {
            let given = proofs
                .iter()
                .filter(|proof| oracle.gives(exercise, &proof.path));
            format!(
                "{} {} ({}) gives {} of the {} transcripts",
                escape(&oracle.name),
                escape(&oracle.version),
                escape(&oracle.language),
                given.count(),
                proofs.len()
            )
        })
        .collect();
    let mut rows = String::new();
    for proof in proofs {
        for oracle in &held {
            let deviations = oracle
                .deviations
                .iter()
                .filter(|d| d.exercise == exercise.name && d.proof == proof.path);
            for deviation in deviations {
                let _ = write!(
                    rows,
                    "<tr><td><a href=\"#proof-{}\">{}</a></td><td>{}</td>\
                     <td>{}<p class=\"sp-why\">{}</p></td><td>{}</td></tr>",
                    escape(&proof.snapshot()),
                    humanised(proof.test()),
                    escape(&oracle.name),
                    inline(&deviation.does),
                    inline(&deviation.why),
                    cite(&deviation.clause),
                );
            }
        }
    }
    let summary = format!("{}.", list(&scores));
    if rows.is_empty() {
        return format!("<p class=\"sp-libraries\">{summary}</p>");
    }
    format!(
        "<div class=\"sp-scroll\"><table class=\"sp-libraries\"><caption>{summary}</caption>\
         <thead><tr><th scope=\"col\">proof</th><th scope=\"col\">library</th>\
         <th scope=\"col\">does</th><th scope=\"col\">clause</th></tr></thead>\
         <tbody>{rows}</tbody></table></div>"
    )
}
