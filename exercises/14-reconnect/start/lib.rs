//! Exercise 14: a Socket.IO client that comes back, and loses as little as it can.
//! Chapter: book/src/14-reconnect.md
//!
//! Five steps, top to bottom. What is marked "Given" works and may stay as it is:
//! it hears, prints, and goes from connection to connection. Read `Client::hear`
//! first: it calls what you write. The address and the packets are chapter 08's.

use std::collections::VecDeque;
use std::time::Duration;

use contact_solution::{Address, Packet};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

// --- Given: what the client is told, what it does, how it can end ---

/// What the client was told when it was started.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to go.
    pub address: Address,
    /// What it says, as soon as it may.
    pub emits: Vec<Emit>,
    /// How often an event is said again that nobody has answered; without it, none
    /// is, and no answer is asked for.
    pub retries: Option<u32>,
    /// How long an answer may take.
    pub ack_timeout: Duration,
    /// The first wait, on average; the longest is five times as long.
    pub base: Duration,
}

/// An event to be said: its name, and its arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct Emit {
    /// `say`.
    pub event: String,
    /// Texts.
    pub arguments: Vec<String>,
}

/// What something leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Reaction {
    /// This text is sent.
    Say(String),
    /// This line is printed.
    Print(String),
    /// This connection is over.
    Leave(Ended),
}

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The server said goodbye.
    ByServer,
    /// The server does not want this client.
    Refused,
    /// The WebSocket was closed, and nobody had said why.
    Closed,
    /// The server did not ask for too long.
    Silent,
    /// There was no connection.
    Unreached,
}

impl Ended {
    /// What is printed of it, in the official client's words.
    fn line(self) -> Option<&'static str> {
        match self {
            Ended::ByServer => Some("disconnect io server disconnect"),
            Ended::Closed => Some("disconnect transport close"),
            Ended::Silent => Some("disconnect ping timeout"),
            Ended::Refused | Ended::Unreached => None,
        }
    }
}

/// Long enough to be for ever.
const FOR_EVER: Duration = Duration::from_secs(24 * 60 * 60);

/// A client, whatever becomes of its connections.
#[derive(Debug)]
pub struct Client {
    config: Config,
    /// How many attempts in a row have failed.
    attempts: u32,
    connected: bool,
    /// What is still to be said, the first one perhaps under way.
    queue: VecDeque<Emit>,
    /// The event that waits for its answer.
    asked: Option<Asked>,
    /// How often the first of the queue has been said.
    tries: u32,
    /// The next ack id.
    next_id: u64,
    /// Packets that came before the answer to CONNECT.
    held: Vec<String>,
    /// What the server knows this client by, if it remembers: its `pid`.
    pid: Option<String>,
    /// What was heard last.
    offset: Option<String>,
    patience: Duration,
    /// Until when the server must have asked.
    deadline: Instant,
}

/// An event that waits for its answer.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// Its ack id.
    pub id: u64,
    /// How long it is waited for.
    pub until: Instant,
}

impl Client {
    /// One that has not connected yet.
    pub fn new(config: Config) -> Client {
        Client {
            attempts: 0,
            connected: false,
            queue: config.emits.iter().cloned().collect(),
            asked: None,
            tries: 0,
            next_id: 0,
            held: Vec::new(),
            pid: None,
            offset: None,
            patience: FOR_EVER,
            deadline: Instant::now() + FOR_EVER,
            config,
        }
    }

    /// `/admin,` for the namespace `/admin`, nothing for `/`.
    fn prefix(&self) -> String {
        match &*self.config.address.namespace {
            "/" => String::new(),
            other => format!("{other},"),
        }
    }

    /// What a text of the server's leads to.
    pub fn hear(&mut self, text: &str) -> Vec<Reaction> {
        let packet = Packet::read(text);
        let ours = packet.namespace == self.config.address.namespace;
        match packet.kind {
            "0" => {
                let millis = |name| member(packet, name).as_u64().unwrap_or_default();
                self.patience =
                    Duration::from_millis(millis("pingInterval") + millis("pingTimeout"));
                self.deadline = Instant::now() + self.patience;
                vec![Reaction::Say(self.join())]
            }
            "2" => {
                self.deadline = Instant::now() + self.patience;
                vec![Reaction::Say("3".to_owned())]
            }
            "40" if ours => {
                self.attempts = 0;
                self.welcomed(packet)
            }
            "41" if ours => vec![Reaction::Leave(Ended::ByServer)],
            "42" if ours => self.happened(text),
            "43" if ours => self.answered(packet),
            "44" if ours => {
                let message = member(packet, "message");
                let message = message.as_str().unwrap_or_default();
                vec![
                    Reaction::Print(format!("refused {message}")),
                    Reaction::Leave(Ended::Refused),
                ]
            }
            _ => Vec::new(),
        }
    }

    /// The server has let this client in: what was held is heard, then
    /// `connected SID` or `recovered SID` is printed, and what waits is said.
    fn welcomed(&mut self, packet: Packet) -> Vec<Reaction> {
        let sid = member(packet, "sid");
        let word = match self.recovers(packet) {
            true => "recovered",
            false => "connected",
        };
        self.connected = true;
        let held: Vec<String> = self.held.drain(..).collect();
        let mut reactions: Vec<_> = held.iter().flat_map(|text| self.happened(text)).collect();
        let sid = sid.as_str().unwrap_or_default();
        reactions.push(Reaction::Print(format!("{word} {sid}")));
        reactions.extend(self.speak());
        reactions
    }

    /// This connection is over.
    fn lost(&mut self) {
        self.connected = false;
        self.asked = None;
        self.held.clear();
    }

    /// The text of an event, with an ack id if an answer is wanted.
    fn event(&self, emit: &Emit, id: Option<u64>) -> String {
        let id = id.map_or(String::new(), |id| id.to_string());
        let mut array = vec![json!(emit.event)];
        array.extend(emit.arguments.iter().map(|argument| json!(argument)));
        format!("42{}{id}{}", self.prefix(), Value::Array(array))
    }

    /// When the client must do something by itself.
    fn next_deadline(&self) -> Instant {
        let asked = self.asked.map(|asked| asked.until);
        asked.map_or(self.deadline, |until| until.min(self.deadline))
    }
}

/// The member of a packet's JSON that has this name.
fn member(packet: Packet, name: &str) -> Value {
    let json: Value = serde_json::from_str(packet.json).unwrap_or_default();
    json[name].clone()
}

/// A number from 0 up to 1.
pub fn random() -> f64 {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes).expect("the system has random bytes");
    f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
}

// --- Step 1: how long to wait ---

/// How long to wait before the next attempt; `random` is from 0 to 1.
///
/// The wait doubles with each attempt that failed, from `base` on. Luck makes it
/// up to half as long again, or up to half shorter. The limit comes last: five
/// times `base`. There may be a thousand attempts.
pub fn delay(attempts: u32, base: Duration, random: f64) -> Duration {
    todo!("step 1: the wait after {attempts} attempts, from {base:?}, by {random}")
}

// --- Step 2: come back ---

/// Whether to come back; if not, whether all ended well.
fn comes_back(ended: Ended) -> Result<(), bool> {
    todo!("step 2: after {ended:?}, come back or not")
}

// --- Step 3: say it once ---

impl Client {
    /// Says what is to be said: all of it at once, and then it is forgotten; with
    /// retries, the first of it, and the next one after the answer.
    ///
    /// Given until step 3, and naive: without retries, it says nothing.
    fn speak(&mut self) -> Vec<Reaction> {
        if self.config.retries.is_some() {
            return self.ask();
        }
        let _ = &self.queue; // Not needed before step 3.
        Vec::new()
    }
}

// --- Step 4: say it until it is answered ---

impl Client {
    /// Says the first event of the queue, and asks for an answer. After too many
    /// tries it is given up: `failed EVENT`, and on to the next one.
    fn ask(&mut self) -> Vec<Reaction> {
        let id = self.next_id;
        let said = self.queue.front().map(|emit| self.event(emit, Some(id)));
        todo!("step 4: say {said:?}, after {} tries", self.tries)
    }

    /// An answer: `ack EVENT JSON`, if it is the one that is waited for.
    fn answered(&mut self, packet: Packet) -> Vec<Reaction> {
        let asked = self.asked.map(|asked| asked.id);
        todo!("step 4: {packet:?} came, and {asked:?} was asked")
    }

    /// Time has passed: what has not been answered in time is said again.
    fn waited(&mut self) -> Vec<Reaction> {
        todo!("step 4: {:?} may have waited long enough", self.asked)
    }
}

// --- Step 5: hear what was missed ---

impl Client {
    /// The CONNECT packet: with `pid` and `offset`, if the server remembers this
    /// client and it has heard something; both as it was told them last.
    ///
    /// Given until step 5, and naive: it tells nothing of an earlier session.
    fn join(&self) -> String {
        let _ = (&self.pid, &self.offset); // Not needed before step 5.
        format!("40{}", self.prefix())
    }

    /// Whether the server has kept the session: it answers with the same `pid`.
    ///
    /// Given until step 5, and naive: no session is ever kept.
    fn recovers(&mut self, packet: Packet) -> bool {
        let _ = packet; // Not needed before step 5.
        false
    }

    /// An event: `event ["news","rain"]`. What comes before the answer to CONNECT
    /// is held until then. If the server remembers, the last argument is an offset.
    ///
    /// Given until step 3, and naive: it prints at once, and remembers nothing.
    ///
    /// - Step 3, strict: what comes before the answer to CONNECT goes to `held`.
    /// - Step 5: if there is a `pid`, the last argument is the offset, if it is a text.
    fn happened(&mut self, text: &str) -> Vec<Reaction> {
        let _ = (self.connected, &self.held); // Not needed before step 3, strict.
        vec![Reaction::Print(format!(
            "event {}",
            Packet::read(text).json
        ))]
    }
}

// --- Given: one connection after the other ---

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Goes from connection to connection; whether it ended well.
pub async fn run(config: Config) -> bool {
    let base = config.base;
    let mut client = Client::new(config);
    loop {
        let ended = visit(&mut client).await;
        client.lost();
        if let Some(line) = ended.line() {
            println!("{line}");
        }
        if let Err(well) = comes_back(ended) {
            return well;
        }
        let wait = delay(client.attempts, base, random());
        client.attempts += 1;
        sleep(wait).await;
    }
}

/// How long a connection may take to open.
const OPENING: Duration = Duration::from_secs(20);

async fn visit(client: &mut Client) -> Ended {
    let opened = timeout(OPENING, connect_async(&client.config.address.url)).await;
    let Ok(Ok((mut socket, _))) = opened else {
        return Ended::Unreached;
    };
    client.deadline = Instant::now() + OPENING;
    let ended = talk(&mut socket, client).await;
    // The server ends TCP first (RFC 6455 §7.1.1), but it may be gone.
    let _ = socket.close(None).await;
    let rest = async { while let Some(Ok(_)) = socket.next().await {} };
    let _ = timeout(Duration::from_secs(1), rest).await;
    match ended {
        // Nothing had begun that could have ended.
        Ended::Closed | Ended::Silent if !client.connected => Ended::Unreached,
        ended => ended,
    }
}

async fn talk(socket: &mut Socket, client: &mut Client) -> Ended {
    loop {
        let reactions = match timeout_at(client.next_deadline(), socket.next()).await {
            Err(_) if Instant::now() >= client.deadline => return Ended::Silent,
            Err(_) => client.waited(),
            Ok(Some(Ok(Message::Text(text)))) => client.hear(&text),
            Ok(None | Some(Err(_) | Ok(Message::Close(_)))) => return Ended::Closed,
            Ok(Some(Ok(_))) => continue,
        };
        for reaction in reactions {
            match reaction {
                Reaction::Say(text) => {
                    if socket.send(Message::text(text)).await.is_err() {
                        return Ended::Closed;
                    }
                }
                Reaction::Print(line) => println!("{line}"),
                Reaction::Leave(ended) => return ended,
            }
        }
    }
}
