//! Events answered a second, events delivered to all a second, and memory for
//! each idle connection: the layered server beside socketioxide and the official
//! one, on the same load, in one run.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bench::{Server, frame, open_at};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

const SERVERS: [(&str, &[&str]); 3] = [
    ("chapters 10 to 13", &["target/bench/release/layered"]),
    ("socketioxide", &["target/bench/release/socketioxide"]),
    (
        "socket.io (Node)",
        &["node", "tests/bench/socketio/server.js"],
    ),
];

/// Echoes: how many clients, and how many events of each are in flight.
const ECHOES: [(usize, usize); 2] = [(100, 1), (16, 64)];
/// Broadcasts: to how many.
const CROWDS: [usize; 2] = [100, 1000];

const WARM_UP: Duration = Duration::from_millis(200);
const MEASURED: Duration = Duration::from_millis(1200);
const IDLE: usize = 1000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let rounds = std::env::args()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(5);
    let mut figures = vec![vec![Vec::new(); ECHOES.len() + CROWDS.len() + 1]; SERVERS.len()];
    // Interleaved: what disturbs the machine disturbs them all.
    for round in 0..rounds {
        for (figures, (name, command)) in figures.iter_mut().zip(&SERVERS) {
            let server = Server::start(name, command)?;
            let mut measured = Vec::new();
            for (clients, in_flight) in ECHOES {
                measured.push(echoes(&server, clients, in_flight).await?);
            }
            for crowd in CROWDS {
                measured.push(broadcasts(&server, crowd).await?);
            }
            drop(server);
            measured.push(idle(&Server::start(name, command)?).await?);
            figures
                .iter_mut()
                .zip(measured)
                .for_each(|(all, one)| all.push(one));
            eprintln!("round {round}: {name} done");
        }
    }
    let table = table(&figures, rounds);
    print!("{table}");
    std::fs::write("tests/bench/figures-socketio.md", table)
}

/// A client in the namespace `/`, and what it has read but not looked at.
struct Client {
    stream: TcpStream,
    room: Vec<u8>,
    filled: usize,
}

impl Client {
    async fn connect(server: &Server) -> io::Result<Client> {
        let target = "/socket.io/?EIO=4&transport=websocket";
        let mut client = Client {
            stream: open_at(server.addr, target).await?,
            room: vec![0; 8 * 1024],
            filled: 0,
        };
        client.say("40", 1).await?;
        while client.read(|text| text.starts_with(b"40")).await? == 0 {}
        Ok(client)
    }

    async fn say(&mut self, text: &str, times: usize) -> io::Result<()> {
        let frames = frame(0x81, text.as_bytes()).repeat(times);
        self.stream.write_all(&frames).await
    }

    /// Reads once, and says how many of the frames that are now whole are
    /// counted. Pings are answered.
    async fn read(&mut self, counts: impl Fn(&[u8]) -> bool) -> io::Result<usize> {
        let came = self.stream.read(&mut self.room[self.filled..]).await?;
        if came == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.filled += came;
        let (mut begin, mut counted, mut pings) = (0, 0, 0);
        while let [_, len, ..] = self.room[begin..self.filled] {
            // No event here is longer than a short frame takes, but the open
            // packet may be.
            let (head, len) = match len {
                126 if self.filled - begin < 4 => break,
                126 => {
                    let len = [self.room[begin + 2], self.room[begin + 3]];
                    (4, usize::from(u16::from_be_bytes(len)))
                }
                len => (2, usize::from(len)),
            };
            let end = begin + head + len;
            if end > self.filled {
                break;
            }
            let text = &self.room[begin + head..end];
            counted += usize::from(counts(text));
            pings += usize::from(text == b"2");
            begin = end;
        }
        self.room.copy_within(begin..self.filled, 0);
        self.filled -= begin;
        if pings > 0 {
            self.say("3", pings).await?;
        }
        Ok(counted)
    }
}

/// Events that were acknowledged in a second of the server's processor time: what
/// else the machine does matters less.
async fn echoes(server: &Server, clients: usize, in_flight: usize) -> io::Result<f64> {
    let mut all = Vec::new();
    for _ in 0..clients {
        all.push(Client::connect(server).await?);
    }
    let from = Instant::now() + WARM_UP;
    let to = from + MEASURED;
    let mut running = JoinSet::new();
    for mut client in all {
        running.spawn(async move {
            let event = r#"427["echo","twenty bytes of text"]"#;
            client.say(event, in_flight).await?;
            let mut counted = 0;
            loop {
                let came = client.read(|text| text.starts_with(b"437[")).await?;
                let now = Instant::now();
                if now >= to {
                    return io::Result::Ok(counted);
                }
                if now >= from {
                    counted += came;
                }
                client.say(event, came).await?;
            }
        });
    }
    sleep_until(from).await;
    let used = server.processor_time();
    sleep_until(to).await;
    let used = (server.processor_time() - used).as_secs_f64();
    let mut counted = 0;
    while let Some(client) = running.join_next().await {
        counted += client.expect("no panic")?;
    }
    Ok(counted as f64 / used)
}

/// Events that arrived in such a second, each sent to all: the next is sent when all
/// have the one before.
async fn broadcasts(server: &Server, crowd: usize) -> io::Result<f64> {
    let heard = Arc::new(AtomicUsize::new(0));
    let all_heard = Arc::new(Notify::new());
    let mut listeners = JoinSet::new();
    for _ in 0..crowd {
        let client = Client::connect(server).await?;
        listeners.spawn(listen(client, crowd, heard.clone(), all_heard.clone()));
    }
    // One that hears it, too, but does not listen.
    let mut speaker = Client::connect(server).await?;
    let begin = Instant::now();
    let (mut from, mut counted) = (None, 0);
    while begin.elapsed() < WARM_UP + MEASURED {
        speaker
            .say(r#"42["all","twenty bytes of text"]"#, 1)
            .await?;
        let heard = timeout(Duration::from_secs(5), all_heard.notified()).await;
        heard.map_err(|_| io::Error::other("not all have heard it"))?;
        while speaker.read(|text| text.starts_with(b"42[\"all")).await? == 0 {}
        match from {
            None if begin.elapsed() >= WARM_UP => from = Some(server.processor_time()),
            None => {}
            Some(_) => counted += crowd + 1,
        }
    }
    let from = from.ok_or_else(|| io::Error::other("too slow to measure"))?;
    let used = (server.processor_time() - from).as_secs_f64();
    Ok(counted as f64 / used)
}

/// One of a crowd: counts what it hears, and says when all have heard as much.
async fn listen(
    mut client: Client,
    crowd: usize,
    heard: Arc<AtomicUsize>,
    all_heard: Arc<Notify>,
) -> io::Result<Infallible> {
    loop {
        let came = client.read(|text| text.starts_with(b"42[\"all")).await?;
        let before = heard.fetch_add(came, Ordering::Relaxed);
        if (before + came) / crowd > before / crowd {
            all_heard.notify_one();
        }
    }
}

/// KiB of resident memory for each connection that has once been answered and is
/// idle.
async fn idle(server: &Server) -> io::Result<f64> {
    let mut clients = Vec::new();
    let before = server.status("VmRSS");
    for _ in 0..IDLE {
        let mut client = Client::connect(server).await?;
        client.say(r#"427["echo","x"]"#, 1).await?;
        while client.read(|text| text.starts_with(b"437[")).await? == 0 {}
        clients.push(client);
    }
    let grown = server.status("VmRSS").saturating_sub(before);
    Ok(grown as f64 / IDLE as f64)
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// As Markdown: thousands a second, and how many times those of socketioxide
/// that is.
fn table(figures: &[Vec<Vec<f64>>], rounds: usize) -> String {
    let mut out = String::from(
        "| server | echo, 100 clients | echo, 16 clients, 64 in flight | to 100 clients | to 1,000 clients | an idle connection |\n|---|---|---|---|---|---|\n",
    );
    for (figures_of_one, (name, _)) in figures.iter().zip(&SERVERS) {
        let _ = write!(out, "| {name} |");
        let (memory, rates) = figures_of_one.split_last().expect("there is memory");
        for (rate, theirs) in rates.iter().zip(&figures[1]) {
            let (rate, theirs) = (median(rate), median(theirs));
            let _ = write!(out, " {:.0} k/s ({:.1}×) |", rate / 1000.0, rate / theirs);
        }
        let _ = writeln!(out, " {:.1} KiB |", median(memory));
    }
    let _ = write!(
        out,
        "\nEvents acknowledged, and events delivered, in thousands for each second of processor time; in brackets \
         beside socketioxide. Over WebSocket, 20 bytes of text each. Each server has one core, the load another; medians of {rounds} \
         rounds, one server after the other in each. Trust the order, not the last digit.\n"
    );
    out
}
