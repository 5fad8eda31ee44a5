//! Chapter 00: six ideas of async Rust, each in a few lines.
//! `cargo run -p line --example six_ideas`

use std::error::Error;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, duplex};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tokio::{select, try_join};

/// Runs each; a panic says which does not hold.
#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    spawn().await?;
    try_join().await?;
    channel().await;
    choose().await;
    time_out().await;
    cancelled().await?;
    println!("all six hold");
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

async fn try_join() -> Result<(), Box<dyn Error>> {
    // ANCHOR: join
    let (mut near, mut far) = duplex(1); // a pipe with room for one byte
    let send = async {
        near.write_all(b"hello").await?;
        near.shutdown().await
    };
    let receive = async {
        let mut heard = String::new();
        far.read_to_string(&mut heard).await?;
        Ok(heard)
    };
    // One after the other, `send` would wait for ever.
    let ((), heard) = try_join!(send, receive)?;
    assert_eq!(heard, "hello");
    // ANCHOR_END: join
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

async fn choose() {
    let (letterbox, mut letters) = mpsc::channel(1);
    let (telephone, mut calls) = mpsc::channel(1);
    let caller = tokio::spawn(async move { telephone.send("a call").await });
    // ANCHOR: select
    let heard = select! {
        Some(letter) = letters.recv() => letter,
        Some(call) = calls.recv() => call,
    };
    assert_eq!(heard, "a call"); // no letter has come yet
    letterbox
        .send("a letter")
        .await
        .expect("the letters are still read");
    assert_eq!(letters.recv().await, Some("a letter"));
    // ANCHOR_END: select
    assert!(caller.await.is_ok());
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
    let (mut near, far) = duplex(64);
    let mut far = BufReader::new(far);
    let moment = Duration::from_millis(20);
    // ANCHOR: cancelled
    let mut line = String::new();
    near.write_all(b"half a ").await?;
    assert!(timeout(moment, far.read_line(&mut line)).await.is_err());
    near.write_all(b"line\n").await?;
    far.read_line(&mut line).await?;
    assert_eq!(line, "line\n"); // the first half is lost
    // ANCHOR_END: cancelled
    Ok(())
}
