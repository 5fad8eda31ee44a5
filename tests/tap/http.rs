//! HTTP through the tap, and who is refused.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use crate::tapped::Tap;
use crate::{ask, connect, read_until, server};

#[test]
fn each_answer_stands_under_its_request() {
    let port = server(|mut stream| {
        for answer in [
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nX: y\r\n\r\nhi",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
        ] {
            // Only one request is there at a time.
            let head = read_until(&mut stream, "\r\n\r\n");
            assert_eq!(head.matches("HTTP/1.1").count(), 1);
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    let tap = Tap::before(port, &[]);
    let mut stream = connect(&tap.address);
    let one = |method: &str, path| format!("{method} /{path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let all = one("GET", 1) + &one("HEAD", 2) + &one("GET", 3);
    stream.write_all(all.as_bytes()).unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    assert!(answers.ends_with("c\r\n0\r\n\r\n"), "{answers}");
    insta::assert_snapshot!(tap.until(|line| line.ends_with("closed")).join("\n"));
}

#[test]
fn an_answer_elsewhere_says_what_was_asked() {
    // The first connection waits for the second, as long polling does.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let tap = Tap::before(listener.local_addr().unwrap().port(), &[]);
    let mut poll = connect(&tap.address);
    poll.write_all(b"GET /poll HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .unwrap();
    let (mut polled, _) = listener.accept().unwrap();
    read_until(&mut polled, "\r\n\r\n");
    let mut post = connect(&tap.address);
    post.write_all(b"POST /say HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi")
        .unwrap();
    let mut lines = Vec::new();
    let (mut posted, _) = listener.accept().unwrap();
    read_until(&mut posted, "\r\n\r\nhi");
    for answering in [&mut posted, &mut polled] {
        answering
            .write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
            .unwrap();
        // The two are passed on side by side: one after the other, here.
        lines.extend(tap.until(|line| line.contains("204")));
    }
    let expected = [
        "C→S GET /poll HTTP/1.1",
        "C2→S POST /say HTTP/1.1",
        "C2→S   body \"hi\"",
        "S→C2 204",
        "S→C 204  # to GET /poll",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn content_follows_once_it_is_wanted() {
    let port = server(|mut stream| {
        read_until(&mut stream, "\r\n\r\n");
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").unwrap();
        read_until(&mut stream, "hello");
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nthe end").unwrap();
    });
    let tap = Tap::before(port, &[]);
    let mut stream = connect(&tap.address);
    let head =
        "POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    read_until(&mut stream, "Continue\r\n\r\n");
    stream.write_all(b"hello").unwrap();
    read_until(&mut stream, "the end");
    insta::assert_snapshot!(tap.until(|line| line.ends_with("closed")).join("\n"));
}

#[test]
fn what_is_no_http_passes_line_by_line() {
    let port = server(|mut stream| {
        let line = read_until(&mut stream, "\n");
        stream.write_all(line.to_uppercase().as_bytes()).unwrap();
        stream.write_all(b"bye").unwrap();
    });
    let tap = Tap::before(format!("tcp://127.0.0.1:{port}"), &[]);
    let mut stream = connect(&tap.address);
    stream.write_all(b"he").unwrap();
    stream.write_all(b"llo\n").unwrap();
    read_until(&mut stream, "HELLO\nbye");
    let lines = tap.until(|line| line.ends_with("closed"));
    let expected = [
        "C→S line \"hello\"",
        "S→C line \"HELLO\"",
        "S→C bytes \"bye\"",
        "S→C closed",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn a_foreign_page_reaches_no_server() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let tap = Tap::before(listener.local_addr().unwrap().port(), &[]);
    let upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13";
    for (status, request) in [
        (
            403,
            format!("GET / HTTP/1.1\r\nHost: example.org\r\n{upgrade}"),
        ),
        (
            403,
            format!("GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://example.org\r\n{upgrade}"),
        ),
        (
            403,
            format!("GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\n{upgrade}"),
        ),
        (
            403,
            "GET http://example.org/ HTTP/1.1\r\nHost: localhost".to_owned(),
        ),
        (
            403,
            "GET /a.png HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: cross-site".to_owned(),
        ),
        (
            405,
            "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost".to_owned(),
        ),
    ] {
        let answer = ask(&tap.address, &format!("{request}\r\n\r\n"));
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{request}\n{answer}"
        );
        let lines = tap.until(|line| line.starts_with('#'));
        assert!(
            lines
                .last()
                .unwrap()
                .contains(&format!("{status} from the tap: ")),
            "{lines:?}"
        );
    }
    // The first that arrives at the server is the first that may.
    let mut stream = connect(&tap.address);
    let good = "GET /good HTTP/1.1\r\nHost: LOCALHOST:1\r\nOrigin: http://127.0.0.1:5173\r\n\r\n";
    stream.write_all(good.as_bytes()).unwrap();
    let (mut arrived, _) = listener.accept().unwrap();
    assert_eq!(read_until(&mut arrived, "\r\n\r\n"), good);
}

#[test]
fn a_server_that_is_not_there_is_a_bad_gateway() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let tap = Tap::before(port, &[]);
    let answer = ask(&tap.address, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert!(
        answer.starts_with("HTTP/1.1 502 Bad Gateway\r\n"),
        "{answer}"
    );
    let said = tap.until(|line| line.starts_with('#'));
    let why = format!("nothing listens on 127.0.0.1:{port}");
    assert_eq!(said[1], format!("# C: 502 from the tap: {why}"));
    assert!(answer.ends_with(&format!("{why}\n")), "{answer}");
}

#[test]
fn much_content_passes_whole() {
    const LEN: usize = 5_000_000;
    let port = server(|mut stream| {
        read_until(&mut stream, "\r\n\r\n");
        let mut content = vec![0; LEN];
        stream.read_exact(&mut content).unwrap();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {LEN}\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&content).unwrap();
    });
    let tap = Tap::before(port, &[]);
    let content: Vec<u8> = (0..LEN).map(|n| (n * n % 251) as u8).collect();
    let mut stream = connect(&tap.address);
    let head = format!("PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {LEN}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&content).unwrap();
    read_until(&mut stream, "\r\n\r\n");
    let mut back = vec![0; LEN];
    stream.read_exact(&mut back).unwrap();
    assert!(back == content);
    let lines = tap.until(|line| line.ends_with("closed"));
    let expected = [
        "C→S PUT / HTTP/1.1",
        "C→S   body (5000000 bytes)",
        "S→C 200",
        "S→C   body (5000000 bytes)",
        "S→C closed",
    ];
    assert_eq!(lines, expected);
}
