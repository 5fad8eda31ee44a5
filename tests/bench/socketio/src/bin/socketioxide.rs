//! The same on socketioxide.

use std::io;

use axum::Router;
use axum::serve::ListenerExt as _;
use serde_json::Value;
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, Data, SocketRef};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> io::Result<()> {
    let (layer, io) = SocketIo::new_layer();
    io.ns("/", async |socket: SocketRef| {
        socket.on("echo", async |Data::<Value>(value), ack: AckSender| {
            let _ = ack.send(&value);
        });
        socket.on("all", async |io: SocketIo, Data::<Value>(value)| {
            let _ = io.emit("all", &value).await;
        });
    });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on ws://{}", listener.local_addr()?);
    let listener = listener.tap_io(|tcp| {
        let _ = tcp.set_nodelay(true);
    });
    axum::serve(listener, Router::new().layer(layer)).await
}
