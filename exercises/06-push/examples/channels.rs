//! Chapter 06: one who speaks, many who listen.
//! `cargo run -p push --example channels`

use futures_util::{StreamExt, stream};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::watch;

/// Runs each; a panic says which does not hold.
#[tokio::main]
async fn main() {
    who_is_slow_misses_the_oldest().await;
    all_see_the_change().await;
    a_stream_from_a_state().await;
    println!("all hold");
}

async fn who_is_slow_misses_the_oldest() {
    // ANCHOR: broadcast
    let (sender, mut ann) = broadcast::channel(2); // room for two
    let mut bob = sender.subscribe();
    for number in 1..=5 {
        sender.send(number).expect("somebody listens"); // never waits
        assert_eq!(ann.recv().await, Ok(number)); // ann keeps up
    }
    assert_eq!(bob.recv().await, Err(RecvError::Lagged(3))); // bob doesn't
    assert_eq!(bob.recv().await, Ok(4));
    assert_eq!(bob.recv().await, Ok(5));
    // ANCHOR_END: broadcast
}

async fn all_see_the_change() {
    // ANCHOR: watch
    let (leaving, mut seen) = watch::channel(false);
    tokio::spawn(async move {
        let _ = seen.wait_for(|leaving| *leaving).await;
        // Here `seen` is dropped.
    });
    leaving.send_replace(true);
    leaving.closed().await; // until every receiver is dropped
    // ANCHOR_END: watch
}

async fn a_stream_from_a_state() {
    // ANCHOR: unfold
    let countdown = stream::unfold(3, |left| async move {
        if left == 0 {
            return None; // the stream ends
        }
        Some((left, left - 1)) // an item, and the state for the next
    });
    assert_eq!(countdown.collect::<Vec<_>>().await, [3, 2, 1]);
    // ANCHOR_END: unfold
}
