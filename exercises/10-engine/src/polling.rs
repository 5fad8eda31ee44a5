//! HTTP long-polling: the client asks with GET, and is answered when there is
//! something to say; what it has to say itself it brings by POST.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use packets_solution::engine::{Packet, SEPARATOR};
use tokio::time::sleep;

use crate::outbox::Frame;
use crate::request::Refusal;
use crate::session::{Connection, Reason, Transport};

/// How long a poll may still wait while the client tries a WebSocket.
const UPGRADING: Duration = Duration::from_millis(100);

/// How many times the largest body is read before the client is cut off.
const PATIENCE: usize = 10;

// --- Given: the beginning, how it is written, what a body may be and a poll wait for ---

/// The first answer: a session has begun.
pub fn opened(session: Arc<Connection>) -> Response {
    payload(session.open_packet())
}

/// An answer that carries these packets.
pub fn payload(body: String) -> Response {
    let kind = (CONTENT_TYPE, "text/plain; charset=UTF-8");
    ([kind, (CACHE_CONTROL, "no-store")], body).into_response()
}

/// The answer to what was taken.
pub fn ok() -> Response {
    let kind = (CONTENT_TYPE, "text/html");
    ([kind, (CACHE_CONTROL, "no-store")], "ok").into_response()
}

/// Packets as the body of an answer; bytes are written in base64.
pub fn body_of(frames: &[Frame]) -> String {
    let mut body = String::new();
    for frame in frames {
        if !body.is_empty() {
            body.push(SEPARATOR);
        }
        match frame {
            Frame::Text(text) => body.push_str(text),
            Frame::Binary(bytes) => Packet::Binary(bytes.clone()).encode(&mut body),
        }
    }
    body
}

/// All of a body, if it is no larger than `most`. Some of what is too
/// much is still read, but not kept: who is writing does not read the answer.
pub async fn whole(body: Body, most: usize) -> Result<Vec<u8>, StatusCode> {
    let (mut kept, mut length) = (Vec::new(), 0);
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| StatusCode::BAD_REQUEST)?;
        length += chunk.len();
        if length <= most {
            kept.extend_from_slice(&chunk);
        } else if length / PATIENCE > most {
            break;
        }
    }
    if length <= most {
        Ok(kept)
    } else {
        Err(StatusCode::PAYLOAD_TOO_LARGE)
    }
}

/// A session can't outlive a poll that was given up: what was said into it may
/// be lost.
pub struct Waiting<'a>(pub &'a Connection);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.end(Reason::TransportError);
    }
}

/// The answer to a poll that has to end because a WebSocket is tried: a noop, or
/// a refusal if the session has moved there meanwhile.
pub async fn noop(session: &Connection) -> Response {
    session.upgrading().await;
    sleep(UPGRADING).await;
    match session.transport() {
        Transport::WebSocket => Refusal::BadRequest.into_response(),
        _ => payload("6".into()),
    }
}

// --- Step 2: what the client says ---

/// Takes the packets of a body, in order, and answers [`ok`]. What is wrong with
/// a packet is not said here: the session ends. A body of more than `max_payload`
/// bytes is answered 413, and the session goes on.
pub async fn post(session: Arc<Connection>, headers: HeaderMap, body: Body) -> Response {
    // Given: one at a time, and no bytes; they come in base64.
    let Ok(_posting) = session.posting.try_lock() else {
        session.end(Reason::TransportError);
        return StatusCode::BAD_REQUEST.into_response();
    };
    if headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind == "application/octet-stream")
    {
        session.end(Reason::TransportError);
        return StatusCode::BAD_REQUEST.into_response();
    }
    let most = session.config().max_payload;
    todo!("step 2: at most {most} bytes of {body:?}")
}

/// What a packet means, over whichever transport it has come; or why the session
/// ends.
///
/// - Step 2: messages, and all that end a session. The rest is passed over.
/// - Step 4: a pong. `session.pong.notify_waiters()` tells the heartbeat.
pub async fn accept(session: &Connection, packet: Packet<'_>) -> Result<(), Reason> {
    todo!("step 2: what does {packet:?} mean to {}?", session.sid)
}

// --- Step 3: what the server says ---

/// Answers with all there is to say, as soon as there is something. A second
/// poll at a time ends the session: nobody knows which of the two comes first. It
/// is told 400, and no more.
/// The last answer of a session is `1`, or `6` for a client that has closed it.
pub async fn poll(session: Arc<Connection>) -> Response {
    todo!("step 3: {} asks what there is to say", session.sid)
}
