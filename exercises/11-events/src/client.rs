//! A client: one connection, and the namespaces that it is in.

use std::sync::Arc;

use engine_solution::{Message, Reason as Ended, Session};
use packets_solution::socket::{Decoder, Kind, Packet};
use serde_json::{Map, Value};
use tokio::select;
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::connection::Connection;
use crate::namespace::{Io, Namespace, Refusal};
use crate::socket::{self, Event, Reason, Socket};
use crate::wire::Encoded;

/// What a client said that ends its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

/// One connection, and its place in each namespace it is in.
pub struct Client {
    /// The server.
    pub io: Io,
    /// Speaks to this client, and knows all its sockets.
    pub connection: Arc<Connection>,
    /// Its socket in each namespace it is in, with the mailbox of that one. They
    /// are few, so a list.
    pub places: Vec<(Socket, mpsc::Sender<Event>)>,
}

// --- Given: one client, from the open packet to the end ---

/// Reads what the client says; when that ends, its sockets do.
pub async fn converse(io: Io, mut session: Session) {
    let mut patience = Box::pin(sleep(io.connect_timeout()));
    let mut client = Client {
        io,
        connection: Connection::new(session.sender().clone()),
        places: Vec::new(),
    };
    let mut decoder = Decoder::default();
    let mut was_in = false;
    let reason = loop {
        let message = select! {
            message = session.recv() => message,
            // Who comes into no namespace has no business here.
            () = &mut patience, if !was_in => break Ended::ForcedClose,
        };
        let packet = match message {
            Ok(Message::Text(text)) => decoder.text(&text),
            Ok(Message::Binary(bytes)) => decoder.binary(bytes),
            Err(reason) => break reason,
        };
        let taken = match packet {
            Ok(Some(packet)) => client.take(packet).await,
            Ok(None) => Ok(()),
            Err(_) => Err(Broken),
        };
        if taken.is_err() {
            break Ended::ForcedClose;
        }
        was_in |= !client.places.is_empty();
    };
    for (socket, _) in &client.places {
        socket.end(Reason::Engine(reason));
    }
    // The session ends as it is dropped.
}

// --- Step 1: namespaces ---

impl Client {
    /// What a packet means. One of `places` may be of its namespace: CONNECT
    /// takes a new place, and all else belongs to one that is there. What fits
    /// neither is [`Broken`].
    ///
    /// - An event goes into the mailbox of its place. That may have to wait, and
    ///   fail: then nobody is there to hear.
    /// - An acknowledgement does not: `socket.acknowledged` takes it.
    /// - Who leaves is out: `socket.end(Reason::ClientLeft)`. After that the place
    ///   may go. Not before: with its mailbox the socket's task ends, and asks why.
    pub async fn take(&mut self, packet: Packet) -> Result<(), Broken> {
        // Given: who was sent away has no place any more.
        self.places.retain(|(socket, _)| socket.is_connected());
        todo!("step 1: what does {packet:?} mean?")
    }

    /// Lets the client into a namespace, if there is one of this name. If not,
    /// or if [`enter`](Client::enter) refuses, CONNECT_ERROR says why not.
    pub async fn connect(&mut self, name: &str, auth: Option<Map<String, Value>>) {
        todo!("step 1: may this client enter {name:?} with {auth:?}?")
    }

    /// Given: a packet of no socket, for this client.
    pub fn send(&self, namespace: &str, kind: Kind) {
        let packet = Packet {
            namespace: namespace.to_owned(),
            kind,
        };
        let encoded = Encoded::new(&packet);
        self.connection.sender.send(encoded.frames());
    }
}

// --- Step 2: middleware ---

impl Client {
    /// In step 2: asks `namespace.middlewares()` about this socket, one after the
    /// other; if all agree, it is in.
    ///
    /// Given until step 2, and naive: everybody is.
    pub async fn enter(
        &mut self,
        namespace: Namespace,
        auth: Map<String, Value>,
    ) -> Result<(), Refusal> {
        let socket = Socket::new(namespace.clone(), self.connection.clone(), auth);
        namespace.welcome(&socket);
        let mailbox = socket::begin(&socket);
        self.places.push((socket, mailbox));
        Ok(())
    }
}

impl Refusal {
    /// What the client is told: an object.
    ///
    /// In step 2: with `data`, if there is some. Given until then: without.
    pub fn value(self) -> Value {
        let fields = Map::from_iter([("message".to_owned(), self.message.into())]);
        fields.into()
    }
}
