//! Packets of Engine.IO as people paste them.

/// Whether this text is packets, and nothing else that is accepted: a type, and
/// at once some JSON, `0{…}` or `42/admin,7[…]`.
pub fn begin(text: &str) -> bool {
    if matches!(text, "2probe" | "3probe") {
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
