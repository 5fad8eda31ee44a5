//! Bad input over the wire: how much memory chapter 04's server takes for it,
//! and how long another client waits for its echo meanwhile.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bench::{Server, frame, header, open};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

/// No attack waits longer than this for the server.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the server may take for each attack, in MiB.
const BOUND: u64 = 160;

/// What ends a connection at the server's side ends the attack there.
async fn pour(stream: &mut TcpStream, bytes: &[u8]) {
    let _ = timeout(PATIENCE, stream.write_all(bytes)).await;
}

/// Noise that is the same in every run.
fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u8
    };
    std::iter::repeat_with(next).take(len).collect()
}

async fn random_bytes(addr: SocketAddr) -> io::Result<()> {
    for seed in 0..500 {
        let mut plain = TcpStream::connect(addr).await?;
        pour(&mut plain, &noise(seed, 4096)).await;
        pour(&mut open(addr).await?, &noise(seed + 1000, 4096)).await;
    }
    Ok(())
}

async fn truncated_frames(addr: SocketAddr) -> io::Result<()> {
    let whole = frame(0x81, &[b'x'; 300]);
    let mut streams = Vec::new();
    for cut in 1..whole.len() {
        let mut stream = open(addr).await?;
        pour(&mut stream, &whole[..cut]).await;
        streams.push(stream);
    }
    Ok(())
}

async fn huge_lengths(addr: SocketAddr) -> io::Result<()> {
    for _ in 0..1000 {
        let mut stream = open(addr).await?;
        pour(&mut stream, &header(0x82, i64::MAX as u64, 0x80)).await;
        pour(&mut stream, &[0; 8]).await;
    }
    Ok(())
}

async fn half_open_handshakes(addr: SocketAddr) -> io::Result<()> {
    let mut streams = Vec::new();
    for _ in 0..10_000 {
        let mut stream = TcpStream::connect(addr).await?;
        pour(&mut stream, b"GET / HTTP/1.1\r\nHost: ").await;
        streams.push(stream);
    }
    Ok(())
}

async fn clients_that_never_read(addr: SocketAddr) -> io::Result<()> {
    let mut streams = Vec::new();
    let chunk = frame(0x82, &[b'x'; 65_536]);
    for _ in 0..100 {
        let mut stream = open(addr).await?;
        while let Ok(Ok(())) = timeout(Duration::from_millis(20), stream.write_all(&chunk)).await {}
        streams.push(stream);
    }
    Ok(())
}

async fn tiny_fragments(addr: SocketAddr) -> io::Result<()> {
    let mut stream = open(addr).await?;
    let mut fragments = frame(0x01, b"x");
    fragments.extend(frame(0x00, b"").repeat(1_000_000));
    pour(&mut stream, &fragments).await;
    Ok(())
}

async fn abrupt_ends(addr: SocketAddr) -> io::Result<()> {
    for _ in 0..1000 {
        let mut stream = open(addr).await?;
        pour(&mut stream, &frame(0x82, &[b'x'; 1000])[..500]).await;
        // Unread bytes and a drop: TCP is reset.
    }
    Ok(())
}

/// One client that behaves: the longest that it waited for an echo.
async fn witness(
    addr: SocketAddr,
    over: Arc<AtomicBool>,
    longest: Arc<AtomicU64>,
) -> io::Result<()> {
    let mut stream = open(addr).await?;
    let message = frame(0x81, b"still there?");
    while !over.load(Ordering::Relaxed) {
        let asked = Instant::now();
        stream.write_all(&message).await?;
        stream.read_exact(&mut [0; 14]).await?;
        longest.fetch_max(asked.elapsed().as_micros() as u64, Ordering::Relaxed);
        sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

async fn under(
    name: &str,
    attack: impl AsyncFnOnce(SocketAddr) -> io::Result<()>,
) -> io::Result<()> {
    let command = [
        "target/release/lifecycle-solution",
        "--idle",
        "2s",
        "--ping-every",
        "1s",
    ];
    let server = Server::start("chapter 04", &command)?;
    let (over, longest) = (Arc::default(), Arc::default());
    let witness = tokio::spawn(witness(
        server.addr,
        Arc::clone(&over),
        Arc::clone(&longest),
    ));
    let (before, idle) = (server.status("VmRSS"), server.sockets());
    attack(server.addr).await?;
    let most = server.status("VmHWM");
    over.store(true, Ordering::Relaxed);
    let served = witness.await.expect("no panic");
    // All have gone: does the server let go of them?
    let deadline = Instant::now() + PATIENCE;
    while server.sockets() > idle && Instant::now() < deadline {
        sleep(Duration::from_millis(50)).await;
    }
    let (after, left, waited) = (
        server.status("VmRSS"),
        server.sockets(),
        longest.load(Ordering::Relaxed),
    );
    println!(
        "| {name} | {:.1} | {:.1} | {:.1} | {} | {} ms |",
        before as f64 / 1024.0,
        most as f64 / 1024.0,
        after as f64 / 1024.0,
        left,
        waited / 1000
    );
    served?;
    match most / 1024 < BOUND {
        true => Ok(()),
        false => Err(io::Error::other(format!("{name}: more than {BOUND} MiB"))),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    println!(
        "| attack | MiB before | MiB at most | MiB after | sockets after | longest wait of another |"
    );
    println!("|---|---|---|---|---|---|");
    under("random bytes, 1000 times", random_bytes).await?;
    under("a frame cut at each of 305 places", truncated_frames).await?;
    under("a length of 2^63 − 1, 1000 times", huge_lengths).await?;
    under("10,000 half-open handshakes", half_open_handshakes).await?;
    under("100 clients that never read", clients_that_never_read).await?;
    under("a million tiny fragments", tiny_fragments).await?;
    under("1000 abrupt ends", abrupt_ends).await
}
