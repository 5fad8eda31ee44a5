//! Chapter 14's client on a network that breaks, to the official server and to
//! chapter 13's: it must make no difference.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use crate::lanes::lanes;
use crate::program::{Program, example, node, read_to_the_end, solution};
use crate::scenarios::{offsets, records};
use crate::tapped::Tap;
use crate::{name_each, on_record, oracle};

/// Each connection breaks after six frames: after a question and its answer, when
/// the second question has gone out.
const CUT: [&str; 3] = ["--json", "--cut-after", "6"];

fn held(server: Command) -> String {
    let server = Program::start(server);
    let tap = Tap::before(server.address(), &CUT);
    let url = format!("http://{}", tap.address);
    let mut args = vec![&*url, "--base", "50ms", "--retries", "3"];
    args.extend(["--emit", "hi", "Ann", "--emit", "send me away", "please"]);
    let printed = read_to_the_end(solution("reconnect", &args)).join("\n");
    let heard = format!("{}\n\n{printed}", lanes(&records(&tap)));
    let heard = name_each(&heard, "\"sid\":\"", "sid");
    offsets(&name_each(&heard, "\"pid\":\"", "pid"))
}

#[test]
#[ignore = "needs Node and `npm ci` in tests/oracles/socketio"]
fn across_a_cut() {
    let official = held(node(
        &oracle("socketio/scenarios-server.js"),
        &["--recovery"],
    ));
    on_record("solutions/14-reconnect/conversation.txt", &official);
    let ours = held(example("rooms-solution", "scenarios", &["--recovery"]));
    assert_eq!(official, ours, "the official server, and ours");
}

/// The connection breaks between two events of the server's.
const BETWEEN: [&str; 3] = ["--json", "--cut-after", "5"];

fn missed(server: Command) -> String {
    let server = Program::start(server);
    let tap = Tap::before(server.address(), &BETWEEN);
    let url = format!("http://{}", tap.address);
    let args = [&*url, "--base", "50ms", "--emit", "twice", "x"];
    let printed = printed_until("recovered", solution("reconnect", &args)).join("\n");
    let heard = format!("{}\n\n{printed}", lanes(&records(&tap)));
    let heard = name_each(&heard, "\"sid\":\"", "sid");
    let heard = name_each(&heard, "\"pid\":\"", "pid");
    let heard = name_each(&heard, "{\"again\":true},\"", "offset#2");
    name_each(&heard, "\"offset\":\"", "offset")
}

/// The lines that it prints, up to the one that begins so; then it is ended.
fn printed_until(last: &str, mut command: Command) -> Vec<String> {
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut printed = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        printed.push(line.unwrap());
        if printed.iter().any(|line| line.starts_with(last)) {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    printed
}

#[test]
#[ignore = "needs Node and `npm ci` in tests/oracles/socketio"]
fn what_was_missed() {
    let official = missed(node(
        &oracle("socketio/scenarios-server.js"),
        &["--recovery"],
    ));
    on_record("solutions/14-reconnect/missed.txt", &official);
    let ours = missed(example("rooms-solution", "scenarios", &["--recovery"]));
    assert_eq!(official, ours, "the official server, and ours");
}
