//! One TCP connection to the subject, and all that a proof says on it.
//!
//! Every method writes its event into the transcript. Once the connection ends
//! or falls silent the transcript says so, once, and whatever follows is left
//! out: the transcript ends where the conversation did.

mod accepted;
mod alive;
mod json;
mod packets;
mod push;

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use self::alive::Pings;
use self::packets::Packets;
pub(crate) use self::packets::Told;
use crate::accept::accept;
use crate::bounds;
use crate::case::Case;
use crate::events::{EventStream, ServerEvent, event};
use crate::frame::{Frame, opcode};
use crate::http::{Decoded, Message};
use crate::transcript::{Entry, Kind, Ticking};

/// What a 101 is about (RFC 6455 §4.2.2), so it is kept unasked.
const OPENING: [&str; 5] = [
    "connection",
    "sec-websocket-accept",
    "sec-websocket-extensions",
    "sec-websocket-protocol",
    "upgrade",
];

/// How a wait may end without an event.
const SILENCE: &str = "silence";
/// A byte now and then, or bytes without end: neither makes an event.
const UNFINISHED: &str = "does not finish what it began";
const BROKEN_OFF: &str = "closed, before it finished what it began";
const BACKGROUND: &str = "sends on and on, and nothing else comes";
/// What should have ended has not.
const KEPT: &str = "keeps the connection, though its time is up";

/// Long enough that a program, most of the time, reads one byte and no more.
const BETWEEN_BYTES: Duration = Duration::from_millis(2);

/// Of what was begun and not finished, this much is kept.
const MOST_BEGUN: usize = 1024;

/// A subject that has more than this unread before an event is whole floods.
const MOST_UNREAD: usize = 64 << 20;

/// What the bytes on the connection are, for now.
#[derive(Clone, Copy, PartialEq)]
enum Speech {
    Lines,
    Http,
    /// The head of a response that goes on, then its content.
    Head,
    Events,
    Frames,
}

/// Something whole that came from the subject.
enum Event {
    Line(Vec<u8>),
    Message(Message, Vec<u8>),
    Frame(Frame, Vec<u8>),
    Pushed(ServerEvent, Vec<u8>),
    /// Not what this connection speaks.
    Noise(Vec<u8>),
    /// Nothing more comes; what the transcript says of it.
    End(&'static str),
}

/// How bytes are handed to TCP.
enum Pace {
    AsTheyCome,
    ByteByByte,
    Held(Vec<u8>),
}

/// What may arrive unasked, and is passed over while something else is awaited.
#[derive(Default)]
struct Background {
    prefix: Option<String>,
    suffix: String,
    /// Texts that may come too, whenever they do.
    passing: Vec<String>,
    next: u64,
    flood: bool,
    /// What says that so many were left out.
    gap: Option<String>,
    /// The last that was passed over was such a gap.
    in_gap: bool,
}

/// Which end of the connection the proof is.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    Client,
    Server,
}

/// One connection. Made by [`Subject::client`](crate::Subject::client), or
/// where the subject is the client by [`Server::accept`](crate::Server::accept).
pub struct Client {
    case: Arc<Case>,
    role: Role,
    stream: Option<TcpStream>,
    /// Nothing more is said here. The stream stays open: how a program takes
    /// it when its client leaves is not part of this.
    ended: bool,
    to: String,
    from: String,
    speech: Speech,
    pace: Pace,
    unread: Vec<u8>,
    /// What a read fills: zeroed once, not for each event.
    chunk: Box<[u8]>,
    /// Where in `unread` the next event begins.
    at: usize,
    ahead: Option<Event>,
    background: Background,
    pings: Pings,
    /// How many of them were background.
    pinged: u64,
    key: String,
    /// What the last ping carried.
    ping: Vec<u8>,
    head: bool,
    /// The last response was no 101: this connection will carry no frames.
    stays_http: bool,
    events: EventStream,
    /// Texts are JSON, and kept without the blanks that it permits.
    json: bool,
    /// What [`in_one_order`](Client::in_one_order) will compare.
    texts: Vec<String>,
    /// Texts and bodies are Engine.IO packets.
    packets: Option<Packets>,
    /// What is sent, and answered as before, is not written down.
    aside: bool,
    /// What was asked last is not to be answered yet.
    held: bool,
    status: Option<u16>,
}

/// What the system keeps for us unread: small, so that a subject that floods
/// soon feels that nothing is taken.
const RECEIVE_BUFFER: usize = 64 * 1024;

/// What it keeps of a narrow connection; and how long a segment may be, since the
/// other end makes room for a number of these.
const NARROW: usize = 4 * 1024;
const SHORT_SEGMENT: u32 = 1024;

fn connect(addr: SocketAddr, narrowly: bool) -> std::io::Result<TcpStream> {
    use socket2::{Domain, Socket, Type};
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, None)?;
    // Before it connects: the window is agreed on then.
    if narrowly {
        socket.set_recv_buffer_size(NARROW)?;
        #[cfg(unix)]
        socket.set_tcp_mss(SHORT_SEGMENT)?;
    } else {
        socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
    }
    socket.connect_timeout(&addr.into(), bounds::patience())?;
    Ok(socket.into())
}

impl Client {
    pub(crate) fn connect(case: Arc<Case>, name: &str, addr: SocketAddr) -> Client {
        Client::over(case, name, connect(addr, false))
    }

    pub(crate) fn connect_narrowly(case: Arc<Case>, name: &str, addr: SocketAddr) -> Client {
        Client::over(case, name, connect(addr, true))
    }

    fn over(case: Arc<Case>, name: &str, stream: std::io::Result<TcpStream>) -> Client {
        let (to, from) = (format!("{name}→S"), format!("S→{name}"));
        let mut client = Client::new(case, Role::Client, to, from);
        match stream {
            Ok(stream) => {
                let _ = stream.set_nodelay(true);
                client.stream = Some(stream);
            }
            Err(_) => client.record(Entry::note(&client.from, "refuses the connection")),
        }
        client
    }

    /// Not connected yet.
    fn new(case: Arc<Case>, role: Role, to: String, from: String) -> Client {
        Client {
            role,
            to,
            from,
            stream: None,
            ended: false,
            speech: Speech::Lines,
            pace: Pace::AsTheyCome,
            unread: Vec::new(),
            chunk: vec![0; 64 * 1024].into(),
            at: 0,
            ahead: None,
            background: Background::default(),
            pings: Pings::Shown,
            pinged: 0,
            key: String::new(),
            ping: Vec::new(),
            head: false,
            stays_http: false,
            events: EventStream::default(),
            json: false,
            texts: Vec::new(),
            packets: None,
            aside: false,
            held: false,
            status: None,
            case,
        }
    }

    fn record(&self, entry: Entry) {
        self.case.record(entry);
    }

    fn is_open(&self) -> bool {
        self.stream.is_some() && !self.ended && !self.case.state().hung
    }

    // ---- sending ------------------------------------------------------------

    /// Write down what is sent, and send it.
    fn say(&mut self, kind: Kind, bytes: &[u8]) {
        if !self.is_open() {
            return;
        }
        let named = self.remark_on(&kind, bytes);
        let mut entry = Entry::new(&self.to, kind, bytes);
        entry.remark = match &self.pace {
            Pace::ByteByByte => "  # one byte a write".to_owned(),
            Pace::Held(before) if !before.is_empty() => "  # in the same write".to_owned(),
            _ => named,
        };
        if !self.aside {
            self.record(entry);
        }
        self.write(bytes);
    }

    fn write(&mut self, bytes: &[u8]) {
        self.write_within(bytes, bounds::patience());
    }

    fn write_within(&mut self, bytes: &[u8], patience: Duration) {
        match &mut self.pace {
            Pace::Held(held) => held.extend_from_slice(bytes),
            Pace::AsTheyCome => self.write_now(bytes, patience),
            Pace::ByteByByte => bytes.chunks(1).for_each(|byte| {
                self.write_now(byte, patience);
                // Or the bytes would all be there before the first is read.
                std::thread::sleep(BETWEEN_BYTES);
            }),
        }
    }

    fn write_now(&mut self, mut bytes: &[u8], patience: Duration) {
        let deadline = self.case.deadline_within(patience);
        while self.is_open()
            && !bytes.is_empty()
            && let Some(stream) = &mut self.stream
        {
            let left = deadline.saturating_duration_since(Instant::now());
            let _ = stream.set_write_timeout(Some(left.max(Duration::from_millis(1))));
            match stream.write(bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    self.end("stops reading what it is sent");
                }
                // Broken: what is still to be read tells more.
                Err(_) => return,
            }
            if left.is_zero() && !bytes.is_empty() {
                self.end("stops reading what it is sent");
            }
        }
    }

    fn end(&mut self, how: &str) {
        if self.is_open() {
            self.ended = true;
            // Whoever waits in vain once need not go on: what else would come
            // of it is the fault of the wait.
            self.case.state().hung = [SILENCE, UNFINISHED, BACKGROUND].contains(&how);
            let mut entry = Entry::note(&self.from, how);
            // What it began is not in the transcript: when it stopped is a
            // matter of timing. A failure shows it.
            if [UNFINISHED, BROKEN_OFF].contains(&how) {
                let began = &self.unread[self.at..];
                entry.bytes = began[..began.len().min(MOST_BEGUN)].to_owned();
            }
            self.record(entry);
        }
    }

    /// Whatever is sent inside leaves one byte a write.
    pub fn byte_by_byte(&mut self, talk: impl FnOnce(&mut Client)) -> &mut Client {
        self.pace = Pace::ByteByByte;
        talk(self);
        self.pace = Pace::AsTheyCome;
        self
    }

    /// Whatever is sent inside leaves in one write.
    pub fn in_one_write(&mut self, talk: impl FnOnce(&mut Client)) -> &mut Client {
        self.pace = Pace::Held(Vec::new());
        talk(self);
        if let Pace::Held(held) = std::mem::replace(&mut self.pace, Pace::AsTheyCome) {
            self.write_now(&held, bounds::patience());
        }
        self
    }

    /// Bytes as they are.
    pub fn bytes(&mut self, bytes: impl AsRef<[u8]>) -> &mut Client {
        self.say(Kind::Bytes, bytes.as_ref());
        self
    }

    /// A line over plain TCP.
    pub fn line(&mut self, line: impl AsRef<[u8]>) -> &mut Client {
        let mut bytes = line.as_ref().to_owned();
        bytes.push(b'\n');
        self.say(Kind::Line, &bytes);
        self
    }

    /// An HTTP request head: `GET /chat HTTP/1.1`, then the headers as given.
    pub fn request<N: AsRef<str>, V: AsRef<str>>(
        &mut self,
        start: &str,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> &mut Client {
        self.ask(&head(start, headers), false)
    }

    fn ask(&mut self, request: &[u8], brief: bool) -> &mut Client {
        self.speech = Speech::Http;
        self.head = request.starts_with(b"HEAD ");
        self.say(Kind::Request { brief }, request);
        self
    }

    /// A frame, masked with a key drawn for it alone. Where the proof is the
    /// server: not masked, unless the frame brings its own key.
    pub fn send(&mut self, mut frame: Frame) -> &mut Client {
        if self.stays_http {
            self.ended = true; // There is nothing to say any more.
        }
        frame.masked &= self.role == Role::Client || frame.key.is_some();
        let bytes = self.masked(&frame);
        self.say(Kind::Frame { whole: true }, &bytes);
        self
    }

    fn masked(&self, frame: &Frame) -> Vec<u8> {
        let key = self.case.state().draw.bytes(4);
        frame.encode(key.try_into().expect("four bytes"))
    }

    /// A text message.
    pub fn text(&mut self, text: impl AsRef<str>) -> &mut Client {
        self.send(Frame::text(text.as_ref()))
    }

    /// A binary message.
    pub fn binary(&mut self, payload: impl AsRef<[u8]>) -> &mut Client {
        self.send(Frame::binary(payload.as_ref()))
    }

    /// A close frame.
    pub fn close(&mut self, code: u16, reason: &str) -> &mut Client {
        self.send(Frame::close(code, reason))
    }

    /// The same binary message (or line) many times over, reading nothing meanwhile. A
    /// subject that stops taking it in is found out: its peer's writes block.
    pub fn upload(&mut self, times: usize, chunk: &[u8]) -> &mut Client {
        self.send_many(times, Frame::binary(chunk), bounds::patience())
    }

    /// As [`upload`](Client::upload), where the subject is to stop taking it in:
    /// that is believed sooner.
    pub fn upload_until_stopped(&mut self, times: usize, chunk: &[u8]) -> &mut Client {
        self.send_many(times, Frame::binary(chunk), bounds::stall())
    }

    /// The same in text, on a WebSocket.
    pub fn texts_until_stopped(&mut self, times: usize, text: &str) -> &mut Client {
        self.send_many(times, Frame::text(text), bounds::stall())
    }

    fn send_many(&mut self, times: usize, what: Frame, patience: Duration) -> &mut Client {
        if self.is_open() {
            let (kind, bytes) = match self.speech {
                Speech::Lines => (Kind::Line, [&*what.payload, b"\n"].concat()),
                _ => (Kind::Frame { whole: true }, self.masked(&what)),
            };
            let mut entry = Entry::new(&self.to, kind, &bytes);
            entry.remark = format!(" ×{times}");
            self.record(entry);
            for _ in 0..times {
                self.write_within(&bytes, patience);
            }
        }
        self
    }

    /// No more will be sent; what comes is still read (TCP's FIN).
    pub fn half_close(&mut self) -> &mut Client {
        if let Some(stream) = &self.stream {
            let _ = stream.shutdown(std::net::Shutdown::Write);
            self.record(Entry::note(&self.to, "ends"));
        }
        self
    }

    /// Gone without a word: TCP is reset.
    pub fn vanish(&mut self) -> &mut Client {
        if let Some(stream) = self.stream.take() {
            let _ = socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO));
            self.record(Entry::note(&self.to, "vanishes"));
        }
        self
    }

    // ---- reading ------------------------------------------------------------

    /// One line over plain TCP.
    pub fn reads_line(&mut self) -> &mut Client {
        self.read_event();
        self
    }

    /// One HTTP response: its status, and what a 101 is about.
    pub fn response(&mut self) -> &mut Client {
        self.response_keeping(&[])
    }

    /// One HTTP response: its status and these headers; `body` keeps the content.
    pub fn response_keeping(&mut self, headers: &[&str]) -> &mut Client {
        if self.speech == Speech::Lines {
            // The request went out as bytes; no line is pending, then.
            self.speech = Speech::Http;
            if let Some(Event::Line(line)) = self.ahead.take_if(|e| matches!(e, Event::Line(_))) {
                self.at -= line.len();
            }
        }
        match self.awaited() {
            Some(Event::Message(message, bytes)) => self.answered(&message, &bytes, headers),
            other => self.note(other),
        }
        self
    }

    fn answered(&mut self, message: &Message, bytes: &[u8], headers: &[&str]) {
        let opened = message.status() == Some(101);
        let as_before = std::mem::replace(&mut self.status, message.status()) == self.status;
        self.stays_http = !opened;
        if opened {
            self.speech = Speech::Frames;
        }
        let kept: &[&str] = if opened { &OPENING } else { &[] };
        let mut keep: Vec<String> = headers.iter().map(|name| name.to_lowercase()).collect();
        keep.extend(kept.iter().map(|name| (*name).to_owned()));
        keep.sort();
        keep.dedup();
        if !(self.aside && as_before) {
            self.record(Entry::new(&self.from, Kind::Response { keep }, bytes));
        }
    }

    /// The whole opening handshake, with a fresh key, in two lines. A wrong
    /// answer is shown in full.
    pub fn open(&mut self, target: &str) -> &mut Client {
        if !self.is_open() {
            return self;
        }
        self.key = self.case.state().key();
        let head = format!(
            "GET {target} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\
             Connection: Upgrade\r\nSec-WebSocket-Key: {}\r\nSec-WebSocket-Version: 13\r\n\r\n",
            self.key
        );
        self.ask(head.as_bytes(), true);
        match self.awaited() {
            Some(Event::Message(message, bytes)) => {
                let right = message.status() == Some(101)
                    && message.header("sec-websocket-accept") == Some(&accept(&self.key))
                    && message.has_token("upgrade", "websocket")
                    && message.has_token("connection", "upgrade");
                if right {
                    self.speech = Speech::Frames;
                    let kind = Kind::Response { keep: Vec::new() };
                    self.record(Entry::new(&self.from, kind, &bytes));
                } else {
                    self.answered(&message, &bytes, &OPENING);
                }
            }
            other => self.note(other),
        }
        self
    }

    /// One frame. Of a close the code is kept, not the reason.
    pub fn frame(&mut self) -> &mut Client {
        self.read_event();
        self
    }

    /// One frame, a close with its reason: where the protocol dictates it.
    pub fn frame_whole(&mut self) -> &mut Client {
        match self.awaited() {
            Some(Event::Frame(_, bytes)) => self.heard(true, &bytes),
            other => self.note(other),
        }
        self
    }

    /// A frame of the subject's, and what is wrong with its key.
    fn heard(&self, whole: bool, bytes: &[u8]) {
        let mut entry = Entry::new(&self.from, Kind::Frame { whole }, bytes);
        entry.remark = self.remark_on(&entry.kind, bytes);
        if self.role == Role::Server {
            let wrong = self.case.state().masks.remark(bytes).to_owned();
            if !wrong.is_empty() {
                entry.remark = wrong;
            }
        }
        self.record(entry);
    }

    /// Read until the subject ends the connection; a reset counts as an end.
    pub fn closed(&mut self) -> &mut Client {
        for _ in 0..8 {
            self.read_event();
        }
        self.end("and so on");
        self
    }

    /// From here on texts (or lines) `PREFIX0`, `PREFIX1`, … are background: no
    /// read stops at them, as long as they count up without a gap.
    pub fn stream(&mut self, prefix: &str) -> &mut Client {
        self.stream_between(prefix, "")
    }

    /// As [`stream`](Client::stream), where each number stands between these.
    pub fn stream_between(&mut self, prefix: &str, suffix: &str) -> &mut Client {
        self.background.prefix = Some(prefix.to_owned());
        self.background.suffix = suffix.to_owned();
        self.background.next = 0;
        self
    }

    /// At least this many more of the stream arrive; their number is not shown.
    pub fn ticks(&mut self, at_least: u64) -> &mut Client {
        let Some(prefix) = self.background.prefix.clone() else {
            panic!("`stream` says what the ticks look like");
        };
        let (suffix, of) = (self.background.suffix.clone(), self.ticking());
        self.more_of(Kind::Ticks { prefix, suffix, of }, at_least)
    }

    fn ticking(&self) -> Ticking {
        match self.speech {
            Speech::Lines => Ticking::Lines,
            Speech::Events => Ticking::Events,
            Speech::Http | Speech::Head | Speech::Frames => Ticking::Texts,
        }
    }

    /// How many of the stream have come so far.
    pub fn ticked(&self) -> u64 {
        self.background.next
    }

    /// No more of the stream than this have come so far.
    pub fn ticks_at_most(&mut self, most: u64) -> &mut Client {
        if self.is_open() && self.ticked() > most {
            self.record(Entry::note(
                &self.from,
                "sends more of the stream than is due",
            ));
        }
        self
    }

    /// From here on binary messages are background.
    pub fn flood(&mut self) -> &mut Client {
        self.background.flood = true;
        self
    }

    /// From here on nothing is background any more.
    pub fn quiet(&mut self) -> &mut Client {
        self.background = Background::default();
        self
    }

    /// At least this many more of the flood arrive.
    pub fn floods(&mut self, at_least: u64) -> &mut Client {
        self.more_of(Kind::Flood, at_least)
    }

    fn more_of(&mut self, kind: Kind, at_least: u64) -> &mut Client {
        // The first shows its bytes; which of the later ones this is depends on
        // timing.
        let shown = match kind {
            Kind::Ticks { .. } if self.background.next == 0 => example(&kind),
            _ => Vec::new(),
        };
        for _ in 0..at_least {
            if !self.is_open() {
                break;
            }
            let deadline = self.case.deadline();
            let event = self.next(deadline);
            if self.passes(&event) {
                self.record(Entry::new(&self.from, kind.clone(), &shown));
            } else {
                self.note(Some(event));
                break;
            }
        }
        self
    }

    /// Whether there is something to read within this time. Records nothing:
    /// it paces a conversation with somebody else.
    pub fn pending(&mut self, wait: Duration) -> bool {
        if self.ahead.is_none() && self.is_open() {
            let deadline = (Instant::now() + wait).min(self.case.deadline());
            match self.next(deadline) {
                Event::End(SILENCE | UNFINISHED) => {}
                event => self.ahead = Some(event),
            }
        }
        self.ahead.is_some() || !self.is_open()
    }

    fn read_event(&mut self) {
        let event = self.awaited();
        self.note(event);
    }

    /// The next event that is not background; `None` once all is over.
    fn awaited(&mut self) -> Option<Event> {
        let deadline = self.case.deadline();
        let mut passed = false;
        loop {
            if !self.is_open() {
                return None;
            }
            let event = match self.next(deadline) {
                Event::End(SILENCE) if passed => Event::End(BACKGROUND),
                event => event,
            };
            if !self.passes(&event) {
                return Some(event);
            }
            passed = true;
            if Instant::now() >= deadline {
                return Some(Event::End(BACKGROUND));
            }
        }
    }

    /// Whether this is background; if so, it is taken note of.
    fn passes(&mut self, event: &Event) -> bool {
        let joined;
        let text = match event {
            Event::Frame(frame, _) if frame.fin && frame.rsv == 0 && !frame.masked => {
                match frame.opcode {
                    opcode::PING => return self.passes_ping(frame),
                    opcode::BINARY => return self.background.flood,
                    opcode::TEXT if self.passes_beat(&frame.payload) => return true,
                    opcode::TEXT => &frame.payload,
                    _ => return false,
                }
            }
            Event::Line(line) => line.strip_suffix(b"\n").unwrap_or(line),
            Event::Pushed(event, _) => {
                joined = event.as_text();
                joined.as_bytes()
            }
            _ => return false,
        };
        let numbered = matches!(event, Event::Pushed(event, _) if event.has_id());
        if let Some(missed) = self.background.missed(text).filter(|_| !numbered) {
            self.background.in_gap = true;
            self.background.next += missed;
            return true;
        }
        if self
            .background
            .passing
            .iter()
            .any(|known| known.as_bytes() == text)
        {
            return true;
        }
        let Some(prefix) = &self.background.prefix else {
            return false;
        };
        let expected = format!("{prefix}{}{}", self.background.next, self.background.suffix);
        let passes = text == expected.as_bytes();
        self.background.in_gap = false;
        self.background.next += u64::from(passes);
        passes
    }

    fn note(&mut self, event: Option<Event>) {
        let Some(event) = event else { return };
        let bytes = bytes_of(&event);
        match event {
            Event::Line(_) => self.record(Entry::new(&self.from, Kind::Line, &bytes)),
            Event::Message(message, _) => self.answered(&message, &bytes, &[]),
            Event::Frame(..) => self.heard(false, &bytes),
            Event::Pushed(..) => self.record(Entry::new(&self.from, Kind::Event, &bytes)),
            Event::Noise(_) => {
                self.record(Entry::new(&self.from, Kind::Bytes, &bytes));
                self.ended = true;
            }
            Event::End(how) => {
                self.end(how);
                if how.starts_with("closed") {
                    self.stream = None; // So do we.
                }
            }
        }
    }

    /// The next event, whole, before the deadline, or how it ended.
    fn next(&mut self, deadline: Instant) -> Event {
        if let Some(event) = self.ahead.take() {
            return event;
        }
        let mut ended = false;
        loop {
            if let Some(event) = self.decode(ended) {
                return event;
            }
            let partial = self.at < self.unread.len();
            let left = deadline.saturating_duration_since(Instant::now());
            match (ended, partial, left.is_zero()) {
                (true, false, _) => return Event::End("closed"),
                (true, true, _) => return Event::End(BROKEN_OFF),
                (_, false, true) => return Event::End(SILENCE),
                (_, true, true) => return Event::End(UNFINISHED),
                _ if self.unread.len() - self.at > MOST_UNREAD => {
                    return Event::End(UNFINISHED);
                }
                _ => {}
            }
            let Some(stream) = &mut self.stream else {
                return Event::End("closed");
            };
            let _ = stream.set_read_timeout(Some(left));
            match stream.read(&mut self.chunk) {
                Ok(0) => ended = true,
                Ok(read) => {
                    self.unread.drain(..self.at);
                    self.at = 0;
                    self.unread.extend_from_slice(&self.chunk[..read]);
                }
                Err(e)
                    if matches!(
                        e.kind(),
                        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
                    ) => {}
                // A reset and an end differ by the subject's timing only.
                Err(_) => ended = true,
            }
        }
    }

    /// The next event among the bytes that are in.
    fn decode(&mut self, ended: bool) -> Option<Event> {
        let rest = &self.unread[self.at..];
        let (event, used) = match self.speech {
            Speech::Events => {
                self.at += self.events.take(rest);
                return self.next_server_event();
            }
            Speech::Lines => {
                let end = rest.iter().position(|b| *b == b'\n')? + 1;
                (Event::Line(rest[..end].to_owned()), end)
            }
            Speech::Frames => {
                let (frame, used) = Frame::decode(rest)?;
                let bytes = rest[..used].to_owned();
                let event = match (self.json, self.packets) {
                    (true, _) => json::compact(frame, bytes),
                    (_, Some(_)) => self.packet_frame(frame, bytes),
                    _ => Event::Frame(frame, bytes),
                };
                (event, used)
            }
            Speech::Http | Speech::Head => match self.decode_http(rest, ended) {
                Decoded::Partial => return None,
                Decoded::Message(message, used) => {
                    let bytes = rest[..used].to_owned();
                    let event = match self.packets {
                        Some(_) => self.packet_message(message, bytes),
                        None => Event::Message(message, bytes),
                    };
                    (event, used)
                }
                Decoded::Noise => (Event::Noise(rest.to_owned()), rest.len()),
            },
        };
        self.at += used;
        Some(event)
    }
}

/// A request's head.
fn head<N: AsRef<str>, V: AsRef<str>>(
    start: &str,
    headers: impl IntoIterator<Item = (N, V)>,
) -> Vec<u8> {
    let mut head = format!("{start}\r\n");
    for (name, value) in headers {
        head += &format!("{}: {}\r\n", name.as_ref(), value.as_ref());
    }
    (head + "\r\n").into_bytes()
}

/// What stands for a stream in the record of bytes: its first event, since
/// which one was read first is a matter of timing.
fn example(kind: &Kind) -> Vec<u8> {
    match kind {
        Kind::Ticks { prefix, suffix, of } => match (of, prefix.split_once(": ")) {
            (Ticking::Lines, _) => format!("{prefix}0\n").into_bytes(),
            (Ticking::Events, Some((name, prefix))) => event(name, &format!("{prefix}0")),
            _ => Frame::text(format!("{prefix}0{suffix}"))
                .unmasked()
                .encode([0; 4]),
        },
        _ => Vec::new(),
    }
}

fn bytes_of(event: &Event) -> Vec<u8> {
    match event {
        Event::Line(bytes)
        | Event::Message(_, bytes)
        | Event::Frame(_, bytes)
        | Event::Pushed(_, bytes)
        | Event::Noise(bytes) => bytes.clone(),
        Event::End(_) => Vec::new(),
    }
}
