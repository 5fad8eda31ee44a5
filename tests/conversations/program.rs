//! Programs under test: they say where they listen, and what they see.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// A server, until it is dropped.
pub struct Program {
    child: Child,
    said: BufReader<ChildStdout>,
    address: String,
}

impl Program {
    /// Starts it, and waits until it says where it listens.
    pub fn start(mut command: Command) -> Program {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let address = line.trim_end().split("://").nth(1);
        let address = address.unwrap_or_else(|| panic!("{line}")).to_owned();
        Program {
            child,
            said,
            address,
        }
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The next line that it says.
    pub fn says(&mut self) -> String {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The lines that it prints until it ends.
pub fn read_to_the_end(mut command: Command) -> Vec<String> {
    let output = command.stderr(Stdio::inherit()).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    said.lines().map(str::to_owned).collect()
}

/// A script for Node, with its arguments.
pub fn node(script: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("node");
    command.arg(script).args(args);
    command
}

/// The solution of this exercise, with its arguments; built, if need be.
pub fn solution(exercise: &str, args: &[&str]) -> Command {
    let package = format!("{exercise}-solution");
    built(&package, &["--bin", &package], &package, args)
}

/// An example of this package, with its arguments; built, if need be.
pub fn example(package: &str, name: &str, args: &[&str]) -> Command {
    built(
        package,
        &["--example", name],
        &format!("examples/{name}"),
        args,
    )
}

fn built(package: &str, target: &[&str], program: &str, args: &[&str]) -> Command {
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "-p", package])
        .args(target)
        .current_dir(super::root())
        .status();
    assert!(built.unwrap().success(), "{package}");
    // It lies beside this workbook's own program.
    let folder = Path::new(env!("CARGO_BIN_EXE_workbook")).parent();
    let mut command = Command::new(folder.expect("a folder").join(program));
    command.args(args);
    command
}
