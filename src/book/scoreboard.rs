//! The scoreboard: what was measured, as tables. Nothing of them is typed.

use std::fmt::Write as _;

use anyhow::{Result, bail};

use super::bytes::cite;
use super::html::{escape, inline, unindexed};
use crate::house::House;
use crate::scoreboard::{self, Group, Probe, Record, Server, Verdict};

/// What a fence can ask for besides a group of probes.
const SERVERS: &str = "servers";
const VERDICTS: &str = "verdicts";

/// The servers and what they answered.
pub struct Board {
    servers: Vec<Server>,
    record: Record,
}

impl Board {
    /// Reads both; an error if they don't fit.
    pub fn read(house: &House) -> Result<Board> {
        let servers = scoreboard::servers(house)?;
        let record = Record::read(house)?;
        let stale = record.stale(house, &servers)?;
        if !stale.is_empty() {
            bail!(
                "{}: {}; `cargo workbook scoreboard --record` measures anew",
                scoreboard::RECORD,
                stale.join("; ")
            );
        }
        Ok(Board { servers, record })
    }

    /// The part that a fence names, as one line of HTML; `None` if there is no
    /// such part.
    pub fn html(&self, part: &str) -> Option<String> {
        match part {
            SERVERS => Some(self.versions()),
            VERDICTS => Some(legend()),
            group => {
                let mut groups = scoreboard::GROUPS.iter();
                groups.find(|g| g.id == group).map(|g| self.group(g))
            }
        }
    }

    /// What a fence may name.
    pub fn parts() -> String {
        let groups = scoreboard::GROUPS.iter().map(|group| group.id);
        let parts: Vec<_> = groups.chain([SERVERS, VERDICTS]).collect();
        parts.join(", ")
    }

    fn versions(&self) -> String {
        let mut rows = String::new();
        for server in &self.servers {
            let measured = self.record.servers.get(&server.name);
            let version = measured.map_or("", |m| &m.version);
            let on = measured.and_then(|m| m.on.as_deref());
            let language = match on {
                Some(on) => escape(on),
                None => escape(&server.language),
            };
            let _ = write!(
                rows,
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{language}</td><td>{}</td><td><code>{}</code></td></tr>",
                name(&server.name),
                escape(version),
                inline(&server.about),
                // A path may break.
                escape(&server.source).replace('/', "/<wbr>"),
            );
        }
        region(
            "the servers",
            &format!(
                "<table class=\"sp-servers\"><thead><tr><th scope=\"col\">server</th><th scope=\"col\">version</th>\
                 <th scope=\"col\">on</th><th scope=\"col\">made with</th><th scope=\"col\">program</th></tr></thead>\
                 <tbody>{rows}</tbody></table>"
            ),
        )
    }

    fn group(&self, group: &Group) -> String {
        let mut heads = String::new();
        for server in &self.servers {
            let _ = write!(heads, "<th scope=\"col\">{}</th>", name(&server.name));
        }
        let rows: String = group.probes.iter().map(|probe| self.row(probe)).collect();
        region(
            group.id,
            &format!(
                "<table class=\"sp-board\"><thead><tr><th scope=\"col\">sent</th>{heads}</tr></thead>\
                 <tbody>{rows}</tbody></table>"
            ),
        )
    }

    fn row(&self, probe: &Probe) -> String {
        let mut cells = String::new();
        for server in &self.servers {
            let word = self.record.word(probe.id, &server.name).unwrap_or_default();
            let verdict = probe.judge(word);
            let _ = write!(
                cells,
                "<td data-verdict=\"{}\">{}&nbsp;{}</td>",
                verdict.name(),
                mark(verdict),
                escape(word)
            );
        }
        format!(
            "<tr id=\"probe-{id}\"><th scope=\"row\">{}<br><a href=\"#probe-{id}\"><code>{id}</code></a>{}</th>{}</tr>",
            inline(probe.sends),
            cite(probe.clause),
            unindexed(&cells),
            id = escape(probe.id),
        )
    }
}

/// A table that scrolls by itself, also by keyboard.
fn region(label: &str, table: &str) -> String {
    format!(
        "<div class=\"sp-scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">{table}</div>",
        escape(label)
    )
}

/// The mark; said aloud, it is what it means.
fn mark(verdict: Verdict) -> String {
    format!(
        "<span class=\"sp-mark\" role=\"img\" aria-label=\"{}\">{}</span>",
        verdict.says(),
        verdict.mark()
    )
}

fn legend() -> String {
    let entries = Verdict::ALL.map(|verdict| {
        format!(
            "<li data-verdict=\"{}\"><span class=\"sp-mark\" aria-hidden=\"true\">{}</span> {}</li>",
            verdict.name(),
            verdict.mark(),
            verdict.says()
        )
    });
    format!("<ul class=\"sp-verdicts\">{}</ul>", entries.concat())
}

/// A name that may break at its hyphens, and inside its longest part.
fn name(name: &str) -> String {
    let parts = escape(name).replace('-', "-<wbr>");
    parts.replace("fastweb", "fast<wbr>web")
}
