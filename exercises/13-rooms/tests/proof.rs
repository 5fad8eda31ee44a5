//! What a server must show that speaks to many at once, and a chat on it.
//! Chapter: book/src/13-rooms.md
//!
//! `ann`, `bob`, `cid` and `dan` are clients. Where one must hear nothing, it asks
//! something afterwards, and hears the answer first.

use proof::{Client, Polling, Subject, prove, subject};

const SOCKET_IO: &str = "/socket.io/?EIO=4&transport=websocket";

/// What a client calls itself, so that it is known and new in each run.
fn called(server: &Subject, name: &str) -> String {
    format!("{name}-{}", server.word())
}

/// A session of Engine.IO, in no namespace yet.
fn session(server: &Subject, name: &str) -> Client {
    let mut client = server.client_named(name);
    client.socket_io().open(SOCKET_IO).frame();
    client
}

/// A client in `/` that calls itself so.
fn joined_as(server: &Subject, name: &str, called: &str) -> Client {
    let mut client = session(server, name);
    client.text(format!(r#"40{{"name":"{called}"}}"#)).frame();
    client
}

/// A client in `/`.
fn joined(server: &Subject, name: &str) -> Client {
    joined_as(server, name, &called(server, name))
}

/// A client in `/` and in these rooms.
fn within(server: &Subject, name: &str, rooms: &[&str]) -> Client {
    let mut client = joined(server, name);
    for room in rooms {
        join(&mut client, room);
    }
    client
}

fn join(client: &mut Client, room: &str) {
    client.text(format!(r#"420["join","{room}"]"#)).frame();
}

fn leave(client: &mut Client, room: &str) {
    client.text(format!(r#"420["leave","{room}"]"#)).frame();
}

/// Asks who would be told.
fn who(client: &mut Client, whom: &str) {
    client.text(format!(r#"421["who",{whom}]"#)).frame();
}

/// Asks which rooms there are.
fn rooms(client: &mut Client) {
    client.text(r#"423["rooms"]"#).frame();
}

/// Has this told under the name `told`. The teller hears that it was done.
fn tell(client: &mut Client, whom: &str, what: &str) {
    client
        .text(format!(r#"422["tell",{whom},"told","{what}"]"#))
        .frame();
}

/// A client that polls, in `/` and in this room.
fn polling(server: &Subject, name: &str, room: &str) -> Polling {
    let mut client = server.polling_named(name, "/socket.io/");
    client.socket_io().opens().posts(&["40"]).receives(1);
    client
        .posts(&[&format!(r#"420["join","{room}"]"#)])
        .receives(1);
    client
}

/// Asks to be let in again as who was given this, and has heard so much.
fn returns(client: &mut Client, name: &str, pid: &str, offset: &str) {
    client.text(format!(
        r#"40{{"name":"{name}","pid":"{pid}","offset":"{offset}"}}"#
    ));
    client.frame();
}

/// Leaves `/`; an answer to something else says that this has been heard.
fn leaves(client: &mut Client, word: &str) {
    client.text("41").text(format!("40/{word},")).frame();
}

mod step_1_rooms {
    use super::*;

    /// Who joins a room is in it, and who leaves it is not.
    #[test]
    fn in_and_out() {
        let server = subject!().serve();
        let room = server.word();
        let mut ann = joined(&server, "ann");
        join(&mut ann, &room);
        leave(&mut ann, &room);
        join(&mut ann, &room);
        prove!(server);
    }

    /// One can be in several rooms, and leaves one at a time.
    #[test]
    fn several_rooms() {
        let server = subject!().serve();
        let (one, two) = (called(&server, "a"), called(&server, "b"));
        let mut ann = joined(&server, "ann");
        join(&mut ann, &one);
        join(&mut ann, &two);
        leave(&mut ann, &one);
        prove!(server);
    }

    /// Who is in a room and joins it is in it once. One `leave` is enough.
    #[test]
    fn twice_is_once() {
        let server = subject!().serve();
        let room = server.word();
        let mut ann = joined(&server, "ann");
        join(&mut ann, &room);
        join(&mut ann, &room);
        leave(&mut ann, &room);
        prove!(server);
    }

    /// To leave a room that one is not in is no fault, and changes nothing.
    #[test]
    fn out_of_where_it_is_not() {
        let server = subject!().serve();
        let room = server.word();
        let mut ann = joined(&server, "ann");
        let mut bob = within(&server, "bob", &[&room]);
        leave(&mut ann, &room);
        join(&mut ann, &server.word());
        leave(&mut bob, &server.word());
        prove!(server);
    }

    mod strict {
        use super::*;

        /// Where one client is does not change where another is.
        #[test]
        fn each_for_itself() {
            let server = subject!().serve();
            let (one, two) = (server.word(), server.word());
            let mut ann = within(&server, "ann", &[&one]);
            let mut bob = joined(&server, "bob");
            join(&mut bob, &two);
            leave(&mut bob, &one);
            leave(&mut ann, &two);
            prove!(server);
        }

        /// Two namespaces may have a room of one name: they are two rooms.
        #[test]
        fn a_room_is_of_its_namespace() {
            let server = subject!().serve();
            let (room, other) = (server.word(), server.word());
            let mut ann = within(&server, "ann", &[&room]);
            ann.text("40/other,").frame();
            ann.text(format!(r#"42/other,3["leave","{room}"]"#)).frame();
            ann.text(format!(r#"42/other,4["join","{other}"]"#)).frame();
            leave(&mut ann, &server.word());
            prove!(server);
        }

        /// Any text is a name. None means more than its letters, and case counts.
        /// How many rooms one is in is no matter.
        #[test]
        fn any_text_is_a_name() {
            let server = subject!().serve();
            let word = format!("~{} é/,", server.word());
            let mut ann = joined(&server, "ann");
            for name in [
                "",
                "*",
                "0",
                "Blue",
                "__proto__",
                "blu",
                "blue",
                "blue ",
                "red",
            ] {
                join(&mut ann, name);
            }
            join(&mut ann, &word);
            for name in ["Blue", "blu", "", &word] {
                leave(&mut ann, name);
            }
            prove!(server);
        }

        /// A room is there as long as somebody is in it: nobody makes it, and the
        /// last one who leaves takes it along.
        #[test]
        fn a_room_is_where_somebody_is() {
            let server = subject!().serve();
            let (one, two) = (called(&server, "a"), called(&server, "b"));
            let mut ann = joined(&server, "ann");
            leave(&mut ann, &one);
            rooms(&mut ann);
            join(&mut ann, &one);
            let mut bob = within(&server, "bob", &[&one, &two]);
            rooms(&mut ann);
            for client in [&mut ann, &mut bob] {
                leave(client, &one);
                rooms(client);
            }
            prove!(server);
        }
    }
}

mod step_2_targets {
    use super::*;

    /// A broadcast of a socket means all others. One of the namespace means all.
    #[test]
    fn all_the_others() {
        let server = subject!().serve();
        let mut ann = joined(&server, "ann");
        let _bob = joined(&server, "bob");
        let _cid = joined(&server, "cid");
        who(&mut ann, "{}");
        who(&mut ann, r#"{"from":"all"}"#);
        prove!(server);
    }

    /// A room means those who are in it; for one of them, the others.
    #[test]
    fn those_in_a_room() {
        let server = subject!().serve();
        let room = server.word();
        let mut ann = within(&server, "ann", &[&room]);
        let _bob = within(&server, "bob", &[&room]);
        let mut cid = joined(&server, "cid");
        let whom = format!(r#"{{"to":["{room}"]}}"#);
        who(&mut ann, &whom);
        who(&mut cid, &whom);
        who(&mut ann, &format!(r#"{{"from":"all","to":["{room}"]}}"#));
        prove!(server);
    }

    /// Two rooms mean who is in one of them, and whoever is in both, once.
    #[test]
    fn two_rooms_are_a_union() {
        let server = subject!().serve();
        let (blue, red) = (called(&server, "blue"), called(&server, "red"));
        let mut ann = joined(&server, "ann");
        let _bob = within(&server, "bob", &[&blue, &red]);
        let _cid = within(&server, "cid", &[&red]);
        let _dan = joined(&server, "dan");
        who(&mut ann, &format!(r#"{{"to":["{blue}","{red}"]}}"#));
        prove!(server);
    }

    /// `except` takes away who is in that room, be it all or a room that is
    /// spoken to.
    #[test]
    fn some_are_left_out() {
        let server = subject!().serve();
        let (blue, red) = (called(&server, "blue"), called(&server, "red"));
        let mut ann = within(&server, "ann", &[&blue]);
        let _bob = within(&server, "bob", &[&blue, &red]);
        let _cid = within(&server, "cid", &[&blue]);
        let _dan = joined(&server, "dan");
        who(&mut ann, &format!(r#"{{"except":["{red}"]}}"#));
        who(
            &mut ann,
            &format!(r#"{{"to":["{blue}"],"except":["{red}"]}}"#),
        );
        prove!(server);
    }

    /// A socket's id is a room, and it is in there. For itself, nobody is left.
    #[test]
    fn an_id_is_a_room() {
        let server = subject!().serve();
        let (one, two) = (called(&server, "ann"), called(&server, "bob"));
        let mut ann = joined_as(&server, "ann", &one);
        let _bob = joined_as(&server, "bob", &two);
        let _cid = joined(&server, "cid");
        who(&mut ann, &format!(r#"{{"to":["@{two}"]}}"#));
        who(&mut ann, &format!(r#"{{"to":["@{one}"]}}"#));
        who(&mut ann, &format!(r#"{{"from":"all","to":["@{one}"]}}"#));
        prove!(server);
    }

    mod strict {
        use super::*;

        /// Nobody is in a room that nobody has joined, though its name is nearly
        /// that of another one. It is not all.
        #[test]
        fn an_empty_room() {
            let server = subject!().serve();
            let (room, empty) = (server.word(), server.word());
            let mut ann = within(&server, "ann", &[&room]);
            leave(&mut ann, &room);
            let _bob = within(&server, "bob", &["blue"]);
            for room in [&room, &empty, "blu", "Blue", "blue ", ""] {
                who(&mut ann, &format!(r#"{{"from":"all","to":["{room}"]}}"#));
            }
            who(&mut ann, &format!(r#"{{"except":["{empty}"]}}"#));
            prove!(server);
        }

        /// Who is left out by one room stays out, though another one is meant;
        /// two may be left out.
        #[test]
        fn out_is_out() {
            let server = subject!().serve();
            let [blue, green, red] = ["blue", "green", "red"].map(|room| called(&server, room));
            let mut ann = joined(&server, "ann");
            let _bob = within(&server, "bob", &[&blue, &red]);
            let _cid = within(&server, "cid", &[&blue, &green]);
            let _dan = within(&server, "dan", &[&blue]);
            let both = format!(r#""except":["{red}","{green}"]"#);
            who(&mut ann, &format!(r#"{{"to":["{blue}"],{both}}}"#));
            who(
                &mut ann,
                &format!(r#"{{"to":["{blue}","{red}"],"except":["{red}"]}}"#),
            );
            prove!(server);
        }

        /// An id can be left out, too, and stands beside rooms. Who joins the room
        /// that is called like it is meant, too.
        #[test]
        fn an_id_beside_rooms() {
            let server = subject!().serve();
            let (one, two, room) = (
                called(&server, "bob"),
                called(&server, "cid"),
                server.word(),
            );
            let mut ann = joined(&server, "ann");
            let mut bob = joined_as(&server, "bob", &one);
            join(&mut bob, &room);
            let id = server.chosen("sid");
            let mut cid = joined_as(&server, "cid", &two);
            who(
                &mut ann,
                &format!(r#"{{"to":["{room}","@{one}","@{two}"]}}"#),
            );
            who(&mut ann, &format!(r#"{{"except":["@{two}"]}}"#));
            join(&mut cid, &id);
            who(&mut ann, &format!(r#"{{"to":["@{one}"]}}"#));
            who(&mut ann, &format!(r#"{{"except":["@{one}"]}}"#));
            prove!(server);
        }

        /// Nobody of another namespace is meant, though the rooms have one name.
        #[test]
        fn namespaces_are_apart() {
            let server = subject!().serve();
            let room = server.word();
            let mut ann = within(&server, "ann", &[&room]);
            let mut bob = session(&server, "bob");
            let name = called(&server, "bob");
            bob.text(format!(r#"40/other,{{"name":"{name}"}}"#)).frame();
            bob.text(format!(r#"42/other,3["join","{room}"]"#)).frame();
            let whom = format!(r#"{{"from":"all","to":["{room}"]}}"#);
            who(&mut ann, &whom);
            bob.text(format!(r#"42/other,4["who",{whom}]"#)).frame();
            prove!(server);
        }
    }
}

mod step_3_tell {
    use super::*;

    /// All others hear it, and who says it does not.
    #[test]
    fn all_others_hear_it() {
        let server = subject!().serve();
        let mut ann = joined(&server, "ann");
        let mut bob = joined(&server, "bob");
        let mut cid = joined(&server, "cid");
        ann.text(format!(r#"42["others","{}"]"#, server.word()));
        who(&mut ann, "{}");
        bob.frame();
        cid.frame();
        prove!(server);
    }

    /// All hear it, and who says it does, too.
    #[test]
    fn all_hear_it() {
        let server = subject!().serve();
        let mut ann = joined(&server, "ann");
        let mut bob = joined(&server, "bob");
        ann.text(format!(r#"42["all","{}"]"#, server.word()))
            .frame();
        bob.frame();
        prove!(server);
    }

    /// Whoever is in both rooms hears it once, and who is in none does not hear
    /// it.
    #[test]
    fn in_both_rooms_it_is_heard_once() {
        let server = subject!().serve();
        let mut ann = within(&server, "ann", &["blue"]);
        let mut bob = within(&server, "bob", &["blue", "red"]);
        let mut cid = within(&server, "cid", &["red"]);
        let mut dan = joined(&server, "dan");
        ann.text(format!(r#"42["mates","{}"]"#, server.word()));
        for client in [&mut bob, &mut cid] {
            client.frame();
        }
        for client in [&mut ann, &mut bob, &mut dan] {
            who(client, r#"{"to":["red"]}"#);
        }
        prove!(server);
    }

    /// An event has as many arguments as it has, bytes among them.
    #[test]
    fn with_all_its_arguments() {
        let server = subject!().serve();
        let (word, bytes) = (server.word(), server.payload(4));
        let mut ann = joined(&server, "ann");
        let mut bob = joined(&server, "bob");
        let mut cid = joined(&server, "cid");
        ann.text(format!(
            r#"451-["others","{word}",{{"deep":[{{"_placeholder":true,"num":0}}]}},1.5]"#
        ))
        .binary(&bytes);
        ann.text(r#"42["others"]"#);
        for client in [&mut bob, &mut cid] {
            client.frame().frame().frame();
        }
        prove!(server);
    }

    /// A name that is reserved is refused, and nobody hears of it. Any other is
    /// not.
    #[test]
    fn a_reserved_name() {
        let server = subject!().serve();
        let word = server.word();
        let mut ann = joined(&server, "ann");
        let mut bob = joined(&server, "bob");
        for name in ["disconnect", &word] {
            ann.text(format!(r#"422["tell",{{}},"{name}","{word}"]"#))
                .frame();
        }
        bob.frame();
        prove!(server);
    }

    mod strict {
        use super::*;

        /// Who polls hears it as well, with its bytes.
        #[test]
        fn by_polling() {
            let server = subject!().serve();
            let room = server.word();
            let mut ann = joined(&server, "ann");
            let mut bob = polling(&server, "bob", &room);
            ann.text(format!(
                r#"451-2["tell",{{"to":["{room}"]}},"told",{{"_placeholder":true,"num":0}}]"#
            ));
            ann.binary(server.attachment(4).0).frame();
            bob.receives(2);
            prove!(server);
        }

        /// What is volatile is missed by one who polls and has no GET open.
        #[test]
        fn now_or_never() {
            let server = subject!().serve();
            let room = server.word();
            let mut ann = joined(&server, "ann");
            let mut bob = polling(&server, "bob", &room);
            let whom = format!(r#"{{"to":["{room}"],"volatile":true}}"#);
            tell(&mut ann, &whom, &server.word());
            let whom = format!(r#"{{"to":["{room}"]}}"#);
            tell(&mut ann, &whom, &server.word());
            bob.receives(1);
            prove!(server);
        }

        /// That nobody is there is no fault.
        #[test]
        fn to_nobody() {
            let server = subject!().serve();
            let room = server.word();
            let mut ann = joined(&server, "ann");
            let mut bob = joined(&server, "bob");
            let whom = format!(r#"{{"from":"all","to":["{room}"]}}"#);
            tell(&mut ann, &whom, &server.word());
            join(&mut bob, &room);
            tell(&mut ann, &whom, &server.word());
            bob.frame();
            prove!(server);
        }

        /// What is said in a namespace is heard in it, under its name.
        #[test]
        fn in_its_namespace() {
            let server = subject!().serve();
            let (one, two) = (server.word(), server.word());
            let mut ann = joined(&server, "ann");
            ann.text("40/other,").frame();
            let mut bob = joined(&server, "bob");
            bob.text("40/other,").frame();
            ann.text(format!(r#"42/other,["others","{one}"]"#));
            bob.frame();
            ann.text(format!(r#"42["others","{two}"]"#));
            bob.frame();
            prove!(server);
        }

        /// Two speak at once: all hear the same order.
        #[test]
        fn one_order_for_all() {
            let server = subject!().serve();
            let words = [server.word(), server.word()];
            let mut ann = joined(&server, "ann");
            let mut bob = joined(&server, "bob");
            let mut cid = joined(&server, "cid");
            ann.text(format!(r#"42["all","{}"]"#, words[0]));
            bob.text(format!(r#"42["all","{}"]"#, words[1]));
            let all = words.map(|word| format!(r#"42["told","{word}"]"#));
            let mut three = [&mut ann, &mut bob, &mut cid];
            three.iter_mut().for_each(|client| {
                client.texts(2);
            });
            Client::in_one_order(&mut three, &all);
            prove!(server);
        }
    }
}

mod step_4_gone {
    use super::*;

    /// Who has left the namespace is in no room, and nobody speaks to it.
    #[test]
    fn who_leaves() {
        let server = subject!().serve();
        let room = server.word();
        let mut ann = joined(&server, "ann");
        let mut bob = within(&server, "bob", &[&room]);
        let whom = format!(r#"{{"to":["{room}"]}}"#);
        who(&mut ann, &whom);
        leaves(&mut bob, &server.word());
        ann.frame();
        who(&mut ann, &whom);
        who(&mut ann, "{}");
        prove!(server);
    }

    /// Who has closed the connection is in no room, either.
    #[test]
    fn who_closes() {
        let server = subject!().serve();
        let room = server.word();
        let mut ann = joined(&server, "ann");
        let mut bob = within(&server, "bob", &[&room]);
        let _cid = within(&server, "cid", &[&room]);
        bob.close(1000, "").frame().closed();
        ann.frame();
        who(&mut ann, &format!(r#"{{"to":["{room}"]}}"#));
        prove!(server);
    }

    /// Who comes again is somebody else, in no room.
    #[test]
    fn who_comes_again() {
        let server = subject!().serve();
        let room = server.word();
        let name = called(&server, "bob");
        let mut ann = joined(&server, "ann");
        let mut bob = within(&server, "bob", &[&room]);
        leaves(&mut bob, &server.word());
        ann.frame();
        bob.text(format!(r#"40{{"name":"{name}"}}"#)).frame();
        let whom = format!(r#"{{"to":["{room}"]}}"#);
        who(&mut ann, &whom);
        join(&mut bob, &room);
        who(&mut ann, &whom);
        prove!(server);
    }

    mod strict {
        use super::*;

        /// Who leaves one namespace is still in its rooms in another.
        #[test]
        fn the_other_namespace() {
            let server = subject!().serve();
            let room = server.word();
            let mut ann = joined(&server, "ann");
            let name = called(&server, "bob");
            let mut bob = within(&server, "bob", &[&room]);
            bob.text(format!(r#"40/other,{{"name":"{name}"}}"#)).frame();
            bob.text(format!(r#"42/other,3["join","{room}"]"#)).frame();
            bob.text("41");
            ann.frame();
            let whom = format!(r#"{{"from":"all","to":["{room}"]}}"#);
            who(&mut ann, &whom);
            bob.text(format!(r#"42/other,4["who",{whom}]"#)).frame();
            prove!(server);
        }

        /// Who vanishes is out of all its rooms, and joins no more; who stays, stays.
        #[test]
        fn who_vanishes() {
            let server = subject!().serve();
            let (one, two) = (called(&server, "a"), called(&server, "b"));
            let mut ann = joined(&server, "ann");
            let mut bob = within(&server, "bob", &[&one, &two]);
            let _cid = within(&server, "cid", &[&two]);
            bob.vanish();
            ann.frame();
            for room in [&one, &two] {
                who(&mut ann, &format!(r#"{{"to":["{room}"]}}"#));
            }
            rooms(&mut ann);
            prove!(server);
        }

        /// With recovery, who was cut off and comes back is the same, in the same
        /// rooms. It hears what it has missed, and what was volatile or for others
        /// it does not.
        #[test]
        fn who_was_cut_off() {
            let server = subject!().serve_with(&["--recovery", "60s"]);
            let (one, two) = (called(&server, "a"), called(&server, "b"));
            let name = called(&server, "bob");
            let to = |room| format!(r#"{{"to":["{room}"]}}"#);
            let mut ann = joined(&server, "ann");
            ann.offsets();
            let mut bob = joined_as(&server, "bob", &name);
            bob.offsets();
            join(&mut bob, &one);
            let pid = server.chosen("pid");
            bob.text(format!(r#"42["me","{}"]"#, server.word())).frame();
            let offset = server.chosen("offset");
            bob.vanish();
            ann.frame();
            tell(&mut ann, &to(&one), &server.word());
            tell(&mut ann, &to(&two), &server.word());
            let whom = format!(r#"{{"to":["{one}"],"volatile":true}}"#);
            tell(&mut ann, &whom, &server.word());
            tell(&mut ann, "{}", &server.word());
            let mut bob = session(&server, "bob");
            bob.offsets();
            returns(&mut bob, &name, &pid, &offset);
            bob.frame().frame();
            join(&mut bob, &two);
            tell(&mut ann, &to(&one), &server.word());
            bob.frame();
            who(&mut ann, &to(&two));
            prove!(server);
        }

        /// Who has left comes back as somebody new, and so does who shows what the
        /// server has not given. It changes nothing for who was cut off.
        #[test]
        fn who_is_not_known() {
            let server = subject!().serve_with(&["--recovery", "60s"]);
            let (room, name) = (server.word(), called(&server, "bob"));
            let whom = format!(r#"{{"to":["{room}"]}}"#);
            let mut ann = joined(&server, "ann");
            ann.offsets();
            let mut bob = joined_as(&server, "bob", &name);
            bob.offsets();
            let left = server.chosen("pid");
            join(&mut bob, &room);
            tell(&mut ann, &whom, &server.word());
            bob.frame();
            let offset = server.chosen("offset");
            leaves(&mut bob, &server.word());
            ann.frame();
            returns(&mut bob, &name, &left, &offset);
            let pid = server.chosen("pid");
            join(&mut bob, &room);
            bob.vanish();
            ann.frame();
            let mut cid = session(&server, "cid");
            returns(&mut cid, &called(&server, "cid"), &server.token(), &offset);
            // Some count their events, and the next one would be this.
            let mut dan = session(&server, "dan");
            returns(&mut dan, &called(&server, "dan"), &pid, "0000003");
            who(&mut ann, &whom);
            let mut bob = session(&server, "bob");
            returns(&mut bob, &name, &pid, &offset);
            bob.frame();
            who(&mut ann, &whom);
            prove!(server);
        }

        /// Who comes back later than is remembered is somebody new. An offset that is
        /// forgotten is not given again.
        #[test]
        fn who_comes_too_late() {
            let server = subject!().serve_with(&["--recovery", "1ms", "--ping-interval", "50ms"]);
            let (room, name) = (server.word(), called(&server, "bob"));
            let called = called(&server, "ann");
            let [mut ann, mut bob] = [("ann", &called), ("bob", &name)].map(|(who, name)| {
                let mut client = session(&server, who);
                client.beats().offsets();
                client.text(format!(r#"40{{"name":"{name}"}}"#)).frame();
                client
            });
            let pid = server.chosen("pid");
            join(&mut bob, &room);
            let whom = format!(r#"{{"to":["{room}"]}}"#);
            tell(&mut ann, &whom, &server.word());
            bob.frame();
            let offset = server.chosen("offset");
            bob.vanish();
            ann.frame();
            // Time passes until a ping is due.
            session(&server, "cid").frame();
            let mut bob = session(&server, "bob");
            bob.beats();
            returns(&mut bob, &name, &pid, &offset);
            who(&mut ann, &whom);
            ann.text(format!(r#"42["me","{}"]"#, server.word())).frame();
            prove!(server);
        }

        /// Of two who show the same, the first one is it.
        #[test]
        fn not_two_of_it() {
            let server = subject!().serve_with(&["--recovery", "60s"]);
            let (room, name) = (server.word(), called(&server, "bob"));
            let whom = format!(r#"{{"to":["{room}"]}}"#);
            let mut ann = joined(&server, "ann");
            ann.offsets();
            let mut bob = joined_as(&server, "bob", &name);
            bob.offsets();
            let pid = server.chosen("pid");
            join(&mut bob, &room);
            tell(&mut ann, &whom, &server.word());
            bob.frame();
            let offset = server.chosen("offset");
            bob.vanish();
            ann.frame();
            let mut bob = session(&server, "bob");
            returns(&mut bob, &name, &pid, &offset);
            let mut cid = session(&server, "cid");
            returns(&mut cid, &called(&server, "cid"), &pid, &offset);
            who(&mut ann, &whom);
            prove!(server);
        }
    }
}

mod step_5_chat {
    use super::*;

    /// A client in the chat.
    fn chatting(server: &Subject, name: &str) -> Client {
        let mut client = session(server, name);
        client.text("40/chat,").frame();
        client
    }

    /// Somebody in a room of the chat, under their own name.
    fn within(server: &Subject, name: &str, room: &str) -> Client {
        let mut client = chatting(server, name);
        enter(&mut client, room, name);
        client
    }

    fn enter(client: &mut Client, room: &str, nick: &str) {
        client
            .text(format!(r#"42/chat,0["join","{room}","{nick}"]"#))
            .frame();
    }

    fn say(client: &mut Client, room: &str, text: &str) {
        client.text(format!(r#"42/chat,1["say","{room}","{text}"]"#));
    }

    fn go(client: &mut Client, room: &str) {
        client.text(format!(r#"42/chat,2["leave","{room}"]"#));
    }

    /// Who joins is told who is there, and the others that somebody has joined.
    #[test]
    fn all_know_who_is_there() {
        let server = subject!().serve();
        let room = server.word();
        let mut bob = within(&server, "bob", &room);
        let mut ann = within(&server, "ann", &room);
        bob.frame();
        let _cid = within(&server, "cid", &room);
        ann.frame();
        bob.frame();
        prove!(server);
    }

    /// All in the room hear what is said, who says it too, and nobody elsewhere.
    #[test]
    fn all_in_the_room_hear_it() {
        let server = subject!().serve();
        let (room, other) = (server.word(), server.word());
        let mut ann = within(&server, "ann", &room);
        let mut bob = within(&server, "bob", &room);
        ann.frame();
        let mut cid = within(&server, "cid", &other);
        say(&mut ann, &room, &server.word());
        ann.frame().frame();
        bob.frame();
        say(&mut cid, &other, &server.word());
        cid.frame().frame();
        prove!(server);
    }

    /// Who leaves is told so, and so are the others. Then it hears no more.
    #[test]
    fn who_leaves_hears_no_more() {
        let server = subject!().serve();
        let room = server.word();
        let mut ann = within(&server, "ann", &room);
        let mut bob = within(&server, "bob", &room);
        ann.frame();
        go(&mut bob, &room);
        bob.frame();
        ann.frame();
        say(&mut ann, &room, &server.word());
        ann.frame().frame();
        say(&mut bob, &room, &server.word());
        bob.frame();
        prove!(server);
    }

    /// Who is gone has left its rooms: all there are told, and its name is free.
    #[test]
    fn who_is_gone_has_left() {
        let server = subject!().serve();
        let room = server.word();
        let mut ann = within(&server, "ann", &room);
        let mut bob = within(&server, "bob", &room);
        ann.frame();
        bob.vanish();
        ann.frame();
        let mut cid = chatting(&server, "cid");
        enter(&mut cid, &room, "bob");
        ann.frame();
        prove!(server);
    }

    /// A name that is taken in this room is refused. Another one is not, nor is
    /// the same one in another room.
    #[test]
    fn a_name_that_is_taken() {
        let server = subject!().serve();
        let (name, other) = (server.word(), format!("0-{}", server.word()));
        let mut ann = chatting(&server, "ann");
        enter(&mut ann, "tea", &name);
        let mut bob = chatting(&server, "bob");
        enter(&mut bob, "tea", &name);
        enter(&mut bob, "tea", &other);
        ann.frame();
        enter(&mut bob, "milk", &name);
        prove!(server);
    }

    /// Who comes late is told the last ten things that were said.
    #[test]
    fn the_late_are_told_what_was_said() {
        let server = subject!().serve();
        let (room, word) = (server.word(), server.word());
        let mut ann = within(&server, "ann", &room);
        for n in 1..=11 {
            say(&mut ann, &room, &format!("{word} {n}"));
            ann.frame().frame();
        }
        let _bob = within(&server, "bob", &room);
        prove!(server);
    }

    mod strict {
        use super::*;

        /// Whoever is not in a room can neither speak there nor leave it.
        #[test]
        fn who_is_not_there() {
            let server = subject!().serve();
            let (room, empty) = (server.word(), server.word());
            let mut ann = within(&server, "ann", &room);
            let mut bob = chatting(&server, "bob");
            for room in [&room, &empty] {
                say(&mut bob, room, &server.word());
                bob.frame();
                go(&mut bob, room);
                bob.frame();
            }
            say(&mut ann, &room, &server.word());
            ann.frame().frame();
            prove!(server);
        }

        /// What a command can't be is answered with a word, and the client stays:
        /// names that are none, an argument that is missing, a text too long.
        #[test]
        fn what_is_no_command() {
            let server = subject!().serve();
            let room = server.word();
            let mut ann = chatting(&server, "ann");
            for (one, two) in [
                (r#""""#, r#""ann""#),
                (r#""Tea""#, r#""ann""#),
                (r#""a-name-of-letters""#, r#""ann""#),
                (r#""tea""#, r#""an n""#),
                (r#""tea""#, "7"),
                ("null", r#""ann""#),
            ] {
                ann.text(format!(r#"42/chat,0["join",{one},{two}]"#))
                    .frame();
            }
            ann.text(r#"42/chat,0["join"]"#).frame();
            enter(&mut ann, &room, "a-name-of-16-let");
            let word = server.word();
            let long = word.repeat(2049);
            server.name("16392 letters", &long);
            say(&mut ann, &room, &long);
            ann.frame();
            let long = word.repeat(2048);
            server.name("16384 letters", &long);
            say(&mut ann, &room, &long);
            ann.frame().frame();
            prove!(server);
        }

        /// Nobody is in a room twice, nor in more than eight.
        #[test]
        fn eight_rooms() {
            let server = subject!().serve();
            let mut ann = chatting(&server, "ann");
            let rooms: Vec<_> = (0..9).map(|_| server.word()).collect();
            enter(&mut ann, &rooms[0], "ann");
            enter(&mut ann, &rooms[0], "ann");
            enter(&mut ann, &rooms[0], "anna");
            for room in &rooms[1..] {
                enter(&mut ann, room, "ann");
            }
            go(&mut ann, &rooms[0]);
            ann.frame();
            enter(&mut ann, &rooms[8], "ann");
            prove!(server);
        }

        /// Who has a name in each of two rooms speaks and leaves by the right one.
        /// Who is gone has left each of its rooms, and no other.
        #[test]
        fn out_of_each_room() {
            let server = subject!().serve();
            let [one, two, three] = ["a", "b", "c"].map(|room| called(&server, room));
            let mut ann = within(&server, "ann", &one);
            let mut bob = within(&server, "bob", &one);
            ann.frame();
            enter(&mut bob, &two, "rob");
            let mut cid = within(&server, "cid", &two);
            bob.frame();
            let mut dan = chatting(&server, "dan");
            enter(&mut dan, &three, "bob");
            say(&mut bob, &two, &server.word());
            bob.frame().frame();
            cid.frame();
            bob.vanish();
            ann.frame();
            cid.frame();
            say(&mut dan, &three, &server.word());
            dan.frame().frame();
            say(&mut ann, &one, &server.word());
            ann.frame().frame();
            say(&mut cid, &two, &server.word());
            cid.frame().frame();
            prove!(server);
        }

        /// A room that the last one has left is forgotten, and what was said there;
        /// be it that it leaves or that it is gone.
        #[test]
        fn the_last_one_turns_out_the_light() {
            let server = subject!().serve();
            let (room, other) = (server.word(), server.word());
            let mut ann = within(&server, "ann", &other);
            let mut bob = within(&server, "bob", &room);
            say(&mut bob, &room, &server.word());
            bob.frame().frame();
            go(&mut bob, &room);
            bob.frame();
            enter(&mut bob, &room, "bob");
            say(&mut bob, &room, &server.word());
            bob.frame().frame();
            enter(&mut bob, &other, "bob");
            ann.frame();
            bob.vanish();
            ann.frame();
            enter(&mut ann, &room, "ann");
            prove!(server);
        }

        /// Who asks for no answer gets none; the others hear it all the same.
        #[test]
        fn without_an_answer() {
            let server = subject!().serve();
            let room = server.word();
            let mut ann = within(&server, "ann", &room);
            let mut bob = chatting(&server, "bob");
            bob.text(format!(r#"42/chat,["join","{room}","bob"]"#));
            ann.frame();
            bob.text(format!(r#"42/chat,["say","{room}","{}"]"#, server.word()));
            ann.frame();
            bob.frame();
            go(&mut bob, &room);
            bob.frame();
            prove!(server);
        }
    }
}
