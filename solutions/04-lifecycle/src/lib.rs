//! Solution 04: a whole WebSocket server, on the handshake of chapter 02, the
//! frames of chapter 03, and tokio.
//!
//! A [`Connection`] does no I/O: it is told what came and what time it is, and
//! has the bytes that are to be sent. [`converse`] moves bytes and waits, and
//! decides nothing.

use std::io;
use std::pin::pin;
use std::time::Duration;

use frames_solution::{Close, Decoder, Limits, Message, Role};
use handshake_solution::{Refusal, answer, hang_up, read_head};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::ReadHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::select;
use tokio::time::{Instant, sleep, sleep_until, timeout};

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
            decoder: Decoder::new(Role::Server, config.limits),
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
    /// for the program. All else is between the two ends, and done with here.
    pub fn hear(&mut self, bytes: &mut &[u8]) -> Option<Message> {
        // Whoever has said Close listens no more (RFC 6455 §1.4).
        while self.closing.is_none() {
            match self.decoder.decode(bytes) {
                Ok(Some(Message::Ping(payload))) => self.say(&Message::Pong(payload)),
                Ok(Some(Message::Pong(_))) => {}
                Ok(Some(Message::Close(close))) => self.close(close.map(|close| close.code)),
                Ok(Some(message)) => return Some(message),
                Ok(None) => break,
                Err(error) => self.close(Some(error.close_code())),
            }
        }
        None
    }

    /// Puts a message behind what waits to be sent. Nothing follows a Close
    /// (RFC 6455 §5.5.1), so then it does nothing.
    pub fn say(&mut self, message: &Message) {
        if self.closing.is_none() {
            // What nobody may send leaves `out` as it was.
            let _ = message.encode(None, &mut self.out);
        }
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
    pub fn close(&mut self, code: Option<u16>) {
        let reason = String::new();
        self.say(&Message::Close(code.map(|code| Close { code, reason })));
        self.closing.get_or_insert(self.now);
    }

    /// Whether the conversation has ended, and all that had to be said has left.
    pub fn is_over(&self) -> bool {
        let last_word = self.ended || self.closing.is_some();
        self.lost || last_word && self.to_send().is_empty()
    }
}

// --- Step 3: silence ---

impl Connection {
    /// When [`tick`](Connection::tick) is next to be called, unless something
    /// comes before.
    pub fn due(&self) -> Instant {
        match self.closing {
            Some(since) => since + FAREWELL,
            None => (self.alive + self.config.idle).min(self.next_ping()),
        }
    }

    fn next_ping(&self) -> Instant {
        self.alive.max(self.pinged) + self.config.ping_every
    }

    /// It is now this time: is the client still there?
    pub fn tick(&mut self, now: Instant) {
        self.now = now;
        match self.closing {
            Some(_) => self.lost |= now >= self.due(),
            None if now >= self.alive + self.config.idle => self.close(Some(1001)),
            None if now >= self.next_ping() => {
                self.say(&Message::Ping(Vec::new()));
                self.pinged = now;
            }
            // Something has come since the alarm was set.
            None => {}
        }
    }
}

/// Moves bytes both ways and watches the clock, until all is said.
async fn converse(stream: &mut TcpStream, connection: &mut Connection) -> io::Result<()> {
    let (mut reading, mut writing) = stream.split();
    let mut alarm = pin!(sleep_until(connection.due()));
    while !connection.is_over() {
        // All three are cancel safe: one that loses has taken, and sent, nothing.
        // What is ready goes out before more is read.
        select! {
            biased;
            left = writing.write(connection.to_send()), if !connection.to_send().is_empty() => {
                connection.took(left?, Instant::now());
            }
            bytes = read(&mut reading), if connection.has_room() => echo(connection, &bytes?),
            () = &mut alarm => {
                connection.tick(Instant::now());
                alarm.as_mut().reset(connection.due());
            }
        }
        // A sign of life doesn't put the alarm off: when it rings, it looks.
        if connection.due() < alarm.deadline() {
            alarm.as_mut().reset(connection.due());
        }
    }
    match connection.lost {
        true => Err(io::ErrorKind::TimedOut.into()),
        false => Ok(()),
    }
}

// --- Step 4: enough ---

impl Connection {
    /// Whether more is read: not while too much waits to be sent. Once Close is
    /// said all is read, and thrown away.
    pub fn has_room(&self) -> bool {
        !self.ended && (self.closing.is_some() || self.to_send().len() < BACKLOG)
    }

    /// The client took so many bytes. While nothing is read, that is its sign of
    /// life.
    pub fn took(&mut self, bytes: usize, now: Instant) {
        if !self.has_room() {
            self.alive = now;
        }
        self.left(bytes);
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
