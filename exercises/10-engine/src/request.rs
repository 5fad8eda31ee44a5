//! What a request is allowed to do, and what is answered if it is not
//! (Engine.IO protocol, "Handshake"; the codes are the official server's).

use std::sync::Arc;

use axum::http::header::{CONTENT_TYPE, ORIGIN};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::Config;
use crate::session::{Connection, Engine};

/// What the protocol takes from a request's query.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Query<'a> {
    /// The protocol version: `4`.
    pub eio: Option<&'a str>,
    /// `polling` or `websocket`.
    pub transport: Option<&'a str>,
    /// The session, if there is one.
    pub sid: Option<&'a str>,
}

/// What a request may do.
#[derive(Debug)]
pub enum Route {
    /// Begin a session, on HTTP long-polling.
    OpenPolling,
    /// Begin a session, on a WebSocket.
    OpenWebSocket,
    /// Wait for what a session has to say.
    Poll(Arc<Connection>),
    /// Say something to a session.
    Post(Arc<Connection>),
    /// Try a WebSocket for a session that polls.
    Upgrade(Arc<Connection>),
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such transport.
    TransportUnknown,
    /// There is no such session, or there was.
    SessionUnknown,
    /// A session begins with GET.
    BadHandshakeMethod,
    /// This transport does not carry this session, or carries no such request.
    BadRequest,
    /// This page may not connect.
    Forbidden,
    /// Only version 4 is spoken here.
    UnsupportedVersion,
    /// A session is there, but no such method (the official server answers 500).
    NoSuchMethod,
    /// There are as many sessions as there may be.
    Full,
}

// --- Step 1: what a request may do ---

/// Decides it in the order of the official server, so that of several faults all
/// servers name the same one: transport, session, method, whether it is the
/// request for a WebSocket that it says, origin, version.
///
/// `upgrades`: it is a request for a WebSocket, as RFC 6455 wants it.
pub fn check(
    engine: &Engine,
    method: &Method,
    query: &Query,
    headers: &HeaderMap,
    upgrades: bool,
) -> Result<Route, Refusal> {
    let (headers, sessions) = (headers.len(), engine.count());
    todo!("step 1: {method} {query:?} {upgrades} {headers} {sessions}")
}

/// Given: whether the page that asks may connect (RFC 6455 §10.2): who names no
/// page may; else each `Origin` must be listed, letter by letter.
pub fn may_connect(headers: &HeaderMap, config: &Config) -> bool {
    let Some(origins) = &config.origins else {
        return true;
    };
    let listed = |origin: &HeaderValue| origins.iter().any(|o| origin == o);
    headers.get_all(ORIGIN).iter().all(listed)
}

// --- Given: the query, and the answer ---

impl<'a> Query<'a> {
    /// Reads `EIO=4&transport=polling&sid=…`. What else is there does not matter;
    /// the client adds `t=…`, so that no cache answers.
    pub fn parse(query: &'a str) -> Query<'a> {
        let mut fields = Query::default();
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            match name {
                "EIO" => fields.eio = Some(value),
                "transport" => fields.transport = Some(value),
                "sid" => fields.sid = Some(value),
                _ => {}
            }
        }
        fields
    }
}

impl Refusal {
    /// The code, and what it means.
    pub fn code(self) -> (u8, &'static str) {
        match self {
            Refusal::TransportUnknown => (0, "Transport unknown"),
            Refusal::SessionUnknown => (1, "Session ID unknown"),
            Refusal::BadHandshakeMethod => (2, "Bad handshake method"),
            Refusal::Forbidden => (4, "Forbidden"),
            Refusal::UnsupportedVersion => (5, "Unsupported protocol version"),
            Refusal::BadRequest | Refusal::NoSuchMethod | Refusal::Full => (3, "Bad request"),
        }
    }

    /// The HTTP status.
    pub fn status(self) -> StatusCode {
        match self {
            Refusal::Forbidden => StatusCode::FORBIDDEN,
            Refusal::NoSuchMethod => StatusCode::INTERNAL_SERVER_ERROR,
            Refusal::Full => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// What asked for a WebSocket is told in plain words.
    pub fn as_text(self) -> impl IntoResponse {
        let (_, message) = self.code();
        (self.status(), [(CONTENT_TYPE, "text/html")], message)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (code, message) = self.code();
        match self {
            Refusal::NoSuchMethod | Refusal::Full => self.status().into_response(),
            _ => (
                self.status(),
                [(CONTENT_TYPE, "application/json")],
                format!(r#"{{"code":{code},"message":"{message}"}}"#),
            )
                .into_response(),
        }
    }
}
