//! Two texts, line by line: what went, what came.

use std::fmt::Write as _;

use similar::{ChangeTag, TextDiff};

use crate::terminal::{DIM, GOOD, WENT};

/// All lines, those that differ marked.
pub fn whole(old: &str, new: &str) -> String {
    let diff = TextDiff::from_lines(old, new);
    diff.iter_all_changes()
        .map(|change| line(change.tag(), change.value()))
        .collect()
}

/// The places that differ, with a few lines around each, numbered as in `new`.
pub fn places(old: &str, new: &str) -> String {
    let mut out = String::new();
    let diff = TextDiff::from_lines(old, new);
    for (at, place) in diff.grouped_ops(3).iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        let first = place.first().map_or(0, |op| op.new_range().start);
        let _ = writeln!(out, "{DIM}line {}{DIM:#}", first + 1);
        for change in place.iter().flat_map(|op| diff.iter_changes(op)) {
            out.push_str(&line(change.tag(), change.value()));
        }
    }
    out
}

fn line(tag: ChangeTag, text: &str) -> String {
    // The end of a line stays plain, or some terminals colour the next.
    let text = text.trim_end_matches('\n');
    match tag {
        ChangeTag::Delete => format!("{WENT}-{text}{WENT:#}\n"),
        ChangeTag::Insert => format!("{GOOD}+{text}{GOOD:#}\n"),
        ChangeTag::Equal => format!(" {text}\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::{places, whole};

    #[test]
    fn what_changes_is_marked() {
        assert_eq!(
            whole("a\nb\n", "a\nc\n"),
            " a\n\x1b[31m-b\x1b[0m\n\x1b[32m+c\x1b[0m\n"
        );
    }

    #[test]
    fn what_is_equal_for_long_is_left_out() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n";
        let new = old.replace("2\n3", "2\nx\n3").replace("11\n", "");
        let shown = anstream::adapter::strip_str(&places(old, &new)).to_string();
        assert_eq!(
            shown,
            "line 1\n 1\n 2\n+x\n 3\n 4\n 5\n\nline 9\n 8\n 9\n 10\n-11\n 12\n"
        );
    }
}
