//! Proofs of chapter 04: the life of a connection (RFC 6455 §5 to §7, §10.4).
//!
//! Every refusal is a pair on one server: `faulty` breaks one rule, `mended`
//! does the same without that fault. So neither a server that fails every
//! connection nor one that lets everything pass is proved.

use std::time::{Duration, Instant};

use proof::{Client, Frame, Subject, opcode, prove, subject};

/// A client whose connection is open.
fn opened(server: &Subject, name: &str) -> Client {
    let mut client = server.client_named(name);
    client.open("/");
    client
}

/// These frames, behind a message that is heard: told with a Close, and then
/// the end.
fn failed(server: &Subject, frames: &[Frame]) {
    let mut faulty = opened(server, "faulty");
    faulty.text(server.word()).frame();
    for frame in frames {
        faulty.send(frame.clone());
    }
    faulty.frame().closed();
}

/// These frames are heard: one message, which comes back.
fn heard(server: &Subject, frames: &[Frame]) {
    let mut mended = opened(server, "mended");
    for frame in frames {
        mended.send(frame.clone());
    }
    mended.frame();
}

/// A fault behind a message so long that the Close for it can't leave: not
/// before somebody takes what comes back.
fn fault_behind_much(faulty: &mut Client) {
    faulty.aside("binary more, 8388608 bytes", |c| {
        c.send(Frame::binary(vec![0; 8 << 20]).more());
    });
    faulty.send(Frame::ping("")).frame();
    faulty.in_one_write(|c| {
        c.send(Frame::continuation("")).send(Frame::new(3, ""));
    });
}

/// So many random letters.
fn letters(server: &Subject, length: usize) -> String {
    let bytes = server.draw(length).into_iter();
    let letters: String = bytes.map(|byte| char::from(b'a' + byte % 26)).collect();
    server.name(&format!("{length} letters"), &letters);
    letters
}

mod step_1_talk {
    use super::*;

    /// Text comes back as text and binary as binary, the empty ones too
    /// (RFC 6455 §5.6).
    #[test]
    fn a_message_comes_back() {
        let server = subject!().serve();
        let mut c = opened(&server, "C");
        c.text(server.word()).frame();
        c.binary(server.payload(8)).frame();
        c.text("").frame();
        c.binary([]).frame();
        prove!(server);
    }

    /// A ping is answered with a pong, and with its payload (RFC 6455 §5.5.3).
    #[test]
    fn a_ping_is_answered() {
        let server = subject!().serve();
        let mut c = opened(&server, "C");
        c.send(Frame::ping(server.word())).frame();
        c.send(Frame::ping("")).frame();
        prove!(server);
    }

    /// A ping between two fragments is answered at once; then the message comes
    /// back whole (RFC 6455 §5.4, §5.5.3).
    #[test]
    fn a_ping_inside_a_message() {
        let server = subject!().serve();
        let mut c = opened(&server, "C");
        c.send(Frame::text(server.word()).more());
        c.send(Frame::ping(server.word())).frame();
        c.send(Frame::continuation(server.word())).frame();
        prove!(server);
    }

    /// A pong that nobody asked for is no fault, and gets no answer
    /// (RFC 6455 §5.5.3).
    #[test]
    fn a_pong_unasked() {
        let server = subject!().serve();
        let mut c = opened(&server, "C");
        c.send(Frame::pong(server.word()));
        c.send(Frame::ping(server.word())).frame();
        prove!(server);
    }

    /// Three messages in one write come back in their order.
    #[test]
    fn several_in_one_write() {
        let server = subject!().serve();
        let mut c = opened(&server, "C");
        c.in_one_write(|c| {
            c.text(server.word());
            c.text(server.word());
            c.text(server.word());
        });
        c.frame().frame().frame();
        prove!(server);
    }

    /// Two clients talk at once, and each hears its own words.
    #[test]
    fn two_clients_do_not_mix() {
        let server = subject!().serve();
        let (mut ann, mut bob) = (opened(&server, "ann"), opened(&server, "bob"));
        ann.text(server.word());
        bob.text(server.word()).frame();
        ann.frame();
        prove!(server);
    }

    mod strict {
        use super::*;

        /// What is no handshake gets its refusal in HTTP (RFC 6455 §4.2.1).
        #[test]
        fn no_handshake() {
            let server = subject!().serve();
            let mut faulty = server.client_named("faulty");
            faulty.request("GET / HTTP/1.1", [("Host", "localhost")]);
            faulty.response();
            heard(&server, &[Frame::text(server.word())]);
            prove!(server);
        }

        /// A frame in the same write as the handshake is heard.
        #[test]
        fn a_frame_right_behind_the_head() {
            let server = subject!().serve();
            let key = server.key();
            let mut c = server.client();
            c.in_one_write(|c| {
                let head = [
                    ("Host", "localhost"),
                    ("Upgrade", "websocket"),
                    ("Connection", "Upgrade"),
                    ("Sec-WebSocket-Key", &key),
                    ("Sec-WebSocket-Version", "13"),
                ];
                c.request("GET / HTTP/1.1", head).text(server.word());
            });
            c.response().frame();
            prove!(server);
        }

        /// Messages of every form of length come back (RFC 6455 §5.2).
        #[test]
        fn lengths_at_every_border() {
            let server = subject!().serve();
            let mut c = opened(&server, "C");
            for length in [125, 126, 127, 128] {
                c.text(letters(&server, length)).frame();
            }
            for length in [125, 126, 65_535, 65_536] {
                c.binary(server.payload(length)).frame();
            }
            prove!(server);
        }

        /// A message and a ping that come byte by byte.
        #[test]
        fn byte_by_byte() {
            let server = subject!().serve();
            let mut c = opened(&server, "C");
            c.byte_by_byte(|c| {
                c.text(letters(&server, 128));
                c.send(Frame::ping(letters(&server, 125)));
            });
            c.frame().frame();
            prove!(server);
        }

        /// Ten pings in a row are answered in their order.
        #[test]
        fn ten_pings() {
            let server = subject!().serve();
            let mut c = opened(&server, "C");
            c.in_one_write(|c| {
                for _ in 0..10 {
                    c.send(Frame::ping(server.word()));
                }
            });
            for _ in 0..10 {
                c.frame();
            }
            prove!(server);
        }

        /// Five fragments in five writes, or in one, with pings between them
        /// (RFC 6455 §5.4).
        #[test]
        fn five_fragments() {
            let server = subject!().serve();
            let mut c = opened(&server, "C");
            let fragments = |c: &mut Client| {
                c.send(Frame::text(server.word()).more());
                c.send(Frame::continuation(server.word()).more());
                c.send(Frame::ping(server.word()));
                c.send(Frame::continuation("").more());
                c.send(Frame::continuation(server.word()).more());
                c.send(Frame::ping(server.word()));
                c.send(Frame::continuation(server.word()));
            };
            fragments(&mut c);
            c.frame().frame().frame();
            c.in_one_write(fragments);
            c.frame().frame().frame();
            prove!(server);
        }

        /// Fragments of 1300 bytes, as a sender might make them, come back as one
        /// message (RFC 6455 §5.4).
        #[test]
        fn a_message_in_eight() {
            let server = subject!().serve();
            let mut c = opened(&server, "C");
            let whole = server.payload(10_400);
            let parts: Vec<_> = whole.chunks(1_300).collect();
            parts
                .iter()
                .for_each(|part| server.name("1300 bytes", part));
            c.send(Frame::binary(parts[0]).more());
            for part in &parts[1..7] {
                c.send(Frame::continuation(part).more());
            }
            c.send(Frame::continuation(parts[7])).frame();
            prove!(server);
        }

        /// The same from a thousand frames.
        #[test]
        fn a_message_in_a_thousand() {
            let server = subject!().serve();
            let mut c = opened(&server, "C");
            let whole = server.payload(16_000);
            c.aside("binary in 1000 fragments of 16 bytes", |c| {
                c.in_one_write(|c| {
                    c.send(Frame::binary(&whole[..16]).more());
                    for part in whole[16..15_984].chunks(16) {
                        c.send(Frame::continuation(part).more());
                    }
                    c.send(Frame::continuation(&whole[15_984..]));
                });
            });
            c.frame();
            prove!(server);
        }

        /// Eight mebibytes come back.
        #[test]
        fn eight_mebibytes() {
            let server = subject!().serve();
            let mut c = opened(&server, "C");
            c.there_and_back(8 << 20, |_| {});
            c.text(server.word()).frame();
            prove!(server);
        }

        /// Text of every length of code point comes back, also when each byte is
        /// a frame (RFC 6455 §8.1).
        #[test]
        fn every_alphabet() {
            let server = subject!().serve();
            let mut c = opened(&server, "C");
            let text = "\0\u{7f}\u{80}\u{7ff}\u{800}\u{d7ff}\u{e000}\u{ffff}\u{10000}\u{10ffff}";
            c.text(server.word() + "κόσμε 👋 " + text).frame();
            c.send(Frame::text(server.word()).more());
            for byte in "é👋".bytes() {
                c.send(Frame::continuation([byte]).more());
            }
            c.send(Frame::continuation("")).frame();
            prove!(server);
        }
    }
}

mod step_2_close {
    use super::*;

    /// A Close is answered with its code; then the server ends the connection
    /// (RFC 6455 §5.5.1, §7.1.1).
    #[test]
    fn the_code_comes_back() {
        let server = subject!().serve();
        let mut ann = opened(&server, "ann");
        ann.text(server.word()).frame();
        ann.close(1000, "bye").frame().closed();
        opened(&server, "bob").close(4321, "").frame().closed();
        prove!(server);
    }

    /// A Close without a code gets one without a code (RFC 6455 §5.5.1).
    #[test]
    fn a_close_that_says_nothing() {
        let server = subject!().serve();
        let mut c = opened(&server, "C");
        c.text(server.word()).frame();
        c.send(Frame::new(opcode::CLOSE, "")).frame().closed();
        prove!(server);
    }

    /// What comes behind a Close gets no answer, and nothing follows the
    /// server's own (RFC 6455 §1.4, §5.5.1).
    #[test]
    fn nothing_after_a_close() {
        let server = subject!().serve();
        let mut c = opened(&server, "C");
        c.text(server.word()).frame();
        c.in_one_write(|c| {
            c.close(1000, "");
            c.send(Frame::ping(server.word())).text(server.word());
            c.close(1001, "");
        });
        c.frame().closed();
        prove!(server);
    }

    /// A peer that breaks a rule is told so with 1002, after what it said before
    /// is answered (RFC 6455 §7.1.7).
    #[test]
    fn a_broken_rule() {
        let server = subject!().serve();
        failed(&server, &[Frame::new(3, server.word())]);
        heard(&server, &[Frame::text(server.word())]);
        prove!(server);
    }

    /// A text that is not UTF-8: 1007 (RFC 6455 §8.1).
    #[test]
    fn a_text_that_is_not_utf_8() {
        let server = subject!().serve();
        let word = server.word();
        failed(&server, &[Frame::text([word.as_bytes(), b"\xff"].concat())]);
        heard(&server, &[Frame::text(word + "ÿ")]);
        prove!(server);
    }

    /// 1005 and 1006 say what was never on the wire, so they never are: 1002
    /// (RFC 6455 §7.4.1).
    #[test]
    fn codes_that_are_never_sent() {
        let server = subject!().serve();
        for code in [1005, 1006] {
            failed(&server, &[Frame::close(code, "")]);
        }
        let mut mended = opened(&server, "mended");
        mended.close(1001, "").frame().closed();
        prove!(server);
    }

    /// A client that ends without a Close is gone: the server ends as well, and
    /// says nothing.
    #[test]
    fn an_end_without_a_close() {
        let server = subject!().serve();
        let mut ann = opened(&server, "ann");
        ann.text(server.word()).frame();
        ann.half_close().closed();
        opened(&server, "bob").text(server.word()).frame();
        prove!(server);
    }

    mod strict {
        use super::*;

        /// A Close may stand inside a message, which then never ends
        /// (RFC 6455 §5.4).
        #[test]
        fn a_close_inside_a_message() {
            let server = subject!().serve();
            let mut c = opened(&server, "C");
            c.send(Frame::text(server.word()).more());
            c.close(1000, "").frame().closed();
            prove!(server);
        }

        /// A Close right behind a long message: first the message comes back.
        #[test]
        fn a_close_behind_much() {
            let server = subject!().serve();
            let mut c = opened(&server, "C");
            let bytes = server.payload(1 << 16);
            c.in_one_write(|c| {
                c.binary(bytes).close(1000, "");
            });
            c.frame().frame().closed();
            prove!(server);
        }

        /// Every code that may be sent comes back (RFC 6455 §7.4).
        #[test]
        fn codes_that_may_be_sent() {
            let server = subject!().serve();
            let codes = [
                1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999,
            ];
            for code in codes {
                let mut c = opened(&server, "C");
                c.close(code, &server.word()).frame().closed();
            }
            prove!(server);
        }

        /// No code below 1000, none that is reserved, none above 4999: 1002
        /// (RFC 6455 §7.4).
        #[test]
        fn codes_that_may_not() {
            let server = subject!().serve();
            for code in [0, 999, 1004, 1015, 1016, 1100, 2000, 2999, 5000, 65_535] {
                failed(&server, &[Frame::close(code, "")]);
            }
            let mut mended = opened(&server, "mended");
            mended.close(3000, "").frame().closed();
            prove!(server);
        }

        /// Half a code, and a reason too long: 1002. A reason that is not UTF-8:
        /// 1007. One of 123 bytes is right (RFC 6455 §5.5, §5.5.1).
        #[test]
        fn bodies_of_a_close() {
            let server = subject!().serve();
            let reason = letters(&server, 123);
            failed(&server, &[Frame::new(opcode::CLOSE, [3])]);
            failed(&server, &[Frame::close(1000, &format!("{reason}x"))]);
            failed(
                &server,
                &[Frame::new(opcode::CLOSE, [3, 0xe8, 0xce, 0xba, 0xff])],
            );
            let mut mended = opened(&server, "mended");
            mended.close(1000, &reason).frame().closed();
            prove!(server);
        }

        /// No extension was agreed on, so each reserved bit is a fault: 1002
        /// (RFC 6455 §5.2).
        #[test]
        fn reserved_bits() {
            let server = subject!().serve();
            for bits in 1..8 {
                failed(&server, &[Frame::text(server.word()).rsv(bits)]);
            }
            failed(&server, &[Frame::ping(server.word()).rsv(4)]);
            failed(&server, &[Frame::close(1000, "").rsv(1)]);
            heard(&server, &[Frame::text(server.word())]);
            prove!(server);
        }

        /// Ten opcodes mean nothing: 1002 (RFC 6455 §5.2).
        #[test]
        fn reserved_opcodes() {
            let server = subject!().serve();
            for opcode in (3..8).chain(11..16) {
                failed(&server, &[Frame::new(opcode, server.word())]);
            }
            heard(&server, &[Frame::new(opcode::TEXT, server.word())]);
            prove!(server);
        }

        /// A client masks: 1002 for a frame that is not (RFC 6455 §5.1).
        #[test]
        fn an_unmasked_frame() {
            let server = subject!().serve();
            failed(&server, &[Frame::text(server.word()).unmasked()]);
            heard(&server, &[Frame::text(server.word())]);
            prove!(server);
        }

        /// A ping is short, and in one piece: 1002 (RFC 6455 §5.5).
        #[test]
        fn pings_that_are_none() {
            let server = subject!().serve();
            failed(&server, &[Frame::ping(letters(&server, 126))]);
            failed(&server, &[Frame::ping(server.word()).more()]);
            failed(&server, &[Frame::pong(server.word()).more()]);
            heard(&server, &[Frame::ping(letters(&server, 125))]);
            prove!(server);
        }

        /// A continuation of nothing, before or after a message, and a message
        /// inside another: 1002 (RFC 6455 §5.4).
        #[test]
        fn fragments_out_of_order() {
            let server = subject!().serve();
            let word = server.word();
            failed(&server, &[Frame::continuation(&word)]);
            failed(&server, &[Frame::continuation(&word).more()]);
            let nested = [Frame::text(&word).more(), Frame::text(&word)];
            failed(&server, &nested);
            let joined = [Frame::text(&word).more(), Frame::continuation(&word)];
            heard(&server, &joined);
            prove!(server);
        }

        /// Overlong forms, surrogates, what lies beyond U+10FFFF, lone
        /// continuations and cut code points are not UTF-8: 1007 (RFC 3629 §3).
        #[test]
        fn what_is_not_utf_8() {
            let server = subject!().serve();
            let wrong: [&[u8]; 8] = [
                b"\xc0\xaf",
                b"\xe0\x80\xaf",
                b"\xed\xa0\x80",
                b"\xf4\x90\x80\x80",
                b"\xf8\x88\x80\x80\x80",
                b"\x80",
                b"\xfe",
                b"\xce",
            ];
            for bytes in wrong {
                let text = [server.word().as_bytes(), bytes].concat();
                failed(&server, &[Frame::text(text)]);
            }
            heard(&server, &[Frame::text(server.word() + "κ")]);
            prove!(server);
        }

        /// A fault in a text is told before its frame is whole, and before its
        /// last fragment (RFC 6455 §8.1 leaves the time open).
        #[test]
        fn a_fault_is_told_at_once() {
            let server = subject!().serve();
            let wrong = [server.word().as_bytes(), b"\xf4\x90"].concat();
            failed(&server, &[Frame::text(&wrong).more()]);
            failed(&server, &[Frame::text(&wrong).of(100)]);
            let right = [server.word().as_bytes(), b"\xf4\x80"].concat();
            let rest = [Frame::text(right).more(), Frame::continuation(b"\x80\x80")];
            heard(&server, &rest);
            prove!(server);
        }

        /// What comes behind a fault is taken in and thrown away, so that the
        /// Close is not lost (RFC 6455 §7.1.1).
        #[test]
        fn what_follows_a_fault_is_taken_in() {
            let server = subject!().serve();
            let mut faulty = opened(&server, "faulty");
            faulty.text(server.word()).frame();
            faulty.send(Frame::text("").rsv(4));
            faulty.upload(128, &[0; 65_536]).frame().closed();
            heard(&server, &[Frame::text(server.word())]);
            prove!(server);
        }

        /// Whoever vanishes, wherever it stood, ends no other's connection.
        #[test]
        fn clients_that_vanish() {
            let server = subject!().serve();
            let mut ann = opened(&server, "ann");
            server.client_named("bob").bytes("GET / HT").vanish();
            opened(&server, "cid").vanish();
            let frame = Frame::text(server.word()).of(100);
            opened(&server, "dan").send(frame).vanish();
            opened(&server, "eve").binary([0; 65_536]).vanish();
            ann.text(server.word()).frame();
            opened(&server, "fay").text(server.word()).frame();
            prove!(server);
        }
    }
}

mod step_3_alive {
    use super::*;

    /// A client that says nothing is pinged, again and again.
    #[test]
    fn a_silent_client_is_pinged() {
        let server = subject!().serve_with(&["--ping-every", "50ms"]);
        let mut c = opened(&server, "C");
        c.text(server.word()).frame();
        c.answers_pings().pings_come(3);
        prove!(server);
    }

    /// Of two silent clients the one that answers pings stays, and the other is
    /// dropped. Until then it is pinged each time that `--ping-every` has passed,
    /// and not much more often.
    #[test]
    fn who_answers_stays() {
        let flags = ["--ping-every", "100ms", "--idle", "1s"];
        let server = subject!().serve_with(&flags);
        let (mut ann, mut bob) = (opened(&server, "ann"), opened(&server, "bob"));
        ann.text(server.word()).frame();
        ann.ignores_pings().pings_come(1);
        bob.answers_pings().pings_come(15);
        ann.gone();
        let pinged = ann.times_pinged();
        let not_so = format!("ann was pinged {pinged} times");
        server.remark(
            pinged <= 20,
            "ann was pinged twenty times at the most",
            &not_so,
        );
        bob.text(server.word()).frame();
        prove!(server);
    }

    /// The server says Close first: 1001 to a client that has been idle. The
    /// client answers, and the server ends the connection (RFC 6455 §7.1.2).
    #[test]
    fn the_server_says_goodbye() {
        let server = subject!().serve_with(&["--idle", "1s"]);
        let mut c = opened(&server, "C");
        c.text(server.word()).frame();
        c.frame().close(1001, "").closed();
        prove!(server);
    }

    /// A frame of which half has come when the server pings arrives whole: the
    /// alarm takes nothing away from the reading.
    #[test]
    fn a_frame_around_a_ping() {
        let server = subject!().serve_with(&["--ping-every", "50ms"]);
        let mut c = opened(&server, "C");
        let frame = Frame::text(letters(&server, 300));
        c.ignores_pings().in_two(frame, 150, |c| {
            c.pings_come(2);
        });
        c.frame();
        prove!(server);
    }

    mod strict {
        use super::*;

        /// The same with half a header.
        #[test]
        fn a_header_around_a_ping() {
            let server = subject!().serve_with(&["--ping-every", "50ms"]);
            let mut c = opened(&server, "C");
            let frame = Frame::text(letters(&server, 300));
            c.ignores_pings().in_two(frame, 3, |c| {
                c.pings_come(2);
            });
            c.frame();
            prove!(server);
        }

        /// A long answer that is on its way is not torn by a ping: that comes
        /// behind it.
        #[test]
        fn a_ping_tears_no_frame() {
            let server = subject!().serve_with(&["--ping-every", "50ms"]);
            let started = Instant::now();
            let (mut ann, mut bob) = (opened(&server, "ann"), opened(&server, "bob"));
            bob.answers_pings();
            ann.ignores_pings();
            ann.there_and_back(8 << 20, |_| {
                // No more than these have come so far: four are still to come.
                let before = started.elapsed().as_millis() / 50;
                bob.pings_come(before as u64 + 4);
            });
            ann.pings_come(1).text(server.word()).frame();
            prove!(server);
        }

        /// A client that leaves a Close without an answer is dropped all the
        /// same (RFC 6455 §7.1.1).
        #[test]
        fn a_goodbye_without_an_answer() {
            let server = subject!().serve_with(&["--idle", "1s"]);
            let mut c = opened(&server, "C");
            c.text(server.word()).frame();
            c.frame().closed();
            prove!(server);
        }

        /// One that breaks a rule and takes nothing can't be told so: it is dropped
        /// soon, however long it might have been idle (RFC 6455 §7.1.1).
        #[test]
        fn a_close_that_nobody_takes() {
            let flags = ["--ping-every", "300s", "--idle", "300s"];
            let server = subject!().serve_with(&flags);
            let mut faulty = opened(&server, "faulty");
            fault_behind_much(&mut faulty);
            faulty.dropped();
            heard(&server, &[Frame::text(server.word())]);
            prove!(server);
        }

        /// Who speaks is there, and is not asked: pings are for silence.
        #[test]
        fn who_speaks_is_not_pinged() {
            let server = subject!().serve_with(&["--ping-every", "700ms"]);
            let word = server.word();
            let mut c = opened(&server, "C");
            c.ignores_pings().stream(&format!("{word} "));
            c.text(format!("{word} 0")).ticks(1);
            let silence = speaks_on(&mut c, &word, Duration::from_millis(2_100));
            // Where the machine has kept it silent, a ping is right.
            let so = c.times_pinged() == 0 || silence >= Duration::from_millis(700);
            server.remark(so, "nobody has pinged it", "it was pinged all the same");
            prove!(server);
        }

        /// Says the next number when the last has come back, for so long; the
        /// longest time that the server may have heard nothing.
        fn speaks_on(c: &mut Client, word: &str, time: Duration) -> Duration {
            let started = Instant::now();
            let (mut said, mut silence) = (started, Duration::ZERO);
            c.aside("and so on, for three times as long as that", |c| {
                for n in 1.. {
                    let before = std::mem::replace(&mut said, Instant::now());
                    c.text(format!("{word} {n}")).ticks(1);
                    silence = silence.max(before.elapsed());
                    if c.ticked() <= n || started.elapsed() > time {
                        break;
                    }
                }
            });
            silence
        }

        /// Waiting costs nothing, also when the alarm has rung: what is done is set
        /// for another time. (Shown on Linux, where a program's processor time can
        /// be read.)
        #[test]
        fn waiting_is_no_work() {
            let server = subject!().serve_with(&["--ping-every", "50ms"]);
            let mut c = opened(&server, "C");
            c.text(server.word()).frame();
            c.answers_pings();
            server.hardly_works(|| {
                c.pings_come(20);
            });
            c.text(server.word()).frame();
            prove!(server);
        }

        /// One that never finishes its handshake is dropped too: 408 (RFC 9110 §15.5.9).
        #[test]
        fn half_a_handshake() {
            let server = subject!().serve_with(&["--idle", "1s"]);
            let mut faulty = server.client_named("faulty");
            faulty.bytes("GET / HT");
            faulty.response();
            heard(&server, &[Frame::text(server.word())]);
            prove!(server);
        }
    }
}

mod step_4_limits {
    use super::*;

    /// A message over the limit: 1009 (RFC 6455 §7.4.1, §10.4).
    #[test]
    fn a_message_over_the_limit() {
        let server = subject!().serve_with(&["--max-message", "1000"]);
        failed(&server, &[Frame::binary(server.payload(1_001))]);
        heard(&server, &[Frame::binary(server.payload(1_000))]);
        prove!(server);
    }

    /// The limit is the message's, not the fragment's: 1009.
    #[test]
    fn fragments_over_the_limit() {
        let server = subject!().serve_with(&["--max-message", "1000"]);
        let message = |last| {
            let first = Frame::text(letters(&server, 600)).more();
            [first, Frame::continuation(letters(&server, last))]
        };
        failed(&server, &message(401));
        heard(&server, &message(400));
        prove!(server);
    }

    /// A header that announces 2^63 − 1 bytes is enough: 1009, and no room is
    /// made for them.
    #[test]
    fn a_length_that_nobody_has_room_for() {
        let server = subject!().serve();
        failed(&server, &[Frame::binary("").of(i64::MAX as u64)]);
        heard(&server, &[Frame::binary(server.payload(8))]);
        prove!(server);
    }

    /// One that sends and reads nothing is read no further: nothing piles up.
    #[test]
    fn one_that_reads_nothing_is_stopped() {
        let server = subject!().serve();
        let (mut ann, mut bob) = (opened(&server, "ann"), opened(&server, "bob"));
        ann.upload_until_stopped(1_024, &[0; 65_536]);
        bob.text(server.word()).frame();
        prove!(server);
    }

    mod strict {
        use super::*;

        /// There is a limit on the number of fragments too: 1009.
        #[test]
        fn too_many_fragments() {
            let server = subject!().serve_with(&["--max-fragments", "3"]);
            let message = |fragments: usize| {
                let mut frames = vec![Frame::text(server.word()).more()];
                frames.resize(fragments - 1, Frame::continuation("").more());
                frames.push(Frame::continuation(server.word()));
                frames
            };
            failed(&server, &message(4));
            heard(&server, &message(3));
            prove!(server);
        }

        /// A limit counts one message, not all of them.
        #[test]
        fn limits_count_one_message() {
            let server = subject!().serve_with(&["--max-message", "1000"]);
            let mut c = opened(&server, "C");
            for _ in 0..3 {
                c.binary(server.payload(1_000)).frame();
            }
            prove!(server);
        }

        /// A head over the limit: 431 (RFC 6585 §5).
        #[test]
        fn a_head_over_the_limit() {
            let server = subject!().serve_with(&["--max-head", "256"]);
            let mut faulty = server.client_named("faulty");
            let long = letters(&server, 300);
            faulty.request("GET / HTTP/1.1", [("Host", "localhost"), ("Cookie", &long)]);
            faulty.response();
            heard(&server, &[Frame::text(server.word())]);
            prove!(server);
        }

        /// A client that is slow to read loses nothing.
        #[test]
        fn a_slow_reader_gets_it_all() {
            let server = subject!().serve();
            let mut c = opened(&server, "C");
            c.upload(16, &[0; 65_536]);
            c.flood().floods(16);
            c.quiet().text(server.word()).frame();
            prove!(server);
        }

        /// Once Close is said all is taken in and thrown away, also while the Close
        /// has to wait. So who sends first and reads later reads it.
        #[test]
        fn a_close_that_waits_stops_nobody() {
            let server = subject!().serve();
            let mut faulty = opened(&server, "faulty");
            fault_behind_much(&mut faulty);
            faulty.upload(384, &[0; 65_536]);
            faulty.flood().floods(1).frame().closed();
            heard(&server, &[Frame::text(server.word())]);
            prove!(server);
        }

        /// One that takes a little now and then is there: it stays, though nothing
        /// that it says is read meanwhile.
        #[test]
        fn one_that_takes_slowly_stays() {
            let server = subject!().serve_with(&["--idle", "2s"]);
            let mut c = server.narrow_client("C");
            c.open("/");
            c.there_and_back(8 << 20, |c| {
                c.takes(512 << 10, Duration::from_millis(3_000));
            });
            c.text(server.word()).frame();
            prove!(server);
        }

        /// Who ends without a Close, and reads later, gets what waits for it. Until
        /// then the server rests: that nothing more comes is read once. (Shown on
        /// Linux, where a program's processor time can be read.)
        #[test]
        fn an_end_behind_much() {
            let server = subject!().serve();
            // Of one or two of these only the end still waits in the server.
            let sizes = [("ann", 100_000), ("bob", 150_000), ("cid", 200_000)];
            let mut clients = sizes.map(|(name, size)| (server.narrow_client(name), size));
            for (client, _) in &mut clients {
                client.open("/").text(server.word()).frame();
            }
            end_and_wait(&server, &mut clients);
            prove!(server);
        }

        /// All of them end behind a message, and wait together.
        fn end_and_wait(server: &Subject, clients: &mut [(Client, usize)]) {
            let [(client, size), others @ ..] = clients else {
                return;
            };
            client.there_and_back(*size, |client| {
                client.half_close();
                match others {
                    [] => server.hardly_works(|| {
                        client.takes(0, Duration::from_secs(1));
                    }),
                    others => end_and_wait(server, others),
                }
            });
            client.closed();
        }

        /// One that takes nothing is dropped within a bound, though it goes on
        /// sending.
        #[test]
        fn one_that_takes_nothing_is_dropped() {
            let server = subject!().serve_with(&["--idle", "500ms"]);
            let mut ann = opened(&server, "ann");
            ann.upload(1_024, &[0; 65_536]).gone();
            opened(&server, "bob").text(server.word()).frame();
            prove!(server);
        }
    }
}
