//! Proofs of chapter 05: a WebSocket client. RFC 6455 §4.1, §5 and §7.
//!
//! Here the proof is the server. It starts the program with its own address,
//! takes its connections one after the other, answers them rightly or not, and
//! reads what the program prints. A refusal is a pair: a server with one fault,
//! then one without it, which must be believed.

use std::time::Duration;

use proof::{Client, Frame, Server, Subject, opcode, prove, subject};

const UPGRADE: &str = "Upgrade";
const CONNECTION: &str = "Connection";
const ACCEPT: &str = "Sec-WebSocket-Accept";
const PROTOCOL: &str = "Sec-WebSocket-Protocol";
const EXTENSIONS: &str = "Sec-WebSocket-Extensions";

const SWITCHING: &str = "HTTP/1.1 101 Switching Protocols";

/// What a server answers; the headers may be spoiled one by one.
type Headers = Vec<(String, String)>;

/// What is right, with a subprotocol that the client offered.
fn right(client: &Client, subprotocol: &str) -> Headers {
    let headers = [
        (UPGRADE, "websocket".to_owned()),
        (CONNECTION, "Upgrade".to_owned()),
        (ACCEPT, client.accept()),
        (PROTOCOL, subprotocol.to_owned()),
    ];
    let owned = headers.into_iter();
    owned
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn without(mut headers: Headers, name: &str) -> Headers {
    headers.retain(|(n, _)| n != name);
    headers
}

fn with(mut headers: Headers, name: &str, value: &str) -> Headers {
    headers.push((name.to_owned(), value.to_owned()));
    headers
}

fn but(headers: Headers, name: &str, value: &str) -> Headers {
    with(without(headers, name), name, value)
}

/// The half of a pair that has the fault: whatever it is, the client leaves,
/// says 1006, and ends.
fn disbelieved(program: &Subject, start: &str, answer: impl Fn(&Client, &str) -> Headers) {
    let word = program.word();
    let mut server = program.visits("/", &["--subprotocol", &word]);
    let mut client = server.accept();
    client.asks();
    let headers = answer(&client, &word);
    client.answer(start, headers);
    // First of all: a program that says `open` here shows what it believed.
    server.prints();
    client.closed();
    server.ends();
}

/// The half without it: the client says which subprotocol was granted.
fn believed(program: &Subject, start: &str, answer: impl Fn(&Client, &str) -> Headers) {
    let word = program.word();
    let mut server = program.visits("/", &["--subprotocol", &word]);
    let mut client = server.accept();
    client.asks();
    let headers = answer(&client, &word);
    client.answer(start, headers);
    server.prints();
}

/// Both halves, where only the headers differ.
fn pair(program: &Subject, spoil: impl Fn(&Client, Headers) -> Headers) {
    disbelieved(program, SWITCHING, |client, word| {
        spoil(client, right(client, word))
    });
    believed(program, SWITCHING, right);
}

/// The program as a client of this proof, connected and told so.
fn opened(program: &Subject, args: &[&str]) -> (Server, Client) {
    let mut server = program.visits("/", args);
    let client = reopened(&mut server);
    (server, client)
}

/// The next connection of the same program.
fn reopened(server: &mut Server) -> Client {
    let mut client = server.accept();
    client.upgrade();
    server.prints();
    client
}

/// From here on it is WebSocket, both ways: a word is printed.
fn hears(program: &Subject, server: &mut Server, client: &mut Client) {
    client.text(program.word());
    server.prints();
}

/// A server that breaks a rule of the frames, then one that does not.
fn frames_pair(program: &Subject, faulty: Frame, mended: Frame) {
    let (mut server, mut client) = opened(program, &[]);
    client.send(faulty).frame();
    server.leave(client);
    server.prints().ends();
    let (mut server, mut client) = opened(program, &[]);
    client.send(mended);
    server.prints();
}

/// A number that no program can know, `<number>`, and those behind it.
fn numbers<const N: usize>(program: &Subject) -> [u64; N] {
    let drawn = program.draw(4).try_into().expect("four bytes");
    let first = 10_000_000 + u64::from(u32::from_be_bytes(drawn));
    std::array::from_fn(|nth| {
        let number = first + nth as u64;
        program.name("number", number.to_string());
        number
    })
}

/// A text with a number in front.
fn numbered(client: &mut Client, number: u64, word: &str) {
    client.text(format!("{number} {word}"));
}

mod step_1_ask {
    use super::*;

    /// A client asks for the target of its URL, names the host, and brings a key
    /// of 16 random bytes, another for each connection (RFC 6455 §4.1).
    #[test]
    fn the_request() {
        let program = subject!();
        for _ in 0..2 {
            let target = format!("/chat?room={}", program.word());
            program.visits(&target, &[]).accept().asked();
        }
        prove!(program);
    }

    /// An answer that is right opens the connection. The server has chosen one
    /// of the subprotocols that were offered (RFC 6455 §4.1).
    #[test]
    fn a_right_answer() {
        let program = subject!();
        let (first, second) = (program.word(), program.word());
        let args = ["--subprotocol", &first, "--subprotocol", &second];
        let mut server = program.visits("/", &args);
        let mut client = server.accept();
        client.asked();
        let headers = right(&client, &second);
        client.answer(SWITCHING, headers);
        server.prints();
        prove!(program);
    }

    /// The accept value of another key is a sign that nobody has read ours: a
    /// cache, or a server that knows no WebSocket (RFC 6455 §1.3, §4.1).
    #[test]
    fn another_accept_value() {
        let program = subject!();
        let other = proof::accept(&program.word());
        program.name("accept of another key", &other);
        pair(&program, |_, headers| but(headers, ACCEPT, &other));
        prove!(program);
    }

    /// Without an accept value nothing is proved (RFC 6455 §4.1).
    #[test]
    fn no_accept_value() {
        let program = subject!();
        pair(&program, |_, headers| without(headers, ACCEPT));
        prove!(program);
    }

    /// Any status but 101 is no WebSocket, whatever the headers say (RFC 6455
    /// §4.1).
    #[test]
    fn a_page_instead() {
        let program = subject!();
        disbelieved(&program, "HTTP/1.1 200 OK", |client, word| {
            with(right(client, word), "Content-Length", "0")
        });
        believed(&program, SWITCHING, right);
        prove!(program);
    }

    /// An extension changes what frames mean, and this client offered none, be
    /// it known or not (RFC 6455 §4.1, §9.1).
    #[test]
    fn an_extension_unasked() {
        let program = subject!();
        let unknown = format!("x-{}", program.word());
        disbelieved(&program, SWITCHING, |client, word| {
            with(right(client, word), EXTENSIONS, &unknown)
        });
        pair(&program, |_, headers| {
            with(headers, EXTENSIONS, "permessage-deflate")
        });
        prove!(program);
    }

    /// A subprotocol that was not offered is one that the client does not speak;
    /// one in capitals is another one (RFC 6455 §4.1).
    #[test]
    fn a_subprotocol_unasked() {
        let program = subject!();
        disbelieved(&program, SWITCHING, |client, word| {
            let capitals = word.to_uppercase();
            program.name("word in capitals", &capitals);
            but(right(client, word), PROTOCOL, &capitals)
        });
        let other = program.word();
        pair(&program, |_, headers| but(headers, PROTOCOL, &other));
        prove!(program);
    }

    mod strict {
        use super::*;

        /// Names of headers, and these tokens, may come in any case; `Connection`
        /// is a list (RFC 6455 §4.1, RFC 9110 §7.6.1).
        #[test]
        fn an_answer_in_any_case() {
            let program = subject!();
            believed(&program, SWITCHING, |client, word| {
                vec![
                    ("UPGRADE".to_owned(), "WebSocket".to_owned()),
                    ("connection".to_owned(), "keep-alive, UPGRADE".to_owned()),
                    ("sec-websocket-ACCEPT".to_owned(), client.accept()),
                    ("sec-websocket-protocol".to_owned(), word.to_owned()),
                ]
            });
            prove!(program);
        }

        /// The accept value is base64, where case counts: it is compared letter
        /// by letter, to its end. Where there are two, neither counts (RFC 6455
        /// §4.1, §11.3.3).
        #[test]
        fn accept_values_that_look_alike() {
            let program = subject!();
            disbelieved(&program, SWITCHING, |client, word| {
                let begun = &client.accept()[..20];
                program.name("the first 20 letters of accept", begun);
                but(right(client, word), ACCEPT, begun)
            });
            disbelieved(&program, SWITCHING, |client, word| {
                with(right(client, word), ACCEPT, &program.word())
            });
            pair(&program, |client, headers| {
                let accept = client.accept();
                let other = accept.chars().map(|c| match c {
                    c if c.is_ascii_lowercase() => c.to_ascii_uppercase(),
                    c => c.to_ascii_lowercase(),
                });
                let other: String = other.collect();
                program.name("accept in another case", &other);
                but(headers, ACCEPT, &other)
            });
            prove!(program);
        }

        /// A 101 may switch to another protocol: without `Upgrade: websocket` it
        /// does (RFC 6455 §4.1).
        #[test]
        fn another_protocol() {
            let program = subject!();
            pair(&program, |_, headers| but(headers, UPGRADE, "h2c"));
            prove!(program);
        }

        /// `Connection` must say `upgrade`: `Upgrade` alone may be some other
        /// machine's (RFC 6455 §4.1).
        #[test]
        fn no_connection_header() {
            let program = subject!();
            pair(&program, |_, headers| without(headers, CONNECTION));
            prove!(program);
        }

        /// Two subprotocols at once are none (RFC 6455 §4.2.2, §11.3.4).
        #[test]
        fn two_subprotocols() {
            let program = subject!();
            disbelieved(&program, SWITCHING, |client, word| {
                but(right(client, word), PROTOCOL, &format!("{word}, {word}"))
            });
            pair(&program, |_, headers| {
                let granted = headers.iter().find(|(name, _)| name == PROTOCOL);
                let (_, granted) = granted.expect("one that is granted").clone();
                with(headers, PROTOCOL, &granted)
            });
            prove!(program);
        }

        /// What answers is no HTTP at all, or its head does not end: the connection
        /// fails (RFC 6455 §4.1). Nobody has to read on for ever.
        #[test]
        fn no_http() {
            let program = subject!();
            let word = program.word();
            let mut server = program.visits("/", &["--subprotocol", &word]);
            let mut client = server.accept();
            client.asks();
            client.bytes("220 mail.example.org ESMTP\r\n\r\n").closed();
            server.prints().ends();
            let mut server = program.visits("/", &["--subprotocol", &word]);
            let mut client = server.accept();
            client.asks();
            let endless = format!("{SWITCHING}\r\nX-Padding: {}", "x".repeat(200_000));
            client.bytes(endless).closed();
            server.prints().ends();
            believed(&program, SWITCHING, right);
            prove!(program);
        }

        /// The answer may come in any pieces.
        #[test]
        fn an_answer_byte_by_byte() {
            let program = subject!();
            let word = program.word();
            let mut server = program.visits("/", &["--subprotocol", &word]);
            let mut client = server.accept();
            client.asks();
            let headers = right(&client, &word);
            client.byte_by_byte(|client| {
                client.answer(SWITCHING, headers);
            });
            server.prints();
            prove!(program);
        }
    }
}

mod step_2_talk {
    use super::*;

    /// What the server says is printed: a text, and the size of bytes.
    #[test]
    fn messages_are_printed() {
        let program = subject!();
        let (mut server, mut client) = opened(&program, &[]);
        client.text(program.word());
        server.prints();
        client.binary(program.payload(70));
        server.prints();
        hears(&program, &mut server, &mut client);
        prove!(program);
    }

    /// What the client says is masked, each frame with a fresh key (RFC 6455
    /// §5.3). A key that was used before, or counts up, would be named here.
    #[test]
    fn what_it_says_is_masked() {
        let program = subject!();
        let words = [(); 4].map(|()| program.word());
        let args = words.each_ref().map(|word| ["--send", word]).concat();
        let (_server, mut client) = opened(&program, &args);
        client.frame().frame().frame().frame();
        prove!(program);
    }

    /// A ping is answered with a pong of the same payload, masked too (RFC 6455
    /// §5.5.2).
    #[test]
    fn a_ping_is_answered() {
        let program = subject!();
        let (_server, mut client) = opened(&program, &[]);
        for _ in 0..3 {
            client.send(Frame::ping(program.word())).frame();
        }
        prove!(program);
    }

    /// A close is answered with its code; then the server ends TCP, and the
    /// client with it (RFC 6455 §5.5.1, §7.1.1). With 1000 all is done.
    #[test]
    fn a_close_is_answered() {
        let program = subject!();
        let (mut server, mut client) = opened(&program, &[]);
        hears(&program, &mut server, &mut client);
        client.close(1000, "").closes_too(1000);
        server.leave(client);
        server.prints().ends();
        prove!(program);
    }

    mod strict {
        use super::*;

        /// To RFC 6455 a server may grant none of what was offered, and the
        /// connection opens. A browser would end it (WHATWG WebSockets §3).
        #[test]
        fn none_of_the_subprotocols() {
            let program = subject!();
            let word = program.word();
            let (mut server, mut client) = opened(&program, &["--subprotocol", &word]);
            hears(&program, &mut server, &mut client);
            prove!(program);
        }

        /// The server may send its first frame together with its 101: what stands
        /// behind the head are frames (RFC 6455 §4.1).
        #[test]
        fn a_frame_right_behind_the_answer() {
            let program = subject!();
            let (offer, word) = (program.word(), program.word());
            let mut server = program.visits("/", &["--subprotocol", &offer]);
            let mut client = server.accept();
            client.asks();
            let headers = right(&client, &offer);
            client.in_one_write(|client| {
                client.answer(SWITCHING, headers).text(&word);
            });
            server.prints().prints();
            prove!(program);
        }

        /// Fragments are joined, and a ping between them is answered at once
        /// (RFC 6455 §5.4).
        #[test]
        fn a_message_in_fragments() {
            let program = subject!();
            let (mut server, mut client) = opened(&program, &[]);
            client.send(Frame::text(program.word()).more());
            client.send(Frame::ping(program.word())).frame();
            client.send(Frame::continuation(program.word()));
            server.prints();
            prove!(program);
        }

        /// A server that masks breaks a rule: close 1002, and the end (RFC 6455
        /// §5.1).
        #[test]
        fn a_masked_frame() {
            let program = subject!();
            let frame = Frame::text(program.word());
            let key = program.draw(4).try_into().expect("four bytes");
            frames_pair(&program, frame.clone().masked_with(key), frame);
            prove!(program);
        }

        /// A text that is not UTF-8: close 1007, and the end (RFC 6455 §8.1).
        #[test]
        fn bytes_that_are_no_text() {
            let program = subject!();
            let word = program.word();
            let faulty = Frame::text([word.as_bytes(), b"\xff"].concat());
            frames_pair(&program, faulty, Frame::text(word));
            prove!(program);
        }

        /// RSV1 says that a message is compressed, and nobody has agreed to it:
        /// close 1002, and the end (RFC 6455 §5.2).
        #[test]
        fn a_reserved_bit() {
            let program = subject!();
            let frame = Frame::text(program.word());
            frames_pair(&program, frame.clone().rsv(4), frame);
            prove!(program);
        }

        /// A close without a code is answered without one. What the client calls
        /// it is 1005, which is never sent (RFC 6455 §7.1.5, §7.4.1).
        #[test]
        fn a_close_without_a_code() {
            let program = subject!();
            let (mut server, mut client) = opened(&program, &[]);
            hears(&program, &mut server, &mut client);
            client.send(Frame::new(opcode::CLOSE, "")).frame();
            server.leave(client);
            server.prints();
            prove!(program);
        }
    }
}

mod step_3_heartbeat {
    use super::*;

    /// When nothing has come for a while the client asks with a ping. A server
    /// that answers is asked again later, and may be silent otherwise.
    #[test]
    fn a_quiet_server_is_asked() {
        let program = subject!();
        let (mut server, mut client) = opened(&program, &["--ping-every", "1s"]);
        client.pinged().pongs().pinged();
        hears(&program, &mut server, &mut client);
        prove!(program);
    }

    /// A server that does not answer is gone, though TCP says nothing: the client
    /// leaves, and calls it 1006.
    #[test]
    fn a_server_that_is_gone() {
        let program = subject!();
        let (mut server, mut client) = opened(&program, &["--ping-every", "200ms"]);
        hears(&program, &mut server, &mut client);
        client.pinged().closed();
        server.prints();
        prove!(program);
    }

    /// A page cannot send pings. Its heartbeat is a message like any other, and
    /// the program behind the socket must answer it.
    #[test]
    fn the_heartbeat_of_a_page() {
        let program = subject!();
        let word = program.word();
        let args = ["--ping-every", "1s", "--heartbeat", &word];
        let (mut server, mut client) = opened(&program, &args);
        client.frame();
        hears(&program, &mut server, &mut client);
        prove!(program);
    }

    mod strict {
        use super::*;

        /// Whatever comes is a sign of life, not only a pong: the client asks
        /// again, and does not leave.
        #[test]
        fn any_message_is_an_answer() {
            let program = subject!();
            let (mut server, mut client) = opened(&program, &["--ping-every", "1s"]);
            client.pinged();
            hears(&program, &mut server, &mut client);
            client.pinged();
            hears(&program, &mut server, &mut client);
            prove!(program);
        }
    }
}

mod step_4_return {
    use super::*;

    /// The first wait is a random part of `--base`. Later ones double, up to 16
    /// times `--base`; half of each is random (RFC 6455 §7.2.3). `--random` says
    /// how lucky the draw is.
    #[test]
    fn the_schedule() {
        let program = subject!();
        let drawn = program.draw(2).try_into().expect("two bytes");
        let base = 2 * (50 + u32::from(u16::from_be_bytes(drawn)) % 450);
        for quarters in [2, 1, 4, 8, 16, 32, 64, 6, 12, 24, 48] {
            let name = match quarters {
                4 => "base".to_owned(),
                n if n % 4 == 0 => format!("{} × base", n / 4),
                n => format!("{} × base", f64::from(n) / 4.0),
            };
            program.name(&name, format!("{}ms", base * quarters / 4));
        }
        let base = format!("{base}ms");
        for random in ["0", "0.5", "1"] {
            program.run(&["delays", "--base", &base, "--random", random]);
        }
        prove!(program);
    }

    /// TCP ends without a close: that is 1006, and the client comes back.
    #[test]
    fn a_connection_that_is_lost() {
        let program = subject!();
        let (mut server, mut client) = opened(&program, &["--base", "20ms"]);
        hears(&program, &mut server, &mut client);
        server.leave(client);
        server.prints();
        let mut client = reopened(&mut server);
        hears(&program, &mut server, &mut client);
        prove!(program);
    }

    /// A server that says 1001 goes away for a while: its close is answered, and
    /// the client comes back. What it has to say first, it says again.
    #[test]
    fn a_server_that_goes_away() {
        let program = subject!();
        let word = program.word();
        let (mut server, mut client) = opened(&program, &["--base", "20ms", "--send", &word]);
        client.frame();
        client.close(1001, "").closes_too(1001);
        server.leave(client);
        server.prints();
        let mut client = reopened(&mut server);
        client.frame();
        hears(&program, &mut server, &mut client);
        prove!(program);
    }

    /// As long as the server takes each connection and drops it, the waits grow.
    /// That it opened is no success, nor is a ping or a pong: something must have
    /// been said. Then the waits are short again.
    #[test]
    fn each_wait_is_longer() {
        let program = subject!();
        let ping = program.word();
        let (mut server, client) = opened(&program, &["--base", "20ms"]);
        server.leave(client);
        server.prints();
        for wait in [0, 20, 40, 80, 160] {
            let mut client = server.accept_not_before(Duration::from_millis(wait));
            client.upgrade();
            server.prints();
            client.send(Frame::pong(&*ping));
            client.send(Frame::ping(&*ping)).frame();
            server.leave(client);
            server.prints();
        }
        let mut client = reopened(&mut server);
        let mut waits = Vec::new();
        for _ in 0..3 {
            hears(&program, &mut server, &mut client);
            server.leave(client);
            server.prints();
            client = server.accept();
            waits.push(server.since_left());
            client.upgrade();
            server.prints();
        }
        // Of three one at least: a busy machine may hold the others up.
        let short = waits.iter().any(|wait| *wait < Duration::from_millis(160));
        let (so, not_so) = ("it came back soon", "it still waits as long as before");
        server.remark(short, so, not_so);
        hears(&program, &mut server, &mut client);
        prove!(program);
    }

    mod strict {
        use super::*;

        /// A server may be gone before it answers the request. The client leaves,
        /// and tries again.
        #[test]
        fn a_request_that_is_not_answered() {
            let program = subject!();
            let args = ["--ping-every", "400ms", "--base", "20ms"];
            let mut server = program.visits("/", &args);
            server.accept().asks().closed();
            server.prints();
            let mut client = reopened(&mut server);
            hears(&program, &mut server, &mut client);
            prove!(program);
        }

        /// A server that is not well says so with 503, and may be well soon. A 404
        /// will be a 404 again.
        #[test]
        fn a_server_that_is_not_well() {
            let program = subject!();
            let length = [("Content-Length", "0")];
            let mut server = program.visits("/", &["--base", "20ms"]);
            let mut client = server.accept();
            client.asks().answer("HTTP/1.1 404 Not Found", length);
            client.closed();
            server.prints().ends();
            let mut server = program.visits("/", &["--base", "20ms"]);
            for status in ["503 Service Unavailable", "502 Bad Gateway"] {
                let mut client = server.accept();
                client.asks().answer(&format!("HTTP/1.1 {status}"), length);
                client.closed();
                server.prints();
            }
            let mut client = reopened(&mut server);
            hears(&program, &mut server, &mut client);
            prove!(program);
        }

        /// A close that blames the client ends it: what it sent, or who it is,
        /// would be the same the next time (RFC 6455 §7.4.1). One that says 1013, try
        /// again later, does not, nor does 1011, a code
        /// of the application's own, or none.
        #[test]
        fn a_close_that_blames() {
            let program = subject!();
            for code in [1008, 1002, 1009] {
                let (mut server, mut client) = opened(&program, &["--base", "20ms"]);
                hears(&program, &mut server, &mut client);
                client.close(code, "").closes_too(code);
                server.leave(client);
                server.prints().ends();
            }
            let (mut server, mut client) = opened(&program, &["--base", "20ms"]);
            for code in [1013, 1011, 4000] {
                client.close(code, "").closes_too(code);
                server.leave(client);
                server.prints();
                client = reopened(&mut server);
                hears(&program, &mut server, &mut client);
            }
            client.send(Frame::new(opcode::CLOSE, "")).frame();
            server.leave(client);
            server.prints();
            client = reopened(&mut server);
            hears(&program, &mut server, &mut client);
            prove!(program);
        }

        /// Two clients that were dropped together must not return together. So a
        /// wait is drawn each time: of a dozen some are short, and some are not. None
        /// grows, since each connection brings a message.
        #[test]
        fn no_two_waits_are_alike() {
            let program = subject!();
            let base = Duration::from_millis(200);
            let (mut server, mut client) = opened(&program, &["--base", "200ms"]);
            let times = "# a dozen times: it hears some bytes, is dropped, and comes back";
            let mut waits = Vec::new();
            let mut client = server.aside(times, |server| {
                for _ in 0..12 {
                    client.binary(program.draw(3));
                    server.prints();
                    server.leave(client);
                    server.prints();
                    client = server.accept();
                    waits.push(server.since_left());
                    client.upgrade();
                    server.prints();
                }
                client
            });
            hears(&program, &mut server, &mut client);
            let short = waits.iter().any(|wait| *wait < base * 3 / 4);
            let long = waits.iter().any(|wait| *wait > base / 4);
            waits.sort();
            let usual = waits[waits.len() / 2] < base * 2;
            let so = "some waits are short, some long";
            let not_so = "each wait is the same, or longer than one before";
            server.remark(short && long && usual, so, not_so);
            prove!(program);
        }
    }
}

mod step_5_resume {
    use super::*;

    /// Messages have numbers. A client that comes back says which was the last,
    /// and goes on from there.
    #[test]
    fn from_the_last_number() {
        let program = subject!();
        let [first, second] = numbers(&program);
        let (mut server, mut client) = opened(&program, &["--base", "20ms"]);
        numbered(&mut client, first, &program.word());
        server.prints();
        server.leave(client);
        server.prints();
        let mut client = reopened(&mut server);
        numbered(&mut client, second, &program.word());
        server.prints();
        prove!(program);
    }

    /// A server that does not know better sends some again. What was printed is
    /// not printed twice.
    #[test]
    fn nothing_is_printed_twice() {
        let program = subject!();
        let [first, second, third] = numbers(&program);
        let words = [(); 3].map(|()| program.word());
        let (mut server, mut client) = opened(&program, &["--base", "20ms"]);
        numbered(&mut client, first, &words[0]);
        numbered(&mut client, second, &words[1]);
        server.prints().prints();
        server.leave(client);
        server.prints();
        let mut client = reopened(&mut server);
        numbered(&mut client, first, &words[0]);
        numbered(&mut client, second, &words[1]);
        numbered(&mut client, third, &words[2]);
        server.prints();
        prove!(program);
    }

    mod strict {
        use super::*;

        /// Numbers are compared as numbers: as text, 9 would be behind 10. One that
        /// is left out is not waited for, and 0 is a number too.
        #[test]
        fn ten_comes_after_nine() {
            let program = subject!();
            let [none, nine, ten, twelve] = [(); 4].map(|()| program.word());
            let (mut server, mut client) = opened(&program, &["--base", "20ms"]);
            numbered(&mut client, 0, &none);
            server.prints();
            server.leave(client);
            server.prints();
            let mut client = reopened(&mut server);
            numbered(&mut client, 0, &none);
            numbered(&mut client, 9, &nine);
            numbered(&mut client, 10, &ten);
            numbered(&mut client, 9, &nine);
            numbered(&mut client, 12, &twelve);
            server.prints().prints().prints();
            server.leave(client);
            server.prints();
            let mut client = reopened(&mut server);
            hears(&program, &mut server, &mut client);
            prove!(program);
        }

        /// A URL that has a query keeps it: the number is one more part of it.
        #[test]
        fn a_query_is_kept() {
            let program = subject!();
            let [first] = numbers(&program);
            let target = format!("/chat?room={}", program.word());
            let mut server = program.visits(&target, &["--base", "20ms"]);
            let mut client = reopened(&mut server);
            numbered(&mut client, first, &program.word());
            server.prints();
            server.leave(client);
            server.prints();
            let mut client = reopened(&mut server);
            hears(&program, &mut server, &mut client);
            prove!(program);
        }

        /// The number survives a text without one, and connections that bring nothing.
        #[test]
        fn what_was_heard_before_is_not_forgotten() {
            let program = subject!();
            let [first] = numbers(&program);
            let (mut server, mut client) = opened(&program, &["--base", "20ms"]);
            numbered(&mut client, first, &program.word());
            server.prints();
            hears(&program, &mut server, &mut client);
            for _ in 0..2 {
                server.leave(client);
                server.prints();
                client = reopened(&mut server);
            }
            hears(&program, &mut server, &mut client);
            prove!(program);
        }
    }
}
