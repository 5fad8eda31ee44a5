// Given: a server that tells whom it is told to tell, and a chat with a page.
// Your work is in hall.rs, target.rs and chat.rs.

use std::io;
use std::time::Duration;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::Html;
use axum::routing::get;
use rooms::{Broadcast, Config, Emit, Hall, Join, Namespace, Reply, Socket, Target, args, chat};
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
        talk(&io.of("/"));
        talk(&io.of("/other"));
        chat::open(&io.of("/chat"));
        io.routes().merge(page())
    };
    println!("listening on http://{address}");
    rooms::serve(listener, routes).await
}

/// What the server does. A Node server that does the same is in tests/oracles.
fn talk(namespace: &Namespace) {
    namespace.on("connection", |socket| async move {
        goes(&socket);
        tells(&socket);
    });
}

/// A client comes and goes. Each time it hears where it is.
fn goes(socket: &Socket) {
    // ANCHOR: join
    socket.on("join", |socket, event| async move {
        socket.join(event.text(0).unwrap_or_default());
        event.ack(&socket, args![places(&socket)]);
    });
    socket.on("leave", |socket, event| async move {
        socket.leave(event.text(0).unwrap_or_default());
        event.ack(&socket, args![places(&socket)]);
    });
    // ANCHOR_END: join
    // ANCHOR: gone
    socket.on("disconnect", |socket, _| async move {
        socket.join("too-late");
        let gone = args![name(&socket), places(&socket)];
        socket.broadcast().emit("gone", gone);
    });
    // ANCHOR_END: gone
    // `rooms()`: those that there are in this namespace.
    socket.on("rooms", |socket, event| async move {
        let rooms = socket.namespace().layer::<Hall>().rooms();
        event.ack(&socket, args![rooms]);
    });
}

/// The rooms that a socket is in, by name.
fn places(socket: &Socket) -> Vec<String> {
    socket.rooms().into_iter().collect()
}

/// A client says something to many.
fn tells(socket: &Socket) {
    // ANCHOR: tell
    socket.on("others", |socket, event| async move {
        socket.broadcast().emit("told", event.args);
    });
    socket.on("all", |socket, event| async move {
        socket.namespace().broadcast().emit("told", event.args);
    });
    socket.on("mates", |socket, event| async move {
        socket.to("blue").to("red").emit("told", event.args);
    });
    // ANCHOR_END: tell
    // `me(…)`: to the one who says it.
    socket.on("me", |socket, event| async move {
        socket.emit("told", event.args);
    });
    // `tell(whom, name, …)`: to whomever, under whatever name.
    socket.on("tell", |socket, event| async move {
        let target = target(&socket, event.value(0));
        let mut what = event.args.clone();
        what.values.drain(..what.values.len().min(2));
        let told = target.emit(event.text(1).unwrap_or_default(), what);
        event.ack(&socket, args![told]);
    });
    // `who(whom)`: those who would be told, by the names they gave.
    socket.on("who", |socket, event| async move {
        let those = target(&socket, event.value(0)).sockets();
        let mut names: Vec<_> = those.iter().map(name).collect();
        names.sort();
        event.ack(&socket, args![names]);
    });
}

/// `{"from": "all", "to": ["blue"], "except": ["red"], "volatile": true}`. A
/// name after an `@` stands for the id of that client's socket.
fn target(socket: &Socket, whom: &Value) -> Target {
    let mut target = match whom["from"].as_str() {
        Some("all") => socket.namespace().broadcast(),
        _ => socket.broadcast(),
    };
    for room in rooms_of(socket, &whom["to"]) {
        target = target.to(&room);
    }
    for room in rooms_of(socket, &whom["except"]) {
        target = target.except(&room);
    }
    match whom["volatile"].as_bool() {
        Some(true) => target.volatile(),
        _ => target,
    }
}

fn rooms_of(socket: &Socket, list: &Value) -> Vec<String> {
    let words = list.as_array().into_iter().flatten();
    let words = words.filter_map(Value::as_str);
    words
        .map(|word| match word.strip_prefix('@') {
            Some(who) => id_of(socket, who),
            None => word.to_owned(),
        })
        .collect()
}

fn id_of(socket: &Socket, who: &str) -> String {
    let those = socket.namespace().sockets();
    let found = those.iter().find(|other| name(other) == who);
    found.map_or_else(String::new, |other| other.id().to_owned())
}

/// What a client calls itself when it connects.
fn name(socket: &Socket) -> String {
    socket.auth()["name"].as_str().unwrap_or("?").to_owned()
}

/// The page of the chat, and the official client, where its own server has it.
fn page() -> Router {
    const CLIENT: &str = include_str!("../vendor/socket.io.min.js");
    let client = ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], CLIENT);
    Router::new()
        .route("/", get(Html(include_str!("../page.html"))))
        .route("/socket.io/socket.io.js", get(client))
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
    io.routes().merge(engine_solution::echo(config))
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
