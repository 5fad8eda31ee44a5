//! The official parsers say the same: engine.io-parser and socket.io-parser.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use packets_solution::engine::{self, decode_payload};
use packets_solution::socket::{Args, Decoder, Error, Kind, Packet};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::{almost_a_packet, messages, packet, text};

/// How many random cases each test has.
const CASES: usize = 4000;

/// What engine.io-parser and socket.io-parser answer to these lines of JSON.
fn asked(questions: Vec<Value>) -> Vec<Value> {
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/oracles/socketio/parsers.js"
    );
    let mut node = Command::new("node")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Node");
    let mut stdin = node.stdin.take().expect("a pipe");
    let lines: String = questions.iter().map(|line| format!("{line}\n")).collect();
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let stdout = BufReader::new(node.stdout.take().expect("a pipe"));
    let answers = stdout
        .lines()
        .map(|line| serde_json::from_str(&line.expect("a line")).expect("JSON"))
        .collect();
    writer.join().expect("no panic").expect("all is read");
    assert!(node.wait().expect("it ends").success());
    answers
}

fn samples<S: Strategy>(strategy: S, count: usize) -> Vec<S::Value> {
    let mut runner = TestRunner::default();
    let mut next = || strategy.new_tree(&mut runner).expect("a value").current();
    (0..count).map(|_| next()).collect()
}

/// A packet as JavaScript holds it, with bytes in the places of their
/// placeholders.
fn in_javascript(packet: &Packet) -> Value {
    fn with_bytes(value: &Value, args: &Args) -> Value {
        match value {
            value if args.bytes(value).is_some() => {
                bytes_in_hex(args.bytes(value).expect("an attachment"))
            }
            Value::Array(list) => list.iter().map(|value| with_bytes(value, args)).collect(),
            Value::Object(members) => {
                let members = members.iter();
                let members = members.map(|(name, value)| (name.clone(), with_bytes(value, args)));
                Value::Object(members.collect())
            }
            value => value.clone(),
        }
    }
    let list = |values: &[Value], args: &Args| -> Value {
        values.iter().map(|value| with_bytes(value, args)).collect()
    };
    let (kind, id, data) = match &packet.kind {
        Kind::Connect(fields) => (0, None, fields.clone().map(Value::Object)),
        Kind::Disconnect => (1, None, None),
        Kind::Event { id, name, args } => {
            let values = [&[json!(name)], &args.values[..]].concat();
            (2, *id, Some(list(&values, args)))
        }
        Kind::Ack { id, args } => (3, Some(*id), Some(list(&args.values, args))),
        Kind::ConnectError(reason) => (4, None, Some(reason.clone())),
    };
    let mut all = json!({"type": kind, "nsp": packet.namespace});
    // What JavaScript does not have is not there, rather than null.
    if let Some(id) = id {
        all["id"] = json!(id);
    }
    if let Some(data) = data {
        all["data"] = data;
    }
    all
}

/// Ids as far as JavaScript can count.
fn packet_for_javascript() -> impl Strategy<Value = Packet> {
    packet().prop_map(|mut packet| {
        match &mut packet.kind {
            Kind::Event { id: Some(id), .. } | Kind::Ack { id, .. } => *id %= 1 << 53,
            _ => {}
        }
        packet
    })
}

fn bytes_in_hex(bytes: &[u8]) -> Value {
    json!({ "bytes": proof::hex(bytes).replace(' ', "") })
}

#[test]
#[ignore = "needs Node and `npm ci` in tests/oracles/socketio"]
fn the_official_parser_writes_the_same() {
    let packets = samples(packet_for_javascript(), CASES);
    let said = packets
        .iter()
        .map(|packet| json!({ "said": in_javascript(packet) }));
    for (packet, theirs) in packets.iter().zip(asked(said.collect())) {
        let attachments = packet.attachments().iter();
        let attachments = attachments.map(|bytes| bytes_in_hex(bytes));
        let ours = [json!(text(packet))].into_iter().chain(attachments);
        assert_eq!(theirs, ours.collect::<Value>(), "{packet:?}");
    }
}

/// A message as it comes: text or bytes over a WebSocket, or an HTTP body.
#[derive(Debug, Clone)]
enum Came {
    Text(String),
    Binary(Vec<u8>),
    Body(String),
}

impl Came {
    fn of(packet: engine::Packet) -> Came {
        if let engine::Packet::Binary(bytes) = packet {
            return Came::Binary(bytes.to_vec());
        }
        let mut text = String::new();
        packet.encode(&mut text);
        Came::Text(text)
    }

    fn json(&self) -> Value {
        match self {
            Came::Text(text) => json!({ "message": text }),
            Came::Binary(bytes) => json!({ "message": bytes_in_hex(bytes) }),
            Came::Body(text) => json!({ "body": text }),
        }
    }
}

/// What is sent when all is well; now and then something is missing, or more.
fn conversation() -> impl Strategy<Value = Vec<Came>> {
    let whole = packet_for_javascript().prop_map(|packet| {
        let text = text(&packet);
        messages(&packet, &text)
            .into_iter()
            .map(Came::of)
            .collect::<Vec<_>>()
    });
    let body = prop::collection::vec(packet_for_javascript(), 1..3).prop_map(|packets| {
        let texts: Vec<String> = packets.iter().map(text).collect();
        let packets = packets.iter().zip(&texts);
        let packets = packets.flat_map(|(packet, text)| messages(packet, text));
        vec![Came::Body(engine::encode_payload(packets))]
    });
    let one = prop_oneof![
        8 => whole,
        2 => body,
        4 => almost_a_packet().prop_map(|text| vec![Came::Text(format!("4{text}"))]),
        // No `bprobe`: their base64 is lenient (see oracle.toml).
        1 => "[0-9]?(probe)?|b".prop_map(|text| vec![Came::Text(text)]),
        1 => "([0-6]\\x1e?){0,4}".prop_map(|text| vec![Came::Body(text)]),
        1 => any::<Vec<u8>>().prop_map(|bytes| vec![Came::Binary(bytes)]),
    ];
    let lost = prop::option::weighted(0.2, any::<prop::sample::Index>());
    (prop::collection::vec(one, 1..4), lost).prop_map(|(parts, lost)| {
        let mut all = parts.concat();
        if let Some(lost) = lost {
            all.remove(lost.index(all.len()));
        }
        all
    })
}

/// What this book's codecs make of it, and what was wrong in the end.
fn ours(came: &[Came]) -> (Vec<Value>, Result<(), Option<Error>>) {
    let mut decoder = Decoder::default();
    let mut heard = Vec::new();
    let mut hear = |packet: Result<engine::Packet, engine::Error>| {
        let packet = match packet.map_err(|_| None)? {
            engine::Packet::Message(text) => decoder.text(text).map_err(Some)?,
            engine::Packet::Binary(bytes) => decoder.binary(bytes).map_err(Some)?,
            other => {
                let name = format!("{other:?}").to_lowercase();
                let name = name.split('(').next().expect("a part");
                heard.push(json!({ "engine": name }));
                None
            }
        };
        heard.extend(packet.as_ref().map(in_javascript));
        Ok(())
    };
    let ended = came.iter().try_for_each(|came| match came {
        Came::Text(text) => hear(engine::Packet::decode(text)),
        Came::Binary(bytes) => hear(Ok(engine::Packet::Binary(bytes.clone().into()))),
        Came::Body(text) => decode_payload(text).try_for_each(&mut hear),
    });
    (heard, ended)
}

#[test]
#[ignore = "needs Node and `npm ci` in tests/oracles/socketio"]
fn the_official_parser_reads_the_same() {
    let conversations = samples(conversation(), CASES);
    let came = conversations.iter().map(|came| {
        let came: Vec<Value> = came.iter().map(Came::json).collect();
        json!({ "came": came })
    });
    let (mut taken, mut refused) = (0, 0);
    for (came, theirs) in conversations.iter().zip(asked(came.collect())) {
        let (heard, ended) = ours(came);
        let also = theirs["heard"].as_array().expect("a list");
        match ended {
            // What the documents refuse, and it does not: see its oracle.toml.
            // And an id anywhere, a number for a name: what no document knows.
            Err(Some(Error::NoPayload | Error::NoId | Error::Id | Error::NoName)) => {}
            ended => {
                assert_eq!(theirs["failed"], ended.is_err(), "{came:?}: {ended:?}");
                assert_eq!(also.len(), heard.len(), "{came:?}: {theirs}");
                match ended {
                    Ok(()) => taken += 1,
                    Err(_) => refused += 1,
                }
            }
        }
        assert_eq!(also[..heard.len()], heard, "{came:?}");
    }
    println!("{taken} conversations are heard to their end, {refused} refused, by both");
    assert!(taken > CASES / 4 && refused > CASES / 8);
}
