//! A WebSocket: from the first packet on, or for a session that polls.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{
    CloseFrame, Message as WsMessage, WebSocket, WebSocketUpgrade, close_code,
};
use axum::response::Response;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::select;
use tokio::time::{sleep, timeout};
use tungstenite::error::ProtocolError;

use crate::Config;
use crate::outbox::Frame;
use crate::session::{Connection, Reason, Transport};

/// How long the last words of a session may take.
const GOODBYE: Duration = Duration::from_secs(1);

type Sink = SplitSink<WebSocket, WsMessage>;
type Stream = SplitStream<WebSocket>;

// --- Given: the way in, and the way out ---

/// Answers with 101, and goes on with what `then` makes of the WebSocket.
pub fn accept<F, Fut>(upgrade: WebSocketUpgrade, config: &Config, then: F) -> Response
where
    F: FnOnce(WebSocket) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    upgrade
        // Most connections are idle most of the time.
        .read_buffer_size(4096)
        .write_buffer_size(4096)
        .max_message_size(config.max_payload)
        .max_frame_size(config.max_payload)
        .on_upgrade(then)
}

/// A session that begins on a WebSocket: the server speaks first.
pub async fn open(mut socket: WebSocket, session: Arc<Connection>) {
    let open = WsMessage::text(session.open_packet());
    if socket.send(open).await.is_err() {
        return session.end(Reason::TransportClose);
    }
    carry(socket, &session).await;
}

/// Carries a session, until it or the WebSocket ends.
async fn carry(socket: WebSocket, session: &Connection) {
    let (mut sink, mut stream) = socket.split();
    // Two loops, not one: a client that takes nothing may still be heard.
    let (reason, last) = select! {
        ended = read(&mut stream, session) => ended,
        _ = write(&mut sink, session) => (Reason::TransportError, None),
        () = given_up(session) => (Reason::TransportError, None),
    };
    session.end(reason);
    goodbye(sink, stream, last).await;
}

/// A Close, and all that still comes; a Close of the client's is answered while
/// that is read.
async fn goodbye(mut sink: Sink, mut stream: Stream, last: Option<CloseFrame>) {
    let goodbye = async {
        let _ = sink.send(WsMessage::Close(last)).await;
        while let Some(Ok(_)) = stream.next().await {}
    };
    let _ = timeout(GOODBYE, goodbye).await;
}

/// Whose fault it is that no more can be read. Of a frame that must not
/// be, the client is told what was wrong (RFC 6455 §7.4.1); of a connection that
/// is gone, nobody.
pub fn lost(error: axum::Error) -> (Reason, Option<CloseFrame>) {
    let code = match error.into_inner().downcast().map(|error| *error) {
        Ok(tungstenite::Error::Capacity(_)) => close_code::SIZE,
        Ok(tungstenite::Error::Utf8(_)) => close_code::INVALID,
        Ok(tungstenite::Error::Protocol(error))
            if error != ProtocolError::ResetWithoutClosingHandshake =>
        {
            close_code::PROTOCOL
        }
        _ => return (Reason::TransportClose, None),
    };
    let reason = "".into();
    (Reason::TransportError, Some(CloseFrame { code, reason }))
}

/// Sends what is put into the outbox, until that is closed. What waits together
/// goes together: one write for many packets.
async fn write(sink: &mut Sink, session: &Connection) -> Result<(), axum::Error> {
    let _taking = session.taking.lock().await;
    while let Some(frames) = session.outbox.take().await {
        for frame in frames {
            sink.feed(match frame {
                Frame::Text(text) => WsMessage::Text(text),
                Frame::Binary(bytes) => WsMessage::Binary(bytes),
            })
            .await?;
        }
        sink.flush().await?;
    }
    Ok(())
}

/// Done some time after the session has ended: its last words were not taken.
async fn given_up(session: &Connection) {
    session.ended().await;
    sleep(GOODBYE).await;
}

/// A session that polls tries a WebSocket: `2probe`, `3probe`, and `5` once the
/// client polls no more. Until then all goes on as it was.
pub async fn upgrade(mut socket: WebSocket, session: Arc<Connection>) {
    let patience = session.config().upgrade_timeout;
    let seat = session.trying.try_lock();
    // Of two that try at once, the second is sent away; and so is one that was
    // let in just before the first was done.
    let alone = seat.is_ok() && session.transport() != Transport::WebSocket;
    let upgraded = alone
        && select! {
            upgraded = timeout(patience, probe(&mut socket, &session)) => upgraded == Ok(true),
            () = session.ended() => false,
        };
    if upgraded {
        session.set_transport(Transport::WebSocket);
        return carry(socket, &session).await;
    }
    if alone {
        session.set_transport(Transport::Polling);
    }
    drop(seat); // Who is sent away may try again.
    let (sink, stream) = socket.split();
    goodbye(sink, stream, None).await;
}

// --- Step 5: what comes over a WebSocket, and how a session moves to one ---

/// Takes what comes; at the end, says why, and what the WebSocket is told: nothing,
/// unless [`lost`] knows better. A text is a packet, and what that means
/// [`polling::accept`](crate::polling::accept) says. A binary message is one of the
/// session. Pings of RFC 6455 are answered by the library.
async fn read(stream: &mut Stream, session: &Connection) -> (Reason, Option<CloseFrame>) {
    let came = stream.next().await;
    todo!("step 5: {came:?} has come for {}", session.sid)
}

/// Whether the client has done all that an upgrade needs: `2probe` is answered
/// `3probe`, and from then on the session is [`Transport::Upgrading`]; `5` ends it
/// well, anything else does not.
async fn probe(socket: &mut WebSocket, session: &Connection) -> bool {
    let came = socket.recv().await;
    todo!("step 5: {came:?} has come for {}", session.sid)
}
