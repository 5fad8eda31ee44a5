// Given: the command line, and one listener. Your work is in lib.rs.

use std::io;
use tokio::net::TcpListener;

const USAGE: &str = "usage: @name@ [--port N]";

#[tokio::main]
async fn main() -> io::Result<()> {
    let Some(port) = port(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        std::process::exit(2);
    };
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on tcp://{}", listener.local_addr()?);
    @crate@::serve(listener).await
}

/// The port to listen on, any free one if none is named; nothing if an option is wrong.
fn port(mut words: impl Iterator<Item = String>) -> Option<u16> {
    match (words.next().as_deref(), words.next(), words.next()) {
        (None, ..) => Some(0),
        (Some("--port"), Some(port), None) => port.parse().ok(),
        _ => None,
    }
}
