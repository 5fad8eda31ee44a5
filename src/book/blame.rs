//! Where in the sources a fault comes from that only shows in the built book.

use std::fs;

use super::fault::Faults;
use super::links::Dead;
use crate::house::House;

/// mdBook names the page, and quotes what it stumbled on, but gives no line:
/// it is the first on which the quoted text stands.
pub fn warning(house: &House, faults: &Faults, warning: &str) {
    // Of a field that isn't known, its name comes before all other clues.
    let warning_from_field = warning
        .find("unknown field")
        .map_or(warning, |at| &warning[at..]);
    let quoted: Vec<&str> = warning_from_field
        .split(['`', '"'])
        .skip(1)
        .step_by(2)
        .filter(|text| !text.is_empty())
        .collect();
    let source = house.root().join("book/src");
    let page = quoted.iter().find(|text| source.join(text).is_file());
    let file = match page {
        Some(page) => source.join(page),
        None if warning.contains("deserialize") || warning.contains("configuration") => {
            house.root().join("book/book.toml")
        }
        None => source.join("SUMMARY.md"),
    };
    let text = fs::read_to_string(&file).unwrap_or_default();
    let line = quoted
        .iter()
        .filter(|text| Some(*text) != page)
        .map(|text| text.trim_end_matches('>'))
        .find_map(|needle| text.lines().position(|line| line.contains(needle)))
        .map_or(1, |at| at + 1);
    let message = warning.split_whitespace().collect::<Vec<_>>().join(" ");
    faults.add(house.relative(&file), line, message);
}

/// Finds the source of a dead link: the lines of the page, of its quiz or of
/// its proofs that hold the target.
pub fn dead_link(house: &House, faults: &Faults, dead: &Dead) {
    let stem = dead.page.with_extension("");
    let stem = stem.to_string_lossy();
    let page = house.root().join(format!("book/src/{stem}.md"));
    if stem == "index" && !page.is_file() {
        // A copy of the first page, whose own links are looked at anyway.
        return;
    }
    let sources = [
        page.clone(),
        house.root().join(format!("book/quiz/{stem}.toml")),
        house
            .root()
            .join(format!("exercises/{stem}/tests/proof.rs")),
        house.root().join("book/theme/head.hbs"),
    ];
    // mdBook has made `.html` of `.md`.
    let in_markdown = |text: &str| text.replace(".html", ".md");
    let mut found = false;
    for source in &sources {
        let text = fs::read_to_string(source).unwrap_or_default();
        for (at, line) in text.lines().enumerate() {
            let message = if links_to(line, &in_markdown(&dead.target)) {
                in_markdown(&dead.message)
            } else if links_to(line, &dead.target) {
                dead.message.clone()
            } else {
                continue;
            };
            faults.add(house.relative(source), at + 1, message);
            found = true;
        }
    }
    if !found {
        let file = match page.is_file() {
            true => page,
            false => house.root().join("book/src/SUMMARY.md"),
        };
        let message = format!("{} (as `{}`)", dead.message, dead.target);
        faults.add(house.relative(&file), 1, message);
    }
}

/// Whether a line has this very target, not one that it is a part of.
fn links_to(line: &str, target: &str) -> bool {
    line.match_indices(target).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + target.len()..].chars().next();
        let ends = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || "()<>\"'".contains(c));
        ends(before) && ends(after)
    })
}
