//! Exercise 00: a TCP line server. Chapter: book/src/00-line.md
//!
//! A line ends with `\n`; a `\r` before it is dropped. Lines are bytes, and come back as they are.

use std::io;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

/// Given: what the server puts up with.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// A client that sends no whole line for so long is told and dropped.
    pub idle: Duration,
    /// The longest line in bytes, its end not counted.
    pub max_message: usize,
}

/// Accepts clients for ever, and serves each.
///
/// Given, and right for one client. Step 2 is to serve them all at once.
pub async fn serve(listener: TcpListener, limits: Limits) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        if let Err(error) = converse(stream, limits).await {
            eprintln!("{error}");
        }
    }
}

/// One client, from its first line to its last.
async fn converse(stream: TcpStream, limits: Limits) -> io::Result<()> {
    let _ = limits; // Until step 3, which keeps to them.
    todo!("step 1: send each line of {stream:?} back")
}
