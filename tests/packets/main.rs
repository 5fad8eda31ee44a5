//! Properties of the packet codecs of chapter 09: what no list of cases covers.

mod official;

use packets_solution::engine::{self, SEPARATOR, decode_payload, encode_payload};
use packets_solution::socket::{self, Args, Decoder, Kind, Packet, RESERVED};
use proptest::prelude::*;
use serde_json::{Map, Value};

/// A name of an event or of a member: also what looks like more. But not what
/// looks like a placeholder: beside attachments it would be one.
fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{0,8}", "[/,?0-9\\[\\]{}\"\\\\ é€𝄞-]{0,6}",]
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        name().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            members(inner).prop_map(Value::from),
        ]
    })
}

/// Never with a number for a name: JavaScript would write it first.
fn members(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    let name = name().prop_map(|name| format!("n{name}"));
    prop::collection::vec((name, value), 0..4).prop_map(Map::from_iter)
}

/// Arguments, and up to three attachments among them.
fn args() -> impl Strategy<Value = Args> {
    let attachments = prop::collection::vec(any::<Vec<u8>>(), 0..4);
    (
        prop::collection::vec(json(), 0..4),
        attachments,
        any::<bool>(),
    )
        .prop_map(|(values, attachments, deep)| {
            let mut args = Args::from(values);
            for bytes in attachments {
                let place = args.attach(bytes);
                args.values.push(match deep {
                    true => Value::from(vec![place, Value::Null]),
                    false => place,
                });
            }
            args
        })
}

fn kind() -> impl Strategy<Value = Kind> {
    let event_name = name().prop_filter("reserved", |name| !RESERVED.contains(&&name[..]));
    prop_oneof![
        1 => prop::option::of(members(json())).prop_map(Kind::Connect),
        1 => Just(Kind::Disconnect),
        4 => (any::<Option<u64>>(), event_name, args())
            .prop_map(|(id, name, args)| Kind::Event { id, name, args }),
        2 => (any::<u64>(), args()).prop_map(|(id, args)| Kind::Ack { id, args }),
        1 => members(json()).prop_map(|reason| Kind::ConnectError(reason.into())),
    ]
}

fn packet() -> impl Strategy<Value = Packet> {
    let namespace = prop_oneof![Just("/".to_owned()), "/[a-z0-9/?=\"é-]{1,9}"];
    (namespace, kind()).prop_map(|(namespace, kind)| Packet { namespace, kind })
}

/// The messages of Engine.IO that a packet is, whose text is this.
fn messages<'a>(packet: &Packet, text: &'a str) -> Vec<engine::Packet<'a>> {
    let attachments = packet.attachments().iter().cloned();
    let attachments = attachments.map(engine::Packet::Binary);
    [engine::Packet::Message(text)]
        .into_iter()
        .chain(attachments)
        .collect()
}

fn text(packet: &Packet) -> String {
    let mut text = String::new();
    packet.encode(&mut text);
    text
}

/// All that a decoder gives for these packets of Engine.IO.
fn heard<'a>(
    packets: impl IntoIterator<Item = Result<engine::Packet<'a>, engine::Error>>,
) -> Result<Vec<Packet>, socket::Error> {
    let mut decoder = Decoder::default();
    let mut heard = Vec::new();
    for packet in packets {
        heard.extend(match packet.expect("a packet of Engine.IO") {
            engine::Packet::Message(text) => decoder.text(text)?,
            engine::Packet::Binary(bytes) => decoder.binary(bytes)?,
            other => panic!("{other:?}"),
        });
    }
    Ok(heard)
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_one_end_encodes_the_other_decodes(packets in prop::collection::vec(packet(), 1..4)) {
        let texts: Vec<String> = packets.iter().map(text).collect();
        let said = packets.iter().zip(&texts);
        let said: Vec<_> = said.flat_map(|(packet, text)| messages(packet, text)).collect();
        prop_assert_eq!(heard(said.iter().cloned().map(Ok)), Ok(packets.clone()));
        // And the same in one body, since JSON escapes the separator.
        let body = encode_payload(said);
        prop_assert_eq!(heard(decode_payload(&body)), Ok(packets));
    }

    #[test]
    fn packets_of_the_lower_layer_come_back(
        said in prop::collection::vec(("[^\u{1e}]{0,9}", any::<Vec<u8>>(), 0..8u8), 1..6),
    ) {
        let packets: Vec<engine::Packet> = said.iter().map(|(text, bytes, kind)| match kind {
            0 => engine::Packet::Open(text),
            1 => engine::Packet::Close,
            2 => engine::Packet::Ping(text),
            3 => engine::Packet::Pong(text),
            4 => engine::Packet::Message(text),
            5 => engine::Packet::Upgrade,
            6 => engine::Packet::Noop,
            _ => engine::Packet::Binary(bytes.clone().into()),
        }).collect();
        let body = encode_payload(packets.clone());
        let back: Result<Vec<_>, _> = decode_payload(&body).collect();
        prop_assert_eq!(back, Ok(packets));
    }

    /// As JavaScript reads them: to the last bit.
    #[test]
    fn numbers_come_back_as_they_were(number in any::<f64>()) {
        prop_assume!(number.is_finite());
        let kind = Kind::Ack { id: 0, args: vec![Value::from(number)].into() };
        let packet = Packet { namespace: "/".to_owned(), kind };
        let text = text(&packet);
        prop_assert_eq!(heard([Ok(engine::Packet::Message(&text))]), Ok(vec![packet]));
    }

    /// Whatever is taken can be said again, and is the same; nothing panics.
    #[test]
    fn what_is_taken_is_understood(
        texts in prop::collection::vec(almost_a_packet(), 1..4),
        bytes in any::<Vec<u8>>(),
    ) {
        let mut decoder = Decoder::default();
        for came in texts {
            prop_assert_eq!(engine::Packet::decode(&came).is_ok(), came.starts_with(
                ['0', '1', '2', '3', '4', '5', '6']
            ) || came == "b");
            let packet = match decoder.text(&came) {
                Ok(None) => decoder.binary(bytes.clone().into()),
                other => other,
            };
            match packet {
                Ok(Some(packet)) => {
                    let again = text(&packet);
                    let again = messages(&packet, &again).into_iter().map(Ok);
                    prop_assert_eq!(heard(again), Ok(vec![packet]));
                }
                Ok(None) => break,
                Err(_) => decoder = Decoder::default(),
            }
        }
    }
}

/// The parts of a packet, in order and now and then out of it.
fn almost_a_packet() -> impl Strategy<Value = String> {
    let payload = prop_oneof![
        2 => Just(r#"["x"]"#.to_owned()),
        1 => Just(r#"["x",{"_placeholder":true,"num":0}]"#.to_owned()),
        1 => Just(r#"[{"_placeholder":true,"num":1}]"#.to_owned()),
        1 => Just(r#"["disconnect"]"#.to_owned()),
        1 => Just(r#"{"a":1}"#.to_owned()),
        1 => Just("[]".to_owned()),
        2 => json().prop_map(|value| value.to_string()),
        1 => "[\\[\\]{}\",:a€]{0,6}",
    ];
    (
        "[0-7a]?",
        prop_oneof![2 => Just(String::new()), 2 => Just("1-".to_owned()), 1 => "[0-9-]{0,3}"],
        prop_oneof![2 => Just(String::new()), 1 => "/[a-z,]{0,4},"],
        "[0-9]{0,2}",
        payload,
    )
        .prop_map(|(kind, count, namespace, id, payload)| {
            format!("{kind}{count}{namespace}{id}{payload}")
        })
        .prop_filter("a separator", |text| !text.contains(SEPARATOR))
}
