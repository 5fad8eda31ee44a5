//! Exercise 10: Engine.IO, protocol version 4, on axum.
//! Chapter: book/src/10-engine.md
//!
//! Five steps in four files: `request` (1), `polling` (2 and 3), `heartbeat` (4),
//! `websocket` (5). What is marked "Given" works and may stay as it is.
//!
//! Engine.IO makes one connection of many requests. A [`Session`] is that
//! connection: messages come out of it, and go in by its [`Sender`]. What
//! carries them changes: [`polling`] at first, a [`websocket`] later, and the
//! session does not notice. [`request`] decides what a request is allowed to
//! do, [`heartbeat`] whether anybody is there.

pub mod heartbeat;
pub mod outbox;
pub mod polling;
pub mod request;
pub mod session;
pub mod websocket;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;

pub use outbox::Frame;
pub use session::{Engine, Message, Reason, Sender, Session};

use request::{Query, Refusal, Route};

// --- Given: what the server was told, and where a request goes ---

/// What the server was told when it was started.
#[derive(Debug, Clone)]
pub struct Config {
    /// From a pong, or the beginning, to the next ping.
    pub ping_interval: Duration,
    /// How long a client may take to answer a ping.
    pub ping_timeout: Duration,
    /// How long a client may take to change its transport.
    pub upgrade_timeout: Duration,
    /// The largest body of a request and the largest WebSocket message, in bytes.
    pub max_payload: usize,
    /// How much may wait for a client that takes nothing, in bytes.
    pub max_waiting: usize,
    /// How many sessions there may be at a time.
    pub max_sessions: usize,
    /// The pages that may connect, as origins; all, if nothing is said.
    pub origins: Option<Vec<String>>,
}

impl Default for Config {
    /// As the official server has it; that one knows no bound for what waits,
    /// nor for sessions.
    fn default() -> Self {
        Config {
            ping_interval: Duration::from_secs(25),
            ping_timeout: Duration::from_secs(20),
            upgrade_timeout: Duration::from_secs(10),
            max_payload: 1_000_000,
            max_waiting: 4_000_000,
            max_sessions: 100_000,
            origins: None,
        }
    }
}

/// Serves `routes` for ever.
pub async fn serve(listener: TcpListener, routes: Router) -> io::Result<()> {
    // A small packet must not wait until the one before it is acknowledged.
    let listener = listener.tap_io(|tcp| {
        let _ = tcp.set_nodelay(true);
    });
    axum::serve(listener, routes).await
}

/// A program of its own: every message comes back.
pub fn echo(config: Config) -> Router {
    Engine::new(config).routes("/engine.io/", |mut session| async move {
        while let Ok(message) = session.recv().await {
            session.sender().send([Frame::message(message)]);
        }
    })
}

impl Engine {
    /// All requests of all sessions go to one path. `on_session` is called for
    /// each new one, and is one task; when it is done, the session ends.
    pub fn routes<F, Fut>(&self, path: &str, on_session: F) -> Router
    where
        F: Fn(Session) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let on_session = move |session| -> session::Task { Box::pin(on_session(session)) };
        let state = (
            self.clone(),
            Arc::new(on_session) as Arc<session::OnSession>,
        );
        Router::new().route(path, any(answer)).with_state(state)
    }
}

async fn answer(
    State((engine, on_session)): State<(Engine, Arc<session::OnSession>)>,
    method: Method,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    body: Body,
) -> Response {
    let query = query.unwrap_or_default();
    let query = Query::parse(&query);
    let upgrades = upgrade.is_ok();
    let route = request::check(&engine, &method, &query, &headers, upgrades);
    let config = engine.config();
    let open = |transport| engine.open(transport, &*on_session);
    let answer = match (route, upgrade) {
        (Ok(Route::OpenPolling), _) => open(session::Transport::Polling).map(polling::opened),
        (Ok(Route::OpenWebSocket), Ok(upgrade)) => open(session::Transport::WebSocket)
            .map(|session| websocket::accept(upgrade, config, |ws| websocket::open(ws, session))),
        (Ok(Route::Upgrade(session)), Ok(upgrade)) => {
            Ok(websocket::accept(upgrade, config, |ws| {
                websocket::upgrade(ws, session)
            }))
        }
        (Ok(Route::Poll(session)), _) => Ok(polling::poll(session).await),
        (Ok(Route::Post(session)), _) => Ok(polling::post(session, headers, body).await),
        (Err(refusal), _) => Err(refusal),
        _ => Err(Refusal::BadRequest),
    };
    answer.unwrap_or_else(|refusal| match upgrades {
        true => refusal.as_text().into_response(),
        false => refusal.into_response(),
    })
}
