//! Packets of Engine.IO as people paste them.

/// Whether this text is packets, and nothing else that is accepted: a type, and
/// at once some JSON, `0{…}` or `42/admin,7[…]`; several, with what separates
/// them; a `probe`; or attachments announced, `451-`.
pub fn begin(text: &str) -> bool {
    let begins = text.starts_with(|c: char| ('0'..='6').contains(&c) || c == 'b');
    if matches!(text, "2probe" | "3probe") || begins && unescaped(text).contains('\u{1e}') {
        return true;
    }
    let announced = text.strip_prefix("45").or(text.strip_prefix("46"));
    let announced = announced.and_then(|rest| rest.strip_suffix('-'));
    if announced.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit())) {
        return true;
    }
    let Some(json) = text.find(['{', '[']) else {
        return false;
    };
    let before = &text[..json];
    let types = before.starts_with(|c: char| ('0'..='6').contains(&c));
    types && !before.contains(|c: char| c.is_whitespace() || c == ':' || c == '\\')
}

/// What stands between two packets, as a transcript or a program writes it.
pub fn unescaped(text: &str) -> String {
    text.replace("\\u{1e}", "\u{1e}")
        .replace("\\x1e", "\u{1e}")
        .replace("\\u001e", "\u{1e}")
}
