//! What an echo server must show. Chapter: book/src/01-echo.md

use proof::{Client, Frame, Subject, prove, subject};

/// A client whose connection is open, and which the server has greeted.
fn greeted(server: &Subject, name: &str) -> Client {
    let mut client = server.client_named(name);
    client.open("/").frame();
    client
}

mod step_1_greet {
    use super::*;

    /// The server speaks first: a WebSocket client need not ask.
    #[test]
    fn the_server_speaks_first() {
        let server = subject!().serve();
        server.client().open("/").frame();
        prove!(server);
    }

    /// Every client is greeted, also after one has left; who stays keeps the connection.
    #[test]
    fn every_client_is_greeted() {
        let server = subject!().serve();
        let word = server.word();
        let mut ann = greeted(&server, "ann");
        greeted(&server, "bob").vanish();
        greeted(&server, "cid");
        ann.send(Frame::ping(word)).frame();
        prove!(server);
    }

    mod strict {
        use super::*;

        /// One that never finishes its handshake keeps nobody waiting.
        #[test]
        fn half_a_handshake_stalls_no_other() {
            let server = subject!().serve();
            let mut ann = server.client_named("ann");
            ann.bytes("GET / HT");
            greeted(&server, "bob");
            prove!(server);
        }
    }
}

mod step_2_echo {
    use super::*;

    /// Text comes back as text, whatever the alphabet, message by message.
    #[test]
    fn text_comes_back() {
        let server = subject!().serve();
        let word = server.word();
        let mut c = greeted(&server, "C");
        c.text(&word).frame();
        c.text("grüezi 👋").frame();
        c.text("").frame();
        prove!(server);
    }

    /// Binary comes back as binary, byte for byte.
    #[test]
    fn binary_comes_back() {
        let server = subject!().serve();
        let bytes = server.payload(8);
        let mut c = greeted(&server, "C");
        c.binary(&bytes).frame();
        c.binary([0x00, 0xff, 0x80]).frame();
        c.binary([]).frame();
        prove!(server);
    }

    /// A message in two frames comes back whole, and a ping between them is answered at once.
    #[test]
    fn fragments_are_joined_around_a_ping() {
        let server = subject!().serve();
        let (start, ping, rest) = (server.word(), server.word(), server.word());
        let mut c = greeted(&server, "C");
        c.send(Frame::text(start).more());
        c.send(Frame::ping(ping)).frame();
        c.send(Frame::continuation(rest)).frame();
        prove!(server);
    }

    /// A close is answered with the same code; then the server ends the connection.
    #[test]
    fn a_close_is_answered() {
        let server = subject!().serve();
        let word = server.word();
        let mut ann = greeted(&server, "ann");
        ann.text(&word).frame();
        ann.close(1000, "bye").frame().closed();
        let mut bob = greeted(&server, "bob");
        bob.close(4321, "").frame().closed();
        prove!(server);
    }

    /// Two clients talk at once, and each hears its own messages.
    #[test]
    fn two_clients_do_not_mix() {
        let server = subject!().serve();
        let (one, two) = (server.word(), server.word());
        let mut ann = greeted(&server, "ann");
        let mut bob = greeted(&server, "bob");
        ann.text(&one);
        bob.text(&two).frame();
        ann.frame();
        prove!(server);
    }

    mod strict {
        use super::*;

        /// Seventy thousand bytes come back: a length no short form can hold.
        #[test]
        fn a_long_message_comes_back() {
            let server = subject!().serve();
            let long = server.payload(70_000);
            let mut c = greeted(&server, "C");
            c.binary(&long).frame();
            prove!(server);
        }

        /// One that vanishes within a message ends neither the others nor the server.
        #[test]
        fn one_that_vanishes_ends_no_other() {
            let server = subject!().serve();
            let (start, one, two) = (server.word(), server.word(), server.word());
            let mut ann = greeted(&server, "ann");
            let mut bob = greeted(&server, "bob");
            ann.send(Frame::text(start).more()).vanish();
            bob.text(&one).frame();
            greeted(&server, "cid").text(&two).frame();
            prove!(server);
        }

        /// Messages that arrive together come back one by one, in order.
        #[test]
        fn messages_keep_their_order() {
            let server = subject!().serve();
            let (one, two, three) = (server.word(), server.word(), server.word());
            let mut c = greeted(&server, "C");
            c.in_one_write(|c| {
                c.text(&one).binary(&two).text(&three);
            });
            c.frame().frame().frame();
            prove!(server);
        }

        /// A close without a code is answered without one.
        #[test]
        fn an_empty_close_is_answered() {
            let server = subject!().serve();
            let mut c = greeted(&server, "C");
            c.send(Frame::new(proof::opcode::CLOSE, ""))
                .frame()
                .closed();
            prove!(server);
        }
    }
}

mod step_3_stream {
    use super::*;

    /// A stream runs until it is told to stop, and no tick longer.
    #[test]
    fn streams_until_told_to_stop() {
        let server = subject!().serve();
        let word = server.word();
        let mut ann = greeted(&server, "ann");
        let mut bob = greeted(&server, "bob");
        ann.text("stream").stream("tick ").ticks(3);
        ann.text("stop").frame();
        // While bob is sent a few, ann would be sent some as well.
        bob.text("stream").stream("tick ").ticks(5);
        ann.quiet().text(&word).frame();
        prove!(server);
    }

    /// A text that goes up while a stream comes down comes back before its end.
    #[test]
    fn answers_while_it_streams() {
        let server = subject!().serve();
        let word = server.word();
        let mut c = greeted(&server, "C");
        c.text("stream").stream("tick ").ticks(2);
        c.text(&word).frame().ticks(2);
        c.text("stop").frame();
        prove!(server);
    }

    /// Binary messages that come up meanwhile are counted, and do not come back.
    #[test]
    fn counts_what_comes_up() {
        let server = subject!().serve();
        let bytes = server.payload(1_000);
        let mut c = greeted(&server, "C");
        c.text("stream").stream("tick ").ticks(2);
        c.binary(&bytes).binary([1, 2, 3]).ticks(2);
        c.text("stop").frame();
        c.quiet().binary([1, 2, 3]).frame();
        prove!(server);
    }

    /// One client's stream is its own.
    #[test]
    fn one_streams_alone() {
        let server = subject!().serve();
        let (one, two) = (server.word(), server.word());
        let mut ann = greeted(&server, "ann");
        let mut bob = greeted(&server, "bob");
        ann.text("stream").stream("tick ").ticks(2);
        bob.text(&one).frame();
        ann.ticks(2);
        bob.text(&two).frame();
        prove!(server);
    }

    mod strict {
        use super::*;

        /// A ping is answered while a stream comes down.
        #[test]
        fn a_ping_is_answered_while_it_streams() {
            let server = subject!().serve();
            let word = server.word();
            let mut c = greeted(&server, "C");
            c.text("stream").stream("tick ").ticks(2);
            c.send(Frame::ping(&*word)).frame().ticks(2);
            c.text("stop").frame();
            prove!(server);
        }

        /// The next stream starts at nought again, and so does what came up.
        #[test]
        fn a_stream_starts_at_nought() {
            let server = subject!().serve();
            let mut c = greeted(&server, "C");
            for bytes in [5, 3] {
                c.text("stream").stream("tick ").ticks(2);
                c.binary(server.payload(bytes));
                c.text("stop").frame();
            }
            prove!(server);
        }

        /// A stream comes no faster after a silence: a clock that starts too early makes up for it.
        #[test]
        fn a_stream_makes_up_for_nothing() {
            let server = subject!().serve();
            let mut ann = greeted(&server, "ann");
            let mut bob = greeted(&server, "bob");
            bob.text("stream").stream("tick ").ticks(60);
            let before = bob.ticked();
            ann.text("stream").stream("tick ");
            bob.ticks(10);
            ann.ticks(1).text("stop").frame();
            bob.text("stop").frame();
            // All that ann was sent came while bob was sent these.
            ann.ticks_at_most(bob.ticked() - before + 30);
            prove!(server);
        }

        /// `stop` without a stream, and `stream` or `flood` during one, are texts like others.
        #[test]
        fn words_out_of_turn_come_back() {
            let server = subject!().serve();
            let mut c = greeted(&server, "C");
            c.text("stop").frame();
            c.text("stream").stream("tick ").ticks(2);
            c.text("stream").frame().text("flood").frame().ticks(2);
            c.text("stop").frame();
            prove!(server);
        }

        /// A close while a stream comes down is answered: nothing comes after it.
        #[test]
        fn a_close_ends_a_stream() {
            let server = subject!().serve();
            let mut c = greeted(&server, "C");
            c.text("stream").stream("tick ").ticks(2);
            c.close(1000, "").frame().closed();
            prove!(server);
        }
    }
}

mod step_4_flood {
    use super::*;

    /// A flood runs until it is told to stop, and no message longer.
    #[test]
    fn floods_until_told_to_stop() {
        let server = subject!().serve();
        let word = server.word();
        let mut c = greeted(&server, "C");
        c.text("flood").flood().floods(20);
        c.text("stop").frame();
        c.quiet().text(&word).frame();
        prove!(server);
    }

    /// A text that goes up while a flood comes down comes back before its end.
    #[test]
    fn answers_while_it_floods() {
        let server = subject!().serve();
        let word = server.word();
        let mut c = greeted(&server, "C");
        c.text("flood").flood().floods(10);
        c.text(&word).frame().floods(10);
        c.text("stop").frame();
        prove!(server);
    }

    /// Full duplex: 8 MiB go up and are taken in while the client takes nothing that comes down.
    #[test]
    fn uploads_are_taken_in_though_nothing_is_read() {
        let server = subject!().serve();
        let word = server.word();
        let mut c = greeted(&server, "C");
        c.text("flood").flood();
        c.upload(128, &[0; 65_536]);
        c.text("stop").frame();
        c.text(&word).frame();
        prove!(server);
    }

    /// One text that waits for its echo holds up nothing: 8 MiB more are taken in.
    #[test]
    fn uploads_are_taken_in_though_an_echo_waits() {
        let server = subject!().serve();
        let word = server.word();
        let mut c = greeted(&server, "C");
        c.text("flood").flood();
        // By the end of these the flood stands still.
        c.upload(128, &[0; 65_536]);
        c.text(&word);
        c.upload(128, &[0; 65_536]);
        c.frame().text("stop").frame();
        prove!(server);
    }

    /// One that sends and reads nothing is read no further: nothing piles up.
    #[test]
    fn one_that_reads_nothing_is_stopped() {
        let server = subject!().serve();
        let word = server.word();
        let mut ann = greeted(&server, "ann");
        let mut bob = greeted(&server, "bob");
        ann.upload_until_stopped(1_024, &[0; 65_536]);
        bob.text(&word).frame();
        prove!(server);
    }

    mod strict {
        use super::*;

        /// One that vanishes within a flood ends neither the others nor the server.
        #[test]
        fn one_that_vanishes_ends_no_other() {
            let server = subject!().serve();
            let (one, two) = (server.word(), server.word());
            let mut ann = greeted(&server, "ann");
            let mut bob = greeted(&server, "bob");
            ann.text("flood").flood().floods(10).vanish();
            bob.text(&one).frame();
            greeted(&server, "cid").text(&two).frame();
            prove!(server);
        }

        /// One that takes nothing of its flood stalls nobody else.
        #[test]
        fn one_that_takes_nothing_stalls_no_other() {
            let server = subject!().serve();
            let (one, two) = (server.word(), server.word());
            let mut ann = greeted(&server, "ann");
            let mut bob = greeted(&server, "bob");
            ann.text("flood").flood();
            ann.upload(128, &[0; 65_536]);
            bob.text(&one).frame();
            bob.text(&two).frame();
            ann.text("stop").frame();
            prove!(server);
        }

        /// A close is answered once the flood that was on its way is read.
        #[test]
        fn a_close_ends_a_flood() {
            let server = subject!().serve();
            let mut c = greeted(&server, "C");
            c.text("flood").flood().floods(10);
            c.close(1000, "").frame().closed();
            prove!(server);
        }
    }
}
