//! A proof can fail: it compares, it waits for nothing but the wire, it sends
//! what no recording knows, and a refusal in it is not the last word.

use std::collections::BTreeMap;

use anyhow::Result;

use super::exempt::Exempt;
use super::scope::{Chapter, Scope, text};
use crate::book::{Entry, Faults, HEADER, Kind, Recording, Side};
use crate::house::Proof;

/// Each proof compares, and none sleeps.
pub fn compares(scope: &Scope, faults: &Faults) -> Result<()> {
    for chapter in &scope.chapters {
        let file = chapter.exercise.proofs_file();
        let source = text(&file);
        let name = scope.relative(&file);
        for proof in &chapter.proofs {
            let lines = source.lines().skip(proof.line - 1);
            let mut body = lines.take(proof.end + 1 - proof.line);
            if !body.any(|line| code(line).contains("prove!(")) {
                let message = format!(
                    "`{}` compares nothing, so it can't fail; end it with prove!(…)",
                    proof.path
                );
                faults.add(&name, proof.line, message);
            }
        }
        for (at, line) in source.lines().enumerate() {
            if code(line).contains("sleep(") {
                let message = "a proof sleeps here; wait for something that comes, or for a pong";
                faults.add(&name, at + 1, message);
            }
        }
    }
    Ok(())
}

/// A line without its comment.
fn code(line: &str) -> &str {
    line.split_once("//").map_or(line, |(code, _)| code)
}

/// What each transcript on record shows.
pub fn transcripts(scope: &Scope, faults: &Faults) -> Result<()> {
    for chapter in &scope.chapters {
        let mut seen: BTreeMap<Vec<String>, &str> = BTreeMap::new();
        for (proof, recording) in chapter.recordings() {
            let file = snapshot(scope, chapter, proof);
            let add = |line: usize, message: String| faults.add(&file, line, message);
            let said = |entry: &&Entry| entry.side() != Side::Neither || entry.kind != Kind::Note;
            if recording.entries.iter().filter(said).count() == 0 {
                let message = "nothing crosses the wire here; a proof talks to its program";
                add(HEADER + 1, message.to_owned());
                continue;
            }
            if !sends_a_random_value(recording) {
                let message = "nothing random is sent, so a recording passes; send \
                               a server.word(), server.key() or server.payload(n)";
                add(HEADER + 1, message.to_owned());
            }
            let lines = recording.entries.iter().flat_map(|entry| {
                let lines = entry.lines.iter();
                lines.map(|line| format!("{} {line}", entry.from))
            });
            if let Some(other) = seen.insert(lines.collect(), &proof.path) {
                let message = format!(
                    "`{other}` has the same transcript; show what tells the two apart, or drop one"
                );
                add(HEADER + 1, message);
            }
        }
    }
    Ok(())
}

/// Every refusal is a pair: success has the last word.
pub fn pairs(scope: &Scope, faults: &Faults) -> Result<()> {
    let mut exempt = Exempt::read(&scope.house, "pairs", faults)?;
    for chapter in &scope.chapters {
        for (proof, recording) in chapter.recordings() {
            let Some(refusal) = last_word(recording).filter(|(_, entry)| refuses(entry, recording))
            else {
                continue;
            };
            let place = format!("{} {}", chapter.exercise.name, proof.path);
            if exempt.lets_be(&place) {
                continue;
            }
            let message = format!(
                "it ends with a refusal, `{}`; send the same once more with only that fault \
                 mended, and show that it succeeds",
                first_line(refusal.1)
            );
            faults.add(snapshot(scope, chapter, proof), refusal.0, message);
        }
    }
    exempt.report_unused(faults);
    Ok(())
}

fn snapshot(scope: &Scope, chapter: &Chapter, proof: &Proof) -> String {
    let name = format!("{}.snap", proof.snapshot());
    scope.relative(&chapter.exercise.snapshots_dir().join(name))
}

/// Whether the program is sent a value that another run doesn't have: by its
/// name, or unseen among the bytes, as the key of an opening handshake.
fn sends_a_random_value(recording: &Recording) -> bool {
    // What a command reads comes from the proof, whoever it says it is.
    let is_command = recording
        .entries
        .iter()
        .any(|entry| entry.kind == Kind::Output);
    let mut sent = recording.entries.iter().filter(|entry| match entry.kind {
        Kind::Output | Kind::Note => false,
        Kind::Command => true,
        _ => is_command || entry.side() == Side::Client,
    });
    sent.any(|entry| {
        let named: Vec<&str> = entry.lines.iter().flat_map(|line| names_in(line)).collect();
        recording
            .names
            .iter()
            .any(|random| named.contains(&&*random.name) || is_within(&random.value, &entry.bytes))
    })
}

fn is_within(value: &[u8], bytes: &[u8]) -> bool {
    !value.is_empty() && bytes.windows(value.len()).any(|window| window == value)
}

/// The `<names>` in a line; a `\<` came over the wire and begins none.
fn names_in(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices('<').filter_map(|(at, _)| {
        let end = at + line[at..].find('>')? + 1;
        (!line[..at].ends_with('\\')).then_some(&line[at..end])
    })
}

/// The last answer of the program, and its line in the snapshot. That a
/// connection has closed is no answer; how a command has ended is.
fn last_word(recording: &Recording) -> Option<(usize, &Entry)> {
    let mut line = HEADER + 1;
    let mut last = None;
    for entry in &recording.entries {
        let answers = match entry.kind {
            Kind::Note => exit_code(entry).is_some(),
            Kind::Output => true,
            _ => entry.side() == Side::Server,
        };
        if answers {
            last = Some((line, entry));
        }
        line += entry.lines.len();
    }
    last
}

/// Whether an answer says no: an HTTP error, a close for a fault, a command
/// that fails. A close that returns the client's own is no refusal.
fn refuses(entry: &Entry, recording: &Recording) -> bool {
    let first = first_line(entry);
    match entry.kind {
        Kind::Response => number(first).is_some_and(|status| status >= 400),
        Kind::Note => exit_code(entry).is_some_and(|code| code != "0"),
        Kind::Frame => {
            let client = entry.from.trim_start_matches("S→");
            let returned = recording.entries.iter().any(|other| {
                other.from.strip_suffix("→S") == Some(client)
                    && first_line(other).starts_with("close")
            });
            let code = first.strip_prefix("close ").and_then(number);
            matches!(code, Some(1002..=1015)) && !returned
        }
        _ => false,
    }
}

fn first_line(entry: &Entry) -> &str {
    entry.lines.first().map_or("", String::as_str)
}

/// `1` of `exit 1`.
fn exit_code(entry: &Entry) -> Option<&str> {
    first_line(entry).strip_prefix("exit ")
}

/// The number that a text begins with.
fn number(text: &str) -> Option<u16> {
    text.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::names_in;

    #[test]
    fn a_name_is_told_from_what_came_over_the_wire() {
        let line = r#"text "<word#2> \<word> <70000 bytes> a < b""#;
        let found: Vec<_> = names_in(line).collect();
        assert_eq!(found, ["<word#2>", "<70000 bytes>"]);
    }
}
