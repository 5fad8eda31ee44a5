//! Solution 06: a server that speaks without being asked, on axum.
//! Chapter: book/src/06-push.md
//!
//! A [`Hub`] knows what was said; each reader has a [`Reader`], which says what
//! is next. What carries it, a WebSocket or an event stream, comes last.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, State};
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, AUTHORIZATION, ORIGIN, VARY};
use axum::http::header::{HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use axum::http::{StatusCode, request};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{any, get, post};
use futures_util::{Stream, stream};
use tokio::net::TcpListener;
use tokio::select;
use tokio::sync::{broadcast, watch};
use tokio::time::{sleep, timeout};

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
    let value = headers.get(AUTHORIZATION).and_then(|v| v.to_str().ok());
    let Some((scheme, token)) = value.and_then(|v| v.split_once(' ')) else {
        return false;
    };
    scheme.eq_ignore_ascii_case("Bearer") && config.token.as_deref() == Some(token)
}

impl Hub {
    /// Says it to all who listen, now.
    pub fn publish(&self, topic: String, text: String) {
        // Held while it is said: who subscribes finds it among the last values
        // or hears it, and never both.
        let mut said = self.said.lock().expect("no panic while it is held");
        said.number += 1;
        let id = said.number;
        let news = Arc::new(News { id, topic, text });
        said.last.insert(news.topic.clone(), news.clone());
        // An error says that nobody listens, which is none.
        let _ = self.news.send(news);
    }

    /// A place to listen from: first the last value of each topic that the
    /// reader wants and, by the id that it has `seen`, doesn't have; then what
    /// comes.
    pub fn subscribe(&self, topic: Option<String>, seen: u64) -> Reader {
        let said = self.said.lock().expect("no panic while it is held");
        // One that was never given is from another life of this server.
        let seen = if seen <= said.number { seen } else { 0 };
        let mut begin: Vec<_> = said.last.values().cloned().collect();
        begin.retain(|news| news.id > seen);
        begin.sort_by_key(|news| news.id);
        Reader {
            topic,
            begin: begin.into(),
            news: self.news.subscribe(),
            leaving: self.leaving.subscribe(),
        }
    }
}

impl Reader {
    /// What is next; nothing more comes once the server leaves.
    ///
    /// Cancel safe: what it waits for is, and nothing is taken before.
    pub async fn next(&mut self) -> Option<Told> {
        loop {
            let news = match self.begin.pop_front() {
                Some(news) => Ok(news),
                None => select! {
                    // What was said before the end comes before it.
                    biased;
                    news = self.news.recv() => news,
                    _ = self.leaving.wait_for(|leaving| *leaving) => return None,
                },
            };
            match news {
                Ok(news) if self.wants(&news) => return Some(Told::News(news)),
                Ok(_) => {}
                Err(broadcast::error::RecvError::Lagged(missed)) => {
                    return Some(Told::Missed(missed));
                }
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }

    fn wants(&self, news: &News) -> bool {
        self.topic.as_ref().is_none_or(|topic| *topic == news.topic)
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

    /// An event has fields: its name, its data, an id to go on from.
    pub fn event(&self) -> Event {
        match self {
            Told::News(news) => Event::default()
                .event(&news.topic)
                .data(&news.text)
                .id(news.id.to_string()),
            Told::Missed(missed) => Event::default().event("missed").data(missed.to_string()),
        }
    }
}

/// One WebSocket, from the 101 to the close.
async fn speak(
    mut socket: WebSocket,
    mut reader: Reader,
    idle: Duration,
) -> Result<(), axum::Error> {
    loop {
        let told = select! {
            told = reader.next() => told,
            // What comes up says nothing here, but has to be read: the library
            // answers pings and closes only while it is read.
            came = socket.recv() => match came.transpose()? {
                // Behind its Close nothing may follow but the answer (§5.5.1).
                Some(Message::Close(_)) | None => break,
                Some(_) => continue,
            },
        };
        let Some(told) = told else {
            patiently(idle, socket.send(goodbye())).await?;
            break;
        };
        patiently(idle, socket.send(told.message())).await?;
    }
    // One Close has passed. Read on: the library answers the client's, or the
    // client answers ours.
    patiently(idle, async {
        while let Some(came) = socket.recv().await {
            came?;
        }
        Ok(())
    })
    .await
}

/// The server is going away (RFC 6455 §7.4.1).
fn goodbye() -> Message {
    Message::Close(Some(CloseFrame {
        code: close_code::AWAY,
        reason: "".into(),
    }))
}

/// Given: waits for a reader, but not for ever.
pub async fn patiently<T>(
    idle: Duration,
    work: impl Future<Output = Result<T, axum::Error>>,
) -> Result<T, axum::Error> {
    timeout(idle, work).await.map_err(axum::Error::new)?
}

// --- Step 2: the same over HTTP ---

/// One event stream, as long as there is something to say.
fn events_of(reader: Reader) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(reader, |mut reader| async {
        let told = reader.next().await?;
        Some((Ok(told.event()), reader))
    })
}

/// Whether the page that asks may listen (RFC 6455 §10.2): who names no page
/// may; else each `Origin` must be listed, letter by letter.
pub fn may_listen(headers: &HeaderMap, config: &Config) -> bool {
    let listed = |origin: &HeaderValue| config.origins.iter().any(|o| origin == o);
    headers.get_all(ORIGIN).iter().all(listed)
}

// --- Step 5: leave well ---

/// Serves until it is told to leave, and all have left.
pub async fn serve(listener: TcpListener, config: Config) -> io::Result<()> {
    let idle = config.idle;
    let hub = Hub::new(config);
    let leaving = || {
        let mut leaving = hub.leaving.subscribe();
        async move {
            let _ = leaving.wait_for(|leaving| *leaving).await;
        }
    };
    let server = axum::serve(listener, routes(hub.clone())).with_graceful_shutdown(leaving());
    let all_left = async {
        // It waits for requests to end. A WebSocket is none any more.
        server.await?;
        hub.leaving.closed().await;
        Ok(())
    };
    let patience = async {
        leaving().await;
        // For the goodbye, and for the answer.
        sleep(2 * idle).await;
    };
    select! {
        left = all_left => left,
        () = patience => Ok(()),
    }
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
