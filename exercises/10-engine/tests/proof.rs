//! What a server of Engine.IO v4 must show. Chapter: book/src/10-engine.md
//!
//! The program echoes every message. Every refusal is a pair on one server:
//! `faulty` sends a request with one fault, `mended` the same without it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proof::{Client, Frame, Polling, Subject, prove, subject};

/// Where the server stands.
const PATH: &str = "/engine.io/";

/// A server with a random setting, which its open packets tell.
fn serve(subject: Subject, args: &[&str]) -> Subject {
    let drawn = u16::from_be_bytes(subject.draw(2).try_into().expect("two bytes"));
    let millis = 30_000 + u32::from(drawn);
    subject.name("interval", millis.to_string());
    let interval = format!("{millis}ms");
    subject.serve_with(&[&["--ping-interval", &interval], args].concat())
}

/// A request in one line, and its answer with its content.
fn asks(server: &Subject, name: &str, method: &str, target: &str, body: &str) {
    let mut client = server.client_named(name);
    let start = format!("{method} {target} HTTP/1.1");
    client
        .engine_io()
        .request_in_brief(&start, [("Host", "localhost")], body)
        .response_in_brief();
}

/// This query is refused, and without that one fault a session begins.
fn refused(server: &Subject, faulty: &str) {
    let mended = "EIO=4&transport=polling";
    for (name, query) in [("faulty", faulty), ("mended", mended)] {
        asks(server, name, "GET", &format!("{PATH}?{query}"), "");
    }
}

/// A session that has begun.
fn opened(server: &Subject, name: &str) -> Polling {
    let mut client = server.polling_named(name, PATH);
    client.opens();
    client
}

/// The same on a WebSocket.
fn websocket(server: &Subject, name: &str) -> Client {
    let mut client = server.client_named(name);
    client.engine_io();
    client.open(&format!("{PATH}?EIO=4&transport=websocket"));
    client.frame();
    client
}

/// What a page of this origin sends with a request for a WebSocket.
fn asks_for_websocket(server: &Subject, origin: &str) -> [(&'static str, String); 6] {
    [
        ("Host", "localhost".into()),
        ("Upgrade", "websocket".into()),
        ("Connection", "Upgrade".into()),
        ("Sec-WebSocket-Key", server.key()),
        ("Sec-WebSocket-Version", "13".into()),
        ("Origin", origin.into()),
    ]
}

/// One session has ended; whoever comes next is served.
fn goes_on(server: &Subject) {
    let word = message(server.word());
    opened(server, "next").posts(&[&word]).receives(1);
}

/// So many letters, `<n letters>`.
fn letters(server: &Subject, length: usize) -> String {
    let letters = server.word().repeat(length.div_ceil(8));
    let letters = &letters[..length];
    server.name(&format!("{length} letters"), letters);
    letters.to_owned()
}

/// A message of this text.
fn message(text: impl AsRef<str>) -> String {
    format!("4{}", text.as_ref())
}

/// For a server that is to ask often, of a client that may be slow.
const OFTEN: [&str; 4] = ["--ping-interval", "300ms", "--ping-timeout", "1s"];

mod step_1_request {
    use super::*;

    /// A session begins with a GET. The answer is an open packet: an id, what else
    /// could carry the session, and the server's settings (Engine.IO protocol,
    /// "Handshake").
    #[test]
    fn a_session_begins() {
        let server = serve(subject!(), &["--max-payload", "5000"]);
        let mut client = server.client();
        let start = format!("GET {PATH}?EIO=4&transport=polling HTTP/1.1");
        client
            .engine_io()
            .request_in_brief(&start, [("Host", "localhost")], "")
            .response_keeping(&["content-type", "cache-control", "body"]);
        prove!(server);
    }

    /// There are two transports, and a request must name one of them: 400, code 0.
    #[test]
    fn an_unknown_transport() {
        let server = serve(subject!(), &[]);
        let word = server.word();
        refused(&server, &format!("EIO=4&transport={word}"));
        refused(&server, "EIO=4");
        prove!(server);
    }

    /// Nobody has the session that is named: it never was, or it has ended. 400,
    /// code 1.
    #[test]
    fn an_unknown_session() {
        let server = serve(subject!(), &[]);
        let sid = server.word() + &server.word();
        refused(&server, &format!("EIO=4&transport=polling&sid={sid}"));
        prove!(server);
    }

    /// A session begins with GET: 400, code 2.
    #[test]
    fn a_session_does_not_begin_with_post() {
        let server = serve(subject!(), &[]);
        let target = format!("{PATH}?EIO=4&transport=polling");
        for (name, method) in [("faulty", "POST"), ("mended", "GET")] {
            asks(&server, name, method, &target, "");
        }
        prove!(server);
    }

    /// Only version 4 is spoken here: 400, code 5. Clients of Socket.IO 2 speak
    /// version 3.
    #[test]
    fn another_version() {
        let server = serve(subject!(), &[]);
        refused(&server, "EIO=3&transport=polling");
        refused(&server, "transport=polling");
        prove!(server);
    }

    /// Who asks for a WebSocket must ask in the way of RFC 6455, too: 400, code 3.
    #[test]
    fn a_websocket_that_is_none() {
        let server = serve(subject!(), &[]);
        refused(&server, "EIO=4&transport=websocket");
        prove!(server);
    }

    mod strict {
        use super::*;

        /// What else stands in a query does not matter, nor in which order: clients
        /// add a `t`, so that no cache answers.
        #[test]
        fn a_query_in_any_order() {
            let server = serve(subject!(), &[]);
            let word = server.word();
            let target = format!("{PATH}?t={word}&transport=polling&EIO=4&{word}");
            asks(&server, "C", "GET", &target, "");
            prove!(server);
        }

        /// Of several faults the transport is told first, then the session, then the
        /// method.
        #[test]
        fn several_faults_at_once() {
            let server = serve(subject!(), &[]);
            let sid = server.word();
            for query in [
                format!("EIO=3&transport=x&sid={sid}"),
                format!("EIO=3&transport=polling&sid={sid}"),
                "EIO=3&transport=polling".to_owned(),
                "EIO=4&transport=polling".to_owned(),
            ] {
                let method = if query.contains("EIO=4") {
                    "GET"
                } else {
                    "POST"
                };
                asks(&server, "C", method, &format!("{PATH}?{query}"), "");
            }
            prove!(server);
        }

        /// A page whose origin is not listed may not connect: 403, code 4. Who names
        /// no page may (RFC 6455 §10.2).
        #[test]
        fn a_page_that_may_not_connect() {
            let server = serve(subject!(), &["--origin", "https://example.org"]);
            let start = format!("GET {PATH}?EIO=4&transport=polling HTTP/1.1");
            for (name, origin) in [
                ("faulty", "https://example.org.test"),
                ("mended", "https://example.org"),
            ] {
                let mut client = server.client_named(name);
                let headers = [("Host", "localhost"), ("Origin", origin)];
                client.engine_io().request(&start, headers);
                client.response_in_brief();
            }
            asks(
                &server,
                "other",
                "GET",
                &format!("{PATH}?EIO=4&transport=polling"),
                "",
            );
            prove!(server);
        }

        /// On a WebSocket a browser asks nobody first, so the server has to look
        /// (RFC 6455 §10.2): 403, and no 101.
        #[test]
        fn a_page_that_may_not_open_a_websocket() {
            let server = serve(subject!(), &["--origin", "https://example.org"]);
            let start = format!("GET {PATH}?EIO=4&transport=websocket HTTP/1.1");
            for (name, origin) in [
                ("faulty", "https://example.org.test"),
                ("mended", "https://example.org"),
            ] {
                let mut client = server.client_named(name);
                client.request(&start, asks_for_websocket(&server, origin));
                client.response();
            }
            prove!(server);
        }
    }
}

mod step_2_post {
    use super::*;

    /// What the client has to say it brings by POST, and is told `ok` (Engine.IO
    /// protocol, "HTTP long-polling").
    #[test]
    fn a_message_is_taken() {
        let server = serve(subject!(), &[]);
        opened(&server, "C").posts(&[&message(server.word())]);
        prove!(server);
    }

    /// A close packet ends the session: its id is unknown from then on.
    #[test]
    fn a_client_that_leaves() {
        let server = serve(subject!(), &[]);
        let word = message(server.word());
        for (name, packet) in [("C", "1"), ("next", &*word)] {
            opened(&server, name).posts(&[packet]).posts(&[&word]);
        }
        prove!(server);
    }

    /// What is no packet ends the session. The official server answers `ok` all the
    /// same, and the next request learns of it.
    #[test]
    fn what_is_no_packet() {
        let server = serve(subject!(), &[]);
        let (word, other) = (server.word(), server.word());
        for (name, packet) in [("faulty", &word), ("mended", &message(&word))] {
            opened(&server, name)
                .posts(&[packet])
                .posts(&[&message(&other)]);
        }
        prove!(server);
    }

    /// A body over the limit is refused with 413, and the session goes on.
    #[test]
    fn a_body_over_the_limit() {
        let server = serve(subject!(), &["--max-payload", "200"]);
        let client = opened(&server, "C");
        for length in [200, 199] {
            let body = message(letters(&server, length));
            asks(&server, "C", "POST", &client.target("polling"), &body);
        }
        prove!(server);
    }

    mod strict {
        use super::*;

        /// There are as many sessions as there may be: 503, until one ends.
        #[test]
        fn one_session_too_many() {
            let server = serve(subject!(), &["--max-sessions", "1"]);
            let mut first = opened(&server, "first");
            let target = format!("{PATH}?EIO=4&transport=polling");
            asks(&server, "second", "GET", &target, "");
            first.posts(&["1"]);
            asks(&server, "second", "GET", &target, "");
            prove!(server);
        }

        /// An empty body holds an empty packet, which is none.
        #[test]
        fn an_empty_body() {
            let server = serve(subject!(), &[]);
            let word = message(server.word());
            for (name, packet) in [("faulty", ""), ("mended", &word)] {
                opened(&server, name).posts(&[packet]).posts(&[&word]);
            }
            prove!(server);
        }

        /// The server asks, the client answers. A client's own ping ends the session:
        /// so did versions before 4, and the two must not be mixed up.
        #[test]
        fn a_ping_of_the_client() {
            let server = serve(subject!(), &[]);
            let word = message(server.word());
            for (name, packet) in [("faulty", "2"), ("mended", "3")] {
                opened(&server, name).posts(&[packet]).posts(&[&word]);
            }
            prove!(server);
        }

        /// A body without a length is measured as it comes.
        #[test]
        fn a_body_of_unknown_length() {
            let server = serve(subject!(), &["--max-payload", "200"]);
            let client = opened(&server, "C");
            for length in [200, 199] {
                let body = message(letters(&server, length));
                let mut other = server.client();
                other.engine_io().request(
                    &format!("POST {} HTTP/1.1", client.target("polling")),
                    [("Host", "localhost"), ("Transfer-Encoding", "chunked")],
                );
                let (first, second) = body.split_at(100);
                for part in [&first[1..], second] {
                    server.name(&format!("{} letters", part.len()), part);
                }
                other
                    .bytes(format!("{:x}\r\n{first}\r\n", first.len()))
                    .bytes(format!("{:x}\r\n{second}\r\n0\r\n\r\n", second.len()))
                    .response_in_brief();
            }
            prove!(server);
        }
    }
}

mod step_3_poll {
    use super::*;

    /// The client asks with GET, and the answer is what the server has to say
    /// (Engine.IO protocol, "HTTP long-polling").
    #[test]
    fn a_message_comes_back() {
        let server = subject!().serve();
        let mut client = server.polling(PATH);
        client.opens().posts(&[&message(server.word())]).receives(1);
        prove!(server);
    }

    /// If there is nothing to say the answer waits, until there is.
    #[test]
    fn a_poll_waits() {
        let server = subject!().serve();
        let mut client = server.polling(PATH);
        client.opens().waits();
        client.posts(&[&message(server.word())]).answered();
        prove!(server);
    }

    /// Messages come back in the order in which they were sent.
    #[test]
    fn one_after_the_other() {
        let server = subject!().serve();
        let words = [(); 4].map(|()| message(server.word()));
        let [a, b, c, d] = words.each_ref().map(String::as_str);
        let mut client = server.polling(PATH);
        client
            .opens()
            .posts(&[a, b])
            .posts(&[c])
            .posts(&[d])
            .receives(4);
        prove!(server);
    }

    /// Bytes go both ways in base64, behind a `b`.
    #[test]
    fn bytes_come_back() {
        let server = subject!().serve();
        let bytes = STANDARD.encode(server.payload(6));
        server.name("6 bytes in base64", &bytes);
        let mut client = server.polling(PATH);
        client.opens().posts(&[&format!("b{bytes}")]).receives(1);
        prove!(server);
    }

    /// Each session hears its own messages.
    #[test]
    fn two_sessions_do_not_mix() {
        let server = subject!().serve();
        let (mut ann, mut bob) = (opened(&server, "ann"), opened(&server, "bob"));
        bob.posts(&[&message(server.word())]);
        ann.posts(&[&message(server.word())]).receives(1);
        bob.receives(1);
        prove!(server);
    }

    /// Two polls at once end the session: nobody knows which is to be answered. The
    /// second gets 400, the first a close packet.
    #[test]
    fn two_polls_at_once() {
        let server = serve(subject!(), &[]);
        let mut client = opened(&server, "C");
        client.waits();
        asks(&server, "again", "GET", &client.target("polling"), "");
        client.answered().polls();
        goes_on(&server);
        prove!(server);
    }

    /// Whoever leaves while a poll waits gets an answer to that, too: a noop.
    #[test]
    fn who_leaves_is_let_go() {
        let server = serve(subject!(), &[]);
        opened(&server, "C")
            .waits()
            .posts(&["1"])
            .answered()
            .polls();
        goes_on(&server);
        prove!(server);
    }

    mod strict {
        use super::*;

        /// An answer is text, and no cache keeps it; `ok` is HTML.
        #[test]
        fn what_answers_are() {
            let server = subject!().serve();
            let client = opened(&server, "C");
            let target = client.target("polling");
            let keeping = ["body", "cache-control", "content-type"];
            let host = ("Host", "localhost");
            let mut other = server.client();
            other
                .engine_io()
                .request_in_brief(
                    &format!("POST {target} HTTP/1.1"),
                    [host],
                    message(server.word()),
                )
                .response_keeping(&keeping);
            other
                .request_in_brief(&format!("GET {target} HTTP/1.1"), [host], "")
                .response_keeping(&keeping);
            prove!(server);
        }

        /// What stands behind a packet that is none is not heard, not even that the
        /// client leaves: so it is told that the session is over.
        #[test]
        fn a_bad_packet_among_good_ones() {
            let server = serve(subject!(), &[]);
            let (word, other) = (server.word(), message(server.word()));
            opened(&server, "faulty")
                .waits()
                .posts(&[&word, "1"])
                .answered()
                .posts(&[&other]);
            opened(&server, "mended")
                .waits()
                .posts(&[&message(&word), &other])
                .receives(2);
            prove!(server);
        }

        /// A poll that is given up ends the session: perhaps an answer was under way,
        /// and nobody knows whether it was heard.
        #[test]
        fn a_poll_that_is_given_up() {
            let server = serve(subject!(), &[]);
            let word = message(server.word());
            opened(&server, "C")
                .waits()
                .gives_up()
                .until_refused()
                .posts(&[&word]);
            goes_on(&server);
            prove!(server);
        }

        /// What a client does not fetch is kept for it, up to 4 MB; then the session
        /// ends.
        #[test]
        fn who_fetches_nothing() {
            let server = serve(subject!(), &[]);
            let long = message("x".repeat(900_000));
            let word = message(server.word());
            opened(&server, "C")
                .aside("4 messages of 900,000 letters, there and back", |client| {
                    for _ in 0..4 {
                        client.posts(&[&long]);
                    }
                    client.receives(4);
                })
                .posts(&[&word])
                .receives(1)
                .aside("5 such messages", |client| {
                    for _ in 0..5 {
                        client.posts(&[&long]);
                    }
                })
                .until_refused()
                .posts(&[&word]);
            goes_on(&server);
            prove!(server);
        }

        /// A poll that waits is one of many: the server answers others meanwhile.
        #[test]
        fn polls_that_wait_hold_up_nobody() {
            let server = subject!().serve();
            let mut waiting = [(); 3].map(|()| opened(&server, "idle"));
            for client in &mut waiting {
                client.waits();
            }
            let mut client = opened(&server, "C");
            client.posts(&[&message(server.word())]).receives(1);
            for client in &mut waiting {
                client.posts(&[&message(server.word())]).answered();
            }
            prove!(server);
        }
    }
}

mod step_4_heartbeat {
    use super::*;

    /// The server asks, the client answers, and the session goes on (Engine.IO
    /// protocol, "Heartbeat"). It may take as long as `pingTimeout` says, however
    /// often others answer meanwhile.
    #[test]
    fn who_answers_stays() {
        let server = subject!().serve_with(&["--ping-interval", "300ms"]);
        let mut slow = opened(&server, "slow");
        slow.polls();
        let mut client = opened(&server, "C");
        for _ in 0..3 {
            client.polls().posts(&["3"]);
        }
        slow.posts(&["3"]);
        for client in [&mut client, &mut slow] {
            client.posts(&[&message(server.word())]).receives(1);
        }
        prove!(server);
    }

    /// Who does not answer in time is gone: a poll that waits is told so, and the
    /// id is unknown (Engine.IO protocol, "Heartbeat").
    #[test]
    fn who_does_not_answer_is_gone() {
        let server = subject!().serve_with(&OFTEN);
        let mut client = opened(&server, "C");
        client.polls().waits().answered().polls();
        goes_on(&server);
        prove!(server);
    }

    mod strict {
        use super::*;

        /// Messages are no answer: only a pong is. And it answers the ping before it,
        /// not the next one.
        #[test]
        fn a_message_is_no_pong() {
            let server = subject!().serve_with(&OFTEN);
            let mut client = opened(&server, "C");
            client.polls().posts(&["3", "3"]);
            client.polls().posts(&[&message(server.word())]).polls();
            client.waits().answered().polls();
            goes_on(&server);
            prove!(server);
        }
    }
}

mod step_5_websocket {
    use super::*;

    /// A session may begin on a WebSocket: the server speaks first, and has nothing
    /// to upgrade to (Engine.IO protocol, "WebSocket").
    #[test]
    fn a_websocket_from_the_start() {
        let server = subject!().serve();
        let mut client = websocket(&server, "C");
        client.text(message(server.word())).frame();
        client.binary(server.payload(6)).frame();
        prove!(server);
    }

    /// A session that polls tries a WebSocket: `2probe`, `3probe`. The poll that
    /// waits is let go with a noop, the client says `5`, and from then on all goes
    /// over the WebSocket (Engine.IO protocol, "Upgrade").
    #[test]
    fn the_upgrade() {
        let server = subject!().serve();
        let mut client = server.polling(PATH);
        client.opens().posts(&[&message(server.word())]).receives(1);
        let mut socket = client.upgrades();
        socket.text(message(server.word())).frame();
        socket.binary(server.payload(6)).frame();
        prove!(server);
    }

    /// After the upgrade nobody polls: 400, code 3.
    #[test]
    fn no_polls_after_the_upgrade() {
        let server = subject!().serve();
        let mut client = opened(&server, "C");
        let target = client.target("polling");
        let mut socket = client.upgrades();
        socket.text(message(server.word())).frame();
        asks(&server, "late", "GET", &target, "");
        asks(&server, "late", "POST", &target, &message(server.word()));
        socket.text(message(server.word())).frame();
        prove!(server);
    }

    /// What was said while the client was between the two waits for it.
    #[test]
    fn nothing_is_lost_in_between() {
        let server = subject!().serve();
        let mut client = opened(&server, "C");
        client.waits();
        let mut socket = client.probes();
        client.answered().posts(&[&message(server.word())]);
        socket.text("5").frame();
        prove!(server);
    }

    /// The heartbeat goes on over a WebSocket: who answers stays, who does not is
    /// dropped. A ping of RFC 6455 is answered, and is no sign of life to it.
    #[test]
    fn the_heartbeat_on_a_websocket() {
        let server = subject!().serve_with(&OFTEN);
        let mut client = websocket(&server, "C");
        for _ in 0..3 {
            client.frame().text("3");
        }
        client.text(message(server.word())).frame();
        client.frame();
        client.send(Frame::ping(server.word())).frame().frame();
        prove!(server);
    }

    /// A text that is no packet ends the session; and so does a ping of the client's.
    #[test]
    fn a_text_that_is_no_packet() {
        let server = subject!().serve();
        let (word, ping) = (server.word(), "2".to_owned());
        for (name, text) in [
            ("faulty", &word),
            ("faulty", &ping),
            ("mended", &message(&word)),
        ] {
            let mut client = websocket(&server, name);
            client.text(text).frame();
        }
        prove!(server);
    }

    mod strict {
        use super::*;

        /// An upgrade that fails changes nothing: the session polls on, and the client
        /// may try again. It begins with the text `2probe`, and nothing else.
        #[test]
        fn an_upgrade_that_fails() {
            let server = subject!().serve();
            let mut client = opened(&server, "C");
            for first in [
                Frame::text(message(server.word())),
                Frame::text("2"),
                Frame::binary("2probe"),
            ] {
                let mut socket = server.client_named("try");
                socket.engine_io().open(&client.target("websocket"));
                socket.send(first).frame();
            }
            client.posts(&[&message(server.word())]).receives(1);
            client.upgrades().text(message(server.word())).frame();
            prove!(server);
        }

        /// The same behind `3probe`: without a `5` the session polls on.
        #[test]
        fn an_upgrade_that_is_not_finished() {
            let server = subject!().serve();
            let mut client = opened(&server, "C");
            let other = Frame::text(message(server.word()));
            for then in [other, Frame::close(1000, "")] {
                client.waits();
                let mut socket = client.probes();
                client.answered();
                socket.send(then).frame();
                client.posts(&[&message(server.word())]).receives(1);
            }
            client.upgrades().text(message(server.word())).frame();
            prove!(server);
        }

        /// A 101 says nothing of what a WebSocket carries. So no poll is let go before
        /// `2probe`; nor does a ping of RFC 6455 say more.
        #[test]
        fn a_101_alone_moves_nothing() {
            let server = subject!().serve_with(&["--ping-interval", "300ms"]);
            let mut client = opened(&server, "C");
            let mut socket = server.client_named("try");
            socket.engine_io().open(&client.target("websocket"));
            socket.send(Frame::ping(server.word())).frame();
            client.polls();
            socket.text("2probe").frame();
            prove!(server);
        }

        /// A message that is too large, that is no UTF-8, and a frame that means
        /// nothing: the WebSocket is closed, with the code for it (RFC 6455 §7.4.1).
        #[test]
        fn what_no_websocket_may_carry() {
            let server = serve(subject!(), &["--max-payload", "200"]);
            let word = message(server.word());
            for (name, frame) in [
                ("large", Frame::text(message(letters(&server, 200)))),
                ("faulty", Frame::text(b"4\xff")),
                ("faulty", Frame::text(&word).rsv(0b100)),
                ("mended", Frame::text(message(letters(&server, 199)))),
            ] {
                websocket(&server, name).send(frame).frame();
            }
            prove!(server);
        }

        /// Two WebSockets for one session: the second is sent away, and nothing is said
        /// twice.
        #[test]
        fn two_websockets_at_once() {
            let server = subject!().serve();
            let mut client = opened(&server, "C");
            client.waits();
            let mut socket = client.probes();
            let mut second = server.client_named("second");
            second.engine_io().open(&client.target("websocket")).frame();
            client.answered();
            socket.text("5");
            for _ in 0..2 {
                socket.text(message(server.word())).frame();
            }
            prove!(server);
        }

        /// Nobody upgrades a session that is not there.
        #[test]
        fn an_upgrade_of_nothing() {
            let server = subject!().serve();
            let client = opened(&server, "C");
            let unknown = format!("{PATH}?EIO=4&transport=websocket&sid={}", server.word());
            let headers = [
                ("Host", "localhost"),
                ("Upgrade", "websocket"),
                ("Connection", "Upgrade"),
                ("Sec-WebSocket-Key", &server.key()),
                ("Sec-WebSocket-Version", "13"),
            ];
            let start = format!("GET {unknown} HTTP/1.1");
            let mut faulty = server.client_named("faulty");
            faulty.request_in_brief(&start, headers, "").response();
            let mut mended = server.client_named("mended");
            mended.engine_io().open(&client.target("websocket"));
            mended.text("2probe").frame();
            prove!(server);
        }
    }
}
