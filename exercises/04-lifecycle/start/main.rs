// Given: the command line, and one listener. Your work is in lib.rs.

use lifecycle::Config;
use std::io;
use std::time::Duration;
use tokio::net::TcpListener;

const USAGE: &str = "\
usage: lifecycle [--port N] [--ping-every 300ms|2s] [--idle 300ms|2s]
                 [--max-message BYTES] [--max-fragments N] [--max-head BYTES]";

#[tokio::main]
async fn main() -> io::Result<()> {
    let Some((port, config)) = options(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        std::process::exit(2);
    };
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on ws://{}", listener.local_addr()?);
    lifecycle::serve(listener, config).await
}

/// The port and the configuration, or nothing if an option is wrong.
fn options(mut words: impl Iterator<Item = String>) -> Option<(u16, Config)> {
    let mut port = 0;
    let mut config = Config::default();
    while let Some(option) = words.next() {
        let value = words.next()?;
        match option.as_str() {
            "--port" => port = value.parse().ok()?,
            "--ping-every" => config.ping_every = duration(&value)?,
            "--idle" => config.idle = duration(&value)?,
            "--max-message" => config.limits.max_message = value.parse().ok()?,
            "--max-fragments" => config.limits.max_fragments = value.parse().ok()?,
            "--max-head" => config.max_head = value.parse().ok()?,
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
