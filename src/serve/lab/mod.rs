//! A live lab: a page of the book talks to the reader's own program, and is
//! told what crosses the wire. The page is connected here for as long as its lab
//! lasts; the program and the tap in front of it end with that connection.

mod pace;
mod program;

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::sync::mpsc as channel;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::bench::plain;
use crate::book::{self, Lab, Live};
use crate::house::House;
use crate::loopback;
use crate::tap::{self, Kind, Network, Record, Recorder, Rules, Settings};
use pace::Pace;
use program::{News, Plan, Whose};

/// Labs that may be open at a time: each has a program of its own.
const MOST_LABS: usize = 4;
/// Connections through one lab's tap at a time.
const MOST_CONNECTIONS: usize = 16;
/// What waits to be shown, before the two ends have to wait.
const WAITING: usize = 1024;
/// A page that reads nothing for so long is left.
const PATIENCE: Duration = Duration::from_secs(30);
/// No order of a page is longer.
const MOST_SAID: usize = 4096;

/// The labs.
#[derive(Clone)]
pub struct Labs {
    house: House,
    places: Arc<Semaphore>,
}

impl Labs {
    /// None is open yet.
    pub fn new(house: &House) -> Labs {
        Labs {
            house: house.clone(),
            places: Arc::new(Semaphore::new(MOST_LABS)),
        }
    }

    /// What the lab of this chapter runs.
    fn plan(&self, id: &str, origin: &str) -> Option<Plan> {
        let mut exercises = self.house.exercises().ok()?.into_iter();
        let exercise = exercises.find(|exercise| exercise.id == id)?;
        let page = self.house.root().join(format!("book/src/{id}.md"));
        let lab = Lab::of_page(&std::fs::read_to_string(page).ok()?)?;
        let args = lab.args.iter().map(|word| word.replace("ORIGIN", origin));
        Some(Plan {
            house: self.house.clone(),
            exercise,
            args: args.collect(),
        })
    }
}

/// What a page is told.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Told<'a> {
    /// Where the tap listens.
    Tap {
        port: u16,
    },
    /// Something crossed the wire: an item of the transcript.
    Entry {
        html: String,
    },
    /// What the page said that it will do has its place here.
    Mark {
        n: u64,
    },
    Saved,
    Doing {
        what: &'a str,
    },
    Refused {
        text: String,
    },
    /// The program does, on a port of its own.
    Listening {
        port: u16,
    },
    Silent,
    Said {
        text: String,
    },
    Ended {
        how: &'a str,
        again: bool,
    },
    Trouble {
        text: &'a str,
    },
}

/// What a page may order.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase", tag = "kind")]
enum Order {
    /// Run this program, or run it anew.
    Run { reference: bool },
    /// Say when what came before is told; from then on the network is this.
    Mark { n: u64, network: Option<Weather> },
}

/// How bad the network is, for the connections to come.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Weather {
    freeze_after: Option<u64>,
    cut_after: Option<u64>,
    trickle: Option<NonZeroU32>,
    latency: Option<u32>,
    strip_upgrade: bool,
}

/// A page's connection to its lab.
pub async fn socket(
    State(labs): State<Labs>,
    Path(id): Path<String>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    // Only a page names one, and the guard has seen that it is ours.
    let Some(origin) = headers.get(ORIGIN).and_then(|origin| origin.to_str().ok()) else {
        return (StatusCode::FORBIDDEN, "a lab is for a page of the book\n").into_response();
    };
    let origin = origin.to_owned();
    let places = labs.places.clone();
    let found = {
        let origin = origin.clone();
        tokio::task::spawn_blocking(move || labs.plan(&id, &origin)).await
    };
    let Some(plan) = found.ok().flatten() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let upgrade = upgrade.max_message_size(MOST_SAID);
    upgrade.on_upgrade(async move |mut page| {
        let Ok(_place) = places.try_acquire_owned() else {
            let text = "as many labs are open as there may be; stop one on another page";
            let _ = tell(&mut page, &Told::Trouble { text }).await;
            return;
        };
        let _ = Session::run(page, plan, origin).await; // The page has gone.
    })
}

/// The page has gone, or the lab can't go on.
struct Gone;

async fn tell(page: &mut WebSocket, told: &Told<'_>) -> Result<(), Gone> {
    let text = serde_json::to_string(told).expect("plain values are JSON");
    let sent = timeout(PATIENCE, page.send(Message::Text(text.into()))).await;
    sent.map_err(|_| Gone)?.map_err(|_| Gone)
}

/// One lab.
struct Session {
    page: WebSocket,
    orders: mpsc::Sender<Whose>,
    /// Where the program listens, if it does.
    target: Option<SocketAddr>,
    origin: String,
    weather: Weather,
    records: channel::Receiver<Record>,
    recorder: Arc<Recorder>,
    live: Live,
    pace: Pace,
    /// The last that was left out.
    latest: Option<Record>,
}

impl Session {
    async fn run(page: WebSocket, plan: Plan, origin: String) -> Result<(), Gone> {
        let tap = listener().map_err(|_| Gone)?;
        let port = tap.local_addr().map_err(|_| Gone)?.port();
        let (send, records) = channel::channel(WAITING);
        let (orders, ordered) = mpsc::channel();
        let (tell_news, mut news) = channel::channel(64);
        std::thread::spawn(move || program::attend(&plan, &ordered, &tell_news));

        let mut lab = Session {
            page,
            orders,
            target: None,
            origin,
            weather: Weather::default(),
            records,
            recorder: Arc::new(Recorder::with_bytes(send)),
            live: Live::new(),
            pace: Pace::default(),
            latest: None,
        };
        tell(&mut lab.page, &Told::Tap { port }).await?;
        let mut connections = JoinSet::new();
        let mut span = interval(pace::SPAN);
        span.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = span.tick() => {
                    lab.tell_gap().await?;
                    lab.pace.next();
                }
                Some(record) = lab.records.recv(), if lab.pace.is_open() => lab.show(record).await?,
                said = lab.page.recv() => match said {
                    Some(Ok(Message::Text(text))) => lab.hear(&text).await?,
                    Some(Ok(_)) => {}
                    _ => return Err(Gone),
                },
                Some(news) = news.recv() => lab.report(news).await?,
                Some(_) = connections.join_next() => {}
                accepted = tap.accept() => match (accepted, lab.target) {
                    (Ok((client, _)), Some(target)) if connections.len() < MOST_CONNECTIONS => {
                        let settings = Arc::new(lab.settings(target));
                        connections.spawn(tap::serve(client, settings, lab.recorder.clone()));
                    }
                    _ => {} // Dropped, it is closed.
                },
            }
        }
    }

    fn settings(&self, target: SocketAddr) -> Settings {
        Settings {
            target: target.to_string().parse().expect("an address with a port"),
            rules: Rules {
                strip_upgrade: self.weather.strip_upgrade,
                origin: Some(self.origin.clone()),
                ..Rules::default()
            },
            network: Network {
                freeze_after: self.weather.freeze_after,
                cut_after: self.weather.cut_after,
                trickle: self.weather.trickle,
                latency: (self.weather.latency)
                    .map(|ms| Duration::from_millis(ms.min(10_000).into())),
            },
        }
    }

    async fn hear(&mut self, order: &str) -> Result<(), Gone> {
        match serde_json::from_str(order) {
            Ok(Order::Run { reference }) => {
                let whose = match reference {
                    true => Whose::Reference,
                    false => Whose::Mine,
                };
                self.target = None;
                self.orders.send(whose).map_err(|_| Gone)
            }
            Ok(Order::Mark { n, network }) => {
                // What the page has seen the effect of stands before the mark.
                for _ in 0..WAITING {
                    match self.records.try_recv() {
                        Ok(record) => self.show(record).await?,
                        Err(_) => break,
                    }
                }
                self.tell_gap().await?;
                if let Some(network) = network {
                    self.weather = network;
                }
                tell(&mut self.page, &Told::Mark { n }).await
            }
            // Not ours.
            Err(_) => Err(Gone),
        }
    }

    async fn show(&mut self, record: Record) -> Result<(), Gone> {
        let is_end = (record.crossed.as_ref()).is_none_or(|crossed| crossed.kind == Kind::Closed);
        // How it ends is told, whatever came before.
        if is_end {
            self.tell_gap().await?;
        } else if !self.pace.shows() {
            self.latest = Some(record);
            return Ok(());
        }
        self.tell_entry(&record).await
    }

    /// How many were left out, and the last of them: it may be the last of all.
    async fn tell_gap(&mut self) -> Result<(), Gone> {
        let Some(latest) = self.latest.take() else {
            return Ok(());
        };
        let others = self.pace.skipped() - 1;
        if others > 0 {
            let html = book::gap(others);
            tell(&mut self.page, &Told::Entry { html }).await?;
        }
        self.tell_entry(&latest).await
    }

    async fn tell_entry(&mut self, record: &Record) -> Result<(), Gone> {
        let html = self.live.item(record);
        tell(&mut self.page, &Told::Entry { html }).await
    }

    async fn report(&mut self, news: News) -> Result<(), Gone> {
        match &news {
            News::Listening(address) => self.target = Some(*address),
            News::Doing(_) | News::Said(_) | News::Silent => {}
            _ => self.target = None,
        }
        let told = match &news {
            News::Saved => Told::Saved,
            News::Doing(what) => Told::Doing { what },
            News::Refused(said) => Told::Refused { text: plain(said) },
            News::Listening(address) => Told::Listening {
                port: address.port(),
            },
            News::Silent => Told::Silent,
            News::Said(text) => Told::Said { text: plain(text) },
            News::Ended(how, again) => Told::Ended { how, again: *again },
            News::Trouble(text) => Told::Trouble { text },
        };
        tell(&mut self.page, &told).await
    }
}

fn listener() -> std::io::Result<TcpListener> {
    let listener = loopback::listen_on(0)?;
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}
