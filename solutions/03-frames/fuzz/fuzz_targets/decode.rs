//! Any bytes: no panic; any split of them says the same; and what is heard can
//! be said again.

#![no_main]

use frames_solution::{Decoder, Error, Limits, Message, Role};
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits = Limits {
    max_message: 4096,
    max_fragments: 4,
};

/// All that a decoder gives when the bytes come in these pieces.
fn heard<'a>(
    role: Role,
    pieces: impl Iterator<Item = &'a [u8]>,
) -> (Vec<Message>, Result<(), Error>) {
    let mut decoder = Decoder::new(role, LIMITS);
    let mut messages = Vec::new();
    for mut piece in pieces {
        loop {
            match decoder.decode(&mut piece) {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => break assert!(piece.is_empty()),
                Err(error) => return (messages, Err(error)),
            }
        }
    }
    (messages, Ok(()))
}

fuzz_target!(|input: &[u8]| {
    // How long the pieces are, who hears them, and what they are.
    let Some((&first, bytes)) = input.split_first() else {
        return;
    };
    let (role, peer, mask) = match first & 1 {
        0 => (Role::Server, Role::Client, None),
        _ => (Role::Client, Role::Server, Some([first, 2, 3, 4])),
    };
    let whole = heard(role, std::iter::once(bytes));
    let pieces = bytes.chunks(usize::from(first >> 1) + 1);
    assert_eq!(whole, heard(role, pieces));

    let mut again = Vec::new();
    for message in &whole.0 {
        message.encode(mask, &mut again).expect("it was legal");
    }
    let said_again = heard(peer, std::iter::once(&again[..]));
    assert_eq!(said_again, (whole.0, Ok(())));
});
