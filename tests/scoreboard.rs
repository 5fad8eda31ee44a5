//! The scoreboard: what it prints, what it refuses, and that the record is
//! still what the servers answer.

#![cfg(unix)]

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use assert_cmd::cargo::cargo_bin_cmd;
use insta::assert_snapshot;
use tempfile::TempDir;

/// A workbook whose scoreboard has one server, which this test runs itself.
struct House(TempDir);

impl House {
    fn new() -> House {
        let dir = tempfile::tempdir().unwrap();
        let addr = echo();
        let write = |file: &str, text: &str| {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("book/book.toml", "[book]\ntitle = \"A book\"\n");
        write("book/src/SUMMARY.md", "- [Board](board.md)\n");
        write(
            "book/src/board.md",
            "# Board\n\n```scoreboard\nmasking\n```\n",
        );
        write("exercises/.keep", "");
        write(
            "package-lock.json",
            r#"{"packages": {"node_modules/echo": {"version": "1.2.3"}}}"#,
        );
        write(
            "tests/scoreboard/servers.toml",
            &format!(
                "[[server]]\nname = \"echo\"\nlanguage = \"Rust\"\nabout = \"a test\"\nsource = \"here\"\n\
                 lock = \"package-lock.json\"\nneeds = \"package-lock.json\"\nsetup = \"npm ci\"\n\
                 run = [\"sh\", \"-c\", \"echo listening on ws://{addr}; exec sleep 60\"]\n"
            ),
        );
        write(
            "tests/scoreboard/record.toml",
            "[servers.echo]\nversion = \"1.2.3\"\n\n[probes.masked]\necho = \"echoes\"\n\n\
             [probes.unmasked-text]\necho = \"1002\"\n",
        );
        House(dir)
    }

    fn replace(self, file: &str, old: &str, new: &str) -> House {
        let path = self.0.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(old).count(), 1, "`{old}` in {file}");
        fs::write(path, text.replace(old, new)).unwrap();
        self
    }

    /// Exit code, output, and what was said beside it.
    fn workbook(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let output = cargo_bin_cmd!("workbook")
            .args(arguments)
            .arg("--root")
            .arg(self.0.path())
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    }
}

/// An echo server on tungstenite, for as long as the test runs.
fn echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || {
                let Ok(mut socket) = tungstenite::accept(stream) else {
                    return;
                };
                while let Ok(message) = socket.read() {
                    let is_data = message.is_text() || message.is_binary();
                    if is_data && socket.send(message).is_err() {
                        return;
                    }
                }
            });
        }
    });
    addr
}

#[test]
fn one_answer_comes_with_what_crossed_the_wire() {
    let house = House::new();
    let (code, out, err) = house.workbook(&["scoreboard", "echo", "--probe", "masked"]);
    assert_eq!((code, &*err), (Some(0), ""));
    assert_snapshot!(out, @r#"
    C→S GET / HTTP/1.1 (upgrade)
    S→C 101
    S→C   connection: upgrade
    S→C   sec-websocket-accept: <accept>
    S→C   upgrade: websocket
    C→S text "<word>" masked
    S→C text "<word>"

    echo 1.2.3 answers ✓ echoes: what the clause asks for (RFC 6455 §5.1)
    "#);
}

#[test]
fn several_answers_are_a_table_and_one_that_differs_is_refused() {
    let house = House::new();
    let (code, out, err) = house.workbook(&[
        "scoreboard",
        "--probe",
        "masked",
        "--probe",
        "unmasked-text",
    ]);
    assert_eq!(code, Some(1));
    assert_snapshot!(format!("{out}{err}"), @"
    masking        echo
    masked         ✓ echoes
    unmasked-text  ✓ drops

    ✓ what the clause asks for · ○ a choice that the clause leaves open · △ not what a SHOULD recommends · ✗ against a MUST

    not as tests/scoreboard/record.toml has it:
    echo to unmasked-text: drops, on record 1002
      cargo workbook scoreboard echo --probe unmasked-text
    ");
}

#[test]
fn an_answer_can_be_read_by_a_program() {
    let house = House::new();
    let (code, out, _) = house.workbook(&["scoreboard", "--probe", "masked", "--json"]);
    assert_eq!(code, Some(0));
    assert_snapshot!(out, @r#"{"probe":"masked","clause":"RFC 6455 §5.1","server":"echo","version":"1.2.3","word":"echoes","verdict":"asked","recorded":"echoes"}"#);
}

#[test]
fn what_is_not_installed_and_what_does_not_exist_is_said() {
    let said = |house: House, arguments: &[&str]| {
        let (code, _, err) = house.workbook(arguments);
        assert_eq!(code, Some(2));
        err
    };
    let servers = "tests/scoreboard/servers.toml";
    let missing = House::new().replace(servers, "needs = \"package", "needs = \"no-package");
    let dead = House::new().replace(servers, "echo listening", "echo out of order >&2; exit 3;");
    assert_snapshot!(
        [
            said(missing, &["scoreboard"]),
            said(dead, &["scoreboard"]),
            said(House::new(), &["scoreboard", "eco"]),
            said(House::new(), &["scoreboard", "--probe", "maskd"]),
        ]
        .concat(),
        @"
    error: echo is not installed; run `npm ci`
    error: echo: the program ended (exit 3) before it listened
    out of order
    error: no server is called `eco`; did you mean `echo`?
    error: no probe is called `maskd`; did you mean `masked`?
    "
    );
}

#[test]
fn the_book_refuses_a_record_that_is_not_of_what_is_locked() {
    let house = House::new().replace("package-lock.json", "1.2.3", "1.3.0");
    let (code, _, err) = house.workbook(&["build"]);
    assert_eq!(code, Some(1));
    for part in [
        "book/src/board.md:4: tests/scoreboard/record.toml: echo 1.3.0 is locked, 1.2.3 on record",
        "not every server answers `no-key`",
        "`cargo workbook scoreboard --record` measures anew",
    ] {
        assert!(err.contains(part), "{part:?} in\n{err}");
    }
}

#[test]
#[ignore = "needs Node, Python and a minute: .ci/run runs it"]
fn every_answer_is_the_one_on_record() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = cargo_bin_cmd!("workbook")
        .args(["scoreboard"])
        .current_dir(root)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}
