//! Proofs of chapter 02: the opening handshake. RFC 6455 §4, and the HTTP it
//! stands on (RFC 9110, RFC 9112).
//!
//! Every refusal is a pair on one server: `faulty` sends a request with one
//! fault, `mended` the same without it and with a fresh key. So neither a
//! program that refuses everybody nor one that upgrades everybody is proved.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use proof::{Client, Subject, accept, prove, subject};

const HOST: &str = "Host";
const UPGRADE: &str = "Upgrade";
const CONNECTION: &str = "Connection";
const KEY: &str = "Sec-WebSocket-Key";
const VERSION: &str = "Sec-WebSocket-Version";
const PROTOCOL: &str = "Sec-WebSocket-Protocol";
const ORIGIN: &str = "Origin";

/// A request that may be spoiled, part by part.
struct Ask {
    start: String,
    headers: Vec<(String, String)>,
}

/// A request that opens a WebSocket, with a fresh key.
fn ask(server: &Subject) -> Ask {
    Ask::plain()
        .with(UPGRADE, "websocket")
        .with(CONNECTION, "Upgrade")
        .with(KEY, server.key())
        .with(VERSION, "13")
}

impl Ask {
    /// A request for a page.
    fn plain() -> Ask {
        let ask = Ask {
            start: "GET /chat HTTP/1.1".to_owned(),
            headers: Vec::new(),
        };
        ask.with(HOST, "localhost")
    }

    fn start(mut self, line: &str) -> Ask {
        self.start = line.to_owned();
        self
    }

    /// One more header line.
    fn with(mut self, name: &str, value: impl Into<String>) -> Ask {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    fn without(mut self, name: &str) -> Ask {
        self.headers.retain(|(n, _)| n != name);
        self
    }

    /// The same header with another value.
    fn but(mut self, name: &str, value: impl Into<String>) -> Ask {
        let header = self.headers.iter_mut().find(|(n, _)| n == name);
        header.expect("a header of that name").1 = value.into();
        self
    }

    fn send(&self, client: &mut Client) {
        client.request(&self.start, self.headers.iter().map(|(n, v)| (n, v)));
    }

    /// How many bytes it is on the wire.
    fn len(&self) -> usize {
        let headers = self.headers.iter().map(|(n, v)| n.len() + v.len() + 4);
        self.start.len() + 2 + headers.sum::<usize>() + 2
    }
}

/// The half of a pair that has the fault: status, and these headers.
fn refused(server: &Subject, faulty: Ask, keeping: &[&str]) {
    let mut client = server.client_named("faulty");
    faulty.send(&mut client);
    client.response_keeping(keeping);
}

/// The half without the fault.
fn upgraded(server: &Subject, mended: Ask) -> Client {
    let mut client = server.client_named("mended");
    mended.send(&mut client);
    client.response();
    client
}

/// A request that has no fault, alone.
fn opened(server: &Subject, ask: Ask) -> Client {
    let mut client = server.client();
    ask.send(&mut client);
    client.response();
    client
}

/// So many letters, to fill a head with.
fn letters(server: &Subject, length: usize) -> String {
    let letters = server.word().repeat(length.div_ceil(8));
    let letters = &letters[..length];
    server.name(&format!("{length} letters"), letters);
    letters.to_owned()
}

/// From here on it is WebSocket: a word comes back.
fn echoes(server: &Subject, client: &mut Client) {
    client.text(server.word()).frame();
}

mod step_1_accept_key {
    use super::*;

    /// The accept value of a fresh key, and of the one that RFC 6455 §1.3 works
    /// as an example.
    #[test]
    fn the_rfc_sample() {
        let program = subject!();
        program.run(&["accept", &program.key()]);
        // Last: what an unwritten program says of it is shown.
        program.run(&["accept", "dGhlIHNhbXBsZSBub25jZQ=="]);
        prove!(program);
    }

    /// A key that nobody has seen before gives base64 of the SHA-1 of the key
    /// and the GUID (RFC 6455 §4.2.2).
    #[test]
    fn a_fresh_key() {
        let program = subject!();
        program.run(&["accept", &program.key()]);
        prove!(program);
    }

    mod strict {
        use super::*;

        /// The text is hashed undecoded, so a text that is no base64 has an
        /// accept value too: the server need not decode (RFC 6455 §4.2.2).
        #[test]
        fn any_text_can_be_hashed() {
            let program = subject!();
            // Neither its length nor its last two characters are base64's.
            let text = format!("{}?!", program.word());
            program.name("no base64", &text);
            program.name("accept of no base64", accept(&text));
            program.run(&["accept", &text]);
            prove!(program);
        }
    }
}

mod step_2_answer {
    use super::*;

    /// A whole conversation: an HTTP request, 101 with the right accept value,
    /// then WebSocket until both have said goodbye (RFC 6455 §1.2).
    #[test]
    fn upgrades() {
        let server = subject!().serve();
        let mut client = opened(&server, ask(&server));
        echoes(&server, &mut client);
        client.close(1000, "bye").frame().closed();
        prove!(server);
    }

    /// Each client gets the accept value of its own key.
    #[test]
    fn each_to_its_own_key() {
        let server = subject!().serve();
        let (mut ann, mut bob) = (server.client_named("ann"), server.client_named("bob"));
        ask(&server).send(&mut ann);
        ask(&server).send(&mut bob);
        bob.response();
        ann.response();
        echoes(&server, &mut ann);
        prove!(server);
    }

    /// Header names in any case and any order (RFC 9110 §5.1, §5.3), and the
    /// words `websocket` and `upgrade` in any case (RFC 6455 §4.2.1 items 3, 4).
    #[test]
    fn whatever_the_case_and_the_order() {
        let server = subject!().serve();
        let mut client = server.client();
        let shouting = [
            ("SEC-WEBSOCKET-VERSION", "13"),
            ("sec-websocket-key", &server.key()),
            ("CONNECTION", "UPGRADE"),
            ("upgrade", "WebSocket"),
            ("hOST", "localhost"),
        ];
        client.request("GET /chat HTTP/1.1", shouting).response();
        echoes(&server, &mut client);
        prove!(server);
    }

    /// `Connection` is a list: `keep-alive, Upgrade` asks to upgrade, and is
    /// what Firefox sends (RFC 6455 §4.2.1 item 4, RFC 9110 §7.6.1).
    #[test]
    fn keep_alive_and_upgrade() {
        let server = subject!().serve();
        opened(&server, ask(&server).but(CONNECTION, "keep-alive, Upgrade"));
        prove!(server);
    }

    /// A browser's own request. It offers an extension; this server speaks none,
    /// so the 101 does not name it (RFC 6455 §4.2.2 item 5, §9.1).
    #[test]
    fn what_a_browser_sends() {
        let server = subject!().serve();
        let mut client = server.client();
        let browser = [
            ("Host", "localhost"),
            ("Connection", "Upgrade"),
            ("Pragma", "no-cache"),
            ("Cache-Control", "no-cache"),
            ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64)"),
            ("Upgrade", "websocket"),
            ("Origin", "https://example.org"),
            ("Sec-WebSocket-Version", "13"),
            ("Accept-Encoding", "gzip, deflate, br, zstd"),
            ("Accept-Language", "en-GB,en;q=0.9"),
            ("Cookie", "session=1f3a; theme=dark"),
            ("Sec-Fetch-Dest", "empty"),
            ("Sec-Fetch-Mode", "websocket"),
            ("Sec-Fetch-Site", "same-origin"),
            ("Sec-GPC", "1"),
            ("DNT", "1"),
            ("Sec-WebSocket-Key", &server.key()),
            (
                "Sec-WebSocket-Extensions",
                "permessage-deflate; client_max_window_bits",
            ),
        ];
        client.request("GET /chat HTTP/1.1", browser).response();
        echoes(&server, &mut client);
        prove!(server);
    }

    mod strict {
        use super::*;

        /// A list may be spread over several lines (RFC 9110 §5.3).
        #[test]
        fn a_list_in_several_lines() {
            let server = subject!().serve();
            let ask = ask(&server)
                .but(CONNECTION, "keep-alive")
                .with(CONNECTION, "upgrade");
            opened(&server, ask);
            prove!(server);
        }

        /// White space around the members of a list says nothing, and empty
        /// members do not count (RFC 9110 §5.6.1).
        #[test]
        fn a_list_with_white_space() {
            let server = subject!().serve();
            let ask = ask(&server).but(CONNECTION, "keep-alive ,\tUpgrade\t, ,");
            opened(&server, ask);
            prove!(server);
        }

        /// `Upgrade` is a list too: who also offers another protocol still
        /// offers WebSocket (RFC 9110 §7.8).
        #[test]
        fn websocket_among_other_protocols() {
            let server = subject!().serve();
            opened(&server, ask(&server).but(UPGRADE, "h2c, websocket"));
            prove!(server);
        }

        /// White space around the key is not part of it (RFC 6455 §4.2.2 item 5,
        /// RFC 9110 §5.5).
        #[test]
        fn white_space_around_the_key() {
            let server = subject!().serve();
            let key = server.key();
            let says = "hashes the white space with the key.";
            server.mistake(accept(&format!("{key}\t")), says);
            opened(&server, ask(&server).but(KEY, format!("   {key}\t")));
            prove!(server);
        }

        /// A target with scheme and host is taken as well (RFC 9112 §3.2.2,
        /// RFC 6455 §4.2.1 item 1).
        #[test]
        fn an_absolute_target() {
            let server = subject!().serve();
            opened(
                &server,
                ask(&server).start("GET http://localhost/chat HTTP/1.1"),
            );
            prove!(server);
        }
    }
}

mod step_3_refuse {
    use super::*;

    /// A request that asks for a page is told to upgrade: 426, and to what
    /// (RFC 9110 §15.5.22, §7.8).
    #[test]
    fn a_plain_get() {
        let server = subject!().serve();
        refused(&server, Ask::plain(), &["connection", "upgrade"]);
        let mut client = upgraded(&server, ask(&server));
        echoes(&server, &mut client);
        prove!(server);
    }

    /// Only GET opens a WebSocket (RFC 6455 §4.2.1 item 1); the refusal says so
    /// (RFC 9110 §15.5.6).
    #[test]
    fn another_method() {
        let server = subject!().serve();
        let post = ask(&server).start("POST /chat HTTP/1.1");
        refused(&server, post, &["allow"]);
        upgraded(&server, ask(&server));
        prove!(server);
    }

    /// A request without `Host` is refused: 400 (RFC 9112 §3.2, RFC 6455 §4.2.1
    /// item 2).
    #[test]
    fn no_host() {
        let server = subject!().serve();
        refused(&server, ask(&server).without(HOST), &[]);
        upgraded(&server, ask(&server));
        prove!(server);
    }

    /// A request without a key is refused: 400 (RFC 6455 §4.2.1 item 5). The
    /// refusal says that it ends the connection (RFC 9112 §9.6).
    #[test]
    fn no_key() {
        let server = subject!().serve();
        refused(&server, ask(&server).without(KEY), &["connection"]);
        let mut client = upgraded(&server, ask(&server));
        echoes(&server, &mut client);
        prove!(server);
    }

    /// A key is 16 bytes, neither 15 nor 17 nor none: 400 (RFC 6455 §4.2.1
    /// item 5).
    #[test]
    fn a_key_of_another_length() {
        let server = subject!().serve();
        for length in [15, 17] {
            let key = STANDARD.encode(server.payload(length));
            server.name(&format!("key of {length} bytes"), &key);
            refused(&server, ask(&server).but(KEY, key), &[]);
        }
        refused(&server, ask(&server).but(KEY, ""), &[]);
        upgraded(&server, ask(&server));
        prove!(server);
    }

    /// A key is base64: 400 for one with other characters in it (RFC 6455 §4.2.1
    /// item 5, RFC 4648 §3.3).
    #[test]
    fn a_key_that_is_no_base64() {
        let server = subject!().serve();
        let key = format!("{}****************", server.word());
        refused(&server, ask(&server).but(KEY, key), &[]);
        upgraded(&server, ask(&server));
        prove!(server);
    }

    /// Two keys are none: 400 (RFC 6455 §11.3.1).
    #[test]
    fn two_keys() {
        let server = subject!().serve();
        refused(&server, ask(&server).with(KEY, server.key()), &[]);
        upgraded(&server, ask(&server));
        prove!(server);
    }

    /// Another version is told which one is spoken here: 426 and
    /// `Sec-WebSocket-Version: 13` (RFC 6455 §4.2.2 item 4, §4.4).
    #[test]
    fn another_version() {
        let server = subject!().serve();
        let ask_8 = ask(&server).but(VERSION, "8");
        let keeping = ["connection", "sec-websocket-version", "upgrade"];
        refused(&server, ask_8, &keeping);
        let mut client = upgraded(&server, ask(&server));
        echoes(&server, &mut client);
        prove!(server);
    }

    mod strict {
        use super::*;

        /// Methods are case-sensitive, so `get` is another one (RFC 9110 §9.1);
        /// so is HEAD. The refusal names the allowed method (§15.5.6).
        #[test]
        fn methods_that_are_almost_get() {
            let server = subject!().serve();
            for line in ["HEAD /chat HTTP/1.1", "get /chat HTTP/1.1"] {
                refused(&server, ask(&server).start(line), &["allow"]);
            }
            upgraded(&server, ask(&server));
            prove!(server);
        }

        /// `Upgrade` in HTTP/1.0 is ignored (RFC 9110 §7.8): it is a plain GET.
        #[test]
        fn http_1_0() {
            let server = subject!().serve();
            let old = ask(&server).start("GET /chat HTTP/1.0");
            refused(&server, old, &["connection", "upgrade"]);
            upgraded(&server, ask(&server));
            prove!(server);
        }

        /// Two `Host` lines are refused: 400 (RFC 9112 §3.2).
        #[test]
        fn two_hosts() {
            let server = subject!().serve();
            refused(&server, ask(&server).with(HOST, "localhost"), &[]);
            upgraded(&server, ask(&server));
            prove!(server);
        }

        /// Without `Upgrade: websocket` nobody asks for a WebSocket: 426. A longer
        /// word is another word (RFC 6455 §4.2.1 item 3).
        #[test]
        fn another_upgrade() {
            let server = subject!().serve();
            let keeping = ["connection", "upgrade"];
            refused(&server, ask(&server).without(UPGRADE), &keeping);
            refused(&server, ask(&server).but(UPGRADE, "websockets"), &keeping);
            upgraded(&server, ask(&server));
            prove!(server);
        }

        /// `Upgrade` counts only if `Connection` lists it: 426 (RFC 6455 §4.2.1
        /// item 4, RFC 9110 §7.8).
        #[test]
        fn a_connection_that_stays() {
            let server = subject!().serve();
            let keeping = ["connection", "upgrade"];
            refused(&server, ask(&server).without(CONNECTION), &keeping);
            let stays = ask(&server).but(CONNECTION, "keep-alive, no-upgrade");
            refused(&server, stays, &keeping);
            upgraded(&server, ask(&server).but(CONNECTION, "keep-alive, Upgrade"));
            prove!(server);
        }

        /// The version is `13` and nothing else: none, `013`, and a list are told
        /// so as well (RFC 6455 §4.2.1 item 6, §4.3, §11.3.5).
        #[test]
        fn versions_that_are_almost_13() {
            let server = subject!().serve();
            let keeping = ["sec-websocket-version"];
            refused(&server, ask(&server).without(VERSION), &keeping);
            for version in ["013", "13, 8"] {
                refused(&server, ask(&server).but(VERSION, version), &keeping);
            }
            refused(&server, ask(&server).with(VERSION, "13"), &keeping);
            upgraded(&server, ask(&server));
            prove!(server);
        }

        /// Base64 has one alphabet and is padded (RFC 4648 §3.2, §4): the one for
        /// file names is another (§5).
        #[test]
        fn a_key_in_another_alphabet() {
            let server = subject!().serve();
            let nonce = [&server.payload(13)[..], &[0xfb, 0xff, 0xbf]].concat();
            let url = URL_SAFE.encode(&nonce);
            server.name("url-safe key", &url);
            refused(&server, ask(&server).but(KEY, url), &[]);

            let padded = server.key();
            let unpadded = padded.trim_end_matches('=');
            server.name("unpadded key", unpadded);
            refused(&server, ask(&server).but(KEY, unpadded), &[]);
            upgraded(&server, ask(&server).but(KEY, padded));
            prove!(server);
        }

        /// A key broken by a folded line, a bare CR or a bare LF is refused: an HTTP
        /// server rejects these or reads them as blanks, and either way it is no
        /// key (RFC 9112 §2.2, §5.2; RFC 9110 §5.5).
        #[test]
        fn a_key_broken_in_two() {
            let server = subject!().serve();
            for broken_by in ["\r\n ", "\r", "\n"] {
                let key = server.key();
                let (front, back) = key.split_at(11);
                server.name("front of a key", front);
                server.name("back of a key", back);
                let broken = format!("{front}{broken_by}{back}");
                refused(&server, ask(&server).but(KEY, broken), &[]);
            }
            upgraded(&server, ask(&server));
            prove!(server);
        }

        /// No white space between a header's name and its colon: 400 (RFC 9112
        /// §5.1).
        #[test]
        fn a_blank_before_the_colon() {
            let server = subject!().serve();
            let spaced = ask(&server).without(HOST).with("Host ", "localhost");
            refused(&server, spaced, &[]);
            upgraded(&server, ask(&server));
            prove!(server);
        }

        /// Content behind the head would be taken for frames: 400. A length of
        /// zero is none (RFC 9110 §7.8, §9.3.1).
        #[test]
        fn a_request_with_content() {
            let server = subject!().serve();
            let word = server.word();
            let mut faulty = server.client_named("faulty");
            let with_content = ask(&server).with("Content-Length", "8");
            with_content.send(&mut faulty);
            faulty.bytes(&word).response();

            let mut faulty = server.client_named("faulty");
            let chunked = ask(&server).with("Transfer-Encoding", "chunked");
            chunked.send(&mut faulty);
            faulty.bytes(format!("8\r\n{word}\r\n0\r\n\r\n")).response();

            let mut mended = upgraded(&server, ask(&server).with("Content-Length", "0"));
            echoes(&server, &mut mended);
            prove!(server);
        }

        /// What is no HTTP at all is answered in HTTP: 400 (RFC 9112 §2.2).
        #[test]
        fn what_is_no_http() {
            let server = subject!().serve();
            let mut faulty = server.client_named("faulty");
            faulty.bytes(format!("{} anybody there?\r\n\r\n", server.word()));
            faulty.response();
            upgraded(&server, ask(&server));
            prove!(server);
        }
    }
}

mod step_4_choose {
    use super::*;

    const PAGE: &str = "https://example.org";
    const FLAGS: [&str; 2] = ["--origin", PAGE];
    const SPOKEN: [&str; 4] = ["--subprotocol", "chat.v2", "--subprotocol", "chat.v1"];

    /// A page that is not listed is refused: 403 (RFC 6455 §4.2.2 item 4, §10.2).
    #[test]
    fn a_page_from_elsewhere() {
        let server = subject!().serve_with(&FLAGS);
        refused(&server, ask(&server).with(ORIGIN, "https://evil.test"), &[]);
        let mut client = upgraded(&server, ask(&server).with(ORIGIN, PAGE));
        echoes(&server, &mut client);
        prove!(server);
    }

    /// A client that names no page is no browser, and may connect (RFC 6455
    /// §4.2.1 item 7).
    #[test]
    fn no_page_at_all() {
        let server = subject!().serve_with(&FLAGS);
        let elsewhere = ask(&server).with(ORIGIN, "https://evil.test");
        refused(&server, elsewhere, &[]);
        upgraded(&server, ask(&server));
        prove!(server);
    }

    /// An origin is compared whole: another scheme, another port, and a name that
    /// begins or ends alike are other origins, and `null` is nobody's (RFC 6454
    /// §5, §7.1).
    #[test]
    fn pages_that_look_alike() {
        let server = subject!().serve_with(&FLAGS);
        let alike = [
            "http://example.org",
            "https://example.org:8443",
            "https://example.org.evil.test",
            "https://evil-example.org",
            "null",
        ];
        for origin in alike {
            refused(&server, ask(&server).with(ORIGIN, origin), &[]);
        }
        upgraded(&server, ask(&server).with(ORIGIN, PAGE));
        prove!(server);
    }

    /// Of the subprotocols that the client offers, the 101 names one that is spoken
    /// here (RFC 6455 §4.2.2 item 5).
    #[test]
    fn a_subprotocol_in_common() {
        let server = subject!().serve_with(&SPOKEN);
        let offers = ask(&server).with(PROTOCOL, "other, chat.v1");
        let mut client = opened(&server, offers);
        echoes(&server, &mut client);
        prove!(server);
    }

    /// With nothing in common the 101 names no subprotocol, and never one that was
    /// not offered (RFC 6455 §4.2.2 item 5).
    #[test]
    fn no_subprotocol_in_common() {
        let server = subject!().serve_with(&SPOKEN);
        let word = server.word();
        let mut client = opened(&server, ask(&server).with(PROTOCOL, word));
        echoes(&server, &mut client);
        prove!(server);
    }

    /// To a client that offers none, none is named (RFC 6455 §4.2.2 item 5).
    #[test]
    fn no_subprotocol_offered() {
        let server = subject!().serve_with(&SPOKEN);
        let mut client = opened(&server, ask(&server));
        echoes(&server, &mut client);
        prove!(server);
    }

    mod strict {
        use super::*;

        /// A browser leaves out the default port and ends without a slash (RFC 6454
        /// §6.2): any other spelling is no browser's.
        #[test]
        fn a_page_spelled_otherwise() {
            let server = subject!().serve_with(&FLAGS);
            let otherwise = ["https://example.org:443", "https://example.org/"];
            for origin in otherwise {
                refused(&server, ask(&server).with(ORIGIN, origin), &[]);
            }
            upgraded(&server, ask(&server).with(ORIGIN, PAGE));
            prove!(server);
        }

        /// `--origin` may be given more than once.
        #[test]
        fn several_pages() {
            let other = "http://127.0.0.1:3000";
            let server = subject!().serve_with(&["--origin", PAGE, "--origin", other]);
            let elsewhere = ask(&server).with(ORIGIN, "http://127.0.0.1:3001");
            refused(&server, elsewhere, &[]);
            upgraded(&server, ask(&server).with(ORIGIN, other));
            upgraded(&server, ask(&server).with(ORIGIN, PAGE));
            prove!(server);
        }

        /// The client's list is in the order of its preference (RFC 6455 §4.1
        /// item 10): its first that is spoken here is chosen.
        #[test]
        fn the_client_prefers() {
            let server = subject!().serve_with(&SPOKEN);
            for offers in ["chat.v1, chat.v2", "chat.v2, chat.v1"] {
                opened(&server, ask(&server).with(PROTOCOL, offers));
            }
            prove!(server);
        }

        /// The offers may stand in several lines; the answer stands in one (RFC 6455
        /// §11.3.4).
        #[test]
        fn offers_in_several_lines() {
            let server = subject!().serve_with(&SPOKEN);
            let offers = ask(&server)
                .with(PROTOCOL, "other")
                .with(PROTOCOL, "another,\tchat.v1");
            opened(&server, offers);
            prove!(server);
        }

        /// Names are compared whole, and their case counts: none of these is spoken
        /// here (RFC 6455 §4.2.2 item 5).
        #[test]
        fn subprotocols_that_look_alike() {
            let server = subject!().serve_with(&SPOKEN);
            let alike = "Chat.v1, chat.v10, chat, my.chat.v1";
            opened(&server, ask(&server).with(PROTOCOL, alike));
            prove!(server);
        }

        /// An offer that is no token breaks the grammar: 400 (RFC 6455 §4.2.1, §4.3).
        #[test]
        fn an_offer_that_is_no_token() {
            let server = subject!().serve_with(&SPOKEN);
            for offers in ["chat.v1, chat v2", "chat.v1, chat/v2"] {
                refused(&server, ask(&server).with(PROTOCOL, offers), &[]);
            }
            upgraded(&server, ask(&server).with(PROTOCOL, "chat.v1, chat-v2"));
            prove!(server);
        }
    }
}

mod step_5_wire {
    use super::*;

    /// TCP may deliver the head in any pieces, down to single bytes.
    #[test]
    fn a_head_byte_by_byte() {
        let server = subject!().serve();
        let mut client = server.client();
        let ask = ask(&server);
        client.byte_by_byte(|client| ask.send(client)).response();
        echoes(&server, &mut client);
        prove!(server);
    }

    /// What comes with the head is the first frame, and is not lost. A client must
    /// wait for the 101 (RFC 6455 §4.1), but nothing makes it.
    #[test]
    fn a_frame_right_behind_the_head() {
        let server = subject!().serve();
        let mut client = server.client();
        let (ask, word) = (ask(&server), server.word());
        client.in_one_write(|client| {
            ask.send(client);
            client.text(word);
        });
        client.response().frame();
        echoes(&server, &mut client);
        prove!(server);
    }

    /// A head that is longer than this server reads: 431 (RFC 6585 §5).
    #[test]
    fn a_head_too_large() {
        let server = subject!().serve_with(&["--max-head", "1024"]);
        let (long, short) = (letters(&server, 1024), letters(&server, 128));
        refused(&server, ask(&server).with("Cookie", long), &[]);
        upgraded(&server, ask(&server).with("Cookie", short));
        prove!(server);
    }

    /// While one client is in the middle of its head, another is served; then
    /// the first goes on.
    #[test]
    fn a_slow_head_stalls_nobody() {
        let server = subject!().serve();
        let mut slow = server.client_named("slow");
        slow.bytes("GET /chat HTTP/1.1\r\nHost: localhost\r\nUpgr");
        let mut other = server.client_named("other");
        other.open("/chat");
        echoes(&server, &mut other);
        let key = server.key();
        slow.bytes(format!(
            "ade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: {key}\r\n\r\n"
        ));
        slow.response();
        echoes(&server, &mut slow);
        prove!(server);
    }

    /// A head that does not come in time is not waited for: 408, and the end
    /// (RFC 9110 §15.5.9).
    #[test]
    fn a_head_that_never_ends() {
        let server = subject!().serve_with(&["--idle", "300ms"]);
        let mut faulty = server.client_named("faulty");
        faulty.bytes("GET /chat HTTP/1.1\r\nHost: ");
        faulty.response().closed();
        let mut mended = upgraded(&server, ask(&server));
        echoes(&server, &mut mended);
        prove!(server);
    }

    /// The time is the whole head's: who sends a line now and then gains nothing.
    /// This head is complete in the end, and too late: 408.
    #[test]
    fn who_trickles_gains_nothing() {
        let server = subject!().serve_with(&["--idle", "1s"]);
        let mut faulty = server.client_named("faulty");
        faulty.bytes("GET /chat HTTP/1.1\r\n");
        for (name, value) in ask(&server).headers {
            // Shorter than the limit. Five of them are far longer, so that a
            // busy machine's server is late enough as well.
            faulty.pending(Duration::from_millis(700));
            faulty.bytes(format!("{name}: {value}\r\n"));
        }
        faulty.bytes("\r\n").response();
        upgraded(&server, ask(&server));
        prove!(server);
    }

    /// A client that ends before its head does will send no more. It is answered
    /// now, and not when its time is over (RFC 9112 §8): 400, and the end.
    #[test]
    fn a_head_that_is_given_up() {
        let server = subject!().serve_with(&["--idle", "20s"]);
        let mut faulty = server.client_named("faulty");
        faulty.bytes("GET /chat HTTP/1.1\r\nHost: ").half_close();
        faulty.response().closed();
        let mut mended = upgraded(&server, ask(&server));
        echoes(&server, &mut mended);
        prove!(server);
    }

    mod strict {
        use super::*;

        /// The limit is exact: a head of that many bytes is read, one more is not.
        /// Nor is one that has not ended by then: nobody waits for its next byte.
        #[test]
        fn the_limit_is_exact() {
            let server = subject!().serve_with(&["--max-head", "256"]);
            let padded = |length: usize| {
                let ask = ask(&server).with("Cookie", "");
                let cookie = letters(&server, length - ask.len());
                ask.but("Cookie", cookie)
            };
            refused(&server, padded(257), &[]);
            let mut faulty = server.client_named("faulty");
            let unended = "GET /chat HTTP/1.1\r\nCookie: ";
            faulty.bytes(unended);
            faulty.bytes(letters(&server, 256 - unended.len()));
            faulty.response();
            upgraded(&server, padded(256));
            prove!(server);
        }

        /// The limit is the head's: a long frame right behind it does not count.
        #[test]
        fn a_limit_for_the_head_alone() {
            let server = subject!().serve_with(&["--max-head", "256"]);
            let long = letters(&server, 256);
            refused(&server, ask(&server).with("Cookie", long), &[]);
            let mut mended = server.client_named("mended");
            let (ask, blob) = (ask(&server), server.payload(4000));
            mended.in_one_write(|client| {
                ask.send(client);
                client.binary(blob);
            });
            mended.response().frame();
            prove!(server);
        }

        /// A head without end is refused as soon as it is too long: nobody waits for
        /// its blank line (RFC 6585 §5).
        #[test]
        fn a_head_without_end() {
            let server = subject!().serve_with(&["--max-head", "1024"]);
            let mut faulty = server.client_named("faulty");
            faulty.bytes("GET /chat HTTP/1.1\r\nCookie: ");
            faulty.bytes(letters(&server, 2048)).response();
            upgraded(&server, ask(&server));
            prove!(server);
        }

        /// The limit on time ends with the head: a WebSocket may be quiet for
        /// longer.
        #[test]
        fn a_quiet_websocket_stays_open() {
            let server = subject!().serve_with(&["--idle", "300ms"]);
            let mut client = server.client();
            client.open("/chat").pending(Duration::from_millis(900));
            echoes(&server, &mut client);
            prove!(server);
        }

        /// A refusal ends the connection, and says so: what came behind the request
        /// is not answered (RFC 9112 §9.6).
        #[test]
        fn nothing_follows_a_refusal() {
            let server = subject!().serve();
            let mut faulty = server.client_named("faulty");
            let (first, second) = (ask(&server).without(KEY), ask(&server));
            faulty.in_one_write(|client| {
                first.send(client);
                second.send(client);
            });
            faulty.response_keeping(&["connection"]).closed();
            upgraded(&server, ask(&server));
            prove!(server);
        }

        /// A client that is gone in the middle of its head takes nobody along.
        #[test]
        fn who_vanishes_takes_nobody_along() {
            let server = subject!().serve();
            let mut gone = server.client_named("gone");
            gone.bytes("GET /chat HTTP/1.1\r\nHost: ").vanish();
            let mut client = server.client();
            client.open("/chat");
            echoes(&server, &mut client);
            prove!(server);
        }
    }
}
