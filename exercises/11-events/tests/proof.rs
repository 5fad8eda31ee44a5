//! What a server with namespaces and events must show.
//! Chapter: book/src/11-events.md
//!
//! `ann`, `bob` and `cid` are clients. Every refusal is a pair on one server:
//! `faulty` has one fault, `mended` is the same without it.

use std::time::Duration;

use proof::{Client, Subject, prove, subject};

const SOCKET_IO: &str = "/socket.io/?EIO=4&transport=websocket";

/// A session of Engine.IO, in no namespace yet.
fn session(server: &Subject, name: &str) -> Client {
    let mut client = server.client_named(name);
    client.socket_io().open(SOCKET_IO).frame();
    client
}

/// A client in `/`.
fn joined(server: &Subject, name: &str) -> Client {
    let mut client = session(server, name);
    client.text("40").frame();
    client
}

/// A client in `/` that has said its name.
fn welcome(server: &Subject, name: &str, word: &str) -> Client {
    let mut client = session(server, name);
    connects(&mut client, word);
    client
}

/// Into `/`: the reply, and `welcome`.
fn connects(client: &mut Client, word: &str) {
    client
        .text(format!(r#"40{{"name":"{word}"}}"#))
        .frame()
        .frame();
}

/// Into `/admin`, with everything it takes: the reply, and `welcome`.
fn admin(client: &mut Client, word: &str) {
    let auth = format!(r#"40/admin,{{"token":"sesame","name":"{word}"}}"#);
    client.text(auth).frame().frame();
}

/// Somebody who is in `/admin`, and is told who is gone.
fn watching(server: &Subject, name: &str) -> Client {
    let mut client = session(server, name);
    admin(&mut client, &server.word());
    client
}

/// Leaves a namespace; an answer to something else says that this has been heard.
fn leaves(client: &mut Client, packet: &str, word: &str) {
    client.text(packet).text(format!("40/{word},")).frame();
}

/// Closes, and is not there any more.
fn closes(mut client: Client) {
    client.close(1000, "").frame().closed();
}

/// Says an event in `/`.
fn says(client: &mut Client, event: &str, word: &str) {
    client.text(format!(r#"42["{event}","{word}"]"#));
}

/// Says `hello` in `/`: `any`, and `heard hello`.
fn hello(client: &mut Client, word: &str) {
    says(client, "hello", word);
    client.frame().frame();
}

/// Says `hello` in `/admin`: `heard hello`.
fn hello_admin(client: &mut Client, word: &str) {
    client
        .text(format!(r#"42/admin,["hello","{word}"]"#))
        .frame();
}

mod step_1_namespaces {
    use super::*;

    /// A client asks for `/` with 40. The answer has an id for its socket,
    /// another than the session's; what it said about itself is there too.
    #[test]
    fn a_client_comes_in() {
        let server = subject!().serve();
        welcome(&server, "ann", &server.word());
        prove!(server);
    }

    /// One connection, two namespaces, and in each a socket with an id of its own.
    #[test]
    fn two_namespaces_on_one_connection() {
        let server = subject!().serve();
        let mut ann = welcome(&server, "ann", &server.word());
        admin(&mut ann, &server.word());
        prove!(server);
    }

    /// A namespace that the server does not have is refused with 44, however
    /// often one asks, and nothing else ends.
    #[test]
    fn an_unknown_namespace() {
        let server = subject!().serve();
        let unknown = format!("40/{},", server.word());
        let mut ann = session(&server, "ann");
        ann.text(&unknown).frame();
        ann.text(&unknown).frame();
        admin(&mut ann, &server.word());
        prove!(server);
    }

    /// Who has left a namespace may come again, and is somebody else.
    #[test]
    fn who_leaves_may_come_again() {
        let server = subject!().serve();
        let mut ann = welcome(&server, "ann", &server.word());
        admin(&mut ann, &server.word());
        leaves(&mut ann, "41/admin,", &server.word());
        admin(&mut ann, &server.word());
        prove!(server);
    }

    /// An event before CONNECT belongs to no socket: the connection ends.
    #[test]
    fn an_event_before_connect() {
        let server = subject!().serve();
        let event = format!(r#"42/admin,["free","{}"]"#, server.word());
        let mut faulty = session(&server, "faulty");
        faulty.text(&event).frame();
        let mut mended = session(&server, "mended");
        admin(&mut mended, &server.word());
        mended.text(&event);
        connects(&mut mended, &server.word());
        prove!(server);
    }

    /// A second CONNECT to the same namespace ends the connection.
    #[test]
    fn a_second_connect() {
        let server = subject!().serve();
        let mut faulty = welcome(&server, "faulty", &server.word());
        faulty.text("40").frame();
        let mut mended = welcome(&server, "mended", &server.word());
        leaves(&mut mended, "41", &server.word());
        connects(&mut mended, &server.word());
        prove!(server);
    }

    mod strict {
        use super::*;

        /// An event in a namespace that the client has left ends the connection.
        #[test]
        fn an_event_after_leaving() {
            let server = subject!().serve();
            let event = format!(r#"42/admin,["free","{}"]"#, server.word());
            let mut faulty = session(&server, "faulty");
            admin(&mut faulty, &server.word());
            leaves(&mut faulty, "41/admin,", &server.word());
            faulty.text(&event).frame();
            let mut mended = session(&server, "mended");
            admin(&mut mended, &server.word());
            mended.text(&event);
            leaves(&mut mended, "41/admin,", &server.word());
            prove!(server);
        }

        /// Any other packet for a namespace that the client is not in ends the
        /// connection too, though it is in another one.
        #[test]
        fn whatever_has_no_socket() {
            let server = subject!().serve();
            let word = server.word();
            let ack = format!(r#"43/admin,0["{word}"]"#);
            let refusal = format!(r#"44/admin,{{"message":"{word}"}}"#);
            for packet in [&ack, &refusal, "41/admin,"] {
                let mut faulty = joined(&server, "faulty");
                faulty.text(packet).frame();
            }
            let mut mended = joined(&server, "mended");
            admin(&mut mended, &server.word());
            mended.text(&ack);
            leaves(&mut mended, "41/admin,", &server.word());
            prove!(server);
        }

        /// CONNECT_ERROR is the server's to send. From a client it ends the
        /// connection.
        #[test]
        fn a_refusal_by_the_client() {
            let server = subject!().serve();
            let word = server.word();
            let mut faulty = welcome(&server, "faulty", &server.word());
            faulty.text(format!(r#"44{{"message":"{word}"}}"#)).frame();
            let mut mended = welcome(&server, "mended", &server.word());
            leaves(&mut mended, "41", &server.word());
            connects(&mut mended, &word);
            prove!(server);
        }

        /// What a client says in one breath counts in that order: it leaves, and
        /// comes again.
        #[test]
        fn away_and_back_at_once() {
            let server = subject!().serve();
            let word = server.word();
            let mut ann = welcome(&server, "ann", &server.word());
            ann.in_one_write(|ann| {
                ann.text("41").text(format!(r#"40{{"name":"{word}"}}"#));
            });
            ann.frame().frame();
            prove!(server);
        }

        /// A message that is no packet of Socket.IO ends the connection.
        #[test]
        fn what_is_no_packet() {
            let server = subject!().serve();
            let word = server.word();
            for bad in [
                format!("4{word}"),
                format!(r#"42{{"hello":"{word}"}}"#),
                format!(r#"42["connect","{word}"]"#),
                format!(r#"42["hello","{word}""#),
            ] {
                let mut faulty = joined(&server, "faulty");
                faulty.text(bad).frame();
            }
            welcome(&server, "mended", &word);
            prove!(server);
        }

        /// Who comes into no namespace has to go, after a while.
        #[test]
        fn who_never_comes_in() {
            let server = subject!().serve_with(&["--connect-timeout", "1s"]);
            let mut mended = welcome(&server, "mended", &server.word());
            let mut faulty = session(&server, "faulty");
            faulty.text(format!("40/{},", server.word())).frame();
            faulty.frame();
            admin(&mut mended, &server.word());
            prove!(server);
        }

        /// All of it goes over polling too.
        #[test]
        fn by_polling() {
            let server = subject!().serve();
            let auth = format!(
                r#"40/admin,{{"token":"sesame","name":"{}"}}"#,
                server.word()
            );
            let unknown = format!("40/{},", server.word());
            let mut ann = server.polling_named("ann", "/socket.io/");
            ann.socket_io().opens().posts(&["40"]).receives(1);
            ann.posts(&[&unknown]).receives(1);
            ann.posts(&[&auth]).receives(2);
            prove!(server);
        }
    }
}

mod step_2_middleware {
    use super::*;

    /// A wrong token is refused: 44, with the middleware's own words and data.
    #[test]
    fn a_wrong_token() {
        let server = subject!().serve();
        let (token, word) = (server.word(), server.word());
        let mut ann = session(&server, "ann");
        ann.text(format!(r#"40/admin,{{"token":"{token}","name":"{word}"}}"#))
            .frame();
        admin(&mut ann, &word);
        prove!(server);
    }

    /// All middleware is asked, in order, until one refuses. One that gives no
    /// data leaves none.
    #[test]
    fn one_after_the_other() {
        let server = subject!().serve();
        let mut ann = session(&server, "ann");
        ann.text("40/admin,").frame();
        ann.text(r#"40/admin,{"token":"sesame"}"#).frame();
        admin(&mut ann, &server.word());
        prove!(server);
    }

    /// Middleware may wait, and nobody is in before it is done. Who is refused
    /// already is not asked any more.
    #[test]
    fn one_that_waits() {
        let server = subject!().serve();
        let (word, name) = (server.word(), server.word());
        let mut bob = watching(&server, "bob");
        connects(&mut bob, &server.word());
        let mut ann = session(&server, "ann");
        ann.text(format!(r#"40/admin,{{"name":"{name}","wait":true}}"#))
            .frame();
        ann.text(format!(
            r#"40/admin,{{"token":"sesame","name":"{name}","wait":true}}"#
        ));
        bob.frame();
        says(&mut bob, "say", &word);
        bob.frame().frame();
        says(&mut bob, "free", &word);
        ann.frame().frame();
        hello_admin(&mut ann, &word);
        prove!(server);
    }

    /// What guards one namespace does not guard another.
    #[test]
    fn each_has_a_door_of_its_own() {
        let server = subject!().serve();
        let mut ann = session(&server, "ann");
        ann.text(format!(r#"40/admin,{{"name":"{}"}}"#, server.word()))
            .frame();
        connects(&mut ann, &server.word());
        admin(&mut ann, &server.word());
        prove!(server);
    }

    mod strict {
        use super::*;

        /// Who is refused is not there: an event in that namespace ends the
        /// connection.
        #[test]
        fn who_is_refused_is_not_there() {
            let server = subject!().serve();
            let mut faulty = joined(&server, "faulty");
            faulty.text("40/admin,").frame();
            faulty
                .text(format!(r#"42/admin,["free","{}"]"#, server.word()))
                .frame();
            let mut mended = joined(&server, "mended");
            admin(&mut mended, &server.word());
            mended.text(r#"42/admin,["free"]"#);
            leaves(&mut mended, "41/admin,", &server.word());
            prove!(server);
        }
    }
}

mod step_3_listeners {
    use super::*;

    /// A handler hears events of its name, and no other. Who listens to any
    /// hears them all, and first.
    #[test]
    fn a_handler_hears_its_event() {
        let server = subject!().serve();
        let mut ann = joined(&server, "ann");
        hello(&mut ann, &server.word());
        says(&mut ann, &server.word(), "hello");
        ann.frame();
        hello(&mut ann, &server.word());
        prove!(server);
    }

    /// `socket.on("*")` hears an event that is called `*`, and none else.
    #[test]
    fn a_star_is_a_name() {
        let server = subject!().serve();
        let mut ann = joined(&server, "ann");
        says(&mut ann, &server.word(), "*");
        ann.frame();
        says(&mut ann, "*", &server.word());
        ann.frame().frame();
        hello(&mut ann, &server.word());
        prove!(server);
    }

    /// Several handlers of one event are called in the order in which they came.
    #[test]
    fn two_handlers_of_one_event() {
        let server = subject!().serve();
        let mut ann = joined(&server, "ann");
        says(&mut ann, "twice", &server.word());
        ann.frame().frame().frame();
        prove!(server);
    }

    /// What is said in one namespace is heard there, and nowhere else.
    #[test]
    fn namespaces_are_apart() {
        let server = subject!().serve();
        let mut ann = joined(&server, "ann");
        admin(&mut ann, &server.word());
        hello_admin(&mut ann, &server.word());
        hello(&mut ann, &server.word());
        prove!(server);
    }

    /// Who leaves one namespace is heard in the others.
    #[test]
    fn the_others_stay() {
        let server = subject!().serve();
        let mut ann = joined(&server, "ann");
        admin(&mut ann, &server.word());
        ann.text("41/admin,");
        hello(&mut ann, &server.word());
        prove!(server);
    }

    mod strict {
        use super::*;

        /// No name means more than its letters: not `error`, not `connection`.
        #[test]
        fn names_are_only_names() {
            let server = subject!().serve();
            let mut ann = joined(&server, "ann");
            for name in [
                "error",
                "connection",
                "message",
                "__proto__",
                "any",
                "",
                "Hello",
                " hello",
                "hell",
            ] {
                says(&mut ann, name, &server.word());
                ann.frame();
            }
            hello(&mut ann, &server.word());
            prove!(server);
        }

        /// Who begins to listen later hears what comes later: all of it, but for
        /// the end, which nobody has said.
        #[test]
        fn one_more_that_hears_all() {
            let server = subject!().serve();
            let (word, name) = (server.word(), server.word());
            let mut bob = watching(&server, "bob");
            let mut ann = welcome(&server, "ann", &name);
            says(&mut ann, "more", &word);
            ann.frame();
            hello(&mut ann, &word);
            bob.frame();
            says(&mut ann, "*", &word);
            ann.frame().frame();
            bob.frame();
            ann.text("41");
            bob.frame().frame();
            hello_admin(&mut bob, &word);
            prove!(server);
        }

        /// All arguments come as they are: several, nested, none, and bytes.
        #[test]
        fn whatever_the_arguments() {
            let server = subject!().serve();
            let word = server.word();
            let mut ann = joined(&server, "ann");
            ann.text(format!(r#"42["hello","{word}",1.5,null,{{"a":[true]}}]"#))
                .frame()
                .frame();
            ann.text(r#"42["hello"]"#).frame().frame();
            let (bytes, _) = server.attachment(4);
            ann.text(format!(
                r#"451-["hello",{{"_placeholder":true,"num":0}},"{word}"]"#
            ))
            .binary(bytes);
            ann.frame().frame().frame();
            prove!(server);
        }

        /// An event that wants an answer is heard like any other; nobody gives one.
        #[test]
        fn an_event_that_wants_an_answer() {
            let server = subject!().serve();
            let mut ann = joined(&server, "ann");
            ann.text(format!(r#"427["{}"]"#, server.word())).frame();
            ann.text(format!(r#"437["{}"]"#, server.word()));
            hello(&mut ann, &server.word());
            prove!(server);
        }

        /// A client hears what it has said, not what others have.
        #[test]
        fn clients_are_apart() {
            let server = subject!().serve();
            let mut ann = joined(&server, "ann");
            let mut bob = joined(&server, "bob");
            hello(&mut ann, &server.word());
            hello(&mut bob, &server.word());
            hello(&mut ann, &server.word());
            prove!(server);
        }
    }
}

mod step_4_order {
    use super::*;

    /// An event is not heard before the handlers of the one before are done:
    /// `hold` waits until somebody says `free`.
    #[test]
    fn one_at_a_time() {
        let server = subject!().serve();
        let mut ann = joined(&server, "ann");
        admin(&mut ann, &server.word());
        let mut bob = joined(&server, "bob");
        ann.in_one_write(|ann| {
            says(ann, "hold", &server.word());
            says(ann, "hello", &server.word());
        });
        ann.frame();
        hello_admin(&mut ann, &server.word());
        hello(&mut bob, &server.word());
        says(&mut bob, "free", &server.word());
        bob.frame();
        ann.frame().frame().frame();
        prove!(server);
    }

    /// A dozen events in one write are heard in the order in which they were sent.
    #[test]
    fn a_dozen_in_order() {
        let server = subject!().serve();
        let word = server.word();
        let mut ann = session(&server, "ann");
        admin(&mut ann, &word);
        ann.stream_between(&format!(r#"42/admin,["heard hello","{word}","#), "]");
        ann.aside("12 times hello, numbered, in one write", |ann| {
            ann.in_one_write(|ann| {
                for n in 0..12 {
                    ann.text(format!(r#"42/admin,["hello","{word}",{n}]"#));
                }
            });
        });
        ann.ticks(12).quiet();
        hello_admin(&mut ann, &server.word());
        prove!(server);
    }

    mod strict {
        use super::*;

        /// A handler that waits holds up its own socket. Another client's is
        /// not, nor another one of the same client.
        #[test]
        fn nobody_else_waits() {
            let server = subject!().serve();
            let mut ann = joined(&server, "ann");
            admin(&mut ann, &server.word());
            says(&mut ann, "hold", &server.word());
            ann.frame();
            let mut bob = joined(&server, "bob");
            hello(&mut bob, &server.word());
            hello_admin(&mut ann, &server.word());
            says(&mut bob, "free", &server.word());
            ann.frame();
            hello(&mut ann, &server.word());
            prove!(server);
        }

        /// All handlers of an event are waited for, one after the other, and then
        /// the next event is heard.
        #[test]
        fn all_of_them_are_waited_for() {
            let server = subject!().serve();
            let word = server.word();
            let mut ann = joined(&server, "ann");
            let mut bob = joined(&server, "bob");
            says(&mut ann, "more", &word);
            ann.frame();
            ann.in_one_write(|ann| {
                says(ann, "hold", &word);
                says(ann, "hello", &word);
            });
            ann.frame();
            for _ in 0..2 {
                says(&mut bob, "free", &word);
                bob.frame();
                ann.frame();
            }
            ann.frame().frame();
            prove!(server);
        }

        /// Of a client whose handler waits no more is read than there is room
        /// for: nothing piles up.
        #[test]
        fn no_more_is_read_than_there_is_room_for() {
            let server = subject!().serve();
            let word = server.word();
            let mut ann = joined(&server, "ann");
            let mut bob = joined(&server, "bob");
            says(&mut ann, "hold", &word);
            ann.frame();
            let much = format!(r#"42["say","{}"]"#, ".".repeat(100_000));
            ann.texts_until_stopped(600, &much);
            hello(&mut bob, &word);
            prove!(server);
        }

        /// What comes while a handler waits is heard later, all of it.
        #[test]
        fn what_waits_is_heard() {
            let server = subject!().serve();
            let (name, word) = (server.word(), server.word());
            let mut bob = watching(&server, "bob");
            let mut cid = joined(&server, "cid");
            let mut ann = welcome(&server, "ann", &name);
            says(&mut ann, "hold", &word);
            ann.frame();
            bob.stream_between(&format!(r#"42/admin,["said","{name}","{word}","#), "]");
            ann.aside("40 times say, numbered, in one write", |ann| {
                ann.in_one_write(|ann| {
                    for n in 0..40 {
                        ann.text(format!(r#"42["say","{word}",{n}]"#));
                    }
                });
            });
            // Long enough for a server that reads on to have read them all.
            bob.pending(Duration::from_millis(500));
            hello(&mut cid, &server.word());
            says(&mut cid, "free", &server.word());
            bob.ticks(40).quiet();
            prove!(server);
        }
    }
}

mod step_5_end {
    use super::*;

    /// A client that leaves says so: all in `/admin` are told who is gone, and why.
    #[test]
    fn a_client_leaves() {
        let server = subject!().serve();
        let mut bob = watching(&server, "bob");
        let mut ann = welcome(&server, "ann", &server.word());
        ann.text("41");
        bob.frame();
        prove!(server);
    }

    /// A connection that is closed takes its sockets with it.
    #[test]
    fn a_client_closes() {
        let server = subject!().serve();
        let mut bob = watching(&server, "bob");
        let ann = welcome(&server, "ann", &server.word());
        closes(ann);
        bob.frame();
        prove!(server);
    }

    /// The server sends a client out of a namespace with 41. The connection
    /// stays, and so do the others; and it may come again.
    #[test]
    fn the_server_sends_it_away() {
        let server = subject!().serve();
        let mut bob = watching(&server, "bob");
        let mut ann = welcome(&server, "ann", &server.word());
        admin(&mut ann, &server.word());
        ann.text(r#"42["leave"]"#).frame().frame();
        bob.frame();
        ann.frame();
        hello_admin(&mut ann, &server.word());
        connects(&mut ann, &server.word());
        prove!(server);
    }

    /// `disconnect(true)` sends the client out of all namespaces, in the order in
    /// which it came in, and ends the connection.
    #[test]
    fn the_server_closes() {
        let server = subject!().serve();
        let mut bob = watching(&server, "bob");
        let mut ann = session(&server, "ann");
        admin(&mut ann, &server.word());
        connects(&mut ann, &server.word());
        ann.text(r#"42["leave",true]"#).frame().frame().frame();
        ann.frame();
        bob.frame();
        prove!(server);
    }

    mod strict {
        use super::*;

        /// What a client said before it left or closed is heard, and only then
        /// that it is gone.
        #[test]
        fn what_was_said_before_is_heard() {
            let server = subject!().serve();
            let mut bob = watching(&server, "bob");
            for name in ["ann", "cid"] {
                let mut client = welcome(&server, name, &server.word());
                client.in_one_write(|client| {
                    for _ in 0..3 {
                        says(client, "say", &server.word());
                    }
                    match name {
                        "ann" => client.text("41"),
                        _ => client.close(1000, ""),
                    };
                });
                bob.frame().frame().frame().frame();
            }
            prove!(server);
        }

        /// `io.close()` ends all connections.
        #[test]
        fn the_server_shuts() {
            let server = subject!().serve();
            let word = server.word();
            let mut ann = joined(&server, "ann");
            let mut bob = joined(&server, "bob");
            hello(&mut bob, &word);
            says(&mut ann, "shut", &word);
            ann.frame().frame();
            bob.frame();
            prove!(server);
        }

        /// Who breaks the rules is closed: "forced close".
        #[test]
        fn who_breaks_the_rules() {
            let server = subject!().serve();
            let mut bob = watching(&server, "bob");
            let mut faulty = welcome(&server, "faulty", &server.word());
            faulty.text("40").frame();
            bob.frame();
            let mut mended = welcome(&server, "mended", &server.word());
            mended.text("41");
            bob.frame();
            prove!(server);
        }

        /// Who vanishes without a word is gone.
        #[test]
        fn who_vanishes() {
            let server = subject!().serve();
            let mut bob = watching(&server, "bob");
            let mut ann = welcome(&server, "ann", &server.word());
            ann.vanish();
            bob.frame();
            let mut cid = welcome(&server, "cid", &server.word());
            cid.half_close();
            bob.frame();
            prove!(server);
        }

        /// Who does not answer a ping is gone: "ping timeout".
        #[test]
        fn who_answers_no_ping() {
            let server =
                subject!().serve_with(&["--ping-interval", "300ms", "--ping-timeout", "1s"]);
            let mut bob = session(&server, "bob");
            bob.beats();
            admin(&mut bob, &server.word());
            let mut ann = welcome(&server, "ann", &server.word());
            ann.frame();
            bob.frame();
            prove!(server);
        }

        /// Each socket of a client that leaves ends once: who left a namespace
        /// before does not leave it again with the connection, however that ends.
        #[test]
        fn each_ends_once() {
            let server = subject!().serve();
            let mut bob = watching(&server, "bob");
            let mut ann = welcome(&server, "ann", &server.word());
            ann.text("41");
            bob.frame();
            connects(&mut ann, &server.word());
            closes(ann);
            bob.frame();
            let mut cid = session(&server, "cid");
            admin(&mut cid, &server.word());
            connects(&mut cid, &server.word());
            cid.text("41").frame();
            bob.frame();
            connects(&mut cid, &server.word());
            cid.text(r#"42["leave",true]"#).frame().frame().frame();
            cid.frame();
            bob.frame();
            let mut dan = welcome(&server, "dan", &server.word());
            dan.text("41");
            bob.frame();
            prove!(server);
        }

        /// A handler that panics takes its own socket out, and no other.
        #[test]
        fn a_handler_that_falls() {
            let server = subject!().serve();
            let mut bob = watching(&server, "bob");
            let mut ann = welcome(&server, "ann", &server.word());
            admin(&mut ann, &server.word());
            ann.text(r#"42["fall"]"#).frame().frame();
            hello_admin(&mut ann, &server.word());
            hello_admin(&mut bob, &server.word());
            prove!(server);
        }

        /// Who was sent away is heard no more in that namespace, though it spoke
        /// before it knew.
        #[test]
        fn who_was_sent_away_is_not_heard() {
            let server = subject!().serve();
            let mut bob = watching(&server, "bob");
            for _ in 0..4 {
                let mut ann = welcome(&server, "ann", &server.word());
                ann.in_one_write(|ann| {
                    ann.text(r#"42["leave"]"#);
                    says(ann, "say", &server.word());
                });
                bob.frame();
            }
            let mut cid = welcome(&server, "cid", &server.word());
            says(&mut cid, "say", &server.word());
            bob.frame();
            prove!(server);
        }
    }
}
