//! Given: a session, from the open packet to its end, whatever carries it.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::sync::{Mutex as Seat, Notify, mpsc, watch};
use tokio::time::{Instant, sleep};

use crate::outbox::{Frame, Outbox};
use crate::request::Refusal;
use crate::{Config, heartbeat};

/// What a client has sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// Text.
    Text(String),
    /// Bytes.
    Binary(Bytes),
}

/// Why a session has ended, in the official server's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The client has closed it, or its connection is gone.
    TransportClose,
    /// The client does what the protocol forbids, or takes nothing.
    TransportError,
    /// A ping was not answered.
    PingTimeout,
    /// What came is no packet.
    ParseError,
    /// The server has closed it.
    ForcedClose,
    /// The server closes all.
    ShuttingDown,
}

impl Reason {
    /// As the official server says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::TransportClose => "transport close",
            Reason::TransportError => "transport error",
            Reason::PingTimeout => "ping timeout",
            Reason::ParseError => "parse error",
            Reason::ForcedClose => "forced close",
            Reason::ShuttingDown => "server shutting down",
        }
    }
}

/// What carries a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// HTTP long-polling.
    Polling,
    /// HTTP long-polling still, while a WebSocket is tried.
    Upgrading,
    /// A WebSocket.
    WebSocket,
}

/// Room for messages that the task of a session has not taken. While there is
/// none, nothing is read of its client.
const INBOX: usize = 16;

/// How long the rest of a session that the server has closed is kept for a
/// client that polls.
const LINGER: Duration = Duration::from_secs(30);

/// What `Engine::routes` was given.
pub type OnSession = dyn Fn(Session) -> Task + Send + Sync;
/// The work of one session.
pub type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// All sessions of one server.
#[derive(Debug, Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    config: Config,
    sessions: Mutex<HashMap<String, Arc<Connection>>>,
}

/// What all requests of a session share.
#[derive(Debug)]
pub struct Connection {
    /// 20 random characters.
    pub sid: String,
    /// What goes out.
    pub outbox: Outbox,
    /// Who may take from the outbox: one poll at a time, or the WebSocket.
    pub taking: Seat<()>,
    /// Who may put into the inbox: one POST at a time.
    pub posting: Seat<()>,
    /// Who may try to change the transport: one WebSocket at a time.
    pub trying: Seat<()>,
    /// A pong has come.
    pub pong: Notify,
    /// When it began.
    pub begun: Instant,
    transport: watch::Sender<Transport>,
    ended: watch::Sender<Option<Reason>>,
    /// Nothing, once the session has ended.
    inbox: Mutex<Option<mpsc::Sender<Message>>>,
    engine: Engine,
}

/// A session, for the one task that reads its messages. When it is dropped,
/// the session ends.
#[derive(Debug)]
pub struct Session {
    inbox: mpsc::Receiver<Message>,
    sender: Sender,
}

/// Speaks to the client of a session. It outlives the session, to no effect.
#[derive(Debug, Clone)]
pub struct Sender {
    connection: Arc<Connection>,
}

impl Engine {
    /// A server without sessions.
    pub fn new(config: Config) -> Engine {
        let sessions = Mutex::default();
        Engine {
            shared: Arc::new(Shared { config, sessions }),
        }
    }

    /// What the server was told.
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    /// How many sessions there are.
    pub fn count(&self) -> usize {
        self.sessions().len()
    }

    /// Ends all sessions.
    pub fn close(&self) {
        let all: Vec<_> = self.sessions().values().cloned().collect();
        for connection in all {
            connection.end(Reason::ShuttingDown);
        }
    }

    /// Begins a session: its task, and its heartbeat.
    pub(crate) fn open(
        &self,
        transport: Transport,
        on_session: &OnSession,
    ) -> Result<Arc<Connection>, Refusal> {
        let (sender, inbox) = mpsc::channel(INBOX);
        let connection = Arc::new(Connection {
            sid: random_id(),
            outbox: Outbox::new(self.config().max_waiting),
            taking: Seat::default(),
            posting: Seat::default(),
            trying: Seat::default(),
            pong: Notify::new(),
            begun: Instant::now(),
            transport: watch::Sender::new(transport),
            ended: watch::Sender::new(None),
            inbox: Mutex::new(Some(sender)),
            engine: self.clone(),
        });
        let mut sessions = self.sessions();
        if sessions.len() >= self.config().max_sessions {
            return Err(Refusal::Full);
        }
        sessions.insert(connection.sid.clone(), connection.clone());
        drop(sessions);
        let sender = Sender {
            connection: connection.clone(),
        };
        let task = on_session(Session { inbox, sender });
        let heartbeat = heartbeat::keep(connection.clone());
        tokio::spawn(async { tokio::join!(task, heartbeat) });
        Ok(connection)
    }

    /// The session of this id, if there is one.
    pub fn session(&self, sid: &str) -> Option<Arc<Connection>> {
        self.sessions().get(sid).cloned()
    }

    /// Held for moments, never across an `.await`.
    fn sessions(&self) -> MutexGuard<'_, HashMap<String, Arc<Connection>>> {
        let sessions = self.shared.sessions.lock();
        sessions.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Session {
    /// The next message; once there is none left, why the session has ended.
    ///
    /// Cancel safe.
    pub async fn recv(&mut self) -> Result<Message, Reason> {
        let message = self.inbox.recv().await;
        message.ok_or_else(|| self.sender.connection.reason())
    }

    /// Speaks to its client.
    pub fn sender(&self) -> &Sender {
        &self.sender
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.sender.close();
    }
}

impl Sender {
    /// The session's id.
    pub fn sid(&self) -> &str {
        &self.connection.sid
    }

    /// Sends packets, with nothing between them. It does not wait; of a client
    /// that takes too little, the session ends.
    pub fn send(&self, frames: impl IntoIterator<Item = Frame>) {
        if self.connection.outbox.push(frames).is_err() {
            self.connection.end(Reason::TransportError);
        }
    }

    /// Sends packets if they can go at once; otherwise they are dropped.
    pub fn send_volatile(&self, frames: impl IntoIterator<Item = Frame>) {
        if self.connection.outbox.push_volatile(frames).is_err() {
            self.connection.end(Reason::TransportError);
        }
    }

    /// Ends the session, behind all that was sent.
    pub fn close(&self) {
        self.connection.end(Reason::ForcedClose);
    }

    /// Whether the session goes on.
    pub fn is_open(&self) -> bool {
        self.connection.ended.borrow().is_none()
    }
}

impl Connection {
    /// What the server was told.
    pub fn config(&self) -> &Config {
        self.engine.config()
    }

    /// `0{"sid":…}`.
    pub fn open_packet(&self) -> String {
        let config = self.config();
        let upgrades = match self.transport() {
            Transport::Polling => r#"["websocket"]"#,
            _ => "[]",
        };
        // By hand: the fields keep the order that the official server gives them.
        format!(
            r#"0{{"sid":"{}","upgrades":{upgrades},"pingInterval":{},"pingTimeout":{},"maxPayload":{}}}"#,
            self.sid,
            config.ping_interval.as_millis(),
            config.ping_timeout.as_millis(),
            config.max_payload,
        )
    }

    /// What carries it now.
    pub fn transport(&self) -> Transport {
        *self.transport.borrow()
    }

    /// Something else carries it.
    pub fn set_transport(&self, transport: Transport) {
        self.transport.send_replace(transport);
    }

    /// Waits until the transport is another than polling alone.
    pub async fn upgrading(&self) {
        let mut transport = self.transport.subscribe();
        let _ = transport.wait_for(|t| *t != Transport::Polling).await;
    }

    /// A message has come. It waits while its task is behind, unless the
    /// session ends.
    pub async fn deliver(&self, message: Message) {
        let Some(inbox) = self.inbox().clone() else {
            return; // It has ended.
        };
        if let Err(full) = inbox.try_send(message) {
            tokio::select! {
                _ = inbox.send(full.into_inner()) => {}
                _ = self.ended() => {}
            }
        }
    }

    /// Whether the server has not taken what its client has sent.
    pub fn is_behind(&self) -> bool {
        let inbox = self.inbox();
        inbox.as_ref().is_some_and(|inbox| inbox.capacity() == 0)
    }

    /// Ends it, if it has not ended. What is in the outbox is still sent.
    pub fn end(&self, reason: Reason) {
        let begins_to_end = self.ended.send_if_modified(|ended| {
            let open = ended.is_none();
            *ended = ended.or(Some(reason));
            open
        });
        if !begins_to_end {
            return;
        }
        self.inbox().take();
        self.outbox.close();
        let polls = self.transport() != Transport::WebSocket;
        if polls && reason == Reason::ForcedClose {
            let (engine, sid) = (self.engine.clone(), self.sid.clone());
            tokio::spawn(async move {
                sleep(LINGER).await;
                engine.sessions().remove(&sid);
            });
        } else {
            self.forget();
        }
    }

    /// Its id is unknown from now on.
    pub fn forget(&self) {
        self.engine.sessions().remove(&self.sid);
    }

    /// Waits until it has ended.
    pub async fn ended(&self) {
        let mut ended = self.ended.subscribe();
        let _ = ended.wait_for(Option::is_some).await;
    }

    /// Why it has ended.
    pub fn reason(&self) -> Reason {
        self.ended.borrow().unwrap_or(Reason::ForcedClose)
    }

    /// Held for moments, never across an `.await`.
    fn inbox(&self) -> MutexGuard<'_, Option<mpsc::Sender<Message>>> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// 20 characters that nobody guesses: who knows a session's id has the session.
pub fn random_id() -> String {
    let mut bytes = [0; 15];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    URL_SAFE_NO_PAD.encode(bytes)
}
