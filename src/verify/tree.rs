//! What is true of every file: it holds nothing of one machine, and links lead
//! somewhere.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use mdbook_markdown::pulldown_cmark::{Event, Parser, Tag};

use super::exempt::Exempt;
use super::scope::{Scope, text};
use crate::book::{Faults, line_of};

/// What is built, fetched or remembered, and so nobody's to look at.
const LEFT_OUT: [&str; 7] = [
    ".git",
    ".venv",
    ".workbook",
    "__pycache__",
    "artifacts",
    "node_modules",
    "target",
];

/// Folders that lie elsewhere on each machine.
const MACHINE: [&str; 5] = ["/home/", "/root/", "/tmp/", "/Users/", "/work/"];

/// The only host that a lock may name: where cargo says that crates come from.
const INDEX: &str = "https://github.com/rust-lang/crates.io-index";

pub fn check(scope: &Scope, faults: &Faults) -> Result<()> {
    let mut files = Vec::new();
    walk(scope.house.root(), &mut files)?;
    let mut exempt = Exempt::read(&scope.house, "files", faults)?;
    for file in files {
        let name = scope.relative(&file);
        if name.ends_with(".snap.new") || name.ends_with(".pending-snap") {
            let message = "a snapshot waits for an answer; look at it, then accept or remove it";
            faults.add(&name, 1, message);
            continue;
        }
        // What isn't text holds no path to read.
        let Ok(text) = fs::read_to_string(&file) else {
            continue;
        };
        if name != "Cargo.lock" {
            let found = paths(&text);
            if !found.is_empty() && !exempt.lets_be(&name) {
                for (line, folder) in found {
                    let message = format!(
                        "a path under {folder} is one machine's; say it from the workbook's folder"
                    );
                    faults.add(&name, line, message);
                }
            }
            registries(&name, &text, faults);
        }
        if is_lock(&name) {
            addresses(&name, &text, faults);
        }
    }
    exempt.report_unused(faults);
    Ok(())
}

fn walk(dir: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if LEFT_OUT.iter().any(|name| path.ends_with(name)) {
            continue;
        }
        match path.is_dir() {
            true => walk(&path, found)?,
            false => found.push(path),
        }
    }
    Ok(())
}

/// Where a path of one machine stands, and the folder it begins with.
fn paths(text: &str) -> Vec<(usize, &'static str)> {
    MACHINE
        .into_iter()
        .flat_map(|folder| text.match_indices(folder).map(move |(at, _)| (at, folder)))
        .filter(|(at, folder)| {
            let rest = &text[at + folder.len()..];
            rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '.')
        })
        .map(|(at, folder)| (line_of(text, at), folder))
        .collect()
}

/// A setting such as pip's `index-url`, with an address.
fn registries(name: &str, text: &str, faults: &Faults) {
    for key in ["index-url", "registry"] {
        for (at, _) in text.match_indices(key) {
            let rest = &text[at + key.len()..];
            let value = rest.trim_start_matches(['"', ' ', '=', ':']);
            let is_set = value.len() < rest.len();
            if is_set && (value.starts_with("http:") || value.starts_with("https:")) {
                let message = "a registry of its own; which one to ask is each machine's to say";
                faults.add(name, line_of(text, at), message);
            }
        }
    }
}

fn is_lock(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or_default();
    matches!(
        file,
        "Cargo.lock" | "package-lock.json" | ".npmrc" | "requirements.txt"
    ) || name.starts_with(".cargo/")
}

/// Where packages come from is for each machine to say.
fn addresses(name: &str, text: &str, faults: &Faults) {
    for (at, line) in text.lines().enumerate() {
        let line = line.replace(INDEX, "");
        // Whom to pay is no place to fetch from.
        if line.trim_start().starts_with("\"url\":") {
            continue;
        }
        if line.contains("\"resolved\"") || line.contains("http://") || line.contains("https://") {
            let message = "an address in a lock; where packages come from is each machine's to say";
            faults.add(name, at + 1, message);
        }
    }
}

/// The pages that stand outside the book link to what is there.
pub fn links(scope: &Scope, faults: &Faults) -> Result<()> {
    let root = scope.house.root();
    for page in ["README.md", "CONTRIBUTING.md"] {
        let source = text(&root.join(page));
        for (event, range) in Parser::new(&source).into_offset_iter() {
            let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) = event
            else {
                continue;
            };
            let target = dest_url.split('#').next().unwrap_or_default();
            if !target.contains(':') && !root.join(target).exists() {
                let message = format!("dead link: there is no {target}");
                faults.add(page, line_of(&source, range.start), message);
            }
        }
    }
    Ok(())
}
