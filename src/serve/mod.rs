//! Serves the book on the loopback interface, built anew whenever its sources
//! change.

mod bench;
mod guard;
mod headers;
mod lab;
mod live;
mod site;

use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::FromRef;
use axum::middleware::from_fn;
use axum::routing::get;
use tokio::sync::watch as channel;

use crate::book;
use crate::changes::Files;
use crate::help;
use crate::house::House;
use crate::loopback;
use crate::outcome::Outcome;
use bench::Benches;
use lab::Labs;
use site::Site;

/// What is served at the moment.
#[derive(Clone, Default)]
pub struct Now {
    /// The last book that could be built.
    site: Option<Arc<Site>>,
    /// What is wrong with the sources since then.
    broken: Option<Arc<str>>,
}

/// What the routes draw on.
#[derive(Clone)]
struct Served {
    now: channel::Receiver<Now>,
    benches: Benches,
    labs: Labs,
}

impl FromRef<Served> for channel::Receiver<Now> {
    fn from_ref(served: &Served) -> Self {
        served.now.clone()
    }
}

impl FromRef<Served> for Benches {
    fn from_ref(served: &Served) -> Self {
        served.benches.clone()
    }
}

impl FromRef<Served> for Labs {
    fn from_ref(served: &Served) -> Self {
        served.labs.clone()
    }
}

/// Serves the book, rebuilt and reloaded on change (the default).
///
/// Only this machine can reach it. It runs until Ctrl-C: type other commands in a second
/// terminal.
#[derive(clap::Args)]
#[command(after_long_help = help::after("", &[
    ("cargo workbook serve", "Serves the book on the first free port from 3000, and says where."),
    ("cargo workbook serve --port 0", "Serves it on any free port."),
]))]
pub struct Args {
    /// The port to serve on; where it is taken, the next free one. 0: any.
    #[arg(long, default_value_t = 3000, value_name = "PORT")]
    port: u16,
}

/// Serves until Ctrl-C.
pub fn run(house: &House, args: Args) -> Result<Outcome> {
    let listener = loopback::listen_from(args.port)
        .with_context(|| format!("no port to serve on, from {} up", args.port))?;
    let address = listener.local_addr()?;
    let (tell, now) = channel::channel(Now::default());

    // Before it says where the book is, there is something to see there.
    let dirs = ["book", "exercises", "solutions", "tests"];
    let mut files = Files::at(dirs.map(|dir| house.root().join(dir)));
    build(house, &tell);
    println!("the book is at http://{address} · Ctrl-C ends it");
    println!("it is served until then; the other commands: cargo workbook --help");
    io::stdout().flush()?;

    let (benches, labs) = (Benches::new(house), Labs::new(house));
    let house = house.clone();
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(PAUSE);
            // Seen before the build: a change during it is noticed after it.
            if files.changed() {
                let start = Instant::now();
                if build(&house, &tell) {
                    let took = start.elapsed().as_secs_f32();
                    eprintln!("the book is built anew ({took:.1} s)");
                }
            }
        }
    });

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let routes = Router::new()
            .route("/-/live", get(live::socket))
            .route("/-/live.js", get(live::script))
            .route("/-/proofs.js", get(live::proofs_script))
            .route("/-/proofs/{id}", get(bench::socket))
            .route("/-/proofs", get(bench::map))
            .route("/-/lab.js", get(live::lab_script))
            .route("/-/lab/{id}", get(lab::socket))
            .fallback(site::respond)
            .layer(from_fn(guard::check))
            .with_state(Served { now, benches, labs });
        tokio::select! {
            served = axum::serve(listener, routes) => served?,
            ended = tokio::signal::ctrl_c() => ended?,
        }
        Ok(Outcome::Done)
    })
}

/// How often the sources are looked at.
const PAUSE: Duration = Duration::from_millis(200);

/// Builds the book and swaps it in; where that fails, the old one stays and
/// the terminal says why. Returns whether there is a new book to see.
fn build(house: &House, tell: &channel::Sender<Now>) -> bool {
    let built = build_site(house);
    let mut fresh = false;
    tell.send_modify(|now| match built {
        Ok(site) => {
            let other = now.site.as_ref().is_none_or(|old| old.id() != site.id());
            fresh = other || now.broken.is_some();
            now.site = Some(Arc::new(site));
            now.broken = None;
        }
        Err(report) => {
            eprintln!("{report}");
            now.broken = Some(report.into());
        }
    });
    fresh
}

fn build_site(house: &House) -> Result<Site, String> {
    let said = |error: anyhow::Error| format!("error: {error:#}");
    let dir = tempfile::tempdir().map_err(|error| said(error.into()))?;
    let faults = book::build(house, dir.path()).map_err(said)?;
    if !faults.is_empty() {
        return Err(book::report(&faults));
    }
    Site::load(dir.path()).map_err(said)
}
