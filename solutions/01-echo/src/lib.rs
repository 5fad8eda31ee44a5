//! Solution 01: a WebSocket echo server. Chapter: book/src/01-echo.md

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt, TryStreamExt};
use std::future::ready;
use std::io;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio::{select, try_join};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, accept_async};

type Writing = SplitSink<WebSocketStream<TcpStream>, Message>;
type Reading = SplitStream<WebSocketStream<TcpStream>>;

/// Between two ticks of a stream.
const TICK: Duration = Duration::from_millis(5);

/// A binary message of a flood.
const CHUNK: usize = 65_536;

/// Orders given and not yet carried out, at most. When there are so many,
/// nothing more is read; then TCP stops the client.
const WAITING: usize = 16;

/// A client that holds us up for longer is lost: one that doesn't finish its
/// handshake, or takes none of what is sent.
const PATIENCE: Duration = Duration::from_secs(10);

/// Accepts clients for ever, one task each.
pub async fn serve(listener: TcpListener) -> io::Result<()> {
    loop {
        let (stream, peer) = listener.accept().await?;
        tokio::spawn(async move {
            if let Err(error) = converse(stream).await {
                eprintln!("{peer}: {error}");
            }
        });
    }
}

/// One client, from the handshake to the close.
async fn converse(stream: TcpStream) -> Result<(), Error> {
    let socket = patiently(accept_async(stream)).await?;
    let (mut writing, mut reading) = socket.split();
    let (orders, to_do) = mpsc::channel(WAITING);
    let ended = try_join!(listen(&mut reading, orders), speak(&mut writing, to_do));
    // The library answers a Close, but only queues the answer: this sends it.
    patiently(writing.close()).await?;
    ended.map(|_| ())
}

/// What the reading half asks of the writing half.
enum Order {
    Say(Message),
    Stream,
    Flood,
    Stop { bytes: usize },
}

/// Reads what comes up, until the client closes.
///
/// To read on is a duty: the library answers pings only while it is read.
async fn listen(reading: &mut Reading, orders: mpsc::Sender<Order>) -> Result<(), Error> {
    // While a stream or a flood comes down: the binary bytes that came up.
    let mut running: Option<usize> = None;
    while let Some(message) = reading.try_next().await? {
        let order = match (message, running) {
            (Message::Text(text), None) if text == "stream" => {
                running = Some(0);
                Order::Stream
            }
            (Message::Text(text), None) if text == "flood" => {
                running = Some(0);
                Order::Flood
            }
            (Message::Text(text), Some(bytes)) if text == "stop" => {
                running = None;
                Order::Stop { bytes }
            }
            (Message::Binary(binary), Some(bytes)) => {
                running = Some(bytes + binary.len());
                continue;
            }
            (message @ (Message::Text(_) | Message::Binary(_)), _) => Order::Say(message),
            (Message::Close(_), _) => break,
            (Message::Ping(_) | Message::Pong(_) | Message::Frame(_), _) => continue,
        };
        if orders.send(order).await.is_err() {
            break;
        }
    }
    Ok(())
}

/// Speaks first, then carries out orders. Meanwhile it streams or floods.
async fn speak(writing: &mut Writing, mut orders: mpsc::Receiver<Order>) -> Result<(), Error> {
    patiently(writing.send(Message::text("hello"))).await?;
    let mut ticker = interval(TICK);
    ticker.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let chunk = Message::binary(vec![0; CHUNK]);
    let (mut streaming, mut flooding) = (false, false);
    let mut number = 0;
    loop {
        // All branches are cancel safe: the ones that lose have taken nothing.
        // To send isn't: it comes afterwards.
        let message = select! {
            order = orders.recv() => match order {
                Some(Order::Say(message)) => message,
                Some(Order::Stream) => {
                    streaming = true;
                    number = 0;
                    continue;
                }
                Some(Order::Flood) => {
                    flooding = true;
                    continue;
                }
                Some(Order::Stop { bytes }) => {
                    (streaming, flooding) = (false, false);
                    Message::text(format!("stopped: {bytes} bytes came up"))
                }
                None => return Ok(()),
            },
            _ = ticker.tick(), if streaming => {
                number += 1;
                Message::text(format!("tick {}", number - 1))
            }
            () = ready(()), if flooding => chunk.clone(),
        };
        patiently(writing.send(message)).await?;
    }
}

/// Waits for the client, but not for ever.
async fn patiently<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    timeout(PATIENCE, work).await.map_err(io::Error::from)?
}
