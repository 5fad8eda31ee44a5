//! Chapter 09: JSON in and out of a text.

use std::fmt::Write as _;

use serde_json::{Value, json};

// ANCHOR: read
fn read(json: &str) -> &'static str {
    match serde_json::from_str(json) {
        Ok(Value::Array(list)) if list.is_empty() => "an empty list",
        Ok(Value::Array(_)) => "a list",
        Ok(_) => "JSON of another kind",
        Err(_) => "no JSON",
    }
}
// ANCHOR_END: read

fn main() {
    assert_eq!(read("[]"), "an empty list");
    assert_eq!(read(r#"["hi",1]"#), "a list");
    assert_eq!(read("{}"), "JSON of another kind");
    assert_eq!(read(r#"["hi",1"#), "no JSON");

    // ANCHOR: write
    let mut out = String::from("42");
    write!(out, "{}", json!(["say \"hi\"", null])).expect("a string takes everything");
    assert_eq!(out, r#"42["say \"hi\"",null]"#);
    // ANCHOR_END: write
}
