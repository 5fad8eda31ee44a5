// Given: the command line, and one listener. Your work is in lib.rs.

use line::Limits;
use std::io;
use std::time::Duration;
use tokio::net::TcpListener;

const USAGE: &str = "usage: line [--port N] [--idle 300ms|2s] [--max-message BYTES]";

#[tokio::main]
async fn main() -> io::Result<()> {
    let Some((port, limits)) = options(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        std::process::exit(2);
    };
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on tcp://{}", listener.local_addr()?);
    line::serve(listener, limits).await
}

/// The port and the limits, or nothing if an option is wrong.
fn options(mut words: impl Iterator<Item = String>) -> Option<(u16, Limits)> {
    let mut port = 0;
    let mut limits = Limits {
        idle: Duration::from_secs(60),
        max_message: 64 * 1024,
    };
    while let Some(option) = words.next() {
        let value = words.next()?;
        match option.as_str() {
            "--port" => port = value.parse().ok()?,
            "--idle" => limits.idle = duration(&value)?,
            "--max-message" => limits.max_message = value.parse().ok()?,
            _ => return None,
        }
    }
    Some((port, limits))
}

/// `300ms` or `2s`.
fn duration(text: &str) -> Option<Duration> {
    match text.strip_suffix("ms") {
        Some(millis) => Some(Duration::from_millis(millis.parse().ok()?)),
        None => Some(Duration::from_secs(text.strip_suffix('s')?.parse().ok()?)),
    }
}
