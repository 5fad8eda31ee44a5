//! Proofs of chapter 08: Socket.IO over a plain WebSocket, from the client's
//! side. Engine.IO protocol v4, Socket.IO protocol v5.
//!
//! Here the proof is the server. What it says is what the official server said
//! when it was recorded; sids and words are drawn for each run.

use std::time::{Duration, Instant};

use proof::{Client, Frame, Server, Subject, prove, subject};

/// The program as a client of this proof, with its WebSocket open. Nothing of
/// Socket.IO has been said.
fn visit(program: &Subject, path: &str, args: &[&str]) -> (Server, Client) {
    let mut server = program.visits(path, args);
    let mut client = server.accept();
    client.socket_io().upgrade();
    (server, client)
}

/// The first packet of a session, with these times in milliseconds.
fn open(program: &Subject, interval: u64, timeout: u64) -> String {
    let sid = program.sid();
    format!(
        r#"0{{"sid":"{sid}","upgrades":[],"pingInterval":{interval},"pingTimeout":{timeout},"maxPayload":1000000}}"#
    )
}

/// As the official server has them by default.
fn usual(program: &Subject) -> String {
    open(program, 25_000, 20_000)
}

/// The answer to a CONNECT that is granted.
fn granted(program: &Subject, namespace: &str) -> String {
    format!(r#"40{namespace}{{"sid":"{}"}}"#, program.sid())
}

/// The program connected to `/`, and told so.
fn connected(program: &Subject, args: &[&str]) -> (Server, Client) {
    connected_with(program, args, usual(program))
}

fn connected_with(program: &Subject, args: &[&str], open: String) -> (Server, Client) {
    let (mut server, mut client) = visit(program, "/", args);
    client.text(open).frame().text(granted(program, ""));
    server.prints();
    (server, client)
}

/// The server says goodbye, and all ends well.
fn dismissed(mut server: Server, mut client: Client) {
    client.text("41").gone();
    server.prints().ends();
}

mod step_1_address {
    use super::*;

    /// The endpoint is `/socket.io/`. Its query names the version of Engine.IO and
    /// the transport (Engine.IO protocol, "Handshake").
    #[test]
    fn the_endpoint() {
        let program = subject!();
        for scheme in ["http", "ws"] {
            let url = format!("{scheme}://{}.example:3000", program.word());
            program.run(&["address", &url]);
        }
        prove!(program);
    }

    /// The path of the URL is no path: it names a namespace.
    #[test]
    fn a_path_is_a_namespace() {
        let program = subject!();
        let host = program.word();
        let (one, two) = (program.word(), program.word());
        for path in ["/".to_owned(), format!("/{one}"), format!("/{one}/{two}")] {
            program.run(&["address", &format!("http://{host}:3000{path}")]);
        }
        prove!(program);
    }

    mod strict {
        use super::*;

        /// `https` asks for `wss` (RFC 6455 §3).
        #[test]
        fn a_secure_address() {
            let program = subject!();
            for scheme in ["https", "wss"] {
                let url = format!("{scheme}://{}.example/admin", program.word());
                program.run(&["address", &url]);
            }
            prove!(program);
        }

        /// What is no address of the web's is refused, and so is one without a host
        /// (RFC 9110 §4.2.1).
        #[test]
        fn no_address() {
            let program = subject!();
            let host = program.word();
            program.run(&["address", &format!("ftp://{host}")]);
            program.run(&["address", &host]);
            program.run(&["address", &format!("http:///{host}")]);
            program.run(&["address", &format!("http://{host}")]);
            prove!(program);
        }
    }
}

mod step_2_connect {
    use super::*;

    /// Two handshakes: Engine.IO opens a session, with its sid; then Socket.IO
    /// connects to a namespace, with another sid (Socket.IO protocol,
    /// "Connection to a namespace").
    #[test]
    fn two_handshakes() {
        let program = subject!();
        let (mut server, mut client) = visit(&program, "/", &[]);
        client.text(usual(&program)).frame();
        client.text(granted(&program, ""));
        server.prints();
        prove!(program);
    }

    /// Another namespace stands behind the type, and ends with a comma.
    #[test]
    fn another_namespace() {
        let program = subject!();
        let namespace = format!("/{}", program.word());
        let (mut server, mut client) = visit(&program, &namespace, &[]);
        client.text(usual(&program)).frame();
        client.text(granted(&program, &format!("{namespace},")));
        server.prints();
        prove!(program);
    }

    /// A server that does not want this client says why. Then there is nothing to
    /// stay for.
    #[test]
    fn a_refusal() {
        let program = subject!();
        let why = program.word();
        let (mut server, mut client) = visit(&program, "/", &[]);
        client.text(usual(&program)).frame();
        client.text(format!(r#"44{{"message":"not {why}"}}"#));
        server.prints();
        client.gone();
        server.ends();
        connected(&program, &[]);
        prove!(program);
    }

    mod strict {
        use super::*;

        /// The server speaks first. What a client says before that, it says to
        /// nobody (Engine.IO protocol, "Handshake").
        #[test]
        fn the_server_speaks_first() {
            let program = subject!();
            let word = program.word();
            let (mut server, mut client) = visit(&program, "/", &[]);
            client.send(Frame::ping(&word)).frame();
            client.text(usual(&program)).frame();
            client.text(granted(&program, ""));
            server.prints();
            prove!(program);
        }

        /// A refusal of another namespace is none of this one's.
        #[test]
        fn somebody_elses_refusal() {
            let program = subject!();
            let (mut server, mut client) = visit(&program, "/", &[]);
            client.text(usual(&program)).frame();
            let other = program.word();
            client.text(format!(r#"44/{other},{{"message":"Invalid namespace"}}"#));
            client.text(granted(&program, ""));
            server.prints();
            dismissed(server, client);
            prove!(program);
        }
    }
}

mod step_3_ask {
    use super::*;

    /// An event is an array: its name, then its arguments. One that wants an answer
    /// is an event too.
    #[test]
    fn an_event() {
        let program = subject!();
        let (mut server, mut client) = connected(&program, &[]);
        client.text(format!(r#"42["news","{}",1]"#, program.word()));
        server.prints();
        client.text(format!(r#"427["news","{}"]"#, program.word()));
        server.prints();
        dismissed(server, client);
        prove!(program);
    }

    /// An event that wants an answer carries a number; the answer carries the same
    /// (Socket.IO protocol, "Acknowledgement"). Then all is done, and the client
    /// says goodbye.
    #[test]
    fn a_question_and_its_answer() {
        let program = subject!();
        let (asked, told) = (program.word(), program.word());
        let (mut server, mut client) = connected(&program, &["--ask", "hi", &asked]);
        client.frame().text(format!(r#"430["{told}"]"#));
        server.prints();
        client.frame().gone();
        server.prints().ends();
        prove!(program);
    }

    /// Answers come in any order: the number says which is whose.
    #[test]
    fn answers_out_of_order() {
        let program = subject!();
        let args = [
            "--ask",
            "one",
            &program.word(),
            "--ask",
            "two",
            &program.word(),
        ];
        let (mut server, mut client) = connected(&program, &args);
        client.frame().frame();
        client.text(format!(r#"431["{}"]"#, program.word()));
        server.prints();
        client.text(format!(r#"430["{}"]"#, program.word()));
        server.prints();
        client.frame().gone();
        server.prints().ends();
        prove!(program);
    }

    mod strict {
        use super::*;

        /// All of it in another namespace: each packet names it, and those that do not
        /// are somebody else's.
        #[test]
        fn in_another_namespace() {
            let program = subject!();
            let namespace = format!("/{}", program.word());
            let args = ["--ask", "hi", &program.word()];
            let (mut server, mut client) = visit(&program, &namespace, &args);
            client.text(usual(&program)).frame();
            client.text(granted(&program, &format!("{namespace},")));
            server.prints();
            client.frame();
            client.text(format!(r#"42["news","{}"]"#, program.word()));
            client.text(format!(r#"430["{}"]"#, program.word()));
            client.text("41");
            client.text(format!(r#"43{namespace},0["{}"]"#, program.word()));
            server.prints();
            client.frame().gone();
            server.prints().ends();
            prove!(program);
        }

        /// An answer that nobody waits for is none, and neither is a second one, or one
        /// without a number.
        #[test]
        fn an_answer_to_nothing() {
            let program = subject!();
            let args = [
                "--ask",
                "one",
                &program.word(),
                "--ask",
                "two",
                &program.word(),
            ];
            let (mut server, mut client) = connected(&program, &args);
            client.frame().frame();
            client.text(format!(r#"437["{}"]"#, program.word()));
            client.text(format!(r#"43["{}"]"#, program.word()));
            client.text(format!(r#"430["{}"]"#, program.word()));
            client.text(format!(r#"430["{}"]"#, program.word()));
            server.prints();
            client.text(format!(r#"431["{}"]"#, program.word()));
            server.prints();
            client.frame().gone();
            server.prints().ends();
            let (mut server, mut client) = connected(&program, &[]);
            client.text(format!(r#"430["{}"]"#, program.word()));
            client.text(format!(r#"42["news","{}"]"#, program.word()));
            server.prints();
            dismissed(server, client);
            prove!(program);
        }

        /// What is asked is JSON, whatever is in it (RFC 8259 §7).
        #[test]
        fn a_question_with_quotes() {
            let program = subject!();
            let event = format!(r#"hi "{}""#, program.word());
            let asked = format!("{} says: \"a\\b\u{1}\"", program.word());
            let (mut server, mut client) = connected(&program, &["--ask", &event, &asked]);
            client.frame().text("430[]");
            server.prints();
            client.frame().gone();
            server.prints().ends();
            prove!(program);
        }
    }
}

mod step_4_alive {
    use super::*;

    /// The server asks, the client answers (Engine.IO protocol, "Heartbeat").
    #[test]
    fn a_ping_is_answered() {
        let program = subject!();
        let (mut server, mut client) = connected(&program, &[]);
        client.text("2").frame();
        client.text(format!(r#"42["news","{}"]"#, program.word()));
        server.prints();
        client.text("2").frame();
        dismissed(server, client);
        prove!(program);
    }

    /// The client notices by itself, whatever else the server says.
    const NOTICED: Duration = Duration::from_millis(2_600);

    /// A server that stops asking is gone, whatever else it says: the client waits
    /// for as long as the server itself had said, and leaves. It stays with one
    /// that has longer.
    #[test]
    fn a_server_that_is_gone() {
        let program = subject!();
        let brief = open(&program, 900, 600);
        let (mut server, mut client) = connected_with(&program, &[], brief);
        client.text("2").frame();
        let mut left = false;
        client.aside("noops, ten a second", |client| {
            let began = Instant::now();
            while !left && began.elapsed() < NOTICED {
                left = client.text("6").pending(Duration::from_millis(100));
            }
        });
        if !left {
            server.remark(false, "", "still there after 2.6 s");
        }
        client.gone();
        server.prints().ends();
        let (server, mut client) = connected(&program, &[]);
        client.text("2").frame();
        dismissed(server, client);
        prove!(program);
    }

    mod strict {
        use super::*;

        /// Later than each of the two times, and not than both together.
        const LATE: Duration = Duration::from_millis(1_700);

        /// A ping may be late: both times count, the interval and the time-out. They
        /// count from the last ping.
        #[test]
        fn a_ping_that_is_late() {
            let program = subject!();
            let open = open(&program, 1_400, 1_400);
            let (mut server, mut client) = connected_with(&program, &[], open);
            for _ in 0..2 {
                client.pending(LATE);
                client.text("2").frame();
            }
            client.text(format!(r#"42["news","{}"]"#, program.word()));
            server.prints();
            dismissed(server, client);
            prove!(program);
        }

        /// A ping is answered once, and while the client is not connected yet.
        #[test]
        fn a_ping_before_all() {
            let program = subject!();
            let (mut server, mut client) = visit(&program, "/", &[]);
            client.text(usual(&program)).frame();
            client.text("2").frame();
            client.send(Frame::ping(program.word())).frame();
            client.text(granted(&program, ""));
            server.prints();
            prove!(program);
        }

        /// A server that ends the connection and has not said `41` is gone at once, and
        /// nothing has ended well.
        #[test]
        fn an_end_without_a_word() {
            let program = subject!();
            let (mut server, mut client) = connected(&program, &[]);
            client.half_close().gone();
            server.prints().ends();
            let (server, client) = connected(&program, &[]);
            dismissed(server, client);
            prove!(program);
        }

        /// A ping is answered while an answer is awaited, and events are heard then too.
        #[test]
        fn a_ping_before_the_answer() {
            let program = subject!();
            let args = ["--ask", "hi", &program.word()];
            let (mut server, mut client) = connected(&program, &args);
            client.frame().text("2").frame();
            client.text(format!(r#"42["news","{}"]"#, program.word()));
            server.prints();
            client.text(format!(r#"430["{}"]"#, program.word()));
            server.prints();
            client.frame().gone();
            server.prints().ends();
            prove!(program);
        }
    }
}
