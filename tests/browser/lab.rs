//! Live labs: a page talks to the reader's own program, through a tap.

use std::path::PathBuf;

use super::{Book, assert_none, reader, violations};
use crate::cdp::Page;

/// What stands in the live transcript, line by line, as a tap prints it; what the browser told a
/// script stands behind a `|`.
const LINES: &str = "[...document.querySelectorAll('.sp-lab-wire .sp-events > li')].flatMap((item) => {
    const say = item.querySelector('.sp-say').cloneNode(true);
    say.querySelector('.sp-layer')?.remove();
    const who = say.querySelector('.sp-who')?.textContent;
    say.querySelector('.sp-who')?.remove();
    const lines = say.textContent.split('\\n');
    if (item.matches('.sp-api')) return lines.map((line) => `| ${line}`);
    return lines.map((line) => (who ? `${who} ${line.replace(/^ /, '')}` : line));
})";
const SAID: &str = "document.querySelector('.sp-lab-bar [role=status]').textContent";

/// A lab, with the program that is named.
struct Lab<'a> {
    page: &'a mut Page,
}

impl Lab<'_> {
    fn start<'a>(page: &'a mut Page, book: &Book, chapter: &str) -> Lab<'a> {
        page.visit(&format!("{}{chapter}.html", book.home));
        page.until("document.querySelector('.sp-lab [name=switch]')");
        page.click(".sp-lab [name=switch]");
        let mut lab = Lab { page };
        lab.says("your program");
        lab
    }

    /// Waits until the bar says that.
    fn says(&mut self, what: &str) {
        self.page.until_late(&format!("{SAID}.includes({what:?})"));
    }

    fn reference(&mut self) {
        self.page.click(".sp-lab [value=reference]");
        self.says("the reference runs");
    }

    fn press(&mut self, name: &str) {
        self.page
            .until(&format!("!document.querySelector('.sp-lab [name={name}]').disabled"));
        self.page.click(&format!(".sp-lab [name={name}]"));
    }

    fn fill(&mut self, name: &str, text: &str) {
        self.page
            .eval(&format!("document.querySelector('.sp-lab [name={name}]').focus()"));
        self.page.fill(text);
    }

    fn lines(&mut self) -> Vec<String> {
        serde_json::from_value(self.page.eval(LINES)).unwrap()
    }

    /// What stands there once such a line does.
    fn until(&mut self, line: &str) -> Vec<String> {
        let condition = format!("{LINES}.some((line) => line.includes({line:?}))");
        if !self.page.holds(&condition) {
            panic!("no {line:?} in\n{}", self.lines().join("\n"));
        }
        self.lines()
    }
}

/// The lines of the wire alone.
fn wire(lines: &[String]) -> Vec<&String> {
    lines.iter().filter(|line| !line.starts_with('|')).collect()
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn a_page_talks_to_the_reference() {
    let Some((book, mut page, tools)) = reader() else {
        return;
    };
    let mut lab = Lab::start(&mut page, &book, "02-handshake");
    lab.reference();
    lab.press("connect");
    lab.until("| open");
    lab.press("send");
    lab.until("| message");
    lab.press("close");
    let lines = lab.until("| close");
    println!("{}", lines.join("\n"));
    if let Some(folder) = std::env::var_os("SCREENSHOTS").map(PathBuf::from) {
        for (width, theme) in [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")] {
            page.resize(width, 900);
            page.prefer(theme);
            page.screenshot_of(".sp-lab", &folder.join(format!("lab-{theme}-{width}.png")));
            assert_none(&violations(&mut page, "html", &tools));
        }
    }
    assert_none(&page.complaints(&book.home));
}
