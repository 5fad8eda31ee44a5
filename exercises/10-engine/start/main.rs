// Given: the command line, and one listener. Your work is in request.rs,
// polling.rs, heartbeat.rs and websocket.rs.

use engine::Config;
use std::io;
use std::time::Duration;
use tokio::net::TcpListener;

const USAGE: &str = "\
usage: engine [--port N] [--ping-interval 300ms|25s] [--ping-timeout 200ms|20s]
              [--max-payload BYTES] [--max-sessions N] [--origin O]...";

#[tokio::main]
async fn main() -> io::Result<()> {
    let Some((port, config)) = options(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        std::process::exit(2);
    };
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    engine::serve(listener, engine::echo(config)).await
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
            "--max-payload" => config.max_payload = value.parse().ok()?,
            "--max-sessions" => config.max_sessions = value.parse().ok()?,
            "--origin" => config.origins.get_or_insert_default().push(value),
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
