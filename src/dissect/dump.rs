//! Dumps: lines of an offset, bytes in hex, and perhaps the same as text.

use super::digits::{Wrong, hex};
use super::packet;

/// More bytes than a dump may stand for, where `*` repeats a line.
const MOST: usize = 16 << 20;
/// The most bytes that a line has.
const IN_LINE: usize = 16;

/// A line of a dump, in places of the text.
struct Line<'a> {
    at: usize,
    offset: usize,
    /// What follows the offset, and where.
    rest: &'a str,
    rest_at: usize,
    /// Whether plain hexdump wrote it, which swaps bytes.
    swapped: bool,
}

/// The bytes of a dump; `None` if this is none.
pub fn parse(text: &str) -> Option<Result<Vec<u8>, Wrong>> {
    let (at, first) = lines(text).find(|(_, line)| !is_packet(line))?;
    let line = line(at, first)?;
    let marked = text[..line.rest_at].ends_with(':');
    (marked || line.offset == 0).then(|| read(text))
}

/// The lines that are not blank, each with its place.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let here = at;
        at += line.len();
        let line = line.trim_end();
        (!line.is_empty()).then_some((here, line))
    })
}

/// What tcpdump says before a packet: who sends it to whom.
fn is_packet(line: &str) -> bool {
    line.contains(" > ") && line.contains(": Flags [")
}

/// `00000010:`, `0x0010:`, or at least four digits and two blanks.
fn line(at: usize, line: &str) -> Option<Line<'_>> {
    let indent = line.len() - line.trim_start().len();
    let word = line[indent..].split([' ', '\t']).next()?;
    let rest = &line[indent + word.len()..];
    let marked = word.ends_with(':');
    let digits = word.trim_end_matches(':');
    let digits = digits.strip_prefix("0x").unwrap_or(digits);
    // The last line of `hexdump` is an offset alone; `od` writes seven digits.
    let of_od = word.len() == 7 && !marked;
    let spaced = rest.is_empty() || rest.starts_with("  ") || of_od;
    if digits.len() < 4 || !(spaced || marked) {
        return None;
    }
    let first = rest.split_whitespace().next();
    Some(Line {
        at,
        offset: usize::from_str_radix(digits, 16).ok()?,
        rest,
        rest_at: at + indent + word.len(),
        swapped: of_od && first.is_some_and(|group| group.len() == 4),
    })
}

fn read(text: &str) -> Result<Vec<u8>, Wrong> {
    // Offsets count from where a packet begins.
    let mut packets: Vec<Vec<u8>> = Vec::new();
    let mut first_offset = 0;
    let mut last_row = 0;
    let mut repeats = false;
    for (at, text) in lines(text) {
        if text.trim() == "*" {
            repeats = true;
            continue;
        }
        if is_packet(text) {
            continue;
        }
        let Some(line) = line(at, text) else {
            return Err(Wrong::new(at, "a line without an offset, in a dump"));
        };
        if line.swapped {
            let says = "hexdump without -C swaps bytes: dump it again with hexdump -C";
            return Err(Wrong::new(at, says));
        }
        if packets.is_empty() || (line.offset == 0 && !line.rest.is_empty()) {
            packets.push(Vec::new());
            first_offset = line.offset;
        }
        let Some(packet) = packets.last_mut() else {
            continue;
        };
        // `hexdump` and `xxd -a` write `*` for lines like the one before.
        while repeats && last_row > 0 && first_offset + packet.len() < line.offset {
            if packet.len() > MOST {
                return Err(Wrong::new(at, "more than 16 MiB"));
            }
            packet.extend_from_within(packet.len() - last_row..);
        }
        repeats = false;
        let due = first_offset + packet.len();
        // `od` counts in octal.
        if line.offset != due && format!("{:x}", line.offset) != format!("{due:o}") {
            let says = format!(
                "offset {:x} where {due:x} is due: a line is missing",
                line.offset
            );
            return Err(Wrong::new(line.at, says));
        }
        let before = packet.len();
        row(&line, packet)?;
        last_row = packet.len() - before;
    }
    let carried = packets.iter().map(|packet| packet::payload(packet));
    Ok(carried.collect::<Vec<_>>().concat())
}

/// The bytes of a line, up to the column of text.
fn row(line: &Line, bytes: &mut Vec<u8>) -> Result<(), Wrong> {
    let start = bytes.len();
    // hexdump -C sets its text off.
    let rest = line.rest.split("  |").next().unwrap_or_default();
    let mut end = 0;
    for word in rest.split([' ', '\t']).filter(|word| !word.is_empty()) {
        let at = end + rest[end..].find(word).unwrap_or_default();
        let (gap, had) = (at - end, bytes.len() - start);
        end = at + word.len();
        let is_hex = word.len().is_multiple_of(2) && word.bytes().all(|b| b.is_ascii_hexdigit());
        // The text has a character a byte; its last blanks may be lost.
        let is_text = !is_hex || had >= IN_LINE || rest[at..].chars().count() == had;
        if gap > 1 && had > 0 && is_text {
            break;
        }
        hex(line.rest_at + at, word, bytes)?;
    }
    Ok(())
}
