//! The command as it is called, and as it ends.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::Instant;

use assert_cmd::cargo::cargo_bin_cmd;
use tungstenite::Message;

use crate::echo;
use crate::tapped::{BOUND, Tap};
use crate::websocket::{client, read};

/// What a call that can't work says. It exits with 2.
fn refused(args: &[&str]) -> String {
    let output = cargo_bin_cmd!("workbook")
        .arg("tap")
        .args(args)
        .timeout(BOUND)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{args:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// Ends it as a terminal's Ctrl-C does. Returns its last words, and whether it
/// was content.
fn interrupt(tap: &mut Tap) -> (Vec<String>, bool) {
    let id = rustix::process::Pid::from_child(&tap.child);
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    let content = tap.child.wait().unwrap().success();
    (tap.told.iter().collect(), content)
}

#[test]
fn a_wrong_address_is_told_with_a_right_one() {
    for to in ["example.org", "ftp://localhost:21", "localhost:port"] {
        let said = refused(&["--to", to]);
        assert!(said.contains("such as ws://127.0.0.1:8080"), "{said}");
    }
    let said = refused(&["--to", "wss://localhost:443"]);
    assert!(said.contains("the tap speaks no TLS"), "{said}");
}

#[test]
fn a_port_that_was_asked_for_is_had_or_refused() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let said = refused(&["--to", "1", "--listen", &port]);
    assert!(
        said.contains(&format!("port {port} can't be had")),
        "{said}"
    );
    let said = refused(&["--to", &port, "--listen", &port]);
    assert!(
        said.contains(&format!("port {port} is the server's own")),
        "{said}"
    );
}

#[test]
fn without_a_port_it_finds_one() {
    let start = || {
        let mut child = Command::new(env!("CARGO_BIN_EXE_workbook"))
            .args(["tap", "--to", "9000"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        said.read_line(&mut line).unwrap();
        (child, line)
    };
    let (mut one, first) = start();
    let (mut two, second) = start();
    for child in [&mut one, &mut two] {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert_ne!(first, second);
    for line in [&first, &second] {
        assert!(line.starts_with("connect to ws://127.0.0.1:90"), "{line}");
        assert!(
            !line.starts_with("connect to ws://127.0.0.1:9000 "),
            "{line}"
        );
    }
}

#[test]
fn a_file_gets_the_transcript_and_is_not_replaced_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("talk.txt");
    let path = file.to_str().unwrap();
    let precious = "longer than what follows\n".repeat(100);
    fs::write(&file, &precious).unwrap();
    let said = refused(&["--to", "1", "--out", path]);
    assert!(
        said.contains("exists: say another file, or replace it with --force"),
        "{said}"
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), precious);

    let mut tap = Tap::before(echo(), &["--out", path, "--force"]);
    let mut socket = client(&tap);
    socket.send(Message::text("hi")).unwrap();
    assert_eq!(read(&mut socket), Message::text("hi"));
    let lines = tap.until(|line| line == "S→C text \"hi\"");
    // What is on the terminal is in the file, while the tap goes on.
    assert_eq!(fs::read_to_string(&file).unwrap(), lines.join("\n") + "\n");
    let (said, content) = interrupt(&mut tap);
    assert!(content);
    let summary = said.last().unwrap();
    let expected = "1 connection · C→S 1 frame, ";
    assert!(summary.starts_with(expected), "{summary}");
    assert!(summary.ends_with(" · S→C 1 frame, 133 bytes"), "{summary}");
}

#[test]
fn it_ends_quietly_when_nobody_reads() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_workbook"))
        .args(["tap", "--listen", "0", "--to", "1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    drop(child.stdout.take());
    let address = line.strip_prefix("connect to ws://").unwrap();
    let address = address.split(' ').next().unwrap();
    // It notices when it writes. Not at once, perhaps: for a moment each process
    // that another test starts holds all our pipes.
    let deadline = Instant::now() + BOUND;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        assert!(Instant::now() < deadline, "it goes on");
        if let Ok(mut stream) = TcpStream::connect(address) {
            let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            let _ = stream.read_to_end(&mut Vec::new());
        }
    };
    assert!(status.success());
    line.clear();
    said.read_line(&mut line).unwrap();
    assert_eq!(line, "");
}
