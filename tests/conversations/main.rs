//! Conversations with other people's programs that a page prints: held again,
//! through the tap, and compared with the file. `INSTA_UPDATE=always` writes it.
#![cfg(unix)]

#[path = "../tap/tapped.rs"]
#[allow(dead_code, reason = "each test file uses a part of it")]
mod tapped;

mod contact;
mod lanes;
mod program;
mod reconnect;
mod scenarios;

use std::path::{Path, PathBuf};

use program::{Program, read_to_the_end};
use tapped::Tap;

/// The workbook's folder.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of an oracle.
fn oracle(path: &str) -> PathBuf {
    root().join("tests/oracles").join(path)
}

/// What went between a client and a server on the one connection that they had,
/// and what the client printed. `client` is given the tap's address.
fn conversation(server: &Program, client: impl FnOnce(&str) -> std::process::Command) -> String {
    let tap = Tap::before(server.address(), &[]);
    let printed = read_to_the_end(client(&tap.address));
    let mut said = tap.until(|line| line.ends_with(" closed"));
    // Who ends TCP first is a matter of timing.
    said.pop();
    // Chapter 02 is about headers.
    said.retain(|line| {
        let header = line.split_once("→S   ").or(line.split_once("→C   "));
        header.is_none_or(|(_, header)| header.starts_with("body "))
    });
    said.extend(printed);
    name_each(&said.join("\n"), "\"sid\":\"", "sid")
}

/// Each value behind this by name: another one is chosen each time.
fn name_each(text: &str, before: &str, name: &str) -> String {
    let mut named = text.to_owned();
    let mut known = Vec::new();
    for rest in text.split(before).skip(1) {
        let value = rest.split('"').next().expect("a first part");
        if !known.contains(&value) {
            known.push(value);
            let name = match known.len() {
                1 => format!("<{name}>"),
                n => format!("<{name}#{n}>"),
            };
            named = named.replace(value, &name);
        }
    }
    named
}

/// Compares with what a page prints.
fn on_record(file: &str, heard: &str) {
    let path = root().join(file);
    let heard = format!("{heard}\n");
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        std::fs::write(&path, &heard).unwrap();
    }
    let recorded = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(heard, recorded, "{file}");
}
