//! What a chat must show. Chapter: book/src/07-chat.md
//!
//! `ann`, `bob` and `cid` are people. Every refusal is a pair on one server:
//! what has one fault, and then the same without it.

use proof::{Client, Frame, Subject, prove, subject};

/// Twice as many of [`LONG`] as two programs and two kernels hold between them.
const MESSAGES: u64 = 640;

/// Letters in a long message.
const LONG: usize = 16_000;

/// How often several speak at once, and how much each of them then says: less
/// than an outbox has room for.
const ROUNDS: usize = 20;
const AT_ONCE: usize = 20;

/// How often somebody comes and goes meanwhile.
const VISITS: usize = 10;

/// Letters in each of them: long, so that they meet on their way through the
/// server.
const LENGTH: usize = 4_000;

/// For a client that is slow on purpose, on a machine that may be slow too.
const PATIENT: &[&str] = &["--idle", "30s"];

/// Somebody who is connected.
fn connected(server: &Subject, name: &str) -> Client {
    let mut client = server.client_named(name);
    client.open("/ws").json();
    client
}

/// Somebody in a room, under their own name.
fn joined(server: &Subject, name: &str, room: &str) -> Client {
    let mut client = connected(server, name);
    join(&mut client, room, name);
    client
}

fn join(client: &mut Client, room: &str, nick: &str) {
    client
        .text(format!(r#"["join","{room}","{nick}"]"#))
        .frame();
}

fn say(client: &mut Client, room: &str, text: &str) {
    client.text(format!(r#"["say","{room}","{text}"]"#));
}

fn leave(client: &mut Client, room: &str) {
    client.text(format!(r#"["leave","{room}"]"#));
}

/// Says something, and all of these hear it.
fn heard(room: &str, text: &str, by: &mut [&mut Client]) {
    say(by[0], room, text);
    for client in by {
        client.frame();
    }
}

/// Three who are in one room.
fn three(server: &Subject) -> [Client; 3] {
    let mut three = ["ann", "bob", "cid"].map(|name| joined(server, name, "tea"));
    three[0].frame().frame();
    three[1].frame();
    three
}

/// Each of the three says so much at once that it is not heard one after the
/// other. What is said is numbered on, and added to `all`.
fn say_at_once(three: &mut [Client; 3], times: usize, word: &str, all: &mut Vec<String>) {
    let begun = all.len();
    for (client, name) in three.iter_mut().zip(["ann", "bob", "cid"]) {
        client.aside(
            &format!("{times} messages at once, numbered on"),
            |client| {
                client.in_one_write(|client| {
                    for n in begun..begun + times {
                        say(client, "tea", &format!("{word} {n}"));
                        all.push(format!(r#"["said","tea","{name}","{word} {n}"]"#));
                    }
                });
            },
        );
    }
}

/// So many letters, to fill a message with.
fn letters(server: &Subject, length: usize) -> String {
    let letters = server.word().repeat(length.div_ceil(8));
    let letters = &letters[..length];
    server.name(&format!("{length} letters"), letters);
    letters.to_owned()
}

/// What was said while one read nothing.
struct Flood {
    /// Each message is its number, between these.
    before: String,
    after: &'static str,
    /// How many of them each had heard when something else came.
    places: Vec<u64>,
}

/// The first of these says [`MESSAGES`] in this room, each of them long. All
/// of them read each one before she says the next.
fn flood(server: &Subject, all: &mut [&mut Client], room: &str) -> Flood {
    let letters = letters(server, LONG);
    let (before, after) = (format!(r#"["said","{room}","ann","{letters} "#), r#""]"#);
    let mut places = vec![0; all.len()];
    for client in &mut *all {
        client.stream_between(&before, after);
    }
    let mut message = |all: &mut [&mut Client], n: u64| {
        say(all[0], room, &format!("{letters} {n}"));
        for (client, place) in all.iter_mut().zip(&mut places) {
            client.ticks(1);
            if client.ticked() == n {
                *place = n; // It is written down.
                client.ticks(1);
            }
        }
    };
    message(all, 0);
    let rest = MESSAGES - 1;
    let [ann, others @ ..] = all else {
        panic!("somebody speaks")
    };
    ann.aside(&format!("… and {rest} more, numbered on"), |ann| {
        let mut all: Vec<&mut Client> = vec![ann];
        all.extend(others.iter_mut().map(|client| &mut **client));
        (1..MESSAGES).for_each(|n| message(&mut all, n));
    });
    Flood {
        before,
        after,
        places,
    }
}

mod step_1_join {
    use super::*;

    /// Who joins is told who is there, and the others that somebody has joined.
    #[test]
    fn all_know_who_is_there() {
        let server = subject!().serve();
        let room = server.word();
        let mut bob = joined(&server, "bob", &room);
        let mut ann = joined(&server, "ann", &room);
        bob.frame();
        let _cid = joined(&server, "cid", &room);
        ann.frame();
        bob.frame();
        prove!(server);
    }

    /// A name that is taken in this room is refused; another name is not, nor is
    /// the same name in another room.
    #[test]
    fn a_name_that_is_taken() {
        let server = subject!().serve();
        // A digit stands before any letter in the alphabet of the roster.
        let (name, other) = (server.word(), format!("0-{}", server.word()));
        let mut ann = connected(&server, "ann");
        join(&mut ann, "tea", &name);
        let mut bob = connected(&server, "bob");
        join(&mut bob, "tea", &name);
        join(&mut bob, "tea", &other);
        ann.frame();
        join(&mut bob, "milk", &name);
        prove!(server);
    }

    /// What is no JSON, or no command, gets an error, and the connection stays.
    #[test]
    fn bad_messages_end_nothing() {
        let server = subject!().serve();
        let mut ann = connected(&server, "ann");
        let long = format!(r#"["join","{}"]"#, server.word());
        for bad in [
            "hello",
            r#"["join","#,
            r#"{"join":"tea"}"#,
            r#"["sing"]"#,
            &long,
        ] {
            ann.text(bad).frame();
        }
        join(&mut ann, &server.word(), "ann");
        prove!(server);
    }

    /// A binary message is none of this protocol: Close 1003 (RFC 6455 §7.4.1),
    /// and time to answer it. Who sends text is served.
    #[test]
    fn a_binary_message_is_refused() {
        let server = subject!().serve();
        let mut bob = joined(&server, "bob", &server.word());
        bob.binary([1, 2, 3]).frame();
        let _ann = joined(&server, "ann", &server.word());
        bob.waits().close(1003, "").closed();
        let _cid = joined(&server, "cid", &server.word());
        prove!(server);
    }

    /// A ping is answered, a pong is not, and neither ends anything.
    #[test]
    fn pings_end_nothing() {
        let server = subject!().serve();
        let (ping, room) = (server.word(), server.word());
        let mut ann = connected(&server, "ann");
        ann.send(Frame::ping(&*ping)).frame();
        join(&mut ann, &room, "ann");
        ann.send(Frame::pong(&*ping));
        join(&mut ann, "tea", "ann");
        prove!(server);
    }

    /// A page from elsewhere may not connect: 403. A listed one may
    /// (RFC 6455 §10.2).
    #[test]
    fn a_page_from_elsewhere() {
        let server = subject!().serve_with(&["--origin", "https://example.org"]);
        for page in ["https://evil.test", "null"] {
            ask(&server, "faulty", page);
        }
        let mut ann = ask(&server, "ann", "https://example.org");
        join(&mut ann, &server.word(), "ann");
        prove!(server);
    }

    /// Asks for a WebSocket as this page would.
    fn ask(server: &Subject, name: &str, page: &str) -> Client {
        let mut client = server.client_named(name);
        let headers = [
            ("Host", "localhost"),
            ("Origin", page),
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Key", &server.key()),
            ("Sec-WebSocket-Version", "13"),
        ];
        client.request("GET /ws HTTP/1.1", headers).response();
        client.json();
        client
    }

    mod strict {
        use super::*;

        /// Scheme and port count, and so does each letter; what begins alike is
        /// something else.
        #[test]
        fn pages_that_look_alike() {
            let server = subject!().serve_with(&["--origin", "https://example.org"]);
            for page in [
                "http://example.org",
                "https://example.org:8443",
                "https://example.org/",
                "https://example.org.evil.test",
                "https://Example.org",
            ] {
                ask(&server, "faulty", page);
            }
            let mut ann = ask(&server, "ann", "https://example.org");
            join(&mut ann, &server.word(), "ann");
            prove!(server);
        }

        /// A name has 1 to 16 small letters, digits and hyphens, of a room and of
        /// a person alike.
        #[test]
        fn names_that_are_none() {
            let server = subject!().serve();
            let (room, nick) = (server.word(), server.word());
            let mut ann = connected(&server, "ann");
            for name in ["", "Ann", "a b", "аnn", "seventeen-letters"] {
                join(&mut ann, &room, name);
                join(&mut ann, name, &nick);
            }
            leave(&mut ann, "a b");
            ann.frame();
            join(&mut ann, "sixteen-letters-", &nick);
            join(&mut ann, &room, "4-more-than-me-2");
            prove!(server);
        }

        /// To join twice is refused, under another name too.
        #[test]
        fn nobody_is_in_a_room_twice() {
            let server = subject!().serve();
            let room = server.word();
            let mut ann = joined(&server, "ann", &room);
            join(&mut ann, &room, "ann");
            join(&mut ann, &room, "eve");
            let mut bob = joined(&server, "bob", &room);
            ann.frame();
            join(&mut bob, "milk", "bob");
            prove!(server);
        }
    }
}

mod step_2_say {
    use super::*;

    /// What is said in a room is told to all who are there, and to who said it.
    #[test]
    fn all_in_the_room_hear_it() {
        let server = subject!().serve();
        let mut ann = joined(&server, "ann", "tea");
        let mut bob = joined(&server, "bob", "tea");
        ann.frame();
        heard("tea", &server.word(), &mut [&mut ann, &mut bob]);
        heard("tea", &server.word(), &mut [&mut bob, &mut ann]);
        prove!(server);
    }

    /// Rooms are apart: who is in one of them hears nothing of the other.
    #[test]
    fn another_room_hears_nothing() {
        let server = subject!().serve();
        let mut ann = joined(&server, "ann", "tea");
        let mut bob = joined(&server, "bob", "milk");
        let mut cid = joined(&server, "cid", "tea");
        ann.frame();
        join(&mut cid, "milk", "cid");
        bob.frame();
        heard("tea", &server.word(), &mut [&mut ann, &mut cid]);
        heard("milk", &server.word(), &mut [&mut bob, &mut cid]);
        heard("tea", &server.word(), &mut [&mut cid, &mut ann]);
        heard("milk", &server.word(), &mut [&mut cid, &mut bob]);
        prove!(server);
    }

    /// Who is not in a room can't say anything there, but who joins it can.
    #[test]
    fn nobody_speaks_from_outside() {
        let server = subject!().serve();
        let mut ann = joined(&server, "ann", "tea");
        let mut bob = joined(&server, "bob", "milk");
        for room in ["tea", "nowhere"] {
            say(&mut bob, room, &server.word());
            bob.frame();
        }
        join(&mut bob, "tea", "bob");
        ann.frame();
        heard("tea", &server.word(), &mut [&mut bob, &mut ann]);
        prove!(server);
    }

    /// Three talk at the same time, and all hear them in one order.
    #[test]
    fn one_order_for_all() {
        let server = subject!().serve();
        let mut three = three(&server);
        let word = letters(&server, LENGTH);
        let mut all = Vec::new();
        server.times(ROUNDS, || {
            say_at_once(&mut three, AT_ONCE, &word, &mut all);
            for client in &mut three {
                client.texts(3 * AT_ONCE);
            }
        });
        let [ann, bob, cid] = &mut three;
        Client::in_one_order(&mut [ann, bob, cid], &all);
        heard("tea", &server.word(), &mut [ann, bob, cid]);
        prove!(server);
    }

    mod strict {
        use super::*;

        /// Whatever may stand in a text comes back as it was: quotes, lines,
        /// other alphabets, HTML, blanks at either end.
        #[test]
        fn any_text() {
            let server = subject!().serve();
            let word = server.word();
            let mut ann = joined(&server, "ann", "tea");
            for text in [
                r#"\"quoted\" \\ \n\t\u0000"#,
                r"\u20ac \ud83c\udf75 ☕",
                "<b>bold</b>",
                "",
            ] {
                heard("tea", &format!("{word}{text}"), &mut [&mut ann]);
            }
            heard("tea", &format!("  {word} "), &mut [&mut ann]);
            prove!(server);
        }

        /// An array may hold nothing but strings, and as many as its command takes.
        #[test]
        fn commands_that_are_none() {
            let server = subject!().serve();
            let word = server.word();
            let mut ann = joined(&server, "ann", "tea");
            for bad in [
                r#"["say","tea",5]"#.to_owned(),
                format!(r#"["say","tea","{word}","{word}"]"#),
                format!(r#"["say","tea","{word}"] ["say","tea","{word}"]"#),
                r#"["leave","tea","milk"]"#.to_owned(),
                r#"["join","milk","ann","bob"]"#.to_owned(),
                "[]".to_owned(),
                "null".to_owned(),
            ] {
                ann.text(bad).frame();
            }
            ann.text(format!(" [ \"say\" , \"tea\" , \"{word}\" ] "))
                .frame();
            prove!(server);
        }

        /// A text has at most 16,384 bytes, however it is written.
        #[test]
        fn the_limit_is_exact() {
            let server = subject!().serve();
            let mut ann = joined(&server, "ann", "tea");
            let long = letters(&server, 16_384);
            say(&mut ann, "tea", &format!("{long}x"));
            ann.frame();
            heard("tea", &long, &mut [&mut ann]);
            // In JSON a letter may take six bytes, and `é` has two in UTF-8.
            for (letter, most) in [(r"\u0061", 16_376), ("é", 8_188)] {
                let text = |count: usize| server.word() + &letter.repeat(count);
                say(&mut ann, "tea", &text(most + 1));
                ann.frame();
                heard("tea", &text(most), &mut [&mut ann]);
            }
            prove!(server);
        }
    }
}

mod step_3_leave {
    use super::*;

    /// Who leaves is told, and so are the others. Then nothing comes from there.
    #[test]
    fn who_leaves_hears_no_more() {
        let server = subject!().serve();
        let mut ann = joined(&server, "ann", "tea");
        let mut bob = joined(&server, "bob", "tea");
        ann.frame();
        leave(&mut bob, "tea");
        bob.frame();
        ann.frame();
        heard("tea", &server.word(), &mut [&mut ann]);
        say(&mut bob, "tea", &server.word());
        bob.frame();
        prove!(server);
    }

    /// Who closes is answered, and has left every room.
    #[test]
    fn a_close_leaves_every_room() {
        let server = subject!().serve();
        let mut ann = joined(&server, "ann", "milk");
        let mut cid = joined(&server, "cid", "tea");
        let mut bob = joined(&server, "bob", "milk");
        ann.frame();
        join(&mut bob, "tea", "bob");
        cid.frame();
        bob.close(1000, "").frame().closed();
        ann.frame();
        cid.frame();
        heard("milk", &server.word(), &mut [&mut ann]);
        heard("tea", &server.word(), &mut [&mut cid]);
        prove!(server);
    }

    /// Who vanishes without a word has left too.
    #[test]
    fn one_that_vanishes_has_left() {
        let server = subject!().serve();
        let mut ann = joined(&server, "ann", "tea");
        let mut bob = joined(&server, "bob", "tea");
        ann.frame();
        heard("tea", &server.word(), &mut [&mut bob, &mut ann]);
        bob.vanish();
        ann.frame();
        heard("tea", &server.word(), &mut [&mut ann]);
        prove!(server);
    }

    /// A name is free again when whoever had it has gone.
    #[test]
    fn a_name_is_free_again() {
        let server = subject!().serve();
        let name = format!("z-{}", server.word()); // Behind `ann` in the roster.
        let mut ann = joined(&server, "ann", "tea");
        let mut bob = connected(&server, "bob");
        join(&mut bob, "tea", &name);
        ann.frame();
        leave(&mut bob, "tea");
        bob.frame();
        ann.frame();
        join(&mut bob, "tea", &name);
        ann.frame();
        bob.vanish();
        ann.frame();
        let mut cid = connected(&server, "cid");
        join(&mut cid, "tea", &name);
        ann.frame();
        prove!(server);
    }

    mod strict {
        use super::*;

        /// Who says much, and goodbye behind it, is answered, though not all of it
        /// has come back: behind a Close nothing is sent but the answer (RFC 6455
        /// §5.5.1).
        #[test]
        fn a_close_behind_much() {
            let server = subject!().serve();
            let word = server.word();
            // What it takes up first, the Close or what is still to be told, is drawn.
            for name in ["ann", "bob", "cid", "dan", "eve", "fay"] {
                // When the one before is out of its room is the server's own affair.
                let room = format!("{name}s");
                let mut client = joined(&server, name, &room);
                let before = format!(r#"["said","{room}","{name}","{word} "#);
                client.stream_between(&before, r#""]"#);
                client.aside("30 messages, and a Close in the same write", |client| {
                    client.in_one_write(|client| {
                        for n in 0..30 {
                            say(client, &room, &format!("{word} {n}"));
                        }
                        client.close(1000, "");
                    });
                });
                client.frame().closed();
            }
            prove!(server);
        }

        /// Who leaves one room stays in the others.
        #[test]
        fn the_other_rooms_stay() {
            let server = subject!().serve();
            let mut ann = joined(&server, "ann", "tea");
            join(&mut ann, "milk", "eve");
            let mut bob = joined(&server, "bob", "milk");
            ann.frame();
            leave(&mut ann, "tea");
            ann.frame();
            leave(&mut ann, "tea");
            ann.frame();
            heard("milk", &server.word(), &mut [&mut bob, &mut ann]);
            prove!(server);
        }

        /// One connection may be in eight rooms, and no more; who leaves one may
        /// join another.
        #[test]
        fn eight_rooms_and_no_more() {
            let server = subject!().serve();
            let room = server.word();
            let mut ann = connected(&server, "ann");
            for n in 1..=8 {
                join(&mut ann, &format!("room-{n}"), "ann");
            }
            join(&mut ann, &room, "ann");
            leave(&mut ann, "room-3");
            ann.frame();
            join(&mut ann, &room, "ann");
            prove!(server);
        }

        /// A message larger than any text needs is not read to its end.
        #[test]
        fn far_too_much_ends_the_connection() {
            let server = subject!().serve();
            let mut ann = joined(&server, "ann", "tea");
            let mut bob = joined(&server, "bob", "tea");
            ann.frame();
            let much = letters(&server, 200_000);
            say(&mut bob, "tea", &much);
            ann.frame();
            heard("tea", &server.word(), &mut [&mut ann]);
            prove!(server);
        }

        /// One that sent a binary message has left before it answers the Close.
        #[test]
        fn one_that_is_refused_has_left() {
            let server = subject!().serve_with(PATIENT);
            let mut ann = joined(&server, "ann", "tea");
            let mut bob = joined(&server, "bob", "tea");
            ann.frame();
            bob.binary([1, 2, 3]).frame();
            ann.frame();
            heard("tea", &server.word(), &mut [&mut ann]);
            bob.close(1003, "").closed();
            prove!(server);
        }
    }
}

mod step_4_history {
    use super::*;

    /// Who comes late is told what was said before, oldest first, and then hears
    /// what comes.
    #[test]
    fn the_late_are_told_what_was_said() {
        let server = subject!().serve();
        let mut ann = joined(&server, "ann", "tea");
        let mut bob = joined(&server, "bob", "tea");
        ann.frame();
        heard("tea", &server.word(), &mut [&mut ann, &mut bob]);
        heard("tea", &server.word(), &mut [&mut bob, &mut ann]);
        let mut cid = joined(&server, "cid", "tea");
        ann.frame();
        heard("tea", &server.word(), &mut [&mut ann, &mut cid]);
        prove!(server);
    }

    /// A room remembers ten messages; what is older is forgotten.
    #[test]
    fn ten_are_remembered() {
        let server = subject!().serve();
        let word = server.word();
        let mut ann = joined(&server, "ann", "tea");
        for n in 1..=11 {
            heard("tea", &format!("{word} {n}"), &mut [&mut ann]);
        }
        let _bob = joined(&server, "bob", "tea");
        prove!(server);
    }

    mod strict {
        use super::*;

        /// Each room remembers its own, under the names of that time.
        #[test]
        fn each_room_remembers_its_own() {
            let server = subject!().serve();
            let mut ann = joined(&server, "ann", "tea");
            join(&mut ann, "milk", "eve");
            heard("tea", &server.word(), &mut [&mut ann]);
            heard("milk", &server.word(), &mut [&mut ann]);
            leave(&mut ann, "tea");
            ann.frame();
            join(&mut ann, "tea", "ann");
            let _bob = joined(&server, "bob", "milk");
            prove!(server);
        }

        /// Who comes while others talk is told the last ten that all had heard before,
        /// and then hears all that they do: nothing twice, nothing left out.
        #[test]
        fn who_comes_in_between_misses_nothing() {
            let server = subject!().serve();
            let mut three = three(&server);
            let mut dan = connected(&server, "dan");
            let word = letters(&server, LENGTH);
            let (mut all, mut seamless) = (Vec::new(), true);
            let mut nicks = (0..).map(|n| format!("dan-{n}"));
            server.times(ROUNDS, || {
                let nicks: Vec<_> = nicks.by_ref().take(VISITS).collect();
                say_at_once(&mut three, AT_ONCE / 2, &word, &mut all);
                dan.aside("joins and leaves ten times meanwhile", |dan| {
                    dan.in_one_write(|dan| {
                        for nick in &nicks {
                            dan.text(format!(r#"["join","tea","{nick}"]"#));
                            leave(dan, "tea");
                        }
                    });
                });
                for nick in &nicks {
                    let events = ["joined", "left"].iter();
                    all.extend(events.map(|event| format!(r#"["{event}","tea","{nick}"]"#)));
                }
                for client in &mut three {
                    client.texts(3 * AT_ONCE / 2 + 2 * VISITS);
                }
                for nick in &nicks {
                    seamless &= hears_on(&mut dan, three[0].told(), nick);
                }
            });
            let [ann, bob, cid] = &mut three;
            let order = Client::in_one_order(&mut [ann, bob, cid], &all);
            let (so, not_so) = (
                "dan was told what all had heard before, and heard what they did then",
                "dan was told something else than all had heard before, or heard then",
            );
            server.remark(seamless, so, not_so);
            server.name("the last ten of them", last_ten(&order));
            join(&mut dan, "tea", "dan");
            prove!(server);
        }

        /// What the history holds when these have been told.
        fn last_ten(told: &[String]) -> String {
            let said = told.iter().rev();
            let said = said.filter_map(|text| text.strip_prefix(r#"["said","tea","#));
            let mut last: Vec<_> = said.take(10).map(|said| format!("[{said}")).collect();
            last.reverse();
            format!("[{}]", last.join(","))
        }

        /// Whether this one, who came under this name and has gone, was told what the
        /// others had heard before, and then heard what they did.
        fn hears_on(dan: &mut Client, told: &[String], nick: &str) -> bool {
            let place = |event: &str| {
                let event = format!(r#"["{event}","tea","{nick}"]"#);
                told.iter().position(|text| *text == event)
            };
            let (Some(came), Some(went)) = (place("joined"), place("left")) else {
                return false;
            };
            let begun = dan.told().len();
            dan.texts(went.saturating_sub(came) + 1);
            match &dan.told()[begun..] {
                [room, then @ ..] => {
                    let last = last_ten(&told[..came]);
                    room.ends_with(&format!(",{last}]")) && told[came + 1..].starts_with(then)
                }
                [] => false,
            }
        }

        /// A room is forgotten when nobody is in it.
        #[test]
        fn an_empty_room_is_forgotten() {
            let server = subject!().serve();
            let mut ann = joined(&server, "ann", "tea");
            heard("tea", &server.word(), &mut [&mut ann]);
            leave(&mut ann, "tea");
            ann.frame();
            join(&mut ann, "tea", "ann");
            heard("tea", &server.word(), &mut [&mut ann]);
            let mut bob = joined(&server, "bob", "tea");
            ann.vanish();
            bob.frame();
            prove!(server);
        }
    }
}

mod step_5_slow {
    use super::*;

    /// One that reads nothing slows nobody. It is let go, and all others hear that
    /// at the same place. It hears all that was said before, and then why: Close
    /// 1013, come again.
    #[test]
    fn one_that_reads_nothing_is_sent_away() {
        let server = subject!().serve_with(PATIENT);
        let word = server.word();
        let mut ann = joined(&server, "ann", "tea");
        let mut cid = joined(&server, "cid", "tea");
        let mut bob = joined(&server, "bob", "tea");
        ann.frame().frame();
        cid.frame();
        let flood = flood(&server, &mut [&mut ann, &mut cid], "tea");
        let place = flood.places[0];
        let same = flood.places.iter().all(|other| *other == place);
        let (so, not_so) = (
            "both heard that at the same place",
            "each heard that at another place",
        );
        server.remark(same, so, not_so);
        bob.stream_between(&flood.before, flood.after).ticks(64);
        bob.frame();
        // The one that found no room may stand before the news of it, or behind.
        let all = [bob.ticked(), bob.ticked() + 1].contains(&place);
        let (so, not_so) = (
            "bob heard all that was said before he left",
            "bob has not heard all that was said before he left",
        );
        server.remark(all, so, not_so);
        bob.close(1013, "").closed();
        heard("tea", &word, &mut [&mut ann, &mut cid]);
        prove!(server);
    }

    /// One that reads nothing for too long is dropped, and gone from all its
    /// rooms: no Close would reach it.
    #[test]
    fn one_that_never_reads_is_dropped() {
        let server = subject!().serve_with(&["--idle", "500ms"]);
        let word = server.word();
        let mut ann = joined(&server, "ann", "tea");
        let mut cid = joined(&server, "cid", "milk");
        let mut bob = joined(&server, "bob", "milk");
        cid.frame();
        join(&mut bob, "tea", "bob");
        ann.frame();
        ann.passing(r#"["left","tea","bob"]"#);
        flood(&server, &mut [&mut ann], "tea");
        bob.dropped();
        cid.frame();
        heard("tea", &word, &mut [&mut ann]);
        prove!(server);
    }

    mod strict {
        use super::*;

        /// Who was sent away has left all rooms. It comes again, under the same
        /// name, and the history has what the room still remembers.
        #[test]
        fn who_comes_again_is_told() {
            let server = subject!().serve_with(PATIENT);
            let word = server.word();
            let mut ann = joined(&server, "ann", "tea");
            let mut cid = joined(&server, "cid", "milk");
            let mut slow = joined(&server, "bob", "tea");
            ann.frame();
            join(&mut slow, "milk", "bob");
            cid.frame();
            flood(&server, &mut [&mut ann], "tea");
            cid.frame();
            for n in 1..=10 {
                heard("tea", &format!("{word} {n}"), &mut [&mut ann]);
            }
            let mut bob = joined(&server, "bob", "tea");
            ann.frame();
            heard("tea", &word, &mut [&mut bob, &mut ann]);
            prove!(server);
        }

        /// Who was sent away is heard no more, though it speaks before it knows. It
        /// is still read: or what is on its way would be lost with the connection.
        #[test]
        fn who_was_sent_away_is_not_heard() {
            let server = subject!().serve_with(PATIENT);
            let (word, name) = (server.word(), server.word());
            let mut ann = joined(&server, "ann", "tea");
            let mut bob = joined(&server, "bob", "tea");
            ann.frame();
            let flood = flood(&server, &mut [&mut ann], "tea");
            bob.stream_between(&flood.before, flood.after);
            let again = format!(r#"["join","tea","{name}"]"#);
            bob.text(&again).ticks(1);
            bob.aside("the same, whenever he has read one more", |bob| {
                for n in 2.. {
                    bob.text(&again).ticks(1);
                    if bob.ticked() < n {
                        break; // Something else came, and is written down.
                    }
                }
            });
            bob.close(1013, "").closed();
            heard("tea", &word, &mut [&mut ann]);
            prove!(server);
        }

        /// Fifty messages at once are no reason to send away one that reads.
        #[test]
        fn a_burst_is_no_reason() {
            let server = subject!().serve();
            let word = server.word();
            let mut ann = joined(&server, "ann", "tea");
            let mut bob = joined(&server, "bob", "tea");
            ann.frame();
            ann.aside("50 messages in one write", |ann| {
                ann.in_one_write(|ann| {
                    for n in 0..50 {
                        say(ann, "tea", &format!("{word} {n}"));
                    }
                });
            });
            for client in [&mut ann, &mut bob] {
                let before = format!(r#"["said","tea","ann","{word} "#);
                client.stream_between(&before, r#""]"#).ticks(50).quiet();
            }
            heard("tea", &server.word(), &mut [&mut bob, &mut ann]);
            prove!(server);
        }

        /// Silence is no fault: who has nothing to take stays.
        #[test]
        fn who_has_nothing_to_take_stays() {
            let server = subject!().serve_with(&["--idle", "50ms"]);
            let word = server.word();
            let mut bob = joined(&server, "bob", "milk");
            let mut ann = joined(&server, "ann", "tea");
            flood(&server, &mut [&mut ann], "tea");
            heard("milk", &word, &mut [&mut bob]);
            prove!(server);
        }
    }
}
