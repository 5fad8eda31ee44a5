//! Digits, two a byte.

/// What can't be read, and the byte of the text where it stands.
#[derive(Debug)]
pub struct Wrong {
    pub at: usize,
    pub says: String,
}

impl Wrong {
    pub fn new(at: usize, says: impl Into<String>) -> Wrong {
        let says = says.into();
        Wrong { at, says }
    }
}

/// Adds the bytes of some digits.
pub fn hex(at: usize, digits: &str, bytes: &mut Vec<u8>) -> Result<(), Wrong> {
    let bad = digits.char_indices().find(|(_, c)| !c.is_ascii_hexdigit());
    if let Some((nth, '…')) = bad {
        let says = "`…` stands for bytes that were left out; paste them all, or those before it";
        return Err(Wrong::new(at + nth, says));
    }
    if let Some((nth, c)) = bad {
        return Err(Wrong::new(at + nth, format!("`{c}` is not hex")));
    }
    if !digits.len().is_multiple_of(2) {
        let says = format!("`{digits}` has an odd number of digits, and a byte takes two");
        return Err(Wrong::new(at, says));
    }
    let value = |digit: u8| char::from(digit).to_digit(16).unwrap_or_default() as u8;
    let pairs = digits.as_bytes().chunks(2);
    bytes.extend(pairs.map(|pair| value(pair[0]) << 4 | value(pair[1])));
    Ok(())
}
