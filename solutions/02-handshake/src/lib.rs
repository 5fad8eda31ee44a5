//! Solution 02: the opening handshake of RFC 6455 §4, by hand.
//!
//! Deciding is kept apart from reading and writing: [`answer`] looks at a
//! parsed [`Request`] and says [`Upgrade`] or [`Refusal`]; [`read_head`] and
//! [`serve`] move the bytes.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{SinkExt as _, StreamExt as _};
use sha1_smol::Sha1;
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

/// What the server answers to a `Sec-WebSocket-Key` (RFC 6455 §4.2.2 item 5).
/// The key is hashed as it stands, undecoded.
pub fn accept_key(key: &str) -> String {
    let digest = Sha1::from(format!("{key}{GUID}")).digest();
    STANDARD.encode(digest.bytes())
}

// --- Step 2: yes ---

/// Whether this request opens a WebSocket here (RFC 6455 §4.2).
pub fn answer(request: &Request, config: &Config) -> Result<Upgrade, Refusal> {
    if request.method != "GET" {
        return Err(Refusal::NotGet);
    }
    if request.values("Host").len() != 1 {
        return Err(Refusal::NotOneHost);
    }
    if has_content(request) {
        return Err(Refusal::HasContent);
    }
    if !asks_to_upgrade(request) {
        return Err(Refusal::NoUpgrade);
    }
    if request.values("Sec-WebSocket-Version") != ["13"] {
        return Err(Refusal::NotVersion13);
    }
    let key = valid_key(request)?;
    if !may_connect(request, config) {
        return Err(Refusal::ForeignOrigin);
    }
    Ok(Upgrade {
        accept: accept_key(key),
        subprotocol: choose_subprotocol(request, config)?,
    })
}

impl Upgrade {
    /// The whole head of the 101 (RFC 6455 §4.2.2 item 5).
    pub fn head(&self) -> String {
        let accept = &self.accept;
        let subprotocol = match &self.subprotocol {
            Some(chosen) => format!("Sec-WebSocket-Protocol: {chosen}\r\n"),
            None => String::new(),
        };
        format!(
            "HTTP/1.1 101 Switching Protocols\r\n\
             Upgrade: websocket\r\n\
             Connection: Upgrade\r\n\
             Sec-WebSocket-Accept: {accept}\r\n\
             {subprotocol}\r\n"
        )
    }
}

// --- Step 3: no ---

impl Request {
    /// Whether the list of this name has this member, whatever its case.
    pub fn lists(&self, name: &str, member: &str) -> bool {
        let members = self.members(name);
        members.iter().any(|m| m.eq_ignore_ascii_case(member))
    }
}

/// RFC 9110 §7.8: in a request of HTTP/1.0, `Upgrade` does not count.
fn asks_to_upgrade(request: &Request) -> bool {
    request.minor_version == 1
        && request.lists("Upgrade", "websocket")
        && request.lists("Connection", "upgrade")
}

/// RFC 9112 §6.3. What follows a head with content is not yet the WebSocket.
fn has_content(request: &Request) -> bool {
    let mut lengths = request.values("Content-Length").into_iter();
    lengths.any(|length| length != "0") || !request.values("Transfer-Encoding").is_empty()
}

/// The one key, if it is base64 of 16 bytes (RFC 6455 §4.2.1 item 5, §11.3.1).
/// Decoded for this check alone.
fn valid_key(request: &Request) -> Result<&str, Refusal> {
    match request.values("Sec-WebSocket-Key")[..] {
        [key] if STANDARD.decode(key).is_ok_and(|nonce| nonce.len() == 16) => Ok(key),
        _ => Err(Refusal::BadKey),
    }
}

impl Refusal {
    /// The whole head of the response. It has no content, and the connection
    /// ends with it (RFC 9112 §9.6).
    pub fn head(self) -> String {
        let status = match self {
            Refusal::BadHead
            | Refusal::NotOneHost
            | Refusal::HasContent
            | Refusal::BadKey
            | Refusal::BadOffer => "400 Bad Request",
            Refusal::ForeignOrigin => "403 Forbidden",
            Refusal::NotGet => "405 Method Not Allowed",
            Refusal::TooSlow => "408 Request Timeout",
            Refusal::NoUpgrade | Refusal::NotVersion13 => "426 Upgrade Required",
            Refusal::HeadTooLarge => "431 Request Header Fields Too Large",
        };
        let fields = match self {
            Refusal::NotGet => "Connection: close\r\nAllow: GET\r\n",
            Refusal::NoUpgrade => "Connection: upgrade, close\r\nUpgrade: websocket\r\n",
            Refusal::NotVersion13 => {
                "Connection: upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            }
            _ => "Connection: close\r\n",
        };
        format!("HTTP/1.1 {status}\r\n{fields}Content-Length: 0\r\n\r\n")
    }
}

// --- Step 4: which page, which subprotocol ---

/// Browsers say which page asks (RFC 6454 §7); whoever says nothing is no
/// browser. Origins are the same when their texts are (RFC 6454 §5, §6.2).
pub fn may_connect(request: &Request, config: &Config) -> bool {
    let mut origins = request.values("Origin").into_iter();
    config.origins.is_empty() || origins.all(|origin| config.origins.iter().any(|o| o == origin))
}

/// The first of the client's offers that is spoken here: they come in the order
/// of its preference (RFC 6455 §4.1 item 10). That none is, is no fault.
pub fn choose_subprotocol(request: &Request, config: &Config) -> Result<Option<String>, Refusal> {
    let offers = request.members("Sec-WebSocket-Protocol");
    if !offers.iter().all(|offer| is_token(offer)) {
        return Err(Refusal::BadOffer);
    }
    let spoken = |offer: &&str| config.subprotocols.iter().any(|s| s == offer);
    Ok(offers.into_iter().find(spoken).map(str::to_owned))
}

/// RFC 9110 §5.6.2.
fn is_token(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.all(|byte| byte.is_ascii_graphic() && !br#"(),/:;<=>?@[\]{}""#.contains(&byte))
}

// --- Step 5: from the wire ---

/// Reads until the head is complete. What came behind it is the client's first
/// frames: the second value.
pub async fn read_head(
    stream: &mut TcpStream,
    max_head: usize,
) -> Result<(Request, Vec<u8>), Refusal> {
    let mut bytes = Vec::with_capacity(1024);
    loop {
        // A client that has ended has sent all it will: no head.
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return Err(Refusal::BadHead);
        }
        match Request::parse(&bytes)? {
            Some((request, length)) if length <= max_head => {
                let behind = bytes.split_off(length);
                return Ok((request, behind));
            }
            None if bytes.len() < max_head => {}
            _ => return Err(Refusal::HeadTooLarge),
        }
    }
}

/// One client, from its first byte to its last.
async fn greet(mut stream: TcpStream, config: &Config) -> io::Result<()> {
    // One deadline for the whole head: who trickles gains nothing by it.
    let head = timeout(config.idle, read_head(&mut stream, config.max_head)).await;
    let verdict = head
        .unwrap_or(Err(Refusal::TooSlow))
        .and_then(|(request, behind)| Ok((answer(&request, config)?, behind)));
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
pub async fn hang_up(mut stream: TcpStream, patience: Duration) -> io::Result<()> {
    stream.shutdown().await?;
    // What still comes is read, for a while, and what it is does not matter.
    let _ = timeout(patience, copy(&mut stream, &mut sink())).await;
    Ok(())
}
