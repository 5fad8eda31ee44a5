// Given: a server that tells who has heard what. Your work is in client.rs and socket.rs.

use engine_solution as engine;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use engine::Config;
use events::{Io, Namespace, Refusal, Setup, Socket};
use packets_solution::socket::{Args, Kind};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;

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
    // ANCHOR: middleware
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
    // ANCHOR_END: middleware
    admin.middleware(|socket| async move {
        match socket.auth().get("name") {
            Some(_) => Ok(()),
            None => Err(Refusal::new("no name")),
        }
    });
    let gate = Arc::new(Notify::new());
    // Whoever wants to be kept waiting is: those who are in are told.
    let (inside, held) = (admin.clone(), gate.clone());
    admin.middleware(move |socket| {
        let waits = socket.auth().contains_key("wait");
        let (inside, gate) = (inside.clone(), held.clone());
        async move {
            if waits {
                tell_all(&inside, "waits", vec![name(&socket)]);
                gate.notified().await;
            }
            Ok(())
        }
    });
    admin.on("connection", |socket| async move {
        welcome(&socket);
        socket.on("hello", |socket, event| async move {
            tell(&socket, "heard hello", event.args);
        });
    });

    // No client is heard here, whatever it says.
    for name in ["hello", "*"] {
        io.on(name, move |socket| async move {
            tell(&socket, "io.on has heard it", vec![].into());
        });
    }
    let server = io.clone();
    io.on("connection", move |socket| {
        listen(&socket, &admin, &gate);
        grow(&socket, &admin, &gate);
        let io = server.clone();
        socket.on("shut", move |_, _| {
            io.close();
            async {}
        });
        async move { welcome(&socket) }
    });
}

/// What is heard of a client in `/`.
fn listen(socket: &Socket, admin: &Namespace, gate: &Arc<Notify>) {
    // ANCHOR: listen
    socket.on("hello", |socket, event| async move {
        tell(&socket, "heard hello", event.args);
    });
    socket.on("*", |socket, event| async move {
        tell(&socket, "heard *", event.args);
    });
    socket.on_any(|socket, event| async move {
        tell(&socket, "any", vec![json!(event.name)].into());
    });
    // ANCHOR_END: listen
    for number in ["first", "second"] {
        socket.on("twice", move |socket, event| async move {
            tell(&socket, number, event.args);
        });
    }
    // ANCHOR: hold
    let held = gate.clone();
    socket.on("hold", move |socket, event| {
        let gate = held.clone();
        async move {
            gate.notified().await;
            tell(&socket, "free again", event.args);
        }
    });
    // ANCHOR_END: hold
    let gate = gate.clone();
    socket.on("free", move |_, _| {
        gate.notify_one();
        async {}
    });
    socket.on("leave", |socket, event| async move {
        socket.disconnect(event.value(0) == true);
    });
    socket.on("fall", |_, _| async { panic!("as it was told") });
    // What all in `/admin` are told.
    for (event, news) in [("say", "said"), ("disconnect", "gone")] {
        let admin = admin.clone();
        socket.on(event, move |socket, event| {
            let mut args = vec![name(&socket)];
            args.extend(event.args.values);
            tell_all(&admin, news, args);
            async {}
        });
    }
}

/// Who says `more` is heard by one more of each: of all, of `hold`, and of the end.
fn grow(socket: &Socket, admin: &Namespace, gate: &Arc<Notify>) {
    let (admin, gate) = (admin.clone(), gate.clone());
    socket.on("more", move |socket, _| {
        let all = admin.clone();
        socket.on_any(move |socket, event| {
            tell_all(&all, "any too", vec![name(&socket), json!(event.name)]);
            async {}
        });
        let held = gate.clone();
        socket.on("hold", move |socket, event| {
            let gate = held.clone();
            async move {
                gate.notified().await;
                tell(&socket, "free too", event.args);
            }
        });
        let all = admin.clone();
        socket.on("disconnect", move |socket, _| {
            tell_all(&all, "gone too", vec![name(&socket)]);
            async {}
        });
        async {}
    });
}

/// Who says a name is welcomed by it.
fn welcome(socket: &Socket) {
    if socket.auth().contains_key("name") {
        tell(socket, "welcome", vec![name(socket)].into());
    }
}

fn name(socket: &Socket) -> Value {
    socket.auth().get("name").cloned().unwrap_or_default()
}

/// Sends one event to all who are there.
fn tell_all(namespace: &Namespace, name: &str, args: Vec<Value>) {
    for socket in namespace.sockets() {
        tell(&socket, name, args.clone().into());
    }
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
