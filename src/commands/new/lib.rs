//! @kind@ @number@: @title@. Chapter: book/src/@id@.md

use std::io;
use tokio::net::{TcpListener, TcpStream};

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

/// One client, until it ends.
async fn converse(stream: TcpStream) -> io::Result<()> {
    let _ = stream; // Yours to use.
    todo!("step 1: answer each line with the same line")
}
