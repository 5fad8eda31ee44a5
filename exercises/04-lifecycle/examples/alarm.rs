//! Chapter 04: wait for one of several things, and lose nothing of the others.

use std::pin::pin;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex, split};
use tokio::select;
use tokio::time::{Instant, sleep_until};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let (here, mut there) = duplex(64);
    let (mut reading, mut writing) = split(here);
    there.write_all(b"tea?").await?;
    let to_send = b"coffee!";
    let mut sent = 0;
    let mut room = [0; 16];
    // ANCHOR: alarm
    let mut alarm = pin!(sleep_until(Instant::now() + Duration::from_millis(20)));
    for _ in 0..3 {
        select! {
            biased;
            n = writing.write(&to_send[sent..]), if sent < to_send.len() => sent += n?,
            n = reading.read(&mut room) => println!("{} bytes came", n?),
            () = &mut alarm => {
                println!("the alarm rang");
                alarm.as_mut().reset(Instant::now() + Duration::from_secs(1));
            }
        }
    }
    // ANCHOR_END: alarm
    Ok(())
}
