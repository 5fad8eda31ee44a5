//! `workbook dissect`: bytes from the wire, explained field by field.

mod digits;
mod dump;
mod flow;
mod input;
mod json;
mod packet;
mod packets;
mod shown;

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use anyhow::Result;

use crate::help;
use crate::outcome::Outcome;
use crate::terminal::in_colour;
use crate::wire::{Conversation, Kind, Piece, Side, count};
use input::Form;

/// Explains bytes from the wire, field by field.
///
/// WebSocket handshakes and frames are held against the rules: what is illegal is named with its
/// clause, and with the close code or status that it earns.
///
/// The bytes may be hex in any of the usual forms (`81 85 37 fa`, `818537fa`, `0x81, 0x85`,
/// `\x81\x85`), a list as Rust prints it, or a dump by xxd, hexdump -C, tcpdump -X or Wireshark.
/// A handshake may be pasted as text; frames in hex may follow its empty line. So may a packet of
/// Engine.IO and Socket.IO (`42["hi",1]`). It needs no workbook around.
#[derive(clap::Args)]
#[command(after_long_help = help::after(
    "something is illegal, or cut short",
    &[
        ("cargo workbook dissect 81 85 37 fa 21 3d 7f 9f 4d 51 58", "The masked \"Hello\" of RFC 6455 §5.7."),
        ("cargo workbook dissect --from client 81 05 48 65 6c 6c 6f", "The same without a mask: right from a server, wrong from a client."),
        ("xxd capture.bin | cargo workbook dissect", "A dump, from another program."),
        ("cargo workbook dissect --raw --file capture.bin", "The bytes of a file, such as a proxy kept."),
        ("cargo workbook dissect '420[\"hi\",1]'", "A packet of Socket.IO."),
        ("cargo workbook dissect --base64 gQVIZWxsbw== --json", "For a program: one JSON line a frame."),
    ],
))]
pub struct Args {
    /// The bytes, in words as you like; without any they are read from standard input.
    #[arg(value_name = "BYTES", conflicts_with_all = ["file", "raw"])]
    bytes: Vec<String>,
    /// Reads them from a file.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    file: Option<PathBuf>,
    /// They are base64.
    #[arg(long, conflicts_with = "raw")]
    base64: bool,
    /// They are the bytes themselves.
    #[arg(long)]
    raw: bool,
    /// They are packets of Engine.IO, as text: a message, or the body of a request.
    #[arg(long, conflicts_with_all = ["raw", "base64"])]
    packet: bool,
    /// Who sends them; if not said, a handshake or the mask tells.
    #[arg(long, value_name = "SIDE")]
    from: Option<Side>,
    /// Prints one JSON object a line: every head and frame, then the verdict.
    #[arg(long)]
    json: bool,
}

/// More heads and frames than this are counted, not shown; JSON has them all.
const MOST_SHOWN: u64 = 1000;

/// How it went, in numbers.
#[derive(Default, serde::Serialize)]
struct Tally {
    heads: u64,
    frames: u64,
    bytes: u64,
    faults: u64,
    #[serde(skip)]
    cut_short: bool,
    unfinished_messages: usize,
}

/// Runs the command.
pub fn run(args: Args) -> Result<Outcome> {
    let form = match (args.base64, args.raw, args.packet) {
        (true, ..) => Form::Base64,
        (_, true, _) => Form::Raw,
        (.., true) => Form::Packets,
        _ => Form::Any,
    };
    let (bytes, form) = input::read(&args.bytes, args.file.as_deref(), form)?;
    let text = std::str::from_utf8(&bytes).ok();
    let pieces = match text.filter(|_| form == Form::Packets) {
        Some(text) => Conversation::of_packets(text, args.from),
        None => Conversation::new(&bytes, args.from),
    };
    let mut out = BufWriter::new(io::stdout().lock());
    match print(&mut out, pieces, &args).and_then(|outcome| out.flush().map(|()| outcome)) {
        // Whoever reads has seen enough: `| head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Outcome::Done),
        done => Ok(done?),
    }
}

fn print(out: &mut impl Write, mut pieces: Conversation, args: &Args) -> io::Result<Outcome> {
    let in_colour = in_colour();
    let mut tally = Tally::default();
    for piece in pieces.by_ref() {
        tally.add(&piece);
        match args.json {
            true => json::piece(out, &piece)?,
            false if tally.pieces() <= MOST_SHOWN => shown::piece(out, &piece, in_colour)?,
            false => {}
        }
    }
    tally.unfinished_messages = pieces.unfinished();
    match args.json {
        true => json::tally(out, &tally)?,
        false => shown::tally(out, &tally, in_colour)?,
    }
    Ok(match tally.is_good() {
        true => Outcome::Done,
        false => Outcome::Refused,
    })
}

impl Tally {
    fn pieces(&self) -> u64 {
        self.heads + self.frames
    }

    fn is_good(&self) -> bool {
        self.faults == 0 && !self.cut_short
    }

    fn add(&mut self, piece: &Piece) {
        match piece.kind {
            Kind::Request | Kind::Response => self.heads += 1,
            Kind::Frame => self.frames += 1,
            Kind::Content => {}
        }
        self.bytes += piece.bytes.len() as u64;
        self.faults += piece.faults().count() as u64;
        self.cut_short |= piece.missing.is_some();
    }

    /// `1 head, 2 frames, 218 bytes: legal and whole`.
    fn says(&self) -> String {
        let mut verdicts = Vec::new();
        if self.faults > 0 {
            verdicts.push(count(self.faults, "fault"));
        }
        if self.cut_short {
            verdicts.push("cut short".to_owned());
        }
        if verdicts.is_empty() {
            verdicts.push("legal and whole".to_owned());
        }
        match self.unfinished_messages as u64 {
            0 => {}
            n => verdicts.push(format!("{} not finished", count(n, "message"))),
        }
        let parts = [
            (self.heads, "head"),
            (self.frames, "frame"),
            (self.bytes, "byte"),
        ];
        let parts = parts.iter().filter(|(n, _)| *n > 0);
        let parts: Vec<_> = parts.map(|(n, noun)| count(*n, noun)).collect();
        let not_shown = match self.pieces().saturating_sub(MOST_SHOWN) {
            0 => String::new(),
            n => format!(" ({n} not shown)"),
        };
        format!("{}: {}{not_shown}", parts.join(", "), verdicts.join(", "))
    }
}
