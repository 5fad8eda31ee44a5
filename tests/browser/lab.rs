//! Live labs: a page talks to the reader's own program, through a tap.

use std::io::{BufRead as _, BufReader, Write as _};

use super::live::Desk;
use super::{Book, SIZES, THEMES, TOO_WIDE, assert_none, pictures, reader, violations};
use crate::cdp::Page;
use crate::tapped::{BOUND, Tap};

/// What stands in the live transcript, line by line, as a tap prints it; what the browser told a
/// script stands behind a `|`.
const LINES: &str =
    "[...document.querySelectorAll('.sp-lab-wire .sp-events > li')].flatMap((item) => {
    const say = item.querySelector('.sp-say').cloneNode(true);
    say.querySelector('.sp-layer')?.remove();
    const who = say.querySelector('.sp-who')?.textContent;
    say.querySelector('.sp-who')?.remove();
    const lines = say.textContent.split('\\n');
    if (item.matches('.sp-api')) return lines.map((line) => `| ${line}`);
    lines[0] = lines[0].trimStart();
    return lines.map((line) => (who ? `${who} ${line}` : line));
})";
const SAID: &str = "document.querySelector('.sp-lab-bar [role=status]').textContent";

/// What a reader does in the test below, said by a script.
const TALK: &str = "new Promise((done) => {
    const socket = new WebSocket('ws://ADDRESS/chat', ['chat.v1']);
    socket.onopen = () => socket.send('hi');
    socket.onmessage = () => socket.close(1000, 'bye');
    socket.onclose = ({code, wasClean}) => done(`${code} ${wasClean}`);
})";

/// The lab of a page.
pub struct Lab<'a> {
    pub page: &'a mut Page,
}

impl Lab<'_> {
    fn start<'a>(page: &'a mut Page, book: &Book, chapter: &str) -> Lab<'a> {
        page.visit(&format!("{}{chapter}.html", book.home));
        page.until("document.querySelector('.sp-lab [name=switch]')");
        let mut lab = Lab { page };
        lab.begin();
        lab
    }

    pub fn begin(&mut self) {
        self.page.click(".sp-lab [name=switch]");
        self.says("runs");
    }

    fn stop(&mut self) {
        self.page.click(".sp-lab [name=switch]");
        self.says("stopped");
    }

    /// Waits until the bar says that.
    fn says(&mut self, what: &str) {
        let condition = format!("{SAID}.includes({what:?})");
        if !self.page.holds_late(&condition) {
            let said = self.page.eval(SAID);
            panic!("no {what:?}, but {said}; {}", self.lines().join("\n"));
        }
    }

    fn reference(&mut self) {
        self.page.click(".sp-lab [value=reference]");
        self.says("the reference runs");
    }

    fn press(&mut self, name: &str) {
        let enabled = format!("!document.querySelector('.sp-lab [name={name}]').disabled");
        self.page.until(&enabled);
        self.page.click(&format!(".sp-lab [name={name}]"));
    }

    fn fill(&mut self, name: &str, text: &str) {
        let field = format!("document.querySelector('.sp-lab [name={name}]')");
        self.page.eval(&format!("{field}.focus()"));
        self.page.fill(text);
    }

    fn network(&mut self, kind: &str, number: &str) {
        let select = "document.querySelector('.sp-lab [name=network]')";
        self.page.eval(&format!(
            "{select}.value = {kind:?}; {select}.dispatchEvent(new Event('change')); 0"
        ));
        if !number.is_empty() {
            self.fill("number", number);
        }
    }

    fn clear(&mut self) {
        self.press("clear");
    }

    fn lines(&mut self) -> Vec<String> {
        serde_json::from_value(self.page.eval(LINES)).unwrap()
    }

    /// What stands there once such a line does.
    fn until(&mut self, line: &str) -> Vec<String> {
        let held = self.page.holds(&has(line));
        self.found(held, line)
    }

    /// The same for what takes a compiler's time.
    fn until_late(&mut self, line: &str) -> Vec<String> {
        let held = self.page.holds_late(&has(line));
        self.found(held, line)
    }

    fn found(&mut self, held: bool, line: &str) -> Vec<String> {
        let lines = self.lines();
        let last = &lines[lines.len().saturating_sub(20)..];
        assert!(held, "no {line:?} in\n{}", last.join("\n"));
        lines
    }
}

/// Whether such a line stands there; looked at once a frame, so it has to be cheap.
fn has(line: &str) -> String {
    let (within, text) = match line.strip_prefix("| ") {
        Some(text) => (".sp-api", text),
        None => (".sp-lab-wire li", line),
    };
    let items = format!("[...document.querySelectorAll({within:?})]");
    format!("{items}.some(({{textContent}}) => textContent.includes({text:?}))")
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn a_page_talks_to_the_reference_as_through_a_tap() {
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
    let lines = lab.until("| close 1000");
    lab.until("S→C closed");
    let port = lab.page.eval(&format!("{SAID}.match(/port (\\d+)/)[1]"));

    // The same talk once more, in front of the same program, through the command.
    let tap = Tap::before(port.as_str().unwrap(), &[]);
    let talk = TALK.replace("ADDRESS", &tap.address);
    assert_eq!(lab.page.eval(&talk), "1000 true");
    let tapped = tap.until(|line| line == "S→C closed");
    let wire: Vec<_> = lines.iter().filter(|line| !line.starts_with('|')).collect();
    assert_eq!(wire, tapped.iter().collect::<Vec<_>>());

    let api: Vec<_> = lines.iter().filter(|line| line.starts_with('|')).collect();
    assert!(
        api[0].starts_with("| new WebSocket(\"ws://127.0.0.1:"),
        "{api:?}"
    );
    let rest = [
        "| open, protocol \"chat.v1\"",
        "| send(\"hi\")",
        "| message \"hi\"",
        "| close(1000, \"bye\")",
        "| close 1000 \"bye\", clean",
    ];
    assert_eq!(
        api[1..],
        rest.each_ref().map(|line| *line).iter().collect::<Vec<_>>()
    );
    let at = |text: &str| lines.iter().position(|line| line.contains(text)).unwrap();
    assert!(
        at("S→C text \"hi\"") < at("| message"),
        "what is heard has come"
    );
    assert!(at("| send") < at("C→S text"), "what is sent was said");

    let bytes =
        "[...document.querySelectorAll('.sp-lab-wire li:has(.sp-bytes) .sp-bytes')][0].textContent";
    let bytes = page.eval(bytes);
    assert!(bytes.as_str().unwrap().starts_with("8182"), "{bytes}");
    for (width, height) in SIZES {
        if width < 600 {
            page.click("#mdbook-sidebar-toggle");
        }
        page.resize(width, height);
        for theme in THEMES {
            page.prefer(theme);
            picture(&mut page, &format!("lab-{theme}-{width}"));
            assert_none(&violations(&mut page, "html", &tools));
            let wide: Vec<String> = serde_json::from_value(page.eval(TOO_WIDE)).unwrap();
            assert_none(&wide);
        }
    }
    assert_none(&page.complaints(&book.home));
}

fn picture(page: &mut Page, name: &str) {
    if let Some(folder) = pictures() {
        page.screenshot_of(".sp-lab", &folder.join(format!("{name}.png")));
    }
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn a_bad_network_shows_what_a_script_is_not_told() {
    let Some((book, mut page, _)) = reader() else {
        return;
    };
    let mut lab = Lab::start(&mut page, &book, "02-handshake");
    lab.reference();

    lab.network("cut-after", "2");
    lab.press("connect");
    lab.until("| open");
    lab.press("send");
    lab.until("# C: cut after 2 frames, without a close");
    lab.until("| close 1006, not clean");

    lab.clear();
    lab.network("freeze-after", "0");
    lab.press("connect");
    lab.until("| open");
    lab.press("send");
    let lines = lab.until("C2→S text \"hi\" masked  # not passed on");
    assert!(
        !lines.iter().any(|line| line.starts_with("| message")),
        "{lines:#?}"
    );

    lab.press("close");
    lab.stop();
    lab.clear();
    lab.begin();
    lab.network("strip-upgrade", "");
    lab.press("connect");
    lab.until("S→C 426");
    let lines = lab.until("| close 1006, not clean");
    assert!(
        lines.contains(&"C→S   Upgrade: websocket  # not passed on".to_owned()),
        "{lines:#?}"
    );

    lab.clear();
    lab.network("trickle", "1000");
    lab.press("connect");
    lab.until("# C2: 1000 bytes a second pass, each way");
    lab.until("| open");
    picture(lab.page, "lab-network");
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn a_flood_is_a_count() {
    let Some((book, mut page, _)) = reader() else {
        return;
    };
    let mut lab = Lab::start(&mut page, &book, "01-echo");
    lab.reference();
    lab.press("connect");
    lab.until("| open");
    // Two hundred a second are more than anybody reads.
    lab.fill("message", "stream");
    lab.press("send");
    lab.until("more, not shown: they come faster");
    lab.until("| … and ");
    let entries = "document.querySelectorAll('.sp-lab-wire .sp-events > li').length";
    lab.page.until_late(&format!("{entries} === 400"));
    lab.fill("message", "stop");
    lab.press("send");
    lab.until_late("S→C text \"stopped: 0 bytes came up\"");
    lab.until_late("| message \"stopped");

    // As fast as can be, and large: memory stays put.
    lab.fill("message", "flood");
    lab.press("send");
    lab.until_late("S→C binary (65536 bytes");
    picture(lab.page, "lab-flood");
    let size = book.memory();
    assert!(size < 400 << 20, "{size} bytes of memory");
    lab.stop();
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn whatever_a_program_does_is_said_and_got_over() {
    let Some(mut desk) = Desk::at("02-handshake") else {
        return;
    };
    let works = desk.solution();
    let changed = |from: &str, to: &str| {
        let text = works.replace(from, to);
        assert_ne!(text, works, "{from}");
        text
    };
    let (mut lab, files) = desk.lab();
    // As it comes: `todo!()`.
    lab.says("your program runs");
    lab.press("connect");
    lab.says("your program has panicked");
    let words = lab.page.text(".sp-lab-said");
    assert!(words.contains("not yet implemented"), "{words}");
    lab.until("| close 1006, not clean");

    // Saved, it is built anew, and the page comes back by itself.
    files.save(&works);
    lab.until_late("| open");
    lab.press("send");
    lab.until("| message \"hi\"");

    lab.clear();
    files.save("pub fn nothing(");
    lab.says("does not compile");
    let words = lab.page.text(".sp-lab-said");
    assert!(
        words.contains("unclosed delimiter") && !words.contains('\u{1b}'),
        "{words}"
    );
    picture(lab.page, "lab-error");

    let accept = "let (stream, peer) = listener.accept().await?;";
    files.save(&changed(accept, &format!("{accept} std::thread::park();")));
    lab.says("no answer for 3 s");
    files.save(&changed(
        accept,
        &format!("{accept} std::process::exit(7);"),
    ));
    lab.says("has ended (exit status: 7), and is started again");
    lab.says("has ended (exit status: 7); a save starts it again");
    lab.clear();
    files.save(&works);
    lab.until_late("| open");

    // It says nothing of where it listens.
    let (main, given) = files.main();
    let mute = given.replace("println!(\"listening", "let _ = format!(\"listening");
    assert_ne!(mute, given);
    std::fs::write(&main, mute).unwrap();
    lab.says("has not said where it listens");
    std::fs::write(&main, given).unwrap();
    lab.clear();
    lab.until_late("| open");

    // Who leaves takes the program along.
    if cfg!(target_os = "linux") {
        assert!(!files.running().is_empty());
    }
    let home = lab.page.eval("location.origin");
    lab.page
        .visit(&format!("{}/03-frames.html", home.as_str().unwrap()));
    files.nothing_runs();
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn the_tap_of_a_lab_is_for_its_page_only() {
    let Some((book, mut page, _)) = reader() else {
        return;
    };
    let mut lab = Lab::start(&mut page, &book, "02-handshake");
    lab.reference();
    lab.press("connect");
    let first = lab.until("| open").remove(0);
    let address = first
        .split("ws://")
        .nth(1)
        .unwrap()
        .split('/')
        .next()
        .unwrap();
    let port = address.rsplit(':').next().unwrap();
    let own = book.home.trim_end_matches('/');
    let status = |host: &str, origins: &[&str]| {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(BOUND)).unwrap();
        let origins = origins.iter().map(|origin| format!("Origin: {origin}\r\n"));
        let head = format!(
            "GET /chat HTTP/1.1\r\nHost: {host}\r\n{}Upgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            origins.collect::<String>()
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).unwrap();
        line.split(' ').nth(1).unwrap().to_owned()
    };
    assert_eq!(status(address, &[own]), "101");
    let here = format!("http://127.0.0.1:{port}");
    for origin in ["http://example.org", "null", "http://localhost", &here] {
        assert_eq!(status(address, &[origin]), "403", "{origin}");
    }
    assert_eq!(status(address, &[]), "403", "no page");
    assert_eq!(status(address, &[own, own]), "403", "two");
    for host in ["example.org", &format!("example.org:{port}")] {
        assert_eq!(status(host, &[own]), "403", "{host}");
    }
    lab.until("403 from the tap");
}
