//! Whether a text gives away what a solution says, word for word.
//!
//! Both are cut into tokens, so neither line breaks nor indent hide anything;
//! the measure is the longest run of tokens that they share, counted in words:
//! names and literals, since punctuation is everybody's. What the stub says
//! already is no secret.

use std::collections::BTreeMap;

/// A piece of Rust, or of a text that quotes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// As written.
    pub text: &'a str,
    /// Its line, from 1.
    pub line: usize,
}

impl Token<'_> {
    /// Whether it is a name or a literal.
    fn is_word(&self) -> bool {
        self.text
            .starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '"'))
    }
}

/// Cuts a source into tokens. Comments are no part of it.
pub fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (source, 1);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '"' => string(rest),
            c if is_of_word(c) => rest.find(|c| !is_of_word(c)).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        if !token.starts_with("//") && !token.trim().is_empty() {
            tokens.push(Token { text: token, line });
        }
        line += token.matches('\n').count();
        rest = after;
    }
    tokens
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// How long the literal is that a `"` begins; that `"` alone, if none ends it.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    1
}

/// A solution, and the stub that it began as.
pub struct Secret<'a> {
    solution: Vec<Token<'a>>,
    stub: Vec<Token<'a>>,
    /// Where each token stands in the solution.
    places: BTreeMap<&'a str, Vec<usize>>,
}

/// What a text gives away.
#[derive(Debug, PartialEq, Eq)]
pub struct Given {
    /// Its line in the text.
    pub line: usize,
    /// Its line in the solution.
    pub of: usize,
    /// How many words in a row.
    pub words: usize,
}

impl<'a> Secret<'a> {
    /// What a text must not give away.
    pub fn new(solution: &'a str, stub: &'a str) -> Secret<'a> {
        let solution = tokens(solution);
        let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, token) in solution.iter().enumerate() {
            places.entry(token.text).or_default().push(at);
        }
        Secret {
            solution,
            stub: tokens(stub),
            places,
        }
    }

    /// The longest run of at least so many words that a text shares with it.
    pub fn given_by(&self, text: &str, words: usize) -> Option<Given> {
        let text = tokens(text);
        let mut worst: Option<Given> = None;
        let mut at = 0;
        while at < text.len() {
            let places = self
                .places
                .get(text[at].text)
                .map_or(&[][..], Vec::as_slice);
            let runs = places
                .iter()
                .map(|&place| (shared(&text[at..], &self.solution[place..]), place));
            let Some((length, place)) = runs.max_by_key(|(length, _)| *length) else {
                at += 1;
                continue;
            };
            let run = &text[at..at + length];
            let count = run.iter().filter(|token| token.is_word()).count();
            if count >= words.max(worst.as_ref().map_or(0, |w| w.words + 1)) && !self.in_stub(run) {
                worst = Some(Given {
                    line: run[0].line,
                    of: self.solution[place].line,
                    words: count,
                });
            }
            at += length;
        }
        worst
    }

    fn in_stub(&self, run: &[Token]) -> bool {
        let mut places = self.stub.windows(run.len());
        places.any(|place| shared(place, run) == run.len())
    }
}

/// How many tokens both begin with.
fn shared(one: &[Token], other: &[Token]) -> usize {
    let pairs = one.iter().zip(other);
    pairs.take_while(|(a, b)| a.text == b.text).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOLUTION: &str = "fn go(list: &[u8]) -> usize {\n    // Count.\n    list.iter().filter(|b| **b == 7).count()\n}\n";
    const STUB: &str = "fn go(list: &[u8]) -> usize {\n    todo!(\"step 1: {list:?}\")\n}\n";

    #[test]
    fn a_run_of_words_is_given_away_however_it_is_laid_out() {
        let secret = Secret::new(SOLUTION, STUB);
        let text = "Try this:\n`list.iter()\n  .filter( |b| **b==7 )`";
        let given = Given {
            line: 2,
            of: 3,
            words: 6,
        };
        assert_eq!(secret.given_by(text, 6), Some(given));
        assert_eq!(secret.given_by(text, 7), None);
        assert_eq!(
            secret.given_by("`list.iter()` and `filter(|b| …)`", 4),
            None
        );
    }

    #[test]
    fn the_stub_is_no_secret() {
        let secret = Secret::new(SOLUTION, STUB);
        assert_eq!(secret.given_by("fn go(list: &[u8]) -> usize {", 5), None);
    }

    #[test]
    fn tokens_know_strings_and_comments() {
        let found = tokens("a // b\n\"c \\\" // d\" 'e' \"");
        let found: Vec<_> = found.iter().map(|t| (t.text, t.line)).collect();
        let want = [
            ("a", 1),
            ("\"c \\\" // d\"", 2),
            ("'", 2),
            ("e", 2),
            ("'", 2),
            ("\"", 2),
        ];
        assert_eq!(found, want);
    }
}
