//! Exercise 05: a WebSocket client that doubts what it is told, and comes back.
//! Chapter: book/src/05-client.md
//!
//! Five steps, top to bottom. What is marked "Given" works and may stay as it
//! is. The accept value is chapter 02's, the codec chapter 03's: both are the
//! reference solutions, whatever yours are like.
//!
//! What the client sees it prints, by the names that a browser's events have.

use std::io;
use std::time::Duration;

use frames_solution::{Close, Decoder, Limits, Message, Role};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy, sink};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

// --- Given: what the client is told, what it is answered, how it can end ---

/// RFC 6455 §7.2.3: the first return is within this time.
pub const BASE: Duration = Duration::from_secs(5);

/// What the client was told when it was started.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Where it connects to.
    pub url: Url,
    /// What it offers to speak, best first.
    pub subprotocols: Vec<String>,
    /// Texts that it sends whenever a connection opens, as one subscribes.
    pub greetings: Vec<String>,
    /// The text that asks "are you there?", as a page would; without one, a ping.
    pub heartbeat: Option<String>,
    /// How long nothing may come before it asks, and how long the answer may take.
    pub ping_every: Duration,
    /// The longest that the first wait can be; the later ones grow from it.
    pub base: Duration,
}

impl Config {
    /// Nothing but where to go.
    pub fn new(url: Url) -> Config {
        Config {
            url,
            subprotocols: Vec::new(),
            greetings: Vec::new(),
            heartbeat: None,
            ping_every: Duration::from_secs(15),
            base: BASE,
        }
    }
}

/// `ws://HOST/TARGET` (RFC 6455 §3), without TLS.
#[derive(Debug, Clone, PartialEq)]
pub struct Url {
    /// `localhost:4000`, as it stands in `Host`.
    pub host: String,
    /// `/chat?room=tea`; at least a slash.
    pub target: String,
}

impl Url {
    /// What this text means, if it is such a URL. A fragment has no meaning in
    /// one (§3).
    pub fn parse(text: &str) -> Option<Url> {
        let rest = text.strip_prefix("ws://")?;
        let (host, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let slash = if target.starts_with('/') { "" } else { "/" };
        let clean = !text.contains(|c: char| c == '#' || !c.is_ascii_graphic());
        (clean && !host.is_empty()).then(|| Url {
            host: host.to_owned(),
            target: format!("{slash}{target}"),
        })
    }

    /// Host and port, to be connected to.
    fn address(&self) -> String {
        match self.host.rsplit_once(':') {
            Some((_, port)) if port.parse::<u16>().is_ok() => self.host.clone(),
            _ => format!("{}:80", self.host),
        }
    }
}

/// The head of a server's answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// `101`.
    pub status: u16,
    /// Names and values in the order they came.
    pub headers: Vec<(String, String)>,
}

/// The longest head that is read.
const MAX_HEAD: usize = 8 * 1024;

impl Response {
    /// The response at the front of `bytes`, and the length of its head; `None`
    /// as long as the blank line that ends the head has not come.
    pub fn parse(bytes: &[u8]) -> Result<Option<(Response, usize)>, Failure> {
        let mut headers = [httparse::EMPTY_HEADER; 100];
        let mut head = httparse::Response::new(&mut headers);
        match head.parse(bytes) {
            Ok(httparse::Status::Complete(length)) => {
                let text = |value| String::from_utf8_lossy(value).into_owned();
                let headers = head.headers.iter();
                let headers = headers.map(|header| (header.name.to_owned(), text(header.value)));
                let response = Response {
                    headers: headers.collect(),
                    status: head.code.unwrap_or_default(),
                };
                Ok(Some((response, length)))
            }
            Ok(httparse::Status::Partial) if bytes.len() < MAX_HEAD => Ok(None),
            _ => Err(Failure::NotHttp),
        }
    }

    /// The value of each header line with this name, whatever its case.
    pub fn values(&self, name: &str) -> Vec<&str> {
        let lines = self.headers.iter();
        lines
            .filter(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// Whether the comma-separated list of this name has this member, whatever
    /// its case.
    pub fn lists(&self, name: &str, member: &str) -> bool {
        let lines = self.values(name).into_iter();
        let mut members = lines.flat_map(|line| line.split(','));
        members.any(|m| m.trim_ascii().eq_ignore_ascii_case(member))
    }
}

/// How a connection ended, if not with a close from both ends.
#[derive(Debug)]
pub enum Trouble {
    /// It is gone, or never came to be, for a reason that may pass.
    Lost(String),
    /// The server broke a rule.
    Failed(Failure),
}

/// A rule that the server broke. RFC 6455 calls it to *fail the connection*
/// (§7.1.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// This is no HTTP, or its head is too long.
    NotHttp,
    /// Not 101 (§4.1).
    Status(u16),
    /// No `websocket` in `Upgrade`, or no `upgrade` in `Connection` (§4.1).
    NotUpgraded,
    /// Not exactly one accept value, or not the one of our key (§4.1).
    WrongAccept,
    /// An extension, and we offered none (§4.1, §9.1).
    Extension,
    /// More than one subprotocol, or one that we did not offer (§4.1).
    Subprotocol,
    /// What chapter 03 refuses.
    Frame(frames_solution::Error),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Trouble {
        Trouble::Lost(error.to_string())
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Trouble {
        Trouble::Failed(failure)
    }
}

impl From<frames_solution::Error> for Trouble {
    fn from(error: frames_solution::Error) -> Trouble {
        Trouble::Failed(Failure::Frame(error))
    }
}

fn lost(why: &str) -> Trouble {
    Trouble::Lost(why.to_owned())
}

/// What outlives a connection.
#[derive(Debug, Default)]
pub struct Session {
    /// The number of the last message that was printed.
    pub last: Option<u64>,
    /// How many connections in a row have brought no text and no bytes.
    pub tries: u32,
}

/// A connection that is open.
struct Socket {
    stream: TcpStream,
    decoder: Decoder,
    /// What a read brought, and how much of it is decoded.
    unread: Vec<u8>,
    at: usize,
    ping_every: Duration,
}

/// Bytes that nobody can foretell: the operating system's.
fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has random bytes");
    bytes
}

/// A number from 0 up to 1.
pub fn random() -> f64 {
    f64::from(u32::from_le_bytes(random_bytes())) / (f64::from(u32::MAX) + 1.0)
}

// --- Step 1: ask, and check the answer ---

/// A key for one handshake: 16 fresh random bytes in base64 (RFC 6455 §4.1
/// item 7).
pub fn fresh_key() -> String {
    todo!("step 1: a key, made from {:02x?}", random_bytes::<16>())
}

/// The head of the request for this target (RFC 6455 §4.1): the headers that
/// chapter 02's server asks for, and the subprotocols if there are any to offer.
pub fn request(config: &Config, target: &str, key: &str) -> String {
    todo!(
        "step 1: ask {:?} for {target:?} with {key:?}",
        config.url.host
    )
}

/// Whether this answer opens the WebSocket that was asked for with `key`; if so,
/// with which of the subprotocols that were offered. Each variant of [`Failure`]
/// is one rule, in the order of checking; the first and the last are not for here.
///
/// At hand: `handshake_solution::accept_key(key)`, [`Response::values`] and
/// [`Response::lists`].
pub fn check(
    response: &Response,
    key: &str,
    offered: &[String],
) -> Result<Option<String>, Failure> {
    todo!("step 1: to {key:?} and {offered:?} the answer is {response:?}")
}

// --- Step 2: talk ---

/// The frame that says this, masked with a fresh key (RFC 6455 §5.3). At hand:
/// `message.encode(mask: Option<[u8; 4]>, out: &mut Vec<u8>)`, which appends.
fn masked(message: &Message) -> Result<Vec<u8>, frames_solution::Error> {
    todo!("step 2: mask {message:?} with a fresh key")
}

impl Socket {
    /// Deals with one message. `Some`: the server has closed, with this code or
    /// without one, which is 1005; it is answered.
    ///
    /// - A text is printed as `message TEXT`, if it `is_new`; bytes as
    ///   `message (3 bytes)`. Both set `session.tries` to 0, printed or not.
    /// - A ping is answered with its payload, a close with its code and no reason.
    ///
    /// At hand: `Text(String)`, `Binary(Vec<u8>)`, `Ping(Vec<u8>)`, `Pong(Vec<u8>)`,
    /// `Close(Option<Close>)` are the variants of [`Message`].
    async fn hear(
        &mut self,
        message: Message,
        session: &mut Session,
    ) -> Result<Option<u16>, Trouble> {
        if let Message::Text(text) = &message {
            session.is_new(text);
        }
        todo!("step 2: hear {message:?}")
    }
}

// --- Step 3: are you there? ---

impl Socket {
    /// Waits until something comes, whatever it is.
    ///
    /// Given until step 3, and naive: it waits for ever.
    ///
    /// - Step 3: if nothing comes for `self.ping_every`, send the heartbeat, and
    ///   wait as long again. If nothing comes then either, the server is lost.
    async fn listen(&mut self, heartbeat: &Message) -> Result<(), Trouble> {
        let _ = heartbeat; // Not needed before step 3.
        self.read().await
    }
}

// --- Step 4: come back ---

/// How long to wait before the next connection; `random` is from 0 to 1.
///
/// - After no tries: from nothing up to `base` (RFC 6455 §7.2.3).
/// - Then up to 2, 4, 8 and at last always 16 times `base`. Half of that is
///   certain, so that even bad luck waits, and half is `random`. `tries` may be
///   any number.
pub fn delay(tries: u32, base: Duration, random: f64) -> Duration {
    todo!("step 4: the wait after {tries} tries, from {base:?}, by {random}")
}

/// Whether to come back; if not, whether all ended well.
///
/// Given until step 4, and naive: it never comes back.
///
/// - Step 4: a connection that is lost is made again; so is one that was closed,
///   unless with 1000. A rule that was broken would be broken again.
/// - Strict: codes that blame the client, 1002, 1003 and 1007 to 1010, are the
///   end. A status from 500 on is not.
fn comes_back(ended: &Result<u16, Trouble>) -> Result<(), bool> {
    Err(matches!(ended, Ok(1000)))
}

// --- Step 5: where were we? ---

impl Session {
    /// The target to ask for.
    ///
    /// Given until step 5, and naive: it begins from the start.
    ///
    /// - Step 5: with the number of the last message that was printed, if there
    ///   is one, as `after`: `/chat?after=7`. Other parts of the query stay.
    fn target(&self, target: &str) -> String {
        let _ = self.last; // Not needed before step 5.
        target.to_owned()
    }

    /// Whether this text is to be printed.
    ///
    /// Given until step 5, and naive: everything is.
    ///
    /// - Step 5: a text without a [`number`] always is, and changes nothing. One
    ///   with a number is, if that is higher than the number of the last. It is
    ///   then the last.
    fn is_new(&mut self, text: &str) -> bool {
        let _ = number(text); // Not needed before step 5.
        true
    }
}

// --- Given: one connection after the other ---

/// `7` of `7 hello`.
fn number(text: &str) -> Option<u64> {
    text.split_once(' ')?.0.parse().ok()
}

/// Goes from connection to connection until there is no use in going on; whether
/// it ended well.
pub async fn run(config: &Config) -> bool {
    let mut session = Session::default();
    loop {
        let ended = visit(config, &mut session).await;
        if let Err(trouble) = &ended {
            eprintln!("{trouble:?}");
        }
        println!("close {}", ended.as_ref().unwrap_or(&1006));
        if let Err(well) = comes_back(&ended) {
            return well;
        }
        let wait = delay(session.tries, config.base, random());
        eprintln!("again in {wait:?}");
        session.tries += 1;
        sleep(wait).await;
    }
}

/// One connection, from its request to its end.
async fn visit(config: &Config, session: &mut Session) -> Result<u16, Trouble> {
    // One time for all of it, as long as a heartbeat may take.
    let opened = timeout(2 * config.ping_every, open(config, session)).await;
    let (mut socket, subprotocol) = opened.unwrap_or(Err(lost("no answer to the request")))?;
    println!("{}", ["open", &subprotocol].join(" ").trim_end());
    let ended = socket.talk(config, session).await;
    if let Err(Trouble::Failed(Failure::Frame(error))) = &ended {
        // The server is told, if it still reads (§7.1.7).
        let (code, reason) = (error.close_code(), String::new());
        let _ = socket
            .send(&Message::Close(Some(Close { code, reason })))
            .await;
    }
    if !matches!(ended, Err(Trouble::Lost(_))) {
        socket.hang_up().await;
    }
    ended
}

/// Connects, asks, and checks the answer.
async fn open(config: &Config, session: &Session) -> Result<(Socket, String), Trouble> {
    let mut stream = TcpStream::connect(config.url.address()).await?;
    let key = fresh_key();
    let request = request(config, &session.target(&config.url.target), &key);
    stream.write_all(request.as_bytes()).await?;
    let mut unread = Vec::with_capacity(1024);
    let (response, at) = loop {
        if stream.read_buf(&mut unread).await? == 0 {
            return Err(lost("the server ended instead of answering"));
        }
        if let Some(answer) = Response::parse(&unread)? {
            break answer;
        }
    };
    let subprotocol = check(&response, &key, &config.subprotocols)?;
    let socket = Socket {
        stream,
        decoder: Decoder::new(Role::Client, Limits::default()),
        // What stands behind the head are frames already.
        unread,
        at,
        ping_every: config.ping_every,
    };
    Ok((socket, subprotocol.unwrap_or_default()))
}

impl Socket {
    /// Says what is to be said, then listens, until the server closes.
    async fn talk(&mut self, config: &Config, session: &mut Session) -> Result<u16, Trouble> {
        let heartbeat = match &config.heartbeat {
            Some(text) => Message::Text(text.clone()),
            None => Message::Ping(Vec::new()),
        };
        for text in &config.greetings {
            self.send(&Message::Text(text.clone())).await?;
        }
        loop {
            while let Some(message) = self.next()? {
                if let Some(code) = self.hear(message, session).await? {
                    return Ok(code);
                }
            }
            self.listen(&heartbeat).await?;
        }
    }

    /// Sends one message.
    async fn send(&mut self, message: &Message) -> Result<(), Trouble> {
        let bytes = masked(message)?;
        self.write(&bytes).await
    }

    /// The next message of those that a read brought.
    fn next(&mut self) -> Result<Option<Message>, frames_solution::Error> {
        let mut rest = &self.unread[self.at..];
        let decoded = self.decoder.decode(&mut rest);
        self.at = self.unread.len() - rest.len();
        decoded
    }

    /// Reads once. Safe to be cancelled: what a read took it has kept.
    async fn read(&mut self) -> Result<(), Trouble> {
        self.unread.clear();
        self.at = 0;
        match self.stream.read_buf(&mut self.unread).await? {
            0 => Err(lost("the server ended without a close")),
            _ => Ok(()),
        }
    }

    /// Writes, but not for ever: a server that is gone takes nothing.
    async fn write(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        match timeout(2 * self.ping_every, self.stream.write_all(bytes)).await {
            Ok(written) => Ok(written?),
            Err(_) => Err(lost("the server takes nothing")),
        }
    }

    /// Lets the server end first (RFC 6455 §7.1.1), but not for ever.
    async fn hang_up(&mut self) {
        let _ = timeout(self.ping_every, copy(&mut self.stream, &mut sink())).await;
    }
}
