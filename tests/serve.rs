//! The served book: on loopback only, for its own pages only, and never older
//! than its sources.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use proof::Frame;
use tempfile::TempDir;

/// No wait is longer than this, however busy the machine.
const BOUND: Duration = Duration::from_secs(60);

/// A served copy of the small book.
struct Served {
    book: TempDir,
    child: Child,
    address: SocketAddr,
    /// What it says on stderr, line by line.
    said: Receiver<String>,
}

impl Served {
    fn start() -> Served {
        Served::start_at(0)
    }

    fn start_at(port: u16) -> Served {
        let book = tempfile::tempdir().unwrap();
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/book");
        copy(&fixture, book.path());
        Served::start_with(book, port)
    }

    fn start_with(book: TempDir, port: u16) -> Served {
        let mut child = Command::new(env!("CARGO_BIN_EXE_workbook"))
            .args(["--port", &port.to_string(), "--root"])
            .arg(book.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let first = lines(child.stdout.take().unwrap());
        let said = lines(child.stderr.take().unwrap());
        let line = first.recv_timeout(BOUND).unwrap();
        let address = line
            .strip_prefix("the book is at http://")
            .and_then(|rest| rest.strip_suffix(" · Ctrl-C ends it"))
            .unwrap_or_else(|| panic!("{line}"));
        // Whoever has typed no command is told how to find one.
        let other = first.recv_timeout(BOUND).unwrap();
        assert!(other.ends_with("cargo workbook --help"), "{other}");
        Served {
            address: address.parse().unwrap(),
            book,
            child,
            said,
        }
    }

    /// Sends a head; returns the answer's head and content.
    fn ask(&self, head: &str) -> (String, Vec<u8>) {
        let mut stream = self.connect();
        let head = head.replace("PORT", &self.address.port().to_string());
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4;
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        (head.to_ascii_lowercase(), answer[end..].to_vec())
    }

    fn get(&self, path: &str) -> (String, String) {
        let (head, content) = self.ask(&format!(
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nConnection: close\r\n\r\n"
        ));
        (head, String::from_utf8(content).unwrap())
    }

    /// The status of an answer; its connection may stay open.
    fn status(&self, head: &str) -> u16 {
        let mut stream = self.connect();
        let head = head.replace("PORT", &self.address.port().to_string());
        stream.write_all(head.as_bytes()).unwrap();
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).unwrap();
        line.split(' ').nth(1).unwrap().parse().unwrap()
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(BOUND)).unwrap();
        stream
    }

    /// Changes a file at once: half a change might be built, and heard of.
    fn change(&self, file: &str, text: &str) {
        let new = self.book.path().join("new");
        fs::write(&new, text).unwrap();
        fs::rename(new, self.book.path().join(file)).unwrap();
    }

    fn says(&self) -> String {
        self.said.recv_timeout(BOUND).unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(from: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (send, receive) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let _ = send.send(line);
        }
    });
    receive
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => fs::write(target, fs::read(entry.path()).unwrap()).unwrap(),
        }
    }
}

/// What an open page hears.
struct Page {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Page {
    fn open(served: &Served) -> Page {
        let mut stream = served.connect();
        let port = served.address.port();
        write!(
            stream,
            "GET /-/live HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: http://localhost:{port}\r\n\
             Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        .unwrap();
        let mut page = Page {
            stream,
            buffer: Vec::new(),
        };
        let end = loop {
            match page.buffer.windows(4).position(|w| w == b"\r\n\r\n") {
                Some(at) => break at + 4,
                None => page.read(),
            }
        };
        let head: Vec<u8> = page.buffer.drain(..end).collect();
        assert!(head.starts_with(b"HTTP/1.1 101 "));
        page
    }

    fn read(&mut self) {
        let mut bytes = [0; 4096];
        let n = self.stream.read(&mut bytes).unwrap();
        assert!(n > 0, "the server has hung up");
        self.buffer.extend_from_slice(&bytes[..n]);
    }

    fn hears(&mut self) -> String {
        loop {
            if let Some((frame, used)) = Frame::decode(&self.buffer) {
                self.buffer.drain(..used);
                return String::from_utf8(frame.payload).unwrap();
            }
            self.read();
        }
    }
}

#[test]
fn a_page_is_served_where_it_says() {
    let served = Served::start();
    let (head, content) = served.get("/00-hello.html");
    assert!(head.starts_with("http/1.1 200 "), "{head}");
    assert!(head.contains("content-type: text/html"), "{head}");
    assert!(content.contains("<figure class=\"sp-wire\""));
    assert!(content.contains("src=\"/-/live.js?book="));
    let (_, first) = served.get("/");
    assert!(first.contains("<h1 id=\"introduction\">"));
    let (head, content) = served.get("/nowhere.html");
    assert!(head.starts_with("http/1.1 404 "), "{head}");
    assert!(content.contains("Document not found"));
}

#[test]
fn text_is_compressed_for_who_takes_it() {
    let served = Served::start();
    let (head, content) = served.ask(
        "GET / HTTP/1.1\r\nHost: localhost:PORT\r\nAccept-Encoding: br, gzip\r\nConnection: close\r\n\r\n",
    );
    assert!(head.contains("content-encoding: gzip"), "{head}");
    assert!(content.starts_with(&[0x1f, 0x8b]));
}

#[test]
fn it_answers_to_loopback_names_only() {
    let served = Served::start();
    let get = |target: &str, host: &str| {
        served.status(&format!(
            "GET {target} HTTP/1.1\r\n{host}Connection: close\r\n\r\n"
        ))
    };
    for host in [
        "127.0.0.1:PORT",
        "localhost:PORT",
        "LOCALHOST:PORT",
        "[::1]:PORT",
        "localhost",
    ] {
        assert_eq!(get("/", &format!("Host: {host}\r\n")), 200, "{host}");
    }
    for host in [
        "example.org",
        "example.org:PORT",
        "localhost.example.org",
        "127.0.0.1.example.org",
        "0.0.0.0:PORT",
    ] {
        assert_eq!(get("/", &format!("Host: {host}\r\n")), 403, "{host}");
    }
    assert_eq!(get("/", ""), 403, "no host");
    let two = "Host: localhost:PORT\r\nHost: example.org\r\n";
    assert_eq!(get("/", two), 403, "two hosts");
    assert_eq!(
        get("http://example.org/", "Host: localhost:PORT\r\n"),
        403,
        "a proxy's request"
    );
    assert_eq!(
        get("http://localhost:PORT/", "Host: localhost:PORT\r\n"),
        200
    );
}

#[test]
fn it_answers_its_own_pages_only() {
    let served = Served::start();
    let upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
                   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let scripts = ["/-/live.js", "/-/proofs.js", "/-/lab.js"].map(|path| (path, ""));
    let sockets = ["/-/live", "/-/proofs/00-hello", "/-/lab/00-hello"].map(|path| (path, upgrade));
    let all = [("/", ""), ("/-/proofs", "")];
    for (path, extra) in all.into_iter().chain(scripts).chain(sockets) {
        for origin in [
            "http://example.org",
            "null",
            "https://localhost:PORT",
            "http://localhost",
            "http://localhost:1",
            "http://127.0.0.1:PORT",
            "http://localhost:PORT.example.org",
            "http://localhost:PORT\r\nOrigin: http://localhost:PORT",
        ] {
            let head = format!(
                "GET {path} HTTP/1.1\r\nHost: localhost:PORT\r\nOrigin: {origin}\r\n{extra}\r\n"
            );
            assert_eq!(served.status(&head), 403, "{origin} at {path}");
        }
    }
    let own = "GET / HTTP/1.1\r\nHost: localhost:PORT\r\nOrigin: http://localhost:PORT\r\nConnection: close\r\n\r\n";
    assert_eq!(served.status(own), 200);
    // Nobody but a page starts a program.
    let lab = |origin: &str| {
        let head = "GET /-/lab/00-hello HTTP/1.1\r\nHost: localhost:PORT\r\n";
        served.status(&format!("{head}{origin}{upgrade}\r\n"))
    };
    assert_eq!(lab(""), 403);
    assert_eq!(
        lab("Origin: http://localhost:PORT\r\n"),
        404,
        "it has no lab"
    );
    Page::open(&served);
}

#[test]
fn nothing_but_reading_is_allowed() {
    let served = Served::start();
    let (head, _) = served.ask(
        "POST / HTTP/1.1\r\nHost: localhost:PORT\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    );
    assert!(head.starts_with("http/1.1 405 "), "{head}");
    assert!(head.contains("allow: get, head"), "{head}");
    let (head, content) =
        served.ask("HEAD / HTTP/1.1\r\nHost: localhost:PORT\r\nConnection: close\r\n\r\n");
    assert!(head.starts_with("http/1.1 200 "), "{head}");
    assert!(content.is_empty());
}

#[test]
fn a_port_that_is_taken_is_passed_over() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let served = Served::start_at(port);
    assert_ne!(served.address.port(), port);
    assert!(served.get("/").0.starts_with("http/1.1 200 "));
}

#[cfg(target_os = "linux")]
#[test]
fn no_other_address_is_listened_on() {
    let served = Served::start();
    assert_eq!(served.address.ip().to_string(), "127.0.0.1");
    // All of 127.0.0.0/8 is this machine: a server on every address hears it.
    let other = SocketAddr::from(([127, 0, 0, 2], served.address.port()));
    assert!(TcpStream::connect(other).is_err());
}

#[test]
fn open_pages_hear_of_a_change() {
    let served = Served::start();
    let mut page = Page::open(&served);
    let first = page.hears();
    assert!(first.starts_with("book "), "{first}");
    let (_, content) = served.get("/");
    assert!(content.contains(&first.replace("book ", "?book=")));

    served.change("book/src/introduction.md", "# Introduction\n\nNews.\n");
    let second = page.hears();
    assert!(second.starts_with("book ") && second != first, "{second}");
    let (_, content) = served.get("/introduction.html");
    assert!(content.contains("News."));
    assert!(content.contains(&second.replace("book ", "?book=")));
    assert!(served.says().starts_with("the book is built anew"));
}

#[test]
fn a_broken_book_leaves_the_old_one_in_place() {
    let served = Served::start();
    let mut page = Page::open(&served);
    let first = page.hears();

    served.change(
        "book/src/introduction.md",
        "# Introduction\n\n[x](nowhere.md)\n",
    );
    let fault = "book/src/introduction.md:3: dead link: there is no nowhere.md";
    let report = format!("broken\n{fault}\nthe book is not built: 1 fault");
    assert_eq!(page.hears(), report);
    assert_eq!(served.says(), fault);
    let (head, content) = served.get("/introduction.html");
    assert!(head.starts_with("http/1.1 200 "), "{head}");
    assert!(content.contains("the first chapter"));
    assert_eq!(
        Page::open(&served).hears(),
        report,
        "a page opened meanwhile"
    );

    served.change("book/src/introduction.md", "# Introduction\n\nMended.\n");
    let mended = page.hears();
    assert!(mended.starts_with("book ") && mended != first, "{mended}");
}

#[test]
fn a_book_that_was_never_right_says_so_in_the_page() {
    let book = tempfile::tempdir().unwrap();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/book");
    copy(&fixture, book.path());
    fs::write(
        book.path().join("book/src/introduction.md"),
        "# I\n\n[<x>](a.md)\n",
    )
    .unwrap();
    let served = Served::start_with(book, 0);
    let (head, content) = served.get("/");
    assert!(head.starts_with("http/1.1 503 "), "{head}");
    assert!(
        content.contains("introduction.md:3: dead link"),
        "{content}"
    );

    served.change("book/src/introduction.md", "# I\n");
    let mut page = Page::open(&served);
    while !page.hears().starts_with("book ") {}
    assert!(served.get("/").0.starts_with("http/1.1 200 "));
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_it_well() {
    let mut served = Served::start();
    let _page = Page::open(&served);
    let id = served.child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(sent.success());
    assert_eq!(served.child.wait().unwrap().code(), Some(0));
}
