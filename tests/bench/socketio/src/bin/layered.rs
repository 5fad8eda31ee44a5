//! What is measured, on the solutions of chapters 10 to 13.

use std::io;

use rooms::{Broadcast as _, Config, Reply as _};
use rooms_solution as rooms;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> io::Result<()> {
    let io = rooms::io(Config::default(), None);
    io.on("connection", |socket| async move {
        socket.on("echo", |socket, mut event| async move {
            let args = std::mem::take(&mut event.args);
            event.ack(&socket, args);
        });
        socket.on("all", |socket, event| async move {
            socket.namespace().broadcast().emit("all", event.args);
        });
    });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on ws://{}", listener.local_addr()?);
    rooms::serve(listener, io.routes()).await
}
