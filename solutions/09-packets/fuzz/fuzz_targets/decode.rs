//! Any body, any text, any bytes: no panic; and what is heard can be said again.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use packets_solution::engine::{self, decode_payload, encode_payload};
use packets_solution::socket::{Decoder, Error, Packet};

/// All that a decoder gives, up to the first fault.
fn heard<'a>(
    packets: impl IntoIterator<Item = engine::Packet<'a>>,
) -> (Vec<Packet>, Result<(), Error>) {
    let mut decoder = Decoder::default();
    let mut heard = Vec::new();
    for packet in packets {
        let came = match packet {
            engine::Packet::Message(text) => decoder.text(text),
            engine::Packet::Binary(bytes) => decoder.binary(bytes),
            _ => continue,
        };
        match came {
            Ok(packet) => heard.extend(packet),
            Err(error) => return (heard, Err(error)),
        }
    }
    (heard, Ok(()))
}

fuzz_target!(|body: &str| {
    let packets: Vec<_> = decode_payload(body).map_while(Result::ok).collect();
    let again = encode_payload(packets.iter().cloned());
    let back: Vec<_> = decode_payload(&again).map_while(Result::ok).collect();
    assert!(packets.is_empty() || packets == back);

    let (packets, _) = heard(packets);
    let texts: Vec<String> = packets.iter().map(text).collect();
    let messages = packets.iter().zip(&texts).flat_map(|(packet, text)| {
        let attachments: Vec<Bytes> = packet.attachments().to_vec();
        let attachments = attachments.into_iter().map(engine::Packet::Binary);
        [engine::Packet::Message(text)]
            .into_iter()
            .chain(attachments)
    });
    assert_eq!(heard(messages), (packets.clone(), Ok(())));
});

fn text(packet: &Packet) -> String {
    let mut text = String::new();
    packet.encode(&mut text);
    text
}
