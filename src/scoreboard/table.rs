//! The board in a terminal.

use std::fmt::Write as _;

use super::Board;
use super::probe::Probe;
use super::probes::GROUPS;
use super::verdict::Verdict;
use crate::terminal;

fn paint(text: &str, verdict: Verdict) -> String {
    let style = match verdict {
        Verdict::Asked | Verdict::Open => return text.to_owned(),
        Verdict::Should => terminal::WARN,
        Verdict::Must => terminal::BAD,
    };
    format!("{style}{text}{style:#}")
}

/// The board; of a single cell also what crossed the wire.
pub fn shown(board: &Board) -> String {
    match (&board.cells[..], &board.probes[..]) {
        ([cell], [probe]) => format!(
            "{}\n\n{} {} answers {}: {} ({})\n",
            cell.transcript,
            cell.server,
            cell.version,
            marked(probe, &cell.word),
            cell.verdict.says(),
            cell.clause
        ),
        _ => table(board),
    }
}

/// The answer with its mark, in colour.
fn marked(probe: &Probe, word: &str) -> String {
    let verdict = probe.judge(word);
    paint(&format!("{} {word}", verdict.mark()), verdict)
}

/// All cells: a row for each probe, a column for each server.
fn table(board: &Board) -> String {
    let columns: Vec<usize> = board
        .servers
        .iter()
        .map(|server| {
            let cells = board.cells.iter().filter(|cell| cell.server == server.name);
            let words = cells.map(|cell| cell.word.chars().count() + 2);
            words.chain([server.name.len()]).max().unwrap_or_default()
        })
        .collect();
    let first = board.probes.iter().map(|probe| probe.id.len()).max();
    let first = first.unwrap_or_default();

    let mut out = String::new();
    for group in &GROUPS {
        let mut rows = group
            .probes
            .iter()
            .filter(|probe| board.probes.iter().any(|p| p.id == probe.id))
            .peekable();
        if rows.peek().is_none() {
            continue;
        }
        let bold = terminal::BOLD;
        let _ = write!(out, "{bold}{:first$}{bold:#}", group.id);
        for (server, width) in board.servers.iter().zip(&columns) {
            let _ = write!(out, "  {:width$}", server.name);
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
        for probe in rows {
            let _ = write!(out, "{:first$}", probe.id);
            for (server, width) in board.servers.iter().zip(&columns) {
                let word = board.word(probe.id, &server.name);
                let pad = width.saturating_sub(word.chars().count() + 2);
                let _ = write!(out, "  {}{:pad$}", marked(probe, word), "");
            }
            out.truncate(out.trim_end().len());
            out.push('\n');
        }
        out.push('\n');
    }
    let legend = Verdict::ALL.map(|v| paint(&format!("{} {}", v.mark(), v.says()), v));
    out + &legend.join(" · ") + "\n"
}

/// What differs from the record, a line each, and how to see it again.
pub fn differences(board: &Board) -> String {
    let cells = board.cells.iter().filter(|cell| !cell.is_as_recorded());
    cells
        .map(|cell| {
            let recorded = cell.recorded.as_deref().unwrap_or("nothing");
            format!(
                "{server} to {probe}: {}, on record {recorded}\n  cargo workbook scoreboard {server} --probe {probe}\n",
                cell.word,
                server = cell.server,
                probe = cell.probe
            )
        })
        .collect()
}
