//! Proofs of chapter 09: the packets of Engine.IO v4 and Socket.IO v5.
//!
//! `encode` prints what goes over the wire for a packet, `decode` reads what came
//! and says what it means: here `C→S` is what a client has sent. Every refusal is
//! a pair: a packet with one fault between two good ones, then the same with only
//! that fault mended and with fresh words.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proof::{Given, Subject, hex, prove, subject};

/// What the lower layer makes of these texts.
fn decode_engine<const N: usize>(program: &Subject, texts: [String; N]) {
    program.run_with_messages(&["decode", "--engine"], "C→S", &texts.map(Given::text));
}

/// What the lower layer makes of the body of a request.
fn decode_body(program: &Subject, packets: &[String]) {
    let body = [Given::body(packets.join("\x1e"))];
    program.run_with_messages(&["decode", "--engine"], "C→S", &body);
}

/// What both layers make of these messages.
fn decode(program: &Subject, messages: &[Given]) {
    program.run_with_messages(&["decode"], "C→S", messages);
}

/// The same for texts.
fn decode_texts<const N: usize>(program: &Subject, texts: [String; N]) {
    decode(program, &texts.map(Given::text));
}

/// What is between two good messages, first with its fault, then without.
fn refused(program: &Subject, faulty: &str, mended: impl Fn(&str) -> String) {
    for text in [faulty.to_owned(), mended(&program.word())] {
        refused_among(program, &[Given::text(text)]);
    }
}

/// These messages, between two good ones.
fn refused_among(program: &Subject, messages: &[Given]) {
    let good = |program: &Subject| Given::text(event(&program.word()));
    let all = [&[good(program)], messages, &[good(program)]].concat();
    decode(program, &all);
}

/// The text of an event of this name.
fn event(name: &str) -> String {
    format!("42[\"{name}\"]")
}

/// Random bytes, `<4 bytes>`, whose digits and base64 are known by name, too.
fn payload(program: &Subject, length: usize) -> Vec<u8> {
    let bytes = program.payload(length);
    program.name(&format!("{length} bytes in hex"), hex(&bytes));
    let digits = hex(&bytes).replace(' ', "");
    program.name(&format!("{length} bytes in digits"), digits);
    program.name(
        &format!("{length} bytes in base64"),
        STANDARD.encode(&bytes),
    );
    bytes
}

/// As `encode` takes bytes, and `decode` prints them: `0x010203`.
fn digits(bytes: &[u8]) -> String {
    format!("0x{}", hex(bytes).replace(' ', ""))
}

/// Where an attachment belongs.
fn placeholder(num: impl std::fmt::Display) -> String {
    format!("{{\"_placeholder\":true,\"num\":{num}}}")
}

/// A random number, `<number>`: of digits that no type has.
fn number(program: &Subject) -> String {
    let draw = program.draw(6).into_iter();
    let number: String = draw.map(|byte| char::from(b'7' + byte % 3)).collect();
    program.name("number", &number);
    number
}

mod step_1_engine {
    use super::*;

    /// A message in text is a `4` and the text (Engine.IO protocol, "Packet
    /// encoding").
    #[test]
    fn a_message_both_ways() {
        let program = subject!();
        program.run(&["encode", "message", &program.word()]);
        decode_engine(&program, [format!("4{}", program.word())]);
        prove!(program);
    }

    /// Each type of packet is one digit, and what follows it is its data (Engine.IO
    /// protocol, "Packet encoding").
    #[test]
    fn every_type_both_ways() {
        let program = subject!();
        let sid = program.word();
        let handshake = format!("{{\"sid\":\"{sid}\"}}");
        program.run(&["encode", "open", &handshake]);
        for kind in ["ping", "pong", "message"] {
            program.run(&["encode", kind, &program.word()]);
        }
        for kind in ["close", "ping", "upgrade", "noop"] {
            program.run(&["encode", kind]);
        }
        let words = [program.word(), program.word(), program.word()];
        let texts = [
            format!("0{handshake}"),
            format!("2{}", words[0]),
            format!("3{}", words[1]),
            format!("4{}", words[2]),
            "2".to_owned(),
            "6".to_owned(),
            "5".to_owned(),
            "1".to_owned(),
        ];
        decode_engine(&program, texts);
        prove!(program);
    }

    /// A text that begins with none of these digits is no packet.
    #[test]
    fn an_unknown_type() {
        let program = subject!();
        for kind in ["7", "x", "B"] {
            let words = [program.word(), program.word(), program.word()];
            for kind in [kind, "4"] {
                let texts = [
                    format!("4{}", words[0]),
                    format!("{kind}{}", words[1]),
                    format!("4{}", words[2]),
                ];
                decode_engine(&program, texts);
            }
        }
        prove!(program);
    }

    /// An empty text is no packet: it has no type.
    #[test]
    fn an_empty_text() {
        let program = subject!();
        for kind in ["", "2"] {
            let words = [program.word(), program.word()];
            let texts = [
                format!("4{}", words[0]),
                kind.to_owned(),
                format!("4{}", words[1]),
            ];
            decode_engine(&program, texts);
        }
        prove!(program);
    }

    mod strict {
        use super::*;

        /// What follows the type is left as it is: digits, blanks, letters that are
        /// not ASCII.
        #[test]
        fn only_the_first_character_counts() {
            let program = subject!();
            let word = program.word();
            for text in [
                format!("42{word}"),
                format!("é {word} €"),
                format!("b{word}"),
                format!(" {word} "),
            ] {
                program.run(&["encode", "message", &text]);
                decode_engine(&program, [format!("4{text}")]);
            }
            prove!(program);
        }

        /// A type is one character, though it may have several bytes.
        #[test]
        fn a_type_of_several_bytes() {
            let program = subject!();
            for kind in ["é", "４", "4"] {
                decode_engine(&program, [format!("{kind}{}", program.word())]);
            }
            prove!(program);
        }
    }
}

mod step_2_body {
    use super::*;

    /// Packets that wait for the same poll travel in one body, with U+001E between
    /// them (Engine.IO protocol, "HTTP long-polling").
    #[test]
    fn several_packets_in_one_body() {
        let program = subject!();
        let words = [program.word(), program.word(), program.word()];
        let [first, second, third] = &words;
        program.run(&[
            "encode", "--body", "message", first, "+", "ping", "+", "message", second, "+", "pong",
            third,
        ]);
        let words = [program.word(), program.word(), program.word()];
        let [first, second, third] = &words;
        let packets = [
            format!("4{first}"),
            "6".to_owned(),
            format!("4{second}"),
            format!("2{third}"),
        ];
        decode_body(&program, &packets);
        prove!(program);
    }

    /// One packet is a body, too.
    #[test]
    fn one_packet_alone() {
        let program = subject!();
        program.run(&["encode", "--body", "message", &program.word()]);
        decode_body(&program, &[format!("4{}", program.word())]);
        prove!(program);
    }

    /// A body is text, so bytes are in base64, behind a `b` (Engine.IO protocol,
    /// "HTTP long-polling"). A WebSocket carries them as they are.
    #[test]
    fn bytes_in_base64() {
        let program = subject!();
        let bytes = payload(&program, 6);
        program.run(&["encode", "--body", "binary", &hex(&bytes)]);
        program.run(&["encode", "binary", &hex(&bytes)]);
        let bytes = payload(&program, 9);
        let binary = [Given::binary(&bytes[..])];
        program.run_with_messages(&["decode", "--engine"], "C→S", &binary);
        decode_body(&program, &[format!("b{}", STANDARD.encode(bytes))]);
        prove!(program);
    }

    /// Texts and bytes in one body, in the order in which they were sent.
    #[test]
    fn text_and_bytes_in_one_body() {
        let program = subject!();
        let (word, bytes) = (program.word(), payload(&program, 6));
        program.run(&[
            "encode",
            "--body",
            "message",
            &word,
            "+",
            "binary",
            &hex(&bytes),
            "+",
            "noop",
        ]);
        let (word, bytes) = (program.word(), payload(&program, 9));
        let packets = [
            format!("b{}", STANDARD.encode(bytes)),
            format!("4{word}"),
            "6".to_owned(),
        ];
        decode_body(&program, &packets);
        prove!(program);
    }

    /// A packet in a body that is none: what stands before it has been heard, what
    /// follows it is not.
    #[test]
    fn a_bad_packet_in_a_body() {
        let program = subject!();
        for kind in ["7", "4"] {
            let words = [program.word(), program.word(), program.word()];
            let packets = [
                format!("4{}", words[0]),
                format!("{kind}{}", words[1]),
                format!("4{}", words[2]),
            ];
            decode_body(&program, &packets);
        }
        prove!(program);
    }

    mod strict {
        use super::*;

        /// Base64 is padded to a multiple of four (RFC 4648 §4), and bytes may be
        /// none at all.
        #[test]
        fn bytes_of_any_length() {
            let program = subject!();
            for length in [4, 5, 7] {
                let bytes = payload(&program, length);
                program.run(&["encode", "--body", "binary", &hex(&bytes)]);
                decode_body(&program, &[format!("b{}", STANDARD.encode(bytes))]);
            }
            program.run(&["encode", "--body", "binary"]);
            decode_body(&program, &["b".to_owned(), format!("4{}", program.word())]);
            prove!(program);
        }

        /// An empty body is no packet, and neither is nothing between two
        /// separators.
        #[test]
        fn nothing_between_two_separators() {
            let program = subject!();
            decode_body(&program, &[String::new()]);
            for middle in ["", "2"] {
                let words = [program.word(), program.word()];
                let packets = [
                    format!("4{}", words[0]),
                    middle.to_owned(),
                    format!("4{}", words[1]),
                ];
                decode_body(&program, &packets);
            }
            prove!(program);
        }

        /// The other separators of ASCII, U+001C, U+001D and U+001F, are letters like
        /// any other.
        #[test]
        fn one_separator_alone() {
            let program = subject!();
            let [a, b] = [program.word(), program.word()];
            let packets = [format!("4{a}\x1c\x1d\x1f4{b}"), format!("4{b}")];
            decode_body(&program, &packets);
            prove!(program);
        }

        /// What follows a `b` must be base64.
        #[test]
        fn what_is_not_base64() {
            let program = subject!();
            let bytes = payload(&program, 6);
            let whole = STANDARD.encode(bytes);
            program.name("6 bytes, cut", &whole[..7]);
            for data in [&whole[..7], "*+/=", &whole] {
                decode_body(&program, &[format!("b{data}")]);
            }
            prove!(program);
        }
    }
}

mod step_3_encode {
    use super::*;

    /// An event is a `2` and a list in JSON: its name, and its arguments (Socket.IO
    /// protocol, "Packet encoding").
    #[test]
    fn an_event() {
        let program = subject!();
        let [name, word] = [program.word(), program.word()];
        let list = format!("[\"{name}\",\"{word}\",{{\"n\":[1,null,true]}}]");
        program.run(&["encode", "event", "/", &list]);
        prove!(program);
    }

    /// An event that wants an answer has a number; the answer has the same
    /// (Socket.IO protocol, "Acknowledgement").
    #[test]
    fn an_event_and_its_acknowledgement() {
        let program = subject!();
        let id = number(&program);
        let [name, word] = [program.word(), program.word()];
        program.run(&["encode", "event", "/", &id, &format!("[\"{name}\"]")]);
        program.run(&["encode", "ack", "/", &id, &format!("[\"{word}\"]")]);
        // Where one begins to count.
        program.run(&["encode", "event", "/", "0", &format!("[\"{name}\"]")]);
        program.run(&["encode", "ack", "/", "0", "[]"]);
        prove!(program);
    }

    /// A namespace other than `/` stands behind the type, and a comma ends it
    /// (Socket.IO protocol, "Packet encoding").
    #[test]
    fn a_namespace() {
        let program = subject!();
        let namespace = format!("/{}", program.word());
        let list = format!("[\"{}\"]", program.word());
        let id = number(&program);
        program.run(&["encode", "event", &namespace, &list]);
        program.run(&["encode", "event", &namespace, &id, &list]);
        program.run(&["encode", "ack", &namespace, &id, &list]);
        prove!(program);
    }

    /// How a client comes in, is refused, and leaves (Socket.IO protocol,
    /// "Connection to a namespace").
    #[test]
    fn coming_and_going() {
        let program = subject!();
        let namespace = format!("/{}", program.word());
        let object = |name: &str| format!("{{\"{name}\":\"{}\"}}", program.word());
        for namespace in ["/", &namespace] {
            program.run(&["encode", "connect", namespace]);
            program.run(&["encode", "connect", namespace, &object("token")]);
            program.run(&["encode", "connect_error", namespace, &object("message")]);
            program.run(&["encode", "disconnect", namespace]);
        }
        prove!(program);
    }

    mod strict {
        use super::*;

        /// A name and its arguments are JSON: quotes in them are escaped.
        #[test]
        fn a_name_is_json() {
            let program = subject!();
            let word = program.word();
            let list = format!("[\"{word} \\\"é\\\"\",\"\\\\\",\"\"]");
            program.run(&["encode", "event", "/", &list]);
            prove!(program);
        }

        /// An id goes up to 2^53 − 1, which is as far as JavaScript can count.
        #[test]
        fn a_large_id() {
            let program = subject!();
            let list = format!("[\"{}\"]", program.word());
            program.run(&["encode", "event", "/", "9007199254740991", &list]);
            program.run(&["encode", "ack", "/", "9007199254740991", &list]);
            prove!(program);
        }
    }
}

mod step_4_decode {
    use super::*;

    /// An event: its namespace, its name, its arguments (Socket.IO protocol,
    /// "Sending and receiving data").
    #[test]
    fn an_event() {
        let program = subject!();
        let [name, word] = [program.word(), program.word()];
        let list = format!("[\"{name}\",\"{word}\",{{\"n\":[1,null,true]}}]");
        decode_texts(&program, [format!("42{list}"), event(&word)]);
        prove!(program);
    }

    /// The number between type and list asks for an answer; the answer has the
    /// same (Socket.IO protocol, "Acknowledgement").
    #[test]
    fn an_event_and_its_acknowledgement() {
        let program = subject!();
        let id = number(&program);
        let [name, word] = [program.word(), program.word()];
        let texts = [
            format!("42{id}[\"{name}\"]"),
            format!("43{id}[\"{word}\"]"),
            format!("420[\"{name}\"]"),
            "430[]".to_owned(),
        ];
        decode_texts(&program, texts);
        prove!(program);
    }

    /// Where a namespace is named, it begins with a slash and ends with a comma
    /// (Socket.IO protocol, "Packet encoding").
    #[test]
    fn a_namespace() {
        let program = subject!();
        let [namespace, name] = [program.word(), program.word()];
        let id = number(&program);
        let texts = [
            format!("42/{namespace},[\"{name}\"]"),
            format!("42/{namespace},{id}[\"{name}\"]"),
            format!("43/{namespace},{id}[\"{name}\"]"),
            format!("41/{namespace},"),
        ];
        decode_texts(&program, texts);
        prove!(program);
    }

    /// How a client comes in, is refused, and leaves (Socket.IO protocol,
    /// "Connection to a namespace").
    #[test]
    fn coming_and_going() {
        let program = subject!();
        let [token, sid, message] = [program.word(), program.word(), program.word()];
        let texts = [
            "40".to_owned(),
            "40/admin,".to_owned(),
            format!("40{{\"token\":\"{token}\"}}"),
            format!("40/admin,{{\"sid\":\"{sid}\"}}"),
            format!("44{{\"message\":\"{message}\"}}"),
            "41".to_owned(),
        ];
        decode_texts(&program, texts);
        prove!(program);
    }

    /// The types of Socket.IO are the digits 0 to 6.
    #[test]
    fn an_unknown_type() {
        let program = subject!();
        let words = [program.word(), program.word()];
        for kind in ["7", "a", " 2"] {
            refused(&program, &format!("4{kind}[\"{}\"]", words[0]), event);
        }
        refused(&program, "4", event);
        prove!(program);
    }

    /// The payload of an event is a list: not JSON, or JSON of another kind, is
    /// refused (Socket.IO protocol, "Sending and receiving data").
    #[test]
    fn an_event_that_is_no_list() {
        let program = subject!();
        let word = program.word();
        for payload in [
            format!("[\"{word}\""),
            format!("abc[\"{word}\"]"),
            format!("{{\"name\":\"{word}\"}}"),
            format!("\"{word}\""),
        ] {
            refused(&program, &format!("42{payload}"), event);
        }
        prove!(program);
    }

    /// A list has a name to begin with, and it is text (Socket.IO protocol, "Sending
    /// and receiving data").
    #[test]
    fn an_event_without_a_name() {
        let program = subject!();
        let word = program.word();
        for payload in ["[]".to_owned(), format!("[null,\"{word}\"]")] {
            refused(&program, &format!("42{payload}"), event);
        }
        prove!(program);
    }

    /// These six names belong to the library at either end: from the wire they
    /// would pass for its own news.
    #[test]
    fn a_reserved_name() {
        let program = subject!();
        for name in ["connect", "connect_error", "disconnect", "disconnecting"] {
            refused(&program, &event(name), event);
        }
        prove!(program);
    }

    mod strict {
        use super::*;

        /// The other two reserved names are those of JavaScript's event emitter.
        #[test]
        fn reserved_names_of_javascript() {
            let program = subject!();
            for name in ["newListener", "removeListener"] {
                refused(&program, &event(name), event);
            }
            refused(&program, "421[\"disconnect\"]", |word| {
                format!("421[\"{word}\",\"disconnect\"]")
            });
            prove!(program);
        }

        /// What comes with CONNECT is an object, with DISCONNECT nothing, with ACK a
        /// list (Socket.IO protocol, "Exchange protocol").
        #[test]
        fn payloads_of_the_wrong_kind() {
            let program = subject!();
            let word = program.word();
            refused(&program, &format!("40[\"{word}\"]"), |word| {
                format!("40{{\"token\":\"{word}\"}}")
            });
            refused(&program, &format!("41{{\"{word}\":1}}"), |word| {
                format!("41/{word},")
            });
            refused(&program, &format!("430{{\"{word}\":1}}"), |word| {
                format!("430[\"{word}\"]")
            });
            refused(&program, &format!("44[\"{word}\"]"), |word| {
                format!("44{{\"message\":\"{word}\"}}")
            });
            prove!(program);
        }

        /// Whatever the type, a payload that is not JSON is none.
        #[test]
        fn payloads_that_are_not_json() {
            let program = subject!();
            let word = program.word();
            for (begun, ended) in [
                ("40{\"token\":", "}"),
                ("40/admin,{\"token\":", "}"),
                ("430[", "]"),
                ("44{\"message\":", "}"),
            ] {
                refused(&program, &format!("{begun}\"{word}\""), |word| {
                    format!("{begun}\"{word}\"{ended}")
                });
            }
            refused(&program, &format!("41{word}"), |word| format!("41/{word},"));
            prove!(program);
        }

        /// An id goes up to 2^53 − 1, which is as far as JavaScript can count.
        #[test]
        fn a_large_id() {
            let program = subject!();
            let [name, word] = [program.word(), program.word()];
            let texts = [
                format!("429007199254740991[\"{name}\"]"),
                format!("439007199254740991[\"{word}\"]"),
            ];
            decode_texts(&program, texts);
            prove!(program);
        }

        /// Of an event as of an acknowledgement "the payload is mandatory" (Socket.IO
        /// protocol, "Sending and receiving data", "Acknowledgement").
        #[test]
        fn a_payload_is_mandatory() {
            let program = subject!();
            refused(&program, "42", event);
            refused(&program, "430", |word| format!("430[\"{word}\"]"));
            prove!(program);
        }

        /// An acknowledgement without a number answers nobody (Socket.IO protocol,
        /// "Acknowledgement").
        #[test]
        fn an_acknowledgement_of_nothing() {
            let program = subject!();
            let word = program.word();
            refused(&program, &format!("43[\"{word}\"]"), |word| {
                format!("430[\"{word}\"]")
            });
            prove!(program);
        }

        /// A namespace ends with a comma or with the packet; a comma further on is
        /// the payload's. All before it is its name.
        #[test]
        fn where_a_namespace_ends() {
            let program = subject!();
            let [space, word] = [program.word(), program.word()];
            let texts = [
                format!("40/{space}"),
                format!("41/{space}"),
                format!("42/{space}/Deep?a=1,[\"{word}\",\"/no,namespace\"]"),
                format!("42[\"{word}\",\"/no,namespace\"]"),
            ];
            decode_texts(&program, texts);
            prove!(program);
        }
    }
}

mod step_5_bytes {
    use super::*;

    /// JSON has no bytes. An event with some says how many messages of bytes follow,
    /// and where each belongs (Socket.IO protocol, "Packet encoding").
    #[test]
    fn an_event_with_bytes() {
        let program = subject!();
        let name = program.word();
        let bytes = payload(&program, 4);
        let list = format!("[\"{name}\",{}]", digits(&bytes));
        program.run(&["encode", "event", "/", &list]);
        let name = program.word();
        let bytes = payload(&program, 5);
        let text = format!("451-[\"{name}\",{}]", placeholder(0));
        decode(&program, &[Given::text(text), Given::binary(bytes)]);
        prove!(program);
    }

    /// Several attachments, each at its place, however deep (Socket.IO protocol,
    /// "Packet encoding").
    #[test]
    fn several_attachments() {
        let program = subject!();
        let name = program.word();
        let [a, b, c] = [4, 5, 8].map(|length| digits(&payload(&program, length)));
        let list = format!("[\"{name}\",{a},{{\"in\":[{b}]}},{c}]");
        program.run(&["encode", "event", "/", &list]);
        let name = program.word();
        let [a, b] = [6, 7].map(|length| payload(&program, length));
        // The second stands first.
        let [first, second] = [placeholder(1), placeholder(0)];
        let text = format!("452-[\"{name}\",{first},{{\"in\":[{second}]}}]");
        decode(
            &program,
            &[Given::text(text), Given::binary(a), Given::binary(b)],
        );
        prove!(program);
    }

    /// An answer may carry bytes, too. Number of attachments, namespace, id: in this
    /// order (Socket.IO protocol, "Packet encoding").
    #[test]
    fn an_acknowledgement_with_bytes() {
        let program = subject!();
        let namespace = program.word();
        let id = number(&program);
        let bytes = payload(&program, 4);
        let list = format!("[{}]", digits(&bytes));
        program.run(&["encode", "ack", &format!("/{namespace}"), &id, &list]);
        let bytes = payload(&program, 5);
        let text = format!("461-/{namespace},{id}[{}]", placeholder(0));
        decode(&program, &[Given::text(text), Given::binary(bytes)]);
        prove!(program);
    }

    /// Over polling the same attachments are packets of a body, in base64.
    #[test]
    fn bytes_in_a_body() {
        let program = subject!();
        let name = program.word();
        let bytes = payload(&program, 4);
        let list = format!("[\"{name}\",{}]", digits(&bytes));
        program.run(&["encode", "--body", "event", "/", &list]);
        let name = program.word();
        let bytes = payload(&program, 5);
        let packets = [
            format!("451-[\"{name}\",{}]", placeholder(0)),
            format!("b{}", STANDARD.encode(bytes)),
            event(&program.word()),
        ];
        decode(&program, &[Given::body(packets.join("\x1e"))]);
        prove!(program);
    }

    /// While attachments are to come, nothing else may: a text in place of one is
    /// refused.
    #[test]
    fn a_text_in_place_of_bytes() {
        let program = subject!();
        let head = |name: &str| Given::text(format!("451-[\"{name}\",{}]", placeholder(0)));
        for whole in [false, true] {
            let (name, bytes) = (program.word(), payload(&program, 4));
            let messages = match whole {
                false => vec![head(&name)],
                true => vec![head(&name), Given::binary(bytes)],
            };
            refused_among(&program, &messages);
        }
        prove!(program);
    }

    /// Bytes that no packet has promised are refused.
    #[test]
    fn bytes_that_nobody_promised() {
        let program = subject!();
        let head = |name: &str| Given::text(format!("451-[\"{name}\",{}]", placeholder(0)));
        for whole in [false, true] {
            let (name, bytes) = (program.word(), payload(&program, 4));
            let messages = match whole {
                false => vec![Given::binary(bytes)],
                true => vec![head(&name), Given::binary(bytes)],
            };
            refused_among(&program, &messages);
        }
        prove!(program);
    }

    /// A place that points at no attachment: the packet is refused once it is whole.
    #[test]
    fn a_place_without_bytes() {
        let program = subject!();
        for num in ["1", "256", "0"] {
            let (name, bytes) = (program.word(), payload(&program, 4));
            let text = format!("451-[\"{name}\",{{\"in\":{}}}]", placeholder(num));
            refused_among(&program, &[Given::text(text), Given::binary(bytes)]);
        }
        prove!(program);
    }

    mod strict {
        use super::*;

        /// No packet of Socket.IO may stand among the attachments of another. One of
        /// Engine.IO may, since it is none.
        #[test]
        fn nothing_in_between() {
            let program = subject!();
            let head = |name: &str| Given::text(format!("451-[\"{name}\",{}]", placeholder(0)));
            let [name, other] = [program.word(), program.word()];
            for between in [
                Given::text("40"),
                Given::text("41"),
                head(&other),
                Given::text("2"),
            ] {
                let bytes = payload(&program, 4);
                refused_among(&program, &[head(&name), between, Given::binary(bytes)]);
            }
            prove!(program);
        }

        /// A name that is reserved remains so where bytes follow.
        #[test]
        fn a_reserved_name_with_bytes() {
            let program = subject!();
            for name in ["disconnect".to_owned(), program.word()] {
                let bytes = payload(&program, 4);
                let text = format!("451-[\"{name}\",{}]", placeholder(0));
                refused_among(&program, &[Given::text(text), Given::binary(bytes)]);
            }
            prove!(program);
        }

        /// An attachment may be of no bytes, and is one all the same.
        #[test]
        fn an_empty_attachment() {
            let program = subject!();
            let (name, bytes) = (program.word(), payload(&program, 4));
            let [first, second] = [placeholder(0), placeholder(1)];
            let text = format!("452-[\"{name}\",{first},{second}]");
            let attachments = [Given::binary(""), Given::binary(bytes)];
            refused_among(&program, &[&[Given::text(text)], &attachments[..]].concat());
            prove!(program);
        }

        /// The number of attachments is a number, at least 1, and ends with `-`.
        #[test]
        fn how_many_attachments() {
            let program = subject!();
            for count in ["0-", "-", "x-", "1", "1-"] {
                let (name, bytes) = (program.word(), payload(&program, 4));
                let text = format!("45{count}[\"{name}\",{}]", placeholder(0));
                refused_among(&program, &[Given::text(text), Given::binary(bytes)]);
            }
            prove!(program);
        }

        /// Attachments are kept until all have come, so their number has a limit: ten,
        /// as in the official parser.
        #[test]
        fn more_attachments_than_anyone_keeps() {
            let program = subject!();
            for count in [11, 10] {
                let name = program.word();
                let text = format!("45{count}-[\"{name}\",{}]", placeholder(9));
                let attachments = (0..count).map(|n| Given::binary(payload(&program, 4 + n)));
                let messages = [Given::text(text)].into_iter().chain(attachments);
                let messages: Vec<Given> = messages.collect();
                refused_among(&program, &messages);
            }
            prove!(program);
        }

        /// A place that points at nothing is found in the first argument as in the
        /// last, and in lists as in objects.
        #[test]
        fn places_that_are_no_number() {
            let program = subject!();
            for num in ["-1", "\"0\"", "null", "0"] {
                let (name, bytes) = (program.word(), payload(&program, 4));
                let text = format!("451-[\"{name}\",1,[[{}]],2]", placeholder(num));
                refused_among(&program, &[Given::text(text), Given::binary(bytes)]);
            }
            prove!(program);
        }

        /// Two places may point at the same bytes. What looks like a place in a packet
        /// without attachments is an object like any other.
        #[test]
        fn one_attachment_in_two_places() {
            let program = subject!();
            let (name, bytes) = (program.word(), payload(&program, 4));
            let place = placeholder(0);
            let text = format!("451-[\"{name}\",{place},{place}]");
            let plain = format!("42[\"{name}\",{place}]");
            decode(
                &program,
                &[
                    Given::text(plain.clone()),
                    Given::text(text),
                    Given::binary(bytes),
                    Given::text(plain),
                ],
            );
            prove!(program);
        }
    }
}
