//! Programs that no proof may take for right: `broken FAULT`.
//!
//! The workbook's own tests run the proofs against each of these, and keep what
//! a learner would then read. See `tests/broken.rs` in the root package.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio, exit};
use std::time::Duration;

use proof::{Frame, accept};
use socket2::{Domain, Socket, Type};

type Wire = std::io::Result<()>;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some(fault) = args.first() else {
        eprintln!("usage: broken FAULT");
        exit(2);
    };
    match fault.as_str() {
        "never-listens" => idle(),
        "prints-no-address" => {
            println!("server up and running!");
            idle();
        }
        "exits" => {
            eprintln!("Error: Os {{ code: 98, kind: AddrInUse }}");
            exit(3);
        }
        "panics-before-others" => {
            // The words of a panic, without the number of its thread.
            let url = args.last().map_or("", String::as_str);
            if url.ends_with('/') {
                eprintln!("thread 'main' panicked at src/lib.rs:7:7:\nno path in {url}");
                exit(101);
            }
            eprintln!("usage: contact URL");
            exit(2);
        }
        "listens-nowhere" => {
            // Bound, so that nobody else gets the port; but nobody listens.
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
            let any: SocketAddr = "127.0.0.1:0".parse().expect("an address");
            socket.bind(&any.into()).expect("bind");
            let addr = socket.local_addr().expect("bound").as_socket();
            println!("listening on ws://{}", addr.expect("an IP address"));
            idle();
        }
        "panics-whatever-it-is-told" => {
            // As a panic ends it; what that says differs from one Rust to the next.
            eprintln!("nobody can {}", args[1..].join(" "));
            exit(101);
        }
        "replays-the-output" => repeat(&args[1], &args[2..]),
        "replays-the-visits" => visit(&args[1], &args[2..]).expect("a server"),
        "leaves-a-grandchild" => {
            // One in the same process group, one that left it.
            leave_behind("sleep", &["86399"]);
            leave_behind("setsid", &["sleep", "86399"]);
            serve(fault, &args[1..]);
        }
        _ => serve(fault, &args[1..]),
    }
}

#[expect(clippy::zombie_processes, reason = "that is the fault")]
fn leave_behind(program: &str, args: &[&str]) {
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("start a grandchild");
}

fn idle() -> ! {
    loop {
        std::thread::park();
    }
}

fn serve(fault: &str, args: &[String]) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
    println!(
        "listening on ws://{}",
        listener.local_addr().expect("bound")
    );
    for (nth, stream) in listener.incoming().enumerate() {
        let (fault, args) = (fault.to_owned(), args.to_owned());
        std::thread::spawn(move || meet(&fault, &args, nth, stream?));
    }
}

/// One connection, with one fault.
fn meet(fault: &str, args: &[String], nth: usize, mut stream: TcpStream) -> Wire {
    match fault {
        "closes-early" => return Ok(()),
        "replays-the-record" => return replay(&args[0], nth, &mut stream),
        "never-answers" => idle(),
        "dies-when-met" => {
            eprintln!("Error: nobody told me about clients");
            exit(1);
        }
        "speaks-first" => return stream.write_all(b"220 smtp.example.org ESMTP\r\n\r\n"),
        _ => {}
    }
    let key = read_key(&mut stream)?;
    match fault {
        "panics-at-todo" => todo!("step 2: answer the request with {key:?}"),
        "answers-200" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")?;
        }
        "answers-400" => {
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")?;
            return stream.shutdown(Shutdown::Write);
        }
        "sends-placeholders" => {
            upgrade(&mut stream, "<accept>")?;
            let literal = Frame::text("<word>").unmasked().encode([0; 4]);
            stream.write_all(&literal)?;
        }
        "sends-a-fixed-accept" => upgrade(&mut stream, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")?,
        "hashes-another-guid" => {
            let guid = "258EAFA5-E914-47DA-95CA-5AB5DC85B11";
            upgrade(&mut stream, &sha1_base64(format!("{key}{guid}")))?;
        }
        "hashes-the-decoded-key" => {
            use base64::Engine as _;
            let engine = base64::engine::general_purpose::STANDARD;
            let mut nonce = engine.decode(&key).unwrap_or_default();
            nonce.extend_from_slice(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
            upgrade(&mut stream, &sha1_base64(&nonce))?;
        }
        "never-reads" => {
            upgrade(&mut stream, &accept(&key))?;
            stream.write_all(&Frame::text("hello").unmasked().encode([0; 4]))?;
            let chunk = Frame::binary(vec![0; 65_536]).unmasked().encode([0; 4]);
            for _ in 0..3 {
                stream.write_all(&chunk)?;
            }
            idle();
        }
        "hangs-after-101" => upgrade(&mut stream, &accept(&key))?,
        "trickles" => {
            stream.write_all(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade:")?;
            loop {
                // Invisible, so that the failure reads the same however many came.
                stream.write_all(b" ")?;
                std::thread::sleep(Duration::from_secs(1));
            }
        }
        "floods" => {
            upgrade(&mut stream, &accept(&key))?;
            let frame = Frame::text("x".repeat(1000)).unmasked().encode([0; 4]);
            // More than anybody keeps.
            eprintln!("{}", "and another one\n".repeat(5_000));
            loop {
                stream.write_all(&frame)?;
            }
        }
        "never-ends-a-frame" => {
            upgrade(&mut stream, &accept(&key))?;
            // A text frame of 2^62 bytes, and then for ever its payload.
            stream.write_all(&[0x81, 127, 0x40, 0, 0, 0, 0, 0, 0, 0])?;
            loop {
                stream.write_all(&[b'x'; 65_536])?;
            }
        }
        "masks-its-frames" => {
            upgrade(&mut stream, &accept(&key))?;
            echo(&mut stream, |frame| frame.encode([1, 2, 3, 4]))?;
        }
        "mangles-a-byte" => {
            upgrade(&mut stream, &accept(&key))?;
            echo(&mut stream, |mut frame| {
                if let Some(byte) = frame.payload.last_mut() {
                    *byte = b'?';
                }
                frame.unmasked().encode([0; 4])
            })?;
        }
        "leaves-a-grandchild" => upgrade(&mut stream, &accept(&key))?,
        other => {
            eprintln!("no fault is called {other:?}");
            exit(2);
        }
    }
    // Say no more, but do not end the connection either.
    let _ = std::io::copy(&mut stream, &mut std::io::sink());
    idle()
}

/// Reads a request head; its key, "" if there is none.
fn read_key(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut key = String::new();
    // One byte at a time, so as to leave alone what follows the head.
    let mut head = BufReader::with_capacity(1, stream);
    loop {
        let mut line = String::new();
        if head.read_line(&mut line)? == 0 || line == "\r\n" {
            return Ok(key);
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("sec-websocket-key")
        {
            key = value.trim().to_owned();
        }
    }
}

fn upgrade(stream: &mut TcpStream, accept: &str) -> Wire {
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
         Connection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    stream.write_all(head.as_bytes())
}

fn sha1_base64(text: impl AsRef<[u8]>) -> String {
    use base64::Engine as _;
    let digest = sha1_smol::Sha1::from(text.as_ref()).digest().bytes();
    base64::engine::general_purpose::STANDARD.encode(digest)
}

/// Greets as chapter 01 asks, then sends every frame back through `wrong`.
fn echo(stream: &mut TcpStream, wrong: impl Fn(Frame) -> Vec<u8>) -> Wire {
    stream.write_all(&wrong(Frame::text("hello")))?;
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        while let Some((frame, used)) = Frame::decode(&bytes) {
            bytes.drain(..used);
            stream.write_all(&wrong(frame))?;
        }
        match stream.read(&mut chunk)? {
            0 => return Ok(()),
            read => bytes.extend_from_slice(&chunk[..read]),
        }
    }
}

/// Prints what the record says a right program printed, when it was asked the
/// same; if it never was, what it printed first.
fn repeat(record: &str, args: &[String]) {
    let mut stdin = String::new();
    std::io::stdin().read_to_string(&mut stdin).expect("text");
    let stdin = stdin.split_whitespace().collect::<String>();
    let record = std::fs::read_to_string(record).expect("a record of bytes");
    let entries: Vec<serde_json::Value> = record
        .lines()
        .skip(1)
        .map(|line| serde_json::from_str(line).expect("a record of bytes"))
        .collect();
    let hex = |entry: &serde_json::Value| entry["hex"].as_str().unwrap_or_default().to_owned();
    let runs = entries.chunk_by(|_, next| next["kind"] != "command");
    let runs: Vec<_> = runs.collect();
    let asked = |run: &&&[serde_json::Value]| {
        let frames = run.iter().filter(|entry| entry["kind"] == "frame");
        let input: String = frames.map(hex).collect();
        unhex(&hex(&run[0])) == args.join(" ").as_bytes() && input == stdin
    };
    let run = runs.iter().find(asked).unwrap_or(&runs[0]);
    for output in run.iter().filter(|entry| entry["kind"] == "output") {
        let bytes = unhex(&hex(output));
        std::io::stdout().write_all(&bytes).expect("a pipe");
    }
    let failed = run.iter().any(|entry| entry["text"] == "exit 1");
    exit(if failed { 1 } else { 0 });
}

/// Does, as a client, what the record says a right program once did: connects,
/// says and prints the same. Of what it is told it counts the bytes, no more.
fn visit(record: &str, args: &[String]) -> Wire {
    let record = std::fs::read_to_string(record)?;
    let mut entries = record
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a record of bytes"));
    let names = entries.next().expect("names");
    let entries: Vec<_> = entries.collect();
    let hex = |value: &serde_json::Value| unhex(value.as_str().unwrap_or_default());
    let host = args[0].trim_start_matches("ws://");
    let host = &host[..host.find(['/', '?']).unwrap_or(host.len())];
    let here = |said: Vec<u8>| match String::from_utf8(said) {
        Ok(mut text) => {
            let names = names["names"].as_array().into_iter().flatten();
            for name in names.filter(|n| n[0].as_str().is_some_and(|n| n.starts_with("<host"))) {
                let there = String::from_utf8(hex(&name[1])).expect("an address");
                text = text.replace(&there, host);
            }
            text.into_bytes()
        }
        Err(bytes) => bytes.into_bytes(),
    };

    let runs = entries.chunk_by(|_, next| next["kind"] != "command");
    let runs: Vec<_> = runs.collect();
    let told = |run: &&&[serde_json::Value]| {
        let line = String::from_utf8(here(hex(&run[0]["hex"]))).expect("a command line");
        line == args.join(" ")
    };
    let mut stream = None;
    for entry in *runs.iter().find(told).unwrap_or(&runs[0]) {
        let (from, bytes) = (entry["from"].as_str(), hex(&entry["hex"]));
        match (from, entry["kind"].as_str(), entry["text"].as_str()) {
            (Some(""), Some("output"), _) => {
                std::io::stdout().write_all(&bytes)?;
                std::io::stdout().flush()?;
            }
            (Some(""), _, Some("exit 0")) => exit(0),
            (Some(""), _, Some(text)) if text.starts_with("exit") => exit(1),
            (Some("C→S"), _, Some("closed")) => stream = None,
            (Some("C→S"), Some("note"), _) => stream = Some(TcpStream::connect(host)?),
            (Some("C→S"), ..) => stream
                .as_mut()
                .map_or(Ok(()), |s| s.write_all(&here(bytes)))?,
            (Some("S→C"), ..) => {
                let mut heard = vec![0; bytes.len()];
                stream
                    .as_mut()
                    .map_or(Ok(()), |s| s.read_exact(&mut heard))?;
            }
            _ => {}
        }
    }
    idle()
}

fn unhex(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().chunks(2);
    let bytes = pairs.map(|pair| {
        let digits = std::str::from_utf8(pair).expect("hex");
        u8::from_str_radix(digits, 16).expect("hex")
    });
    bytes.collect()
}

/// Sends, byte for byte, what the record says a right program once sent on its
/// `nth` connection: all at once, whatever it is asked.
fn replay(record: &str, nth: usize, stream: &mut TcpStream) -> Wire {
    let record = std::fs::read_to_string(record)?;
    let entries = record.lines().skip(1);
    let entries: Vec<serde_json::Value> = entries
        .map(|line| serde_json::from_str(line).expect("a record of bytes"))
        .collect();
    let mut voices: Vec<&str> = Vec::new();
    for entry in &entries {
        let from = entry["from"].as_str().unwrap_or_default();
        if let Some(name) = from.strip_suffix("→S")
            && !voices.contains(&name)
        {
            voices.push(name);
        }
    }
    let voice = voices.get(nth).copied().unwrap_or_default();
    let mut answers = entries
        .iter()
        .filter(|entry| entry["from"] == format!("S→{voice}"));
    answers.clone().try_for_each(|entry| {
        let bytes = unhex(entry["hex"].as_str().unwrap_or_default());
        stream.write_all(&bytes)
    })?;
    if answers.any(|entry| entry["text"] == "closed") {
        stream.shutdown(Shutdown::Write)?;
    }
    std::io::copy(stream, &mut std::io::sink()).map(|_| ())
}
