//! Chapter 03: a slice that shrinks from the front.

// ANCHOR: take
fn take_front<'a>(bytes: &mut &'a [u8], most: usize) -> &'a [u8] {
    let (part, rest) = bytes.split_at(most.min(bytes.len()));
    *bytes = rest;
    part
}
// ANCHOR_END: take

fn main() {
    let came = *b"one frame, and more";
    let mut bytes = &came[..];
    assert_eq!(take_front(&mut bytes, 9), b"one frame");
    assert_eq!(take_front(&mut bytes, 99), b", and more");
    assert_eq!(take_front(&mut bytes, 99), b"");
}
