//! Given: one connection, and the sockets that speak over it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use engine_solution::Sender;

use crate::socket::Socket;

/// What all sockets of one client share.
pub struct Connection {
    /// Speaks to the client.
    pub sender: Sender,
    sockets: Mutex<Vec<Socket>>,
}

impl Connection {
    /// One with no sockets yet.
    pub fn new(sender: Sender) -> Arc<Connection> {
        let sockets = Mutex::default();
        Arc::new(Connection { sender, sockets })
    }

    /// All that are in, in the order in which they came.
    pub fn sockets(&self) -> Vec<Socket> {
        self.all().clone()
    }

    pub(crate) fn insert(&self, socket: &Socket) {
        self.all().push(socket.clone());
    }

    pub(crate) fn remove(&self, socket: &Socket) {
        self.all().retain(|other| other.id() != socket.id());
    }

    /// Held for moments, never across an `.await`.
    fn all(&self) -> MutexGuard<'_, Vec<Socket>> {
        let sockets = self.sockets.lock();
        sockets.unwrap_or_else(PoisonError::into_inner)
    }
}
