//! What one does with the official client, against the official server and
//! against chapter 13's: both must say the same.

use std::io::Write as _;
use std::net::TcpStream;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::lanes::lanes;
use crate::program::{Program, example, node};
use crate::tapped::Tap;
use crate::{name_each, on_record, oracle};

/// Ways to connect.
const WAYS: [&str; 3] = ["polling", "websocket", "upgrade"];

/// The scenario by each way, as the official client and this server hold it.
fn held(scenario: &str, server: impl Fn(&[&str]) -> Command) -> String {
    let recovery: &[&str] = match scenario {
        "recovery" => &["--recovery"],
        _ => &[],
    };
    let ways = WAYS.map(|way| {
        let server = Program::start(server(recovery));
        let tap = Tap::before(server.address(), &["--json"]);
        let url = format!("http://{}", tap.address);
        let client = node(&oracle("socketio/scenarios.js"), &[&url, scenario, way]);
        let printed = printed(client);
        let heard = name_each(&lanes(&records(&tap)), "\"sid\":\"", "sid");
        let heard = offsets(&name_each(&heard, "\"pid\":\"", "pid"));
        format!("## {way}\n\n{heard}\n\n{printed}")
    });
    ways.join("\n")
}

/// What the client's user saw. Its own log must not speak of an error.
fn printed(mut client: Command) -> String {
    let output = client
        .env(
            "DEBUG",
            "engine.io-client*,socket.io-client*,socket.io-parser*",
        )
        .env("DEBUG_COLORS", "0")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    let wrong: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("error") && !line.contains("CONNECT_ERROR"))
        .filter(|line| !line.contains("\"type\":4"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(output.status.success(), "{log}");
    String::from_utf8(output.stdout).unwrap()
}

/// All that the tap has written down: it is asked for something, and what it
/// wrote before that is all.
pub fn records(tap: &Tap) -> Vec<Value> {
    const LAST: &str = "/that-was-all";
    let mut stream = TcpStream::connect(&tap.address).unwrap();
    let request = format!("GET {LAST} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let lines = tap.until(|line| line.contains(LAST));
    let (_, before) = lines.split_last().unwrap();
    let records = before
        .iter()
        .map(|line| serde_json::from_str(line).unwrap());
    records.collect()
}

/// With recovery, the server puts an offset behind the arguments of each event.
pub fn offsets(heard: &str) -> String {
    if !heard.contains("<pid>") {
        return heard.to_owned();
    }
    let mut named = heard.to_owned();
    let events = heard.lines().filter(|line| line.contains("\"42[\"told\""));
    for line in events {
        let offset = line
            .rsplit("\"]\"")
            .nth(1)
            .and_then(|rest| rest.rsplit(",\"").next());
        let offset = offset.unwrap_or_else(|| panic!("{line}"));
        let known = (1..).find(|n| !named.contains(&format!("<offset#{n}>")));
        named = named.replace(offset, &format!("<offset#{}>", known.unwrap()));
    }
    named
}

fn scenario(name: &str) {
    let official = held(name, |args| {
        node(&oracle("socketio/scenarios-server.js"), args)
    });
    let file = format!("solutions/13-rooms/conversations/{name}.txt");
    on_record(&file, &official);
    let ours = held(name, |args| example("rooms-solution", "scenarios", args));
    let difference = similar::TextDiff::from_lines(&official, &ours);
    let difference = difference
        .unified_diff()
        .header("official", "ours")
        .to_string();
    assert!(difference.is_empty(), "{difference}");
}

macro_rules! scenarios {
    ($($test:ident: $name:literal;)*) => {
        $(
            #[test]
            #[ignore = "needs Node and `npm ci` in tests/oracles/socketio"]
            fn $test() { scenario($name); }
        )*
    };
}

scenarios! {
    events: "events";
    a_question_of_the_server: "question";
    binary: "binary";
    namespaces: "namespaces";
    refusal: "refusal";
    rooms: "rooms";
    sent_away: "sent-away";
    hung_up: "hung-up";
    reconnect: "reconnect";
    recovery: "recovery";
}
