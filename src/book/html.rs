//! Small things for writing HTML into a markdown page.

use mdbook_markdown::pulldown_cmark::{Options, Parser, html};

/// Text as HTML on one line: a blank line would end the HTML block it stands
/// in, and `{{` would start a directive of mdBook's.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '{' => out.push_str("&#123;"),
            '\n' => out.push_str("&#10;"),
            c => out.push(c),
        }
    }
    out
}

/// Markdown as HTML on one line.
pub fn markdown(text: &str) -> String {
    let mut out = String::new();
    html::push_html(&mut out, Parser::new_ext(text, Options::ENABLE_TABLES));
    out.trim_end().replace('{', "&#123;").replace('\n', "&#10;")
}

/// Markdown of one paragraph, without the paragraph.
pub fn inline(text: &str) -> String {
    let out = markdown(text);
    match out.strip_prefix("<p>").and_then(|p| p.strip_suffix("</p>")) {
        Some(inner) if !inner.contains("<p>") => inner.to_owned(),
        _ => out,
    }
}

const UNINDEXED: &str = "<!--unindexed ";
const INDEXED: &str = " unindexed-->";

/// HTML that a search doesn't find: mdBook's index passes over comments, and
/// [`uncomment`] makes it a part of the built page.
pub fn unindexed(html: &str) -> String {
    match html {
        "" => String::new(),
        html => format!("{UNINDEXED}{html}{INDEXED}"),
    }
}

/// Shows what was kept from the index.
pub fn uncomment(page: &str) -> String {
    page.replace(UNINDEXED, "").replace(INDEXED, "")
}

/// `a`, `a and b`, `a, b and c`.
pub fn list(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
