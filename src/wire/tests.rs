//! Readings held against the RFC's own examples, against two other readers,
//! and against whatever bytes there may be.

use std::io::Cursor;

use proptest::prelude::*;
use tungstenite::protocol::frame::FrameHeader;

use super::*;

fn bytes(hex: &str) -> Vec<u8> {
    let digits: String = hex.split_whitespace().collect();
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// `reserved opcode 1002`: what is wrong and what it earns.
fn faults(bytes: &[u8], from: Option<Side>) -> Vec<String> {
    let pieces: Vec<Piece> = Conversation::new(bytes, from).collect();
    let faults = pieces.iter().flat_map(Piece::faults);
    faults
        .map(|fault| match fault.earns {
            Earns::Close(code) | Earns::Status(code) => format!("{} {code}", fault.says),
            Earns::Failure => format!("{} !", fault.says),
            Earns::Nothing => fault.says.clone(),
        })
        .collect()
}

fn missing(hex: &str) -> Option<String> {
    let bytes = bytes(hex);
    let last = Conversation::new(&bytes, None).last();
    last.and_then(|piece| piece.missing)
}

/// RFC 6455 §5.7, all of it.
#[test]
fn the_examples_of_the_rfc_are_legal_and_say_what_it_says() {
    let lines = |bytes: &[u8]| {
        let pieces: Vec<Piece> = Conversation::new(bytes, None).collect();
        assert_eq!(faults(bytes, None), [""; 0]);
        assert!(pieces.iter().all(|piece| piece.missing.is_none()));
        pieces
            .into_iter()
            .map(|piece| piece.summary)
            .collect::<Vec<_>>()
    };
    assert_eq!(lines(&bytes("8105 48656c6c6f")), ["text \"Hello\""]);
    assert_eq!(
        lines(&bytes("8185 37fa213d 7f9f4d5158")),
        ["text \"Hello\" masked"]
    );
    let fragments = bytes("0103 48656c 8002 6c6f");
    assert_eq!(lines(&fragments), ["text more \"Hel\"", "continue \"lo\""]);
    let ping_and_pong = bytes("8905 48656c6c6f 8a85 37fa213d 7f9f4d5158");
    assert_eq!(
        lines(&ping_and_pong),
        ["ping \"Hello\"", "pong \"Hello\" masked"]
    );
    let long = |head: &str, len| [bytes(head), vec![0; len]].concat();
    let medium = lines(&long("827e 0100", 256));
    assert_eq!(medium, ["binary 00 00 00 00 00 00 00 00… (256 bytes)"]);
    let large = lines(&long("827f 0000000000010000", 65536));
    assert_eq!(large, ["binary 00 00 00 00 00 00 00 00… (65536 bytes)"]);
}

#[test]
fn every_illegal_frame_is_named_with_what_it_earns() {
    for (hex, fault) in [
        ("c100", "RSV1 set for no extension 1002"),
        ("a100", "RSV2 set for no extension 1002"),
        ("9100", "RSV3 set for no extension 1002"),
        ("8300", "a reserved opcode 1002"),
        ("8700", "a reserved opcode 1002"),
        ("8b00", "a reserved opcode 1002"),
        ("8f00", "a reserved opcode 1002"),
        ("0900", "a control frame in fragments 1002"),
        ("0800", "a control frame in fragments 1002"),
        (
            "827e 0001 00",
            "a length that is not in its shortest form 1002",
        ),
        (
            "827f 0000000000000001 00",
            "a length that is not in its shortest form 1002",
        ),
        (
            "827e 007d",
            "a length that is not in its shortest form 1002",
        ),
        (
            "827f 000000000000ffff",
            "a length that is not in its shortest form 1002",
        ),
        (
            "827f 8000000000000000",
            "a length whose highest bit is set 1002",
        ),
        ("8801 03", "a close of 1 byte: a code takes 2 1002"),
        ("8802 0000", "0 is no code to send 1002"),
        ("8802 03e7", "999 is no code to send 1002"),
        ("8802 03ec", "1004 is no code to send 1002"),
        ("8802 03ed", "1005 is no code to send 1002"),
        ("8802 03ee", "1006 is no code to send 1002"),
        ("8802 03f7", "1015 is no code to send 1002"),
        ("8802 03f8", "1016 is no code to send 1002"),
        ("8802 0bb7", "2999 is no code to send 1002"),
        ("8802 1388", "5000 is no code to send 1002"),
        (
            "8804 03e8 61ff",
            "the reason is not UTF-8 at its byte 1 1007",
        ),
        ("8103 6162ff", "byte 2 of the text, ff, is not UTF-8 1007"),
        ("8103 eda080", "byte 0 of the text, ed, is not UTF-8 1007"),
        (
            "8102 61c3",
            "the text ends inside the character that begins at its byte 1 1007",
        ),
        (
            "0102 61c3 8001 61",
            "byte 1 of the text, c3, is not UTF-8 1007",
        ),
        (
            "0102 61c3 8000",
            "the text ends inside the character that begins at its byte 1 1007",
        ),
        ("8000", "a continuation of nothing 1002"),
        ("0000", "a continuation of nothing 1002"),
        ("8100 8000", "a continuation of nothing 1002"),
        ("0100 8100", "a new message inside a fragmented one 1002"),
        ("0200 0100", "a new message inside a fragmented one 1002"),
        ("8800 8100", "a frame behind a close"),
    ] {
        assert_eq!(faults(&bytes(hex), None), [fault], "{hex}");
    }
    let ping = [bytes("897e 007e"), vec![0; 126]].concat();
    let fault = "a control frame of more than 125 bytes 1002";
    assert_eq!(faults(&ping, None), [fault]);
}

#[test]
fn what_only_looks_illegal_is_not() {
    for hex in [
        "8800",
        "8802 03e8",
        "8802 03f6",
        "8802 0bb8",
        "8802 1387",
        "8804 03e8 c3a9",
        // A character over two fragments, and a ping and a pong in between.
        "0101 c3 8900 8a00 8001 a9",
        // What one side says is no part of what the other does.
        "0101 61 8181 00000000 62 8001 63",
        "0200 8000 0100 8000",
        "8202 ffff",
        "827e 007e",
        "827f 0000000000010000",
        // Not a fault yet: the rest of the character may come.
        "0102 61c3",
    ] {
        assert_eq!(faults(&bytes(hex), None), [""; 0], "{hex}");
    }
}

#[test]
fn a_mask_is_right_from_one_side_only() {
    let (masked, unmasked) = (bytes("8180 00000000"), bytes("8100"));
    let (client, server) = (Some(Side::Client), Some(Side::Server));
    assert_eq!(faults(&masked, client), [""; 0]);
    assert_eq!(faults(&unmasked, server), [""; 0]);
    assert_eq!(
        faults(&unmasked, client),
        ["an unmasked frame from a client 1002"]
    );
    assert_eq!(
        faults(&masked, server),
        ["a masked frame from a server 1002"]
    );
    // A head alone says who speaks behind it.
    let behind = |head: &str, frame: &[u8]| faults(&[head.as_bytes(), frame].concat(), None);
    assert_eq!(
        behind(REQUEST, &unmasked),
        ["an unmasked frame from a client 1002"]
    );
    assert_eq!(
        behind(RESPONSE, &masked),
        ["a masked frame from a server 1002"]
    );
    let both = [REQUEST, RESPONSE].concat();
    assert_eq!(behind(&both, &[unmasked, masked].concat()), [""; 0]);
}

#[test]
fn what_is_cut_short_says_what_is_missing() {
    for (hex, says) in [
        ("81", "all behind the first byte is missing"),
        ("817e", "the extended length is missing"),
        (
            "817e 01",
            "1 of the 2 bytes of the extended length is missing",
        ),
        ("8185", "the masking key is missing"),
        (
            "8185 37fa",
            "2 of the 4 bytes of the masking key are missing",
        ),
        ("8107 61626364", "3 of 7 payload bytes are missing"),
        ("8101", "1 of 1 payload byte is missing"),
        ("8100 8902 61", "1 of 2 payload bytes is missing"),
    ] {
        assert_eq!(missing(hex).as_deref(), Some(says), "{hex}");
    }
    assert_eq!(missing("8100"), None);
}

const REQUEST: &str = "GET /chat HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\
    Connection: keep-alive, Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat, superchat\r\n\
    Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n";
const RESPONSE: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
    Sec-WebSocket-Protocol: chat\r\n\r\n";

#[test]
fn each_rule_of_a_request_has_its_status() {
    assert_eq!(faults(REQUEST.as_bytes(), None), [""; 0]);
    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let twice = format!("{key}{key}");
    for (from, to, fault) in [
        ("GET", "POST", "another method than GET 405"),
        ("HTTP/1.1", "HTTP/1.0", "a version below HTTP/1.1 426"),
        ("HTTP/1.1", "HTTP/2.0", "another version than HTTP/1.1 400"),
        (
            "/chat ",
            "/chat room ",
            "not method, target and version 400",
        ),
        ("Host: x\r\n", "", "no Host 400"),
        (
            "Host: x\r\n",
            "Host: x\r\nHost: y\r\n",
            "more than one Host 400",
        ),
        ("Upgrade: websocket\r\n", "", "no Upgrade 426"),
        (
            "Upgrade: websocket",
            "Upgrade: h2c",
            "without the token websocket 426",
        ),
        (
            "keep-alive, Upgrade",
            "keep-alive",
            "without the token Upgrade 426",
        ),
        ("Version: 13", "Version: 8", "not 13, and once 426"),
        (
            "Sec-WebSocket-Version: 13\r\n",
            "",
            "no Sec-WebSocket-Version 426",
        ),
        (key, "", "no Sec-WebSocket-Key 400"),
        (key, &twice, "more than one key 400"),
        (
            "dGhlIHNhbXBsZSBub25jZQ==",
            "c2hvcnQ=",
            "a key of 5 bytes, not 16 400",
        ),
        (
            "dGhlIHNhbXBsZSBub25jZQ==",
            "what?",
            "a key that is no base64 400",
        ),
        (
            "chat, superchat",
            "chat room",
            "an offer that is no token 400",
        ),
        ("chat, superchat", "chat, chat", "one offer twice 400"),
        (
            "Host: x",
            "Host: x\r\nContent-Length: 1",
            "content, which would be read as frames 400",
        ),
        (
            "Host: x",
            "Host: x\r\nTransfer-Encoding: chunked",
            "content, which would be read as frames 400",
        ),
        (
            "Host: x",
            "Host: x\r\nX : y",
            "no header: a name without white space, then a colon 400",
        ),
        (
            "Host: x",
            "Host: x\r\nnothing",
            "no header: a name without white space, then a colon 400",
        ),
        (
            "Host: x\r\n",
            "Host: x\n",
            "a line that a line feed alone ends",
        ),
    ] {
        let request = REQUEST.replacen(from, to, 1);
        assert_ne!(request, REQUEST, "{from} is not there");
        assert_eq!(faults(request.as_bytes(), None), [fault], "{from} → {to}");
    }
}

/// It may ask for a page, or for events.
#[test]
fn a_request_that_asks_for_no_upgrade_is_no_bad_handshake() {
    for start in [
        "GET /events HTTP/1.1",
        "POST /notify HTTP/1.1",
        "GET / HTTP/1.0",
    ] {
        let head = |lines: &str| format!("{start}\r\n{lines}\r\n").into_bytes();
        let plain = head("Host: localhost\r\nConnection: keep-alive\r\n");
        assert_eq!(faults(&plain, None), [""; 0]);
        let note = Conversation::new(&plain, None).next().unwrap().note;
        assert_eq!(
            note.as_deref(),
            Some("plain HTTP: it asks for no WebSocket")
        );
        // What every request has to have, this one has to.
        assert_eq!(faults(&head(""), None), ["no Host 400"]);
        for asks in [
            "Upgrade: h2c",
            "Sec-WebSocket-Version: 13",
            "Connection: Upgrade",
        ] {
            let asking = head(&format!("Host: localhost\r\n{asks}\r\n"));
            assert_ne!(faults(&asking, None), [""; 0], "{start}, {asks}");
        }
    }
}

#[test]
fn each_rule_of_a_response_is_the_clients() {
    let both = [REQUEST, RESPONSE].concat();
    assert_eq!(faults(RESPONSE.as_bytes(), None), [""; 0]);
    assert_eq!(faults(both.as_bytes(), None), [""; 0]);
    let accept = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";
    for (from, to, fault) in [
        ("101 Switching", "Switching", "no status of three digits !"),
        (
            "\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept",
            "\nConnection: Upgrade\r\nSec-WebSocket-Accept",
            "no Upgrade !",
        ),
        (
            "Connection: Upgrade",
            "Connection: close",
            "without the token Upgrade !",
        ),
        (accept, "", "no Sec-WebSocket-Accept !"),
        (
            "+xOo=",
            "+xOp=",
            "not the answer to the key; that is s3pPLMBiTxaQ9kYGzzhZRbK+xOo= !",
        ),
        (
            "Protocol: chat\r\n",
            "Protocol: dance\r\n",
            "`dance` was not offered !",
        ),
        (
            "Protocol: chat\r\n",
            "Extensions: x-webkit\r\n",
            "`x-webkit` was not offered !",
        ),
    ] {
        let (first, second) = (REQUEST, RESPONSE.replacen(from, to, 1));
        assert_ne!(second, RESPONSE, "{from} is not there");
        let both = [first, &second].concat();
        assert_eq!(faults(both.as_bytes(), None), [fault], "{from} → {to}");
    }
    let short = RESPONSE.replace("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "c2hvcnQ=");
    let fault = "not base64 of 20 bytes: no SHA-1 !";
    assert_eq!(faults(short.as_bytes(), None), [fault]);
    for (head, fault) in [
        ("HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n", "no Allow"),
        ("HTTP/1.1 426 No\r\nContent-Length: 0\r\n\r\n", "no Upgrade"),
    ] {
        assert_eq!(faults(head.as_bytes(), None), [fault]);
    }
}

#[test]
fn content_is_no_frame() {
    let kinds = |text: &str| {
        let pieces = Conversation::new(text.as_bytes(), None);
        pieces
            .map(|piece| (piece.kind, piece.bytes.len()))
            .collect::<Vec<_>>()
    };
    let head = "HTTP/1.1 400 No\r\nContent-Length: 3\r\n\r\n";
    let response = (Kind::Response, head.len());
    assert_eq!(kinds(&format!("{head}no!")), [response, (Kind::Content, 3)]);
    assert_eq!(kinds(&format!("{head}no")), [response, (Kind::Content, 2)]);
    let endless = "HTTP/1.1 400 No\r\n\r\n";
    let found = kinds(&format!("{endless}no!!"));
    assert_eq!(found, [(Kind::Response, endless.len()), (Kind::Content, 4)]);
}

#[test]
fn rsv1_marks_compressed_messages_once_that_is_agreed_on() {
    let extensions = "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
    let agreed = RESPONSE.replace("\r\n\r\n", &format!("\r\n{extensions}"));
    let said = |head: &str, hex: &str| {
        faults(
            &[REQUEST.as_bytes(), head.as_bytes(), &bytes(hex)].concat(),
            None,
        )
    };
    // "Hello" compressed (RFC 7692 §7.2.3.1), whole and in fragments.
    assert_eq!(said(&agreed, "c107 f248cdc9c90700"), [""; 0]);
    assert_eq!(said(&agreed, "4103 f248cd 8004 c9c90700"), [""; 0]);
    assert_eq!(
        said(&agreed, "8101 ff"),
        ["byte 0 of the text, ff, is not UTF-8 1007"]
    );
    assert_eq!(said(&agreed, "c900"), ["RSV1 set for no extension 1002"]);
    assert!(!said(RESPONSE, "c107 f248cdc9c90700").is_empty());
}

/// Frames, heads and noise, one after the other.
fn anything() -> impl Strategy<Value = Vec<u8>> {
    let frame = (any::<[u8; 2]>(), prop::collection::vec(any::<u8>(), 0..40)).prop_map(
        |([first, second], rest)| {
            let length = if second % 7 == 0 { 126 } else { second % 20 };
            let second = second & 0x80 | length;
            [vec![first, second], rest].concat()
        },
    );
    let part = prop_oneof![
        4 => frame,
        2 => any::<Vec<u8>>(),
        1 => Just(REQUEST.as_bytes().to_vec()),
        1 => Just(RESPONSE.as_bytes().to_vec()),
        1 => Just(b"HTTP/1.1 \n: \r\nContent-Length: 3\r\n\r\n".to_vec()),
        1 => "[A-Z]{1,3} .{0,9} HTTP/.{0,40}".prop_map(String::into_bytes),
    ];
    prop::collection::vec(part, 0..5).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn every_bit_is_in_one_field(bytes in anything(), from in prop::option::of(any::<bool>())) {
        let from = from.map(|client| if client { Side::Client } else { Side::Server });
        let mut at = 0;
        for piece in Conversation::new(&bytes, from) {
            prop_assert_eq!(piece.at, at);
            prop_assert_eq!(piece.bytes, &bytes[at..at + piece.bytes.len()]);
            at += piece.bytes.len();
            let mut bit = 0;
            for field in &piece.fields {
                prop_assert_eq!(field.bits.start, bit, "{}", field.name);
                prop_assert!(field.bits.end > bit, "{} is empty", field.name);
                bit = field.bits.end;
            }
            prop_assert_eq!(bit, piece.bytes.len() * 8);
        }
        prop_assert_eq!(at, bytes.len());
    }

    #[test]
    fn three_readers_read_the_same_frame(bytes in prop::collection::vec(any::<u8>(), 1..300), small in any::<bool>()) {
        let mut bytes = bytes;
        if small && bytes.len() > 1 {
            bytes[1] &= 0x8f;
        }
        let frame = Frame::read(&bytes).unwrap();
        if let Some((read, used)) = proof::Frame::decode(&bytes) {
            prop_assert_eq!(frame.missing(), None);
            prop_assert_eq!(frame.bytes.len(), used);
            prop_assert_eq!(&frame.payload, &read.payload);
        } else {
            prop_assert!(frame.missing().is_some());
        }
        let mut cursor = Cursor::new(&bytes);
        match FrameHeader::parse(&mut cursor) {
            Ok(Some((header, len))) => {
                prop_assert!(frame.head_is_whole());
                let rsv = u8::from(header.rsv1) << 2 | u8::from(header.rsv2) << 1 | u8::from(header.rsv3);
                prop_assert_eq!(frame.fin, header.is_final);
                prop_assert_eq!(frame.rsv, rsv);
                prop_assert_eq!(frame.opcode, u8::from(header.opcode));
                prop_assert_eq!(frame.masked(), header.mask.is_some());
                prop_assert_eq!(frame.length, Some(len));
            }
            Ok(None) => prop_assert!(!frame.head_is_whole()),
            // It refuses reserved opcodes; so do we.
            Err(_) => prop_assert!(!matches!(frame.opcode, 0..=2 | 8..=10)),
        }
    }
}
