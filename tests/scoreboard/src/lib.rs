//! What the servers share, and no library has to do with.

use std::io;

use tokio::net::{TcpListener, TcpStream};

/// A free port, and the line that says which.
pub async fn listen() -> io::Result<TcpListener> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on ws://{}", listener.local_addr()?);
    Ok(listener)
}

/// One task for each connection. How a conversation ends is for its client to see.
pub async fn serve<T>(converse: impl Fn(TcpStream) -> T) -> io::Result<()>
where
    T: Future<Output: Send> + Send + 'static,
{
    let listener = listen().await?;
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(converse(stream));
    }
}
