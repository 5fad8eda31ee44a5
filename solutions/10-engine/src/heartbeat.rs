//! Whether anybody is there: the server asks, the client answers. A browser's
//! page can't send the pings of RFC 6455, so Engine.IO has packets for it.

use std::pin::pin;
use std::sync::Arc;

use tokio::select;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::outbox::Frame;
use crate::session::{Connection, Reason};

// --- Given: what comes of it ---

/// Pings the client until the session ends, and ends it if no pong comes.
pub async fn keep(session: Arc<Connection>) {
    select! {
        () = beat(&session) => session.end(Reason::PingTimeout),
        () = session.ended() => {}
    }
}

// --- Step 4: the heartbeat ---

/// Done when a ping was not answered.
async fn beat(session: &Connection) {
    let config = session.config();
    let mut heard = session.begun;
    loop {
        let due = heard + config.ping_interval;
        sleep_until(due).await;
        // It hears what comes from now on, before it is waited for.
        let mut pong = pin!(session.pong.notified());
        let _ = session.outbox.push([Frame::Text("2".into())]);
        let mut last = due + config.ping_timeout;
        while timeout_at(last, &mut pong).await.is_err() {
            // The answer may stand behind what the server has not taken yet.
            if !session.is_behind() {
                return;
            }
            last += config.ping_timeout;
        }
        heard = Instant::now();
    }
}
