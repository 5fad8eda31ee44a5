// Given: the command line. Your work is in lib.rs.

use std::io::{self, Write as _};
use std::process::exit;

use frames::{Close, Decoder, Error, Frame, Limits, Message, Opcode, Role};
use sha1_smol::Sha1;

const USAGE: &str = "\
usage: frames encode text|binary|continue|ping|pong [PAYLOAD] [--more]
                     [--length N] [--mask KEY]
       frames encode close [CODE [REASON]] [--mask KEY]
       frames decode [--client] [--max-message N] [--max-fragments N]";

fn main() -> io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let ended = match words.split_first() {
        Some((command, rest)) if command == "encode" => encode(rest),
        Some((command, rest)) if command == "decode" => match ears(rest) {
            Some(decoder) => Some(decode(decoder)?),
            None => None,
        },
        _ => None,
    };
    match ended {
        Some(Ok(())) => Ok(()),
        Some(Err(error)) => {
            eprintln!("{error}");
            exit(1);
        }
        None => {
            eprintln!("{USAGE}");
            exit(2);
        }
    }
}

// --- encode: words in, hex out ---

/// Prints one frame, unless the words make no sense.
fn encode(words: &[String]) -> Option<Result<(), Error>> {
    let (mut said, mut fin, mut length, mut mask) = (Vec::new(), true, None, None);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--more" => fin = false,
            "--length" => length = Some(words.next()?.parse().ok()?),
            "--mask" => mask = Some(unhex(words.next()?)?.try_into().ok()?),
            word => said.push(word),
        }
    }
    let mut payload = match said[..] {
        ["binary", bytes] => unhex(bytes)?,
        [_, text] => text.into(),
        _ => Vec::new(),
    };
    if let Some(length) = length {
        // Again and again, up to so many bytes.
        payload = payload.into_iter().cycle().take(length).collect();
    }
    let mut out = Vec::new();
    let encoded = match (said.first()?, fin) {
        (&"continue", _) | (_, false) => Frame {
            fin,
            opcode: opcode(said[0])?,
            mask,
            payload: &payload,
        }
        .encode(&mut out),
        _ => message(&said, payload)?.encode(mask, &mut out),
    };
    // What is refused leaves nothing behind; if it does, that shows.
    if !out.is_empty() {
        println!("{}", dissected(&out));
    }
    Some(encoded)
}

fn opcode(kind: &str) -> Option<Opcode> {
    match kind {
        "text" => Some(Opcode::Text),
        "binary" => Some(Opcode::Binary),
        "continue" => Some(Opcode::Continuation),
        "ping" => Some(Opcode::Ping),
        "pong" => Some(Opcode::Pong),
        _ => None,
    }
}

/// What a receiver takes for the header in hex, and the rest summed up.
fn dissected(frame: &[u8]) -> String {
    let second = frame.get(1).copied().unwrap_or(0);
    let key = if second & 0x80 == 0 { 0 } else { 4 };
    let header = key
        + match second & 0x7F {
            126 => 4,
            127 => 10,
            _ => 2,
        };
    let (header, payload) = frame.split_at(header.min(frame.len()));
    format!("{} {}", hex(header), summed_up(payload))
        .trim_end()
        .to_owned()
}

/// What these words say, whole.
fn message(said: &[&str], payload: Vec<u8>) -> Option<Message> {
    let close = |code: &str, reason: &str| {
        let (code, reason) = (code.parse().ok()?, reason.to_owned());
        Some(Message::Close(Some(Close { code, reason })))
    };
    match said {
        ["text"] | ["text", _] => Some(Message::Text(String::from_utf8(payload).ok()?)),
        ["binary"] | ["binary", _] => Some(Message::Binary(payload)),
        ["ping"] | ["ping", _] => Some(Message::Ping(payload)),
        ["pong"] | ["pong", _] => Some(Message::Pong(payload)),
        ["close"] => Some(Message::Close(None)),
        ["close", code] => close(code, ""),
        ["close", code, reason] => close(code, reason),
        _ => None,
    }
}

// --- decode: hex in, words out ---

/// A decoder as these options want it.
fn ears(words: &[String]) -> Option<Decoder> {
    let (mut role, mut limits) = (Role::Server, Limits::default());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--client" => role = Role::Client,
            "--max-message" => limits.max_message = words.next()?.parse().ok()?,
            "--max-fragments" => limits.max_fragments = words.next()?.parse().ok()?,
            _ => return None,
        }
    }
    Some(Decoder::new(role, limits))
}

/// A line of hex is a piece of the stream, as a read might bring it.
fn decode(mut decoder: Decoder) -> io::Result<Result<(), Error>> {
    let mut out = io::stdout().lock();
    let mut ended = Ok(());
    for line in io::stdin().lines() {
        let Some(piece) = unhex(&line?) else {
            eprintln!("a line of standard input is not hex");
            exit(2);
        };
        let mut bytes = &piece[..];
        loop {
            match decoder.decode(&mut bytes) {
                Ok(Some(message)) => writeln!(out, "{}", shown(&message))?,
                Ok(None) => break,
                Err(error) => {
                    if ended.is_ok() {
                        writeln!(out, "fail {}", error.close_code())?;
                        ended = Err(error);
                    }
                    // On to the next piece: no more may be heard, whatever comes.
                    break;
                }
            }
        }
    }
    Ok(ended)
}

/// A message as a transcript writes it.
fn shown(message: &Message) -> String {
    let said = match message {
        Message::Text(text) if text.len() > 256 => format!("text {}", summed_up(text.as_bytes())),
        Message::Text(text) => format!("text {text:?}"),
        Message::Binary(bytes) => format!("binary {}", summed_up(bytes)),
        Message::Ping(bytes) => format!("ping {}", spelt(bytes)),
        Message::Pong(bytes) => format!("pong {}", spelt(bytes)),
        Message::Close(None) => "close".to_owned(),
        Message::Close(Some(Close { code, reason })) if reason.is_empty() => {
            format!("close {code}")
        }
        Message::Close(Some(Close { code, reason })) => format!("close {code} {reason:?}"),
    };
    said.trim_end().to_owned()
}

/// As text if it is one, else in hex.
fn spelt(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok("") => String::new(),
        Ok(text) => format!("{text:?}"),
        Err(_) => summed_up(bytes),
    }
}

/// In hex; if it is long, its length and digest.
fn summed_up(bytes: &[u8]) -> String {
    if bytes.len() <= 32 {
        return hex(bytes);
    }
    let digest = Sha1::from(bytes).digest().to_string();
    format!("({} bytes, sha1 {})", bytes.len(), &digest[..8])
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
