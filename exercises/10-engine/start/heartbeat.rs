//! Whether anybody is there: the server asks, the client answers. A browser's
//! page can't send the pings of RFC 6455, so Engine.IO has packets for it.

use std::sync::Arc;

use tokio::select;
use tokio::time::sleep;

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

/// Done when a ping was not answered: not within `ping_timeout`, unless the answer
/// may stand behind what the server has not taken yet. The first ping comes
/// `ping_interval` after `session.begun`, each other one so long after the pong.
async fn beat(session: &Connection) {
    let config = session.config();
    sleep(config.ping_interval).await;
    todo!(
        "step 4: ask {}, and wait {:?}",
        session.sid,
        config.ping_timeout
    )
}
