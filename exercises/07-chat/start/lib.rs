//! Exercise 07: a chat on plain WebSockets, on axum.
//! Chapter: book/src/07-chat.md
//!
//! What happens in it is decided in [`rooms`], which knows no sockets. This file
//! is the rest: a queue for each client, and one conversation for each. What is
//! marked "Given" works and may stay as it is; read it before you start.

pub mod rooms;

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::http::header::{HeaderMap, HeaderValue, ORIGIN};
use axum::response::{Html, Response};
use axum::routing::{any, get};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;

use rooms::{Chat, Command, Effect, Id};

// --- Given: what the server was told, what it knows ---

/// What the server was told when it was started.
#[derive(Debug, Clone)]
pub struct Config {
    /// The pages that may connect, as origins.
    pub origins: Vec<String>,
    /// How long a client may take nothing of what is sent.
    pub idle: Duration,
    /// What `/` shows.
    pub page: &'static str,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            origins: Vec::new(),
            idle: Duration::from_secs(10),
            page: "",
        }
    }
}

/// Room for messages that a client has not taken. Who is further behind is
/// sent away.
const OUTBOX: usize = 64;

/// The largest message that is read. In JSON a byte may take six: `\u0000`.
const LARGEST: usize = 8 * rooms::LONGEST;

/// What all connections share.
pub struct Hub {
    /// What the server was told.
    pub config: Config,
    hall: Mutex<Hall>,
}

/// The chat, and who is connected to it.
#[derive(Default)]
pub struct Hall {
    /// What happens.
    pub chat: Chat,
    /// Where each is told what has happened. Without an outbox nobody hears,
    /// and nobody is heard.
    pub outboxes: HashMap<Id, mpsc::Sender<Utf8Bytes>>,
    last: Id,
}

/// One connection's place. Whichever way the conversation ends, dropping it
/// gives the place up.
pub struct Seat {
    hub: Arc<Hub>,
    id: Id,
    /// What this client is to be told. It ends when the client is sent away,
    /// behind all that was put in before.
    pub outbox: mpsc::Receiver<Utf8Bytes>,
}

impl Hub {
    /// A place for one more.
    fn enter(self: &Arc<Hub>) -> Seat {
        let (sender, outbox) = mpsc::channel(OUTBOX);
        let mut hall = self.hall();
        hall.last += 1;
        let id = hall.last;
        hall.outboxes.insert(id, sender);
        Seat {
            hub: self.clone(),
            id,
            outbox,
        }
    }

    /// Held for moments, never across an `.await`.
    fn hall(&self) -> MutexGuard<'_, Hall> {
        // That one client's task has panicked must not end all others.
        self.hall.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// What this client has sent, and all that comes of it. While the lock is
    /// held it is put into every outbox: so all hear the same order.
    pub fn hear(&self, text: &str) {
        let command = Command::parse(text);
        let mut hall = self.hub.hall();
        if hall.outboxes.contains_key(&self.id) {
            let effects = hall.chat.handle(self.id, command);
            hall.deliver(effects);
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.hub.hall().let_go(self.id);
    }
}

impl Hall {
    /// This connection hears nothing more, and is in no room.
    fn let_go(&mut self, id: Id) {
        self.outboxes.remove(&id);
        let effects = self.chat.gone(id);
        self.deliver(effects);
    }
}

// --- Step 1: come in ---

/// One client, from the 101 to the end: sends what comes out of the outbox, and
/// hears each text. A binary message ends it, with Close 1003, which it waits to
/// be answered; a ping does not.
///
/// - Step 3: once the client has sent a Close, nothing more is sent: the library
///   answers it, while it is read on.
/// - Step 5: an outbox that ends means that the client is too slow: Close 1013.
///   For a client that takes nothing it waits no longer than `idle`. After any
///   goodbye it reads until nothing comes.
async fn converse(socket: WebSocket, seat: Seat, idle: Duration) -> Result<(), axum::Error> {
    let _ = (socket, seat); // Yours to use.
    let _ = idle; // Not needed before step 5.
    todo!("step 1: hear this client, and send what its outbox holds")
}

/// Given: the end of a conversation, and its code (RFC 6455 §7.4.1).
pub fn goodbye(code: u16) -> Message {
    Message::Close(Some(CloseFrame {
        code,
        reason: "".into(),
    }))
}

/// Given: waits for a client, but not for ever.
pub async fn patiently<T>(
    idle: Duration,
    work: impl Future<Output = Result<T, axum::Error>>,
) -> Result<T, axum::Error> {
    timeout(idle, work).await.map_err(axum::Error::new)?
}

// --- Step 5: who does not keep up ---

impl Hall {
    /// Puts each event into the outboxes of those it is for.
    ///
    /// In step 5: whose outbox is full loses it, and is gone from the chat. That
    /// has effects too, for all in the same place: behind the event that is being
    /// told.
    ///
    /// Given until step 5, and naive: whose outbox is full misses the event, and
    /// never learns that.
    fn deliver(&mut self, effects: Vec<Effect>) {
        for Effect { to, event } in effects {
            let text = Utf8Bytes::from(event.text());
            for outbox in to.iter().filter_map(|id| self.outboxes.get(id)) {
                let _ = outbox.try_send(text.clone());
            }
        }
    }
}

// --- Given: the requests, and what they lead to ---

/// Serves clients for ever.
pub async fn serve(listener: TcpListener, config: Config) -> io::Result<()> {
    let hub = Arc::new(Hub {
        config,
        hall: Mutex::default(),
    });
    let routes = Router::new()
        .route("/", get(page))
        .route("/ws", any(websocket))
        .with_state(hub);
    axum::serve(listener, routes).await
}

async fn page(State(hub): State<Arc<Hub>>) -> Html<&'static str> {
    Html(hub.config.page)
}

async fn websocket(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, StatusCode> {
    if !may_connect(&headers, &hub.config) {
        return Err(StatusCode::FORBIDDEN);
    }
    let upgrade = upgrade.max_message_size(LARGEST).max_frame_size(LARGEST);
    Ok(upgrade.on_upgrade(async move |socket| {
        let (seat, idle) = (hub.enter(), hub.config.idle);
        if let Err(error) = converse(socket, seat, idle).await {
            eprintln!("{error}");
        }
    }))
}

/// Whether the page that asks may connect (RFC 6455 §10.2): who names no page
/// may; else each `Origin` must be listed, letter by letter.
pub fn may_connect(headers: &HeaderMap, config: &Config) -> bool {
    let listed = |origin: &HeaderValue| config.origins.iter().any(|o| origin == o);
    headers.get_all(ORIGIN).iter().all(listed)
}
