//! The scoreboard: what well-kept servers answer to what few of them are
//! asked, measured on the wire.

mod log;
mod probe;
mod probes;
mod record;
mod request;
mod servers;
mod table;
mod verdict;
mod wire;

use anyhow::Result;
use serde::Serialize;

use crate::help;
use crate::house::House;
use crate::house::named::{self, Named};
use crate::outcome::Outcome;
use crate::terminal::Doing;
pub use probe::Probe;
pub use probes::{GROUPS, Group};
use record::Measured;
pub use record::{FILE as RECORD, Record};
use servers::Running;
pub use servers::{Server, read as servers};
pub use verdict::Verdict;
use wire::Wire;

/// What echo servers on seven libraries answer to right and wrong bytes.
///
/// Each server is as small as its library allows, with its default settings and a
/// locked version. Those in Rust are built when they are needed: a minute, once.
///
/// An answer is a status (`101`, `400`), a close code (`1002`), or one of these:
/// `echoes`, the message came back; `pong`, the ping was answered; `drops`, TCP
/// ended without an answer; `ignores`, a later ping was answered and this was not;
/// `silent`, nothing came in twenty seconds.
#[derive(clap::Args)]
#[command(after_long_help = help::after("an answer is not the one on record", &[
    ("cargo workbook scoreboard", "All answers; some twenty seconds."),
    ("cargo workbook scoreboard axum ws", "Two columns."),
    ("cargo workbook scoreboard axum --probe no-key", "One answer, and what crossed the wire."),
]))]
pub struct Args {
    /// The servers; all of them if none is named.
    #[arg(value_name = "SERVER")]
    servers: Vec<String>,
    /// Sends this probe only; may be repeated.
    #[arg(long = "probe", value_name = "ID")]
    probes: Vec<String>,
    /// Prints one JSON object a cell.
    #[arg(long, conflicts_with = "record")]
    json: bool,
    /// Keeps all that is measured, for the book (for authors).
    #[arg(long, conflicts_with_all = ["servers", "probes"])]
    record: bool,
}

/// One answer of one server.
#[derive(Debug, Serialize)]
pub struct Cell {
    probe: &'static str,
    clause: &'static str,
    server: String,
    version: String,
    word: String,
    verdict: Verdict,
    recorded: Option<String>,
    #[serde(skip)]
    transcript: String,
}

/// What was measured in one run.
pub struct Board {
    servers: Vec<Server>,
    probes: Vec<&'static Probe>,
    cells: Vec<Cell>,
}

impl Cell {
    fn is_as_recorded(&self) -> bool {
        self.recorded.as_deref() == Some(&self.word)
    }
}

impl Board {
    fn word(&self, probe: &str, server: &str) -> &str {
        let mut cells = self.cells.iter();
        let cell = cells.find(|cell| cell.probe == probe && cell.server == server);
        cell.map_or("", |cell| &cell.word)
    }
}

/// Runs the command.
pub fn run(house: &House, args: Args) -> Result<Outcome> {
    let servers = servers(house)?;
    let servers = chosen(
        "server",
        servers.iter(),
        |server| &server.name,
        &args.servers,
    )?;
    let probes = chosen("probe", probes::all(), |probe| probe.id, &args.probes)?;
    let old = match args.record {
        true => Record::read(house).unwrap_or_default(),
        false => Record::read(house)?,
    };
    let board = measure(house, servers.into_iter().cloned().collect(), probes, &old)?;
    if args.json {
        for cell in &board.cells {
            println!("{}", serde_json::to_string(cell)?);
        }
    } else {
        anstream::print!("{}", table::shown(&board));
    }
    let differences = table::differences(&board);
    if args.record {
        write_record(house, &board)?;
        print!("{differences}");
        println!("{} answers are in {RECORD}", board.cells.len());
    } else if !differences.is_empty() {
        eprint!("\nnot as {RECORD} has it:\n{differences}");
        return Ok(Outcome::Refused);
    }
    Ok(Outcome::Done)
}

/// The things of these names, in their own order; all, if none is named.
fn chosen<'a, T>(
    what: &str,
    all: impl Iterator<Item = &'a T>,
    name: impl Fn(&'a T) -> &'a str,
    wanted: &[String],
) -> Result<Vec<&'a T>> {
    let mut all: Vec<&T> = all.collect();
    let names: Vec<Named> = all
        .iter()
        .map(|thing| Named {
            id: name(thing),
            number: "",
            name: name(thing),
        })
        .collect();
    let mut found = Vec::new();
    for wanted in wanted {
        found.push(names[named::find(what, wanted, &names)?].id);
    }
    all.retain(|thing| found.is_empty() || found.contains(&name(thing)));
    Ok(all)
}

fn measure(
    house: &House,
    servers: Vec<Server>,
    probes: Vec<&'static Probe>,
    old: &Record,
) -> Result<Board> {
    let doing = Doing::new();
    let commands = servers::build(house, &servers, |what| doing.say(what))?;
    let mut cells = Vec::new();
    for (server, command) in servers.iter().zip(&commands) {
        let version = server.version(house)?;
        let mut running = Running::start(house, server, command)?;
        for (nth, probe) in probes.iter().enumerate() {
            doing.say(&format!("{} {} of {}", server.name, nth + 1, probes.len()));
            let mut wire = Wire::connect(running.addr)?;
            let mut word = (probe.talk)(&mut wire);
            // Whatever a client sends, the next one is served.
            if !lives(&running) {
                word += ", ends";
                running = Running::start(house, server, command)?;
            }
            cells.push(Cell {
                probe: probe.id,
                clause: probe.clause,
                server: server.name.clone(),
                version: version.clone(),
                verdict: probe.judge(&word),
                recorded: old.word(probe.id, &server.name).map(str::to_owned),
                transcript: wire.log.transcript(),
                word,
            });
        }
    }
    Ok(Board {
        servers,
        probes,
        cells,
    })
}

/// Whether a new client gets its echo.
fn lives(running: &Running) -> bool {
    let wire = Wire::connect(running.addr);
    wire.is_ok_and(|mut wire| wire.asks(|request| request) == "101")
}

fn write_record(house: &House, board: &Board) -> Result<()> {
    let mut record = Record::default();
    for server in &board.servers {
        let measured = Measured {
            version: server.version(house)?,
            on: server.interpreter(house),
        };
        record.servers.insert(server.name.clone(), measured);
    }
    for cell in &board.cells {
        let row = record.probes.entry(cell.probe.to_owned()).or_default();
        row.insert(cell.server.clone(), cell.word.clone());
    }
    record.write(house)
}
