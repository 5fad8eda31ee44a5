//! Where the records go: the terminal and a file. A thread of its own, so that
//! a terminal that stands still stops the talk and nothing else.

use std::fs::File;
use std::io::{self, BufWriter, StdoutLock, Write};

use anstyle::{AnsiColor, Style};
use anyhow::{Context, Result};
use tokio::sync::mpsc::Receiver;
use tokio::sync::mpsc::error::TryRecvError;

use super::record::{Line, Record};
use super::talk::Side;
use crate::terminal::{DIM, WARN, in_colour};

/// Writes until nobody sends any more, or nobody reads; `times`: with the
/// seconds in front of each line.
pub fn print(mut records: Receiver<Record>, times: bool, file: Option<File>) -> Result<()> {
    let colour = in_colour();
    let mut terminal = BufWriter::new(io::stdout().lock());
    let mut file = file.map(BufWriter::new);
    let mut next = records.blocking_recv();
    while let Some(record) = next {
        if let Some(file) = &mut file {
            lines(file, &record, times, false).context("the file of --out can't be written")?;
        }
        let said = match &record.json {
            Some(json) => writeln!(terminal, "{json}"),
            None => lines(&mut terminal, &record, times, colour),
        };
        if !is_read(said)? {
            return Ok(());
        }
        next = match records.try_recv() {
            Ok(record) => Some(record),
            Err(TryRecvError::Disconnected) => None,
            // No line stays behind while nothing happens.
            Err(TryRecvError::Empty) => {
                if !flush(&mut terminal, &mut file)? {
                    return Ok(());
                }
                records.blocking_recv()
            }
        };
    }
    flush(&mut terminal, &mut file)?;
    Ok(())
}

fn flush(terminal: &mut BufWriter<StdoutLock>, file: &mut Option<BufWriter<File>>) -> Result<bool> {
    if let Some(file) = file {
        file.flush().context("the file of --out can't be written")?;
    }
    is_read(terminal.flush())
}

/// Whether somebody still reads: `| head` has its lines and leaves.
fn is_read(written: io::Result<()>) -> Result<bool> {
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error).context("stdout can't be written"),
    }
}

fn lines(out: &mut impl Write, record: &Record, times: bool, colour: bool) -> io::Result<()> {
    let plain = Style::new();
    for line in &record.lines {
        let [side, aside] = match colour {
            true => [side_style(line), DIM],
            false => [plain; 2],
        };
        if times {
            write!(out, "{aside}{:>9.3}{aside:#} ", record.at)?;
        }
        if line.label.is_empty() {
            writeln!(out, "{side}# {}{side:#}", line.remark)?;
            continue;
        }
        write!(out, "{side}{}{side:#} {}", line.label, line.text)?;
        if !line.remark.is_empty() {
            write!(out, "  {aside}# {}{aside:#}", line.remark)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The colours that client and server have in the book.
fn side_style(line: &Line) -> Style {
    match line.side {
        Some(Side::Client) => AnsiColor::Blue.on_default().bold(),
        Some(Side::Server) => AnsiColor::Green.on_default().bold(),
        None => WARN,
    }
}
