//! Echoes a second, and memory for each idle connection: chapter 04's solution
//! beside four libraries, on the same load, in one run.

use std::fmt::Write as _;
use std::io;
use std::time::Duration;

use bench::{Server, frame, header, open};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

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
const MEASURED: Duration = Duration::from_secs(1);
const IDLE: usize = 1000;

/// One server under one load.
#[derive(Clone, Copy)]
struct Figure {
    /// Messages that came back, in a second.
    echoes: f64,
    /// Processor time of the server for each, in microseconds. What else runs
    /// on the machine disturbs this less.
    cost: f64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let mut figures = vec![vec![Vec::new(); LOADS.len()]; SERVERS.len()];
    let mut memory = vec![Vec::new(); SERVERS.len()];
    // Interleaved: what disturbs the machine disturbs them all.
    for round in 0..ROUNDS {
        for (s, (name, command)) in SERVERS.iter().enumerate() {
            let server = Server::start(name, command)?;
            for (l, load) in LOADS.iter().enumerate() {
                figures[s][l].push(echoes(&server, *load).await?);
            }
            drop(server);
            memory[s].push(idle(&Server::start(name, command)?).await?);
            eprintln!("round {round}: {name} done");
        }
    }
    let table = table(&figures, &memory);
    print!("{table}");
    std::fs::write("tests/bench/figures.md", table)
}

async fn echoes(
    server: &Server,
    (clients, size, in_flight): (usize, usize, usize),
) -> io::Result<Figure> {
    let mut streams = Vec::new();
    for _ in 0..clients {
        streams.push(open(server.addr).await?);
    }
    let from = Instant::now() + WARM_UP;
    let to = from + MEASURED;
    let mut running = JoinSet::new();
    for stream in streams {
        running.spawn(client(stream, size, in_flight, from, to));
    }
    sleep_until(from).await;
    let before = server.processor_time();
    sleep_until(to).await;
    let spent = server.processor_time() - before;
    let mut echoes = 0;
    while let Some(client) = running.join_next().await {
        echoes += client.expect("no panic")?;
    }
    Ok(Figure {
        echoes: echoes as f64 / MEASURED.as_secs_f64(),
        cost: spent.as_secs_f64() * 1e6 / echoes as f64,
    })
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

fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// As Markdown: how many echoes cost as much as one of tokio-tungstenite's in
/// the same round, microseconds for one, thousands a second.
fn table(figures: &[Vec<Vec<Figure>>], memory: &[Vec<f64>]) -> String {
    let mut out = String::from(
        "| server | 100 × 20 B | 16 × 20 B, 64 in flight | 10 × 16 KiB | idle |\n|---|---|---|---|---|\n",
    );
    for (s, (name, _)) in SERVERS.iter().enumerate() {
        let _ = write!(out, "| {name} |");
        for (ours, theirs) in figures[s].iter().zip(&figures[1]) {
            let echoes = median(ours.iter().map(|figure| figure.echoes / 1000.0));
            let cost = median(ours.iter().map(|figure| figure.cost));
            let rounds = ours.iter().zip(theirs);
            let times = median(rounds.map(|(ours, theirs)| theirs.cost / ours.cost));
            let _ = write!(
                out,
                " **{times:.1}×** {cost:.2}\u{a0}µs<br>{echoes:.0}\u{a0}k/s |"
            );
        }
        let _ = writeln!(out, " {:.0}\u{a0}KiB |", median(memory[s].iter().copied()));
    }
    let _ = write!(
        out,
        "\nClients × length of a message. How many echoes cost as much processor time as one of \
         tokio-tungstenite's; that time, for one; echoes a second, in thousands. Last, the memory of \
         an idle connection. Each server has one core, the load another; medians of {ROUNDS} rounds, \
         one server after the other in each.\n"
    );
    out
}
