//! One connection to a server: what a probe says on it, and what it hears,
//! in a word.
//!
//! No answer is told from a late one by its place: what comes before the pong
//! to a ping of ours was said before it. Only where no ping can be answered,
//! in the middle of a frame or of a head, does [`PATIENCE`] decide.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proof::{Frame, accept, opcode};

use super::log::Log;
use super::request::Request;

/// How long a server may take over one answer before it counts as silent. None
/// on record is, so this costs nothing, and a loaded machine needs it.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// After this, a ping asks whether an answer is still to come.
const PAUSE: Duration = Duration::from_millis(300);
/// Long enough that a server, most of the time, reads one byte and no more.
const BETWEEN_BYTES: Duration = Duration::from_millis(5);
/// Of a long message, so much is written before a look at what has come.
const CHUNK: usize = 1024 * 1024;

/// What came, or did not.
enum Heard<T> {
    /// Something whole.
    Said(T),
    /// The end of the connection; a reset counts as one.
    End,
    /// Nothing, in the time given.
    Nothing,
}

/// A connection.
pub struct Wire {
    stream: TcpStream,
    unread: Vec<u8>,
    ended: bool,
    /// What crossed it.
    pub log: Log,
}

impl Wire {
    /// Connects.
    pub fn connect(addr: SocketAddr) -> Result<Wire> {
        let stream = TcpStream::connect_timeout(&addr, PATIENCE)
            .with_context(|| format!("no connection to {addr}"))?;
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Wire {
            stream,
            unread: Vec::new(),
            ended: false,
            log: Log::default(),
        })
    }

    /// Eight random letters, which the transcript shows by name.
    pub fn word(&self) -> String {
        let letters = random::<8>().map(|b| char::from(b'a' + b % 26));
        let word = String::from_iter(letters);
        self.log.name("word", &word);
        word
    }

    // ---- handshakes ---------------------------------------------------------

    /// A handshake with one change, and how it ends: a status, `101` if after
    /// it a text comes back.
    pub fn asks(&mut self, change: impl Fn(Request) -> Request) -> String {
        self.asks_and(change, |_| None)
    }

    /// As [`asks`](Wire::asks); `note` may see something in the head of the
    /// answer that is to follow the status.
    pub fn asks_and(
        &mut self,
        change: impl Fn(Request) -> Request,
        note: impl Fn(&Head) -> Option<&'static str>,
    ) -> String {
        let request = self.request(change);
        self.log.request(&request, "");
        self.write(&[&request.head(), request.body()].concat());
        self.answered(&request, note)
    }

    /// A handshake, changed, with a key of its own.
    pub fn request(&mut self, change: impl Fn(Request) -> Request) -> Request {
        let key = STANDARD.encode(random::<16>());
        let request = change(Request::new(&key));
        for key in request.keys() {
            self.log.name("key", key);
            self.log.name("accept", &accept(key));
        }
        request
    }

    /// A right handshake, one byte a write.
    pub fn asks_byte_by_byte(&mut self) -> String {
        let request = self.request(|request| request);
        self.log.request(&request, "  # one byte a write");
        for byte in request.head().chunks(1) {
            self.write(byte);
            std::thread::sleep(BETWEEN_BYTES);
        }
        self.answered(&request, |_| None)
    }

    /// A right handshake with a frame behind it, in one write.
    pub fn asks_with_a_frame(&mut self) -> String {
        let request = self.request(|request| request);
        let frame = Frame::text(self.word());
        let bytes = frame.encode(random());
        self.log.request(&request, "");
        self.log.frame("C→S", &bytes, "  # in the same write");
        self.write(&[request.head(), bytes].concat());
        match self.status(&request) {
            Ok(101) => match &*self.answer(&frame) {
                "echoes" => "101".to_owned(),
                "ignores" => "101, loses it".to_owned(),
                other => format!("101, {other}"),
            },
            Ok(status) => status.to_string(),
            Err(word) => word,
        }
    }

    /// A handshake whose content is a frame: is it content, or a frame?
    pub fn asks_with_content(&mut self) -> String {
        let frame = Frame::text(self.word());
        let bytes = frame.encode(random());
        let request = self.request(|request| request.content(bytes.clone()));
        self.log.request(&request, "");
        self.write(&[&request.head(), request.body()].concat());
        match self.status(&request) {
            Ok(101) => match &*self.answer(&frame) {
                "echoes" => "101, reads it".to_owned(),
                "ignores" => "101".to_owned(),
                other => format!("101, {other}"),
            },
            Ok(status) => status.to_string(),
            Err(word) => word,
        }
    }

    fn answered(
        &mut self,
        request: &Request,
        note: impl Fn(&Head) -> Option<&'static str>,
    ) -> String {
        let head = match self.head() {
            Ok(head) => head,
            Err(word) => return word,
        };
        let status = head.status;
        match note(&head) {
            Some(note) => format!("{status}, {note}"),
            None if status != 101 => status.to_string(),
            None if !fits(&head, request) => "101, wrong accept".to_owned(),
            None => match &*self.echo(Frame::text(self.word())) {
                "echoes" => "101".to_owned(),
                other => format!("101, {other}"),
            },
        }
    }

    fn status(&mut self, request: &Request) -> Result<u16, String> {
        let head = self.head()?;
        match head.status == 101 && !fits(&head, request) {
            true => Err("101, wrong accept".to_owned()),
            false => Ok(head.status),
        }
    }

    /// The head of a response, or why there is none, in a word.
    fn head(&mut self) -> Result<Head, String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match Head::parse(&self.unread) {
                Err(_) => {
                    self.log.bytes("S→C", &self.unread, "");
                    return Err("no HTTP".to_owned());
                }
                Ok(Some((head, length))) => {
                    let bytes: Vec<u8> = self.unread.drain(..length).collect();
                    self.log.response(&bytes);
                    return Ok(head);
                }
                Ok(None) => match self.read(deadline) {
                    Heard::Said(()) => {}
                    Heard::End => return Err("drops".to_owned()),
                    Heard::Nothing => return Err("silent".to_owned()),
                },
            }
        }
    }

    // ---- frames -------------------------------------------------------------

    /// A right handshake; whether it was accepted.
    fn opens(&mut self) -> Result<(), String> {
        let request = self.request(|request| request);
        self.log.opening(&request);
        self.write(&request.head());
        match self.status(&request) {
            Ok(101) => Ok(()),
            Ok(status) => Err(format!("{status} to a right handshake")),
            Err(word) => Err(format!("{word} to a right handshake")),
        }
    }

    /// After a right handshake: these frames, and what comes of them. `hopes`
    /// is the message or pong that a server which takes them sends back.
    pub fn sends(&mut self, frames: &[Frame], hopes: &Frame) -> String {
        if let Err(word) = self.opens() {
            return word;
        }
        for frame in frames {
            self.say(frame, random());
        }
        self.answer(hopes)
    }

    /// As [`sends`](Wire::sends), of one frame that is to come back as it is.
    pub fn sends_one(&mut self, frame: Frame) -> String {
        self.sends(std::slice::from_ref(&frame), &frame)
    }

    /// After a right handshake: a frame masked with this key.
    pub fn sends_masked_with(&mut self, key: [u8; 4], frame: &Frame) -> String {
        if let Err(word) = self.opens() {
            return word;
        }
        self.say(frame, key);
        self.answer(frame)
    }

    /// After a right handshake: the head of a binary frame of this length, and
    /// nothing behind it.
    pub fn announces(&mut self, length: u64) -> String {
        if let Err(word) = self.opens() {
            return word;
        }
        let head = head(true, opcode::BINARY, length, random());
        let remark = format!("  # the head of a frame of {length} bytes");
        self.log.bytes("C→S", &head, &remark);
        self.write(&head);
        self.answer(&Frame::binary(Vec::new()))
    }

    /// After a right handshake: a binary message of so many frames of this
    /// length, the payload all zeros.
    pub fn sends_long(&mut self, frames: usize, length: usize) -> String {
        if let Err(word) = self.opens() {
            return word;
        }
        let times = if frames > 1 {
            format!(" ×{frames}")
        } else {
            String::new()
        };
        self.log
            .note("C→S", &format!("binary ({length} bytes) masked{times}"));
        for nth in 0..frames {
            let opcode = if nth == 0 {
                opcode::BINARY
            } else {
                opcode::CONTINUATION
            };
            let key = random::<4>();
            let mut bytes = head(nth + 1 == frames, opcode, length as u64, key);
            // Zeros under a mask are the mask.
            let start = bytes.len();
            bytes.extend(key.repeat(length / 4 + 1));
            bytes.truncate(start + length);
            if !self.write_watching(&bytes) {
                break;
            }
        }
        self.answer(&Frame::binary(vec![0; frames * length]))
    }

    /// After a right handshake: a text message in so many fragments of a byte.
    pub fn sends_in_fragments(&mut self, fragments: usize) -> String {
        if let Err(word) = self.opens() {
            return word;
        }
        let fragment = |nth| {
            let first = if nth == 0 {
                Frame::text("a")
            } else {
                Frame::continuation("a")
            };
            if nth + 1 == fragments {
                first
            } else {
                first.more()
            }
        };
        let bytes: Vec<u8> = (0..fragments)
            .flat_map(|nth| fragment(nth).encode(random()))
            .collect();
        self.log.note(
            "C→S",
            &format!("text in {fragments} fragments of 1 byte, masked"),
        );
        self.write_watching(&bytes);
        self.answer(&Frame::text("a".repeat(fragments)))
    }

    fn echo(&mut self, frame: Frame) -> String {
        self.say(&frame, random());
        self.answer(&frame)
    }

    fn say(&mut self, frame: &Frame, key: [u8; 4]) {
        let bytes = frame.encode(key);
        self.log.frame("C→S", &bytes, "");
        self.write(&bytes);
    }

    /// What comes of what was sent: `echoes` or `pong` if it is what is hoped
    /// for, a close code, `drops`, `ignores`, `silent`, or what else came.
    fn answer(&mut self, hopes: &Frame) -> String {
        let hopes = &plain(hopes);
        let (mut barrier, mut message) = (None, None::<Frame>);
        loop {
            let patience = match barrier {
                None => PAUSE,
                Some(_) => PATIENCE,
            };
            let frame = match self.frame(patience) {
                Heard::Said(frame) => frame,
                Heard::End => return "drops".to_owned(),
                Heard::Nothing if barrier.is_none() => {
                    let ping = Frame::ping(self.word());
                    self.say(&ping, random());
                    barrier = Some(ping.payload);
                    continue;
                }
                Heard::Nothing => return "silent".to_owned(),
            };
            match frame.opcode {
                _ if frame.masked => return "masks".to_owned(),
                opcode::CLOSE => {
                    return match frame.payload[..] {
                        [high, low, ..] => u16::from_be_bytes([high, low]).to_string(),
                        _ => "close".to_owned(),
                    };
                }
                opcode::PONG if *hopes == plain(&frame) => return "pong".to_owned(),
                opcode::PONG if barrier.as_ref() == Some(&frame.payload) => {
                    return "ignores".to_owned();
                }
                // A pong of the probe's own ping, or unasked for (§5.5.3); and
                // a server may ask, too.
                opcode::PONG | opcode::PING => {}
                _ => {
                    // A message may come back in other fragments than it went.
                    match (&mut message, frame.opcode) {
                        (Some(begun), opcode::CONTINUATION) => {
                            begun.payload.extend_from_slice(&frame.payload);
                            begun.rsv |= frame.rsv;
                        }
                        _ => message = Some(plain(&frame)),
                    }
                    if frame.fin {
                        return match message.as_ref() == Some(hopes) {
                            true => "echoes".to_owned(),
                            false => "other".to_owned(),
                        };
                    }
                }
            }
        }
    }

    /// The next frame; a long one may take its time, as long as bytes come.
    fn frame(&mut self, patience: Duration) -> Heard<Frame> {
        loop {
            if let Some((frame, length)) = Frame::decode(&self.unread) {
                self.log.frame("S→C", &self.unread[..length], "");
                self.unread.drain(..length);
                return Heard::Said(frame);
            }
            match self.read(Instant::now() + patience) {
                Heard::Said(()) => {}
                Heard::End => return Heard::End,
                Heard::Nothing => return Heard::Nothing,
            }
        }
    }

    // ---- bytes --------------------------------------------------------------

    /// Bytes as they are.
    pub fn sends_bytes(&mut self, bytes: &[u8]) -> String {
        self.log.bytes("C→S", bytes, "");
        self.write(bytes);
        match self.head() {
            Ok(head) => head.status.to_string(),
            Err(word) => word,
        }
    }

    /// Whether a write fails says less than what is still to be read.
    fn write(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    /// Writes until something comes back: a server that refuses a message need
    /// not read the rest of it. Whether all was written.
    fn write_watching(&mut self, bytes: &[u8]) -> bool {
        bytes.chunks(CHUNK).all(|chunk| {
            let written = self.stream.write_all(chunk).is_ok();
            // The shortest time-out there is.
            written && matches!(self.read(Instant::now()), Heard::Nothing)
        })
    }

    /// Some more bytes.
    fn read(&mut self, deadline: Instant) -> Heard<()> {
        let mut chunk = vec![0; 64 * 1024];
        loop {
            if self.ended {
                return Heard::End;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let left = left.max(Duration::from_millis(1));
            let _ = self.stream.set_read_timeout(Some(left));
            match self.stream.read(&mut chunk) {
                Ok(0) => self.ended = true,
                Ok(length) => {
                    self.unread.extend_from_slice(&chunk[..length]);
                    return Heard::Said(());
                }
                Err(e) if e.kind() == ErrorKind::Interrupted => continue,
                Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    return Heard::Nothing;
                }
                Err(_) => self.ended = true,
            }
            if self.ended {
                self.log.note("S→C", "closed");
            }
        }
    }
}

/// The head of a response.
pub struct Head {
    /// Its status code.
    pub status: u16,
    headers: Vec<(String, String)>,
}

impl Head {
    /// The head at the front of the bytes and its length, once it is whole.
    fn parse(bytes: &[u8]) -> Result<Option<(Head, usize)>, httparse::Error> {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut response = httparse::Response::new(&mut headers);
        let httparse::Status::Complete(length) = response.parse(bytes)? else {
            return Ok(None);
        };
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let head = Head {
            status: response.code.unwrap_or_default(),
            headers: response
                .headers
                .iter()
                .map(|header| (header.name.to_owned(), text(header.value)))
                .collect(),
        };
        Ok(Some((head, length)))
    }

    /// The first header of this name.
    pub fn value(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(n, _)| n.eq_ignore_ascii_case(name))?;
        Some(&found.1)
    }
}

/// Whether the accept value is right for a key of the request.
fn fits(head: &Head, request: &Request) -> bool {
    let value = head.value("sec-websocket-accept");
    request.keys().any(|key| value == Some(&accept(key)))
}

/// What a frame says, however it was sent.
fn plain(frame: &Frame) -> Frame {
    Frame {
        rsv: frame.rsv,
        ..Frame::new(frame.opcode, &*frame.payload)
    }
}

/// The head of a masked frame (RFC 6455 §5.2) that need not have a payload.
fn head(fin: bool, opcode: u8, length: u64, key: [u8; 4]) -> Vec<u8> {
    let mut head = vec![u8::from(fin) << 7 | opcode, 0x80 | 127];
    head.extend(length.to_be_bytes());
    head.extend(key);
    head
}

/// Bytes that no server can know beforehand.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has random bytes");
    bytes
}
