//! Exercise 04: a whole WebSocket server, on the handshake of chapter 02, the
//! frames of chapter 03, and tokio. Chapter: book/src/04-lifecycle.md
//!
//! Four steps, top to bottom. What is marked "Given" works and may stay as it
//! is; read it before you start, it is what your code works with.
//!
//! A [`Connection`] does no I/O: it is told what came and what time it is, and
//! has the bytes that are to be sent. [`converse`] moves bytes and waits.
//!
//! Of chapter 03's codec, the crate `frames_solution`, you need:
//!
//! - `decoder.decode(&mut bytes) -> Result<Option<Message>, Error>`: takes bytes
//!   off the front, up to the end of a message; `None` when all are taken.
//! - `error.close_code() -> u16`: what the peer is told.
//! - `message.encode(mask, &mut out) -> Result<(), Error>`: a server's mask is
//!   `None`. It fails for what nobody may send.
//! - `Message` is `Text(String)`, `Binary(Vec<u8>)`, `Ping(Vec<u8>)`,
//!   `Pong(Vec<u8>)` or `Close(Option<Close>)`, and
//!   `Close` is `{ code: u16, reason: String }`.
//!
//! To be imported when you need them: `frames_solution::Close` in step 2;
//! `std::pin::pin`, `tokio::select` and `tokio::time::sleep_until` in step 3.

use std::io;
use std::time::Duration;

use frames_solution::{Decoder, Limits, Message, Role};
use handshake_solution::{Refusal, answer, hang_up, read_head};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::ReadHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, timeout};

// --- Given: what a server is told, and what a connection remembers ---

/// What the server was told when it was started.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Config {
    /// After so long without a sign of life a client is pinged, and again.
    pub ping_every: Duration,
    /// After so long without a sign of life it is given up; and so long may it
    /// take to send its head.
    pub idle: Duration,
    /// How much is taken in for one message.
    pub limits: Limits,
    /// The longest request head that is read, in bytes.
    pub max_head: usize,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            ping_every: Duration::from_secs(20),
            idle: Duration::from_secs(60),
            limits: Limits::default(),
            max_head: 8 * 1024,
        }
    }
}

/// When so much waits to be sent, nothing more is read: then TCP stops the
/// client.
pub const BACKLOG: usize = 64 * 1024;

/// How long a client may take to leave, once a Close is said.
pub const FAREWELL: Duration = Duration::from_secs(1);

/// One connection, from the 101 to its end, without I/O.
#[derive(Debug)]
pub struct Connection {
    config: Config,
    decoder: Decoder,
    /// Frames, one behind the other; `sent` of these bytes have left.
    out: Vec<u8>,
    sent: usize,
    /// The last time that was told.
    now: Instant,
    /// When the client last gave a sign of life.
    alive: Instant,
    /// When it was last pinged.
    pinged: Instant,
    /// Since when a Close is said: nothing may follow it.
    closing: Option<Instant>,
    /// The client has ended: nothing more comes.
    ended: bool,
    /// It is given up: nothing more is tried.
    lost: bool,
}

impl Connection {
    /// A connection that has just opened.
    pub fn new(config: Config, now: Instant) -> Connection {
        Connection {
            config,
            // Until step 4: there, the limits are those of `config`.
            decoder: Decoder::new(Role::Server, Limits::default()),
            out: Vec::new(),
            sent: 0,
            now,
            alive: now,
            pinged: now,
            closing: None,
            ended: false,
            lost: false,
        }
    }

    /// A read brought so many bytes, and none means that the client has ended.
    pub fn came(&mut self, bytes: usize, now: Instant) {
        self.now = now;
        self.alive = now;
        self.ended |= bytes == 0;
    }

    /// What waits to be sent.
    pub fn to_send(&self) -> &[u8] {
        &self.out[self.sent..]
    }

    /// So many bytes of that have left.
    pub fn left(&mut self, bytes: usize) {
        self.sent += bytes;
        if self.sent == self.out.len() {
            // Not cleared: one long message must not hold its room for ever.
            self.out = Vec::new();
            self.sent = 0;
        }
    }
}

// --- Step 1: messages come back ---

impl Connection {
    /// Takes bytes off the front, up to the next text or binary message: that is
    /// for the program. `None`: all were taken.
    ///
    /// All else is between the two ends, and done with here: a ping is answered
    /// with a pong (RFC 6455 §5.5.3), a pong is passed over. Until step 2, a Close
    /// or an error is the end of it: `None`.
    ///
    /// Step 2: a Close is answered with one of the same code (§5.5.1). An error is
    /// told with a Close of its code (§7.1.7). After a Close, sent or received,
    /// nothing is heard any more (§1.4).
    pub fn hear(&mut self, bytes: &mut &[u8]) -> Option<Message> {
        let message = self.decoder.decode(bytes);
        todo!("step 1: what becomes of {message:?}?")
    }

    /// Puts a message, not masked, behind what waits to be sent. To encode it can't
    /// fail here, so there is nothing to do with the error: what came in as a
    /// message may be sent, a pong is as long as its ping, and the code of a Close
    /// is one that came or one of ours.
    ///
    /// Step 2: nothing follows a Close (RFC 6455 §5.5.1), so then it does nothing.
    pub fn say(&mut self, message: &Message) {
        todo!("step 1: encode {message:?} into `out`")
    }
}

/// Each message goes back. All answers to one read go out in one write.
fn echo(connection: &mut Connection, mut bytes: &[u8]) {
    connection.came(bytes.len(), Instant::now());
    while let Some(message) = connection.hear(&mut bytes) {
        connection.say(&message);
    }
}

// --- Step 2: goodbye ---

impl Connection {
    /// Says Close, in answer to one or first: it is the last that is said.
    /// `closing` remembers since when.
    pub fn close(&mut self, code: Option<u16>) {
        let (closing, now) = (self.closing, self.now);
        todo!("step 2: say Close {code:?} at {now:?}, unless it is said: {closing:?}")
    }

    /// Whether the conversation has ended, and all that had to be said has left.
    /// One that is lost is over at once.
    ///
    /// Given until step 2, and naive: only the client can end it.
    pub fn is_over(&self) -> bool {
        self.ended || self.lost
    }
}

// --- Step 3: silence ---

impl Connection {
    /// When [`tick`](Connection::tick) is next to be called, unless something
    /// comes before: for the next ping, or to give the client up. Once Close is
    /// said, [`FAREWELL`] later: that may be sooner than it was before.
    pub fn due(&self) -> Instant {
        let (alive, pinged) = (self.alive, self.pinged);
        todo!(
            "step 3: alive {alive:?}, pinged {pinged:?}, {:?}",
            self.config
        )
    }

    /// It is now this time. A client that has been silent for `ping_every` is
    /// pinged, and again each time that this has passed. One that has been silent
    /// for `idle` is told Close 1001. One that has not left [`FAREWELL`] after a
    /// Close is lost.
    ///
    /// Perhaps nothing is due: something may have come since the alarm was set.
    pub fn tick(&mut self, now: Instant) {
        todo!("step 3: it is {now:?}")
    }
}

/// Moves bytes both ways, until all is said. A connection that is lost is an
/// error.
///
/// Given until step 3, and naive: it knows no clock, and while it writes it does
/// not read. Step 3: write, read and an alarm, in one `select!`. The alarm is set
/// anew when it has rung, and when something is due sooner than it is set for.
/// Step 4: it reads only while there is room, and says what the client `took`.
async fn converse(stream: &mut TcpStream, connection: &mut Connection) -> io::Result<()> {
    let (mut reading, mut writing) = stream.split();
    while !connection.is_over() {
        writing.write_all(connection.to_send()).await?;
        connection.left(connection.to_send().len());
        if !connection.is_over() {
            echo(connection, &read(&mut reading).await?);
        }
    }
    Ok(())
}

// --- Step 4: enough ---

impl Connection {
    /// Whether more is read: not while [`BACKLOG`] bytes or more wait to be sent,
    /// nor when the client has ended. Once Close is said all is read, and thrown
    /// away.
    pub fn has_room(&self) -> bool {
        todo!("step 4: {} bytes wait", self.to_send().len())
    }

    /// The client took so many bytes; this tells [`left`](Connection::left). While
    /// nothing is read, it is the client's sign of life.
    pub fn took(&mut self, bytes: usize, now: Instant) {
        todo!("step 4: {bytes} bytes at {now:?}")
    }
}

// --- Given: the handshake, and what moves bytes ---

/// Accepts clients for ever, and serves all of them at once.
pub async fn serve(listener: TcpListener, config: Config) -> io::Result<()> {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                tokio::spawn(async move {
                    if let Err(error) = attend(stream, config).await {
                        eprintln!("{peer}: {error}");
                    }
                });
            }
            // No more sockets to be had: others must leave first.
            Err(error) => {
                eprintln!("accept: {error}");
                sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

/// One client, from its first byte to its last.
async fn attend(mut stream: TcpStream, config: Config) -> io::Result<()> {
    // Whoever collects what it sends needs no help from TCP.
    stream.set_nodelay(true)?;
    let Some(behind) = open(&mut stream, config).await? else {
        return hang_up(stream, FAREWELL).await;
    };
    let mut connection = Connection::new(config, Instant::now());
    if !behind.is_empty() {
        echo(&mut connection, &behind);
    }
    converse(&mut stream, &mut connection).await?;
    hang_up(stream, FAREWELL).await
}

/// The handshake of chapter 02; what came behind it, if it led to a WebSocket.
async fn open(stream: &mut TcpStream, config: Config) -> io::Result<Option<Vec<u8>>> {
    let rules = handshake_solution::Config::default();
    let patience = config.idle.min(rules.idle);
    let head = timeout(patience, read_head(stream, config.max_head)).await;
    let verdict = head
        .unwrap_or(Err(Refusal::TooSlow))
        .and_then(|(request, behind)| Ok((answer(&request, &rules)?, behind)));
    match verdict {
        Ok((upgrade, behind)) => {
            stream.write_all(upgrade.head().as_bytes()).await?;
            Ok(Some(behind))
        }
        Err(refusal) => {
            stream.write_all(refusal.head().as_bytes()).await?;
            Ok(None)
        }
    }
}

/// What a read brings. Room for it is made when something has come, so a
/// connection that waits has none. Cancel safe: the room of a read that loses is
/// empty.
async fn read(reading: &mut ReadHalf<'_>) -> io::Result<Vec<u8>> {
    // Not a number of pages: the buffer behind it would begin at the same place of
    // another page, and between such two a processor copies many times slower.
    const ROOM: usize = 40_000;
    reading.readable().await?;
    let mut bytes = Vec::with_capacity(ROOM);
    reading.read_buf(&mut bytes).await?;
    Ok(bytes)
}
