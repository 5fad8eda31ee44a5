//! Chapter 12: what waiting for an answer is made of.
//! `cargo run -p emit --example answer`

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

/// Runs each; a panic says which does not hold.
#[tokio::main]
async fn main() {
    an_answer().await;
    no_answer().await;
    not_in_time().await;
    println!("all hold");
}

async fn an_answer() {
    // ANCHOR: answer
    let (sender, answer) = oneshot::channel();
    tokio::spawn(async move { sender.send("42") });
    assert_eq!(answer.await, Ok("42"));
    // ANCHOR_END: answer
}

async fn no_answer() {
    // ANCHOR: dropped
    let (sender, answer) = oneshot::channel::<&str>();
    drop(sender);
    assert!(answer.await.is_err());
    // ANCHOR_END: dropped
}

async fn not_in_time() {
    // ANCHOR: timeout
    let (_sender, answer) = oneshot::channel::<&str>();
    let in_time = timeout(Duration::from_millis(20), answer).await;
    assert!(in_time.is_err());
    // ANCHOR_END: timeout
}
