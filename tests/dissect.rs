//! `workbook dissect` from outside: what it reads, what it prints, and how it
//! ends. The rules themselves are held in `src/wire/tests.rs`.

use std::fs;

use assert_cmd::cargo::cargo_bin_cmd;
use insta::assert_snapshot;
use serde_json::Value;

/// The masked "Hello" of RFC 6455 §5.7.
const HELLO: [u8; 11] = [
    0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
];

struct Said {
    code: i32,
    out: String,
    err: String,
}

/// Runs it far from any workbook.
fn dissect(arguments: &[&str], input: impl Into<Vec<u8>>) -> Said {
    let elsewhere = tempfile::tempdir().unwrap();
    let output = cargo_bin_cmd!("workbook")
        .arg("dissect")
        .args(arguments)
        .current_dir(elsewhere.path())
        .env_remove("COLUMNS")
        .write_stdin(input)
        .output()
        .unwrap();
    Said {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The JSON lines, for what is on standard input.
fn lines(arguments: &[&str], input: impl Into<Vec<u8>>) -> Vec<Value> {
    let said = dissect(&[arguments, &["--json"]].concat(), input);
    assert!(said.code < 2, "{}", said.err);
    let lines = said.out.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// What is wrong with an input that is none.
fn refused(input: impl Into<Vec<u8>>) -> String {
    let said = dissect(&[], input);
    assert_eq!((said.code, said.out.as_str()), (2, ""), "{}", said.err);
    said.err.lines().next().unwrap().to_owned()
}

fn is_hello(input: &str) {
    let lines = lines(&[], input);
    assert_eq!(lines[0]["summary"], "text \"Hello\" masked", "{input}");
    assert_eq!(lines[1]["bytes"], 11, "{input}");
}

#[test]
fn hex_is_read_in_every_form() {
    is_hello("81 85 37 fa 21 3d 7f 9f 4d 51 58");
    is_hello("8185 37fa 213d 7f9f 4d51 58\n");
    is_hello("818537FA213D7F9F4D5158");
    is_hello("0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,");
    is_hello("[0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]");
    is_hello("{0x81,0x85,0x37,0xfa,0x21,0x3d,0x7f,0x9f,0x4d,0x51,0x58}");
    is_hello("[129, 133, 55, 250, 33, 61, 127, 159, 77, 81, 88]");
    is_hello("81:85:37:fa:21:3d:7f:9f:4d:51:58");
    is_hello("<Buffer 81 85 37 fa 21 3d 7f 9f 4d 51 58>");
    is_hello(r"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
    is_hello(r"\x81 \x85 \x37 \xfa \x21 \x3d \x7f \x9f \x4d \x51 \x58");
    // As Python and Rust print bytes.
    is_hello(r"b'\x81\x857\xfa!=\x7f\x9fMQX'");
    is_hello(r#"b"\x81\x857\xfa!=\x7f\x9fMQX""#);
}

#[test]
fn dumps_are_read_with_their_offsets_and_their_text() {
    is_hello("00000000: 8185 37fa 213d 7f9f 4d51 58              ..7.!=..MQX\n");
    is_hello("00000000: 81 85 37 fa 21 3d 7f 9f 4d 51 58   ..7.!=..MQX\n");
    is_hello(
        "00000000  81 85 37 fa 21 3d 7f 9f  4d 51 58                 |..7.!=..MQX|\n0000000b\n",
    );
    is_hello("0000   81 85 37 fa 21 3d 7f 9f 4d 51 58               ..7.!=..MQX\n");
    is_hello("\t0x0000:  8185 37fa 213d 7f9f 4d51 58              ..7.!=..MQX\n");
    is_hello("0000000 81 85 37 fa 21 3d 7f 9f 4d 51 58\n0000013\n");
    // A dump of two lines, from the middle of a file.
    is_hello("00000010: 8185 37fa  ..7.\n00000014: 213d 7f9f 4d51 58  !=..MQX\n");
    // The text looks like hex: it is as long as the line has bytes.
    let dump = "00000000: 8108  ..\n00000002: 6162 6364  abcd\n00000006: 6566 3031  ef01\n";
    let lines = lines(&[], dump);
    assert_eq!(lines[0]["summary"], "text \"abcdef01\"");
    assert_eq!(lines[1]["bytes"], 10);
}

#[test]
fn a_line_of_a_dump_that_repeats_is_repeated() {
    // hexdump -C of 82 7e 01 00 and 256 noughts.
    let dump = "00000000  82 7e 01 00 00 00 00 00  00 00 00 00 00 00 00 00  |.~..............|\n\
                00000010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n\
                *\n\
                00000100  00 00 00 00                                       |....|\n\
                00000104\n";
    let lines = lines(&[], dump);
    assert_eq!(lines[0]["length"], 260);
    assert_eq!(lines[1]["whole"], true);
}

#[test]
fn the_heads_of_ip_and_tcp_are_left_out() {
    // tcpdump -X: twice the same segment, and one without a payload.
    let with = "12:00:00.1 IP localhost.1 > localhost.2: Flags [P.], seq 1:12, length 11\n\
        \t0x0000:  4500 003f 0001 0000 4006 0000 7f00 0001  E..?....@.......\n\
        \t0x0010:  7f00 0001 0001 0002 0000 0003 0000 0004  ................\n\
        \t0x0020:  8018 0001 0001 0000 0101 0101 0101 0101  ................\n\
        \t0x0030:  0101 0101 8185 37fa 213d 7f9f 4d51 58    ......7.!=..MQX\n";
    let without = "12:00:00.1 IP localhost.2 > localhost.1: Flags [.], ack 12, length 0\n\
        \t0x0000:  4500 0028 0001 0000 4006 0000 7f00 0001  E..(....@.......\n\
        \t0x0010:  7f00 0001 0001 0002 0000 0003 0000 0004  ................\n\
        \t0x0020:  5010 0001 0001 0000                      P.......\n";
    let lines = lines(&[], [with, without, with].concat());
    let summaries: Vec<&Value> = lines[..2].iter().map(|line| &line["summary"]).collect();
    assert_eq!(summaries, ["text \"Hello\" masked"; 2]);
    assert_eq!(lines[2]["bytes"], 22);
}

#[test]
fn arguments_files_base64_and_raw_bytes_are_read() {
    let all_good = |said: Said| assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let words = ["81", "85", "37fa213d", "7f", "9f4d5158"];
    all_good(dissect(&words, ""));
    all_good(dissect(&["--base64", "gYU3+iE9f59NUVg="], ""));
    all_good(dissect(&["--base64"], "gYU3-iE9\nf59NUVg"));
    all_good(dissect(&["--raw"], HELLO));
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("capture.bin");
    fs::write(&file, HELLO).unwrap();
    let file = file.to_str().unwrap();
    all_good(dissect(&["--raw", "--file", file], ""));
    let said = dissect(&[file], "");
    assert_eq!(said.code, 2);
    assert!(
        said.err
            .ends_with(&format!("is a file: to read it, type --file {file}\n"))
    );
}

#[test]
fn what_is_no_input_says_where_and_what_would_be() {
    let said = dissect(&["81 8x"], "");
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert_snapshot!("no_hex", said.err);
    assert_eq!(
        refused("81 85\n37 f"),
        "error: line 2, column 4: `f` has an odd number of digits, and a byte takes two"
    );
    assert_eq!(refused("81 §"), "error: line 1, column 4: `§` is not hex");
    assert_eq!(
        refused("0x81, 0xzz"),
        "error: line 1, column 9: `z` is not hex"
    );
    assert_eq!(
        refused("[129, 300]"),
        "error: line 1, column 7: 300 is more than a byte"
    );
    assert_eq!(
        refused("[81, 85]"),
        "error: line 1, column 2: this list may be decimal or hex; write 0x before each byte if it is hex"
    );
    assert_eq!(
        refused(r"\x8"),
        r#"error: line 1, column 1: an escape that is none of \xNN \n \r \t \0 \\ \" \'"#
    );
    assert_eq!(refused(""), "error: there are no bytes");
    assert_eq!(
        refused([0x81, 0x85]),
        "error: this is no text: for the bytes themselves, add --raw"
    );
    assert_eq!(
        refused("00000000: 8185 37fa  ..7.\n00000010: 213d\n"),
        "error: line 2, column 1: offset 10 where 4 is due: a line is missing"
    );
    assert_eq!(
        refused("0000000 8581 fa37\n"),
        "error: line 1, column 1: hexdump without -C swaps bytes: dump it again with hexdump -C"
    );
    assert_eq!(
        refused("GET / HTTP/1.1\nHost: x\n\n81 zz"),
        "error: line 4, column 4: `z` is not hex"
    );
    let said = dissect(&["--base64", "?"], "");
    assert_eq!(said.code, 2);
    assert!(said.err.starts_with("error: this is no base64"));
}

#[test]
fn more_than_can_be_looked_at_is_refused() {
    let much = vec![0x20; (16 << 20) + 1];
    assert_eq!(
        refused(much),
        "error: more than 16 MiB: cut out the part to look at"
    );
    // Nor does a dump of three lines become a gigabyte.
    let dump = "00000000: 00\n*\n40000000: 00\n";
    assert_eq!(refused(dump), "error: line 3, column 1: more than 16 MiB");
}

#[test]
fn of_many_frames_the_first_are_shown() {
    let said = dissect(&["--raw"], b"\x81\x00".repeat(1002));
    let last = said.out.lines().last().unwrap();
    assert_eq!(
        last,
        "1002 frames, 2004 bytes: legal and whole (2 not shown)"
    );
    assert_eq!(said.out.matches("S→C text").count(), 1000);
}

#[test]
fn a_frame_is_shown_with_its_bits() {
    let said = dissect(&["8185 37fa213d 7f9f4d5158"], "");
    assert_eq!(said.code, 0);
    assert_snapshot!(said.out);
}

#[test]
fn what_is_illegal_is_shown_where_it_is() {
    let said = dissect(
        &["--from", "client", "c37e0003616263 880103 8107616263"],
        "",
    );
    assert_eq!(said.code, 1);
    assert_snapshot!(said.out);
}

/// Pasted as text, without carriage returns and in the middle without an empty
/// line; behind it hex.
const HANDSHAKE: &str = "\
GET /chat HTTP/1.1
Host: server.example.com
Upgrade: websocket
Connection: Upgrade
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
Sec-WebSocket-Version: 13

HTTP/1.1 101 Switching Protocols
Upgrade: websocket
Connection: Upgrade
Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=

0103 48656c 8900 8002 6c6f
";

#[test]
fn a_handshake_is_shown_with_the_frames_behind_it() {
    let said = dissect(&[], HANDSHAKE);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_snapshot!(said.out);
    // The bytes as they crossed the wire say the same.
    let (heads, _) = HANDSHAKE.rsplit_once("\n0103").unwrap();
    let mut bytes = (heads.to_owned() + "\n").replace('\n', "\r\n").into_bytes();
    bytes.extend(b"\x01\x03Hel\x89\x00\x80\x02lo");
    assert_eq!(dissect(&["--raw"], bytes).out, said.out);
}

#[test]
fn a_request_that_breaks_rules_is_shown_with_what_it_earns() {
    let request = "POST / HTTP/1.1\nUpgrade: websocket\nSec-WebSocket-Key: c2hvcnQ=\nSec-WebSocket-Version: 8";
    let said = dissect(&[], request);
    assert_eq!(said.code, 1);
    assert_snapshot!(said.out);
}

#[test]
fn json_has_a_line_a_piece_and_a_verdict() {
    let said = dissect(&["--json", "8801 03"], "");
    assert_eq!(said.code, 1);
    assert_snapshot!(said.out);
}

#[test]
fn what_comes_from_the_wire_does_not_steer_the_terminal() {
    let said = dissect(
        &["--raw"],
        "GET /\x1b[31m HTTP/1.1\r\nA: \x1b]0;x\x07\r\n\r\n\u{81}\x05\x1b[31m",
    );
    assert!(!said.out.contains(['\x1b', '\x07']), "{}", said.out);
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let long = format!(
        "GET /{} HTTP/1.1\r\nHost: {}\r\n\r\n",
        "a".repeat(500),
        "é ".repeat(300)
    );
    let frame = [&b"\x81\x7e\x01\x2c"[..], &[b'x'; 300]].concat();
    let said = dissect(&["--raw"], [long.as_bytes(), &frame].concat());
    for line in said.out.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

/// Frames of a client, as hex: texts, masked with zeros.
fn said(texts: &[&str]) -> String {
    let frames = texts.iter().map(|text| {
        let head = [0x81, 0x80 | text.len() as u8, 0, 0, 0, 0];
        let bytes = head.into_iter().chain(text.bytes());
        bytes.map(|byte| format!("{byte:02x} ")).collect::<String>()
    });
    frames.collect()
}

const UPGRADE: &str = "\
GET /socket.io/?EIO=4&transport=websocket&sid=lv_VI97HAXpY6yYWAAAC HTTP/1.1
Host: localhost
Upgrade: websocket
Connection: Upgrade
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
Sec-WebSocket-Version: 13

";

#[test]
fn a_packet_is_explained_field_by_field() {
    let packet = r#"451-/admin,7["up",{"_placeholder":true,"num":0}]"#;
    assert_snapshot!(dissect(&[], packet).out);
}

#[test]
fn a_probe_comes_from_a_client() {
    for (probe, from) in [("2probe", "C→S"), ("3probe", "S→C")] {
        for words in [&[probe][..], &["--packet", probe]] {
            let out = dissect(words, "").out;
            assert!(out.contains(from), "{out}");
        }
    }
}

#[test]
fn what_can_only_be_packets_needs_no_word_for_it() {
    for packets in ["451-", "46123-", "4hi\u{1e}bAQID", r"4hi\u{1e}4there"] {
        let said = dissect(&[], packets);
        assert!(said.out.contains("message"), "{packets}: {}", said.err);
    }
    // This may be bytes.
    assert!(refused("4hi").contains("if this is a packet, add --packet"));
    assert!(refused("81 1e 5b … …").contains("bytes that were left out"));
}

#[test]
fn a_body_is_packets_in_a_row() {
    let body = r"40\x1e451-[{\x1e2";
    let said = dissect(&["--packet"], body);
    assert_eq!(said.code, 1);
    assert_snapshot!(said.out);
}

#[test]
fn a_conversation_knows_whose_texts_are_packets() {
    let talk = UPGRADE.to_owned() + &said(&["2probe", "5", r#"420["hi",1]"#, "hello"]);
    let lines = lines(&[], talk);
    let notes: Vec<_> = lines.iter().map(|line| line["note"].as_str()).collect();
    let session = "Engine.IO, version 4, by websocket: of the session lv_VI97HAXpY6yYWAAAC";
    let expected = [
        session,
        "ping, probe",
        "upgrade",
        "message, event",
        "no packet",
    ];
    assert_eq!(notes[..5], expected.map(Some));
    let fields = lines[3]["fields"].as_array().unwrap().iter();
    let fields = fields.map(|field| field["field"].as_str().unwrap());
    let packet = ["type", "packet type", "ack id", "payload"];
    assert!(fields.collect::<Vec<_>>().ends_with(&packet));
    let wrong = &lines[4]["fields"][6]["faults"][0]["says"];
    assert_eq!(wrong, "no packet has the type 'h'");
}

#[test]
fn a_text_elsewhere_is_no_packet() {
    let talk = UPGRADE.replace("EIO=4", "EIO=3") + &said(&["2probe"]);
    assert_eq!(lines(&[], talk)[1]["note"], Value::Null);
}
