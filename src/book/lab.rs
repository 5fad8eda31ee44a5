//! A live lab: what a page says of it, and the panel that it becomes. The
//! served book makes the panel live; elsewhere it holds what was recorded.

use serde::Deserialize;

use super::fences::{Fence, Piece, pieces};
use super::html::{escape, inline};
use crate::house::Exercise;

/// What a `lab` fence says, in TOML.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lab {
    /// The program's arguments; `ORIGIN` stands for the page's own.
    #[serde(default)]
    pub args: Vec<String>,
    /// What the page asks for.
    #[serde(default = "root")]
    path: String,
    /// The subprotocols that it offers.
    #[serde(default)]
    protocols: Vec<String>,
    /// What stands in the field for a message at first.
    message: String,
    /// What to try, as markdown, each with what to look at.
    tries: Vec<String>,
    /// The snapshot that stands for it where nothing runs.
    pub recorded: String,
}

fn root() -> String {
    "/".to_owned()
}

impl Lab {
    /// What a fence says, or what is wrong with that.
    pub fn read(fence: &Fence<'_>) -> Result<Lab, String> {
        toml::from_str(&fence.body.join("\n")).map_err(|error| {
            let message = error.message();
            format!("a `lab` fence is TOML: {message}")
        })
    }

    /// The lab of a page, if it has one.
    pub fn of_page(markdown: &str) -> Option<Lab> {
        pieces(markdown).iter().find_map(|piece| match piece {
            Piece::Fence(fence) if fence.language() == "lab" => Lab::read(fence).ok(),
            _ => None,
        })
    }

    /// The panel, as one line of HTML, around the figure of what was recorded.
    pub fn html(&self, exercise: &Exercise, figure: &str) -> String {
        let tries = self
            .tries
            .iter()
            .map(|text| format!("<li>{}</li>", inline(text)));
        format!(
            "<section class=\"sp-lab\" aria-label=\"Live lab\" data-lab=\"{id}\" data-path=\"{path}\" \
             data-protocols=\"{protocols}\" data-message=\"{message}\">\
             <div class=\"sp-lab-bar\"><b>Live lab</b> <span class=\"sp-lab-how\">recorded here; live in the book \
             that <code>cargo workbook serve</code> serves</span></div>\
             <div class=\"sp-lab-tries\"><p>This page opens a <code>WebSocket</code> to your own program. \
             Beside what the browser tells a script stands what crosses the wire. Try:</p><ul>{tries}</ul></div>\
             <div class=\"sp-lab-recorded\">{figure}</div></section>",
            id = escape(&exercise.id),
            path = escape(&self.path),
            protocols = escape(&self.protocols.join(", ")),
            message = escape(&self.message),
            tries = tries.collect::<String>(),
        )
    }
}
