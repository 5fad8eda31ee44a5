// Given: the command line. Your work is in engine.rs, socket.rs and decoder.rs.

use std::io;
use std::process::exit;

use packets::engine::{self, decode_payload, encode_payload};
use packets::socket::{self, Args, Decoder, Kind, Packet};
use serde_json::{Map, Value};

const USAGE: &str = "\
usage: packets encode [--body] PACKET [+ PACKET]…
       packets decode [--engine]

PACKET, of Engine.IO: open TEXT | close | ping [TEXT] | pong [TEXT]
                      message [TEXT] | binary [HEX] | upgrade | noop
       of Socket.IO:  connect NAMESPACE [OBJECT] | disconnect NAMESPACE
                      event NAMESPACE [ID] LIST | ack NAMESPACE ID LIST
                      connect_error NAMESPACE OBJECT
       LIST and OBJECT are JSON, in which 0x010203 stands for bytes.
decode reads a line for each message: text TEXT | binary [HEX] | body TEXT";

fn main() -> io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["encode", "--body", ref said @ ..] => encode(said, true),
        ["encode", ref said @ ..] => encode(said, false),
        ["decode"] => decode(false)?,
        ["decode", "--engine"] => decode(true)?,
        _ => None,
    };
    if done.is_none() {
        eprintln!("{USAGE}");
        exit(2);
    }
    Ok(())
}

// --- encode: what is said, as it goes over the wire ---

/// Prints a line for each message, or one for the body that holds them all.
fn encode(said: &[&str], in_one_body: bool) -> Option<()> {
    let said = said.split(|word| *word == "+");
    let said: Option<Vec<Vec<String>>> = said.map(|words| messages(words.join(" "))).collect();
    let said = said?.concat();
    let packets: Option<Vec<_>> = said.iter().map(|said| engine_packet(said)).collect();
    if in_one_body {
        println!("body {}", encode_payload(packets?));
        return Some(());
    }
    for packet in packets? {
        if let engine::Packet::Binary(bytes) = packet {
            println!("{}", format!("binary {}", hex(&bytes)).trim_end());
            continue;
        }
        let mut text = String::new();
        packet.encode(&mut text);
        println!("text {text}");
    }
    Some(())
}

/// A packet of Engine.IO in words: `message hi`.
fn engine_packet(said: &str) -> Option<engine::Packet<'_>> {
    let (kind, rest) = said.split_once(' ').unwrap_or((said, ""));
    Some(match kind {
        "open" => engine::Packet::Open(rest),
        "close" => engine::Packet::Close,
        "ping" => engine::Packet::Ping(rest),
        "pong" => engine::Packet::Pong(rest),
        "message" => engine::Packet::Message(rest),
        "binary" => engine::Packet::Binary(unhex(rest)?.into()),
        "upgrade" => engine::Packet::Upgrade,
        "noop" => engine::Packet::Noop,
        _ => return None,
    })
}

/// The messages of Engine.IO that a packet of Socket.IO is; else what was said.
fn messages(said: String) -> Option<Vec<String>> {
    let (kind, rest) = said.split_once(' ').unwrap_or((&said, ""));
    if engine_packet(&said).is_some() {
        return Some(vec![said]);
    }
    let packet = packet(kind, rest)?;
    let mut text = "message ".to_owned();
    packet.encode(&mut text);
    let attachments = packet.attachments().iter();
    let attachments = attachments.map(|bytes| format!("binary {}", hex(bytes)));
    Some([text].into_iter().chain(attachments).collect())
}

/// A packet of Socket.IO in words: `event / 12 ["sum",1,2]`.
fn packet(kind: &str, rest: &str) -> Option<Packet> {
    let (namespace, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    if !namespace.starts_with('/') {
        return None;
    }
    let kind = match kind {
        "connect" if rest.is_empty() => Kind::Connect(None),
        "connect" => Kind::Connect(Some(serde_json::from_str::<Map<_, _>>(rest).ok()?)),
        "disconnect" => Kind::Disconnect,
        "connect_error" => Kind::ConnectError(serde_json::from_str(rest).ok()?),
        "event" => {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (id, list) = rest.split_at(digits);
            let (id, mut args) = (id.parse().ok(), args(list)?);
            let Value::String(name) = args.values.drain(..1).next()? else {
                return None;
            };
            Kind::Event { id, name, args }
        }
        "ack" => {
            let (id, list) = rest.split_once(' ')?;
            let (id, args) = (id.parse().ok()?, args(list)?);
            Kind::Ack { id, args }
        }
        _ => return None,
    };
    let namespace = namespace.to_owned();
    Some(Packet { namespace, kind })
}

/// A list in JSON, and the attachments that stand in it: `["upload",0x010203]`.
fn args(list: &str) -> Option<Args> {
    let mut args = Args::default();
    let mut json = String::new();
    // Every second part stands between quotes: it is text.
    for (place, part) in list.split('"').enumerate() {
        if place % 2 == 1 {
            json = format!("{json}\"{part}\"");
            continue;
        }
        let mut parts = part.split("0x");
        json += parts.next()?;
        for part in parts {
            let digits = part.bytes().take_while(u8::is_ascii_hexdigit).count();
            let (digits, rest) = part.split_at(digits);
            json += &args.attach(unhex(digits)?).to_string();
            json += rest;
        }
    }
    args.values = serde_json::from_str(&json).ok()?;
    Some(args)
}

// --- decode: what came over the wire, as it was meant ---

/// Hears messages, a line each, to the end or to the first fault.
fn decode(engine_only: bool) -> io::Result<Option<()>> {
    let mut ears = Ears {
        decoder: Decoder::default(),
        engine_only,
    };
    for line in io::stdin().lines() {
        let line = line?;
        let (kind, data) = line.split_once(' ').unwrap_or((&line, ""));
        let heard = match (kind, unhex(data)) {
            ("text", _) => ears.hear(engine::Packet::decode(data)),
            ("binary", Some(bytes)) => ears.hear(Ok(engine::Packet::Binary(bytes.into()))),
            ("body", _) => decode_payload(data).try_for_each(|packet| ears.hear(packet)),
            _ => return Ok(None),
        };
        if let Err(reason) = heard {
            println!("fail");
            eprintln!("{reason}");
            exit(1);
        }
    }
    Ok(Some(()))
}

struct Ears {
    decoder: Decoder,
    engine_only: bool,
}

impl Ears {
    /// Says what this packet means; or what is wrong with it.
    fn hear(&mut self, packet: Result<engine::Packet, engine::Error>) -> Result<(), String> {
        let (kind, text) = match packet.map_err(|error| error.to_string())? {
            engine::Packet::Message(text) if !self.engine_only => {
                return self.say(|decoder| decoder.text(text));
            }
            engine::Packet::Binary(bytes) if !self.engine_only => {
                return self.say(|decoder| decoder.binary(bytes));
            }
            engine::Packet::Binary(bytes) => ("binary", hex(&bytes)),
            engine::Packet::Open(text) => ("open", text.to_owned()),
            engine::Packet::Close => ("close", String::new()),
            engine::Packet::Ping(text) => ("ping", text.to_owned()),
            engine::Packet::Pong(text) => ("pong", text.to_owned()),
            engine::Packet::Message(text) => ("message", text.to_owned()),
            engine::Packet::Upgrade => ("upgrade", String::new()),
            engine::Packet::Noop => ("noop", String::new()),
        };
        match &*text {
            "" => println!("{kind}"),
            text => println!("{kind} {text}"),
        }
        Ok(())
    }

    fn say(
        &mut self,
        hear: impl FnOnce(&mut Decoder) -> Result<Option<Packet>, socket::Error>,
    ) -> Result<(), String> {
        if let Some(packet) = hear(&mut self.decoder).map_err(|error| error.to_string())? {
            println!("{}", shown(&packet));
        }
        Ok(())
    }
}

/// A packet of Socket.IO in words, as `encode` takes it.
fn shown(Packet { namespace, kind }: &Packet) -> String {
    match kind {
        Kind::Connect(None) => format!("connect {namespace}"),
        Kind::Connect(Some(fields)) => {
            format!("connect {namespace} {}", Value::Object(fields.clone()))
        }
        Kind::Disconnect => format!("disconnect {namespace}"),
        Kind::Event { id, name, args } => {
            let id = id.map(|id| format!("{id} ")).unwrap_or_default();
            let name = Value::String(name.clone());
            let list: Vec<_> = [&name].into_iter().chain(&args.values).collect();
            format!("event {namespace} {id}{}", spelt_list(&list, args))
        }
        Kind::Ack { id, args } => {
            let list: Vec<_> = args.values.iter().collect();
            format!("ack {namespace} {id} {}", spelt_list(&list, args))
        }
        Kind::ConnectError(reason) => format!("connect_error {namespace} {reason}"),
    }
}

fn spelt_list(list: &[&Value], args: &Args) -> String {
    let list: Vec<_> = list.iter().map(|value| spelt(value, args)).collect();
    format!("[{}]", list.join(","))
}

/// JSON, with the bytes in the places that are held for them.
fn spelt(value: &Value, args: &Args) -> String {
    match value {
        value if args.bytes(value).is_some() => {
            let bytes = args.bytes(value).map(|bytes| hex(bytes));
            format!("0x{}", bytes.unwrap_or_default().replace(' ', ""))
        }
        Value::Array(list) => spelt_list(&list.iter().collect::<Vec<_>>(), args),
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| format!("{}:{}", Value::from(&name[..]), spelt(value, args)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
        value => value.to_string(),
    }
}

/// `00 ff 10`.
fn hex(bytes: &[u8]) -> String {
    let bytes: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.join(" ")
}

/// The bytes that pairs of digits stand for, with blanks wherever.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    let pairs = digits.chunks(2).map(|pair| match pair {
        [high, low] => Some((high.to_digit(16)? << 4 | low.to_digit(16)?) as u8),
        _ => None,
    });
    pairs.collect()
}
