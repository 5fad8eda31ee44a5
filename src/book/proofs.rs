//! The table of an exercise's proofs, by step.

use std::fmt::Write as _;

use super::html::{escape, inline, unindexed};
use crate::house::{Exercise, Proof, Step};

/// The table as one line of HTML; `transcript` gives a proof's figure.
pub fn html(
    exercise: &Exercise,
    proofs: &[Proof],
    mut transcript: impl FnMut(&Proof) -> String,
) -> String {
    let mut bodies = String::new();
    for (nth, step) in exercise.about.steps.iter().enumerate() {
        let _ = write!(
            bodies,
            "<tbody data-step=\"{}\"><tr class=\"sp-step\"><th colspan=\"3\" scope=\"rowgroup\">\
             Step {} · {} <span class=\"sp-points\">{}</span></th></tr>",
            escape(&step.id),
            nth + 1,
            inline(&step.title),
            points(step)
        );
        for proof in proofs.iter().filter(|proof| proof.step() == step.id) {
            let kind = if proof.strict() { "strict" } else { "core" };
            let _ = write!(
                bodies,
                "<tr id=\"proof-{id}\" data-proof=\"{}\" data-kind=\"{kind}\">\
                 <td><details><summary>{}</summary>{}</details></td>\
                 <td><a href=\"#proof-{id}\"><code>{}</code></a></td><td>{kind}</td></tr>",
                escape(&proof.path),
                inline(&proof.shows),
                unindexed(&transcript(proof)),
                // A name may break, and is still found whole.
                escape(proof.test()).replace('_', &format!("_{}", unindexed("<wbr>"))),
                id = escape(&proof.snapshot()),
            );
        }
        bodies.push_str("</tbody>");
    }
    format!(
        "<div class=\"sp-scroll\"><table class=\"sp-proofs\" data-exercise=\"{}\"><thead><tr>\
         <th scope=\"col\">what holds</th><th scope=\"col\">proof</th><th scope=\"col\">kind</th>\
         </tr></thead>{bodies}</table></div>",
        escape(&exercise.id)
    )
}

fn points(step: &Step) -> String {
    let plural = if step.points == 1 { "" } else { "s" };
    let core = format!("{} point{plural}", step.points);
    match step.strict_points {
        0 => core,
        strict => format!("{core} core, {strict} strict"),
    }
}
