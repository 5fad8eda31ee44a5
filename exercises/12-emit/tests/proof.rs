//! What a server must show that speaks to one socket, and is answered.
//! Chapter: book/src/12-emit.md
//!
//! `ann` and `bob` are clients. Where the client is asked, the server's questions
//! count from 0, in each namespace, as the official server's do.

use std::time::{Duration, Instant};

use proof::{Client, Polling, Subject, prove, subject};

const SOCKET_IO: &str = "/socket.io/?EIO=4&transport=websocket";

/// A client in `/`, on a WebSocket.
fn joined(server: &Subject, name: &str) -> Client {
    let mut client = server.client_named(name);
    client.socket_io().open(SOCKET_IO).frame();
    client.text("40").frame();
    client
}

/// A client in `/` that polls.
fn polling(server: &Subject, name: &str) -> Polling {
    let mut client = server.polling_named(name, "/socket.io/");
    client.socket_io().opens().posts(&["40"]).receives(1);
    client
}

/// Says `echo`, and hears it: all before it has been dealt with.
fn echoes(client: &mut Client, word: &str) {
    client.text(format!(r#"42["echo","{word}"]"#)).frame();
}

/// Asks to be asked: the question comes.
fn asked(client: &mut Client, word: &str) {
    client
        .text(format!(r#"42["ask","question","{word}"]"#))
        .frame();
}

mod step_1_emit {
    use super::*;

    /// The server says an event, with one argument.
    #[test]
    fn the_server_says_something() {
        let server = subject!().serve();
        let mut ann = joined(&server, "ann");
        echoes(&mut ann, &server.word());
        prove!(server);
    }

    /// An event has as many arguments as it has, each of any kind, or none.
    #[test]
    fn several_arguments() {
        let server = subject!().serve();
        let (one, two) = (server.word(), server.word());
        let mut ann = joined(&server, "ann");
        ann.text(format!(
            r#"42["echo","{one}",1.5,null,true,["{two}"],{{"{one}":"{two}"}}]"#
        ))
        .frame();
        ann.text(r#"42["echo"]"#).frame();
        echoes(&mut ann, &two);
        prove!(server);
    }

    /// Only this client is told: what another one hears next is his own.
    #[test]
    fn to_one_client_only() {
        let server = subject!().serve();
        let mut ann = joined(&server, "ann");
        let mut bob = joined(&server, "bob");
        echoes(&mut ann, &server.word());
        echoes(&mut bob, &server.word());
        prove!(server);
    }

    /// What is said first is heard first.
    #[test]
    fn in_order() {
        let server = subject!().serve();
        let word = server.word();
        let mut ann = joined(&server, "ann");
        ann.text(format!(r#"42["count",12,"{word}"]"#));
        for _ in 0..12 {
            ann.frame();
        }
        prove!(server);
    }

    /// Bytes go beside the text: an event that promises two, and then two
    /// binary frames.
    #[test]
    fn bytes_on_a_websocket() {
        let server = subject!().serve();
        let (small, large) = (server.payload(4), server.payload(300));
        let mut ann = joined(&server, "ann");
        ann.text(r#"452-["echo",{"_placeholder":true,"num":0},{"deep":[{"_placeholder":true,"num":1}]}]"#)
            .binary(&small)
            .binary(&large);
        ann.frame().frame().frame();
        prove!(server);
    }

    /// The names that both ends use for news of their own are refused: nothing
    /// is sent. Any other name may be used.
    #[test]
    fn a_reserved_name() {
        let server = subject!().serve();
        let word = server.word();
        let mut ann = joined(&server, "ann");
        for name in ["connect", "disconnect", &word] {
            ann.text(format!(r#"42["say","{name}","{word}"]"#));
        }
        ann.frame().frame().frame().frame();
        prove!(server);
    }

    mod strict {
        use super::*;

        /// The same bytes by polling: in base64, behind the text that promises
        /// them.
        #[test]
        fn bytes_by_polling() {
            let server = subject!().serve();
            let (_, base64) = server.attachment(4);
            let mut ann = polling(&server, "ann");
            ann.posts(&[r#"451-["echo",{"_placeholder":true,"num":0}]"#, &base64])
                .receives(2);
            prove!(server);
        }

        /// Six names are reserved, letter by letter. `connection`, `error` and
        /// `message` are names like others.
        #[test]
        fn six_names_and_no_more() {
            let server = subject!().serve();
            let word = server.word();
            let mut ann = joined(&server, "ann");
            for name in [
                "connect",
                "connect_error",
                "disconnect",
                "disconnecting",
                "newListener",
                "removeListener",
            ] {
                ann.text(format!(r#"42["say","{name}","{word}"]"#)).frame();
            }
            for name in ["connection", "error", "message", "Connect", ""] {
                ann.text(format!(r#"42["say","{name}","{word}"]"#))
                    .frame()
                    .frame();
            }
            prove!(server);
        }

        /// What is said in a namespace is said in that namespace.
        #[test]
        fn in_its_namespace() {
            let server = subject!().serve();
            let mut ann = joined(&server, "ann");
            ann.text("40/admin,").frame();
            ann.text(format!(r#"42/admin,["echo","{}"]"#, server.word()))
                .frame();
            echoes(&mut ann, &server.word());
            prove!(server);
        }
    }
}

mod step_2_reply {
    use super::*;

    /// The client asks, and the answer has the number of the question.
    #[test]
    fn an_answer_has_its_number() {
        let server = subject!().serve();
        let word = server.word();
        let mut ann = joined(&server, "ann");
        ann.text(format!(r#"420["keep","{word}"]"#)).frame();
        ann.text(format!(r#"424294967313["keep","{word}"]"#))
            .frame();
        ann.text(format!(r#"421["keep","{word}"]"#)).frame();
        prove!(server);
    }

    /// An answer has as many arguments as it has, or none: then its list is empty.
    #[test]
    fn as_many_arguments_as_it_has() {
        let server = subject!().serve();
        let (one, two) = (server.word(), server.word());
        let mut ann = joined(&server, "ann");
        ann.text(format!(r#"420["keep","{one}",["{two}"],2]"#))
            .frame();
        ann.text(format!(r#"421["heard","{one}"]"#)).frame();
        prove!(server);
    }

    /// Who asks for no answer gets none, though the handler gives one.
    #[test]
    fn who_does_not_ask() {
        let server = subject!().serve();
        let word = server.word();
        let mut ann = joined(&server, "ann");
        ann.text(format!(r#"42["keep","{word}"]"#));
        ann.text(format!(r#"423["keep","{word}"]"#)).frame();
        prove!(server);
    }

    /// The answer is a matter of the handler. One that gives none sends none.
    #[test]
    fn no_answer_by_itself() {
        let server = subject!().serve();
        let word = server.word();
        let mut ann = joined(&server, "ann");
        ann.text(format!(r#"420["silence","{word}"]"#));
        ann.text(format!(r#"421["keep","{word}"]"#)).frame();
        prove!(server);
    }

    /// An answer may have bytes, too: type 6, and a binary frame.
    #[test]
    fn an_answer_with_bytes() {
        let server = subject!().serve();
        let bytes = server.payload(8);
        let mut ann = joined(&server, "ann");
        ann.text(r#"451-5["keep",{"_placeholder":true,"num":0}]"#)
            .binary(&bytes);
        ann.frame().frame();
        prove!(server);
    }

    mod strict {
        use super::*;

        /// One event has one answer, though two handlers give one: the first.
        #[test]
        fn the_first_of_two() {
            let server = subject!().serve();
            let mut ann = joined(&server, "ann");
            ann.text(r#"423["both"]"#).frame();
            ann.text(format!(r#"424["keep","{}"]"#, server.word()))
                .frame();
            prove!(server);
        }

        /// An answer goes to the namespace that it was asked for in.
        #[test]
        fn in_its_namespace() {
            let server = subject!().serve();
            let (one, two) = (server.word(), server.word());
            let mut ann = joined(&server, "ann");
            ann.text("40/admin,").frame();
            ann.text(format!(r#"42/admin,4["keep","{one}"]"#)).frame();
            ann.text(format!(r#"424["keep","{two}"]"#)).frame();
            prove!(server);
        }

        /// Asked and answered by polling, with bytes.
        #[test]
        fn by_polling() {
            let server = subject!().serve();
            let (_, base64) = server.attachment(5);
            let mut ann = polling(&server, "ann");
            ann.posts(&[r#"451-6["keep",{"_placeholder":true,"num":0}]"#, &base64])
                .receives(2);
            ann.posts(&[r#"427["sum",20,22]"#]).receives(1);
            prove!(server);
        }
    }
}

mod step_3_ask {
    use super::*;

    /// The server asks: an event with a number. The client answers with the same
    /// number, and the server has its answer.
    #[test]
    fn the_server_asks() {
        let server = subject!().serve();
        let mut ann = joined(&server, "ann");
        asked(&mut ann, &server.word());
        ann.text(format!(r#"430["{}"]"#, server.word())).frame();
        prove!(server);
    }

    /// The next question has the next number.
    #[test]
    fn each_has_a_number_of_its_own() {
        let server = subject!().serve();
        let mut ann = joined(&server, "ann");
        for id in 0..3 {
            asked(&mut ann, &server.word());
            ann.text(format!(r#"43{id}["{}",{id}]"#, server.word()))
                .frame();
        }
        prove!(server);
    }

    /// Two questions at once: each gets its own answer, whichever comes first.
    #[test]
    fn two_at_once() {
        let server = subject!().serve();
        let (one, two) = (server.word(), server.word());
        let mut ann = joined(&server, "ann");
        ann.text(r#"42["ask-two"]"#).frame().frame();
        ann.text(format!(r#"431["{two}"]"#));
        ann.text(format!(r#"430["{one}"]"#)).frame();
        prove!(server);
    }

    /// An answer to nothing is passed over: the question still waits for its own.
    #[test]
    fn an_answer_to_nothing() {
        let server = subject!().serve();
        let (wrong, right) = (server.word(), server.word());
        let mut ann = joined(&server, "ann");
        ann.text(format!(r#"430["{wrong}"]"#));
        asked(&mut ann, &server.word());
        ann.text(format!(r#"437["{wrong}"]"#));
        ann.text(format!(r#"430["{right}"]"#)).frame();
        ann.text(format!(r#"430["{wrong}"]"#));
        echoes(&mut ann, &right);
        prove!(server);
    }

    /// Nobody answers for somebody else, though the number is right.
    #[test]
    fn nobody_answers_for_another() {
        let server = subject!().serve();
        let (wrong, right) = (server.word(), server.word());
        let mut ann = joined(&server, "ann");
        let mut bob = joined(&server, "bob");
        asked(&mut ann, &server.word());
        bob.text(format!(r#"430["{wrong}"]"#));
        echoes(&mut bob, &server.word());
        ann.text(format!(r#"430["{right}"]"#)).frame();
        prove!(server);
    }

    mod strict {
        use super::*;

        /// An answer may have several arguments, or none, or bytes.
        #[test]
        fn whatever_the_answer() {
            let server = subject!().serve();
            let bytes = server.payload(6);
            let mut ann = joined(&server, "ann");
            asked(&mut ann, &server.word());
            ann.text(format!(r#"430["{}",2,["x"]]"#, server.word()))
                .frame();
            asked(&mut ann, &server.word());
            ann.text("431[]").frame();
            asked(&mut ann, &server.word());
            ann.text(r#"461-2[{"_placeholder":true,"num":0}]"#)
                .binary(&bytes);
            ann.frame().frame();
            prove!(server);
        }

        /// A question may have bytes: type 5, its number, and binary frames.
        #[test]
        fn a_question_with_bytes() {
            let server = subject!().serve();
            let (one, two) = (server.payload(6), server.payload(7));
            let mut ann = joined(&server, "ann");
            ann.text(r#"452-["ask","question",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#)
                .binary(&one)
                .binary(&two);
            ann.frame().frame().frame();
            ann.text(format!(r#"430["{}"]"#, server.word())).frame();
            prove!(server);
        }

        /// In each namespace the numbers begin anew, and an answer counts where
        /// it is given.
        #[test]
        fn namespaces_are_apart() {
            let server = subject!().serve();
            let (one, two) = (server.word(), server.word());
            let mut ann = joined(&server, "ann");
            ann.text("40/admin,").frame();
            asked(&mut ann, &server.word());
            ann.text(format!(
                r#"42/admin,["ask","question","{}"]"#,
                server.word()
            ))
            .frame();
            ann.text(format!(r#"43/admin,0["{two}"]"#)).frame();
            ann.text(format!(r#"430["{one}"]"#)).frame();
            prove!(server);
        }

        /// A reserved name is no question. It takes no number either.
        #[test]
        fn a_reserved_name() {
            let server = subject!().serve();
            let word = server.word();
            let mut ann = joined(&server, "ann");
            ann.text(format!(r#"42["ask","disconnect","{word}"]"#))
                .frame();
            asked(&mut ann, &word);
            ann.text(format!(r#"430["{}"]"#, server.word())).frame();
            prove!(server);
        }

        /// Who is gone answers nothing more, and who waits for it is told. What
        /// somebody else was asked stays open.
        #[test]
        fn who_is_gone() {
            let server = subject!().serve();
            let mut ann = joined(&server, "ann");
            let mut bob = joined(&server, "bob");
            asked(&mut ann, &server.word());
            asked(&mut bob, &server.word());
            ann.text("41");
            bob.frame();
            bob.text(format!(r#"431["{}"]"#, server.word())).frame();
            prove!(server);
        }

        /// Two questions are open when a client leaves, and one comes after that:
        /// all have an end, and what else it had said is heard.
        #[test]
        fn who_was_gone_before() {
            let server = subject!().serve();
            let word = server.word();
            let mut ann = joined(&server, "ann");
            let mut bob = joined(&server, "bob");
            ann.text(r#"42["ask-two"]"#).frame().frame();
            ann.in_one_write(|ann| {
                ann.text(format!(r#"42["ask","question","{word}"]"#));
                ann.text(format!(r#"42["perhaps","news","{word}"]"#));
                ann.text("41");
            });
            bob.frame().frame();
            echoes(&mut bob, &word);
            prove!(server);
        }
    }
}

mod step_4_in_time {
    use super::*;

    /// Asks to be asked, with a limit in milliseconds: the question comes.
    fn asked_in(client: &mut Client, limit: u64, word: &str) {
        client
            .text(format!(r#"42["ask-in",{limit},"{word}"]"#))
            .frame();
    }

    /// An answer in time is taken, whatever the limit.
    #[test]
    fn one_in_time() {
        let server = subject!().serve();
        let mut ann = joined(&server, "ann");
        asked_in(&mut ann, 60_000, &server.word());
        ann.text(format!(r#"430["{}"]"#, server.word())).frame();
        prove!(server);
    }

    /// One that never comes is waited for until the limit is over, and no longer.
    #[test]
    fn one_that_never_comes() {
        let server = subject!().serve();
        let mut ann = joined(&server, "ann");
        let began = Instant::now();
        asked_in(&mut ann, 400, &server.word());
        ann.frame();
        let waited = began.elapsed() >= Duration::from_millis(400);
        server.remark(
            waited,
            "the limit is over",
            "that was before the limit was over",
        );
        echoes(&mut ann, &server.word());
        prove!(server);
    }

    /// One that comes late is passed over. The next question has another number,
    /// and gets the answer that has it.
    #[test]
    fn one_that_comes_late() {
        let server = subject!().serve();
        let mut ann = joined(&server, "ann");
        asked_in(&mut ann, 100, &server.word());
        ann.frame();
        asked_in(&mut ann, 60_000, &server.word());
        ann.text(format!(r#"430["{}"]"#, server.word()));
        ann.text(format!(r#"431["{}"]"#, server.word())).frame();
        prove!(server);
    }

    mod strict {
        use super::*;

        /// Who leaves meanwhile has not let the limit pass: it is gone.
        #[test]
        fn one_who_leaves_meanwhile() {
            let server = subject!().serve();
            let mut ann = joined(&server, "ann");
            let mut bob = joined(&server, "bob");
            asked_in(&mut ann, 60_000, &server.word());
            ann.text("41");
            bob.frame();
            echoes(&mut bob, &server.word());
            prove!(server);
        }

        /// One limit is over while another client still may answer.
        #[test]
        fn each_has_its_own_limit() {
            let server = subject!().serve();
            let mut ann = joined(&server, "ann");
            let mut bob = joined(&server, "bob");
            asked_in(&mut ann, 60_000, &server.word());
            bob.text("40/admin,").frame();
            let question = format!(r#"42/admin,["ask-in",100,"{}"]"#, server.word());
            bob.text(question).frame().frame();
            ann.text(format!(r#"430["{}"]"#, server.word())).frame();
            prove!(server);
        }

        /// By polling, too.
        #[test]
        fn by_polling() {
            let server = subject!().serve();
            let mut ann = polling(&server, "ann");
            ann.posts(&[&format!(r#"42["ask-in",100,"{}"]"#, server.word())])
                .receives(2);
            ann.posts(&[&format!(r#"42["ask-in",60000,"{}"]"#, server.word())])
                .receives(1);
            ann.posts(&[&format!(r#"431["{}"]"#, server.word())])
                .receives(1);
            prove!(server);
        }
    }
}

mod step_5_volatile {
    use super::*;

    /// Asks for something three times, each now or never. The server has dealt
    /// with it once `bob` is told.
    fn perhaps(ann: &mut Polling, bob: &mut Client, name: &str, word: &str) {
        ann.posts(&[&format!(r#"42["perhaps","{name}","{word}"]"#)]);
        bob.frame();
    }

    /// Who can be told at once is told.
    #[test]
    fn who_listens_hears_it() {
        let server = subject!().serve();
        let mut ann = joined(&server, "ann");
        ann.text(format!(r#"42["news","{}"]"#, server.word()))
            .frame();
        prove!(server);
    }

    /// A client that polls, and has no GET open, can't be told. It misses all
    /// three, and nothing else.
    #[test]
    fn who_does_not_misses_it() {
        let server = subject!().serve();
        let mut bob = joined(&server, "bob");
        let mut ann = polling(&server, "ann");
        perhaps(&mut ann, &mut bob, "news", &server.word());
        ann.receives(1);
        ann.posts(&[&format!(r#"42["echo","{}"]"#, server.word())])
            .receives(1);
        prove!(server);
    }

    /// With a GET open it is told.
    #[test]
    fn a_poll_that_waits_hears_it() {
        let server = subject!().serve();
        let mut ann = polling(&server, "ann");
        ann.posts(&[&format!(r#"42["news","{}"]"#, server.word())])
            .receives(1);
        prove!(server);
    }

    mod strict {
        use super::*;

        /// A reserved name is refused here, too. A name that is not is none the
        /// worse for not being heard.
        #[test]
        fn a_reserved_name() {
            let server = subject!().serve();
            let word = server.word();
            let mut bob = joined(&server, "bob");
            let mut ann = polling(&server, "ann");
            perhaps(&mut ann, &mut bob, "disconnect", &word);
            perhaps(&mut ann, &mut bob, &word, &word);
            ann.receives(2);
            prove!(server);
        }

        /// With its bytes, or not at all.
        #[test]
        fn bytes_and_all() {
            let server = subject!().serve();
            let bytes = server.payload(9);
            let mut ann = joined(&server, "ann");
            ann.text(r#"451-["news",{"_placeholder":true,"num":0}]"#)
                .binary(&bytes);
            ann.frame().frame();
            prove!(server);
        }

        /// It goes to its namespace.
        #[test]
        fn in_its_namespace() {
            let server = subject!().serve();
            let mut ann = joined(&server, "ann");
            ann.text("40/admin,").frame();
            ann.text(format!(r#"42/admin,["news","{}"]"#, server.word()))
                .frame();
            prove!(server);
        }
    }
}
