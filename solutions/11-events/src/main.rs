//! Namespaces and events, as a program: what is said is told who heard it.

use engine_solution as engine;
use events_solution as events;
use std::io;
use std::time::Duration;

use engine::Config;
use events::{Event, Io, Refusal, Setup, Socket};
use packets_solution::socket::{Args, Kind};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::time::sleep;

const USAGE: &str = "\
usage: events [--port N] [--ping-interval 300ms|25s] [--ping-timeout 200ms|20s]
              [--connect-timeout 300ms|45s]";

#[tokio::main]
async fn main() -> io::Result<()> {
    let Some((port, config, setup)) = options(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        std::process::exit(2);
    };
    let io = Io::with(config, setup);
    talk(&io);
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    events::serve(listener, io.routes()).await
}

/// What the server does. A Node server that does the same is in tests/oracles.
fn talk(io: &Io) {
    let admin = io.of("/admin");
    admin.middleware(|socket| async move {
        match socket.auth().get("token") {
            Some(token) if token == "sesame" => Ok(()),
            _ => Err(Refusal {
                message: "not authorized".to_owned(),
                data: Some(json!({"code": "E_TOKEN"})),
            }),
        }
    });
    io.on("connection", move |socket| {
        let admin = admin.clone();
        async move {
            socket.on("hello", |socket, event| async move {
                tell(&socket, "heard hello", event.args);
            });
            socket.on("*", |socket, event| async move {
                tell(&socket, "heard *", event.args);
            });
            socket.on_any(|socket, event: Event| async move {
                tell(&socket, "any", vec![json!(event.name)].into());
            });
            socket.on("wait", |socket, event| async move {
                sleep(Duration::from_millis(event.value(0).as_u64().unwrap_or(0))).await;
                tell(&socket, "waited", event.args);
            });
            socket.on("leave", |socket, event| async move {
                socket.disconnect(event.value(0) == true);
            });
            socket.on("disconnect", move |_, event| {
                let admins = admin.sockets();
                async move {
                    for socket in admins {
                        tell(&socket, "gone", event.args.clone());
                    }
                }
            });
        }
    });
}

/// Sends one event, by hand: `emit` is the next chapter's.
fn tell(socket: &Socket, name: &str, args: Args) {
    socket.send(Kind::Event {
        id: None,
        name: name.to_owned(),
        args,
    });
}

/// The port and the configuration, or nothing if an option is wrong.
fn options(mut words: impl Iterator<Item = String>) -> Option<(u16, Config, Setup)> {
    let (mut port, mut config, mut setup) = (0, Config::default(), Setup::default());
    while let Some(option) = words.next() {
        let value = words.next()?;
        match option.as_str() {
            "--port" => port = value.parse().ok()?,
            "--ping-interval" => config.ping_interval = duration(&value)?,
            "--ping-timeout" => config.ping_timeout = duration(&value)?,
            "--connect-timeout" => setup.connect_timeout = duration(&value)?,
            _ => return None,
        }
    }
    Some((port, config, setup))
}

/// `300ms` or `2s`.
fn duration(text: &str) -> Option<Duration> {
    match text.strip_suffix("ms") {
        Some(millis) => Some(Duration::from_millis(millis.parse().ok()?)),
        None => Some(Duration::from_secs(text.strip_suffix('s')?.parse().ok()?)),
    }
}
