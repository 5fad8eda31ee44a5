//! A conversation for programs: JSON, an object a line.

use std::io::{self, Write};

use serde::Serialize;

use super::Tally;
use crate::wire::{Earns, Fault, Field, Kind, Piece, Side};

#[derive(Serialize)]
struct PieceLine<'a> {
    v: u32,
    kind: &'static str,
    from: &'static str,
    at: usize,
    length: usize,
    summary: &'a str,
    note: Option<&'a str>,
    missing: Option<&'a str>,
    fields: Vec<FieldObject<'a>>,
    /// Those that no field can be blamed for.
    faults: Vec<FaultObject<'a>>,
}

#[derive(Serialize)]
struct FieldObject<'a> {
    field: &'static str,
    name: &'a str,
    /// Bytes of the whole input.
    at: usize,
    length: usize,
    /// Its bits, where other fields share its first byte.
    bits: Option<String>,
    value: &'a str,
    says: &'a str,
    clause: &'static str,
    faults: Vec<FaultObject<'a>>,
}

#[derive(Serialize)]
struct FaultObject<'a> {
    says: &'a str,
    clause: &'static str,
    close: Option<u16>,
    status: Option<u16>,
}

#[derive(Serialize)]
struct Verdict<'a> {
    v: u32,
    kind: &'static str,
    legal: bool,
    whole: bool,
    #[serde(flatten)]
    tally: &'a Tally,
}

/// A head, its content or a frame.
pub fn piece(out: &mut impl Write, piece: &Piece) -> io::Result<()> {
    let line = PieceLine {
        v: 1,
        kind: match piece.kind {
            Kind::Request => "request",
            Kind::Response => "response",
            Kind::Content => "content",
            Kind::Frame => "frame",
        },
        from: match piece.from {
            Side::Client => "client",
            Side::Server => "server",
        },
        at: piece.at,
        length: piece.bytes.len(),
        summary: &piece.summary,
        note: piece.note.as_deref(),
        missing: piece.missing.as_deref(),
        fields: piece.fields.iter().map(|f| field(f, piece)).collect(),
        faults: faults(&piece.absent),
    };
    print(out, &line)
}

/// The end.
pub fn tally(out: &mut impl Write, tally: &Tally) -> io::Result<()> {
    let line = Verdict {
        v: 1,
        kind: "verdict",
        legal: tally.faults == 0,
        whole: !tally.cut_short,
        tally,
    };
    print(out, &line)
}

fn print(out: &mut impl Write, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

fn field<'a>(field: &'a Field, piece: &Piece) -> FieldObject<'a> {
    let bytes = field.bytes();
    FieldObject {
        field: field.key,
        name: &field.name,
        at: piece.at + bytes.start,
        length: bytes.len(),
        bits: field.drawn(piece.bytes),
        value: &field.value,
        says: &field.says,
        clause: field.clause,
        faults: faults(&field.faults),
    }
}

fn faults(faults: &[Fault]) -> Vec<FaultObject<'_>> {
    let object = |fault: &Fault| match fault.earns {
        Earns::Close(code) => (Some(code), None),
        Earns::Status(code) => (None, Some(code)),
        Earns::Failure | Earns::Nothing => (None, None),
    };
    faults
        .iter()
        .map(|fault| {
            let (close, status) = object(fault);
            FaultObject {
                says: &fault.says,
                clause: fault.clause,
                close,
                status,
            }
        })
        .collect()
}
