//! HTTP long-polling: the client asks with GET, and is answered when there is
//! something to say; what it has to say itself it brings by POST.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use packets_solution::engine::{Packet, SEPARATOR, decode_payload};
use tokio::select;
use tokio::time::sleep;

use crate::outbox::Frame;
use crate::request::Refusal;
use crate::session::{Connection, Message, Reason, Transport};

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

/// Takes the packets of a body, in order, and answers `ok`. What is wrong with
/// a packet is not said here: the session ends.
pub async fn post(session: Arc<Connection>, headers: HeaderMap, body: Body) -> Response {
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
    let body = select! {
        body = whole(body, session.config().max_payload) => body,
        () = session.ended() => Err(StatusCode::BAD_REQUEST),
    };
    let body = match body {
        Ok(body) => body,
        Err(status) => return status.into_response(),
    };
    if let Err(reason) = receive(&session, &body).await {
        session.end(reason);
    }
    ok()
}

/// Each packet of a body, or why the session ends.
async fn receive(session: &Connection, body: &[u8]) -> Result<(), Reason> {
    let body = std::str::from_utf8(body).map_err(|_| Reason::ParseError)?;
    for packet in decode_payload(body) {
        accept(session, packet.map_err(|_| Reason::ParseError)?).await?;
    }
    Ok(())
}

/// What a packet means, over whichever transport it has come.
pub async fn accept(session: &Connection, packet: Packet<'_>) -> Result<(), Reason> {
    match packet {
        Packet::Message(text) => session.deliver(Message::Text(text.to_owned())).await,
        Packet::Binary(bytes) => session.deliver(Message::Binary(bytes)).await,
        Packet::Pong(_) => session.pong.notify_waiters(),
        Packet::Close => return Err(Reason::TransportClose),
        // In version 4 the server asks and the client answers.
        Packet::Ping(_) => return Err(Reason::TransportError),
        // The official server passes over these, too.
        Packet::Open(_) | Packet::Upgrade | Packet::Noop => {}
    }
    Ok(())
}

// --- Step 3: what the server says ---

/// Answers with all there is to say, as soon as there is something. A second
/// poll at a time ends the session: nobody knows which of the two comes first.
pub async fn poll(session: Arc<Connection>) -> Response {
    let Ok(_taking) = session.taking.try_lock() else {
        session.end(Reason::TransportError);
        return StatusCode::BAD_REQUEST.into_response();
    };
    // The client may hang up: then this is dropped where it waits.
    let waiting = Waiting(&session);
    let answer = select! {
        frames = session.outbox.take() => payload(match frames {
            Some(frames) => body_of(&frames),
            None => last_word(&session).to_owned(),
        }),
        answer = noop(&session) => answer,
    };
    std::mem::forget(waiting);
    answer
}

/// What a poll gets of a session that has ended: `1`. Who has closed it itself
/// need not be told.
fn last_word(session: &Connection) -> &'static str {
    session.forget();
    match session.reason() {
        Reason::TransportClose => "6",
        _ => "1",
    }
}
