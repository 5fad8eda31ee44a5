//! Proofs of chapter 03: the frames of RFC 6455 §5, and §8.1.
//!
//! `encode` prints the bytes of a frame in hex. `decode` reads bytes in hex,
//! a piece a line, and prints what they say: here `C→S` is what a client has
//! sent. Every refusal is a pair: a frame with one fault between two good
//! messages, then the same with only that fault mended and with fresh words.

use proof::{Frame, Input, Subject, hex, opcode, prove, subject};
use sha1_smol::Sha1;

/// What a server makes of a client's frames.
fn decode(program: &Subject, write: impl FnOnce(&mut Input)) {
    decode_with(program, &[], write);
}

fn decode_with(program: &Subject, flags: &[&str], write: impl FnOnce(&mut Input)) {
    program.run_with_frames(&[&["decode"], flags].concat(), "C→S", write);
}

/// What a client makes of a server's frames.
fn decode_as_client(program: &Subject, write: impl FnOnce(&mut Input)) {
    program.run_with_frames(&["decode", "--client"], "S→C", write);
}

/// What is between two good messages, first with its fault, then without.
fn refused(program: &Subject, flags: &[&str], faulty: &[Frame], mended: &[Frame]) {
    for frames in [faulty, mended] {
        let before = letters(program, 8, "before");
        let behind = letters(program, 8, "behind");
        decode_with(program, flags, |input| {
            input.frame(Frame::text(before));
            for frame in frames {
                input.frame(frame.clone());
            }
            input.frame(Frame::text(behind));
        });
    }
}

/// So many random letters, under this name.
fn letters(program: &Subject, length: usize, name: &str) -> String {
    let bytes = program.draw(length).into_iter();
    let letters: String = bytes.map(|byte| char::from(b'a' + byte % 26)).collect();
    program.name(name, &letters);
    letters
}

/// The same, named after their number.
fn long(program: &Subject, length: usize) -> String {
    letters(program, length, &format!("{length} letters"))
}

/// A random word whose bytes are known in hex, too.
fn word(program: &Subject) -> String {
    let word = program.word();
    program.name("word in hex", hex(word.as_bytes()));
    word
}

/// Random bytes that are known in hex, too.
fn payload(program: &Subject, length: usize) -> Vec<u8> {
    let payload = program.payload(length);
    program.name(&format!("{length} bytes in hex"), hex(&payload));
    payload
}

/// Random bytes that are never UTF-8: a transcript would quote them.
fn no_text(program: &Subject, length: usize) -> Vec<u8> {
    let bytes = [&[0xFF], &program.draw(length - 1)[..]].concat();
    program.name(&format!("{length} bytes"), &bytes);
    bytes
}

/// A masking key, and these bytes masked with it.
fn key_for(program: &Subject, payload: &[u8]) -> (String, Vec<u8>) {
    let key = program.draw(4);
    program.name("key", hex(&key));
    let keys = key.iter().cycle();
    let masked: Vec<u8> = payload.iter().zip(keys).map(|(b, k)| b ^ k).collect();
    program.name("masked", hex(&masked));
    (hex(&key), masked)
}

/// The digest by which a long payload is known.
fn digest(program: &Subject, payload: impl AsRef<[u8]>) {
    let digest = Sha1::from(payload).digest().to_string();
    program.name("sha1", &digest[..8]);
}

/// The word again and again, up to so many bytes.
fn repeated(word: &str, length: usize) -> String {
    word.chars().cycle().take(length).collect()
}

mod step_1_encode {
    use super::*;

    /// The bytes of the RFC's own examples (RFC 6455 §5.7).
    #[test]
    fn the_rfc_samples() {
        let program = subject!();
        program.run(&["encode", "text", "Hello"]);
        program.run(&["encode", "text", "Hello", "--mask", "37 fa 21 3d"]);
        program.run(&["encode", "text", "Hel", "--more"]);
        program.run(&["encode", "continue", "lo"]);
        program.run(&["encode", "ping", "Hello"]);
        program.run(&["encode", "pong", "Hello", "--mask", "37 fa 21 3d"]);
        program.run(&["encode", "text", &word(&program)]);
        prove!(program);
    }

    /// A text is one frame: FIN, opcode 1, its length, its bytes (RFC 6455 §5.2).
    #[test]
    fn a_text() {
        let program = subject!();
        program.run(&["encode", "text", &word(&program)]);
        prove!(program);
    }

    /// With a key: the mask bit, the four bytes of the key, and each byte of the
    /// payload changed by one of them (RFC 6455 §5.3).
    #[test]
    fn a_masked_text() {
        let program = subject!();
        let word = word(&program);
        let (key, _) = key_for(&program, word.as_bytes());
        program.run(&["encode", "text", &word, "--mask", &key]);
        prove!(program);
    }

    /// Each kind of frame has its own opcode (RFC 6455 §5.2).
    #[test]
    fn every_opcode() {
        let program = subject!();
        let word = word(&program);
        let bytes = hex(word.as_bytes());
        program.run(&["encode", "binary", &bytes]);
        program.run(&["encode", "ping", &word]);
        program.run(&["encode", "pong", &word]);
        program.run(&["encode", "close", "1000", &word]);
        prove!(program);
    }

    /// Up to 125 the length is one byte, and from 126 on a 126 and two more
    /// (RFC 6455 §5.2).
    #[test]
    fn lengths_of_125_and_126() {
        let program = subject!();
        let word = program.word();
        for length in [125, 126] {
            digest(&program, repeated(&word, length));
            program.run(&["encode", "text", &word, "--length", &length.to_string()]);
        }
        prove!(program);
    }

    /// A message in fragments: FIN clear on all but the last, and only the first
    /// says what it is (RFC 6455 §5.4).
    #[test]
    fn a_message_in_fragments() {
        let program = subject!();
        program.run(&[
            "encode",
            "binary",
            &hex(word(&program).as_bytes()),
            "--more",
        ]);
        program.run(&["encode", "continue", &word(&program), "--more"]);
        program.run(&["encode", "continue", &word(&program)]);
        prove!(program);
    }

    mod strict {
        use super::*;

        /// Up to 65535 the length has two bytes, from 65536 on eight (RFC 6455 §5.2).
        #[test]
        fn lengths_of_65535_and_65536() {
            let program = subject!();
            let word = program.word();
            for length in [65_535, 65_536] {
                digest(&program, repeated(&word, length));
                program.run(&["encode", "text", &word, "--length", &length.to_string()]);
            }
            prove!(program);
        }

        /// The key is not part of the length (RFC 6455 §5.2).
        #[test]
        fn a_long_masked_payload() {
            let program = subject!();
            let word = program.word();
            let (key, masked) = key_for(&program, repeated(&word, 300).as_bytes());
            digest(&program, masked);
            let long = ["encode", "text", &word, "--length", "300", "--mask", &key];
            program.run(&long);
            prove!(program);
        }

        /// An empty payload is legal, and has a key all the same (RFC 6455 §5.1).
        #[test]
        fn empty_payloads() {
            let program = subject!();
            let (key, _) = key_for(&program, &[]);
            program.run(&["encode", "text"]);
            program.run(&["encode", "ping", "--mask", &key]);
            program.run(&["encode", "close"]);
            prove!(program);
        }

        /// The key begins anew with each frame, whatever the length of the payload.
        #[test]
        fn payloads_of_odd_lengths() {
            let program = subject!();
            for length in [5, 6, 7] {
                let payload = payload(&program, length);
                let (key, _) = key_for(&program, &payload);
                program.run(&["encode", "binary", &hex(&payload), "--mask", &key]);
            }
            prove!(program);
        }
    }
}

mod step_2_decode {
    use super::*;

    /// The RFC's own examples: unmasked from a server, masked from a client
    /// (RFC 6455 §5.7).
    #[test]
    fn the_rfc_samples() {
        let program = subject!();
        let word = program.word();
        decode_as_client(&program, |input| {
            input.frame(Frame::text("Hello").unmasked());
            input.frame(Frame::ping("Hello").unmasked());
            input.frame(Frame::text(&word).unmasked());
        });
        decode(&program, |input| {
            input.frame(Frame::text("Hello").masked_with([0x37, 0xFA, 0x21, 0x3D]));
            input.frame(Frame::pong("Hello").masked_with([0x37, 0xFA, 0x21, 0x3D]));
            input.frame(Frame::text(&word));
        });
        prove!(program);
    }

    /// The mask comes off: what was said is what is heard (RFC 6455 §5.3).
    #[test]
    fn a_masked_text() {
        let program = subject!();
        let word = program.word();
        decode(&program, |input| {
            input.frame(Frame::text(word));
        });
        prove!(program);
    }

    /// Each opcode says what a frame is (RFC 6455 §5.2).
    #[test]
    fn every_opcode() {
        let program = subject!();
        let (word, blob) = (program.word(), payload(&program, 6));
        decode(&program, |input| {
            input.frame(Frame::binary(blob));
            input.frame(Frame::ping(&word));
            input.frame(Frame::pong(&word));
            input.frame(Frame::text(word));
        });
        prove!(program);
    }

    /// A read may end anywhere, in the header, in the key, in the payload. The next
    /// byte of the payload goes with the next of the key (RFC 6455 §5.3).
    #[test]
    fn a_frame_byte_by_byte() {
        let program = subject!();
        let words = [program.word(), program.word()];
        decode(&program, |input| {
            for word in words {
                input.byte_by_byte(Frame::text(word));
            }
        });
        prove!(program);
    }

    /// A read may bring several frames: each is heard.
    #[test]
    fn several_frames_in_one_piece() {
        let program = subject!();
        let words = [program.word(), program.word(), program.word()];
        decode(&program, |input| {
            input.on_one_line(|input| {
                for word in words {
                    input.frame(Frame::text(word));
                }
            });
        });
        prove!(program);
    }

    /// A length of 126 or more stands in the two bytes that follow (RFC 6455 §5.2).
    #[test]
    fn lengths_of_125_and_126() {
        let program = subject!();
        let word = program.word();
        let texts = [125, 126].map(|length| long(&program, length));
        decode(&program, |input| {
            for text in texts {
                input.frame(Frame::text(text));
            }
            input.frame(Frame::text(word));
        });
        prove!(program);
    }

    mod strict {
        use super::*;

        /// A length of 65536 or more stands in eight bytes (RFC 6455 §5.2).
        #[test]
        fn lengths_of_65535_and_65536() {
            let program = subject!();
            let texts = [65_535, 65_536].map(|length| long(&program, length));
            for text in &texts {
                digest(&program, text);
            }
            decode(&program, |input| {
                for text in texts {
                    input.frame(Frame::text(text));
                }
            });
            prove!(program);
        }

        /// Where a read ends within a payload, the key goes on with its next byte
        /// (RFC 6455 §5.3).
        #[test]
        fn a_key_goes_on_where_a_read_ended() {
            let program = subject!();
            let (word, text) = (program.word(), long(&program, 150));
            decode(&program, |input| {
                input.by_threes(Frame::text(text));
                input.by_threes(Frame::text(word));
            });
            prove!(program);
        }

        /// An empty frame is a message too, also when nothing comes behind it.
        #[test]
        fn empty_payloads() {
            let program = subject!();
            let word = program.word();
            decode(&program, |input| {
                input.frame(Frame::ping(word));
                input.frame(Frame::binary(""));
                input.frame(Frame::ping(""));
                input.byte_by_byte(Frame::text(""));
            });
            prove!(program);
        }

        /// A message is told when its last byte is there, and not before.
        #[test]
        fn a_frame_cut_short_says_nothing() {
            let program = subject!();
            let words = [program.word(), program.word()];
            decode(&program, |input| {
                input.frame(Frame::text(&words[0]));
                input.frame(Frame::text(&words[1]).of(9));
            });
            prove!(program);
        }

        /// A length is a promise, and not yet there: no memory is set aside for it.
        #[test]
        fn what_is_announced_takes_no_memory() {
            let program = subject!();
            let word = program.word();
            // More than any machine has: 2^46 bytes, of 2^47.
            let limit = (1u64 << 47).to_string();
            decode_with(&program, &["--max-message", &limit], |input| {
                input.frame(Frame::text(word));
                input.frame(Frame::binary("").of(1 << 46));
            });
            prove!(program);
        }
    }
}

mod step_3_join {
    use super::*;

    /// Fragments are joined: a message in several frames is one message (RFC 6455
    /// §5.4, §5.7).
    #[test]
    fn the_rfc_sample() {
        let program = subject!();
        let words = [program.word(), program.word()];
        decode_as_client(&program, |input| {
            input.frame(Frame::text("Hel").unmasked().more());
            input.frame(Frame::continuation("lo").unmasked());
            input.frame(Frame::text(&words[0]).unmasked().more());
            input.frame(Frame::continuation(&words[1]).unmasked());
        });
        prove!(program);
    }

    /// A ping may stand between two fragments, and is heard at once, before the
    /// message has ended (RFC 6455 §5.4, §5.5).
    #[test]
    fn a_ping_between_two_fragments() {
        let program = subject!();
        let words = [program.word(), program.word(), program.word()];
        decode(&program, |input| {
            input.frame(Frame::text(&words[0]).more());
            input.frame(Frame::ping(&words[1]));
            input.frame(Frame::continuation(&words[2]));
        });
        prove!(program);
    }

    /// The first fragment says what the message is, text or binary; the rest do not.
    #[test]
    fn a_binary_message_in_three() {
        let program = subject!();
        let parts = [5, 6, 7].map(|length| no_text(&program, length));
        program.name("18 bytes in hex", hex(&parts.concat()));
        decode(&program, |input| {
            input.frame(Frame::binary(&parts[0]).more());
            input.frame(Frame::continuation(&parts[1]).more());
            input.frame(Frame::continuation(&parts[2]));
        });
        prove!(program);
    }

    /// One message after the other: the second has nothing of the first.
    #[test]
    fn one_after_the_other() {
        let program = subject!();
        let words = [
            program.word(),
            program.word(),
            program.word(),
            program.word(),
        ];
        decode(&program, |input| {
            input.frame(Frame::text(&words[0]).more());
            input.frame(Frame::continuation(&words[1]));
            input.frame(Frame::text(&words[2]));
            input.frame(Frame::text(&words[3]).more());
            input.frame(Frame::continuation(""));
        });
        prove!(program);
    }

    mod strict {
        use super::*;

        /// A fragment may be empty, the first and the last too (RFC 6455 §5.4).
        #[test]
        fn empty_fragments() {
            let program = subject!();
            let word = program.word();
            decode(&program, |input| {
                input.frame(Frame::text("").more());
                input.frame(Frame::continuation("").more());
                input.frame(Frame::continuation(&word).more());
                input.frame(Frame::continuation(""));
                input.frame(Frame::binary("").more());
                input.frame(Frame::continuation(""));
            });
            prove!(program);
        }

        /// Fragments in pieces, with pings and pongs between: frames and reads have
        /// nothing to do with each other.
        #[test]
        fn fragments_in_pieces() {
            let program = subject!();
            let words = [
                program.word(),
                program.word(),
                program.word(),
                program.word(),
            ];
            decode(&program, |input| {
                input.byte_by_byte(Frame::text(&words[0]).more());
                input.by_threes(Frame::ping(&words[1]));
                input.by_threes(Frame::continuation(&words[2]).more());
                input.byte_by_byte(Frame::pong(&words[3]));
                input.byte_by_byte(Frame::continuation("!"));
            });
            prove!(program);
        }

        /// Each frame has a key of its own, and it begins anew (RFC 6455 §5.3).
        #[test]
        fn each_fragment_its_own_key() {
            let program = subject!();
            let texts = [5, 6, 7, 9].map(|length| long(&program, length));
            decode(&program, |input| {
                input.on_one_line(|input| {
                    input.frame(Frame::text(&texts[0]).more());
                    input.frame(Frame::continuation(&texts[1]).more());
                    input.frame(Frame::ping(&texts[2]));
                    input.frame(Frame::continuation(&texts[3]));
                });
            });
            prove!(program);
        }
    }
}

mod step_4_refuse {
    use super::*;

    /// The reserved bits belong to extensions, and none was agreed on: 1002
    /// (RFC 6455 §5.2).
    #[test]
    fn reserved_bits() {
        let program = subject!();
        for bits in [4, 2, 1] {
            let frame = Frame::text(program.word());
            refused(&program, &[], &[frame.clone().rsv(bits)], &[frame]);
        }
        prove!(program);
    }

    /// An opcode that nobody has given a meaning: 1002 (RFC 6455 §5.2).
    #[test]
    fn reserved_opcodes() {
        let program = subject!();
        for (reserved, known) in [(3, opcode::TEXT), (11, opcode::PONG)] {
            let word = program.word();
            let faulty = Frame::new(reserved, &word);
            refused(&program, &[], &[faulty], &[Frame::new(known, &word)]);
        }
        prove!(program);
    }

    /// A client masks every frame, and a server that gets one unmasked closes:
    /// 1002 (RFC 6455 §5.1).
    #[test]
    fn an_unmasked_frame_of_a_client() {
        let program = subject!();
        let frame = Frame::text(program.word());
        refused(&program, &[], &[frame.clone().unmasked()], &[frame]);
        prove!(program);
    }

    /// A server masks no frame, and a client that gets one masked closes: 1002
    /// (RFC 6455 §5.1).
    #[test]
    fn a_masked_frame_of_a_server() {
        let program = subject!();
        let words = [program.word(), program.word()];
        decode_as_client(&program, |input| {
            input.frame(Frame::text(&words[0]).unmasked());
            input.frame(Frame::text(&words[1]));
        });
        decode_as_client(&program, |input| {
            input.frame(Frame::text(&words[0]).unmasked());
            input.frame(Frame::text(&words[1]).unmasked());
        });
        prove!(program);
    }

    /// A ping has at most 125 bytes: 1002 (RFC 6455 §5.5).
    #[test]
    fn a_ping_of_126_bytes() {
        let program = subject!();
        let ping = |length| Frame::ping(long(&program, length));
        refused(&program, &[], &[ping(126)], &[ping(125)]);
        prove!(program);
    }

    /// A ping is never fragmented: 1002 (RFC 6455 §5.5).
    #[test]
    fn a_ping_in_fragments() {
        let program = subject!();
        let ping = Frame::ping(program.word());
        refused(&program, &[], &[ping.clone().more()], &[ping]);
        prove!(program);
    }

    /// A continuation, and nothing to continue: 1002 (RFC 6455 §5.4).
    #[test]
    fn nothing_to_continue() {
        let program = subject!();
        let words = [program.word(), program.word()];
        let first = Frame::text(&words[0]);
        let second = Frame::continuation(&words[1]);
        let faulty = [first.clone(), second.clone()];
        refused(&program, &[], &faulty, &[first.more(), second]);
        prove!(program);
    }

    /// A new message before the last has ended: 1002 (RFC 6455 §5.4).
    #[test]
    fn a_message_inside_another() {
        let program = subject!();
        let words = [program.word(), program.word()];
        let first = Frame::text(&words[0]);
        let second = Frame::text(&words[1]);
        let faulty = [first.clone().more(), second.clone()];
        refused(&program, &[], &faulty, &[first, second]);
        prove!(program);
    }

    /// A length takes the shortest form that holds it: 1002 (RFC 6455 §5.2).
    #[test]
    fn a_length_that_could_be_shorter() {
        let program = subject!();
        for bytes in [2, 8] {
            let frame = Frame::text(program.word());
            refused(&program, &[], &[frame.clone().extended(bytes)], &[frame]);
        }
        prove!(program);
    }

    /// A message over the limit: 1009, as soon as its length is known (RFC 6455
    /// §10.4, §7.4.1).
    #[test]
    fn a_message_over_the_limit() {
        let program = subject!();
        let text = |length| Frame::text(long(&program, length));
        let flags = ["--max-message", "20"];
        refused(&program, &flags, &[text(21)], &[text(20)]);
        prove!(program);
    }

    /// The limit is the whole message's, in however many frames it comes: 1009
    /// (RFC 6455 §10.4).
    #[test]
    fn fragments_over_the_limit() {
        let program = subject!();
        let first = Frame::text(program.word()).more();
        let second = Frame::continuation(program.word()).more();
        let third = |length| Frame::continuation(long(&program, length));
        let flags = ["--max-message", "21"];
        let faulty = [first.clone(), second.clone(), third(6)];
        refused(&program, &flags, &faulty, &[first, second, third(5)]);
        prove!(program);
    }

    /// Control frames may stand between fragments, and are none: two fragments and
    /// three of those are a message in two (RFC 6455 §5.4).
    #[test]
    fn control_frames_are_no_fragments() {
        let program = subject!();
        let words = [program.word(), program.word(), program.word()];
        decode_with(&program, &["--max-fragments", "2"], |input| {
            input.frame(Frame::text(&words[0]).more());
            input.frame(Frame::ping(&words[1]));
            input.frame(Frame::pong(""));
            input.frame(Frame::ping(""));
            input.frame(Frame::continuation(&words[2]));
        });
        prove!(program);
    }

    /// The first bit of a length in eight bytes is 0: 1002 (RFC 6455 §5.2). One
    /// less is legal, and far too much: 1009.
    #[test]
    fn a_length_of_2_to_the_63rd() {
        let program = subject!();
        let word = program.word();
        let header = |length| Frame::binary("").of(length);
        refused(&program, &[], &[header(1 << 63)], &[header((1 << 63) - 1)]);
        refused(
            &program,
            &[],
            &[header((1 << 63) - 1)],
            &[Frame::text(word)],
        );
        prove!(program);
    }

    mod strict {
        use super::*;

        /// Ten of the sixteen opcodes mean nothing (RFC 6455 §5.2).
        #[test]
        fn all_reserved_opcodes() {
            let program = subject!();
            let word = program.word();
            for reserved in (3..8).chain(11..16) {
                decode(&program, |input| {
                    input.frame(Frame::new(reserved, &word));
                });
            }
            decode(&program, |input| {
                input.frame(Frame::ping(&word));
            });
            prove!(program);
        }

        /// A length of 65535 fits in two bytes, and needs no eight: 1002 (RFC 6455
        /// §5.2).
        #[test]
        fn eight_bytes_where_two_would_do() {
            let program = subject!();
            let word = program.word();
            let header = |length| Frame::text(&word).of(length).extended(8);
            let two = Frame::text(long(&program, 126));
            refused(&program, &[], &[header(65_535)], &[two]);
            prove!(program);
        }

        /// These rules are a control frame's, whichever it is (RFC 6455 §5.5).
        #[test]
        fn a_pong_too() {
            let program = subject!();
            let pong = Frame::pong(program.word());
            refused(&program, &[], &[pong.clone().more()], &[pong]);
            let pong = |length| Frame::pong(long(&program, length));
            refused(&program, &[], &[pong(126)], &[pong(125)]);
            prove!(program);
        }

        /// A fault in a header is told with the header: nobody waits for a payload
        /// that will not be read.
        #[test]
        fn a_fault_is_told_at_once() {
            let program = subject!();
            let word = program.word();
            let faults = [
                Frame::text("").of(100).rsv(4),
                Frame::new(3, "").of(100),
                Frame::text("").of(100).unmasked(),
                Frame::continuation("").of(100),
            ];
            for fault in faults {
                decode(&program, |input| {
                    input.frame(Frame::text(&word));
                    input.frame(fault);
                });
            }
            decode(&program, |input| {
                input.frame(Frame::text(&word));
                input.frame(Frame::text("").of(100));
            });
            prove!(program);
        }

        /// The beginning of a header can be enough: the fault is told then. The last
        /// of these may still become a frame.
        #[test]
        fn a_fault_is_told_inside_a_header() {
            let program = subject!();
            let word = program.word();
            for begun in [
                &[0xC1][..],           // A reserved bit.
                &[0x83],               // A reserved opcode.
                &[0x81, 0x05],         // No mask.
                &[0x09, 0x80],         // A ping without FIN.
                &[0x89, 0xFE],         // A ping of more than 125 bytes.
                &[0x81, 0xFE, 0, 125], // A length that needs no two bytes.
                &[0x81, 0xFE, 0, 126], // And one that does.
            ] {
                decode(&program, |input| {
                    input.frame(Frame::text(&word));
                    input.bytes(begun);
                });
            }
            prove!(program);
        }

        /// A limit on fragments: a million empty ones are one message, and no byte
        /// (RFC 6455 §10.4).
        #[test]
        fn too_many_fragments() {
            let program = subject!();
            let word = program.word();
            let flags = ["--max-fragments", "3"];
            let [first, middle, last] = [
                Frame::text(&word).more(),
                Frame::continuation("").more(),
                Frame::continuation(&word),
            ];
            let faulty = [first.clone(), middle.clone(), middle.clone(), last.clone()];
            refused(&program, &flags, &faulty, &[first, middle, last]);
            prove!(program);
        }

        /// Both limits are a message's: what stands between its fragments, and the
        /// message before it, do not count.
        #[test]
        fn limits_count_one_message() {
            let program = subject!();
            let words = [program.word(), program.word()];
            let flags = ["--max-fragments", "2", "--max-message", "24"];
            let said = [
                Frame::text(&words[0]).more(),
                Frame::ping(&words[1]),
                Frame::pong(&words[0]),
                Frame::continuation(&words[1]),
            ];
            let more = Frame::text(long(&program, 25));
            let less = Frame::text(long(&program, 24));
            let faulty = [&said[..], &[more]].concat();
            refused(&program, &flags, &faulty, &[&said[..], &[less]].concat());
            prove!(program);
        }

        /// What nobody may send, a codec does not send either (RFC 6455 §5.5).
        #[test]
        fn what_is_refused_is_not_sent() {
            let program = subject!();
            let word = word(&program);
            digest(&program, repeated(&word, 125));
            program.run(&["encode", "ping", &word, "--more"]);
            program.run(&["encode", "ping", &word]);
            program.run(&["encode", "pong", &word, "--length", "126"]);
            program.run(&["encode", "pong", &word, "--length", "125"]);
            prove!(program);
        }
    }
}

mod step_5_text {
    use super::*;

    const EURO: &[u8] = "€".as_bytes();

    /// A text that is not UTF-8: 1007 (RFC 6455 §8.1). As a binary message the
    /// same bytes are welcome.
    #[test]
    fn a_text_that_is_not_utf_8() {
        let program = subject!();
        let bytes = [word(&program).as_bytes(), b"\xFF"].concat();
        refused(
            &program,
            &[],
            &[Frame::text(&bytes)],
            &[Frame::binary(bytes)],
        );
        prove!(program);
    }

    /// A code point may begin in one fragment and end in the next: only the whole
    /// message must be UTF-8 (RFC 6455 §5.6, §8.1).
    #[test]
    fn a_code_point_over_two_fragments() {
        let program = subject!();
        let word = program.word();
        let first = Frame::text([word.as_bytes(), &EURO[..1]].concat()).more();
        let broken = Frame::continuation(&word);
        let whole = Frame::continuation([&EURO[1..], word.as_bytes()].concat());
        refused(&program, &[], &[first.clone(), broken], &[first, whole]);
        prove!(program);
    }

    /// Whole characters of three bytes in one fragment, and another cut between the
    /// next two: what is known to be good adds up (RFC 6455 §8.1).
    #[test]
    fn code_points_over_four_fragments() {
        let program = subject!();
        let words = [program.word(), program.word()];
        decode(&program, |input| {
            input.frame(Frame::text("€€€").more());
            input.frame(Frame::continuation([words[0].as_bytes(), &EURO[..1]].concat()).more());
            input.frame(Frame::continuation(&EURO[1..]).more());
            input.frame(Frame::continuation(&words[1]));
        });
        prove!(program);
    }

    /// A message that ends in the middle of a code point is not UTF-8: 1007.
    #[test]
    fn a_code_point_that_never_ends() {
        let program = subject!();
        let word = program.word();
        let text = |euro: &[u8]| Frame::text([word.as_bytes(), euro].concat());
        refused(&program, &[], &[text(&EURO[..2])], &[text(EURO)]);
        prove!(program);
    }

    /// A close says a code and a reason, a code, or nothing (RFC 6455 §5.5.1).
    #[test]
    fn a_close() {
        let program = subject!();
        let word = program.word();
        for close in [
            Frame::close(1000, &word),
            Frame::close(1001, ""),
            Frame::new(opcode::CLOSE, ""),
        ] {
            decode(&program, |input| {
                input.frame(Frame::text(&word));
                input.frame(close);
            });
        }
        prove!(program);
    }

    /// A close of one byte has half a code: 1002 (RFC 6455 §5.5.1).
    #[test]
    fn half_a_code() {
        let program = subject!();
        let half = Frame::new(opcode::CLOSE, [3]);
        refused(
            &program,
            &[],
            &[half],
            &[Frame::new(opcode::CLOSE, [3, 232])],
        );
        prove!(program);
    }

    /// 1005, 1006 and 1015 are what a program tells itself; they are never sent,
    /// nor is a code that nobody has defined: 1002 (RFC 6455 §7.4).
    #[test]
    fn codes_that_are_never_sent() {
        let program = subject!();
        let word = program.word();
        for code in [1005, 1006, 1015, 999] {
            let close = Frame::close(code, &word);
            refused(&program, &[], &[close], &[Frame::close(4000, &word)]);
        }
        prove!(program);
    }

    /// A reason is text: 1007 if it is not UTF-8 (RFC 6455 §5.5.1, §8.1).
    #[test]
    fn a_reason_that_is_not_utf_8() {
        let program = subject!();
        let word = program.word();
        let close = |end: &[u8]| {
            let body = [&1000u16.to_be_bytes(), word.as_bytes(), end].concat();
            Frame::new(opcode::CLOSE, body)
        };
        refused(&program, &[], &[close(&EURO[..2])], &[close(EURO)]);
        prove!(program);
    }

    mod strict {
        use super::*;

        /// A fragment that no continuation can mend is refused at once. The RFC does
        /// not say when; who waits keeps in memory what is lost already.
        #[test]
        fn a_fault_is_told_before_the_end() {
            let program = subject!();
            let word = program.word();
            let text = |bytes: &[u8]| Frame::text([word.as_bytes(), bytes].concat());
            decode(&program, |input| {
                input.frame(text(b"\xFF").more());
            });
            decode(&program, |input| {
                input.frame(text(&EURO[..1]).more());
                input.frame(Frame::continuation(&EURO[1..]));
            });
            prove!(program);
        }

        /// What can no longer become UTF-8 is refused inside a frame, too: its end
        /// need not come.
        #[test]
        fn a_fault_is_told_inside_a_frame() {
            let program = subject!();
            let word = program.word();
            for begun in [&b"\xFF"[..], &EURO[..2]] {
                decode(&program, |input| {
                    input.frame(Frame::text([word.as_bytes(), begun].concat()).of(100));
                });
            }
            prove!(program);
        }

        /// And inside a code point: whatever follows, the first six are no text. The
        /// last two may become one.
        #[test]
        fn a_fault_is_told_inside_a_code_point() {
            let program = subject!();
            let word = program.word();
            for begun in [
                &b"\xC0"[..],    // Nothing begins so: it would be too long a form.
                b"\xE0\x9F",     // Too long a form again.
                b"\xED\xA0",     // A surrogate, U+D800 to U+DFFF.
                b"\xF4\x90",     // Beyond U+10FFFF.
                b"\xF5",         // Likewise, and more so.
                b"\x80",         // The middle of nothing.
                b"\xED\x9F",     // The last before the surrogates.
                b"\xF4\x8F\xBF", // The last of all.
            ] {
                decode(&program, |input| {
                    input.frame(Frame::text([word.as_bytes(), begun].concat()).more());
                });
            }
            prove!(program);
        }

        /// The edges of what UTF-8 can say are text.
        #[test]
        fn the_edges_of_unicode() {
            let program = subject!();
            let word = program.word();
            // U+D7FB is the last letter before the surrogates.
            let edges = "\u{DF}\u{7FF}\u{800}\u{D7FB}\u{FFFD}\u{10000}\u{1D11E}".as_bytes();
            let [first, second, third] = [
                Frame::text([word.as_bytes(), &edges[..6]].concat()).more(),
                Frame::continuation(&edges[6..15]).more(),
                Frame::continuation([&edges[15..], word.as_bytes()].concat()),
            ];
            decode(&program, |input| {
                input.byte_by_byte(first);
                input.by_threes(second);
                input.frame(third);
            });
            prove!(program);
        }

        /// Fragments that end behind a code point, in its middle, and in its middle
        /// again.
        #[test]
        fn a_code_point_over_three_fragments() {
            let program = subject!();
            let words = [program.word(), program.word()];
            decode(&program, |input| {
                input.frame(Frame::text(&words[0]).more());
                input.frame(Frame::continuation([words[1].as_bytes(), &EURO[..1]].concat()).more());
                input.frame(Frame::continuation(&EURO[1..2]).more());
                input.frame(Frame::continuation(&EURO[2..]));
            });
            prove!(program);
        }

        /// A ping is no text, and may stand in the middle of a code point.
        #[test]
        fn a_ping_inside_a_code_point() {
            let program = subject!();
            let word = program.word();
            decode(&program, |input| {
                input.frame(Frame::text([word.as_bytes(), &EURO[..2]].concat()).more());
                input.frame(Frame::ping(b"\xFF\xFE"));
                input.frame(Frame::continuation([&EURO[2..], word.as_bytes()].concat()));
            });
            prove!(program);
        }

        /// A close is a control frame: in one piece, and at most 125 bytes with its
        /// code (RFC 6455 §5.5).
        #[test]
        fn a_close_is_short_and_in_one_piece() {
            let program = subject!();
            let word = program.word();
            let long = |length| Frame::close(1000, &long(&program, length));
            let whole = Frame::close(1000, &word);
            for close in [whole.clone().more(), whole, long(124), long(123)] {
                decode(&program, |input| {
                    input.frame(Frame::text(&word));
                    input.frame(close);
                });
            }
            prove!(program);
        }

        /// What may be sent: 1000 to 1003, 1007 to 1014, and 3000 to 4999 (RFC 6455
        /// §7.4).
        #[test]
        fn the_edges_of_the_codes() {
            let program = subject!();
            let word = program.word();
            let close = |code| Frame::close(code, &word);
            for (faulty, mended) in [
                (999, 1000),
                (1004, 1003),
                (1006, 1007),
                (1015, 1014),
                (2999, 3000),
                (5000, 4999),
                (0, 1011),
                (65_535, 1009),
            ] {
                refused(&program, &[], &[close(faulty)], &[close(mended)]);
            }
            prove!(program);
        }

        /// A close ends it: whatever comes behind is not heard, not even a fault
        /// (RFC 6455 §5.5.1).
        #[test]
        fn nothing_is_heard_after_a_close() {
            let program = subject!();
            let word = program.word();
            decode(&program, |input| {
                input.on_one_line(|input| {
                    input.frame(Frame::close(1000, &word));
                    input.frame(Frame::text(&word));
                    input.frame(Frame::text(&word).rsv(7));
                });
                input.frame(Frame::ping(&word));
            });
            prove!(program);
        }

        /// A close may come inside a message, which then never ends (RFC 6455 §5.4).
        #[test]
        fn a_close_inside_a_message() {
            let program = subject!();
            let word = program.word();
            decode(&program, |input| {
                input.frame(Frame::text(&word).more());
                input.frame(Frame::close(1001, &word));
                input.frame(Frame::continuation(&word));
            });
            prove!(program);
        }

        /// What is refused is not sent: half of these closes are legal.
        #[test]
        fn closes_that_are_not_sent() {
            let program = subject!();
            let word = word(&program);
            let reasons = [124, 123].map(|length| long(&program, length));
            digest(
                &program,
                [&1000u16.to_be_bytes(), reasons[1].as_bytes()].concat(),
            );
            program.run(&["encode", "close", "1005", &word]);
            program.run(&["encode", "close", "3005", &word]);
            program.run(&["encode", "close", "1000", &reasons[0]]);
            program.run(&["encode", "close", "1000", &reasons[1]]);
            prove!(program);
        }
    }
}
