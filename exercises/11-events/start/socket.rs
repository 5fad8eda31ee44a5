//! A socket: one client in one namespace, and who hears what it says.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use packets_solution::socket::{Args, Kind, Packet};
use serde_json::{Map, Value};
use tokio::sync::{mpsc, watch};

use crate::connection::Connection;
use crate::namespace::{Later, Namespace};
use crate::wire::Encoded;

/// Called with each event that it is there for.
pub type Handler = Arc<dyn Fn(Socket, Event) -> Later<()> + Send + Sync>;

/// Room for events that a socket's handlers have not come to. While there is
/// none, nothing more is read of its client.
const MAILBOX: usize = 16;

/// What a client says.
#[derive(Debug, Clone)]
pub struct Event {
    /// Set if the client wants to be told that it was heard.
    pub id: Option<u64>,
    /// What it is called.
    pub name: String,
    /// All about it.
    pub args: Args,
    /// One event has one answer, however many handlers hear it.
    answered: Arc<AtomicBool>,
}

impl Event {
    /// One that has no answer yet.
    pub fn new(id: Option<u64>, name: String, args: Args) -> Event {
        let answered = Arc::default();
        Event {
            id,
            name,
            args,
            answered,
        }
    }

    /// The id, if an answer is wanted and nobody has given one. Whoever asks is
    /// to give it: it is told once.
    pub fn takes_answer(&self) -> Option<u64> {
        let answered = self.answered.swap(true, Ordering::Relaxed);
        self.id.filter(|_| !answered)
    }

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
    connection: Arc<Connection>,
    handlers: Mutex<Handlers>,
    /// Why the socket is out, once it is.
    left: watch::Sender<Option<Reason>>,
}

/// Who hears what this socket's client says.
#[derive(Default)]
pub struct Handlers {
    /// They hear everything.
    pub any: Vec<Handler>,
    /// They hear events of one name.
    pub by_name: HashMap<String, Vec<Handler>>,
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
    pub(crate) fn new(
        namespace: Namespace,
        connection: Arc<Connection>,
        auth: Map<String, Value>,
    ) -> Socket {
        let earlier = namespace.layers().find_map(|layer| layer.returns(&auth));
        Socket {
            shared: Arc::new(Shared {
                recovered: earlier.is_some(),
                id: earlier.unwrap_or_else(engine_solution::session::random_id),
                namespace,
                auth,
                connection,
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

    /// How its client is connected, and all sockets that it has.
    pub fn connection(&self) -> &Connection {
        &self.shared.connection
    }

    /// What its client has said about itself.
    pub fn auth(&self) -> &Map<String, Value> {
        &self.shared.auth
    }

    /// Whether it is in.
    pub fn is_connected(&self) -> bool {
        self.left().is_none()
    }

    /// Why it is out, once it is.
    pub fn left(&self) -> Option<Reason> {
        *self.shared.left.borrow()
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
            self.connection().sender.send(encoded.frames());
        }
    }

    /// Sends it if it can go at once; otherwise it is dropped.
    pub fn send_volatile(&self, encoded: &Encoded) {
        if self.is_connected() {
            self.connection().sender.send_volatile(encoded.frames());
        }
    }

    /// A packet of its namespace.
    pub fn packet(&self, kind: Kind) -> Packet {
        Packet {
            namespace: self.namespace().name().to_owned(),
            kind,
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
            self.connection().remove(self);
            self.namespace()
                .layers()
                .for_each(|layer| layer.disconnects(self, reason));
        }
    }

    /// Waits until the server has sent its client away. Cancel safe.
    pub async fn sent_away(&self) {
        let mut left = self.shared.left.subscribe();
        let _ = left
            .wait_for(|left| *left == Some(Reason::ServerLeft))
            .await;
    }

    /// Its client has acknowledged what the server had sent.
    pub fn acknowledged(&self, id: u64, args: &Args) {
        let layers = self.namespace().layers();
        layers.for_each(|layer| layer.acknowledged(self, id, args.clone()));
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
    ///
    /// Given until step 3: nobody listens.
    pub fn on<F, Fut>(&self, name: &str, handler: F)
    where
        F: Fn(Socket, Event) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let handler = boxed(handler);
        let _ = (name, handler); // Yours in step 3.
    }

    /// Calls the handler for every event of the client, whatever its name.
    ///
    /// Given until step 3: nobody listens.
    pub fn on_any<F, Fut>(&self, handler: F)
    where
        F: Fn(Socket, Event) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let handler = boxed(handler);
        let _ = handler; // Yours in step 3.
    }

    /// Those who hear an event of this name, in order: first who hears all.
    pub fn listeners(&self, name: &str) -> Vec<Handler> {
        todo!("step 3: who hears {name:?}?")
    }
}

/// Given: handlers differ in type, and these all have one.
fn boxed<F, Fut>(handler: F) -> Handler
where
    F: Fn(Socket, Event) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    Arc::new(move |socket, event| Box::pin(handler(socket, event)))
}

// --- Step 4: in order ---

/// Given: begins the work of a socket that is in: one task, and this is its
/// mailbox.
pub(crate) fn begin(socket: &Socket) -> mpsc::Sender<Event> {
    let (sender, mailbox) = mpsc::channel(MAILBOX);
    tokio::spawn(work(socket.clone(), mailbox));
    sender
}

/// From the connection handlers to the last event.
///
/// In step 4: the next event is heard when all handlers of the one before are
/// done. In step 5: who was [`sent_away`](Socket::sent_away) is heard no more,
/// not even what waits in the mailbox.
///
/// Given until step 4, and naive: each event is on its own.
async fn work(socket: Socket, mut mailbox: mpsc::Receiver<Event>) {
    let _leaves = Leaves(&socket);
    socket.namespace().announce(&socket).await;
    while let Some(event) = mailbox.recv().await {
        let socket = socket.clone();
        tokio::spawn(async move {
            for handler in socket.listeners(&event.name) {
                handler(socket.clone(), event.clone()).await;
            }
        });
    }
    socket.farewell().await;
}

/// Given: should a handler panic, its client must not stay in, unheard.
struct Leaves<'a>(&'a Socket);

impl Drop for Leaves<'_> {
    fn drop(&mut self) {
        self.0.disconnect(false);
    }
}

// --- Step 5: the end ---

impl Socket {
    /// Sends its client out of the namespace, unless it is out: it is told so
    /// by DISCONNECT. With `close` all sockets of its connection are sent out, as
    /// they came in, and the connection ends.
    ///
    /// Given until step 5: nothing happens.
    pub fn disconnect(&self, close: bool) {
        let _ = close; // Yours in step 5.
    }

    /// The socket is out: calls who waits for `disconnect`, with the reason as
    /// its only argument. Who hears all hears what the client says, and this it
    /// has not said.
    ///
    /// Given until step 5: nobody is told.
    async fn farewell(&self) {
        // Given: a handler may own a clone of its socket, which owns the handler.
        *self.handlers() = Handlers::default();
    }
}
