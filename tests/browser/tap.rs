//! `workbook tap` between a real browser and a real server.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use crate::Tools;
use crate::cdp::Page;
use crate::programs::{Server, assert_conversation, solution, ws};
use crate::tapped::Tap;

/// Serves an empty page at an address of its own; returns that.
fn elsewhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n";
            let _ = write!(
                stream,
                "{head}Content-Length: 0\r\nConnection: close\r\n\r\n"
            );
        }
    });
    format!("http://127.0.0.1:{port}/")
}

/// Says hi, and closes once that comes back; how it ended.
const TALK: &str = "new Promise((done) => {
    const socket = new WebSocket('ws://ADDRESS/chat');
    socket.onmessage = ({data}) => data === 'hi' ? socket.close(1000, 'bye') : socket.send('hi');
    socket.onclose = ({code, wasClean}) => done(`${code} ${wasClean}`);
})";

#[test]
#[ignore = "needs Chromium and Node: .ci/run runs them"]
fn a_browser_talks_through_the_tap() {
    let Some(tools) = Tools::find() else {
        return;
    };
    let server = Server::start(&mut ws("echo.js"));
    let mut page = Page::open(&tools.chromium);
    page.visit(&elsewhere());
    let mut talk = |args: &[&str]| {
        let tap = Tap::before(server.port, args);
        let ended = page.eval(&TALK.replace("ADDRESS", &tap.address));
        let lines = tap.until(|line| line.ends_with("closed") || line.starts_with('#'));
        (ended, lines)
    };
    let (ended, lines) = talk(&[]);
    assert_eq!(ended, "1000 true");
    let lines: Vec<_> = lines
        .iter()
        .map(|line| match line.split_once("Origin: ") {
            Some((before, _)) => format!("{before}Origin: (of the page)"),
            None => line.clone(),
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));

    for args in [&["--cut-after", "2"][..], &["--strip-upgrade"]] {
        let (ended, _) = talk(args);
        assert_eq!(ended, "1006 false", "{args:?}");
    }
}

/// Silent until a ping has come, of which no script is told.
const SILENT: &str = "socket = new WebSocket('ws://ADDRESS/'); 0";

/// Then it asks, and closes once that comes back; how it ended.
const ASK: &str = "new Promise((done) => {
    socket.onmessage = () => socket.close(4321, 'bye');
    socket.onclose = ({code, wasClean}) => done(`${code} ${wasClean}`);
    socket.send('anybody there?');
})";

/// The same conversation as with clients of other kinds, and where the page is
/// from.
#[test]
#[ignore = "needs Chromium: .ci/run runs it"]
fn a_browser_talks_to_chapter_04() {
    let Some(tools) = Tools::find() else {
        return;
    };
    let server = Server::start(solution("lifecycle").args(["--ping-every", "300ms"]));
    let mut page = Page::open(&tools.chromium);
    let home = elsewhere();
    page.visit(&home);
    let tap = Tap::before(server.port, &[]);
    page.eval(&SILENT.replace("ADDRESS", &tap.address));
    let mut lines = tap.until(|line| line == "C→S pong masked");
    assert_eq!(page.eval(ASK), "4321 true");
    lines.extend(tap.until(|line| line.ends_with("closed")));
    let (origin, lines): (Vec<_>, Vec<_>) = lines
        .into_iter()
        .partition(|line| line.contains("Origin: "));
    assert_eq!(
        origin,
        [format!("C→S   Origin: {}", home.trim_end_matches('/'))]
    );
    assert_conversation("at-04", &lines);
}
