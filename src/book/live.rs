//! What a tap records, as items of a transcript: the same lines and the same
//! bytes as in the book, one by one as they come.

use super::html::{escape, uncomment};
use super::opened::Opener;
use super::recording::{Entry, Kind};
use super::transcript::{Shown, item};
use crate::tap::{self, Record};

/// A conversation under way.
pub struct Live {
    opener: Opener<'static>,
}

impl Live {
    /// Nothing has been said yet.
    pub fn new() -> Live {
        Live {
            opener: Opener::new(&[]),
        }
    }

    /// What was recorded next, as HTML.
    pub fn item(&mut self, record: &Record) -> String {
        let entry = entry(record);
        if entry.from.is_empty() {
            return aside(&entry.lines.join("\n"));
        }
        let inside = self.opener.open(&entry);
        uncomment(&item(&entry, inside, &[], &Shown::default()))
    }
}

/// That so many records are not shown.
pub fn gap(skipped: u64) -> String {
    aside(&format!(
        "# {skipped} more, not shown: they come faster than anybody reads"
    ))
}

/// What the tap itself says, or we.
fn aside(text: &str) -> String {
    let text = escape(text);
    format!(
        "<li class=\"sp-run\"><div class=\"sp-row\"><span class=\"sp-say\">{text}</span></div></li>"
    )
}

fn entry(record: &Record) -> Entry {
    let from = record.lines.first().map_or("", |line| &line.label);
    let lines = record.lines.iter().map(|line| {
        // As the tap prints it.
        match (line.label.is_empty(), line.remark.as_str()) {
            (true, remark) => format!("# {remark}"),
            (false, "") => line.text.clone(),
            (false, remark) => format!("{}  # {remark}", line.text),
        }
    });
    let (kind, bytes) = match &record.crossed {
        None => (Kind::Note, Vec::new()),
        Some(crossed) => (kind(crossed.kind), crossed.bytes.clone()),
    };
    Entry {
        from: from.to_owned(),
        kind,
        lines: lines.collect(),
        bytes,
    }
}

fn kind(kind: tap::Kind) -> Kind {
    match kind {
        tap::Kind::Request => Kind::Request,
        tap::Kind::Response => Kind::Response,
        tap::Kind::Body => Kind::Packet,
        tap::Kind::Frame => Kind::Frame,
        tap::Kind::Line => Kind::Line,
        tap::Kind::Bytes => Kind::Bytes,
        tap::Kind::Closed => Kind::Note,
    }
}
