// Given: a server that says what it is told to say. Your work is in emit.rs and acks.rs.

use std::io;
use std::time::Duration;

use emit::{Args, Config, Emit, Event, Io, NoAck, Reply, Socket, args};
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
    for name in ["/", "/admin"] {
        io.of(name).on("connection", |socket| async move {
            says(&socket);
            answers(&socket);
            asks(&socket);
            says_perhaps(&socket);
        });
    }
}

/// The server says something.
fn says(socket: &Socket) {
    // ANCHOR: emit
    socket.on("echo", |socket, event| async move {
        socket.emit("echo", event.args);
    });
    socket.on("count", |socket, event| async move {
        for number in 0..event.value(0).as_u64().unwrap_or(0) {
            socket.emit("number", args![number, event.value(1).clone()]);
        }
    });
    // ANCHOR_END: emit
    // Under whatever name the client wants.
    socket.on("say", |socket, mut event| async move {
        let name = first(&mut event);
        let sent = socket.emit(name.as_str().unwrap_or_default(), event.args);
        socket.emit("said", args![sent]);
    });
}

/// The client asks, and the server answers.
fn answers(socket: &Socket) {
    // ANCHOR: ack
    socket.on("sum", |socket, event| async move {
        let sum: i64 = event.args.values.iter().filter_map(Value::as_i64).sum();
        event.ack(&socket, args![sum]);
    });
    socket.on("heard", |socket, event| async move {
        event.ack(&socket, args![]);
    });
    // ANCHOR_END: ack
    socket.on("keep", |socket, event| async move {
        let args = event.args.clone();
        event.ack(&socket, args);
    });
    // Two hear it, and each would answer.
    for number in ["first", "second"] {
        socket.on("both", move |socket, event| async move {
            event.ack(&socket, args![number]);
        });
    }
    socket.on("silence", |_, _| async {});
}

/// The server asks, and the client answers.
fn asks(socket: &Socket) {
    socket.on("ask", |socket, mut event| async move {
        let name = first(&mut event);
        let name = name.as_str().unwrap_or_default();
        match socket.emit_with_ack(name, event.args).await {
            Ok(answer) => thanks(&socket, answer),
            Err(error) => no_answer(&socket, error),
        }
    });
    // ANCHOR: ask
    socket.on("ask-in", |socket, mut event| async move {
        let limit = Duration::from_millis(first(&mut event).as_u64().unwrap_or(0));
        let asker = socket.timeout(limit);
        match asker.emit_with_ack("question", event.args).await {
            Ok(answer) => thanks(&socket, answer),
            Err(error) => no_answer(&socket, error),
        }
    });
    // ANCHOR_END: ask
    // Two questions at once, and both answers together.
    socket.on("ask-two", |socket, event| async move {
        let (first, second) = tokio::join!(
            socket.emit_with_ack("first", event.args.clone()),
            socket.emit_with_ack("second", event.args),
        );
        let list = |answer: Result<Args, NoAck>| answer.unwrap_or_default().values;
        socket.emit("thanks", args![list(first), list(second)]);
    });
}

/// The server says something, if it can be heard.
fn says_perhaps(socket: &Socket) {
    // ANCHOR: volatile
    socket.on("news", |socket, event| async move {
        while socket.is_connected() {
            socket.volatile().emit("news", event.args.clone());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    // ANCHOR_END: volatile
    // Three times, under whatever name; then all in the namespace are told.
    socket.on("perhaps", |socket, mut event| async move {
        let name = first(&mut event);
        let name = name.as_str().unwrap_or_default();
        let mut sent = false;
        for _ in 0..3 {
            sent = socket.volatile().emit(name, event.args.clone());
        }
        for everybody in socket.namespace().sockets() {
            everybody.emit("over", args![sent]);
        }
    });
}

/// Takes the first argument away.
fn first(event: &mut Event) -> Value {
    match event.args.values.is_empty() {
        true => Value::Null,
        false => event.args.values.remove(0),
    }
}

/// Who has answered is thanked for what it said.
fn thanks(socket: &Socket, answer: Args) {
    socket.emit("thanks", answer);
}

/// That there is no answer is told to all in the namespace.
fn no_answer(socket: &Socket, error: NoAck) {
    for everybody in socket.namespace().sockets() {
        everybody.emit("no answer", args![error.to_string()]);
    }
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
