//! What a server that pushes must show. Chapter: book/src/06-push.md
//!
//! `app` notifies, all others listen. Every refusal is a pair on one server:
//! `faulty` sends a request with one fault, `mended` the same without it.

use std::time::{Duration, Instant};

use proof::{Client, Frame, Subject, prove, subject};

/// Twice as many of [`LONG`] as two programs and two kernels hold between them.
const READINGS: u64 = 512;

/// Letters in a long notification.
const LONG: usize = 16_000;

/// For a reader that is slow on purpose, on a machine that may be slow too.
const PATIENT: &[&str] = &["--idle", "30s"];

/// A server, and the token that it was started with.
struct Server {
    subject: Subject,
    token: String,
}

/// Started with a token of its own, and these arguments.
fn serve(subject: Subject, args: &[&str]) -> Server {
    let token = subject.token();
    let args = [&["--token", &token], args].concat();
    Server {
        subject: subject.serve_with(&args),
        token,
    }
}

impl Server {
    /// A client on a WebSocket.
    fn socket(&self, name: &str, target: &str) -> Client {
        let mut client = self.subject.client_named(name);
        client.open(target);
        client
    }

    /// A client of an event stream.
    fn events(&self, name: &str, target: &str) -> Client {
        let mut client = self.subject.client_named(name);
        ask(&mut client, target);
        client.event_stream(&[]);
        client
    }

    /// One that has said nothing yet.
    fn client(&self, name: &str) -> Client {
        self.subject.client_named(name)
    }

    fn app(&self) -> Client {
        self.client("app")
    }

    fn word(&self) -> String {
        self.subject.word()
    }

    /// The value of `Authorization` that opens.
    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    /// Notifies, in one line of the transcript.
    fn notify(&self, app: &mut Client, topic: &str, text: impl AsRef<[u8]>) {
        let start = format!("POST /notify/{topic} HTTP/1.1");
        let bearer = self.bearer();
        let headers = [("Host", "localhost"), ("Authorization", &bearer)];
        app.request_in_brief(&start, headers, text).response();
    }

    /// Tells it to leave.
    fn quit(&self, app: &mut Client) {
        let bearer = self.bearer();
        let headers = [("Host", "localhost"), ("Authorization", &bearer)];
        app.request_in_brief("POST /quit HTTP/1.1", headers, "")
            .response();
    }
}

/// Asks for an event stream, in one line of the transcript.
fn ask(client: &mut Client, target: &str) {
    let start = format!("GET {target} HTTP/1.1");
    let headers = [("Host", "localhost"), ("Accept", "text/event-stream")];
    client.request_in_brief(&start, headers, "");
}

/// Asks for a WebSocket with this header too, in full.
fn ask_socket(server: &Server, name: &str, target: &str, more: (&str, &str)) -> Client {
    let mut client = server.client(name);
    let start = format!("GET {target} HTTP/1.1");
    let headers = [
        ("Host", "localhost"),
        more,
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", &server.subject.key()),
        ("Sec-WebSocket-Version", "13"),
    ];
    client.request(&start, headers).response();
    client
}

/// So many letters, to fill a notification with.
fn letters(subject: &Subject, length: usize) -> String {
    let letters = subject.word().repeat(length.div_ceil(8));
    let letters = &letters[..length];
    subject.name(&format!("{length} letters"), letters);
    letters.to_owned()
}

/// Notifies of [`READINGS`], each long; `watching` reads each one before the next
/// is sent. What its stream then begins with.
fn flood(server: &Server, app: &mut Client, watching: &mut Client) -> String {
    let letters = letters(&server.subject, LONG);
    let prefix = format!("load: {letters} ");
    watching.stream(&prefix);
    let mut reading = |app: &mut Client, n: u64| {
        server.notify(app, "load", format!("{letters} {n}"));
        watching.ticks(1);
    };
    reading(app, 0);
    let rest = READINGS - 1;
    app.aside(&format!("… and {rest} more, numbered on"), |app| {
        (1..READINGS).for_each(|n| reading(app, n));
    });
    prefix
}

mod step_1_notify {
    use super::*;

    /// A notification reaches every client that listens, and nobody has asked for it.
    #[test]
    fn all_who_listen_hear_it() {
        let server = serve(subject!(), &[]);
        let mut ann = server.socket("ann", "/ws");
        let mut bob = server.socket("bob", "/ws");
        server.notify(&mut server.app(), "weather", server.word());
        ann.frame();
        bob.frame();
        prove!(server.subject);
    }

    /// Who has no token, or a wrong one, may not notify: 401, and what is asked
    /// for (RFC 9110 §15.5.2, RFC 6750 §3).
    #[test]
    fn nobody_notifies_without_the_token() {
        let server = serve(subject!(), &[]);
        let mut ann = server.socket("ann", "/ws");
        let wrong = format!("Bearer {}", server.word());
        let right = server.bearer();
        let host = ("Host", "localhost");
        let (start, text) = ("POST /notify/weather HTTP/1.1", server.word());
        let mut faulty = server.client("faulty");
        let keeping = ["www-authenticate"];
        faulty
            .request_with(start, [host], &text)
            .response_keeping(&keeping);
        let mut faulty = server.client("faulty");
        let headers = [host, ("Authorization", &wrong)];
        faulty
            .request_with(start, headers, &text)
            .response_keeping(&keeping);
        let mut mended = server.client("mended");
        let headers = [host, ("Authorization", &right)];
        mended
            .request_with(start, headers, server.word())
            .response();
        ann.frame();
        prove!(server.subject);
    }

    /// Several arrive in order, whatever they are about.
    #[test]
    fn they_arrive_in_order() {
        let server = serve(subject!(), &[]);
        let mut ann = server.socket("ann", "/ws");
        let mut app = server.app();
        for topic in ["weather", "traffic", "weather"] {
            server.notify(&mut app, topic, server.word());
        }
        ann.frame().frame().frame();
        prove!(server.subject);
    }

    /// What a client says is passed over, and its pings are answered.
    #[test]
    fn what_a_client_says_changes_nothing() {
        let server = serve(subject!(), &[]);
        let (said, ping) = (server.word(), server.word());
        let mut ann = server.socket("ann", "/ws");
        ann.text(&said).binary([1, 2, 3]);
        ann.send(Frame::ping(&*ping)).frame();
        server.notify(&mut server.app(), "weather", server.word());
        ann.frame();
        prove!(server.subject);
    }

    /// One closes, and is answered; another vanishes. Who stays still hears.
    #[test]
    fn one_that_leaves_ends_no_other() {
        let server = serve(subject!(), &[]);
        let mut ann = server.socket("ann", "/ws");
        server.socket("bob", "/ws").close(1000, "").frame().closed();
        server.socket("cid", "/ws").vanish();
        server.notify(&mut server.app(), "weather", server.word());
        ann.frame();
        prove!(server.subject);
    }

    mod strict {
        use super::*;

        /// A token that begins alike is another one; so are a longer one, one with
        /// a letter that is not ASCII, and the right one in capitals.
        #[test]
        fn tokens_that_look_alike() {
            let server = serve(subject!(), &[]);
            let mut ann = server.socket("ann", "/ws");
            let (start, host) = ("POST /notify/weather HTTP/1.1", ("Host", "localhost"));
            let right = server.bearer();
            let short = &server.token[..15];
            server.subject.name("15 letters of it", short);
            let capitals = server.token.to_uppercase();
            server.subject.name("the same in capitals", &capitals);
            for wrong in [
                format!("Bearer {short}"),
                format!("{right}x"),
                format!("{right}é"),
                format!("Bearer {capitals}"),
                "Bearer ".to_owned(),
            ] {
                let headers = [host, ("Authorization", &wrong)];
                server
                    .client("faulty")
                    .request_with(start, headers, "")
                    .response();
            }
            server.notify(&mut server.client("mended"), "weather", server.word());
            ann.frame();
            prove!(server.subject);
        }

        /// A token in the address counts for nothing: addresses are logged
        /// (RFC 6750 §2.3).
        #[test]
        fn no_token_in_an_address() {
            let server = serve(subject!(), &[]);
            let mut ann = server.socket("ann", "/ws");
            let host = ("Host", "localhost");
            for name in ["token", "access_token"] {
                let start = format!("POST /notify/weather?{name}={} HTTP/1.1", server.token);
                server
                    .client("faulty")
                    .request_with(&start, [host], "")
                    .response();
            }
            server.notify(&mut server.client("mended"), "weather", server.word());
            ann.frame();
            prove!(server.subject);
        }

        /// The scheme is `Bearer`, in any case (RFC 9110 §11.1). With another
        /// scheme, or with none, the right token lets nobody in.
        #[test]
        fn bearer_in_any_case() {
            let server = serve(subject!(), &[]);
            let mut ann = server.socket("ann", "/ws");
            let start = "POST /notify/weather HTTP/1.1";
            let ask = |name: &str, value: &str| {
                let headers = [("Host", "localhost"), ("Authorization", value)];
                server
                    .client(name)
                    .request_with(start, headers, server.word())
                    .response();
            };
            ask("faulty", &format!("Basic {}", server.token));
            ask("faulty", &server.token);
            ask("mended", &format!("bEARER {}", server.token));
            ann.frame();
            prove!(server.subject);
        }

        /// Started without a token, the server lets nobody notify: no token is
        /// the right one. Who listens hears nothing, and stays.
        #[test]
        fn without_a_token_nobody_may() {
            let server = Server {
                subject: subject!().serve(),
                token: String::new(),
            };
            let mut ann = server.socket("ann", "/ws");
            let (start, host) = ("POST /notify/weather HTTP/1.1", ("Host", "localhost"));
            let some = format!("Bearer {}", server.word());
            server
                .client("faulty")
                .request_with(start, [host], server.word())
                .response();
            for value in ["Bearer", &some] {
                let headers = [host, ("Authorization", value)];
                server
                    .client("faulty")
                    .request_with(start, headers, server.word())
                    .response();
            }
            ann.send(Frame::ping(server.word())).frame();
            prove!(server.subject);
        }

        /// The content of a stranger's request is not waited for.
        #[test]
        fn a_stranger_is_refused_before_the_content() {
            let server = serve(subject!(), &[]);
            let mut ann = server.socket("ann", "/ws");
            let headers = [("Host", "localhost"), ("Content-Length", "60000")];
            let start = "POST /notify/weather HTTP/1.1";
            server.client("faulty").request(start, headers).response();
            server.notify(&mut server.client("mended"), "weather", server.word());
            ann.frame();
            prove!(server.subject);
        }

        /// 65,536 bytes are taken, one more is too many: 413 (RFC 9110 §15.5.14).
        #[test]
        fn the_limit_is_exact() {
            let server = serve(subject!(), &[]);
            let mut ann = server.socket("ann", "/ws");
            let long = letters(&server.subject, 65_536);
            server.notify(&mut server.client("faulty"), "weather", format!("{long}x"));
            server.notify(&mut server.client("mended"), "weather", long);
            ann.frame();
            prove!(server.subject);
        }

        /// What is no UTF-8 could not be sent as text: 400 (RFC 6455 §5.6).
        #[test]
        fn bytes_that_are_no_text() {
            let server = serve(subject!(), &[]);
            let mut ann = server.socket("ann", "/ws");
            server.notify(&mut server.client("faulty"), "weather", [0xff, 0xfe]);
            server.notify(&mut server.client("mended"), "weather", server.word());
            ann.frame();
            prove!(server.subject);
        }

        /// A topic is up to 32 small letters, digits and hyphens, and not
        /// `missed`; another one is not found: 404.
        #[test]
        fn names_that_are_no_topic() {
            let server = serve(subject!(), &[]);
            let mut ann = server.socket("ann", "/ws");
            let long = "x".repeat(33);
            for topic in ["Weather", "a.b", "missed", &long] {
                server.notify(&mut server.client("faulty"), topic, "");
            }
            for topic in ["4-weather", &long[1..]] {
                server.notify(&mut server.client("mended"), topic, server.word());
                ann.frame();
            }
            prove!(server.subject);
        }
    }
}

mod step_2_events {
    use super::*;

    /// An HTTP response that goes on: each notification is an event in it
    /// (HTML standard §9.2).
    #[test]
    fn an_answer_that_goes_on() {
        let server = serve(subject!(), &[]);
        let mut bob = server.client("bob");
        let headers = [("Host", "localhost"), ("Accept", "text/event-stream")];
        bob.request("GET /events HTTP/1.1", headers);
        bob.event_stream(&["content-type"]);
        let mut app = server.app();
        server.notify(&mut app, "weather", server.word());
        bob.event();
        server.notify(&mut app, "traffic", server.word());
        bob.event();
        prove!(server.subject);
    }

    /// Both kinds of reader hear the same, on one server.
    #[test]
    fn both_hear_the_same() {
        let server = serve(subject!(), &[]);
        let mut ann = server.socket("ann", "/ws");
        let mut bob = server.events("bob", "/events");
        let mut app = server.app();
        for _ in 0..2 {
            server.notify(&mut app, "weather", server.word());
            bob.event();
            ann.frame();
        }
        prove!(server.subject);
    }

    /// Text of several lines stays one notification, though an event is made of
    /// lines (HTML standard §9.2.6).
    #[test]
    fn lines_stay_together() {
        let server = serve(subject!(), &[]);
        let mut ann = server.socket("ann", "/ws");
        let mut bob = server.events("bob", "/events");
        let text = format!("{}\n\nevent: {}", server.word(), server.word());
        server.notify(&mut server.app(), "weather", text);
        bob.event();
        ann.frame();
        prove!(server.subject);
    }

    /// A page from elsewhere may not listen, in either way: 403. A listed one
    /// may (RFC 6455 §10.2).
    #[test]
    fn a_page_from_elsewhere() {
        let server = serve(subject!(), &["--origin", "https://example.org"]);
        for page in ["https://evil.test", "null"] {
            ask_socket(&server, "faulty", "/ws", ("Origin", page));
            events_of(&server, "faulty", page);
        }
        let mut ann = ask_socket(&server, "ann", "/ws", ("Origin", "https://example.org"));
        let mut bob = events_of(&server, "bob", "https://example.org");
        server.notify(&mut server.app(), "weather", server.word());
        bob.event();
        ann.frame();
        prove!(server.subject);
    }

    /// Asks for an event stream as this page would.
    fn events_of(server: &Server, name: &str, page: &str) -> Client {
        let mut client = server.client(name);
        let headers = [("Host", "localhost"), ("Origin", page)];
        client.request("GET /events HTTP/1.1", headers);
        match name {
            "faulty" => client.response(),
            _ => client.event_stream(&["access-control-allow-origin"]),
        };
        client
    }

    mod strict {
        use super::*;

        /// Scheme and port count, and so does each letter; each of several listed
        /// pages may.
        #[test]
        fn pages_that_look_alike() {
            let listed = [
                "--origin",
                "https://example.org",
                "--origin",
                "https://a.test",
            ];
            let server = serve(subject!(), &listed);
            let pages = [
                "http://example.org",
                "https://example.org:8443",
                "https://example.org/",
                "https://example.org.evil.test",
                "https://www.example.org",
                "https://Example.org",
            ];
            for page in pages {
                ask_socket(&server, "faulty", "/ws", ("Origin", page));
            }
            let mut ann = ask_socket(&server, "ann", "/ws", ("Origin", "https://a.test"));
            server.notify(&mut server.app(), "weather", server.word());
            ann.frame();
            prove!(server.subject);
        }

        /// Who names two pages may listen only if both may: a browser names one
        /// (RFC 6454 §7.3), and which of them to believe nobody can say.
        #[test]
        fn two_pages_at_once() {
            let listed = "https://example.org";
            let server = serve(subject!(), &["--origin", listed]);
            for pages in [[listed, "https://evil.test"], ["https://evil.test", listed]] {
                let mut faulty = server.client("faulty");
                let [one, other] = pages.map(|page| ("Origin", page));
                let headers = [("Host", "localhost"), one, other];
                faulty.request("GET /events HTTP/1.1", headers).response();
            }
            let mut ann = events_of(&server, "ann", listed);
            server.notify(&mut server.app(), "weather", server.word());
            ann.event();
            prove!(server.subject);
        }

        /// With no page listed, none from elsewhere may listen; who names no
        /// page may.
        #[test]
        fn no_page_is_listed() {
            let server = serve(subject!(), &[]);
            ask_socket(&server, "faulty", "/ws", ("Origin", "https://example.org"));
            events_of(&server, "faulty", "https://example.org");
            let mut ann = server.socket("ann", "/ws");
            server.notify(&mut server.app(), "weather", server.word());
            ann.frame();
            prove!(server.subject);
        }

        /// One that vanishes from its stream ends no other.
        #[test]
        fn one_that_vanishes_ends_no_other() {
            let server = serve(subject!(), &[]);
            let mut ann = server.events("ann", "/events");
            let mut app = server.app();
            server.notify(&mut app, "weather", server.word());
            ann.event();
            server.events("bob", "/events/traffic").vanish();
            for _ in 0..2 {
                server.notify(&mut app, "weather", server.word());
                ann.event();
            }
            prove!(server.subject);
        }
    }
}

mod step_3_topics {
    use super::*;

    /// Who asks for one topic hears that topic only.
    #[test]
    fn one_topic_alone() {
        let server = serve(subject!(), &[]);
        let mut ann = server.socket("ann", "/ws/weather");
        let mut bob = server.events("bob", "/events/traffic");
        let mut app = server.app();
        for topic in ["traffic", "weather", "weather-map", "traffic", "weather"] {
            server.notify(&mut app, topic, server.word());
        }
        ann.frame().frame();
        bob.event().event();
        prove!(server.subject);
    }

    /// Who comes late hears the last value at once, and then what comes.
    #[test]
    fn the_late_hear_the_last_value() {
        let server = serve(subject!(), &[]);
        let mut app = server.app();
        for _ in 0..2 {
            server.notify(&mut app, "weather", server.word());
        }
        let mut ann = server.socket("ann", "/ws");
        ann.frame();
        let mut bob = server.events("bob", "/events");
        bob.event();
        server.notify(&mut app, "weather", server.word());
        ann.frame();
        bob.event();
        prove!(server.subject);
    }

    /// Each topic has a last value, and they come in the order they were said;
    /// who asks for one topic hears the last of that one.
    #[test]
    fn each_topic_has_its_own() {
        let server = serve(subject!(), &[]);
        let mut app = server.app();
        for topic in ["weather", "traffic", "air", "weather"] {
            server.notify(&mut app, topic, server.word());
        }
        server.events("ann", "/events").event().event().event();
        let mut bob = server.socket("bob", "/ws/traffic");
        bob.frame();
        server.notify(&mut app, "traffic", server.word());
        bob.frame();
        prove!(server.subject);
    }

    mod strict {
        use super::*;

        /// A browser that comes back says what it heard last, and is not told
        /// that again (HTML standard §9.2.4).
        #[test]
        fn who_comes_back_is_not_told_again() {
            let server = serve(subject!(), &[]);
            let mut app = server.app();
            for topic in ["weather", "traffic"] {
                server.notify(&mut app, topic, server.word());
            }
            comes_back(&server, "ann", "1").event();
            let mut bob = comes_back(&server, "bob", "2");
            server.notify(&mut app, "weather", server.word());
            bob.event();
            prove!(server.subject);
        }

        /// An id that was never given is as good as none.
        #[test]
        fn an_id_from_elsewhere() {
            let server = serve(subject!(), &[]);
            server.notify(&mut server.app(), "weather", server.word());
            for id in ["yesterday", "2"] {
                comes_back(&server, "ann", id).event();
            }
            prove!(server.subject);
        }

        /// Nothing can be said on what is no topic, so nobody can listen to it:
        /// 404.
        #[test]
        fn names_that_are_no_topic() {
            let server = serve(subject!(), &[]);
            ask_socket(&server, "faulty", "/ws/Weather", ("Pragma", "no-cache"));
            server.events("faulty", "/events/missed");
            let mut ann = server.socket("ann", "/ws/weather");
            server.notify(&mut server.app(), "weather", server.word());
            ann.frame();
            prove!(server.subject);
        }

        /// Asks for what came after this id.
        fn comes_back(server: &Server, name: &str, id: &str) -> Client {
            let mut client = server.client(name);
            let headers = [("Host", "localhost"), ("Last-Event-ID", id)];
            client
                .request("GET /events HTTP/1.1", headers)
                .event_stream(&[]);
            client
        }
    }
}

mod step_4_slow {
    use super::*;

    /// One that takes nothing slows no other: each hears all, as it comes.
    #[test]
    fn one_that_takes_nothing_slows_no_other() {
        let server = serve(subject!(), &[]);
        let mut ann = server.socket("ann", "/ws");
        let _bob = server.socket("bob", "/ws");
        flood(&server, &mut server.app(), &mut ann);
        prove!(server.subject);
    }

    /// One that was slow is told how many it has missed, and hears the newest.
    #[test]
    fn one_that_was_slow_is_told_what_it_missed() {
        let server = serve(subject!(), PATIENT);
        let word = server.word();
        let mut ann = server.socket("ann", "/ws");
        let mut bob = server.socket("bob", "/ws");
        let mut app = server.app();
        let prefix = flood(&server, &mut app, &mut ann);
        bob.stream(&prefix).gaps("missed: ").ticks_to(READINGS);
        server.notify(&mut app, "weather", &word);
        bob.frame();
        prove!(server.subject);
    }

    /// One that takes nothing for too long is dropped: nothing could be told it.
    #[test]
    fn one_that_takes_nothing_is_dropped() {
        let server = serve(subject!(), &["--idle", "500ms"]);
        let word = server.word();
        let mut ann = server.socket("ann", "/ws");
        let mut bob = server.socket("bob", "/ws");
        let mut app = server.app();
        flood(&server, &mut app, &mut ann);
        bob.dropped();
        server.notify(&mut app, "weather", &word);
        ann.frame();
        prove!(server.subject);
    }

    mod strict {
        use super::*;

        /// A slow reader of an event stream is told as well, though it hears one
        /// topic alone. The event has no id: a page goes on from the last one that
        /// it has read.
        #[test]
        fn a_slow_stream_is_told_what_it_missed() {
            let server = serve(subject!(), PATIENT);
            let word = server.word();
            let mut ann = server.events("ann", "/events");
            let mut bob = server.events("bob", "/events/load");
            let mut app = server.app();
            let prefix = flood(&server, &mut app, &mut ann);
            bob.stream(&prefix).gaps("missed: ").ticks_to(READINGS);
            server.notify(&mut app, "load", &word);
            bob.event();
            prove!(server.subject);
        }

        /// A slow one that says goodbye is answered, though more waits to be told:
        /// behind its Close nothing is sent but the answer (RFC 6455 §5.5.1).
        #[test]
        fn a_slow_one_that_leaves_is_answered() {
            let server = serve(subject!(), PATIENT);
            let mut ann = server.socket("ann", "/ws");
            let mut slow =
                ["bob", "cid", "dan", "eve", "fay", "gus"].map(|name| server.socket(name, "/ws"));
            let prefix = flood(&server, &mut server.app(), &mut ann);
            for client in &mut slow {
                client.stream(&prefix).gaps("missed: ").close(1000, "");
                client.frame().closed();
            }
            prove!(server.subject);
        }

        /// Silence is no fault: who has nothing to take stays.
        #[test]
        fn who_has_nothing_to_take_stays() {
            let server = serve(subject!(), &["--idle", "50ms"]);
            let words = [server.word(), server.word()];
            let mut ann = server.socket("ann", "/ws/weather");
            let mut bob = server.socket("bob", "/ws/traffic");
            let mut app = server.app();
            flood(&server, &mut app, &mut server.events("cid", "/events"));
            server.notify(&mut app, "weather", &words[0]);
            ann.frame();
            server.notify(&mut app, "traffic", &words[1]);
            bob.frame();
            prove!(server.subject);
        }
    }
}

mod step_5_leave {
    use super::*;

    /// Before it leaves, the server says goodbye to each client: 1001. It waits
    /// for each answer, and then ends (RFC 6455 §7.1.1, §7.4.1).
    #[test]
    fn it_says_goodbye() {
        let server = serve(subject!(), &[]);
        let mut ann = server.socket("ann", "/ws");
        let mut bob = server.socket("bob", "/ws/traffic");
        let mut app = server.app();
        server.notify(&mut app, "weather", server.word());
        ann.frame();
        server.quit(&mut app);
        ann.frame();
        bob.frame().close(1001, "").closed();
        ann.waits().close(1001, "").closed();
        server.subject.ends();
        prove!(server.subject);
    }

    /// An event stream ends, or the server would wait for it for ever.
    #[test]
    fn a_stream_ends() {
        let server = serve(subject!(), &[]);
        let mut bob = server.events("bob", "/events");
        let mut app = server.app();
        server.notify(&mut app, "weather", server.word());
        bob.event();
        server.quit(&mut app);
        bob.closed();
        server.subject.ends();
        prove!(server.subject);
    }

    /// Only who has the token can send the server away.
    #[test]
    fn nobody_sends_it_away_without_the_token() {
        let server = serve(subject!(), &[]);
        let mut ann = server.socket("ann", "/ws");
        let mut faulty = server.client("faulty");
        faulty.request_with("POST /quit HTTP/1.1", [("Host", "localhost")], "");
        faulty.response_keeping(&["www-authenticate"]);
        server.notify(&mut server.app(), "weather", server.word());
        ann.frame();
        server.quit(&mut server.client("mended"));
        ann.frame().close(1001, "").closed();
        server.subject.ends();
        prove!(server.subject);
    }

    mod strict {
        use super::*;

        /// What was said before the end arrives before the goodbye, though its
        /// reader is late.
        #[test]
        fn what_was_said_comes_first() {
            let server = serve(subject!(), PATIENT);
            let mut ann = server.events("ann", "/events");
            let mut bob = server.socket("bob", "/ws");
            let mut app = server.app();
            let prefix = flood(&server, &mut app, &mut ann);
            server.quit(&mut app);
            ann.quiet().closed();
            bob.stream(&prefix).gaps("missed: ").ticks_to(READINGS);
            bob.quiet().frame().close(1001, "").closed();
            server.subject.ends();
            prove!(server.subject);
        }

        /// One that doesn't answer the goodbye is waited for, but not for long.
        #[test]
        fn one_that_does_not_answer_is_left_behind() {
            let server = serve(subject!(), &["--idle", "1s"]);
            let mut ann = server.socket("ann", "/ws");
            let mut app = server.app();
            server.notify(&mut app, "weather", server.word());
            ann.frame();
            // Before it can have begun to wait; some timers ring a little early.
            let begun = Instant::now();
            server.quit(&mut app);
            ann.frame();
            server.subject.ends();
            server.subject.remark(
                begun.elapsed() >= Duration::from_millis(950),
                "not before 1s has passed",
                "sooner than after 1s",
            );
            prove!(server.subject);
        }

        /// One that takes nothing is not waited for any longer.
        #[test]
        fn one_that_takes_nothing_is_left_behind() {
            let server = serve(subject!(), &["--idle", "500ms"]);
            let mut ann = server.socket("ann", "/ws");
            let _bob = server.events("bob", "/events");
            let mut app = server.app();
            flood(&server, &mut app, &mut ann);
            server.quit(&mut app);
            ann.frame().close(1001, "").closed();
            server.subject.ends();
            prove!(server.subject);
        }
    }
}
