//! Chapter 00: seven ideas of async Rust, each in a few lines.
//! `cargo run -p line --example ideas`

use std::error::Error;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream, duplex};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tokio::{select, try_join};

/// Runs each; a panic says which does not hold.
#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    lines().await?;
    spawn().await?;
    channel().await;
    join().await?;
    choose().await;
    time_out().await;
    cancelled().await?;
    println!("all seven hold");
    Ok(())
}

async fn lines() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let mut client = TcpStream::connect(listener.local_addr()?).await?;
    client.write_all(b"one\ntw").await?;
    client.shutdown().await?;
    let (mut stream, _) = listener.accept().await?;
    // ANCHOR: lines
    let (reading, mut writing) = stream.split(); // both borrow `stream`
    let mut reading = BufReader::new(reading); // keeps what it has read too much of

    let mut line = Vec::new();
    reading.read_until(b'\n', &mut line).await?;
    assert_eq!(line, b"one\n"); // with its end, however many reads that took
    writing.write_all(b"thank you\n").await?;

    line.clear(); // since `read_until` appends
    reading.read_until(b'\n', &mut line).await?;
    assert_eq!(line, b"tw"); // no `\n`: the client has ended
    assert_eq!(reading.read_until(b'\n', &mut line).await?, 0); // and so it stays
    // ANCHOR_END: lines
    drop(stream);
    let mut heard = String::new();
    client.read_to_string(&mut heard).await?;
    assert_eq!(heard, "thank you\n");
    Ok(())
}

async fn spawn() -> Result<(), Box<dyn Error>> {
    // ANCHOR: spawn
    let slow = tokio::spawn(async {
        sleep(Duration::from_millis(50)).await;
        "slow"
    });
    let quick = tokio::spawn(async { "quick" });
    assert_eq!(quick.await?, "quick"); // done, though `slow` began before it
    assert_eq!(slow.await?, "slow");
    // ANCHOR_END: spawn
    Ok(())
}

async fn channel() {
    // ANCHOR: channel
    let (shelf, mut shop) = mpsc::channel(2);
    assert!(shelf.try_send("first loaf").is_ok());
    assert!(shelf.try_send("second loaf").is_ok());
    assert!(shelf.try_send("third loaf").is_err()); // full: `send` would wait
    assert_eq!(shop.recv().await, Some("first loaf"));
    assert!(shelf.try_send("third loaf").is_ok()); // room again

    drop(shelf); // no more will come
    assert_eq!(shop.recv().await, Some("second loaf"));
    assert_eq!(shop.recv().await, Some("third loaf"));
    assert_eq!(shop.recv().await, None);
    // ANCHOR_END: channel
}

async fn join() -> Result<(), Box<dyn Error>> {
    // ANCHOR: join
    async fn send(mut to: DuplexStream) -> io::Result<()> {
        to.write_all(b"hello").await // then `to` is dropped: the pipe has ended
    }
    async fn receive(mut from: DuplexStream) -> io::Result<String> {
        let mut heard = String::new();
        from.read_to_string(&mut heard).await?;
        Ok(heard)
    }

    let (near, far) = duplex(1); // a pipe with room for one byte
    let ((), heard) = try_join!(send(near), receive(far))?;
    assert_eq!(heard, "hello");
    // ANCHOR_END: join
    Ok(())
}

async fn choose() {
    // ANCHOR: select
    let (letterbox, mut letters) = mpsc::channel(1);
    let (telephone, mut calls) = mpsc::channel(1);
    assert!(telephone.try_send("a call").is_ok());
    let heard = select! {
        Some(letter) = letters.recv() => letter,
        Some(call) = calls.recv() => call,
    };
    assert_eq!(heard, "a call"); // no letter has come yet
    assert!(letterbox.try_send("a letter").is_ok());
    assert_eq!(letters.recv().await, Some("a letter"));
    // ANCHOR_END: select
}

async fn time_out() {
    // ANCHOR: time_out
    let guest = async {
        sleep(Duration::from_secs(3_600)).await;
        "hello"
    };
    let waited = timeout(Duration::from_millis(20), guest).await;
    assert!(waited.is_err()); // and `guest` has been dropped
    // ANCHOR_END: time_out
}

async fn cancelled() -> Result<(), Box<dyn Error>> {
    // ANCHOR: cancelled
    let (mut near, far) = duplex(64); // a pipe again
    let mut far = BufReader::new(far);
    let moment = Duration::from_millis(20);

    let mut line = String::new();
    near.write_all(b"half a ").await?;
    assert!(timeout(moment, far.read_line(&mut line)).await.is_err());
    near.write_all(b"line\n").await?;
    far.read_line(&mut line).await?;
    assert_eq!(line, "line\n"); // the first half is lost
    // ANCHOR_END: cancelled
    Ok(())
}
