//! Exercise 01: a WebSocket echo server. Chapter: book/src/01-echo.md

use std::io;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Error;

/// Given: accepts clients for ever, one task each.
pub async fn serve(listener: TcpListener) -> io::Result<()> {
    loop {
        let (stream, peer) = listener.accept().await?;
        tokio::spawn(async move {
            if let Err(error) = converse(stream).await {
                eprintln!("{peer}: {error}");
            }
        });
    }
}

/// One client, from the handshake to the close.
async fn converse(stream: TcpStream) -> Result<(), Error> {
    let _ = stream; // Yours to use.
    todo!("step 1: accept the WebSocket, and say hello")
}
