//! Proofs of chapter 14: a Socket.IO client that comes back. Socket.IO protocol
//! v5, and the official client's documentation.
//!
//! Here the proof is the server, and it ends connections as a network would.

use std::time::{Duration, Instant};

use proof::{Client, Server, Subject, prove, subject};

/// The program's next connection, opened as far as Engine.IO goes.
fn opened(program: &Subject, server: &mut Server, not_before: Duration) -> Client {
    opened_for(program, server, not_before, [25_000, 20_000])
}

/// The same, with a ping each `interval` milliseconds, and so much time for it.
fn opened_for(
    program: &Subject,
    server: &mut Server,
    not_before: Duration,
    [interval, timeout]: [u64; 2],
) -> Client {
    let mut client = server.accept_not_before(not_before);
    client.socket_io().upgrade();
    let sid = program.sid();
    client.text(format!(
        r#"0{{"sid":"{sid}","upgrades":[],"pingInterval":{interval},"pingTimeout":{timeout},"maxPayload":1000000}}"#
    ));
    client.frame();
    client
}

/// The first connection, with Socket.IO connected and told so.
fn connected(program: &Subject, args: &[&str]) -> (Server, Client) {
    let mut server = program.visits("/", args);
    let mut client = opened(program, &mut server, Duration::ZERO);
    grant(program, &mut client);
    server.prints();
    (server, client)
}

/// The next one.
fn connected_again(program: &Subject, server: &mut Server) -> Client {
    let mut client = opened(program, server, Duration::ZERO);
    grant(program, &mut client);
    server.prints();
    client
}

fn grant(program: &Subject, client: &mut Client) {
    client.text(format!(r#"40{{"sid":"{}"}}"#, program.sid()));
}

/// The connection breaks, and the program says so.
fn cut(server: &mut Server, client: Client) {
    server.leave(client);
    server.prints();
}

/// The program's next connection, which the server ends before it is open.
fn turned_away(server: &mut Server, not_before: Duration) {
    let mut client = server.accept_not_before(not_before);
    client.socket_io().asks();
    server.leave(client);
}

/// The server says goodbye, and all ends well.
fn dismissed(mut server: Server, mut client: Client) {
    client.text("41").gone();
    server.prints().ends();
}

/// A name for a session that the server remembers, `<pid>`.
fn pid(program: &Subject) -> String {
    let letters = program.draw(20).into_iter();
    let pid: String = letters.map(|b| char::from(b'a' + b % 26)).collect();
    program.name("pid", &pid);
    pid
}

/// What a server that remembers puts behind the arguments of an event, `<offset>`.
fn offset(program: &Subject) -> String {
    let letters = program.draw(8).into_iter();
    let offset: String = letters.map(|b| char::from(b'A' + b % 26)).collect();
    program.name("offset", &offset);
    offset
}

/// Quick returns, where they are not what the proof is about.
const SOON: [&str; 2] = ["--base", "20ms"];

mod step_1_delays {
    use super::*;

    /// A first wait that no program can know, `<base>`; its multiples are named
    /// after it. None of them is one of the waits that begin with a second.
    fn based(program: &Subject) -> String {
        let base = 1_006 + 20 * u32::from(program.draw(1)[0]);
        let millis = |halves: u32| format!("{}ms", base / 2 * halves);
        program.name("base", millis(2));
        for (times, halves) in [("½", 1), ("1½", 3), ("2", 4), ("3", 6), ("4", 8), ("5", 10)] {
            program.name(&format!("{times} × base"), millis(halves));
        }
        millis(2)
    }

    /// Each wait is twice as long as the one before, up to five seconds, if luck
    /// is neither good nor bad.
    #[test]
    fn the_schedule() {
        let program = subject!();
        program.run(&["delays", "--random", "0.5"]);
        let base = based(&program);
        program.run(&["delays", "--random", "0.5", "--base", &base]);
        prove!(program);
    }

    mod strict {
        use super::*;

        /// Luck makes a wait up to half shorter or longer. The limit comes last: a
        /// doubled wait may be past it, and luck bring it back.
        #[test]
        fn good_and_bad_luck() {
            let program = subject!();
            let base = based(&program);
            for random in ["0", "1"] {
                program.run(&["delays", "--random", random, "--base", &base]);
            }
            prove!(program);
        }
    }
}

mod step_2_return {
    use super::*;

    /// A connection that breaks is made again. The sid is another one.
    #[test]
    fn a_connection_that_breaks() {
        let program = subject!();
        let (mut server, client) = connected(&program, &SOON);
        cut(&mut server, client);
        let mut client = connected_again(&program, &mut server);
        client.text(format!(r#"42["news","{}"]"#, program.word()));
        server.prints();
        dismissed(server, client);
        prove!(program);
    }

    /// A server that says goodbye means it: nobody comes back.
    #[test]
    fn a_goodbye() {
        let program = subject!();
        let (mut server, mut client) = connected(&program, &SOON);
        client.text(format!(r#"42["news","{}"]"#, program.word()));
        server.prints();
        dismissed(server, client);
        prove!(program);
    }

    /// As long as nothing opens, each wait is at least twice as long as the one
    /// before can have been at its shortest.
    #[test]
    fn each_wait_is_longer() {
        let program = subject!();
        let mut server = program.visits("/", &["--base", "200ms"]);
        turned_away(&mut server, Duration::ZERO);
        for least in [100, 200, 400] {
            turned_away(&mut server, Duration::from_millis(least));
        }
        let mut client = opened(&program, &mut server, Duration::from_millis(500));
        grant(&program, &mut client);
        server.prints();
        dismissed(server, client);
        prove!(program);
    }

    mod strict {
        use super::*;

        /// A server that stops asking is gone, though nothing broke: the client
        /// leaves, and comes back.
        #[test]
        fn a_silence() {
            let program = subject!();
            let mut server = program.visits("/", &SOON);
            let mut client = opened_for(&program, &mut server, Duration::ZERO, [400, 400]);
            grant(&program, &mut client);
            server.prints();
            client.text("2").frame();
            client.gone();
            server.prints();
            let client = connected_again(&program, &mut server);
            dismissed(server, client);
            prove!(program);
        }

        /// However often it has failed, the client tries on, and no wait is longer
        /// than the limit.
        #[test]
        fn a_long_night() {
            let program = subject!();
            let mut server = program.visits("/", &["--base", "1ms"]);
            turned_away(&mut server, Duration::ZERO);
            server.aside("… and 40 times more", |server| {
                (0..40).for_each(|_| turned_away(server, Duration::ZERO));
            });
            let client = connected_again(&program, &mut server);
            dismissed(server, client);
            prove!(program);
        }

        /// A refusal is no accident: to ask again would be answered again.
        #[test]
        fn a_refusal() {
            let program = subject!();
            let why = program.word();
            let mut server = program.visits("/", &SOON);
            let mut client = opened(&program, &mut server, Duration::ZERO);
            client.text(format!(r#"44{{"message":"not {why}"}}"#));
            server.prints();
            client.gone();
            server.ends();
            let (server, client) = connected(&program, &SOON);
            dismissed(server, client);
            prove!(program);
        }
    }
}

mod step_3_once {
    use super::*;

    /// What is said before there is a connection waits for one, and is then said
    /// once, in order.
    #[test]
    fn what_is_said_early() {
        let program = subject!();
        let (one, two) = (program.word(), program.word());
        let args = [
            "--emit", "one", &one, "--emit", "two", &two, "--base", "20ms",
        ];
        let mut server = program.visits("/", &args);
        turned_away(&mut server, Duration::ZERO);
        turned_away(&mut server, Duration::ZERO);
        let mut client = connected_again(&program, &mut server);
        client.frame().frame();
        dismissed(server, client);
        prove!(program);
    }

    /// What has been said is not said again, though nobody knows whether it
    /// arrived: at most once.
    #[test]
    fn at_most_once() {
        let program = subject!();
        let args = ["--emit", "one", &program.word(), "--base", "20ms"];
        let (mut server, mut client) = connected(&program, &args);
        client.frame();
        cut(&mut server, client);
        let mut client = connected_again(&program, &mut server);
        client.text("2").frame();
        dismissed(server, client);
        prove!(program);
    }

    mod strict {
        use super::*;

        /// What came before the server's answer to CONNECT is heard behind it, and
        /// not lost.
        #[test]
        fn what_is_heard_early() {
            let program = subject!();
            let mut server = program.visits("/", &SOON);
            let mut client = opened(&program, &mut server, Duration::ZERO);
            client.text(format!(r#"42["news","{}"]"#, program.word()));
            client.text("2").frame();
            grant(&program, &mut client);
            server.prints().prints();
            dismissed(server, client);
            prove!(program);
        }
    }
}

mod step_4_retries {
    use super::*;

    /// With retries each event asks for an answer, and the next one waits for it.
    #[test]
    fn one_after_the_other() {
        let program = subject!();
        let (one, two) = (program.word(), program.word());
        let args = [
            "--emit",
            "one",
            &one,
            "--emit",
            "two",
            &two,
            "--retries",
            "2",
        ];
        let (mut server, mut client) = connected(&program, &args);
        client.frame().text("2").frame().text("430[]");
        server.prints();
        client.frame().text(format!(r#"431["{}"]"#, program.word()));
        server.prints();
        dismissed(server, client);
        prove!(program);
    }

    /// What nobody answers in time is said again, with another ack id and the same
    /// arguments: at least once.
    #[test]
    fn no_answer() {
        let program = subject!();
        let (word, name) = (program.word(), program.word());
        let args = [
            "--emit",
            "one",
            &word,
            "--retries",
            "3",
            "--ack-timeout",
            "400ms",
            "--name",
            &name,
        ];
        let mut server = program.visits("/", &args);
        let mut client = opened(&program, &mut server, Duration::ZERO);
        // Before it can have said anything; some timers ring a little early.
        let begun = Instant::now();
        grant(&program, &mut client);
        server.prints();
        client.frame().frame().frame();
        server.remark(
            begun.elapsed() >= Duration::from_millis(750),
            "not before 400ms have passed, each time",
            "sooner than 400ms after the time before",
        );
        client.text("432[]");
        server.prints();
        client.text("2").frame();
        dismissed(server, client);
        prove!(program);
    }

    /// What was under way when the connection broke is said again on the next.
    #[test]
    fn across_a_cut() {
        let program = subject!();
        let (word, name) = (program.word(), program.word());
        let args = [
            "--emit",
            "one",
            &word,
            "--retries",
            "3",
            "--base",
            "20ms",
            "--name",
            &name,
        ];
        let (mut server, mut client) = connected(&program, &args);
        client.frame();
        cut(&mut server, client);
        let mut client = connected_again(&program, &mut server);
        client.frame().text("431[]");
        server.prints();
        dismissed(server, client);
        prove!(program);
    }

    mod strict {
        use super::*;

        /// After as many retries as were allowed, it is given up, and the next one
        /// has its turn.
        #[test]
        fn given_up() {
            let program = subject!();
            let (one, two) = (program.word(), program.word());
            let args = [
                "--emit",
                "one",
                &one,
                "--emit",
                "two",
                &two,
                "--retries",
                "1",
                "--ack-timeout",
                "400ms",
            ];
            let (mut server, mut client) = connected(&program, &args);
            client.frame().frame().frame().text("432[]");
            server.prints().prints();
            dismissed(server, client);
            prove!(program);
        }

        /// Tries are counted for each event, over all connections. An event that
        /// has had them all is not said on the next one.
        #[test]
        fn given_up_over_cuts() {
            let program = subject!();
            let one = program.word();
            let args = [
                "--emit",
                "one",
                &one,
                "--retries",
                "1",
                "--ack-timeout",
                "20s",
                "--base",
                "20ms",
            ];
            let (mut server, mut client) = connected(&program, &args);
            client.frame();
            cut(&mut server, client);
            let mut client = connected_again(&program, &mut server);
            client.frame();
            cut(&mut server, client);
            let mut client = opened(&program, &mut server, Duration::ZERO);
            grant(&program, &mut client);
            client.text("2").frame();
            // In either order: it may be given up when the connection has broken.
            server.aside("it has failed, and is connected", |server| {
                server.prints().prints();
            });
            dismissed(server, client);
            prove!(program);
        }

        /// What another namespace is told is told another: it lets nobody in, turns
        /// nobody away, answers nothing, and is no goodbye.
        #[test]
        fn what_others_are_told() {
            let program = subject!();
            let one = program.word();
            let args = [
                "--emit",
                "one",
                &one,
                "--retries",
                "1",
                "--ack-timeout",
                "20s",
            ];
            let mut server = program.visits("/admin", &args);
            let mut client = opened(&program, &mut server, Duration::ZERO);
            client.text(format!(r#"44{{"message":"not {}"}}"#, program.word()));
            grant(&program, &mut client);
            client.text("2").frame();
            client.text(format!(r#"40/admin,{{"sid":"{}"}}"#, program.sid()));
            server.prints();
            client.frame();
            client.text(format!(r#"42["news","{}"]"#, program.word()));
            client.text("430[]").text("41").text("2").frame();
            client.text(format!(r#"43/admin,0["{}"]"#, program.word()));
            server.prints();
            client.text("41/admin,").gone();
            server.prints().ends();
            prove!(program);
        }

        /// An answer that comes too late is none: the event is under way again, and
        /// that try has its own. The next event has tries of its own, too.
        #[test]
        fn a_late_answer() {
            let program = subject!();
            let (one, two) = (program.word(), program.word());
            let args = [
                "--emit",
                "one",
                &one,
                "--emit",
                "two",
                &two,
                "--retries",
                "1",
                "--ack-timeout",
                "400ms",
            ];
            let (mut server, mut client) = connected(&program, &args);
            client.frame().frame();
            client.text(format!(r#"430["{}"]"#, program.word()));
            client.text(format!(r#"431["{}"]"#, program.word()));
            server.prints();
            client.frame().text("432[]");
            server.prints();
            dismissed(server, client);
            prove!(program);
        }
    }
}

mod step_5_recover {
    use super::*;

    /// A server that remembers gives a `pid`, and an offset with each event. Who
    /// comes back with both is the same as before, and hears what was missed, before
    /// the answer to CONNECT.
    #[test]
    fn a_session_that_is_kept() {
        let program = subject!();
        let (sid, pid) = (program.sid(), pid(&program));
        let mut server = program.visits("/", &SOON);
        let mut client = opened(&program, &mut server, Duration::ZERO);
        client.text(format!(r#"40{{"sid":"{sid}","pid":"{pid}"}}"#));
        server.prints();
        let news = |client: &mut Client| {
            let (word, offset) = (program.word(), offset(&program));
            client.text(format!(r#"42["news","{word}","{offset}"]"#));
        };
        news(&mut client);
        server.prints();
        cut(&mut server, client);
        let mut client = opened(&program, &mut server, Duration::ZERO);
        news(&mut client);
        news(&mut client);
        client.text(format!(r#"40{{"sid":"{sid}","pid":"{pid}"}}"#));
        server.prints().prints().prints();
        dismissed(server, client);
        prove!(program);
    }

    mod strict {
        use super::*;

        /// A server that has forgotten answers with another `pid`: then this is a
        /// new session.
        #[test]
        fn a_session_that_is_forgotten() {
            let program = subject!();
            let mut server = program.visits("/", &SOON);
            let mut client = opened(&program, &mut server, Duration::ZERO);
            client.text(format!(
                r#"40{{"sid":"{}","pid":"{}"}}"#,
                program.sid(),
                pid(&program)
            ));
            server.prints();
            let (word, offset) = (program.word(), offset(&program));
            client.text(format!(r#"42["news","{word}","{offset}"]"#));
            server.prints();
            cut(&mut server, client);
            let mut client = opened(&program, &mut server, Duration::ZERO);
            client.text(format!(
                r#"40{{"sid":"{}","pid":"{}"}}"#,
                program.sid(),
                pid(&program)
            ));
            server.prints();
            dismissed(server, client);
            prove!(program);
        }

        /// Each return says what was heard last, by whom the client is known now. An
        /// event without an offset changes nothing: not all have one.
        #[test]
        fn what_is_known_now() {
            let program = subject!();
            let mut server = program.visits("/admin", &SOON);
            let grant = |client: &mut Client, sid: &str, pid: &str| {
                client.text(format!(r#"40/admin,{{"sid":"{sid}","pid":"{pid}"}}"#));
            };
            let news = |client: &mut Client| {
                let (word, offset) = (program.word(), offset(&program));
                client.text(format!(r#"42/admin,["news","{word}",1,"{offset}"]"#));
            };
            let (sid, known) = (program.sid(), pid(&program));
            let mut client = opened(&program, &mut server, Duration::ZERO);
            grant(&mut client, &sid, &known);
            news(&mut client);
            server.prints().prints();
            cut(&mut server, client);

            let mut client = opened(&program, &mut server, Duration::ZERO);
            news(&mut client);
            grant(&mut client, &sid, &known);
            server.prints().prints();
            cut(&mut server, client);

            let mut client = opened(&program, &mut server, Duration::ZERO);
            grant(&mut client, &program.sid(), &pid(&program));
            news(&mut client);
            client.text(r#"42/admin,["now or never",2]"#);
            server.prints().prints().prints();
            cut(&mut server, client);

            let mut client = opened(&program, &mut server, Duration::ZERO);
            client.text(format!(r#"40/admin,{{"sid":"{}"}}"#, program.sid()));
            server.prints();
            cut(&mut server, client);

            let mut client = opened(&program, &mut server, Duration::ZERO);
            client.text(format!(r#"40/admin,{{"sid":"{}"}}"#, program.sid()));
            server.prints();
            client.text("41/admin,").gone();
            server.prints().ends();
            prove!(program);
        }
    }
}
