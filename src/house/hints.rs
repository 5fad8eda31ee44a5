//! The hints of an exercise, read off `hints.md`: `## Step N`, then a list.

use mdbook_markdown::pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};

/// Hints in Markdown, by the number of their step.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Hints(Vec<(String, Vec<String>)>);

impl Hints {
    /// Reads a file of hints. What stands before the first step belongs to none.
    pub fn read(text: &str) -> Hints {
        let mut steps: Vec<(String, Vec<String>)> = Vec::new();
        // A list inside an item is part of its hint.
        let mut depth = 0;
        for (event, range) in Parser::new(text).into_offset_iter() {
            match event {
                Event::Start(Tag::Heading {
                    level: HeadingLevel::H2,
                    ..
                }) => {
                    let title = text[range].trim_matches(['#', ' ', '\n']);
                    let number = title.strip_prefix("Step ").unwrap_or(title);
                    steps.push((number.to_owned(), Vec::new()));
                }
                Event::Start(Tag::Item) => {
                    depth += 1;
                    if let (1, Some((_, hints))) = (depth, steps.last_mut()) {
                        hints.push(item(&text[range]));
                    }
                }
                Event::End(TagEnd::Item) => depth -= 1,
                _ => {}
            }
        }
        Hints(steps)
    }

    /// The numbers of the steps that have a heading.
    pub fn steps(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(step, _)| step.as_str())
    }

    /// Those of the step of this number, from a nudge to nearly there.
    pub fn of(&self, number: &str) -> &[String] {
        let found = self.0.iter().find(|(step, _)| step == number);
        found.map_or(&[], |(_, hints)| hints)
    }
}

/// An item's own text: without its mark, and without the indent that it asks of
/// the lines below.
fn item(source: &str) -> String {
    let source = source.trim_end();
    let text = source.trim_start_matches(|c: char| c.is_ascii_digit());
    let text = text
        .trim_start_matches(['-', '*', '+', '.', ')'])
        .trim_start();
    let indent = source.len() - text.len();
    let mut lines = text.lines();
    let mut own = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        let blank = line.len() - line.trim_start_matches(' ').len();
        own.push('\n');
        own.push_str(&line[blank.min(indent)..]);
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_has_its_list() {
        let text = "\
# Hints for `echo`

- Of no step.

## Step 1

- Look at `accept`;
  it gives two things.
- Then:

  ```rust
  fn go() {
      stop();
  }
  ```

## Step 2

1. Only one:
   - with a list
   - of its own.
";
        let hints = Hints::read(text);
        let first = [
            "Look at `accept`;\nit gives two things.",
            "Then:\n\n```rust\nfn go() {\n    stop();\n}\n```",
        ];
        assert_eq!(hints.of("1"), first);
        assert_eq!(hints.of("2"), ["Only one:\n- with a list\n- of its own."]);
        assert_eq!(hints.of("3"), [""; 0]);
    }
}
