//! Words in lines of a terminal.

use anstyle::Style;

/// A blank at which no line ends.
pub const KEPT: char = '\u{a0}';

/// Words that look alike.
pub type Run = (Style, String);

/// Lines that grow.
pub struct Flow {
    wide: usize,
    in_colour: bool,
    text: String,
}

impl Flow {
    /// No lines yet; each will be so wide at most.
    pub fn new(wide: usize, in_colour: bool) -> Flow {
        Flow {
            wide,
            in_colour,
            text: String::new(),
        }
    }

    /// The lines.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// An empty line.
    pub fn blank(&mut self) {
        self.text.push('\n');
    }

    /// Words from column `at` on; what doesn't fit goes to further lines there.
    pub fn words(&mut self, at: usize, runs: &[Run]) {
        self.columns(at, Style::new(), &[], at, runs);
    }

    /// Words at the left, and `last` at the right end, below if need be.
    pub fn ends(&mut self, runs: &[Run], last: &Run) {
        let mut lines = wrapped(runs, self.wide);
        let used = lines.last().map_or(0, |line| width(line));
        let len = last.1.chars().count();
        let fits = used + 2 + len <= self.wide;
        let gap = self.wide - len - if fits { used } else { 0 };
        let end = (last.0, format!("{}{}", " ".repeat(gap), last.1));
        match lines.last_mut() {
            Some(line) if fits => line.push(end),
            _ => lines.push(vec![end]),
        }
        for line in &lines {
            self.line(line);
        }
    }

    /// Lines of `left` from one column on, words from another: side by side.
    pub fn columns(
        &mut self,
        at: usize,
        colour: Style,
        left: &[String],
        words_at: usize,
        runs: &[Run],
    ) {
        let right = wrapped(runs, self.wide - words_at);
        for nth in 0..left.len().max(right.len()) {
            let left = left.get(nth).map_or("", String::as_str);
            let gap = words_at - at - left.chars().count();
            let mut line = vec![
                (Style::new(), " ".repeat(at)),
                (colour, left.to_owned()),
                (Style::new(), " ".repeat(gap)),
            ];
            line.extend(right.get(nth).into_iter().flatten().cloned());
            self.line(&line);
        }
    }

    fn line(&mut self, runs: &[Run]) {
        let start = self.text.len();
        for (style, text) in runs.iter().filter(|(_, text)| !text.is_empty()) {
            match self.in_colour && *style != Style::new() {
                true => self.text += &format!("{style}{text}{style:#}"),
                false => self.text += text,
            }
        }
        let end = start + self.text[start..].trim_end().len();
        self.text.truncate(end);
        self.text.push('\n');
    }
}

fn width(line: &[Run]) -> usize {
    line.iter().map(|(_, text)| text.chars().count()).sum()
}

/// Runs in lines of at most `wide` characters. Control characters show as Rust
/// writes them: what came over a wire must not steer a terminal.
fn wrapped(runs: &[Run], wide: usize) -> Vec<Vec<Run>> {
    let mut lines: Vec<Vec<Run>> = vec![Vec::new()];
    let mut used = 0;
    for (style, text) in runs {
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            // What is kept in one piece is set off.
            let gap = if word.contains(KEPT) { "  " } else { " " };
            let mut word: Vec<char> = word.chars().flat_map(visible).collect();
            if used > 0 && used + gap.len() + word.len() > wide {
                lines.push(Vec::new());
                used = 0;
            }
            while word.len() > wide {
                let rest = word.split_off(wide);
                lines.push(vec![(*style, word.into_iter().collect())]);
                lines.push(Vec::new());
                word = rest;
            }
            let gap = if used > 0 { gap } else { "" };
            used += gap.len() + word.len();
            let word = gap.chars().chain(word).collect();
            match lines.last_mut() {
                Some(line) => line.push((*style, word)),
                None => lines.push(vec![(*style, word)]),
            }
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}

fn visible(c: char) -> Vec<char> {
    match c {
        KEPT => vec![' '],
        c if c.is_control() => c.escape_default().collect(),
        c => vec![c],
    }
}
