//! The proofs of an exercise, read off their source.

/// One proof: a test in `tests/proof.rs`.
#[derive(Debug, Clone, PartialEq)]
pub struct Proof {
    /// `step_2_answer::strict::names_the_allowed_method`, as the test is listed.
    pub path: String,
    /// Its documentation: what it shows.
    pub shows: String,
    /// The line of its `fn`, from 1.
    pub line: usize,
    /// The line that closes it.
    pub end: usize,
}

impl Proof {
    /// The module of its step.
    pub fn step(&self) -> &str {
        self.path.split("::").next().unwrap_or_default()
    }

    /// The test's own name.
    pub fn test(&self) -> &str {
        self.path.rsplit("::").next().unwrap_or_default()
    }

    /// Whether it stands in a `strict` module.
    pub fn strict(&self) -> bool {
        self.path.split("::").any(|part| part == "strict")
    }

    /// The name of its snapshot, without an ending.
    pub fn snapshot(&self) -> String {
        self.path.replace("::", "__")
    }
}

/// Reads the tests off a file of proofs. It is formatted by rustfmt, so a
/// module ends at the first `}` that is indented as far as its `mod`.
pub fn find(text: &str) -> Vec<Proof> {
    let mut modules: Vec<(usize, &str)> = Vec::new();
    let mut docs: Vec<&str> = Vec::new();
    let mut is_test = false;
    let mut proofs = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let code = line.trim_start();
        let indent = line.len() - code.len();
        if let Some(doc) = code.strip_prefix("///") {
            docs.push(doc.trim());
        } else if code == "#[test]" {
            is_test = true;
        } else if code.starts_with("#[") {
            // Another attribute: documentation and `#[test]` still count.
        } else if let Some(name) = code.strip_prefix("mod ").and_then(|m| m.strip_suffix(" {")) {
            modules.push((indent, name));
            docs.clear();
        } else if let Some((name, _)) = code.strip_prefix("fn ").and_then(|f| f.split_once('(')) {
            if is_test {
                let parts = modules.iter().map(|(_, module)| *module).chain([name]);
                proofs.push(Proof {
                    path: parts.collect::<Vec<_>>().join("::"),
                    shows: docs.join(" "),
                    line: at + 1,
                    end: at + 1 + length(text.lines().skip(at), indent),
                });
            }
            is_test = false;
            docs.clear();
        } else {
            if code == "}" && modules.last().is_some_and(|(at, _)| *at == indent) {
                modules.pop();
            }
            docs.clear();
        }
    }
    proofs
}

/// How many lines after its first a function has that is indented so far.
fn length<'a>(mut lines: impl Iterator<Item = &'a str>, indent: usize) -> usize {
    if lines.next().is_some_and(|first| first.ends_with('}')) {
        return 0;
    }
    let closes = |line: &str| line.trim_start() == "}" && line.len() == indent + 1;
    lines.position(closes).map_or(0, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proofs_are_found_with_their_modules_and_documentation() {
        let text = "\
use proof::prove;

/// Not a proof.
fn helper(x: u8) {
    if x > 1 {
        mend();
    }
}

mod step_1_key {
    use super::*;

    /// The key of the RFC
    /// gives its accept value.
    #[test]
    fn the_sample() {
        let program = subject!();
    }

    mod strict {
        use super::*;

        #[test]
        #[cfg(unix)]
        fn undocumented() {}
    }

    /// After the strict ones.
    #[test]
    fn last() {}
}
";
        let found: Vec<_> = find(text)
            .into_iter()
            .map(|p| (p.line..=p.end, p.path, p.shows))
            .collect();
        let want = [
            (
                16..=18,
                "step_1_key::the_sample",
                "The key of the RFC gives its accept value.",
            ),
            (25..=25, "step_1_key::strict::undocumented", ""),
            (30..=30, "step_1_key::last", "After the strict ones."),
        ];
        assert_eq!(
            found,
            want.map(|(lines, path, shows)| (lines, path.to_owned(), shows.to_owned()))
        );
    }
}
