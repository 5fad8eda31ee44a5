//! Solution 08: Socket.IO, spoken by hand over a plain WebSocket.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

// --- Given: what the client is told, what it hears, what it does ---

/// Where a URL leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// What the WebSocket is asked for: `ws://HOST/socket.io/?EIO=4&transport=websocket`.
    pub url: String,
    /// Which namespace is then joined: `/`, `/admin`.
    pub namespace: String,
}

/// An event that the server is to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its name.
    pub event: String,
    /// Its one argument.
    pub argument: String,
}

/// A text of the server's, taken apart: `42/admin,7["hi","x"]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// `42`: the digit of Engine.IO; behind a 4, that of Socket.IO too.
    pub kind: &'a str,
    /// `/admin`; `/` if none is named.
    pub namespace: &'a str,
    /// `7`, if there is one.
    pub id: Option<u64>,
    /// The rest, as it came.
    pub json: &'a str,
}

impl<'a> Packet<'a> {
    /// Chapter 09 does this with care.
    pub fn read(text: &'a str) -> Packet<'a> {
        let is_message = text.starts_with('4');
        let kind = text.get(..1 + usize::from(is_message)).unwrap_or(text);
        let mut json = &text[kind.len()..];
        let (mut namespace, mut id) = ("/", None);
        if is_message {
            if json.starts_with('/') {
                (namespace, json) = json.split_once(',').unwrap_or((json, ""));
            }
            let rest = json.trim_start_matches(|c: char| c.is_ascii_digit());
            id = json[..json.len() - rest.len()].parse().ok();
            json = rest;
        }
        Packet {
            kind,
            namespace,
            id,
            json,
        }
    }

    /// The member of the JSON that has this name: a text without its quotes, and
    /// anything else as it stands.
    fn member(&self, name: &str) -> String {
        let json: Value = serde_json::from_str(self.json).unwrap_or_default();
        match &json[name] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }
}

/// What a packet leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reaction {
    /// This text is sent.
    Say(String),
    /// This line is printed.
    Print(String),
    /// The session is over.
    Leave(Ended),
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The client said that it leaves.
    ByClient,
    /// The server said so.
    ByServer,
    /// The server does not want this client.
    Refused,
    /// The WebSocket was closed, and nobody had said why.
    Closed,
    /// The server did not ask for too long.
    Silent,
}

impl Ended {
    /// The words that the official client has for it.
    pub fn reason(self) -> &'static str {
        match self {
            Ended::ByClient | Ended::Refused => "io client disconnect",
            Ended::ByServer => "io server disconnect",
            Ended::Closed => "transport close",
            Ended::Silent => "ping timeout",
        }
    }

    /// Whether it ended with a goodbye.
    pub fn is_well(self) -> bool {
        matches!(self, Ended::ByClient | Ended::ByServer)
    }
}

/// A session, from the client's side.
#[derive(Debug)]
pub struct Session {
    namespace: String,
    questions: Vec<Question>,
    /// Of each question, whether it has been answered. Its place is its ack id.
    answered: Vec<bool>,
    /// How long the server may take to ask whether the client is there.
    patience: Duration,
    /// Until when it must have asked.
    deadline: Instant,
}

/// Long enough to be for ever.
const FOR_EVER: Duration = Duration::from_secs(24 * 60 * 60);

impl Session {
    /// Of a client that wants to ask this.
    pub fn new(namespace: &str, questions: &[Question]) -> Session {
        Session {
            namespace: namespace.to_owned(),
            questions: questions.to_vec(),
            answered: vec![false; questions.len()],
            patience: FOR_EVER,
            deadline: Instant::now() + FOR_EVER,
        }
    }

    /// `` for `/`, `/admin,` for `/admin`: what follows the digits.
    fn prefix(&self) -> String {
        match &*self.namespace {
            "/" => String::new(),
            other => format!("{other},"),
        }
    }

    /// What a text of the server's leads to.
    pub fn hear(&mut self, text: &str) -> Vec<Reaction> {
        let packet = Packet::read(text);
        match packet.kind {
            "0" => {
                self.patience = patience(packet);
                self.deadline = Instant::now() + self.patience;
                self.opened()
            }
            "2" => self.pinged(),
            "40" | "41" | "42" | "43" | "44" if packet.namespace != self.namespace => Vec::new(),
            "40" => {
                let mut reactions = self.connected(packet);
                let asked = 0..self.questions.len();
                reactions.extend(asked.map(|id| Reaction::Say(self.question(id))));
                reactions
            }
            "41" => vec![Reaction::Leave(Ended::ByServer)],
            "42" => self.happened(packet),
            "43" => self.acknowledged(packet),
            "44" => self.refused(packet),
            _ => Vec::new(),
        }
    }
}

// --- Step 1: the other address ---

/// The endpoint of the server that this URL names, and the namespace, which is
/// the URL's path. Nothing if it is no URL of the web's or of a WebSocket's, or
/// names no host. A URL with a query is not asked for here.
pub fn address(url: &str) -> Option<Address> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = match scheme {
        "http" | "ws" => "ws",
        "https" | "wss" => "wss",
        _ => return None,
    };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if host.is_empty() {
        return None;
    }
    Some(Address {
        url: format!("{scheme}://{host}/socket.io/?EIO=4&transport=websocket"),
        namespace: format!("/{path}"),
    })
}

// --- Step 2: connect, twice ---

impl Session {
    /// The server has opened a session of Engine.IO: join the namespace.
    fn opened(&self) -> Vec<Reaction> {
        vec![Reaction::Say(format!("40{}", self.prefix()))]
    }

    /// The server has let this client in: `connected SID`.
    fn connected(&self, packet: Packet) -> Vec<Reaction> {
        let sid = packet.member("sid");
        vec![Reaction::Print(format!("connected {sid}"))]
    }

    /// The server has not: `refused MESSAGE`, and leave.
    fn refused(&self, packet: Packet) -> Vec<Reaction> {
        let message = packet.member("message");
        vec![
            Reaction::Print(format!("refused {message}")),
            Reaction::Leave(Ended::Refused),
        ]
    }
}

// --- Step 3: ask, and be answered ---

impl Session {
    /// The event that asks this question, with its ack id.
    fn question(&self, id: usize) -> String {
        let Question { event, argument } = &self.questions[id];
        format!("42{}{id}{}", self.prefix(), json!([event, argument]))
    }

    /// An event of the server's: `event ["news","rain"]`. One that wants an answer
    /// is printed too, and gets none.
    fn happened(&self, packet: Packet) -> Vec<Reaction> {
        vec![Reaction::Print(format!("event {}", packet.json))]
    }

    /// An answer: `ack hi ["x"]`. After the last one, say goodbye and leave. What
    /// was not asked, or is answered already, is passed over.
    fn acknowledged(&mut self, packet: Packet) -> Vec<Reaction> {
        let asked = packet.id.and_then(|id| usize::try_from(id).ok());
        let Some(id) = asked.filter(|id| self.answered.get(*id) == Some(&false)) else {
            return Vec::new();
        };
        self.answered[id] = true;
        let event = &self.questions[id].event;
        let mut reactions = vec![Reaction::Print(format!("ack {event} {}", packet.json))];
        if self.answered.iter().all(|answered| *answered) {
            reactions.push(Reaction::Say(format!("41{}", self.prefix())));
            reactions.push(Reaction::Leave(Ended::ByClient));
        }
        reactions
    }
}

// --- Step 4: still there ---

/// How long the server may be silent, as it said itself when it opened: the time
/// between two pings, and the time that one may be late.
fn patience(opened: Packet) -> Duration {
    let millis = |name| opened.member(name).parse().unwrap_or_default();
    Duration::from_millis(millis("pingInterval")) + Duration::from_millis(millis("pingTimeout"))
}

impl Session {
    /// The server asks whether the client is there.
    fn pinged(&mut self) -> Vec<Reaction> {
        self.deadline = Instant::now() + self.patience;
        vec![Reaction::Say("3".to_owned())]
    }
}

// --- Given: one session ---

/// Connects, and stays until it has its answers, or the server ends it.
pub async fn run(address: &Address, questions: &[Question]) -> Result<Ended, Error> {
    let (mut socket, _) = connect_async(&address.url).await?;
    let mut session = Session::new(&address.namespace, questions);
    let ended = talk(&mut socket, &mut session).await?;
    // The server ends TCP first (RFC 6455 §7.1.1), but it may be gone.
    let _ = socket.close(None).await;
    let rest = async { while let Some(Ok(_)) = socket.next().await {} };
    let _ = timeout(Duration::from_secs(1), rest).await;
    Ok(ended)
}

async fn talk(
    socket: &mut WebSocketStream<MaybeTlsStream<TcpStream>>,
    session: &mut Session,
) -> Result<Ended, Error> {
    loop {
        let text = match timeout_at(session.deadline, socket.next()).await {
            Err(_) => return Ok(Ended::Silent),
            Ok(Some(Ok(Message::Text(text)))) => text,
            Ok(None | Some(Err(_) | Ok(Message::Close(_)))) => return Ok(Ended::Closed),
            // A ping of the WebSocket's is answered by the library.
            Ok(Some(Ok(_))) => continue,
        };
        for reaction in session.hear(&text) {
            match reaction {
                Reaction::Say(text) => socket.send(Message::text(text)).await?,
                Reaction::Print(line) => println!("{line}"),
                Reaction::Leave(ended) => return Ok(ended),
            }
        }
    }
}
