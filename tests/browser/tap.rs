//! `workbook tap` between a real browser and a real server.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};

use crate::Tools;
use crate::cdp::Page;
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
    let echo = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracles/ws/echo.js");
    let mut server = Command::new("node")
        .arg(echo)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut said = BufReader::new(server.stdout.take().unwrap());
    said.read_line(&mut line).unwrap();
    let port = line.trim_end().rsplit(':').next().unwrap();

    let mut page = Page::open(&tools.chromium);
    page.visit(&elsewhere());
    let mut talk = |args: &[&str]| {
        let tap = Tap::before(port, args);
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
    server.kill().unwrap();
    server.wait().unwrap();
}
