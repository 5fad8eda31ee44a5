//! Properties of the frame codec of chapter 03: what no list of cases covers.

use std::io::{Cursor, Read, Write};

use frames_solution::{Close, Decoder, Error, Limits, Message, Role};
use proof::Frame;
use proptest::prelude::*;
use tungstenite::protocol::{Role as TheirRole, WebSocket};

const LIMITS: Limits = Limits {
    max_message: 70_000,
    max_fragments: 4,
};

/// Words that a text may be cut in, and bytes that no text holds.
fn payload() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        6 => "[a-zäß€𝄞]{0,9}".prop_map(String::into_bytes),
        2 => any::<Vec<u8>>(),
        1 => Just(vec![0x61; 125]),
        1 => (126..130usize).prop_map(|len| vec![0x61; len]),
        1 => (65_534..65_538usize).prop_map(|len| vec![0x61; len]),
        1 => (999..1_017u16).prop_map(|code| code.to_be_bytes().to_vec()),
        1 => "[aé]{0,3}".prop_map(|reason| [&[0x03, 0xE8], reason.as_bytes()].concat()),
    ]
}

/// A frame as a client sends it; now and then one that it must not send.
fn frame() -> impl Strategy<Value = Frame> {
    let opcode = prop_oneof![
        4 => Just(0u8), 4 => 1..=2u8, 3 => 8..=10u8, 1 => 0..16u8
    ];
    let rarely = |n| prop::bool::weighted(n);
    let flags = (any::<bool>(), rarely(0.03), rarely(0.03));
    (opcode, flags, payload()).prop_map(|(opcode, (fin, reserved, unmasked), payload)| {
        let mut frame = Frame::new(opcode, payload);
        frame.fin = fin || opcode >= 8 && !reserved;
        frame.rsv = u8::from(reserved);
        frame.masked = !unmasked;
        frame
    })
}

fn stream() -> impl Strategy<Value = Vec<u8>> {
    let frames = prop::collection::vec((frame(), any::<[u8; 4]>()), 0..8);
    let noise = prop_oneof![3 => Just(Vec::new()), 1 => any::<Vec<u8>>()];
    (frames, noise).prop_map(|(frames, noise)| {
        let frames = frames.iter().flat_map(|(frame, key)| frame.encode(*key));
        frames.chain(noise).collect()
    })
}

type Heard = (Vec<Message>, Option<Error>);

/// All that a decoder gives when the bytes come in these pieces.
fn heard<'a>(role: Role, pieces: impl IntoIterator<Item = &'a [u8]>) -> Heard {
    let mut decoder = Decoder::new(role, LIMITS);
    let mut messages = Vec::new();
    for mut piece in pieces {
        loop {
            match decoder.decode(&mut piece) {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => break assert!(piece.is_empty(), "bytes are left"),
                Err(error) => return (messages, Some(error)),
            }
        }
    }
    (messages, None)
}

/// Reads from the one, and forgets what is written.
struct Wire(Cursor<Vec<u8>>);

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The same by tungstenite, and whether it found a fault.
fn heard_by_tungstenite(bytes: &[u8]) -> (Vec<Message>, bool) {
    let mut socket =
        WebSocket::from_raw_socket(Wire(Cursor::new(bytes.to_vec())), TheirRole::Server, None);
    let mut messages = Vec::new();
    loop {
        use tungstenite::Message as Theirs;
        messages.push(match socket.read() {
            Ok(Theirs::Text(text)) => Message::Text(text.to_string()),
            Ok(Theirs::Binary(bytes)) => Message::Binary(bytes.to_vec()),
            Ok(Theirs::Ping(bytes)) => Message::Ping(bytes.to_vec()),
            Ok(Theirs::Pong(bytes)) => Message::Pong(bytes.to_vec()),
            // What it makes of a code that may not be sent.
            Ok(Theirs::Close(Some(close))) if close.reason == "Protocol violation" => {
                return (messages, true);
            }
            Ok(Theirs::Close(close)) => {
                messages.push(Message::Close(close.map(|close| Close {
                    code: close.code.into(),
                    reason: close.reason.to_string(),
                })));
                return (messages, false);
            }
            Ok(Theirs::Frame(_)) => unreachable!("never read"),
            // It ended where the bytes did.
            Err(tungstenite::Error::Protocol(
                tungstenite::error::ProtocolError::ResetWithoutClosingHandshake,
            )) => return (messages, false),
            Err(_) => return (messages, true),
        });
    }
}

/// Whether the last frame has not come whole.
fn is_cut(mut bytes: &[u8]) -> bool {
    while let Some((_, len)) = Frame::decode(bytes) {
        bytes = &bytes[len..];
    }
    !bytes.is_empty()
}

fn message() -> impl Strategy<Value = Message> {
    let short = || prop::collection::vec(any::<u8>(), 0..=125);
    let reason = "[a-zé]{0,60}";
    prop_oneof![
        payload().prop_map(Message::Binary),
        any::<String>().prop_map(Message::Text),
        short().prop_map(Message::Ping),
        short().prop_map(Message::Pong),
        Just(Message::Close(None)),
        (3000..5000u16, reason)
            .prop_map(|(code, reason)| Message::Close(Some(Close { code, reason }))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_split_of_the_bytes_gives_the_same(
        bytes in stream(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let whole = heard(Role::Server, [&bytes[..]]);
        prop_assert_eq!(&whole, &heard(Role::Server, bytes.chunks(1)));
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.sort();
        let mut from = 0;
        let pieces = cuts.into_iter().chain([bytes.len()]).map(|to| {
            &bytes[std::mem::replace(&mut from, to)..to]
        });
        prop_assert_eq!(&whole, &heard(Role::Server, pieces));
    }

    /// Within the limits, which tungstenite has none of for fragments.
    #[test]
    fn tungstenite_hears_the_same(bytes in stream()) {
        let (ours, error) = heard(Role::Server, [&bytes[..]]);
        prop_assume!(error.is_none_or(|error| error.close_code() != 1009));
        // What it takes, and what it refuses, otherwise than the RFC says.
        prop_assume!(error != Some(Error::LengthNotMinimal));
        let close_1014 = |m: &Message| matches!(m, Message::Close(Some(c)) if c.code == 1014);
        prop_assume!(!ours.iter().any(close_1014));
        let (theirs, failed) = heard_by_tungstenite(&bytes);
        prop_assert_eq!(ours, theirs);
        match is_cut(&bytes) {
            // Our decoder may know by then; tungstenite waits for the whole frame.
            true => prop_assert!(error.is_some() || !failed),
            false => prop_assert_eq!(error.is_some(), failed),
        }
    }

    #[test]
    fn what_one_end_encodes_the_other_decodes(
        messages in prop::collection::vec(message(), 0..5),
        key in any::<[u8; 4]>(),
    ) {
        for (mask, hears) in [(Some(key), Role::Server), (None, Role::Client)] {
            let mut bytes = Vec::new();
            for message in &messages {
                message.encode(mask, &mut bytes).expect("legal");
            }
            let said = messages.iter().position(|m| matches!(m, Message::Close(_)));
            let said = said.map_or(&messages[..], |close| &messages[..=close]);
            prop_assert_eq!(heard(hears, [&bytes[..]]), (said.to_vec(), None));
        }
    }

    #[test]
    fn what_is_refused_is_not_sent_either(payload in payload(), close in any::<bool>()) {
        let opcode = if close { 8 } else { 9 };
        let frame = Frame::new(opcode, payload.clone());
        let heard = heard(Role::Server, [&frame.encode([1, 2, 3, 4])[..]]);
        let mut out = vec![7];
        let sent = frames_solution::Frame {
            fin: true,
            opcode: frames_solution::Opcode::from_bits(opcode).expect("known"),
            mask: None,
            payload: &payload,
        }
        .encode(&mut out);
        prop_assert_eq!(sent.err(), heard.1);
        prop_assert_eq!(out.len() == 1, heard.1.is_some());
    }
}
