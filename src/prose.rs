//! Markdown as a terminal shows it: wrapped, with code told from words.

use mdbook_markdown::pulldown_cmark::{Event, Parser, Tag, TagEnd};
use textwrap::{Options, WordSeparator, WordSplitter};

use crate::terminal::{BOLD, CODE};

/// Stands for a blank within code until the lines are broken.
const UNBROKEN: char = '\u{a0}';

/// Lines of at most `width` columns, the paragraphs of a text apart. Code keeps
/// its backticks: it is read without colours too.
pub fn lines(markdown: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut words = String::new();
    let mut block = false;
    for event in Parser::new(markdown) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => {
                flow(&mut words, width, &mut lines);
                lines.push(String::new());
                block = true;
            }
            Event::End(TagEnd::CodeBlock) => block = false,
            Event::Text(text) if block => {
                lines.extend(text.lines().map(|line| format!("  {CODE}{line}{CODE:#}")));
            }
            Event::Start(Tag::Paragraph | Tag::Item) if !lines.is_empty() || !words.is_empty() => {
                flow(&mut words, width, &mut lines);
                lines.push(String::new());
            }
            Event::End(TagEnd::Paragraph | TagEnd::Item) => flow(&mut words, width, &mut lines),
            Event::Text(text) => words.push_str(&text),
            Event::Code(code) => {
                let code = code.replace(' ', &UNBROKEN.to_string());
                words.push_str(&format!("{CODE}`{code}`{CODE:#}"));
            }
            Event::Start(Tag::Emphasis | Tag::Strong) => words.push_str(&BOLD.to_string()),
            Event::End(TagEnd::Emphasis | TagEnd::Strong) => words.push_str(&format!("{BOLD:#}")),
            Event::SoftBreak | Event::HardBreak => words.push(' '),
            _ => {}
        }
    }
    flow(&mut words, width, &mut lines);
    lines
}

/// Breaks what has come together into lines.
fn flow(words: &mut String, width: usize, lines: &mut Vec<String>) {
    if words.is_empty() {
        return;
    }
    let options = Options::new(width)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation);
    let broken = textwrap::wrap(words, options);
    lines.extend(broken.iter().map(|line| line.replace(UNBROKEN, " ")));
    words.clear();
}

#[cfg(test)]
mod tests {
    use super::lines;

    fn plain(markdown: &str, width: usize) -> Vec<String> {
        let lines = lines(markdown, width);
        let plain = lines
            .iter()
            .map(|line| anstream::adapter::strip_str(line).to_string());
        plain.collect()
    }

    #[test]
    fn code_is_not_broken_and_colours_take_no_room() {
        let text = "A *match* on\n`(message, streaming)` decides it.";
        assert_eq!(
            plain(text, 24),
            ["A match on", "`(message, streaming)`", "decides it."]
        );
        assert_eq!(
            plain(text, 36),
            ["A match on `(message, streaming)`", "decides it."]
        );
        assert!(lines(text, 36)[0].contains("\x1b["));
    }

    #[test]
    fn paragraphs_and_blocks_stand_apart() {
        let text = "Begin.\n\n```rust\nlet a = 1;\n    go(a);\n```\n\nEnd.";
        assert_eq!(
            plain(text, 40),
            ["Begin.", "", "  let a = 1;", "      go(a);", "", "End."]
        );
    }
}
