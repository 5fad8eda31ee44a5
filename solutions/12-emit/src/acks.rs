//! Answers: of the server to the client, and of the client to the server.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use events_solution::{Event, Layer, Reason, Socket};
use packets_solution::socket::{Args, Kind, RESERVED};
use tokio::sync::oneshot;

/// What the server answers to an event.
pub trait Reply {
    /// Answers, if the client has asked for an answer and has none yet:
    /// [`Event::takes_answer`] knows.
    fn ack(self, socket: &Socket, args: Args);
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAck {
    /// The name is reserved: nothing was asked.
    Reserved,
    /// The client did not answer in time. It may have heard all the same.
    TimedOut,
    /// The client is gone. It may have heard all the same.
    Disconnected,
}

impl fmt::Display for NoAck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NoAck::Reserved => "the event's name is reserved",
            NoAck::TimedOut => "operation has timed out",
            NoAck::Disconnected => "socket has been disconnected",
        })
    }
}

impl std::error::Error for NoAck {}

/// The questions of one namespace that have no answer yet.
#[derive(Debug, Default)]
pub struct Acks {
    open: Mutex<Open>,
}

/// What [`Acks`] keeps.
#[derive(Debug, Default)]
pub struct Open {
    /// The next question's id: one count for the whole namespace, from 0.
    pub next: u64,
    /// By socket, then by id: nobody answers for another.
    pub questions: HashMap<String, HashMap<u64, oneshot::Sender<Args>>>,
}

/// A question that is waited for. Whoever gives up drops it, and it is forgotten.
pub struct Question<'a> {
    acks: &'a Acks,
    socket: &'a Socket,
    /// What the client will call it.
    pub id: u64,
}

// --- Step 2: the answer of the server ---

impl Reply for Event {
    fn ack(self, socket: &Socket, args: Args) {
        if let Some(id) = self.takes_answer() {
            socket.send(Kind::Ack { id, args });
        }
    }
}

// --- Step 3: the answer of the client ---

/// Sends an event that wants an answer, and waits for it.
pub(crate) async fn ask(socket: &Socket, name: &str, args: Args) -> Result<Args, NoAck> {
    if RESERVED.contains(&name) {
        return Err(NoAck::Reserved);
    }
    let (question, answer) = Question::new(socket);
    // From now on its leaving would be noticed.
    if !socket.is_connected() {
        return Err(NoAck::Disconnected);
    }
    socket.send(Kind::Event {
        id: Some(question.id),
        name: name.to_owned(),
        args,
    });
    answer.await.map_err(|_| NoAck::Disconnected)
}

impl<'a> Question<'a> {
    /// A new question, and where its answer will come.
    pub fn new(socket: &'a Socket) -> (Question<'a>, oneshot::Receiver<Args>) {
        let (sender, answer) = oneshot::channel();
        let acks = socket.namespace().layer::<Acks>();
        let mut open = acks.open();
        let id = open.next;
        open.next += 1;
        let questions = open.questions.entry(socket.id().to_owned());
        questions.or_default().insert(id, sender);
        (Question { acks, socket, id }, answer)
    }
}

impl Layer for Acks {
    /// An answer to nothing, or a late one, is passed over.
    fn acknowledged(&self, socket: &Socket, id: u64, args: Args) {
        let mut open = self.open();
        let questions = open.questions.get_mut(socket.id());
        if let Some(question) = questions.and_then(|questions| questions.remove(&id)) {
            let _ = question.send(args);
        }
    }

    /// Who is gone answers nothing more.
    fn disconnects(&self, socket: &Socket, _: Reason) {
        self.open().questions.remove(socket.id());
    }
}

// --- Given: what is kept, and forgotten ---

impl Acks {
    /// Held for moments, never across an `.await`.
    pub fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Question<'_> {
    fn drop(&mut self) {
        let mut open = self.acks.open();
        if let Some(questions) = open.questions.get_mut(self.socket.id()) {
            questions.remove(&self.id);
            if questions.is_empty() {
                open.questions.remove(self.socket.id());
            }
        }
    }
}
