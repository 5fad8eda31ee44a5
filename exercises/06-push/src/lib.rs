//! Exercise 06: a server that speaks without being asked, on axum.
//! Chapter: book/src/06-push.md
//!
//! Five steps, top to bottom. What is marked "Given" works and may stay as it
//! is; read it before you start, it is what your code works with.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, State};
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, AUTHORIZATION, ORIGIN, VARY};
use axum::http::header::{HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use axum::http::{StatusCode, request};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{any, get, post};
use futures_util::{Stream, stream};
use tokio::net::TcpListener;
use tokio::sync::{broadcast, watch};
use tokio::time::timeout;

// --- Given: what the server was told, what it says ---

/// What the server was told when it was started.
#[derive(Debug, Clone)]
pub struct Config {
    /// Who knows it may notify; without one, nobody may.
    pub token: Option<String>,
    /// The pages that may listen, as origins.
    pub origins: Vec<String>,
    /// How long a reader may take nothing of what is sent.
    pub idle: Duration,
    /// What `/` shows.
    pub page: &'static str,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            token: None,
            origins: Vec::new(),
            idle: Duration::from_secs(10),
            page: "",
        }
    }
}

/// A notification.
#[derive(Debug, Clone, PartialEq)]
pub struct News {
    /// From 1, over all topics.
    pub id: u64,
    /// What it is about: `weather`.
    pub topic: String,
    /// What it says.
    pub text: String,
}

/// What a reader is told next.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// A notification.
    News(Arc<News>),
    /// So many notifications came and went while this reader took nothing.
    Missed(u64),
}

/// Room for notifications that not every reader has taken. Who is further
/// behind misses the oldest.
const ROOM: usize = 16;

/// The longest notification, in bytes.
const LONGEST: usize = 65_536;

/// What all share: who may speak, what was said, who listens.
pub struct Hub {
    /// What the server was told.
    pub config: Config,
    /// Locked for moments, never across an `.await`.
    pub said: Mutex<Said>,
    /// Where each notification goes, and each reader listens.
    pub news: broadcast::Sender<Arc<News>>,
    /// Whether the server is leaving.
    pub leaving: watch::Sender<bool>,
}

/// What was said so far.
#[derive(Debug, Default)]
pub struct Said {
    /// The id of the last notification; 0 before the first.
    pub number: u64,
    /// The last notification on each topic.
    pub last: HashMap<String, Arc<News>>,
}

/// One reader's place in what is said.
pub struct Reader {
    /// The only topic it wants to hear, if there is one.
    pub topic: Option<String>,
    /// What it is told to begin with.
    pub begin: VecDeque<Arc<News>>,
    /// What comes.
    pub news: broadcast::Receiver<Arc<News>>,
    /// Whether the server is leaving.
    pub leaving: watch::Receiver<bool>,
}

// --- Step 1: say it to all ---

/// Whether the request carries `Authorization: Bearer TOKEN`, with the token
/// of `config` (RFC 6750 §2.1). The scheme's case does not matter (RFC 9110 §11.1),
/// the token's does. Where `config` has no token, nobody may.
pub fn may_notify(headers: &HeaderMap, config: &Config) -> bool {
    let sent = headers.contains_key(AUTHORIZATION);
    todo!(
        "step 1: a token was sent: {sent}; one is expected: {}",
        config.token.is_some()
    )
}

impl Hub {
    /// Numbers it, and says it to all who listen, now. That nobody listens is
    /// no error.
    ///
    /// In step 3: it is also the last value of its topic.
    pub fn publish(&self, topic: String, text: String) {
        todo!("step 1: say {text:?} about {topic:?}")
    }

    /// A place to listen from.
    ///
    /// In step 3: to begin with, the last value of each topic that the reader
    /// wants, oldest first. It has those with an id up to `seen`; one that was
    /// never given counts as 0.
    ///
    /// Given until step 3: there is nothing to begin with.
    pub fn subscribe(&self, topic: Option<String>, seen: u64) -> Reader {
        let _ = seen; // Yours in step 3.
        Reader {
            topic,
            begin: VecDeque::new(),
            news: self.news.subscribe(),
            leaving: self.leaving.subscribe(),
        }
    }
}

impl Reader {
    /// What this reader is told next, as soon as there is something. It has to
    /// be cancel safe.
    ///
    /// - Step 1: what comes.
    /// - Step 3: first what it is told to begin with; of all that, its topic only.
    /// - Step 4: how many it has missed, if it has.
    /// - Step 5: `None` once the server is leaving, and all that was said is told.
    pub async fn next(&mut self) -> Option<Told> {
        todo!("step 1: what comes for a reader of {:?}", self.topic)
    }
}

impl Told {
    /// Given: a WebSocket message has no fields, so the topic stands before the text.
    pub fn message(&self) -> Message {
        Message::text(match self {
            Told::News(news) => format!("{}: {}", news.topic, news.text),
            Told::Missed(missed) => format!("missed: {missed}"),
        })
    }

    /// In step 2: an event. Its name is the topic, its data the text, its id the
    /// id. Where notifications are missing it is called `missed`, its data is
    /// how many, and it has no id.
    pub fn event(&self) -> Event {
        todo!("step 2: an event that says {self:?}")
    }
}

/// One WebSocket, from the 101 to its end: tells what the reader is told, and
/// reads what the client sends.
///
/// - Step 4: waits for the client no longer than `idle`, and then gives up. Once
///   the client has sent a Close it is told nothing more: the library answers.
/// - Step 5: says goodbye when there is no more to tell: a Close with code 1001
///   (RFC 6455 §7.4.1). Then it waits for the answer, no longer than `idle` either.
async fn speak(socket: WebSocket, reader: Reader, idle: Duration) -> Result<(), axum::Error> {
    let _ = (socket, reader, idle); // Yours to use.
    todo!("step 1: tell this client what its reader is told")
}

/// Given: waits for a reader, but not for ever.
pub async fn patiently<T>(
    idle: Duration,
    work: impl Future<Output = Result<T, axum::Error>>,
) -> Result<T, axum::Error> {
    timeout(idle, work).await.map_err(axum::Error::new)?
}

// --- Step 2: the same over HTTP ---

/// One event stream: all that its reader is told, until there is no more.
fn events_of(mut reader: Reader) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::once(async move {
        let told = reader.next().await;
        todo!("step 2: one event for each, not only for {told:?}")
    })
}

/// Whether the page that asks may listen (RFC 6455 §10.2): who names no page
/// may; else each `Origin` must be listed, letter by letter.
///
/// Given until step 2, and naive: every page may.
pub fn may_listen(headers: &HeaderMap, config: &Config) -> bool {
    let _ = (headers.get_all(ORIGIN), &config.origins); // Yours in step 2.
    true
}

// --- Step 5: leave well ---

/// Serves clients. In step 5: until it is told to leave, and all have left; for
/// who doesn't, it waits no longer than twice `idle`.
///
/// Given until step 5: it serves for ever.
pub async fn serve(listener: TcpListener, config: Config) -> io::Result<()> {
    let hub = Hub::new(config);
    axum::serve(listener, routes(hub)).await
}

// --- Given: the requests, and what they lead to ---

impl Hub {
    fn new(config: Config) -> Arc<Hub> {
        Arc::new(Hub {
            config,
            said: Mutex::default(),
            news: broadcast::channel(ROOM).0,
            leaving: watch::channel(false).0,
        })
    }
}

fn routes(hub: Arc<Hub>) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/notify/{topic}", post(notify))
        .route("/quit", post(quit))
        .route("/ws", any(websocket))
        .route("/ws/{topic}", any(websocket))
        .route("/events", get(events))
        .route("/events/{topic}", get(events))
        .layer(DefaultBodyLimit::max(LONGEST))
        .with_state(hub)
}

async fn page(State(hub): State<Arc<Hub>>) -> Html<&'static str> {
    Html(hub.config.page)
}

async fn notify(
    State(hub): State<Arc<Hub>>,
    _: Notifier,
    Topic(topic): Topic,
    text: String,
) -> Result<StatusCode, StatusCode> {
    hub.publish(topic.ok_or(StatusCode::NOT_FOUND)?, text);
    Ok(StatusCode::NO_CONTENT)
}

async fn quit(State(hub): State<Arc<Hub>>, _: Notifier) -> StatusCode {
    hub.leaving.send_replace(true);
    StatusCode::NO_CONTENT
}

async fn websocket(
    State(hub): State<Arc<Hub>>,
    _: Listener,
    Topic(topic): Topic,
    upgrade: WebSocketUpgrade,
) -> Response {
    // Before the 101: what is said right behind it is heard.
    let reader = hub.subscribe(topic, 0);
    upgrade
        .max_message_size(LONGEST)
        .on_upgrade(async move |socket| {
            if let Err(error) = speak(socket, reader, hub.config.idle).await {
                eprintln!("{error}");
            }
        })
}

async fn events(
    State(hub): State<Arc<Hub>>,
    Listener(origin): Listener,
    Topic(topic): Topic,
    headers: HeaderMap,
) -> impl IntoResponse {
    let seen = headers.get("Last-Event-ID").and_then(|id| id.to_str().ok());
    let seen = seen.and_then(|id| id.parse().ok()).unwrap_or(0);
    let reader = hub.subscribe(topic, seen);
    // A browser hands the stream to a page from elsewhere only if this is said.
    let allow = origin.map(|origin| [(ACCESS_CONTROL_ALLOW_ORIGIN, origin)]);
    // And a cache has to keep the answers to different pages apart.
    let vary = [(VARY, HeaderValue::from_static("origin"))];
    (
        allow,
        vary,
        Sse::new(events_of(reader)).keep_alive(KeepAlive::default()),
    )
}

/// Of a request that may notify. It stands before the content, which is not
/// read of a stranger.
struct Notifier;

impl FromRequestParts<Arc<Hub>> for Notifier {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut request::Parts,
        hub: &Arc<Hub>,
    ) -> Result<Notifier, Response> {
        match may_notify(&parts.headers, &hub.config) {
            true => Ok(Notifier),
            false => {
                Err((StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, "Bearer")]).into_response())
            }
        }
    }
}

/// Of a request that may listen; the page that asks, if one does.
struct Listener(Option<HeaderValue>);

impl FromRequestParts<Arc<Hub>> for Listener {
    type Rejection = StatusCode;

    async fn from_request_parts(
        parts: &mut request::Parts,
        hub: &Arc<Hub>,
    ) -> Result<Listener, StatusCode> {
        match may_listen(&parts.headers, &hub.config) {
            true => Ok(Listener(parts.headers.get(ORIGIN).cloned())),
            false => Err(StatusCode::FORBIDDEN),
        }
    }
}

/// The last part of `/notify/weather`, if there is one: up to 32 small letters,
/// digits and hyphens. `missed` is the server's own.
struct Topic(Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for Topic {
    type Rejection = StatusCode;

    async fn from_request_parts(
        parts: &mut request::Parts,
        state: &S,
    ) -> Result<Topic, StatusCode> {
        let topic = Option::<Path<String>>::from_request_parts(parts, state).await;
        let topic = topic
            .map_err(|_| StatusCode::NOT_FOUND)?
            .map(|Path(topic)| topic);
        let fits = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        match &topic {
            Some(name) if name == "missed" || name.len() > 32 || !name.bytes().all(fits) => {
                Err(StatusCode::NOT_FOUND)
            }
            _ => Ok(Topic(topic)),
        }
    }
}
