//! A talk in Engine.IO in two lanes: what each side said in a session, whichever
//! connections carried it. Between the lanes order is a matter of timing; so it
//! is between polling and a WebSocket, while one changes to the other.

use std::collections::BTreeMap;

use proof::{Dialect, Names};
use serde_json::Value;

/// One session: what each side said, on each transport.
#[derive(Default)]
struct Session {
    sid: String,
    /// One side has said so.
    closed: bool,
    /// By side and transport, in the order in which they stand on the page.
    lanes: BTreeMap<(Side, Transport), Vec<String>>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Client,
    Server,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Transport {
    Polling,
    WebSocket,
}

/// What is known of a connection.
#[derive(Default)]
struct Connection {
    /// Its place among the sessions.
    session: usize,
    status: u64,
}

/// The records of the tap, in JSON, as lanes.
pub fn lanes(records: &[Value]) -> String {
    let mut sessions: Vec<Session> = Vec::new();
    let mut connections: BTreeMap<u64, Connection> = BTreeMap::new();
    for record in records {
        let connection = connections
            .entry(record["connection"].as_u64().unwrap())
            .or_default();
        let side = match record["from"].as_str() {
            Some("client") => Side::Client,
            _ => Side::Server,
        };
        let text = record["text"].as_str().unwrap_or_default();
        match record["kind"].as_str().unwrap() {
            "request" => {
                let target = record["target"].as_str().unwrap();
                let sid = target.split("sid=").nth(1).unwrap_or_default();
                connection.session = place_of(&mut sessions, sid);
                connection.status = 0;
            }
            "response" => {
                connection.status = record["status"].as_u64().unwrap();
                let session = &mut sessions[connection.session];
                // Whether a poll meets the end of its session is a matter of timing.
                if !matches!(connection.status, 101 | 200) && !session.closed {
                    let said = format!("answer {}", connection.status);
                    session.say(side, Transport::Polling, said);
                }
            }
            // The answer to a POST, or to one that is refused.
            "body" if text == "ok" || !matches!(connection.status, 0 | 200) => {}
            "body" => {
                for packet in text.split('\u{1e}') {
                    sessions[connection.session].packet(side, Transport::Polling, packet);
                }
            }
            "frame" => {
                let session = &mut sessions[connection.session];
                match record["opcode"].as_u64() {
                    Some(1) => session.packet(side, Transport::WebSocket, text),
                    Some(2) => {
                        let hex = record["hex"].as_str().unwrap();
                        let said = format!("binary {hex}  # attachment");
                        session.say(side, Transport::WebSocket, said);
                    }
                    Some(8) => session.say(side, Transport::WebSocket, "close".to_owned()),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    let lines = sessions
        .iter()
        .enumerate()
        .flat_map(|(nth, session)| session.lines(nth));
    lines.collect::<Vec<_>>().join("\n")
}

/// The session with this sid; a new one, if there is no sid yet.
fn place_of(sessions: &mut Vec<Session>, sid: &str) -> usize {
    let known = sessions.iter().position(|session| session.sid == sid);
    match known.filter(|_| !sid.is_empty()) {
        Some(place) => place,
        None => {
            sessions.push(Session::default());
            sessions.len() - 1
        }
    }
}

impl Session {
    fn packet(&mut self, side: Side, transport: Transport, packet: &str) {
        if let Some(sid) = packet.strip_prefix("0{\"sid\":\"") {
            self.sid = sid.split('"').next().unwrap_or_default().to_owned();
        }
        self.closed |= packet == "1";
        let how = match (transport, side) {
            (Transport::WebSocket, _) => "text",
            (_, Side::Client) => "posted",
            (_, Side::Server) => "polled",
        };
        let name = Dialect::SocketIo.names(packet.as_bytes(), &Names::default());
        // How many noops end polls is a matter of timing.
        if name != "noop" {
            let packet = Dialect::SocketIo.normal(packet);
            self.say(side, transport, format!("{how} \"{packet}\"  # {name}"));
        }
    }

    fn say(&mut self, side: Side, transport: Transport, said: String) {
        self.lanes.entry((side, transport)).or_default().push(said);
    }

    fn lines(&self, nth: usize) -> Vec<String> {
        let name = match nth {
            0 => "C".to_owned(),
            nth => format!("C{}", nth + 1),
        };
        let lanes = self.lanes.iter().flat_map(|((side, _), said)| {
            let from = match side {
                Side::Client => format!("{name}→S"),
                Side::Server => format!("S→{name}"),
            };
            said.iter().map(move |said| format!("{from} {said}"))
        });
        lanes.collect()
    }
}
