//! `workbook tap`: a recording proxy between any client and any server.

mod connection;
mod ends;
mod json;
mod network;
mod packets;
mod printer;
mod record;
mod talk;
mod target;

use std::fs::File;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::ValueHint;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use crate::help;
use crate::loopback;
use crate::outcome::Outcome;
pub use connection::{Settings, serve};
pub use network::Network;
use record::Count;
pub use record::{Kind, Record, Recorder};
pub use talk::Rules;
pub use target::Target;

/// Shows what a client and a server say to each other.
///
/// A recording proxy for WebSocket and HTTP/1.1. It listens on this machine;
/// give its address to the client in place of the server's. Every message is
/// written down, then passed on: requests and answers, WebSocket frames, and
/// lines where nobody speaks HTTP. The first connection is `C`, further ones
/// are `C2`, `C3` and so on. What the tap itself has to say stands behind `#`.
///
/// Long payloads are shown by their length. The client's
/// `Sec-WebSocket-Extensions` is not passed on, so that no frame is compressed;
/// pipelined requests are passed on one at a time. `Host` is passed on as it
/// is, unless the server is on another machine. TLS is not spoken.
///
/// It takes requests for this machine only, from its own programs and from
/// pages that it serves; others are answered 403. It needs no workbook around it.
#[derive(clap::Args)]
#[command(after_long_help = help::after("", &[
    ("cargo workbook tap --to ws://127.0.0.1:8080", "Shows all that passes; the client connects to the port it names."),
    ("cargo workbook tap --to 8080 --out talk.txt", "Keeps the transcript in a file, too."),
    ("cargo workbook tap --to 8080 --freeze-after 4", "Four frames, then silence: does anybody notice?"),
    ("cargo workbook tap --to 8080 --cut-after 10", "Ten frames, then the connection is gone: does the client come back?"),
    ("cargo workbook tap --to 8080 --json", "One JSON object an event, for jq."),
]))]
pub struct Args {
    /// The server: `ws://127.0.0.1:8080`, `localhost:8080` or `8080`.
    #[arg(long, value_name = "URL")]
    to: Target,
    /// The port to listen on, and no other; 0: any. Without this: 9000, or the
    /// next one that is free.
    #[arg(long, value_name = "PORT")]
    listen: Option<u16>,
    /// Writes the transcript into a file as well.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    out: Option<PathBuf>,
    /// Replaces the file of --out.
    #[arg(long, requires = "out")]
    force: bool,
    /// Writes one JSON object an event to stdout.
    #[arg(long)]
    json: bool,
    /// Shows all headers, not only those that an upgrade is about.
    #[arg(long)]
    headers: bool,
    /// Shows the seconds since the start.
    #[arg(long)]
    times: bool,
    /// Lets client and server agree on compression; frames are shown compressed.
    #[arg(long)]
    keep_extensions: bool,

    /// Nothing passes after the upgrade; the connection stays open.
    #[arg(long, help_heading = "A bad network", conflicts_with = "cut_after")]
    freeze: bool,
    /// Nothing passes after N frames, both ways together; the connection stays open.
    #[arg(long, help_heading = "A bad network", value_name = "N", conflicts_with_all = ["freeze", "cut_after"])]
    freeze_after: Option<u64>,
    /// Closes the TCP connection (FIN) to both after N frames, both ways
    /// together, without a close frame; 0: after the upgrade.
    #[arg(long, help_heading = "A bad network", value_name = "N")]
    cut_after: Option<u64>,
    /// Passes on so many bytes a second each way, a few at a time; 100 if not said.
    #[arg(long, help_heading = "A bad network", value_name = "BYTES", num_args = 0..=1, default_missing_value = "100")]
    trickle: Option<NonZeroU32>,
    /// Passes everything on so many milliseconds later, each way.
    #[arg(long, help_heading = "A bad network", value_name = "MS")]
    latency: Option<u64>,
    /// Drops `Upgrade` and `Connection`, as a proxy does that knows no WebSocket.
    #[arg(long, help_heading = "A bad network")]
    strip_upgrade: bool,
}

/// Where it listens unless told otherwise.
const PORT: u16 = 9000;
/// Records that may wait to be printed.
const WAITING: usize = 1024;
/// How long a printer may take to print what was said when the tap ends.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Taps until Ctrl-C, or until nobody reads what it says.
pub fn run(args: Args) -> Result<Outcome> {
    let listener = listen(args.listen, &args.to)?;
    let file = match &args.out {
        Some(path) => Some(create(path, args.force)?),
        None => None,
    };
    let times = args.times;
    let (send, records) = mpsc::channel(WAITING);
    let (tell, printed) = oneshot::channel();
    std::thread::spawn(move || tell.send(printer::print(records, times, file)));

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(tap(args, listener, send, printed))
}

fn listen(port: Option<u16>, to: &Target) -> Result<std::net::TcpListener> {
    let is_target = |port| to.is_local() && to.port == port;
    let listener = match port {
        Some(port) if is_target(port) => {
            bail!("port {port} is the server's own: give the tap another with --listen")
        }
        Some(port) => loopback::listen_on(port).with_context(|| {
            format!("port {port} can't be had: choose another, or leave --listen out")
        })?,
        None => loopback::listen_from(PORT + u16::from(is_target(PORT))).with_context(|| {
            format!("no port to listen on, from {PORT} up: say one with --listen")
        })?,
    };
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn create(path: &Path, force: bool) -> Result<File> {
    let mut options = File::options();
    options.write(true);
    match force {
        true => options.create(true).truncate(true),
        false => options.create_new(true),
    };
    options.open(path).map_err(|error| {
        let there = error.kind() == std::io::ErrorKind::AlreadyExists;
        let path = path.display();
        match there {
            true => anyhow::anyhow!("{path} exists: say another file, or replace it with --force"),
            false => anyhow::anyhow!("{path} can't be written: {error}"),
        }
    })
}

async fn tap(
    args: Args,
    listener: std::net::TcpListener,
    records: mpsc::Sender<record::Record>,
    mut printed: oneshot::Receiver<Result<()>>,
) -> Result<Outcome> {
    let listener = TcpListener::from_std(listener)?;
    let here = args.to.at(listener.local_addr()?);
    eprintln!("connect to {here} instead of {} · Ctrl-C ends it", args.to);

    let settings = Arc::new(settings(&args));
    let recorder = Arc::new(Recorder::new(records, args.headers, args.json));
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((client, _)) => {
                    let (settings, recorder) = (settings.clone(), recorder.clone());
                    connections.spawn(connection::serve(client, settings, recorder));
                }
                // Too many files are open, most likely; some will be closed.
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            },
            Some(_) = connections.join_next() => {}
            ended = tokio::signal::ctrl_c() => {
                ended?;
                break;
            }
            printed = &mut printed => {
                printed??;
                return Ok(Outcome::Done);
            }
        }
    }
    connections.shutdown().await;
    let summary = summary(&recorder);
    drop(recorder);
    if let Ok(printed) = tokio::time::timeout(LAST_WORDS, printed).await {
        printed??;
    }
    eprintln!("{summary}");
    Ok(Outcome::Done)
}

fn settings(args: &Args) -> Settings {
    Settings {
        target: args.to.clone(),
        rules: Rules {
            keep_extensions: args.keep_extensions,
            strip_upgrade: args.strip_upgrade,
            // A server here may compare it with the page's origin; one
            // elsewhere may serve several names.
            host: (!args.to.is_local()).then(|| args.to.authority()),
            origin: None,
        },
        network: Network {
            freeze_after: args.freeze.then_some(0).or(args.freeze_after),
            cut_after: args.cut_after,
            trickle: args.trickle,
            latency: args.latency.map(Duration::from_millis),
        },
    }
}

fn summary(recorder: &Recorder) -> String {
    let plural = |n: u64, one: &str| match n {
        1 => format!("1 {one}"),
        n => format!("{n} {one}s"),
    };
    let passed = |count: &Count| {
        let frames = plural(count.frames.load(Relaxed), "frame");
        format!("{frames}, {}", plural(count.bytes.load(Relaxed), "byte"))
    };
    format!(
        "\n{} · C→S {} · S→C {}",
        plural(recorder.connections(), "connection"),
        passed(&recorder.from_clients),
        passed(&recorder.from_servers)
    )
}
