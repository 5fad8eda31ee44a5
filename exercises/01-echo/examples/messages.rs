//! Chapter 01: what arrives on a WebSocket, and when something leaves.
//! `cargo run -p echo --example messages`

use futures_util::{SinkExt, StreamExt};
use tokio::io::{DuplexStream, duplex};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::{Error, Message};

/// Runs each; a panic says which does not hold.
#[tokio::main]
async fn main() -> Result<(), Error> {
    a_ping_ends_the_loop().await?;
    fed_and_flushed().await?;
    println!("both hold");
    Ok(())
}

/// A client and a server that have already shaken hands, without a network.
async fn pair() -> (WebSocketStream<DuplexStream>, WebSocketStream<DuplexStream>) {
    let (near, far) = duplex(4_096);
    (
        WebSocketStream::from_raw_socket(near, Role::Client, None).await,
        WebSocketStream::from_raw_socket(far, Role::Server, None).await,
    )
}

async fn a_ping_ends_the_loop() -> Result<(), Error> {
    let (mut client, mut server) = pair().await;
    // ANCHOR: ping
    client.send(Message::text("one")).await?;
    client.send(Message::Ping("still there?".into())).await?;
    client.send(Message::text("two")).await?;

    let mut heard = Vec::new();
    while let Some(Ok(Message::Text(text))) = server.next().await {
        heard.push(text);
    }
    assert_eq!(heard, ["one"]); // the ping ended the loop
    // ANCHOR_END: ping
    Ok(())
}

async fn fed_and_flushed() -> Result<(), Error> {
    let (mut client, mut server) = pair().await;
    // ANCHOR: feed
    server.feed(Message::text("one")).await?; // waits in a buffer
    server.feed(Message::text("two")).await?; // so does this
    server.flush().await?; // both leave, in one write
    // ANCHOR_END: feed
    for expected in ["one", "two"] {
        let message = client.next().await.expect("the server has not left")?;
        assert_eq!(message, Message::text(expected));
    }
    Ok(())
}
