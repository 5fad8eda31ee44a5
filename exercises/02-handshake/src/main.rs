// Given: the command line, and one listener. Your work is in lib.rs.

use handshake::Config;
use std::io;
use std::time::Duration;
use tokio::net::TcpListener;

const USAGE: &str = "\
usage: handshake accept KEY
       handshake [--port N] [--origin O]... [--subprotocol P]...
                 [--max-head BYTES] [--idle 300ms|2s]";

#[tokio::main]
async fn main() -> io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [command, key] = &words[..]
        && command == "accept"
    {
        println!("{}", handshake::accept_key(key));
        return Ok(());
    }
    let Some((port, config)) = options(words.into_iter()) else {
        eprintln!("{USAGE}");
        std::process::exit(2);
    };
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on ws://{}", listener.local_addr()?);
    handshake::serve(listener, config).await
}

/// The port and the configuration, or nothing if an option is wrong.
fn options(mut words: impl Iterator<Item = String>) -> Option<(u16, Config)> {
    let mut port = 0;
    let mut config = Config::default();
    while let Some(option) = words.next() {
        let value = words.next()?;
        match option.as_str() {
            "--port" => port = value.parse().ok()?,
            "--origin" => config.origins.push(value),
            "--subprotocol" => config.subprotocols.push(value),
            "--max-head" => config.max_head = value.parse().ok()?,
            "--idle" => config.idle = duration(&value)?,
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
