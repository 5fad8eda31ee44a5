//! `{{#include path:part}}`: what mdBook would put there, checked beforehand.
//! mdBook itself only logs a missing file, and says nothing of a missing
//! anchor.

use std::path::{Path, PathBuf};

use super::fault::unread;
use super::paths::normal;

/// A directive that includes a file.
#[derive(Debug, PartialEq)]
pub struct Include<'a> {
    /// The directive as written.
    pub source: &'a str,
    /// As written, from the page's folder.
    pub path: &'a str,
    /// What follows the path's `:`: an anchor, or a range of lines.
    pub part: Option<&'a str>,
}

/// The include directives in a line; escaped ones (`\{{#include …}}`) are text.
pub fn includes(line: &str) -> Vec<Include<'_>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = line[from..].find("{{").map(|at| at + from) {
        let Some(end) = line[start..].find("}}").map(|at| at + start + 2) else {
            break;
        };
        from = end;
        if line[..start].ends_with('\\') {
            continue;
        }
        let inner = line[start + 2..end - 2].trim();
        let words = ["#include ", "#rustdoc_include "];
        let Some(arguments) = words.iter().find_map(|word| inner.strip_prefix(word)) else {
            continue;
        };
        let target = arguments.split_whitespace().next().unwrap_or_default();
        let (path, part) = match target.split_once(':') {
            Some((path, part)) => (path, Some(part)),
            None => (target, None),
        };
        found.push(Include {
            source: &line[start..end],
            path,
            part,
        });
    }
    found
}

impl Include<'_> {
    /// The file meant, from the folder of the page.
    pub fn file(&self, page_dir: &Path) -> PathBuf {
        normal(&page_dir.join(self.path))
    }

    /// The text it includes, or what is wrong with it.
    pub fn text(&self, page_dir: &Path) -> Result<String, String> {
        let text = std::fs::read_to_string(self.file(page_dir))
            .map_err(|error| format!("{} {}", self.path, unread(&error)))?;
        let part = self.part.unwrap_or_default();
        let mut numbers = part.split(':').map(str::parse::<usize>);
        let included = match (numbers.next(), numbers.next()) {
            _ if part.is_empty() => text,
            (Some(Ok(from)), None) => lines(&text, from, from),
            (Some(Ok(from)), Some(Ok(to))) => lines(&text, from, to),
            (Some(Ok(from)), _) => lines(&text, from, usize::MAX),
            (_, Some(Ok(to))) if part.starts_with(':') => lines(&text, 1, to),
            _ if part.starts_with(':') => text,
            _ => anchored(&text, part)
                .ok_or_else(|| format!("{} has no anchor `{part}`", self.path))?,
        };
        match included.trim().is_empty() {
            true => Err(format!("{} includes nothing", self.source)),
            false => Ok(included),
        }
    }
}

/// The text without the indent that all its lines share: code from inside a
/// function starts at the margin.
pub fn dedented(text: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let shared = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(indent)
        .min()
        .unwrap_or_default();
    let lines: Vec<_> = text
        .lines()
        .map(|line| line.get(shared..).unwrap_or_default())
        .collect();
    lines.join("\n")
}

fn lines(text: &str, from: usize, to: usize) -> String {
    let skipped = from.saturating_sub(1);
    let taken: Vec<_> = text
        .lines()
        .skip(skipped)
        .take(to.saturating_sub(skipped))
        .collect();
    taken.join("\n")
}

/// What stands between `ANCHOR: name` and `ANCHOR_END: name`.
fn anchored(text: &str, name: &str) -> Option<String> {
    let marks = |line: &str, mark: &str| {
        let rest = line.split_once(mark).map(|(_, rest)| rest.trim_start());
        rest.is_some_and(|rest| {
            let end = rest
                .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-')))
                .unwrap_or(rest.len());
            &rest[..end] == name
        })
    };
    let mut lines = text.lines();
    lines.find(|line| marks(line, "ANCHOR:"))?;
    let inside: Vec<_> = lines
        .take_while(|line| !marks(line, "ANCHOR_END:"))
        .filter(|line| !line.contains("ANCHOR:") && !line.contains("ANCHOR_END:"))
        .collect();
    Some(inside.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_are_found_where_they_stand() {
        let line = r"a {{#include ../x.rs:main}} \{{#include no.rs}} {{ #title T }} {{#include y.snap:4:}}";
        let found: Vec<_> = includes(line).iter().map(|i| (i.path, i.part)).collect();
        assert_eq!(found, [("../x.rs", Some("main")), ("y.snap", Some("4:"))]);
    }

    #[test]
    fn an_anchor_gives_the_lines_between_its_marks() {
        let text = "// ANCHOR: a\none\n// ANCHOR: b\ntwo\n// ANCHOR_END: a\n// ANCHOR_END: b\n";
        assert_eq!(anchored(text, "a").as_deref(), Some("one\ntwo"));
        assert_eq!(anchored(text, "b").as_deref(), Some("two"));
        assert_eq!(anchored(text, "ab"), None);
    }

    #[test]
    fn the_indent_that_all_lines_share_goes() {
        let text = "    if a {\n        b();\n\n    }";
        assert_eq!(dedented(text), "if a {\n    b();\n\n}");
        assert_eq!(dedented("a\n  b"), "a\n  b");
    }
}
