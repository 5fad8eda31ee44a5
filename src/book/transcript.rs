//! A transcript as a figure: two voices on one wire, each entry a line that
//! opens into its bytes. HTML and CSS only.

use super::html::{escape, list, unindexed};
use super::names::mark_names;
use super::opened::Opener;
use super::recording::{Entry, Kind, Name, Recording, Side};
use crate::house::{Exercise, Oracle};

/// The whole figure, as a `transcript` fence shows it.
pub struct Figure<'a> {
    /// What was recorded.
    pub recording: &'a Recording,
    /// The exercise it belongs to.
    pub exercise: &'a Exercise,
    /// The proof's path: `step_2_answer::upgrades`.
    pub proof: &'a str,
    /// The page's first showing of this proof gets an id.
    pub id: Option<&'a str>,
    /// The entry, from 1, that stands open.
    pub open: Option<usize>,
    /// All oracles; those that give this transcript are named.
    pub oracles: &'a [Oracle],
}

impl Figure<'_> {
    /// The figure as one line of HTML.
    pub fn html(&self) -> String {
        let id = self.id.map_or(String::new(), |id| format!(" id=\"{id}\""));
        let name = self.proof.rsplit("::").next().unwrap_or_default();
        let also: Vec<String> = self
            .oracles
            .iter()
            .filter(|oracle| oracle.gives(self.exercise, self.proof))
            .map(|oracle| escape(&format!("{} {}", oracle.name, oracle.version)))
            .collect();
        let also = match also.is_empty() {
            true => String::new(),
            false => format!(" · also given by {}", list(&also)),
        };
        let mut opener = Opener::new(&self.recording.names);
        format!(
            "<figure class=\"sp-wire\"{id} data-proof=\"{}\">\
             <figcaption><b>{}</b><span>recorded by <code>cargo test</code>{also}</span></figcaption>\
             {}</figure>",
            escape(self.proof),
            humanised(name),
            wire(
                self.recording,
                self.id,
                |entry| opener.open(entry),
                self.open
            )
        )
    }
}

/// The figure without bytes and caption, as the table of proofs shows it; all
/// of it stands on a page of its own.
pub fn small(recording: &Recording, page: &str) -> String {
    format!(
        "<figure class=\"sp-wire sp-small\">{}</figure>\
         <p class=\"sp-replay\"><a href=\"{}\">Step through it, byte by byte</a></p>",
        wire(recording, None, |_| None, None),
        escape(page)
    )
}

/// `upgrades_whatever_the_case` as words.
pub fn humanised(name: &str) -> String {
    escape(&name.replace('_', " "))
}

/// The two ends and all entries; each has an id under the figure's, so that a
/// step can be linked to. `inside` gives what an entry opens into; the one
/// numbered `open` stands open.
fn wire<'a>(
    recording: &'a Recording,
    id: Option<&str>,
    mut inside: impl FnMut(&'a Entry) -> Option<String>,
    open: Option<usize>,
) -> String {
    // Where nobody but the shell speaks, its two sides are the two voices.
    let in_shell = recording
        .entries
        .iter()
        .all(|entry| entry.side() == Side::Neither);
    let ends = match in_shell {
        true => ("you", "program"),
        false => ("client", "server"),
    };
    let mut items = String::new();
    for (at, entry) in recording.entries.iter().enumerate() {
        let inside = inside(entry);
        let shown = Shown {
            id: id.map(|id| format!("{id}-{}", at + 1)),
            in_shell,
            open: open == Some(at + 1),
        };
        items.push_str(&item(entry, inside, &recording.names, &shown));
    }
    format!(
        "<div class=\"sp-ends\" aria-hidden=\"true\"><span>{}</span><span>{}</span></div>\
         <ol class=\"sp-events\">{items}</ol>",
        ends.0, ends.1
    )
}

/// How an entry is shown.
#[derive(Default)]
pub struct Shown {
    /// Its id, if it can be linked to.
    pub id: Option<String>,
    /// Whether nobody but the shell speaks.
    pub in_shell: bool,
    /// Whether it stands open.
    pub open: bool,
}

/// One entry as an item of the list; `inside` is what it opens into.
pub fn item(entry: &Entry, inside: Option<String>, names: &[Name], shown: &Shown) -> String {
    let side = match (entry.side(), entry.kind) {
        (Side::Client, _) => "sp-c",
        (Side::Server, _) => "sp-s",
        (Side::Neither, Kind::Command) if shown.in_shell => "sp-c",
        (Side::Neither, _) if shown.in_shell => "sp-s",
        (Side::Neither, _) => "sp-run",
    };
    let layer = layer(entry);
    let say = say(entry, layer, names);
    // From the next byte on, this connection speaks frames.
    let begins = |status: &str| entry.lines[0].starts_with(status);
    let switches = entry.kind == Kind::Response && (begins("101") || begins("HTTP/1.1 101 "));
    let switch = if switches { " data-switch" } else { "" };
    let arrow = match side {
        "sp-run" => "",
        _ => "<span class=\"sp-arrow\"></span>",
    };
    let id = shown.id.as_ref();
    let id = id.map_or(String::new(), |id| format!(" id=\"{id}\""));
    let Some(inside) = inside else {
        return format!(
            "<li class=\"{side}\"{id} data-layer=\"{layer}\"{switch}><div class=\"sp-row\">{say}{arrow}</div></li>"
        );
    };
    let (now, open) = if shown.open {
        (" sp-now", " open")
    } else {
        ("", "")
    };
    // Nobody looks for `8f`, and it is the bulk of a page.
    let inside = unindexed(&inside);
    let size = match entry.bytes.len() {
        1 => "1 byte".to_owned(),
        n => format!("{n} bytes"),
    };
    format!(
        "<li class=\"{side}{now}\"{id} data-layer=\"{layer}\"{switch}><details{open}><summary>{say}\
         <span class=\"sp-size\">{size}</span>{arrow}</summary>\
         <div class=\"sp-inside\">{inside}</div></details></li>"
    )
}

/// What speaks here.
fn layer(entry: &Entry) -> &'static str {
    match entry.kind {
        _ if entry.from.is_empty() => "shell",
        Kind::Request | Kind::Response | Kind::Packet => "http",
        Kind::Event => "event",
        Kind::Frame => "frame",
        Kind::Given => "message",
        _ => "tcp",
    }
}

fn say(entry: &Entry, layer: &str, names: &[Name]) -> String {
    let who = match entry.from.as_str() {
        "" => String::new(),
        from => format!("<span class=\"sp-who\">{}</span> ", escape(from)),
    };
    let text = mark_names(&entry.lines.join("\n"), names);
    format!("<span class=\"sp-say\"><span class=\"sp-layer\">{layer}</span>{who}{text}</span>")
}
