//! An Engine.IO session by HTTP long-polling: a GET that the server may hold
//! open, and POSTs meanwhile. Each request has a connection of its own, so that
//! neither waits for the other.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::bounds;
use crate::case::Case;
use crate::client::{Client, Told};
use crate::packet::{Dialect, SEPARATOR};
use crate::transcript::{Entry, Kind};

/// How many requests are answered before one that was sent earlier, and is held,
/// counts as seen.
const LATER: usize = 5;

/// From one look at a session that ought to be over to the next.
const BETWEEN: Duration = Duration::from_millis(10);

/// A client that polls. Made by [`Subject::polling`](crate::Subject::polling).
pub struct Polling {
    case: Arc<Case>,
    name: String,
    addr: SocketAddr,
    path: String,
    dialect: Dialect,
    sid: String,
    /// The GET that waits for its answer.
    waiting: Option<Client>,
    /// Packets of an answer that no read has come to yet.
    ahead: VecDeque<String>,
    /// Something went wrong: the transcript ends there.
    over: bool,
}

impl Polling {
    pub(crate) fn new(case: Arc<Case>, name: &str, addr: SocketAddr, path: &str) -> Polling {
        Polling {
            case,
            name: name.to_owned(),
            addr,
            path: path.to_owned(),
            dialect: Dialect::EngineIo,
            sid: String::new(),
            waiting: None,
            ahead: VecDeque::new(),
            over: false,
        }
    }

    /// Its messages are Socket.IO packets.
    pub fn socket_io(&mut self) -> &mut Polling {
        self.dialect = Dialect::SocketIo;
        self
    }

    fn connect(&self) -> Client {
        let mut client = Client::connect(self.case.clone(), &self.name, self.addr);
        client.speaks(self.dialect);
        client
    }

    fn request(&self, method: &str, body: &str, told: Told) -> Client {
        let mut client = self.connect();
        client.requests(method, &self.target("polling"), body, told);
        client
    }

    /// Where requests of this session go, with this transport.
    pub fn target(&self, transport: &str) -> String {
        let sid = match &*self.sid {
            "" => String::new(),
            sid => format!("&sid={sid}"),
        };
        format!("{}?EIO=4&transport={transport}{sid}", self.path)
    }

    /// The sid that the server gave, once it is [`open`](Polling::opens).
    pub fn sid(&self) -> &str {
        &self.sid
    }

    /// The first GET, answered with an open packet: from here on each request
    /// carries the sid.
    pub fn opens(&mut self) -> &mut Polling {
        let body = self.gets().unwrap_or_default();
        let open = body.strip_prefix('0').map(serde_json::from_str);
        let open: Option<serde_json::Value> = open.and_then(Result::ok);
        match open.as_ref().and_then(|open| open.get("sid")?.as_str()) {
            Some(sid) => self.sid = sid.to_owned(),
            None => self.over = true,
        }
        self
    }

    /// A GET and its answer, in two lines.
    pub fn polls(&mut self) -> &mut Polling {
        self.gets();
        self
    }

    fn gets(&mut self) -> Option<String> {
        self.asks(Told::Shown);
        self.takes()
    }

    /// A GET that the server holds open: it has nothing to say.
    pub fn waits(&mut self) -> &mut Polling {
        self.asks(Told::Held);
        self.settles();
        self
    }

    /// Nothing says that a request has come which is not answered. But others that
    /// are sent after it, one by one, come later: by the last of them a server on
    /// several threads has seen it, too.
    fn settles(&mut self) {
        for _ in 0..LATER {
            if self.over {
                return;
            }
            let mut other = self.connect();
            other.requests("GET", &self.path, "", Told::Aside);
            self.over = other.status_of_response().is_none();
        }
    }

    fn asks(&mut self, told: Told) {
        if !self.over {
            self.waiting = Some(self.request("GET", "", told));
        }
    }

    /// The answer to the GET that waits.
    pub fn answered(&mut self) -> &mut Polling {
        self.takes();
        self
    }

    fn takes(&mut self) -> Option<String> {
        let body = self.waiting.take()?.packets_of_response(true);
        self.over |= body.is_none();
        body
    }

    /// A POST of these packets; its answer is `ok`.
    pub fn posts(&mut self, packets: &[&str]) -> &mut Polling {
        if !self.over {
            let mut client = self.request("POST", &packets.join("\x1e"), Told::Shown);
            self.over = client.packets_of_response(true).is_none();
        }
        self
    }

    /// So many packets, in one answer or in several: `S→C polled "4hello"`.
    /// Pings among them are answered, and not shown.
    pub fn receives(&mut self, packets: usize) -> &mut Polling {
        let mut left = packets;
        while left > 0 && !self.over && self.case.has_time() {
            match self.next_packet() {
                Some(packet) if packet == "2" => {
                    let mut client = self.request("POST", "3", Told::Aside);
                    self.over |= client.packets_of_response(false).is_none();
                }
                Some(packet) => {
                    self.polled(&packet);
                    left -= 1;
                }
                None => {}
            }
        }
        self
    }

    fn polled(&self, packet: &str) {
        let from = format!("S→{}", self.name);
        let mut entry = Entry::new(&from, Kind::Packet, packet.as_bytes());
        let names = self
            .dialect
            .names(packet.as_bytes(), &self.case.state().names);
        entry.remark = format!("  # {names}");
        self.case.record(entry);
    }

    /// The next packet, if the answer that is asked for brings one.
    fn next_packet(&mut self) -> Option<String> {
        if self.ahead.is_empty() {
            let waiting = self.waiting.take();
            let mut client = waiting.unwrap_or_else(|| self.request("GET", "", Told::Aside));
            let body = client.packets_of_response(false);
            self.over |= body.is_none();
            self.ahead = body?.split(SEPARATOR).map(str::to_owned).collect();
        }
        self.ahead.pop_front()
    }

    /// A WebSocket for the same session; what it is asked with is `2probe`, and
    /// it answers `3probe`. The session moves there with [`upgrades`](Polling::upgrades).
    pub fn probes(&mut self) -> Client {
        let target = self.target("websocket");
        let mut client = self.connect();
        if !self.over {
            client.open(&target).text("2probe").frame();
        }
        client
    }

    /// The whole upgrade: probed while a GET waits, which the server answers
    /// with a noop; then `5`, and the session is on the WebSocket.
    pub fn upgrades(&mut self) -> Client {
        self.waits();
        let mut client = self.probes();
        self.answered();
        client.text("5");
        self.over = true;
        client
    }

    /// Leave out what is said inside; `what` stands for it.
    pub fn aside(&mut self, what: &str, talk: impl FnOnce(&mut Polling)) -> &mut Polling {
        let case = self.case.clone();
        case.aside(what, || talk(self));
        self
    }

    /// The GET that waits is broken off, and no other takes its place.
    pub fn gives_up(&mut self) -> &mut Polling {
        if let Some(mut client) = self.waiting.take() {
            client.vanish();
        }
        self
    }

    /// When a server notices that a session is over is a matter of timing: pongs,
    /// not shown, until one is refused. What comes next shows whether one was.
    pub fn until_refused(&mut self) -> &mut Polling {
        let late = Instant::now() + bounds::patience();
        while !self.over && self.case.has_time() && Instant::now() < late {
            let mut client = self.request("POST", "3", Told::Aside);
            match client.status_of_response() {
                Some(200) => thread::sleep(BETWEEN),
                Some(_) => break,
                None => self.over = true,
            }
        }
        self
    }

    /// Gone without a word: a GET that waits is broken off.
    pub fn vanishes(&mut self) -> &mut Polling {
        self.over = true;
        match self.waiting.take() {
            Some(mut client) => {
                client.vanish();
            }
            None => {
                let to = format!("{}→S", self.name);
                self.case.record(Entry::note(&to, "polls no more"));
            }
        }
        self
    }
}
