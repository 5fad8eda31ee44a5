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
    /// What a packet means. CONNECT belongs to no socket yet; all else must
    /// belong to one.
    pub async fn take(&mut self, packet: Packet) -> Result<(), Broken> {
        self.places.retain(|(socket, _)| socket.is_connected());
        let mut places = self.places.iter();
        let place = places.position(|(socket, _)| socket.namespace().name() == packet.namespace);
        match (packet.kind, place) {
            (Kind::Connect(auth), None) => self.connect(&packet.namespace, auth).await,
            (Kind::Disconnect, Some(place)) => {
                // First the end, then the mailbox: its task must know why.
                self.places[place].0.end(Reason::ClientLeft);
                self.places.swap_remove(place);
            }
            (Kind::Event { id, name, args }, Some(place)) => {
                let (_, mailbox) = &self.places[place];
                // An error says that its work is over.
                let _ = mailbox.send(Event::new(id, name, args)).await;
            }
            (Kind::Ack { id, args }, Some(place)) => {
                // Not into the mailbox: a handler may be waiting for it.
                self.places[place].0.acknowledged(id, &args);
            }
            _ => return Err(Broken),
        }
        Ok(())
    }

    /// Lets the client into a namespace, or tells it why not.
    pub async fn connect(&mut self, name: &str, auth: Option<Map<String, Value>>) {
        let auth = auth.unwrap_or_default();
        let entered = match self.io.find(name) {
            Some(namespace) => self.enter(namespace, auth).await,
            None => Err(Refusal::new("Invalid namespace")),
        };
        if let Err(refusal) = entered {
            self.send(name, Kind::ConnectError(refusal.value()));
        }
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
    /// Asks the middleware, one after the other; if all agree, the socket is in.
    pub async fn enter(
        &mut self,
        namespace: Namespace,
        auth: Map<String, Value>,
    ) -> Result<(), Refusal> {
        let socket = Socket::new(namespace.clone(), self.connection.clone(), auth);
        for middleware in namespace.middlewares() {
            middleware(socket.clone()).await?;
        }
        namespace.welcome(&socket);
        let mailbox = socket::begin(&socket);
        self.places.push((socket, mailbox));
        Ok(())
    }
}

impl Refusal {
    /// What the client is told: an object, with `data` only where there is some.
    pub fn value(self) -> Value {
        let mut fields = Map::from_iter([("message".to_owned(), self.message.into())]);
        fields.extend(self.data.map(|data| ("data".to_owned(), data)));
        fields.into()
    }
}
