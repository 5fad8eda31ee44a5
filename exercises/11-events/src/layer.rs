//! Given: what a later layer adds to a namespace. The official server calls its
//! own an adapter.

use std::any::Any;

use packets_solution::socket::{Args, Kind};
use serde_json::{Map, Value};

use crate::socket::{Reason, Socket};

/// Hears of what happens in one namespace. All of it is called at that moment,
/// and none of it may wait.
pub trait Layer: Any + Send + Sync {
    /// A client asks to come in, and may have been here before: the id that its
    /// socket had. `auth` is all it says about itself.
    fn returns(&self, auth: &Map<String, Value>) -> Option<String> {
        let _ = auth;
        None
    }

    /// A client may come in, and will be told so by `reply`.
    fn connects(&self, socket: &Socket, reply: &mut Map<String, Value>) {
        let _ = (socket, reply);
    }

    /// It has been told; its socket is in.
    fn connected(&self, socket: &Socket) {
        let _ = socket;
    }

    /// A socket is to send this. A layer may send it itself, and give nothing
    /// back; it may even keep it for a socket that is out.
    fn sends(&self, socket: &Socket, kind: Kind) -> Option<Kind> {
        let _ = socket;
        Some(kind)
    }

    /// A client has acknowledged what the server had sent.
    fn acknowledged(&self, socket: &Socket, id: u64, args: Args) {
        let _ = (socket, id, args);
    }

    /// A socket is out.
    fn disconnects(&self, socket: &Socket, reason: Reason) {
        let _ = (socket, reason);
    }
}
