//! Random values, marked where they stand: by name in a transcript, by value
//! in the bytes.

use super::html::escape;
use super::recording::Name;

/// A value longer than this is not worth a tooltip.
const LONG: usize = 64;

/// A transcript's text as HTML, its names marked. A `<` that came over the
/// wire is written `\<` and is no name.
pub fn mark_names(text: &str, names: &[Name]) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let end = rest[start..].find('>').map(|at| start + at + 1);
        let is_name = |end: usize| {
            !rest[..start].ends_with('\\')
                && rest[start + 1..end - 1].chars().all(|c| {
                    c.is_ascii_alphanumeric() || matches!(c, ' ' | '#' | '_' | '-' | '.' | '×')
                })
        };
        match end.filter(|&end| end > start + 2 && is_name(end)) {
            Some(end) => {
                let name = &rest[start..end];
                out.push_str(&escape(&rest[..start]));
                out.push_str(&mark(name, &title(name, names)));
                rest = &rest[end..];
            }
            None => {
                out.push_str(&escape(&rest[..=start]));
                rest = &rest[start + 1..];
            }
        }
    }
    out + &escape(rest)
}

fn title(name: &str, names: &[Name]) -> String {
    let value = names.iter().find(|n| n.name == name).map(|n| &n.value);
    match value.and_then(|value| printable(value)) {
        Some(value) => format!("another value in each run; here {value}"),
        None => "another value in each run".to_owned(),
    }
}

/// Text from the wire as HTML, the recorded values in it marked.
pub fn mark_values(text: &str, names: &[Name]) -> String {
    let next = |text: &str| {
        names
            .iter()
            .filter_map(|name| Some((name, printable(&name.value)?)))
            .filter_map(|(name, value)| Some((text.find(value)?, value.len(), name)))
            // The first; of several there the longest.
            .min_by_key(|(at, len, _)| (*at, usize::MAX - len))
    };
    let mut out = String::new();
    let mut rest = text;
    while let Some((at, len, name)) = next(rest) {
        out.push_str(&escape(&rest[..at]));
        let title = format!("{}: another value in each run", name.name);
        out.push_str(&mark(&rest[at..at + len], &title));
        rest = &rest[at + len..];
    }
    out + &escape(rest)
}

fn printable(value: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(value).ok()?;
    let fits = !text.is_empty() && text.len() <= LONG && !text.chars().any(char::is_control);
    fits.then_some(text)
}

fn mark(text: &str, title: &str) -> String {
    format!(
        "<span class=\"sp-name\" title=\"{}\">{}</span>",
        escape(title),
        escape(text)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<Name> {
        [("<word>", "abc"), ("<word#2>", "abcdef")]
            .map(|(name, value)| Name {
                name: name.into(),
                value: value.into(),
            })
            .into()
    }

    #[test]
    fn names_are_marked_and_an_escaped_one_is_not() {
        assert_eq!(
            mark_names(r#"text "<word#2>" \<word> < 3 <>"#, &names()),
            "text &quot;<span class=\"sp-name\" title=\"another value in each run; here abcdef\">\
             &lt;word#2&gt;</span>&quot; \\&lt;word&gt; &lt; 3 &lt;&gt;"
        );
    }

    #[test]
    fn the_longest_value_is_marked() {
        assert_eq!(
            mark_values("<abcdef", &names()),
            "&lt;<span class=\"sp-name\" title=\"&lt;word#2&gt;: another value in each run\">\
             abcdef</span>"
        );
    }
}
