//! Exercise 02: the opening handshake of RFC 6455 §4, by hand.
//! Chapter: book/src/02-handshake.md
//!
//! Five steps, top to bottom. What is marked "Given" works and may stay as it
//! is; read it before you start, it is what your code works with.

use std::io;
use std::sync::Arc;
use std::time::Duration;

// Step 1 needs it: `encode` and `decode` are methods of this trait.
#[allow(unused_imports)]
use base64::Engine as _;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy, sink};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::Role;

// --- Given: what a server is told, what a client asks, what can be answered ---

/// What the server was told when it was started.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The pages that may connect, as origins; none listed: every page may.
    pub origins: Vec<String>,
    /// The subprotocols spoken here.
    pub subprotocols: Vec<String>,
    /// The longest request head that is read, in bytes, blank line included.
    pub max_head: usize,
    /// How long a client may take to send its head.
    pub idle: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            origins: Vec::new(),
            subprotocols: Vec::new(),
            max_head: 8 * 1024,
            idle: Duration::from_secs(10),
        }
    }
}

/// The head of an HTTP/1 request.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// `GET`, exactly as it was sent.
    pub method: String,
    /// `1` of `HTTP/1.1`, `0` of `HTTP/1.0`.
    pub minor_version: u8,
    /// Names and values in the order they came.
    pub headers: Vec<(String, String)>,
}

impl Request {
    /// The request at the front of `bytes`, and the length of its head; `None`
    /// as long as the blank line that ends the head has not come.
    pub fn parse(bytes: &[u8]) -> Result<Option<(Request, usize)>, Refusal> {
        // A place for every line: what limits the headers is the head's length.
        let lines = bytes.split(|byte| *byte == b'\n').count();
        let mut headers = vec![httparse::EMPTY_HEADER; lines];
        let mut head = httparse::Request::new(&mut headers);
        let Ok(status) = head.parse(bytes) else {
            return Err(Refusal::BadHead);
        };
        let httparse::Status::Complete(length) = status else {
            return Ok(None);
        };
        let headers = head.headers.iter().map(|header| {
            // What is not UTF-8 equals nothing that anybody compares it with.
            let value = String::from_utf8_lossy(header.value);
            (header.name.to_owned(), value.into_owned())
        });
        let request = Request {
            headers: headers.collect(),
            method: head.method.unwrap_or_default().to_owned(),
            minor_version: head.version.unwrap_or_default(),
        };
        Ok(Some((request, length)))
    }

    /// The value of each header line with this name, whatever its case
    /// (RFC 9110 §5.1).
    pub fn values(&self, name: &str) -> Vec<&str> {
        let lines = self.headers.iter();
        lines
            .filter(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// The members of a comma-separated list, over all lines of this name and
    /// without white space around them (RFC 9110 §5.3, §5.6.1). Empty ones do
    /// not count.
    pub fn members(&self, name: &str) -> Vec<&str> {
        let lines = self.values(name).into_iter();
        lines
            .flat_map(|line| line.split(','))
            .map(str::trim_ascii)
            .filter(|member| !member.is_empty())
            .collect()
    }
}

/// Yes: what the 101 says besides what every 101 says.
#[derive(Debug, Clone, PartialEq)]
pub struct Upgrade {
    /// The value of `Sec-WebSocket-Accept`.
    pub accept: String,
    /// The value of `Sec-WebSocket-Protocol`, if one was agreed on.
    pub subprotocol: Option<String>,
}

/// No: the rule that the request breaks, with the status that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// 400: this is no HTTP (RFC 9112 §2.2), as [`Request::parse`] finds out, or
    /// the client ended before its head did (RFC 9112 §8).
    BadHead,
    /// 400: not exactly one `Host` line (RFC 9112 §3.2).
    NotOneHost,
    /// 400: a `Transfer-Encoding`, or a `Content-Length` other than `0`. The
    /// content would be taken for frames (RFC 9110 §7.8, §9.3.1).
    HasContent,
    /// 400: not exactly one key, or not base64 of 16 bytes (RFC 6455 §4.2.1
    /// item 5, §11.3.1).
    BadKey,
    /// 400: an offered subprotocol is no token, which is made of ASCII letters,
    /// digits and ``!#$%&'*+-.^_`|~`` (RFC 6455 §4.2.1, §4.3; RFC 9110 §5.6.2).
    BadOffer,
    /// 403: a page that is not listed (RFC 6455 §4.2.2 item 4, §10.2).
    ForeignOrigin,
    /// 405, with `Allow: GET`: any other method (RFC 6455 §4.2.1 item 1,
    /// RFC 9110 §15.5.6).
    NotGet,
    /// 408: the head did not come in time (RFC 9110 §15.5.9).
    TooSlow,
    /// 426, with `Upgrade: websocket` and `Connection: upgrade`: not HTTP/1.1,
    /// no `websocket` in `Upgrade`, or no `upgrade` in `Connection`
    /// (RFC 6455 §4.2.1 items 1, 3, 4; RFC 9110 §7.8, §15.5.22).
    NoUpgrade,
    /// 426, with the same and `Sec-WebSocket-Version: 13`: not exactly one
    /// version, or not exactly `13` (RFC 6455 §4.2.2 item 4, §4.4).
    NotVersion13,
    /// 431: the head is longer than this server reads (RFC 6585 §5).
    HeadTooLarge,
}

// --- Step 1: the accept key ---

/// What the key is hashed with (RFC 6455 §1.3). Any text would do that no other
/// protocol uses.
pub const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// What the server answers to a `Sec-WebSocket-Key` (RFC 6455 §4.2.2 item 5):
/// base64 of the SHA-1 of the key, as it stands, with the [`GUID`] behind it.
/// At hand: `sha1_smol::Sha1::from(text).digest().bytes()`, and
/// `base64::engine::general_purpose::STANDARD.encode(bytes)`.
pub fn accept_key(key: &str) -> String {
    todo!("step 1: the accept value of {key:?}")
}

// --- Step 2: yes ---

/// Whether this request opens a WebSocket here (RFC 6455 §4.2).
///
/// - Step 2: yes, always, to the first key.
/// - Step 3: no, if the request breaks a rule. Of several, the first of these is
///   told: `NotGet`, `NotOneHost`, `HasContent`, `NoUpgrade`, `NotVersion13`,
///   `BadKey`.
/// - Step 4: then `ForeignOrigin`, unless the page [`may_connect`]; then what
///   [`choose_subprotocol`] says.
pub fn answer(request: &Request, config: &Config) -> Result<Upgrade, Refusal> {
    let _ = config; // Not needed before step 4.
    todo!("step 2: an Upgrade for {request:?}")
}

impl Upgrade {
    /// The whole head of the 101, from `HTTP/1.1 101 Switching Protocols` to
    /// the blank line (RFC 6455 §4.2.2 item 5). Every line ends with `\r\n`.
    /// In step 4: with `Sec-WebSocket-Protocol`, if one was agreed on.
    pub fn head(&self) -> String {
        todo!("step 2: the head that says {self:?}")
    }
}

// --- Step 3: no ---

impl Request {
    /// Whether the list of this name has this member, whatever its case.
    pub fn lists(&self, name: &str, member: &str) -> bool {
        todo!("step 3: is {member:?} in {:?}?", self.members(name))
    }
}

impl Refusal {
    /// The whole head of the response: the status and the headers that stand
    /// beside each rule, `close` in `Connection` too, and `Content-Length: 0`.
    /// Any words will do behind the number (RFC 9112 §4).
    pub fn head(self) -> String {
        todo!("step 3: the head that says {self:?}")
    }
}

// --- Step 4: which page, which subprotocol ---

/// Whether the page that asks may connect (RFC 6455 §10.2, RFC 6454 §5). With
/// no origins in `config` every page may. A client that names no page may; of
/// several `Origin` lines, each must be listed.
pub fn may_connect(request: &Request, config: &Config) -> bool {
    let origins = request.values("Origin");
    todo!("step 4: is {origins:?} in {:?}?", config.origins)
}

/// The first subprotocol of the client's offers that is spoken here, if any is
/// (RFC 6455 §4.1 item 10, §4.2.2 item 5). If any offer is no token, even
/// behind a good one: `BadOffer`.
pub fn choose_subprotocol(request: &Request, config: &Config) -> Result<Option<String>, Refusal> {
    let offers = request.members("Sec-WebSocket-Protocol");
    todo!(
        "step 4: one of {offers:?} that is in {:?}",
        config.subprotocols
    )
}

// --- Step 5: from the wire ---

/// Reads until the head is complete, or can no longer end within `max_head`
/// bytes: that is `HeadTooLarge`. What came behind the head is the client's
/// first frames: the second value.
///
/// If a read brings 0 bytes, the client has ended, and nothing more will come:
/// that is a `BadHead`, and so is a read that fails.
///
/// Given until step 5, and naive: it reads once, and hopes that the whole head
/// came, and nothing else.
pub async fn read_head(
    stream: &mut TcpStream,
    max_head: usize,
) -> Result<(Request, Vec<u8>), Refusal> {
    let mut bytes = vec![0; max_head];
    let length = stream.read(&mut bytes).await.unwrap_or(0);
    match Request::parse(&bytes[..length])? {
        Some((request, _)) => Ok((request, Vec::new())),
        None => todo!("step 5: after {length} bytes the head is not complete"),
    }
}

/// One client, from its first byte to its last.
///
/// Given until step 5: there, the whole head must come within `config.idle`.
async fn greet(mut stream: TcpStream, config: &Config) -> io::Result<()> {
    let head = read_head(&mut stream, config.max_head).await;
    let verdict = head.and_then(|(request, behind)| Ok((answer(&request, config)?, behind)));
    match verdict {
        Ok((upgrade, behind)) => {
            stream.write_all(upgrade.head().as_bytes()).await?;
            echo(stream, behind).await;
            Ok(())
        }
        Err(refusal) => {
            eprintln!("refused: {refusal:?}");
            stream.write_all(refusal.head().as_bytes()).await?;
            hang_up(stream, config.idle).await
        }
    }
}

// --- Given: what happens around the handshake ---

/// Accepts clients for ever, and serves all of them at once.
pub async fn serve(listener: TcpListener, config: Config) -> io::Result<()> {
    let config = Arc::new(config);
    loop {
        let (stream, peer) = listener.accept().await?;
        let config = Arc::clone(&config);
        tokio::spawn(async move {
            if let Err(error) = greet(stream, &config).await {
                eprintln!("{peer}: {error}");
            }
        });
    }
}

/// After the 101: WebSocket, by tokio-tungstenite. `behind` is read first.
async fn echo(stream: TcpStream, behind: Vec<u8>) {
    let mut socket = WebSocketStream::from_partially_read(stream, behind, Role::Server, None).await;
    while let Some(Ok(message)) = socket.next().await {
        let said = message.is_text() || message.is_binary();
        if said && socket.send(message).await.is_err() {
            return;
        }
    }
}

/// Ends a connection so that its last bytes arrive: to close over unread bytes
/// resets it, and a reset may overtake them (RFC 9112 §9.6).
async fn hang_up(mut stream: TcpStream, patience: Duration) -> io::Result<()> {
    stream.shutdown().await?;
    // What still comes is read, for a while, and what it is does not matter.
    let _ = timeout(patience, copy(&mut stream, &mut sink())).await;
    Ok(())
}
