//! Given: what waits to be sent, whichever transport will carry it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::extract::ws::Utf8Bytes;
use tokio::sync::Notify;

use crate::session::Message;

/// A packet as a WebSocket carries it: its text, or, as binary messages have no
/// type byte, the message itself. It is written once; a clone shares it.
#[derive(Debug, Clone, PartialEq)]
pub enum Frame {
    /// `4hello`.
    Text(Utf8Bytes),
    /// The bytes of a binary message.
    Binary(Bytes),
}

impl Frame {
    /// The packet that carries a message.
    pub fn message(message: Message) -> Frame {
        match message {
            Message::Text(text) => Frame::Text(format!("4{text}").into()),
            Message::Binary(bytes) => Frame::Binary(bytes),
        }
    }

    fn cost(&self) -> usize {
        // An empty packet takes room, too.
        size_of::<Frame>()
            + match self {
                Frame::Text(text) => text.len(),
                Frame::Binary(bytes) => bytes.len(),
            }
    }
}

/// A queue with a bound in bytes. Many put packets in; one at a time takes them.
#[derive(Debug)]
pub struct Outbox {
    queue: Mutex<Queue>,
    ready: Notify,
    most: usize,
}

#[derive(Debug, Default)]
struct Queue {
    frames: Vec<Frame>,
    bytes: usize,
    /// Somebody is there who will send what is put in, at once.
    waited_for: bool,
    closed: bool,
}

/// There is no room left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Full;

impl Outbox {
    /// An outbox for so many bytes.
    pub fn new(most: usize) -> Outbox {
        Outbox {
            queue: Mutex::default(),
            ready: Notify::new(),
            most,
        }
    }

    /// Puts packets in, all or none: nothing comes between them. What is put
    /// into a closed outbox is gone.
    pub fn push(&self, frames: impl IntoIterator<Item = Frame>) -> Result<(), Full> {
        self.put(self.queue(), frames)
    }

    /// The same, if it can be sent at once; otherwise it is dropped.
    pub fn push_volatile(&self, frames: impl IntoIterator<Item = Frame>) -> Result<(), Full> {
        let queue = self.queue();
        match queue.waited_for {
            true => self.put(queue, frames),
            false => Ok(()),
        }
    }

    fn put(
        &self,
        mut queue: MutexGuard<'_, Queue>,
        frames: impl IntoIterator<Item = Frame>,
    ) -> Result<(), Full> {
        if queue.closed {
            return Ok(());
        }
        let before = queue.frames.len();
        queue.frames.extend(frames);
        let bytes = queue.frames[before..]
            .iter()
            .map(Frame::cost)
            .sum::<usize>();
        // A packet larger than all the room may go, if it goes alone.
        if before > 0 && queue.bytes + bytes > self.most {
            queue.frames.truncate(before);
            return Err(Full);
        }
        queue.bytes += bytes;
        queue.waited_for = false;
        drop(queue);
        self.ready.notify_one();
        Ok(())
    }

    /// All that has been put in, as soon as there is something; nothing, once
    /// the outbox is closed and empty.
    ///
    /// Cancel safe: packets are taken only when it is done.
    pub async fn take(&self) -> Option<Vec<Frame>> {
        loop {
            let _waiting = {
                let mut queue = self.queue();
                if !queue.frames.is_empty() {
                    queue.bytes = 0;
                    return Some(std::mem::take(&mut queue.frames));
                }
                if queue.closed {
                    return None;
                }
                queue.waited_for = true;
                Waiting(self)
            };
            self.ready.notified().await;
        }
    }

    /// Nothing more is put in.
    pub fn close(&self) {
        self.queue().closed = true;
        self.ready.notify_one();
    }

    /// Held for moments, never across an `.await`.
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever waits may give up.
struct Waiting<'a>(&'a Outbox);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.queue().waited_for = false;
    }
}
