//! A text, cut into the rows of a screen. Whatever a program or a compiler
//! has printed, nothing but letters and colours gets through.

use anstyle_parse::{Params, Parser, Perform};
use unicode_width::UnicodeWidthChar as _;

const RESET: &str = "\x1b[0m";
const TAB: usize = 4;

/// The rows of a text, none of them wider than `width`. A line that is longer
/// goes on in the next row, in its colours and as far to the right.
pub fn rows(text: &str, width: usize, in_colour: bool) -> Vec<String> {
    let mut cutter = Cutter {
        width: width.max(2),
        in_colour,
        ..Cutter::default()
    };
    let mut parser = Parser::<anstyle_parse::DefaultCharAccumulator>::new();
    for byte in text.bytes() {
        parser.advance(&mut cutter, byte);
    }
    if !cutter.row.is_empty() {
        cutter.end_line();
    }
    cutter.rows
}

/// The first row of a text.
pub fn first(text: &str, width: usize, in_colour: bool) -> String {
    rows(text, width, in_colour)
        .into_iter()
        .next()
        .unwrap_or_default()
}

/// How many columns a text takes; its colours take none.
pub fn columns(text: &str) -> usize {
    let mut counter = Cutter {
        width: usize::MAX,
        ..Cutter::default()
    };
    let mut parser = Parser::<anstyle_parse::DefaultCharAccumulator>::new();
    for byte in text.bytes() {
        parser.advance(&mut counter, byte);
    }
    counter.used
}

#[derive(Default)]
struct Cutter {
    width: usize,
    in_colour: bool,
    rows: Vec<String>,
    row: String,
    /// The columns of the row that are taken.
    used: usize,
    /// The colours that are on.
    style: String,
    /// How many blanks the line begins with; `None` while they still come.
    indent: Option<usize>,
    /// The row goes on with a line, and has no word yet.
    fresh: bool,
    /// Where the row can be broken.
    blank: Option<Blank>,
}

/// A blank between words.
struct Blank {
    /// Where it stands in the row.
    at: usize,
    /// The columns up to it, and it.
    used: usize,
    /// The colours that were on.
    style: String,
}

impl Cutter {
    fn end_line(&mut self) {
        self.end_row(self.row.len(), &self.style.clone());
        self.row.push_str(&self.style);
        (self.used, self.indent, self.fresh) = (0, None, false);
    }

    /// The row ends here, where these colours are on.
    fn end_row(&mut self, at: usize, style: &str) {
        let mut row: String = self.row.drain(..at).collect();
        if !style.is_empty() {
            row.push_str(RESET);
        }
        self.rows.push(row);
        self.blank = None;
    }

    /// The line goes on in another row: from the last word on, if it is short.
    fn break_line(&mut self) {
        let indent = self.indent.unwrap_or(0).min(self.width / 3);
        let blank = self.blank.take();
        let blank = blank.filter(|blank| blank.used > self.width / 2);
        let blank = blank.unwrap_or(Blank {
            at: self.row.len(),
            used: self.used,
            style: self.style.clone(),
        });
        self.end_row(blank.at, &blank.style);
        let rest = self.row.trim_start_matches(' ');
        self.fresh = rest.is_empty();
        self.row = format!("{}{}{rest}", " ".repeat(indent), blank.style);
        self.used = self.used - blank.used + indent;
    }
}

impl Perform for Cutter {
    fn print(&mut self, c: char) {
        let Some(wide) = c.width() else {
            return;
        };
        if self.used.saturating_add(wide) > self.width {
            // Before a blank there is no better place.
            self.blank = self.blank.take().filter(|_| c != ' ');
            self.break_line();
        }
        if c == ' ' && self.fresh {
            return;
        }
        self.fresh = false;
        match (c, self.indent) {
            (' ', None) => {}
            (' ', Some(_)) => {
                self.blank = Some(Blank {
                    at: self.row.len(),
                    used: self.used + 1,
                    style: self.style.clone(),
                });
            }
            (_, None) => self.indent = Some(self.used),
            _ => {}
        }
        self.row.push(c);
        self.used += wide;
    }

    fn execute(&mut self, byte: u8) {
        match byte {
            b'\n' => self.end_line(),
            b'\t' => (0..TAB - self.used % TAB).for_each(|_| self.print(' ')),
            _ => {}
        }
    }

    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], _: bool, action: u8) {
        if !self.in_colour || action != b'm' || !intermediates.is_empty() {
            return;
        }
        let part = |part: &[u16]| {
            let numbers: Vec<_> = part.iter().map(u16::to_string).collect();
            numbers.join(":")
        };
        let parts: Vec<_> = params.iter().map(part).collect();
        let code = format!("\x1b[{}m", parts.join(";"));
        match parts[..] == ["0"] || parts.is_empty() {
            true => self.style.clear(),
            false => self.style.push_str(&code),
        }
        self.row.push_str(&code);
    }
}

#[cfg(test)]
mod tests {
    use super::{columns, rows};

    #[test]
    fn a_long_line_goes_on_in_its_colour() {
        assert_eq!(
            rows("a\x1b[1m\x1b[31mbcde\x1b[0mf\n", 3, true),
            ["a\x1b[1m\x1b[31mbc\x1b[0m", "\x1b[1m\x1b[31mde\x1b[0mf"]
        );
        assert_eq!(rows("a\x1b[1mbcde\x1b[0mf", 3, false), ["abc", "def"]);
    }

    #[test]
    fn it_is_broken_between_words_and_keeps_its_indent() {
        assert_eq!(rows("  one two three", 10, true), ["  one two", "  three"]);
        assert_eq!(rows("  one two  three", 9, true), ["  one two", "  three"]);
        assert_eq!(
            rows("  one \x1b[1mtwo threefour\x1b[0m", 10, true),
            [
                "  one \x1b[1mtwo\x1b[0m",
                "  \x1b[1mthreefou\x1b[0m",
                "  \x1b[1mr\x1b[0m"
            ]
        );
        assert_eq!(rows("          abc", 6, true), ["      ", "abc"]);
    }

    #[test]
    fn wide_letters_are_not_cut_in_half() {
        assert_eq!(rows("日本語", 5, true), ["日本", "語"]);
        assert_eq!(columns("\x1b[1m日本\x1b[0m e\u{301}"), 6);
    }

    #[test]
    fn what_moves_the_cursor_does_not_get_through() {
        let nasty = "a\x1b[2Jb\x1b[10;10Hc\x1b]0;title\x07d\re\x08f\x1b[?1049lg\u{9b}h";
        assert_eq!(rows(nasty, 80, true), ["abcdefgh"]);
        assert_eq!(rows("a\tb", 80, true), ["a   b"]);
    }

    #[test]
    fn empty_lines_stay() {
        assert_eq!(rows("a\n\nb\n", 80, true), ["a", "", "b"]);
    }
}
