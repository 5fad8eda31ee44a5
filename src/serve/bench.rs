//! Live proofs: while a chapter's page is open, its exercise is proved at every
//! save, and the page hears of it, proof by proof.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use anyhow::Result;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::sync::broadcast;

use super::headers::headers;
use crate::house::{Exercise, House};
use crate::progress::{Stamp, Standing};
use crate::trial::{Report, Status};
use crate::watch::attempt::{Attempt, Found, Told};
use crate::watch::session;

/// How often the files of an exercise are looked at while its page is open.
const PAUSE: Duration = Duration::from_millis(100);

/// A page that lags further behind than this is cut off; it comes back by itself.
const MOST_BEHIND: usize = 1024;

/// The exercises, each proved while a page of it is open.
#[derive(Clone)]
pub struct Benches {
    house: House,
    open: Arc<Mutex<HashMap<String, Weak<Bench>>>>,
}

/// An exercise whose page is open.
struct Bench {
    /// What was said since the last save, and who hears what follows.
    said: Mutex<Vec<Utf8Bytes>>,
    tell: broadcast::Sender<Utf8Bytes>,
}

/// What a page is told.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum News<'a> {
    /// What is known of each proof without running any; `null`: not tried.
    Standing {
        proofs: BTreeMap<&'a str, Option<Status>>,
    },
    /// A save was seen; what was said before is about a program that is gone.
    Saved,
    /// It is busy with this.
    Doing { what: &'a str },
    /// A proof has ended.
    Proof {
        proof: &'a str,
        status: Status,
        text: String,
    },
    /// That was all; why nothing was proved, if nothing was.
    Over { trouble: String },
}

impl News<'_> {
    fn message(&self) -> Utf8Bytes {
        serde_json::to_string(self)
            .expect("plain values are JSON")
            .into()
    }
}

impl Benches {
    /// None is open yet.
    pub fn new(house: &House) -> Benches {
        Benches {
            house: house.clone(),
            open: Arc::default(),
        }
    }

    /// The bench of an exercise; where no page of it was open, it begins to look
    /// for saves.
    fn of(&self, exercise: &Exercise) -> Arc<Bench> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bench) = open.get(&exercise.id).and_then(Weak::upgrade) {
            return bench;
        }
        let bench = Arc::new(Bench {
            said: Mutex::default(),
            tell: broadcast::Sender::new(MOST_BEHIND),
        });
        open.insert(exercise.id.clone(), Arc::downgrade(&bench));
        let (house, exercise) = (self.house.clone(), exercise.clone());
        let seen = Arc::downgrade(&bench);
        thread::spawn(move || attend(&house, &exercise, &seen));
        bench
    }
}

impl Bench {
    fn say(&self, news: &News<'_>) {
        let message = news.message();
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(news, News::Saved) {
            said.clear();
        }
        said.push(message.clone());
        let _ = self.tell.send(message); // Nobody may be there just now.
    }

    /// What was said, and a way to hear what follows, with no gap between.
    fn listen(&self) -> (Vec<Utf8Bytes>, broadcast::Receiver<Utf8Bytes>) {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        (said.clone(), self.tell.subscribe())
    }
}

/// Proves the exercise at every save, until its last page is closed: then what
/// is under way is called off.
fn attend(house: &House, exercise: &Exercise, bench: &Weak<Bench>) {
    let mut files = session::files(exercise);
    let mut attempt = None;
    while bench.strong_count() > 0 {
        thread::sleep(PAUSE);
        if files.saved() {
            drop(attempt.take()); // Ended, before the next one wants cargo's lock.
            files.changed(); // Seen: what is there now is what is tried.
            attempt = begin(house, exercise, bench.clone());
        }
    }
}

fn begin(house: &House, exercise: &Exercise, bench: Weak<Bench>) -> Option<Attempt> {
    let say = move |news: &News<'_>| {
        if let Some(bench) = bench.upgrade() {
            bench.say(news);
        }
    };
    say(&News::Saved);
    let stamp = match Stamp::of(exercise) {
        Ok(stamp) => stamp,
        Err(error) => {
            let trouble = format!("{error:#}");
            say(&News::Over { trouble });
            return None;
        }
    };
    let tell = move |told| match told {
        Told::Doing(what) => say(&News::Doing { what: &what }),
        Told::Proving => say(&News::Doing { what: "proving" }),
        Told::Report(report) => say(&heard(&report)),
        Told::Over(found) => say(&News::Over {
            trouble: trouble(found),
        }),
    };
    Some(Attempt::start(house, exercise, &stamp, tell))
}

fn heard(report: &Report) -> News<'_> {
    News::Proof {
        proof: &report.proof,
        status: report.status,
        text: plain(&report.text),
    }
}

fn trouble(found: Result<Found>) -> String {
    match found {
        Ok(Found::Uncompiled(said)) => plain(&said),
        Ok(Found::Verdict(_)) => String::new(),
        Err(error) => format!("{error:#}"),
    }
}

/// Without a terminal's colours.
pub fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// A page's connection to the bench of its exercise.
pub async fn socket(
    State(benches): State<Benches>,
    Path(id): Path<String>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let found = tokio::task::spawn_blocking(move || {
        let mut exercises = benches.house.exercises().ok()?.into_iter();
        let exercise = exercises.find(|exercise| exercise.id == id)?;
        let standing = Standing::read(&benches.house, &exercise).ok()?;
        Some((benches.of(&exercise), known(&standing).message()))
    });
    match found.await.ok().flatten() {
        Some((bench, standing)) => upgrade.on_upgrade(|socket| tell(socket, bench, standing)),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn known(standing: &Standing) -> News<'_> {
    let proofs = standing.proofs.iter();
    News::Standing {
        proofs: proofs
            .map(|(proof, status)| (proof.path.as_str(), *status))
            .collect(),
    }
}

/// What is known, what was said since the last save, and whatever follows.
async fn tell(mut socket: WebSocket, bench: Arc<Bench>, standing: Utf8Bytes) {
    let (said, mut follows) = bench.listen();
    for message in std::iter::once(standing).chain(said) {
        if socket.send(Message::Text(message)).await.is_err() {
            return;
        }
    }
    loop {
        tokio::select! {
            message = follows.recv() => match message {
                Ok(message) => if socket.send(Message::Text(message)).await.is_err() {
                    return;
                },
                // Too far behind: the page connects again, and hears it from the start.
                Err(_) => return,
            },
            // A page has nothing to say; this answers pings and the close.
            message = socket.recv() => match message {
                Some(Ok(_)) => {}
                _ => return,
            },
        }
    }
}

/// How many proofs hold, of how many, by exercise: for the map of the chapters.
pub async fn map(State(benches): State<Benches>) -> Response {
    let counted = tokio::task::spawn_blocking(move || -> Result<BTreeMap<String, [usize; 2]>> {
        let mut map = BTreeMap::new();
        for exercise in benches.house.exercises()? {
            let standing = Standing::read(&benches.house, &exercise)?;
            let (core, strict) = (standing.count_all(false), standing.count_all(true));
            let counts = [core.proved + strict.proved, core.of + strict.of];
            map.insert(exercise.id, counts);
        }
        Ok(map)
    });
    match counted.await {
        Ok(Ok(map)) => {
            let body = serde_json::to_string(&map).expect("plain values are JSON");
            let headers = headers([
                (axum::http::header::CONTENT_TYPE, "application/json"),
                (axum::http::header::CACHE_CONTROL, "no-store"),
            ]);
            (headers, body).into_response()
        }
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
