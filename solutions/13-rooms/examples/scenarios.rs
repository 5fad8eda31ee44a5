//! What the scenarios of the official client talk to (`tests/conversations`).
//! The same in JavaScript: `tests/oracles/socketio/scenarios-server.js`.

use std::io;
use std::time::Duration;

use rooms_solution::{Broadcast, Config, Emit, Io, Join, Refusal, Reply, Socket, args, serve};
use serde_json::json;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> io::Result<()> {
    let recovers = std::env::args().any(|word| word == "--recovery");
    let recovery = recovers.then_some(Duration::from_secs(120));
    let io = rooms_solution::io(Config::default(), recovery);
    talk(&io);
    admin(&io);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    serve(listener, io.routes()).await
}

fn talk(io: &Io) {
    let server = io.clone();
    io.on("connection", move |socket| {
        let server = server.clone();
        async move { events(&server, &socket) }
    });
}

fn events(server: &Io, socket: &Socket) {
    socket.on("hi", |socket, event| async move {
        let word = event.value(0).clone();
        event.ack(&socket, args![word]);
    });
    socket.on("twice", |socket, event| async move {
        let word = event.value(0).clone();
        socket.emit("one", args![word.clone()]);
        socket.emit("two", args![word, json!({"again": true})]);
    });
    socket.on("ask me", |socket, _| async move {
        let patient = socket.timeout(Duration::from_secs(5));
        if let Ok(answer) = patient.emit_with_ack("who", args!["are you"]).await {
            socket.emit("so", answer);
        }
    });
    socket.on("up", |socket, event| async move {
        let bytes = event.bytes(0).cloned().unwrap_or_default();
        let mut down = args![];
        let file = down.attach(bytes.clone());
        let again = down.attach(bytes.clone());
        down.values = vec![json!({"file": file}), again];
        socket.emit("down", down);
        event.ack(&socket, args![bytes]);
    });
    socket.on("join", |socket, event| async move {
        socket.join(event.text(0).unwrap_or_default());
        event.ack(&socket, args![]);
    });
    let io = server.clone();
    socket.on("tell", move |socket, event| {
        let io = io.clone();
        async move {
            let word = event.value(1).clone();
            io.to(event.text(0).unwrap_or_default())
                .emit("told", args![word]);
            event.ack(&socket, args![]);
        }
    });
    socket.on("tell others", |socket, event| async move {
        let word = event.value(0).clone();
        socket.broadcast().emit("told", args![word]);
    });
    socket.on("send me away", |socket, _| async move {
        socket.disconnect(false)
    });
    socket.on(
        "hang up",
        |socket, _| async move { socket.disconnect(true) },
    );
}

fn admin(io: &Io) {
    let admin = io.of("/admin");
    admin.middleware(|socket| async move {
        if socket.auth().get("token") == Some(&json!("sesame")) {
            return Ok(());
        }
        Err(Refusal {
            message: "not authorized".to_owned(),
            data: Some(json!({"retry": false})),
        })
    });
    admin.on("connection", |socket| async move {
        socket.on("hi", |socket, event| async move {
            let word = event.text(0).unwrap_or_default().to_owned();
            event.ack(&socket, args![format!("{word}, admin")]);
        });
    });
}
