//! Whole talks, cut in every way.

use proof::{Frame, Names};
use proptest::prelude::*;

use super::*;

/// What the pumps would make of a talk.
#[derive(Debug, Default, PartialEq)]
struct Heard {
    lines: Vec<String>,
    to_server: Vec<u8>,
    to_client: Vec<u8>,
    refused: Option<u16>,
}

struct Tapped {
    talk: Talk,
    waiting: [Vec<u8>; 2],
    heard: Heard,
}

impl Tapped {
    fn new(rules: Rules) -> Tapped {
        Tapped {
            talk: Talk::new(rules),
            waiting: Default::default(),
            heard: Heard::default(),
        }
    }

    fn hears(&mut self, from: Side, bytes: &[u8]) {
        self.waiting[from as usize].extend_from_slice(bytes);
        self.pass(from);
        self.pass(Side::Client);
    }

    fn pass(&mut self, from: Side) {
        let waiting = &mut self.waiting[from as usize];
        while self.heard.refused.is_none() {
            match self.talk.step(from, waiting) {
                Step::More | Step::Hold => return,
                Step::Refuse { status, .. } => self.heard.refused = Some(status),
                Step::Pass {
                    took,
                    instead,
                    events,
                } => {
                    let out = match from {
                        Side::Client => &mut self.heard.to_server,
                        Side::Server => &mut self.heard.to_client,
                    };
                    let passed: Vec<u8> = waiting.drain(..took).collect();
                    out.extend(instead.unwrap_or(passed));
                    self.heard.lines.extend(events.iter().map(line));
                }
            }
        }
    }

    /// The server closes, then the client.
    fn ends(mut self) -> Heard {
        for side in [Side::Server, Side::Client] {
            if self.heard.refused.is_none() {
                let rest = std::mem::take(&mut self.waiting[side as usize]);
                let events = self.talk.end(side, &rest);
                self.heard.lines.extend(events.iter().map(line));
            }
        }
        self.heard
    }
}

fn line((side, event): &(Side, Event)) -> String {
    let bytes = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let said = match event {
        Event::Request(head, _) | Event::Response(head) => head.start.clone(),
        Event::Body(kept) => format!("body {:?}", bytes(kept.whole().unwrap_or(b"long"))),
        Event::Frame(Seen::Whole(frame)) => frame.line(&Names::default()),
        Event::Frame(Seen::Long(head)) => head.line(),
        Event::Line(line) => format!("line {:?}", bytes(line)),
        Event::Bytes(other) => format!("bytes {:?}", bytes(other)),
        Event::Closed(amid) => format!("closed {}", amid.unwrap_or_default()),
    };
    let side = ["C", "S"][*side as usize];
    format!("{side} {said}").trim_end().to_owned()
}

use Side::{Client as C, Server as S};

/// The bytes of a talk, in turns, and what is heard of it.
type Script = (&'static [(Side, &'static [u8])], &'static [&'static str]);

const ENDS: [&str; 2] = ["S closed", "C closed"];

static SCRIPTS: &[Script] = &[
    // Requests on one connection, with every kind of end.
    (
        &[
            (C, b"GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n"),
            (S, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
            (C, b"HEAD /b HTTP/1.1\r\nHost: localhost\r\n\r\n"),
            (S, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"),
            (
                C,
                b"POST /c HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello",
            ),
            (S, b"HTTP/1.1 204 No Content\r\n\r\n"),
            (C, b"GET /d HTTP/1.1\r\n\r\n"),
            (S, b"HTTP/1.1 304\r\nContent-Length: 9\r\n\r\n"),
            (C, b"GET /e HTTP/1.0\r\n\r\n"),
            (S, b"HTTP/1.0 200 OK\r\n\r\nto the\r\nend"),
        ],
        &[
            "C GET /a HTTP/1.1",
            "S HTTP/1.1 200 OK",
            "S body \"hi\"",
            "C HEAD /b HTTP/1.1",
            "S HTTP/1.1 200 OK",
            "C POST /c HTTP/1.1",
            "C body \"hello\"",
            "S HTTP/1.1 204 No Content",
            "C GET /d HTTP/1.1",
            "S HTTP/1.1 304",
            "C GET /e HTTP/1.0",
            "S HTTP/1.0 200 OK",
            "S body \"to the\\r\\nend\"",
        ],
    ),
    // Chunks, with an extension and a trailer; content announced beforehand.
    (
        &[
            (
                C,
                b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n",
            ),
            (S, b"HTTP/1.1 100 Continue\r\n\r\n"),
            (C, b"3;x=y\r\nabc\r\n2 \r\n\r\n\r\n0\r\nDigest: z\r\n\r\n"),
            (
                S,
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n!\r\n0\r\n\r\n",
            ),
            (C, b"GET / HTTP/1.1\r\n\r\n"),
        ],
        &[
            "C POST / HTTP/1.1",
            "S HTTP/1.1 100 Continue",
            "C body \"abc\\r\\n\"",
            "S HTTP/1.1 200 OK",
            "S body \"!\"",
            "C GET / HTTP/1.1",
        ],
    ),
    // An upgrade that is refused, then one that isn't.
    (
        &[
            (C, b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"),
            (
                S,
                b"HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n",
            ),
            (
                C,
                b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n\x81\x85\x01\x02\x03\x04igohn",
            ),
            (
                S,
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\n\r\n",
            ),
            (S, b"\x81\x02hi"),
            (C, b"\x89\x80\0\0\0\0\x88\x82\0\0\0\0\x03\xe8"),
            (S, b"\x01\x7e\x00\x01a\x80\x00\x88\x02\x03\xe8"),
        ],
        &[
            "C GET / HTTP/1.1",
            "S HTTP/1.1 426 Upgrade Required",
            "C GET / HTTP/1.1",
            "S HTTP/1.1 101 Switching Protocols",
            "C text \"hello\" masked",
            "S text \"hi\"",
            "C ping masked",
            "C close 1000 masked",
            "S text more \"a\" length-in-2-bytes",
            "S continue",
            "S close 1000",
        ],
    ),
    // Another protocol; what is begun is told when the other one speaks.
    (
        &[
            (C, b"GET / HTTP/1.1\r\nUpgrade: chat\r\n\r\n"),
            (
                S,
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat\r\n\r\nname? ",
            ),
            (C, b"ann\nhello\nbye"),
            (S, b"\xff\n"),
        ],
        &[
            "C GET / HTTP/1.1",
            "S HTTP/1.1 101 Switching Protocols",
            "S bytes \"name? \"",
            "C line \"ann\"",
            "C line \"hello\"",
            "C bytes \"bye\"",
            "S bytes \"\u{fffd}\\n\"",
        ],
    ),
    // No HTTP at all.
    (
        &[
            (C, b"hello there\nGET / HTTP/1.1\r\n"),
            (S, b"HTTP/1.1 200 OK\r\n\r\n"),
        ],
        &[
            "C line \"hello there\"",
            "C line \"GET / HTTP/1.1\\r\"",
            "S line \"HTTP/1.1 200 OK\\r\"",
            "S line \"\\r\"",
        ],
    ),
    // A server that answers with no HTTP, or gets a chunk wrong.
    (
        &[
            (C, b"GET / HTTP/1.1\r\n\r\n"),
            (S, b"HTTP/1.1 200 OK\n\n"),
            (C, b"what?\n"),
        ],
        &[
            "C GET / HTTP/1.1",
            "S line \"HTTP/1.1 200 OK\"",
            "S line \"\"",
            "C line \"what?\"",
        ],
    ),
    (
        &[
            (C, b"GET / HTTP/1.1\r\n\r\n"),
            (
                S,
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\nhm\r\nb\n",
            ),
        ],
        &[
            "C GET / HTTP/1.1",
            "S HTTP/1.1 200 OK",
            "S body \"a\"",
            "S line \"b\"",
        ],
    ),
    // An answer before the question is finished, and one unasked.
    (
        &[
            (C, b"POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nab"),
            (
                S,
                b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n",
            ),
            (C, b"cd"),
            (
                S,
                b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n",
            ),
        ],
        &[
            "C POST / HTTP/1.1",
            "S HTTP/1.1 413 Content Too Large",
            "C body \"abcd\"",
            "S HTTP/1.1 408 Request Timeout",
        ],
    ),
];

fn told(lines: &[&str]) -> Vec<String> {
    lines
        .iter()
        .chain(&ENDS)
        .map(|line| (*line).to_owned())
        .collect()
}

#[test]
fn a_talk_is_heard_as_it_was_held() {
    for (turns, lines) in SCRIPTS {
        let mut tapped = Tapped::new(Rules::default());
        for (side, bytes) in *turns {
            tapped.hears(*side, bytes);
        }
        let heard = tapped.ends();
        assert_eq!(heard.lines, told(lines));
        for (side, passed) in [(C, heard.to_server), (S, heard.to_client)] {
            let said = turns.iter().filter(|(by, _)| *by == side);
            let said: Vec<u8> = said.flat_map(|(_, bytes)| bytes.to_vec()).collect();
            assert_eq!(passed, said, "{lines:?}");
        }
    }
}

#[test]
fn a_talk_is_the_same_byte_by_byte() {
    for (turns, lines) in SCRIPTS {
        let mut tapped = Tapped::new(Rules::default());
        for (side, bytes) in *turns {
            bytes.iter().for_each(|byte| tapped.hears(*side, &[*byte]));
        }
        assert_eq!(tapped.ends().lines, told(lines));
    }
}

#[test]
fn requests_in_a_row_wait_for_their_answers() {
    let mut tapped = Tapped::new(Rules::default());
    tapped.hears(
        C,
        b"GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\n\r\n",
    );
    for _ in 0..2 {
        tapped.hears(S, b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n.");
    }
    let heard = tapped.heard.lines;
    let one = |n| {
        let rest = ["S HTTP/1.1 200 OK", "S body \".\""].map(str::to_owned);
        [format!("C GET /{n} HTTP/1.1")].into_iter().chain(rest)
    };
    let expected: Vec<_> = one(1).chain(one(2)).chain(one(3).take(1)).collect();
    assert_eq!(heard, expected);
}

#[test]
fn what_is_not_passed_on_leaves_no_trace() {
    let head = b"GET / HTTP/1.1\r\nHost: localhost:9000\r\nupgrade: websocket\r\nX: 1\r\n\
        Sec-WebSocket-Extensions: permessage-deflate;\r\n client_max_window_bits\r\n\
        CONNECTION: Upgrade\r\nsec-websocket-extensions: x\r\n\r\n";
    let passed = |rules| {
        let mut tapped = Tapped::new(rules);
        tapped.hears(C, head);
        String::from_utf8(tapped.heard.to_server).unwrap()
    };
    let rules = Rules {
        strip_upgrade: true,
        host: Some("example.org:80".to_owned()),
        ..Rules::default()
    };
    let stripped = "GET / HTTP/1.1\r\nHost: example.org:80\r\nX: 1\r\n\r\n";
    assert_eq!(passed(rules), stripped);
    let kept = Rules {
        keep_extensions: true,
        ..Rules::default()
    };
    assert_eq!(passed(kept).as_bytes(), head);
}

#[test]
fn an_endless_head_is_refused_and_never_passed() {
    let mut tapped = Tapped::new(Rules::default());
    tapped.hears(C, b"GET /");
    for _ in 0..70 {
        tapped.hears(C, &[b'a'; 1024]);
    }
    assert_eq!(tapped.heard.refused, Some(431));
    assert_eq!(tapped.heard.to_server, b"");
}

#[test]
fn a_long_frame_passes_as_it_comes_and_is_not_kept() {
    let mut tapped = Tapped::new(Rules::default());
    tapped.hears(C, b"GET / HTTP/1.1\r\n\r\n");
    tapped.hears(S, b"HTTP/1.1 101 -\r\nUpgrade: websocket\r\n\r\n");
    tapped.hears(S, &[0x82, 127, 0, 0, 0, 0, 4, 0, 0, 0]);
    let chunk = vec![7; 1 << 16];
    for _ in 0..1 << 10 {
        tapped.hears(S, &chunk);
        assert!(tapped.waiting[1].is_empty());
        assert!(tapped.heard.to_client.len() >= chunk.len());
        tapped.heard.to_client.clear();
    }
    assert_eq!(
        tapped.heard.lines.last().unwrap(),
        "S binary (67108864 bytes)"
    );
}

#[test]
fn an_end_says_what_it_interrupts() {
    let opened = "HTTP/1.1 101 -\r\nUpgrade: websocket\r\n\r\n";
    for (said, line) in [
        ("HTTP/1.1 200", "S closed a head"),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
            "S closed a body",
        ),
        (&format!("{opened}\x01\x02a"), "S closed a frame"),
        (&format!("{opened}\x01"), "S closed a frame"),
        (opened, "S closed"),
    ] {
        let mut tapped = Tapped::new(Rules::default());
        tapped.hears(C, b"GET / HTTP/1.1\r\n\r\n");
        tapped.hears(S, said.as_bytes());
        let heard = tapped.ends().lines;
        assert_eq!(heard[heard.len() - 2], line);
    }
}

proptest! {
    // A failure prints its input; nothing is written beside the source.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_talk_is_the_same_however_it_is_cut(
        nth in 0..SCRIPTS.len(),
        sizes in proptest::collection::vec(1_usize..40, 1..40),
    ) {
        let (turns, lines) = SCRIPTS[nth];
        let mut tapped = Tapped::new(Rules::default());
        let mut sizes = sizes.iter().cycle();
        for (side, bytes) in turns {
            let mut rest = *bytes;
            while !rest.is_empty() {
                let size = sizes.next().map_or(1, |size| *size).min(rest.len());
                tapped.hears(*side, &rest[..size]);
                rest = &rest[size..];
            }
        }
        prop_assert_eq!(tapped.ends().lines, told(lines));
    }

    #[test]
    fn frames_are_those_that_were_sent(
        frames in proptest::collection::vec(any_frame(), 0..6),
        size in 1_usize..50,
    ) {
        let bytes: Vec<u8> = frames.iter().flat_map(|frame| frame.encode([1, 2, 3, 4])).collect();
        let mut observer = Frames::default();
        let mut seen = Vec::new();
        for mut piece in bytes.chunks(size) {
            while !piece.is_empty() {
                let (took, frame) = observer.take(piece);
                piece = &piece[took..];
                seen.extend(frame);
            }
        }
        prop_assert!(!observer.is_amid());
        let names = Names::default();
        let expected: Vec<_> = frames.iter().map(|frame| frame.line(&names)).collect();
        let seen: Vec<_> = seen.iter().map(|seen| match seen {
            Seen::Whole(frame) => frame.line(&names),
            Seen::Long(head) => head.line(),
        }).collect();
        prop_assert_eq!(seen, expected);
    }

    /// Whatever is said: no panic, and nothing is lost, added or turned round.
    #[test]
    fn what_passes_is_what_was_said(
        turns in proptest::collection::vec((any::<bool>(), noise()), 0..12),
    ) {
        let mut tapped = Tapped::new(Rules { keep_extensions: true, ..Rules::default() });
        let mut said = [Vec::new(), Vec::new()];
        for (is_server, bytes) in &turns {
            let side = if *is_server { S } else { C };
            said[side as usize].extend_from_slice(bytes);
            tapped.hears(side, bytes);
        }
        let held: [Vec<u8>; 2] = tapped.waiting.clone();
        let passed = [&tapped.heard.to_server, &tapped.heard.to_client];
        for side in [C, S] {
            let all = [&passed[side as usize][..], &held[side as usize]].concat();
            prop_assert_eq!(&all, &said[side as usize]);
        }
        let _ = tapped.ends();
    }
}

fn any_frame() -> impl Strategy<Value = Frame> {
    let payload = proptest::collection::vec(any::<u8>(), 0..200);
    (any::<bool>(), 0_u8..8, 0_u8..16, any::<bool>(), payload).prop_map(
        |(fin, rsv, opcode, masked, payload)| {
            let mut frame = Frame::new(opcode, payload).rsv(rsv);
            (frame.fin, frame.masked) = (fin, masked);
            frame
        },
    )
}

/// Pieces of HTTP, and other bytes.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    static PIECES: [&str; 11] = [
        "GET / HTTP/1.1\r\n",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 101 -\r\n",
        "Upgrade: websocket\r\n",
        "Content-Length: 3\r\n",
        "Content-Length: x\r\n",
        "Transfer-Encoding: chunked\r\n",
        "\r\n",
        "3\r\nabc\r\n",
        "0\r\n\r\n",
        "\n",
    ];
    let piece = proptest::sample::select(&PIECES[..]).prop_map(|piece| piece.as_bytes().to_vec());
    let bytes = proptest::collection::vec(any::<u8>(), 0..30);
    let either = prop_oneof![4 => piece, 1 => bytes];
    proptest::collection::vec(either, 0..8).prop_map(|pieces| pieces.concat())
}
