//! Echoes a second, and memory for each idle connection: chapter 04's solution
//! beside four libraries, on the same load, in one run.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bench::{Server, frame, header, open};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;

const SERVERS: [(&str, &[&str]); 5] = [
    ("chapter 04", &["target/release/lifecycle-solution"]),
    (
        "tokio-tungstenite",
        &["target/scoreboard/release/tokio-tungstenite"],
    ),
    ("axum", &["target/scoreboard/release/axum"]),
    (
        "fastwebsockets",
        &["target/scoreboard/release/fastwebsockets"],
    ),
    ("ws (Node)", &["node", "tests/oracles/ws/scoreboard.js"]),
];

/// How many clients, how long a message, how many of them in flight.
const LOADS: [(usize, usize, usize); 3] = [(100, 20, 1), (16, 20, 64), (10, 16 * 1024, 1)];

const ROUNDS: usize = 5;
const WARM_UP: Duration = Duration::from_millis(200);
const MEASURED: Duration = Duration::from_millis(1200);
const IDLE: usize = 1000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let mut rates = vec![vec![Vec::new(); LOADS.len()]; SERVERS.len()];
    let mut memory = vec![Vec::new(); SERVERS.len()];
    // Interleaved: what disturbs the machine disturbs them all.
    for round in 0..ROUNDS {
        for (s, (name, command)) in SERVERS.iter().enumerate() {
            let server = Server::start(name, command)?;
            for (l, load) in LOADS.iter().enumerate() {
                rates[s][l].push(echoes(server.addr, *load).await?);
            }
            drop(server);
            memory[s].push(idle(&Server::start(name, command)?).await?);
            eprintln!("round {round}: {name} done");
        }
    }
    let rates: Vec<Vec<f64>> = rates
        .into_iter()
        .map(|row| row.into_iter().map(median).collect())
        .collect();
    let memory: Vec<f64> = memory.into_iter().map(median).collect();
    let table = table(&rates, &memory);
    print!("{table}");
    std::fs::write("tests/bench/figures.md", table)
}

/// Messages that came back in a second.
async fn echoes(
    addr: SocketAddr,
    (clients, size, in_flight): (usize, usize, usize),
) -> io::Result<f64> {
    let from = Instant::now() + WARM_UP;
    let to = from + MEASURED;
    let mut running = JoinSet::new();
    for _ in 0..clients {
        running.spawn(client(open(addr).await?, size, in_flight, from, to));
    }
    let mut echoes = 0;
    while let Some(client) = running.join_next().await {
        echoes += client.expect("no panic")?;
    }
    Ok(echoes as f64 / MEASURED.as_secs_f64())
}

/// As many come back, as many are sent anew.
async fn client(
    mut stream: TcpStream,
    size: usize,
    in_flight: usize,
    from: Instant,
    to: Instant,
) -> io::Result<usize> {
    let frames = frame(0x82, &vec![b'x'; size]).repeat(in_flight);
    let one = frames.len() / in_flight;
    let echo = header(0x82, size as u64, 0).len() + size;
    let mut room = vec![0; 64 * 1024];
    let (mut begun, mut counted) = (0, 0);
    stream.write_all(&frames).await?;
    loop {
        let came = stream.read(&mut room).await?;
        if came == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let whole = (begun + came) / echo;
        begun = (begun + came) % echo;
        let now = Instant::now();
        if now >= to {
            return Ok(counted);
        }
        if now >= from {
            counted += whole;
        }
        stream.write_all(&frames[..whole * one]).await?;
    }
}

/// KiB of resident memory for each connection that has once echoed and is idle.
async fn idle(server: &Server) -> io::Result<f64> {
    let mut streams = Vec::new();
    let before = server.status("VmRSS");
    for _ in 0..IDLE {
        let mut stream = open(server.addr).await?;
        stream.write_all(&frame(0x82, &[b'x'; 20])).await?;
        let mut echo = [0; 22];
        stream.read_exact(&mut echo).await?;
        streams.push(stream);
    }
    let grown = server.status("VmRSS").saturating_sub(before);
    Ok(grown as f64 / IDLE as f64)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// As Markdown: thousands of echoes a second, and how many times those of
/// tokio-tungstenite that is.
fn table(rates: &[Vec<f64>], memory: &[f64]) -> String {
    let mut out = String::from(
        "| server | 100 clients, 20 B | 16 clients, 20 B, 64 in flight | 10 clients, 16 KiB | an idle connection |\n|---|---|---|---|---|\n",
    );
    for (s, (name, _)) in SERVERS.iter().enumerate() {
        let _ = write!(out, "| {name} |");
        for (rate, theirs) in rates[s].iter().zip(&rates[1]) {
            let _ = write!(out, " {:.0} k/s ({:.1}×) |", rate / 1000.0, rate / theirs);
        }
        let _ = writeln!(out, " {:.1} KiB |", memory[s]);
    }
    let _ = write!(
        out,
        "\nEchoes a second, in thousands, and in brackets beside tokio-tungstenite. \
         Each server has one core, the load another; medians of {ROUNDS} rounds, one server after the other in each. \
         Trust the order, not the last digit.\n"
    );
    out
}
