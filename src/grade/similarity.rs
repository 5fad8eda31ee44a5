//! What two submissions have in common. Winnowing (Schleimer, Wilkerson, Aiken:
//! "Winnowing", SIGMOD 2003) over tokens: names, numbers and texts are each one
//! kind, so that renaming hides nothing, and layout counts nothing.

use std::collections::BTreeSet;

use super::compile::Sources;

/// Tokens in a row that make a fingerprint.
const GRAM: usize = 12;
/// Of so many in a row at least one is kept.
const WINDOW: usize = 8;

/// The fingerprints of sources.
pub fn fingerprints(sources: &Sources) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    for bytes in sources.values() {
        let tokens = tokens(&String::from_utf8_lossy(bytes));
        let grams: Vec<u32> = tokens.windows(GRAM).map(hash).collect();
        for window in grams.windows(WINDOW.min(grams.len()).max(1)) {
            found.extend(window.iter().min());
        }
    }
    found
}

/// The same, without what everybody was given.
pub fn own(sources: &Sources, given: &BTreeSet<u32>) -> Vec<u32> {
    fingerprints(sources).difference(given).copied().collect()
}

/// How many two have in common, and how much of the smaller one that is. Both
/// are sorted.
pub fn in_common(a: &[u32], b: &[u32]) -> (usize, f64) {
    let common = a
        .iter()
        .filter(|print| b.binary_search(print).is_ok())
        .count();
    (common, common as f64 / a.len().min(b.len()).max(1) as f64)
}

/// FNV-1a.
fn hash(tokens: &[String]) -> u32 {
    let bytes = tokens.iter().flat_map(|token| token.bytes().chain([0]));
    bytes.fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// Words of the language that stay themselves: they are the shape of a program.
const WORDS: [&str; 28] = [
    "as", "async", "await", "break", "const", "continue", "else", "enum", "fn", "for", "if",
    "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "select",
    "struct", "trait", "use", "where", "while",
];

/// A program's tokens; comments are none.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |at| at + 2)
        } else if first == '"' {
            tokens.push("\"".to_owned());
            quoted(rest)
        } else if is_word(first) {
            let length = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
            let word = &rest[..length];
            tokens.push(match word {
                word if WORDS.contains(&word) => word.to_owned(),
                _ if first.is_ascii_digit() => "0".to_owned(),
                _ => "a".to_owned(),
            });
            length
        } else {
            if !first.is_whitespace() {
                tokens.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

/// The length of a text in quotes.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> BTreeSet<u32> {
        fingerprints(&Sources::from([("src/lib.rs".to_owned(), text.into())]))
    }

    const ONE: &str = "pub fn add(left: u32, right: u32) -> u32 { let sum = left + right; \
        if sum > 10 { println!(\"{sum}\"); } return sum * 2 + left - right; }";

    #[test]
    fn other_names_and_another_layout_hide_nothing() {
        let renamed = ONE
            .replace("left", "a")
            .replace("sum", "total")
            .replace(' ', "\n  ");
        assert_eq!(of(ONE), of(&format!("// mine\n{renamed}")));
        assert!(!of(ONE).is_empty());
    }

    #[test]
    fn what_was_given_counts_nothing() {
        let sources = Sources::from([("src/lib.rs".to_owned(), ONE.into())]);
        assert!(own(&sources, &of(ONE)).is_empty());
    }
}
