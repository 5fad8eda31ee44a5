//! A server-sent event, line by line (HTML standard §9.2.6).

use super::http::item;
use super::names::mark_values;
use super::recording::Name;

const END: &str = "<span class=\"sp-crlf\">\\n</span>";
const CLAUSE: &str = "HTML standard §9.2";

/// The lines of the event, each with what it is for. Of a long one only the
/// beginning is shown.
pub fn render(bytes: &[u8], names: &[Name]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut items = String::new();
    for line in text.split_inclusive('\n') {
        let shown: String = line
            .trim_end()
            .chars()
            .take(super::bytes::MOST_TEXT)
            .collect();
        let rest = line.trim_end().chars().count() - shown.chars().count();
        let mut html = mark_values(&shown, names);
        if rest > 0 {
            html += &format!("</code> and {rest} characters more<code>");
        }
        let says = match line.split(':').next().unwrap_or_default().trim_end() {
            "" => "an empty line ends the event; each line ends with a line feed",
            "event" => "its name: who listens for it hears this one",
            "data" => "what it says; of several such lines each is a line of it",
            "id" => "what a browser sends as Last-Event-ID when it connects again",
            _ => "",
        };
        item(&mut items, &html, END, says, CLAUSE);
    }
    format!("<ol class=\"sp-head\">{items}</ol>")
}
