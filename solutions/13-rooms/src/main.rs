//! Rooms, as a program: a server that says to whom it is told to say, and a chat
//! with a page.

use rooms_solution as rooms;
use std::io;
use std::time::Duration;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::Html;
use axum::routing::get;
use engine_solution as engine;
use rooms::{Broadcast, Config, Emit, Event, Io, Join, Reply, Socket, Target, args, chat};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const USAGE: &str = "\
usage: rooms [--port N] [--ping-interval 300ms|25s] [--ping-timeout 200ms|20s]
             [--recovery 2s] [--origin O]... [--conformance]";

/// What the command line says.
#[derive(Default)]
struct Options {
    port: u16,
    config: Config,
    recovery: Option<Duration>,
    origins: Vec<String>,
    conformance: bool,
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let Some(mut options) = options(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        std::process::exit(2);
    };
    let listener = TcpListener::bind(("127.0.0.1", options.port)).await?;
    let address = listener.local_addr()?;
    let routes = if options.conformance {
        conformance(options)
    } else {
        // The page that this program serves may connect, by either name of the host.
        let hosts = ["127.0.0.1", "localhost"];
        let own = hosts.map(|host| format!("http://{host}:{}", address.port()));
        options.origins.extend(own);
        options.config.origins = Some(options.origins);
        let io = rooms::io(options.config, options.recovery);
        talk(&io);
        chat::open(&io.of("/chat"));
        io.routes().merge(page())
    };
    println!("listening on http://{address}");
    rooms::serve(listener, routes).await
}

/// The page of the chat, and the official client, where its own server has it.
fn page() -> Router {
    const CLIENT: &str = include_str!("../vendor/socket.io.min.js");
    let client = ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], CLIENT);
    Router::new()
        .route("/", get(Html(include_str!("../page.html"))))
        .route("/socket.io/socket.io.js", get(client))
}

/// What the server does. A Node server that does the same is in tests/oracles.
fn talk(io: &Io) {
    let server = io.clone();
    for namespace in [io.of("/"), io.of("/other")] {
        let server = server.clone();
        namespace.on("connection", move |socket| {
            let server = server.clone();
            async move {
                socket.on("join", |socket, event| async move {
                    socket.join(event.text(0).unwrap_or_default());
                    event.ack(
                        &socket,
                        args![socket.rooms().into_iter().collect::<Vec<_>>()],
                    );
                });
                socket.on("leave", |socket, event| async move {
                    socket.leave(event.text(0).unwrap_or_default());
                    event.ack(
                        &socket,
                        args![socket.rooms().into_iter().collect::<Vec<_>>()],
                    );
                });
                // `tell({from: "io", to: [], except: []}, word)`
                socket.on("tell", move |socket, event| {
                    let target = target(&server, &socket, event.value(0));
                    async move {
                        let mut what = event.args.clone();
                        what.values.drain(..1.min(what.values.len()));
                        target.emit("told", what);
                        event.ack(&socket, args![]);
                    }
                });
                socket.on("count", |socket, event: Event| async move {
                    let there = event.text(0).map_or_else(
                        || socket.namespace().sockets(),
                        |room| socket.namespace().to(room).sockets(),
                    );
                    event.ack(&socket, args![there.len()]);
                });
            }
        });
    }
}

/// Whom an event of a client means.
fn target(io: &Io, socket: &Socket, spec: &Value) -> Target {
    let mut target = match spec["from"].as_str() {
        Some("io") => io.of(socket.namespace().name()).broadcast(),
        _ => socket.broadcast(),
    };
    let names = |list: &Value| -> Vec<String> {
        let names = list.as_array().into_iter().flatten();
        names.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    for room in names(&spec["to"]) {
        target = target.to(&room);
    }
    for room in names(&spec["except"]) {
        target = target.except(&room);
    }
    target
}

/// What the test suites of the two protocol documents talk to.
fn conformance(options: Options) -> Router {
    let config = Config {
        ping_interval: Duration::from_millis(300),
        ping_timeout: Duration::from_millis(200),
        ..options.config
    };
    let io = rooms::io(config.clone(), options.recovery);
    for namespace in [io.of("/"), io.of("/custom")] {
        namespace.on("connection", |socket| async move {
            socket.emit("auth", args![json!(socket.auth())]);
            socket.on("message", |socket, event| async move {
                socket.emit("message-back", event.args);
            });
            socket.on("message-with-ack", |socket, event| async move {
                let args = event.args.clone();
                event.ack(&socket, args);
            });
        });
    }
    io.routes().merge(engine::echo(config))
}

/// What the command line says, or nothing if an option is wrong.
fn options(mut words: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options::default();
    while let Some(option) = words.next() {
        if option == "--conformance" {
            options.conformance = true;
            continue;
        }
        let value = words.next()?;
        match option.as_str() {
            "--port" => options.port = value.parse().ok()?,
            "--ping-interval" => options.config.ping_interval = duration(&value)?,
            "--ping-timeout" => options.config.ping_timeout = duration(&value)?,
            "--recovery" => options.recovery = Some(duration(&value)?),
            "--origin" => options.origins.push(value),
            _ => return None,
        }
    }
    Some(options)
}

/// `300ms` or `2s`.
fn duration(text: &str) -> Option<Duration> {
    match text.strip_suffix("ms") {
        Some(millis) => Some(Duration::from_millis(millis.parse().ok()?)),
        None => Some(Duration::from_secs(text.strip_suffix('s')?.parse().ok()?)),
    }
}
