//! A socket: one client in one namespace, and who hears what it says.

use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use engine_solution::Sender;
use packets_solution::socket::{Args, Kind, Packet};
use serde_json::{Map, Value, json};
use tokio::select;
use tokio::sync::{mpsc, watch};

use crate::namespace::Namespace;
use crate::wire::Encoded;

type Later = Pin<Box<dyn Future<Output = ()> + Send>>;
type Handler = Arc<dyn Fn(Socket, Event) -> Later + Send + Sync>;

/// Room for events that a socket's handlers have not come to. While there is
/// none, nothing more is read of its client.
const MAILBOX: usize = 16;

/// What a client says.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Set if the client wants to be told that it was heard.
    pub id: Option<u64>,
    /// What it is called.
    pub name: String,
    /// All about it.
    pub args: Args,
}

impl Event {
    /// This argument; null, if there is none.
    pub fn value(&self, place: usize) -> &Value {
        self.args.values.get(place).unwrap_or(&Value::Null)
    }

    /// This argument, if it is text.
    pub fn text(&self, place: usize) -> Option<&str> {
        self.value(place).as_str()
    }

    /// This argument, if it is bytes.
    pub fn bytes(&self, place: usize) -> Option<&Bytes> {
        self.args.bytes(self.value(place))
    }
}

/// Why a socket is out, in the official server's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The client has left the namespace.
    ClientLeft,
    /// The server has sent it out of the namespace.
    ServerLeft,
    /// The connection has ended.
    Engine(engine_solution::Reason),
}

impl Reason {
    /// As the official server says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::ClientLeft => "client namespace disconnect",
            Reason::ServerLeft => "server namespace disconnect",
            Reason::Engine(reason) => reason.as_str(),
        }
    }
}

/// One client in one namespace. A clone is the same socket.
#[derive(Clone)]
pub struct Socket {
    shared: Arc<Shared>,
}

struct Shared {
    id: String,
    recovered: bool,
    namespace: Namespace,
    auth: Map<String, Value>,
    sender: Sender,
    handlers: Mutex<Handlers>,
    /// Why the socket is out, once it is.
    left: watch::Sender<Option<Reason>>,
}

#[derive(Default)]
struct Handlers {
    any: Vec<Handler>,
    by_name: HashMap<String, Vec<Handler>>,
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = f.debug_tuple("Socket");
        tuple.field(&self.namespace().name()).field(&self.id());
        tuple.finish()
    }
}

// --- Given: what a socket is ---

impl Socket {
    pub(crate) fn new(namespace: Namespace, sender: Sender, auth: Map<String, Value>) -> Socket {
        let earlier = namespace.layers().find_map(|layer| layer.returns(&auth));
        Socket {
            shared: Arc::new(Shared {
                recovered: earlier.is_some(),
                id: earlier.unwrap_or_else(engine_solution::session::random_id),
                namespace,
                auth,
                sender,
                handlers: Mutex::default(),
                left: watch::Sender::new(None),
            }),
        }
    }

    /// Its id: another than the session's, and another in each namespace.
    pub fn id(&self) -> &str {
        &self.shared.id
    }

    /// Whether its client was here before and has missed nothing.
    pub fn recovered(&self) -> bool {
        self.shared.recovered
    }

    /// Where it is.
    pub fn namespace(&self) -> &Namespace {
        &self.shared.namespace
    }

    /// What its client has said about itself.
    pub fn auth(&self) -> &Map<String, Value> {
        &self.shared.auth
    }

    /// Whether it is in.
    pub fn is_connected(&self) -> bool {
        self.shared.left.borrow().is_none()
    }

    /// Sends a packet of its namespace.
    pub fn send(&self, kind: Kind) {
        let mut layers = self.namespace().layers();
        let kind = layers.try_fold(kind, |kind, layer| layer.sends(self, kind));
        if let Some(kind) = kind {
            self.send_encoded(&Encoded::new(&self.packet(kind)));
        }
    }

    /// Sends what was written before: one packet for many.
    pub fn send_encoded(&self, encoded: &Encoded) {
        if self.is_connected() {
            self.shared.sender.send(encoded.frames());
        }
    }

    /// Sends it if it can go at once; otherwise it is dropped.
    pub fn send_volatile(&self, encoded: &Encoded) {
        if self.is_connected() {
            self.shared.sender.send_volatile(encoded.frames());
        }
    }

    /// A packet of its namespace.
    pub fn packet(&self, kind: Kind) -> Packet {
        Packet {
            namespace: self.namespace().name().to_owned(),
            kind,
        }
    }

    /// Sends its client out of the namespace; with `close`, the connection ends.
    pub fn disconnect(&self, close: bool) {
        if self.is_connected() {
            self.send(Kind::Disconnect);
            self.end(Reason::ServerLeft);
        }
        if close {
            self.shared.sender.close();
        }
    }

    /// It is out, from now on.
    pub(crate) fn end(&self, reason: Reason) {
        let leaves = self.shared.left.send_if_modified(|left| {
            let leaves = left.is_none();
            *left = left.or(Some(reason));
            leaves
        });
        if leaves {
            self.namespace().remove(self);
            self.namespace()
                .layers()
                .for_each(|layer| layer.disconnects(self, reason));
        }
    }

    /// Held for moments, never across an `.await`.
    fn handlers(&self) -> MutexGuard<'_, Handlers> {
        let handlers = self.shared.handlers.lock();
        handlers.unwrap_or_else(PoisonError::into_inner)
    }
}

// --- Step 3: who hears an event ---

impl Socket {
    /// Calls the handler for each event of this name. `disconnect` is one, with
    /// the reason: no client can send it.
    pub fn on<F, Fut>(&self, name: &str, handler: F)
    where
        F: Fn(Socket, Event) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let handler: Handler = Arc::new(move |socket, event| Box::pin(handler(socket, event)));
        let mut handlers = self.handlers();
        handlers
            .by_name
            .entry(name.to_owned())
            .or_default()
            .push(handler);
    }

    /// Calls the handler for every event of the client, whatever its name.
    pub fn on_any<F, Fut>(&self, handler: F)
    where
        F: Fn(Socket, Event) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let handler: Handler = Arc::new(move |socket, event| Box::pin(handler(socket, event)));
        self.handlers().any.push(handler);
    }

    /// Those who hear this event, in order: first who hears all.
    fn listeners(&self, name: &str) -> Vec<Handler> {
        let handlers = self.handlers();
        let named = handlers.by_name.get(name);
        handlers
            .any
            .iter()
            .chain(named.into_iter().flatten())
            .cloned()
            .collect()
    }

    /// Calls one handler after the other.
    async fn hear(&self, event: Event) {
        for handler in self.listeners(&event.name) {
            handler(self.clone(), event.clone()).await;
        }
    }
}

// --- Step 4: in order ---

/// Begins the work of a socket that is in: one task, and this is its mailbox.
pub(crate) fn begin(socket: &Socket) -> mpsc::Sender<Event> {
    let (sender, mailbox) = mpsc::channel(MAILBOX);
    tokio::spawn(work(socket.clone(), mailbox));
    sender
}

/// All events of one socket, one at a time: the next is heard when every handler
/// of the one before is done.
async fn work(socket: Socket, mut mailbox: mpsc::Receiver<Event>) {
    // Should a handler panic, its client must not stay in, unheard.
    let _leaves = Leaves(&socket);
    socket.namespace().announce(&socket).await;
    let mut sent_away = socket.shared.left.subscribe();
    loop {
        let event = select! {
            // Who was sent away is heard no more; who went by itself had said
            // all of this before.
            biased;
            _ = sent_away.wait_for(|left| *left == Some(Reason::ServerLeft)) => break,
            event = mailbox.recv() => event,
        };
        let Some(event) = event else { break };
        socket.hear(event).await;
    }
    let reason = *socket.shared.left.borrow();
    let reason = reason.map_or("", Reason::as_str);
    let disconnect = Event {
        id: None,
        name: "disconnect".to_owned(),
        args: vec![json!(reason)].into(),
    };
    // Who hears all hears what the client says, and this it does not say.
    let named = socket.handlers().by_name.remove("disconnect");
    for handler in named.unwrap_or_default() {
        handler(socket.clone(), disconnect.clone()).await;
    }
    // A handler may own a clone of its socket, which owns the handler.
    *socket.handlers() = Handlers::default();
}

struct Leaves<'a>(&'a Socket);

impl Drop for Leaves<'_> {
    fn drop(&mut self) {
        self.0.disconnect(false);
    }
}
