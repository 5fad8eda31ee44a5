//! What all pages of a report share: one file each, without scripts, that
//! needs nothing from elsewhere.

use std::fmt::Display;

/// The style of every page.
const STYLE: &str = include_str!("page.css");

/// A whole page. The policy is a second guard: should some text ever not be
/// escaped, it still could do nothing.
pub fn whole(title: &str, body: &str) -> Vec<u8> {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>{}</title>\n<style>\n{STYLE}</style>\n\
         </head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n",
        text(title)
    )
    .into_bytes()
}

/// Text, wherever it is from: it stays text. What no page may hold, and what
/// would turn a line around, is shown as a box.
pub fn text(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                out.push('□');
            }
            c if c.is_control() => out.push('□'),
            c => out.push(c),
        }
    }
    out
}

/// A conversation or a compiler's words, what went wrong in it marked.
pub fn conversation(words: &str) -> String {
    let mut out = String::from("<pre tabindex=\"0\">");
    for line in words.trim_matches('\n').lines() {
        let safe = text(line);
        match line.trim_start().chars().next() {
            Some('+') => out.push_str(&format!("<span class=\"bad\">{safe}</span>")),
            Some('-') => out.push_str(&format!("<span class=\"good\">{safe}</span>")),
            _ => out.push_str(&safe),
        }
        out.push('\n');
    }
    out.push_str("</pre>\n");
    out
}

/// A cell with a number.
pub fn number(value: impl Display) -> String {
    format!("<td class=\"n\">{value}</td>")
}

/// A table that a narrow page scrolls; its cells are HTML already.
pub fn table(says: &str, head: &[(&str, bool)], rows: &[String]) -> String {
    let heads: String = head
        .iter()
        .map(|(name, number)| {
            let class = if *number { " class=\"n\"" } else { "" };
            format!("<th scope=\"col\"{class}>{}</th>", text(name))
        })
        .collect();
    let rows: String = rows.iter().map(|row| format!("<tr>{row}</tr>\n")).collect();
    format!(
        "<div class=\"sp-scroll\" role=\"region\" aria-label=\"{}\" tabindex=\"0\">\n<table>\n\
         <thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n",
        text(says)
    )
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn text_stays_text() {
        assert_eq!(
            text("<script>alert('x')</script>&\u{202e}\u{1b}["),
            "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;□□["
        );
    }
}
