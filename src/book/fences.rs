//! A page's source, line by line, with its fenced blocks as one piece each.

/// A piece of a page.
#[derive(Debug, PartialEq)]
pub enum Piece<'a> {
    /// One line outside of fences.
    Line {
        /// From 1.
        line: usize,
        /// The line, without its end.
        text: &'a str,
    },
    /// A fenced block.
    Fence(Fence<'a>),
}

/// A fenced block.
#[derive(Debug, PartialEq)]
pub struct Fence<'a> {
    /// The line that opens it, from 1.
    pub line: usize,
    /// What the opening line is indented by, or quoted with.
    pub indent: &'a str,
    /// What follows the opening backticks.
    pub info: &'a str,
    /// The lines inside.
    pub body: Vec<&'a str>,
    /// All its lines as written.
    pub source: &'a str,
    /// Whether a line closes it.
    pub closed: bool,
}

impl<'a> Fence<'a> {
    /// The first word of its info: the language.
    pub fn language(&self) -> &'a str {
        self.info.split([' ', ',', '\t']).next().unwrap_or_default()
    }

    /// Its lines that say something, each with its number.
    pub fn entries(&self) -> impl Iterator<Item = (usize, &'a str)> {
        self.body
            .iter()
            .enumerate()
            .map(|(nth, text)| (self.line + 1 + nth, text.trim()))
            .filter(|(_, text)| !text.is_empty())
    }
}

/// Cuts a page into pieces.
pub fn pieces(page: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut lines = Vec::new();
    let mut at = 0;
    for text in page.split_inclusive('\n') {
        lines.push((at, text));
        at += text.len();
    }
    let mut nth = 0;
    while nth < lines.len() {
        let (start, text) = lines[nth];
        let line = nth + 1;
        nth += 1;
        let text = text.trim_end_matches(['\n', '\r']);
        let Some((indent, marks, info)) = opens(text) else {
            pieces.push(Piece::Line { line, text });
            continue;
        };
        let mut body = Vec::new();
        let mut closed = false;
        while nth < lines.len() && !closed {
            let inner = lines[nth].1.trim_end_matches(['\n', '\r']);
            nth += 1;
            closed = closes(inner, marks);
            if !closed {
                body.push(inner);
            }
        }
        let end = lines.get(nth).map_or(page.len(), |(at, _)| *at);
        pieces.push(Piece::Fence(Fence {
            line,
            indent,
            info,
            body,
            source: &page[start..end],
            closed,
        }));
    }
    pieces
}

/// The indent, the marks and the info of a line that opens a fence.
fn opens(line: &str) -> Option<(&str, &str, &str)> {
    let code = line.trim_start_matches([' ', '>', '\t']);
    let mark = code.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let info = code.trim_start_matches(mark);
    let marks = &code[..code.len() - info.len()];
    // A backtick in the info is inline code, not a fence.
    let fence = marks.len() >= 3 && !(mark == '`' && info.contains('`'));
    fence.then(|| (&line[..line.len() - code.len()], marks, info.trim()))
}

fn closes(line: &str, marks: &str) -> bool {
    let code = line.trim_start_matches([' ', '>', '\t']).trim_end();
    code.starts_with(marks) && code.trim_start_matches(&marks[..1]).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_lines_and_fences() {
        let page = "one\n```rust,ignore\nlet a = 1;\n```\ntwo\n````text\n```\n````\n";
        let found: Vec<_> = pieces(page)
            .into_iter()
            .map(|piece| match piece {
                Piece::Line { line, text } => format!("{line} {text}"),
                Piece::Fence(f) => {
                    format!("{} [{}] {:?} {}", f.line, f.language(), f.body, f.closed)
                }
            })
            .collect();
        assert_eq!(
            found,
            [
                "1 one",
                "2 [rust] [\"let a = 1;\"] true",
                "5 two",
                "6 [text] [\"```\"] true"
            ]
        );
    }

    #[test]
    fn inline_code_opens_no_fence_and_a_fence_may_stay_open() {
        assert!(matches!(pieces("``` a ```")[..], [Piece::Line { .. }]));
        let pieces = pieces("~~~\nrest");
        assert!(matches!(&pieces[..], [Piece::Fence(f)] if !f.closed && f.source == "~~~\nrest"));
    }
}
