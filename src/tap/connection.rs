//! One connection: a pump for each direction, until both have ended or
//! something strikes.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot};

use super::ends::{Fault, Sink, Source};
use super::network::{Network, Strike};
use super::record::{Ended, Recorder, Voice};
use super::talk::{Event, Rules, Side, Step, Talk, status};
use super::target::Target;

/// How much may wait while the other side must speak first.
const MOST_HELD: usize = 256 * 1024;
/// How long an end that was told to go is listened to.
const LINGER: Duration = Duration::from_secs(1);
/// After a closing handshake it is the server that should close (RFC 6455
/// §7.1.1). If the client was no more than this much faster, it was a tie.
const TIE: Duration = Duration::from_millis(100);
/// More bytes of one event than this are not handed on.
const MOST_RAW: usize = 16 * 1024;
/// What is said of whatever goes into a frozen connection.
const LOST: &str = "not passed on";

/// What is the same for all connections.
pub struct Settings {
    /// Whom to pass things on to.
    pub target: Target,
    /// What to change in what passes.
    pub rules: Rules,
    /// What may befall it.
    pub network: Network,
}

/// What ended a connection, if it wasn't its two ends.
enum End {
    Refused(u16, String),
    Unreachable(String),
    /// One end can't be written to any more.
    Gone,
    Cut,
    /// The tap ends.
    Ended,
}

impl From<Ended> for End {
    fn from(_: Ended) -> End {
        End::Ended
    }
}

/// What both directions know.
struct Connection<'a> {
    settings: &'a Settings,
    voice: Voice,
    talk: Mutex<Talk>,
    /// The server has spoken: what the client holds back may be due.
    turn: Notify,
    frames: AtomicU64,
    /// Close frames that have passed.
    closes: AtomicU64,
    server_ended: Notify,
    is_forecast: AtomicBool,
    is_frozen: AtomicBool,
    is_closed: AtomicBool,
}

/// Passes on and writes down what a client and the server say.
pub async fn serve(client: TcpStream, settings: Arc<Settings>, recorder: Arc<Recorder>) {
    let _ = client.set_nodelay(true);
    let connection = Connection {
        settings: &settings,
        voice: Voice::new(recorder),
        talk: Mutex::new(Talk::new(settings.rules.clone())),
        turn: Notify::new(),
        frames: AtomicU64::new(0),
        closes: AtomicU64::new(0),
        server_ended: Notify::new(),
        is_forecast: AtomicBool::new(false),
        is_frozen: AtomicBool::new(false),
        is_closed: AtomicBool::new(false),
    };
    // An error here means that nobody writes anything down any more.
    let _ = connection.run(client).await;
}

impl Connection<'_> {
    async fn run(&self, client: TcpStream) -> Result<(), Ended> {
        let late = self.settings.network.latency;
        let (read, write) = client.into_split();
        let mut from_client = Source::new(read, late);
        let mut to_client = Sink::Open(write);
        let (connected, server) = oneshot::channel();
        let mut to_server = Sink::Server(self.settings.target.clone(), Some(connected));
        let mut from_server = None;

        let up = self.pump(Side::Client, &mut from_client, &mut to_server);
        let down = async {
            // The client may leave without a word.
            let Ok(read) = server.await else {
                return Ok(());
            };
            let source = from_server.insert(Source::new(read, late));
            self.pump(Side::Server, source, &mut to_client).await
        };
        match tokio::try_join!(up, down) {
            Ok(_) | Err(End::Gone) => return Ok(()),
            Err(End::Ended) => return Err(Ended),
            Err(End::Cut) => {
                let frames = self.frames.load(Relaxed);
                let text = format!("cut after {frames} frames, without a close");
                self.voice.note(&text).await?;
            }
            Err(End::Refused(status, why)) => {
                self.voice
                    .note(&format!("{status} from the tap: {why}"))
                    .await?;
                self.answer(&mut to_client, status, &why).await;
            }
            Err(End::Unreachable(why)) => {
                self.voice.note(&format!("502 from the tap: {why}")).await?;
                self.answer(&mut to_client, 502, &why).await;
            }
        }
        to_client.shut().await;
        to_server.shut().await;
        // Closed with something unread, TCP would reset the connection, and
        // what was sent last could be lost.
        let drained =
            async { tokio::join!(drain(Some(&mut from_client)), drain(from_server.as_mut())) };
        let _ = tokio::time::timeout(LINGER, drained).await;
        Ok(())
    }

    async fn pump(&self, from: Side, source: &mut Source, sink: &mut Sink) -> Result<(), End> {
        let mut buffer = Vec::new();
        let mut raw = Vec::new();
        let mut more = true;
        loop {
            let is_held = self.pass(from, &mut buffer, &mut raw, sink).await?;
            if from == Side::Server {
                self.turn.notify_one();
            }
            if !is_held && !more {
                return self.close(from, &buffer, &raw, sink).await;
            }
            let before = buffer.len();
            tokio::select! {
                () = self.turn.notified(), if is_held => {}
                came = source.read(&mut buffer), if more && before < MOST_HELD => more = came,
            }
            let came = (buffer.len() - before) as u64;
            let all = &self.voice.recorder().count(from).bytes;
            all.fetch_add(came, Relaxed);
        }
    }

    /// Passes on all that can be; returns whether the other side must speak
    /// before the rest can. `raw` is what has passed of the event under way.
    async fn pass(
        &self,
        from: Side,
        buffer: &mut Vec<u8>,
        raw: &mut Vec<u8>,
        sink: &mut Sink,
    ) -> Result<bool, End> {
        let mut out = Vec::new();
        let mut done = 0;
        let is_held = loop {
            let step = self.step(from, &buffer[done..]);
            match step {
                Step::More => break false,
                Step::Hold => break true,
                Step::Pass {
                    took,
                    instead,
                    events,
                } => {
                    out.extend_from_slice(match &instead {
                        Some(other) => other,
                        None => &buffer[done..done + took],
                    });
                    let room = MOST_RAW.saturating_sub(raw.len());
                    raw.extend_from_slice(&buffer[done..done + took.min(room)]);
                    done += took;
                    let came = match events.is_empty() {
                        true => Vec::new(),
                        false => std::mem::take(raw),
                    };
                    for (side, event) in &events {
                        self.say(*side, event, &came).await?;
                        if let Some(strike) = self.strike(event) {
                            self.write(sink, &mut out).await?;
                            self.befall(strike).await?;
                        }
                    }
                }
                Step::Refuse {
                    request,
                    status,
                    why,
                } => {
                    if let Some(request) = request {
                        let request = Event::Request(request, Vec::new());
                        self.say(from, &request, head_of(&buffer[done..])).await?;
                    }
                    return Err(End::Refused(status, why));
                }
            }
        };
        buffer.drain(..done);
        self.write(sink, &mut out).await?;
        Ok(is_held)
    }

    fn step(&self, from: Side, input: &[u8]) -> Step {
        self.talk.lock().expect("no one panics").step(from, input)
    }

    async fn say(&self, side: Side, event: &Event, raw: &[u8]) -> Result<(), Ended> {
        if !self.is_forecast.swap(true, Relaxed)
            && let Some(forecast) = self.settings.network.forecast()
        {
            self.voice.note(&forecast).await?;
        }
        let is_frozen = self.is_frozen.load(Relaxed);
        if let Event::Closed(_) = event {
            // How the other end takes that is of interest only if it wasn't told.
            if self.is_closed.swap(true, Relaxed) && !is_frozen {
                return Ok(());
            }
        }
        if let Event::Frame(seen) = event {
            if seen.is_close() {
                self.closes.fetch_add(1, Relaxed);
            }
            self.voice
                .recorder()
                .count(side)
                .frames
                .fetch_add(1, Relaxed);
        }
        let remark = if is_frozen { LOST } else { "" };
        self.voice.say(side, event, remark, raw).await
    }

    fn strike(&self, event: &Event) -> Option<Strike> {
        let frames = match event {
            Event::Frame(_) => self.frames.fetch_add(1, Relaxed) + 1,
            Event::Response(head) if status(head) == Some(101) => 0,
            _ => return None,
        };
        self.settings.network.strike(frames)
    }

    async fn befall(&self, strike: Strike) -> Result<(), End> {
        match strike {
            Strike::Cut => Err(End::Cut),
            Strike::Freeze => {
                self.is_frozen.store(true, Relaxed);
                let text = "frozen: the connection stays open, and nothing passes";
                Ok(self.voice.note(text).await?)
            }
        }
    }

    async fn write(&self, sink: &mut Sink, out: &mut Vec<u8>) -> Result<(), End> {
        let bytes = std::mem::take(out);
        if bytes.is_empty() || self.is_frozen.load(Relaxed) {
            return Ok(());
        }
        let pieces = self.settings.network.pieces();
        match sink.write(&bytes, pieces).await {
            Ok(()) => Ok(()),
            Err(Fault::Gone) => Err(End::Gone),
            Err(Fault::Unreachable(error)) => {
                let target = self.settings.target.authority();
                Err(End::Unreachable(match error.kind() {
                    std::io::ErrorKind::ConnectionRefused => format!("nothing listens on {target}"),
                    _ => format!("{target} can't be reached: {error}"),
                }))
            }
        }
    }

    /// Nothing more comes from this side.
    async fn close(&self, from: Side, rest: &[u8], raw: &[u8], sink: &mut Sink) -> Result<(), End> {
        if from == Side::Client && self.closes.load(Relaxed) > 1 {
            let _ = tokio::time::timeout(TIE, self.server_ended.notified()).await;
        }
        let events = self.talk.lock().expect("no one panics").end(from, rest);
        for (side, event) in &events {
            self.say(*side, event, raw).await?;
        }
        // Half a request was never looked at by the guard.
        if from == Side::Server {
            self.write(sink, &mut rest.to_vec()).await?;
            self.turn.notify_one();
            self.server_ended.notify_one();
        }
        if !self.is_frozen.load(Relaxed) {
            sink.shut().await;
        }
        Ok(())
    }

    /// The tap's own answer.
    async fn answer(&self, client: &mut Sink, status: u16, why: &str) {
        let reason = match status {
            403 => "Forbidden",
            405 => "Method Not Allowed",
            431 => "Request Header Fields Too Large",
            _ => "Bad Gateway",
        };
        let text = format!("workbook tap: {why}\n");
        let answer = format!(
            "HTTP/1.1 {status} {reason}\r\nContent-Type: text/plain; charset=utf-8\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{text}",
            text.len()
        );
        let _ = client.write(answer.as_bytes(), None).await;
    }
}

/// The head that bytes begin with.
fn head_of(bytes: &[u8]) -> &[u8] {
    let end = bytes.windows(4).position(|end| end == b"\r\n\r\n");
    end.map_or(bytes, |end| &bytes[..end + 4])
}

async fn drain(source: Option<&mut Source>) {
    if let Some(source) = source {
        let mut buffer = Vec::new();
        while source.read(&mut buffer).await {
            buffer.clear();
        }
    }
}
