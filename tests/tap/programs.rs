//! The programs that a tap is put between.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// One that serves; it ends with this value.
pub struct Server {
    child: Child,
    pub port: u16,
}

impl Server {
    /// Waits until it says where it listens.
    pub fn start(command: &mut Command) -> Server {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        said.read_line(&mut line).unwrap();
        let port = line.trim_end().rsplit(':').next().unwrap().parse().unwrap();
        Server { child, port }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A path in `tests/oracles`.
pub fn oracle(path: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    root.join("tests/oracles").join(path)
}

/// A file of `tests/oracles/ws`.
pub fn ws(file: &str) -> Command {
    let mut node = Command::new("node");
    node.arg(oracle("ws").join(file));
    node
}

/// A chapter's solution, built if it is not. Cargo gives way to it, so whoever
/// ends the one ends the other.
pub fn solution(exercise: &str) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo.args(["run", "--quiet", "--package"]);
    cargo.args([&format!("{exercise}-solution"), "--"]);
    cargo
}

/// That this is the conversation which a chapter prints. Nobody minds the order
/// of a head's lines, and how many pings come is a matter of time: of these the
/// first stands.
pub fn assert_conversation(name: &str, lines: &[String]) {
    let mut kept: Vec<&str> = Vec::new();
    for line in lines {
        let beat = line.contains(" ping") || line.contains(" pong");
        if !(beat && kept.contains(&line.as_str())) {
            kept.push(line);
        }
    }
    let head = |line: &&str| line.starts_with("C→S   ");
    kept.chunk_by_mut(|a, b| head(a) && head(b))
        .for_each(<[_]>::sort_unstable);
    insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!(name, kept.join("\n"));
    });
}
