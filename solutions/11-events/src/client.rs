//! A client: one connection, and the namespaces that it is in.

use engine_solution::{Message, Reason as Ended, Sender, Session};
use packets_solution::socket::{Decoder, Kind, Packet};
use serde_json::{Map, Value, json};
use tokio::select;
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::namespace::{Io, Namespace, Refusal};
use crate::socket::{self, Event, Reason, Socket};
use crate::wire::Encoded;

/// What a client said that ends its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

/// One connection, and its place in each namespace it is in.
struct Client {
    io: Io,
    sender: Sender,
    /// Few, so a list.
    places: Vec<(Socket, mpsc::Sender<Event>)>,
}

/// One client, from the open packet to the end.
pub async fn converse(io: Io, mut session: Session) {
    let mut patience = Box::pin(sleep(io.connect_timeout()));
    let mut client = Client {
        io,
        sender: session.sender().clone(),
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
    async fn take(&mut self, packet: Packet) -> Result<(), Broken> {
        self.places.retain(|(socket, _)| socket.is_connected());
        let mut places = self.places.iter();
        let place = places.position(|(socket, _)| socket.namespace().name() == packet.namespace);
        match (packet.kind, place) {
            (Kind::Connect(auth), None) => self.connect(&packet.namespace, auth).await,
            (Kind::Disconnect, Some(place)) => {
                let (socket, _) = self.places.swap_remove(place);
                socket.end(Reason::ClientLeft);
            }
            (Kind::Event { id, name, args }, Some(place)) => {
                let (_, mailbox) = &self.places[place];
                // An error says that its work is over.
                let _ = mailbox.send(Event { id, name, args }).await;
            }
            (Kind::Ack { id, args }, Some(place)) => {
                // Not into the mailbox: a handler may be waiting for it.
                let (socket, _) = &self.places[place];
                let layers = socket.namespace().layers();
                layers.for_each(|layer| layer.acknowledged(socket, id, args.clone()));
            }
            _ => return Err(Broken),
        }
        Ok(())
    }

    /// Lets the client into a namespace, or tells it why not.
    async fn connect(&mut self, name: &str, auth: Option<Map<String, Value>>) {
        let auth = auth.unwrap_or_default();
        let entered = match self.io.find(name) {
            Some(namespace) => self.enter(namespace, auth).await,
            None => Err(Refusal::new("Invalid namespace")),
        };
        if let Err(refusal) = entered {
            let packet = Packet {
                namespace: name.to_owned(),
                kind: Kind::ConnectError(refusal.value()),
            };
            self.sender.send(Encoded::new(&packet).frames());
        }
    }
}

// --- Step 2: middleware ---

impl Client {
    /// Asks the middleware; if all agree, the socket is in and its client told.
    async fn enter(
        &mut self,
        namespace: Namespace,
        auth: Map<String, Value>,
    ) -> Result<(), Refusal> {
        let socket = Socket::new(namespace.clone(), self.sender.clone(), auth);
        namespace.admits(&socket).await?;
        let mut reply = Map::from_iter([("sid".to_owned(), json!(socket.id()))]);
        for layer in namespace.layers() {
            layer.connects(&socket, &mut reply);
        }
        socket.send(Kind::Connect(Some(reply)));
        namespace.insert(&socket);
        namespace
            .layers()
            .for_each(|layer| layer.connected(&socket));
        let mailbox = socket::begin(&socket);
        self.places.push((socket, mailbox));
        Ok(())
    }
}
