//! What a line server must show. Chapter: book/src/00-line.md

use proof::{prove, subject};

mod step_1_reply {
    use super::*;

    /// A line comes back, and so does the next on the same connection.
    #[test]
    fn a_line_comes_back() {
        let server = subject!().serve();
        let (one, two) = (server.word(), server.word());
        let mut c = server.client();
        c.line(&one).reads_line();
        c.line(&two).reads_line();
        prove!(server);
    }

    /// Lines that arrive together come back one by one, in order.
    #[test]
    fn lines_keep_their_order() {
        let server = subject!().serve();
        let (one, two, three) = (server.word(), server.word(), server.word());
        let mut c = server.client();
        c.in_one_write(|c| {
            c.line(&one).line(&two).line(&three);
        });
        c.reads_line().reads_line().reads_line();
        prove!(server);
    }

    /// A line that arrives a byte at a time comes back whole.
    #[test]
    fn a_line_in_pieces() {
        let server = subject!().serve();
        let (one, two) = (server.word(), server.word());
        let mut c = server.client();
        // Once this is back, the server is reading: no bytes wait for it.
        c.line(&one).reads_line();
        c.byte_by_byte(|c| {
            c.line(&two);
        });
        c.reads_line();
        prove!(server);
    }

    /// An empty line is a line.
    #[test]
    fn an_empty_line() {
        let server = subject!().serve();
        let word = server.word();
        let mut c = server.client();
        c.line("").reads_line();
        c.line(&word).reads_line();
        prove!(server);
    }

    /// A carriage return before the line feed belongs to the line's end.
    #[test]
    fn a_carriage_return_is_dropped() {
        let server = subject!().serve();
        let word = server.word();
        let mut c = server.client();
        c.line(format!("{word}\r")).reads_line();
        prove!(server);
    }

    /// A client that has ended still gets its answer; then the server ends too.
    #[test]
    fn the_end_is_answered() {
        let server = subject!().serve();
        let word = server.word();
        let mut c = server.client();
        c.line(&word).half_close();
        c.reads_line().closed();
        prove!(server);
    }

    mod strict {
        use super::*;

        /// Bytes that are no text come back as they are.
        #[test]
        fn bytes_that_are_no_text() {
            let server = subject!().serve();
            let word = server.word();
            let line = [b"\xff\xfe\x00", word.as_bytes(), b"\x80"].concat();
            let mut c = server.client();
            c.line(&line).reads_line();
            prove!(server);
        }

        /// Only the last carriage return belongs to the line's end.
        #[test]
        fn other_carriage_returns_stay() {
            let server = subject!().serve();
            let word = server.word();
            let mut c = server.client();
            c.line(format!("\r{word}\r{word}\r\r")).reads_line();
            prove!(server);
        }

        /// A line that was never ended is no line.
        #[test]
        fn an_unfinished_line_is_none() {
            let server = subject!().serve();
            let (one, two) = (server.word(), server.word());
            let mut c = server.client();
            c.line(&one).bytes(&two).half_close();
            c.reads_line().closed();
            prove!(server);
        }
    }
}

mod step_2_everyone {
    use super::*;

    /// Two clients talk at once, and each hears its own lines.
    #[test]
    fn two_at_once() {
        let server = subject!().serve();
        let (one, two) = (server.word(), server.word());
        let mut ann = server.client_named("ann");
        let mut bob = server.client_named("bob");
        ann.line(&one);
        bob.line(&two).reads_line();
        ann.reads_line();
        prove!(server);
    }

    /// A client that stalls within a line stalls nobody else.
    #[test]
    fn a_stalled_client_stalls_no_other() {
        let server = subject!().serve();
        let (start, word, rest) = (server.word(), server.word(), server.word());
        let mut ann = server.client_named("ann");
        let mut bob = server.client_named("bob");
        ann.bytes(&start);
        bob.line(&word).reads_line();
        ann.line(&rest).reads_line();
        prove!(server);
    }

    /// A client that vanishes ends neither the others nor the server.
    #[test]
    fn one_that_vanishes_ends_no_other() {
        let server = subject!().serve();
        let (start, two, three) = (server.word(), server.word(), server.word());
        let mut ann = server.client_named("ann");
        let mut bob = server.client_named("bob");
        ann.bytes(&start).vanish();
        bob.line(&two).reads_line();
        let mut cid = server.client_named("cid");
        cid.line(&three).reads_line();
        prove!(server);
    }

    mod strict {
        use super::*;

        /// Even a dozen stalled clients stall nobody: no pool of workers runs out.
        #[test]
        fn a_dozen_stalled_clients_stall_no_other() {
            let server = subject!().serve();
            let mut stalled = Vec::new();
            for n in 1..=12 {
                let mut client = server.client_named(&format!("ann{n}"));
                client.bytes("...");
                stalled.push(client);
            }
            let word = server.word();
            let mut bob = server.client_named("bob");
            bob.line(&word).reads_line();
            prove!(server);
        }
    }
}

mod step_3_patience {
    use super::*;
    use std::time::Duration;

    /// The longest line that `--max-message 100` allows, `<longest>`.
    fn longest(server: &proof::Subject) -> String {
        let line = server.word().repeat(13)[..100].to_owned();
        server.name("longest", &line);
        line
    }

    /// A client that says nothing more is told, and dropped.
    #[test]
    fn an_idle_client_is_told() {
        let server = subject!().serve_with(&["--idle", "1s"]);
        let word = server.word();
        let mut c = server.client();
        c.line(&word).reads_line();
        c.reads_line().closed();
        prove!(server);
    }

    /// A client that keeps talking stays, while another one's time runs out.
    #[test]
    fn a_client_that_talks_stays() {
        let server = subject!().serve_with(&["--idle", "1s"]);
        let mut ann = server.client_named("ann");
        let mut bob = server.client_named("bob");
        // Half as long again as an idle client has.
        for _ in 0..6 {
            let word = server.word();
            bob.line(&word).reads_line();
            bob.pending(Duration::from_millis(250));
        }
        ann.reads_line().closed();
        let word = server.word();
        bob.line(&word).reads_line();
        prove!(server);
    }

    /// A line of one byte too many is refused; without that byte it comes back.
    #[test]
    fn a_line_too_long_is_refused() {
        let server = subject!().serve_with(&["--max-message", "100"]);
        let longest = longest(&server);
        let mut ann = server.client_named("ann");
        ann.line(format!("{longest}+")).reads_line().closed();
        let mut bob = server.client_named("bob");
        bob.line(&longest).reads_line();
        prove!(server);
    }

    /// The limit is a line's own: short ones do not add up to a long one.
    #[test]
    fn short_lines_do_not_add_up() {
        let server = subject!().serve_with(&["--max-message", "100"]);
        let mut c = server.client();
        for _ in 0..13 {
            c.line(server.word()).reads_line();
        }
        prove!(server);
    }

    /// A line that is too long already is refused before its end comes.
    #[test]
    fn an_endless_line_is_refused() {
        let server = subject!().serve_with(&["--max-message", "100"]);
        let longest = longest(&server);
        let mut ann = server.client_named("ann");
        ann.bytes(format!("{longest}++")).reads_line().closed();
        let mut bob = server.client_named("bob");
        bob.bytes(&longest).line("").reads_line();
        prove!(server);
    }

    mod strict {
        use super::*;

        /// Half a line is not talking: its time runs out as well.
        #[test]
        fn half_a_line_is_idle_too() {
            let server = subject!().serve_with(&["--idle", "1s"]);
            let (word, half) = (server.word(), server.word());
            let mut c = server.client();
            c.line(&word).reads_line();
            c.bytes(&half).reads_line().closed();
            prove!(server);
        }

        /// Bytes now and then are not talking either: only a whole line is.
        #[test]
        fn a_trickle_is_idle_too() {
            let server = subject!().serve_with(&["--idle", "2s"]);
            let (one, two, three) = (server.word(), server.word(), server.word());
            let mut bob = server.client_named("bob");
            let mut ann = server.client_named("ann");
            ann.line(&one).reads_line();
            for _ in 0..4 {
                ann.bytes(".").pending(Duration::from_millis(200));
            }
            // Ann's last byte is later than bob's line, her last line earlier.
            bob.line(&two).reads_line();
            bob.pending(Duration::from_millis(200));
            ann.bytes(".").reads_line().closed();
            bob.line(&three).reads_line();
            prove!(server);
        }

        /// The line's end is not counted, whichever of the two it is.
        #[test]
        fn the_end_is_not_counted() {
            let server = subject!().serve_with(&["--max-message", "100"]);
            let longest = longest(&server);
            let mut c = server.client();
            c.line(format!("{longest}\r")).reads_line();
            c.line(&longest).reads_line();
            prove!(server);
        }
    }
}

mod step_4_two_at_once {
    use super::*;

    /// It counts until it is told to stop, and no tick longer.
    #[test]
    fn counts_until_told_to_stop() {
        let server = subject!().serve();
        let word = server.word();
        let mut ann = server.client_named("ann");
        let mut bob = server.client_named("bob");
        ann.line("count").stream("tick ").ticks(3);
        ann.line("stop").reads_line();
        // While bob is sent a few, ann would be sent some as well.
        bob.line("count").stream("tick ").ticks(5);
        ann.quiet().line(&word).reads_line();
        prove!(server);
    }

    /// A line sent while it counts comes back while it counts.
    #[test]
    fn answers_while_it_counts() {
        let server = subject!().serve();
        let word = server.word();
        let mut c = server.client();
        c.line("count").stream("tick ").ticks(2);
        c.line(&word).reads_line().ticks(2);
        c.line("stop").reads_line();
        prove!(server);
    }

    /// One client's count is its own.
    #[test]
    fn one_counts_alone() {
        let server = subject!().serve();
        let (one, two) = (server.word(), server.word());
        let mut ann = server.client_named("ann");
        let mut bob = server.client_named("bob");
        ann.line("count").stream("tick ").ticks(2);
        bob.line(&one).reads_line();
        ann.ticks(2);
        bob.line(&two).reads_line();
        prove!(server);
    }

    mod strict {
        use super::*;

        /// The next count starts at nought again.
        #[test]
        fn a_count_starts_at_nought() {
            let server = subject!().serve();
            let word = server.word();
            let mut c = server.client();
            for _ in 0..2 {
                c.line("count").stream("tick ").ticks(2);
                c.line("stop").reads_line();
            }
            c.quiet().line(&word).reads_line();
            prove!(server);
        }

        /// `stop` without a count, and `count` during one, are lines like others.
        #[test]
        fn words_out_of_turn_come_back() {
            let server = subject!().serve();
            let word = server.word();
            let mut c = server.client();
            c.line("stop").reads_line();
            c.line("count").stream("tick ").ticks(2);
            c.line("count").reads_line().ticks(2);
            c.line("stop").reads_line();
            c.line(&word).reads_line();
            prove!(server);
        }

        /// A count comes no faster after a silence: no ticks are saved up for it.
        #[test]
        fn a_count_makes_up_for_nothing() {
            let server = subject!().serve();
            let word = server.word();
            let mut ann = server.client_named("ann");
            let mut bob = server.client_named("bob");
            ann.line("count").stream("tick ").ticks(2);
            ann.line("stop").reads_line();
            // Ann's silence lasts for 200 ticks, a second.
            bob.line("count").stream("tick ").ticks(200);
            bob.line("stop").reads_line();
            // Then both count, for the same time.
            ann.line("count").stream("tick ").ticks(1);
            bob.line("count").stream("tick ").ticks(20);
            ann.line("stop").reads_line();
            bob.line("stop").reads_line();
            ann.ticks_at_most(bob.ticked() + 100);
            ann.quiet().line(&word).reads_line();
            prove!(server);
        }
    }
}

mod step_5_a_half_each {
    use super::*;

    /// Half a line, ticks, the other half: the line comes back whole.
    #[test]
    fn no_tick_tears_a_line() {
        let server = subject!().serve();
        let (start, rest) = (server.word(), server.word());
        let mut c = server.client();
        c.line("count").stream("tick ").ticks(2);
        c.bytes(&start).ticks(3);
        c.line(&rest).reads_line();
        c.line("stop").reads_line();
        prove!(server);
    }

    mod strict {
        use super::*;

        /// To be counted to is not to talk: a silent client is dropped.
        #[test]
        fn a_silent_client_is_idle_while_it_counts() {
            let server = subject!().serve_with(&["--idle", "1s"]);
            let word = server.word();
            let mut c = server.client();
            c.line(&word).reads_line();
            c.line("count").stream("tick ").ticks(2);
            c.reads_line().closed();
            prove!(server);
        }

        /// A client that reads nothing is read no further: nothing piles up.
        #[test]
        fn a_client_that_reads_nothing_is_stopped() {
            let server = subject!().serve();
            let word = server.word();
            let mut ann = server.client_named("ann");
            let mut bob = server.client_named("bob");
            ann.line("count");
            ann.upload_until_stopped(8_192, &[b'.'; 8_191]);
            bob.line(&word).reads_line();
            prove!(server);
        }
    }
}
