//! Solution 00: a TCP line server. Chapter: book/src/00-line.md

use std::io;
use std::time::Duration;
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, copy, sink,
};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio::{select, try_join};

/// What the server puts up with.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// A client that sends no whole line for so long is told and dropped.
    pub idle: Duration,
    /// The longest line in bytes, its end not counted.
    pub max_message: usize,
}

/// Between two ticks of a count.
const TICK: Duration = Duration::from_millis(5);

/// Lines read and not yet answered, at most. When there are so many, nothing
/// more is read; then TCP stops the client.
const WAITING: usize = 16;

/// Accepts clients for ever, and serves all of them at once.
pub async fn serve(listener: TcpListener, limits: Limits) -> io::Result<()> {
    loop {
        let (stream, peer) = listener.accept().await?;
        tokio::spawn(async move {
            if let Err(error) = converse(stream, limits).await {
                eprintln!("{peer}: {error}");
            }
        });
    }
}

/// One client, from its first line to its last.
async fn converse(mut stream: TcpStream, limits: Limits) -> io::Result<()> {
    let (reading, mut writing) = stream.split();
    let mut reading = BufReader::new(reading);
    let (heard, lines) = mpsc::channel(WAITING);
    let (refused, ()) = try_join!(
        listen(&mut reading, heard, limits),
        answer(&mut writing, lines, limits.idle),
    )?;
    if let Some(why) = refused {
        say(&mut writing, why.as_bytes(), limits.idle).await?;
        writing.shutdown().await?;
        // To close over unread bytes resets the connection, and a reset may
        // overtake the goodbye. So read what still comes, for a while.
        let _ = timeout(limits.idle, copy(&mut reading, &mut sink())).await;
    }
    Ok(())
}

/// Reads lines until the client ends, or must be refused: then says why.
async fn listen(
    reading: &mut (impl AsyncBufRead + Unpin),
    heard: mpsc::Sender<Vec<u8>>,
    limits: Limits,
) -> io::Result<Option<&'static str>> {
    loop {
        let Ok(next) = timeout(limits.idle, read_line(reading, limits.max_message)).await else {
            return Ok(Some("idle: goodbye"));
        };
        match next? {
            Next::Line(line) => {
                // It fails if nobody answers any more: there is no one to read for.
                if heard.send(line).await.is_err() {
                    return Ok(None);
                }
            }
            Next::TooLong => return Ok(Some("too long: goodbye")),
            Next::End => return Ok(None),
        }
    }
}

/// What a client sends next.
enum Next {
    Line(Vec<u8>),
    TooLong,
    End,
}

/// Reads one line, without its end, and never holds more than the longest.
///
/// Not cancel safe: cancelled, it loses half a line. Its one caller cancels it
/// to drop the client.
async fn read_line(reading: &mut (impl AsyncBufRead + Unpin), max: usize) -> io::Result<Next> {
    let room = max + b"\r\n".len();
    let mut line = Vec::new();
    reading
        .take(room as u64)
        .read_until(b'\n', &mut line)
        .await?;
    let ended = line.pop_if(|last| *last == b'\n').is_some();
    if ended {
        line.pop_if(|last| *last == b'\r');
    }
    Ok(if line.len() > max {
        Next::TooLong
    } else if ended {
        Next::Line(line)
    } else {
        // The client has ended within a line, which is none.
        Next::End
    })
}

/// Sends every line back, and counts meanwhile if asked to.
async fn answer(
    writing: &mut (impl AsyncWrite + Unpin),
    mut lines: mpsc::Receiver<Vec<u8>>,
    patience: Duration,
) -> io::Result<()> {
    let mut ticker = interval(TICK);
    ticker.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut counting = false;
    let mut number = 0;
    loop {
        // Both branches are cancel safe: the one that loses has taken nothing.
        // To write isn't: a line would be cut off. So that comes afterwards.
        let reply = select! {
            line = lines.recv() => match line {
                Some(line) if line == b"count" && !counting => {
                    counting = true;
                    number = 0;
                    continue;
                }
                Some(line) if line == b"stop" && counting => {
                    counting = false;
                    b"stopped".to_vec()
                }
                Some(line) => line,
                None => return Ok(()),
            },
            _ = ticker.tick(), if counting => {
                number += 1;
                format!("tick {}", number - 1).into_bytes()
            }
        };
        say(writing, &reply, patience).await?;
    }
}

/// Writes one line. A client that won't take it within `patience` is lost.
async fn say(
    writing: &mut (impl AsyncWrite + Unpin),
    line: &[u8],
    patience: Duration,
) -> io::Result<()> {
    let line = [line, b"\n"].concat();
    timeout(patience, writing.write_all(&line)).await?
}
