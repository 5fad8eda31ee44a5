//! Events and answers both ways, as a program.

use emit_solution as emit;
use std::io;
use std::time::Duration;

use emit::{Config, Emit, Io, Reply, args};
use serde_json::Value;
use tokio::net::TcpListener;

const USAGE: &str = "\
usage: emit [--port N] [--ping-interval 300ms|25s] [--ping-timeout 200ms|20s]";

#[tokio::main]
async fn main() -> io::Result<()> {
    let Some((port, config)) = options(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        std::process::exit(2);
    };
    let io = emit::io(config);
    talk(&io);
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    emit::serve(listener, io.routes()).await
}

/// What the server does. A Node server that does the same is in tests/oracles.
fn talk(io: &Io) {
    io.on("connection", |socket| async move {
        socket.on("echo", |socket, event| async move {
            socket.emit("echo", event.args);
        });
        socket.on("sum", |socket, event| async move {
            let sum: i64 = event.args.values.iter().filter_map(Value::as_i64).sum();
            event.ack(&socket, args![sum]);
        });
        socket.on("keep", |socket, event| async move {
            let args = event.args.clone();
            event.ack(&socket, args);
        });
        socket.on("silence", |_, _| async {});
        // Asks back, and tells what was answered.
        socket.on("ask-me", |socket, event| async move {
            let limit = Duration::from_millis(event.value(0).as_u64().unwrap_or(1000));
            match socket
                .timeout(limit)
                .emit_with_ack("question", args!["6x7?"])
                .await
            {
                Ok(answer) => socket.emit("thanks", answer),
                Err(error) => socket.emit("no answer", args![error.to_string()]),
            };
        });
        socket.on("count", |socket, event| async move {
            for number in 0..event.value(0).as_u64().unwrap_or(0) {
                socket.emit("number", args![number]);
            }
        });
        socket.on("burst", |socket, event| async move {
            for number in 0..event.value(0).as_u64().unwrap_or(0) {
                socket.volatile().emit("number", args![number]);
            }
            socket.emit("done", args![]);
        });
        // Whatever name the client wants.
        socket.on("say", |socket, event| async move {
            let name = event.text(0).unwrap_or_default();
            let sent = socket.emit(name, args![]);
            event.ack(&socket, args![sent]);
        });
        socket.on("files", |socket, event| async move {
            let Some(file) = event.bytes(0) else { return };
            let mut args = args![];
            let [small, deep] = [args.attach(file.slice(..1)), args.attach(file.clone())];
            args.values.push(small);
            args.values
                .push(serde_json::json!({"nested": {"deep": deep}}));
            socket.emit("files", args);
        });
    });
}

/// The port and the configuration, or nothing if an option is wrong.
fn options(mut words: impl Iterator<Item = String>) -> Option<(u16, Config)> {
    let (mut port, mut config) = (0, Config::default());
    while let Some(option) = words.next() {
        let value = words.next()?;
        match option.as_str() {
            "--port" => port = value.parse().ok()?,
            "--ping-interval" => config.ping_interval = duration(&value)?,
            "--ping-timeout" => config.ping_timeout = duration(&value)?,
            _ => return None,
        }
    }
    Some((port, config))
}

/// `300ms` or `2s`.
fn duration(text: &str) -> Option<Duration> {
    match text.strip_suffix("ms") {
        Some(millis) => Some(Duration::from_millis(millis.parse().ok()?)),
        None => Some(Duration::from_secs(text.strip_suffix('s')?.parse().ok()?)),
    }
}
