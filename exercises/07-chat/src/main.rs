// Given: the command line, the page, and one listener. Your work is in rooms.rs and lib.rs.

use chat::Config;
use std::io;
use std::time::Duration;
use tokio::net::TcpListener;

const USAGE: &str = "\
usage: chat [--port N] [--origin O]... [--idle 300ms|2s]";

#[tokio::main]
async fn main() -> io::Result<()> {
    let Some((port, mut config)) = options(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        std::process::exit(2);
    };
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let address = listener.local_addr()?;
    // The page that this program serves may connect, by either name of the host.
    for host in ["127.0.0.1", "localhost"] {
        config
            .origins
            .push(format!("http://{host}:{}", address.port()));
    }
    println!("listening on ws://{address}");
    chat::serve(listener, config).await
}

/// The port and the configuration, or nothing if an option is wrong.
fn options(mut words: impl Iterator<Item = String>) -> Option<(u16, Config)> {
    let mut port = 0;
    let mut config = Config {
        page: include_str!("../page.html"),
        ..Config::default()
    };
    while let Some(option) = words.next() {
        let value = words.next()?;
        match option.as_str() {
            "--port" => port = value.parse().ok()?,
            "--origin" => config.origins.push(value),
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
