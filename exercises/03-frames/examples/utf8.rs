//! Chapter 03: is this text, or its beginning, or neither?

use std::str::from_utf8;

// ANCHOR: look
fn look(came: &[u8]) -> &'static str {
    match from_utf8(came) {
        Ok(_) => "text",
        // None: the bytes ended too early, and might go on.
        Err(error) if error.error_len().is_none() => "a beginning",
        Err(_) => "no text, whatever follows",
    }
}
// ANCHOR_END: look

fn main() {
    let euro = "€".as_bytes();
    assert_eq!(euro, [0xE2, 0x82, 0xAC]);
    assert_eq!(look(euro), "text");
    assert_eq!(look(&euro[..2]), "a beginning");
    assert_eq!(look(&euro[1..]), "no text, whatever follows");

    // How much of it is text already.
    let price = [b"12 ", &euro[..2]].concat();
    let error = from_utf8(&price).expect_err("a beginning");
    assert_eq!(error.valid_up_to(), 3);
}
