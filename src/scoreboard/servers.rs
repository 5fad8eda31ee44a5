//! The servers on the board: which they are, and how they are started.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ffi::OsString;
use std::fs;
use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use proof::Process;
use serde::Deserialize;

use crate::house::House;
use crate::trial::{Messages, cargo};

/// Where the servers are listed.
const MANIFEST: &str = "tests/scoreboard/servers.toml";

/// How long a server may take until it listens, on a machine with much to do.
const STARTUP: Duration = Duration::from_secs(60);

/// One column of the scoreboard.
#[derive(Debug, Clone, Deserialize)]
pub struct Server {
    /// As printed, and on the command line: `tokio-tungstenite`.
    pub name: String,
    /// `Rust`.
    pub language: String,
    /// What it is, in a few words.
    pub about: String,
    /// The program: a file in the workbook.
    pub source: String,
    /// Which lock fixes the version of the package that is called as the server is.
    pub lock: String,
    /// How it is started.
    #[serde(flatten)]
    start: Start,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Start {
    /// Built by cargo with these arguments; the program has the server's name.
    Cargo { cargo: Vec<String> },
    /// Run by an interpreter, once `needs` is there; `setup` puts it there.
    Script {
        run: Vec<String>,
        needs: String,
        setup: String,
    },
}

/// All servers, in the order of the columns.
pub fn read(house: &House) -> Result<Vec<Server>> {
    #[derive(Deserialize)]
    struct Manifest {
        server: Vec<Server>,
    }
    let text = fs::read_to_string(house.root().join(MANIFEST)).context(MANIFEST)?;
    let manifest: Manifest = toml::from_str(&text).context(MANIFEST)?;
    Ok(manifest.server)
}

impl Server {
    /// The version that the lock says.
    pub fn version(&self, house: &House) -> Result<String> {
        let text = fs::read_to_string(house.root().join(&self.lock));
        let text = text.context(self.lock.clone())?;
        let found = match self.lock.rsplit('/').next() {
            Some("Cargo.lock") => cargo_version(&text, &self.name),
            Some("package-lock.json") => npm_version(&text, &self.name),
            _ => pip_version(&text, &self.name),
        };
        found.with_context(|| format!("{} does not lock {}", self.lock, self.name))
    }

    /// What runs it, if that is a program of its own: `Node v20.20.2`.
    pub fn interpreter(&self, house: &House) -> Option<String> {
        let Start::Script { run, .. } = &self.start else {
            return None;
        };
        let mut command = Command::new(run.first()?);
        let output = command.current_dir(house.root()).arg("--version").output();
        let said = String::from_utf8(output.ok()?.stdout).ok()?;
        // Python says its name, Node only its number.
        let said = said.trim();
        Some(match said.starts_with('v') {
            true => format!("Node {}", &said[1..]),
            false => said.to_owned(),
        })
    }
}

fn cargo_version(lock: &str, name: &str) -> Option<String> {
    let lock: toml::Table = toml::from_str(lock).ok()?;
    // Of two versions the newer: the older is there for another's sake.
    let packages = lock.get("package")?.as_array()?.iter();
    let mut versions =
        packages.filter(|package| package.get("name").and_then(|n| n.as_str()) == Some(name));
    Some(versions.next_back()?.get("version")?.as_str()?.to_owned())
}

fn npm_version(lock: &str, name: &str) -> Option<String> {
    let lock: serde_json::Value = serde_json::from_str(lock).ok()?;
    let package = &lock["packages"][format!("node_modules/{name}")];
    Some(package["version"].as_str()?.to_owned())
}

fn pip_version(lock: &str, name: &str) -> Option<String> {
    let mut lines = lock.lines();
    let version = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix("=="))?;
    Some(version.split([' ', ';']).next()?.to_owned())
}

/// Builds what is to be built; returns the command line of each server. `say`
/// hears what is being done.
pub fn build(
    house: &House,
    servers: &[Server],
    mut say: impl FnMut(&str),
) -> Result<Vec<Vec<OsString>>> {
    let mut built = BTreeMap::new();
    let command_line = |server: &Server| match &server.start {
        Start::Cargo { cargo: arguments } => {
            let said = match built.entry(arguments.clone()) {
                Entry::Occupied(said) => said.into_mut(),
                Entry::Vacant(new) => {
                    let mut command = cargo(house);
                    command.arg("build").args(arguments);
                    new.insert(Messages::of(command, &mut say)?)
                }
            };
            match said.executable(&server.name) {
                Some(program) => Ok(vec![program.into()]),
                None => said.blame().map(|()| unreachable!("it blames")),
            }
        }
        Start::Script { run, needs, setup } => {
            if !house.root().join(needs).exists() {
                bail!("{} is not installed; run `{setup}`", server.name);
            }
            Ok(run.iter().map(OsString::from).collect())
        }
    };
    servers.iter().map(command_line).collect()
}

/// A server that listens, until it is dropped.
pub struct Running {
    /// Where.
    pub addr: SocketAddr,
    _process: Process,
}

impl Running {
    /// Starts it.
    pub fn start(house: &House, server: &Server, command: &[OsString]) -> Result<Running> {
        let mut line = Command::new(&command[0]);
        line.args(&command[1..]).current_dir(house.root());
        let mut process = Process::spawn(line, b"").with_context(|| server.name.clone())?;
        match process.address(STARTUP) {
            Ok(addr) => Ok(Running {
                addr,
                _process: process,
            }),
            Err(why) => {
                let said = process.complaints();
                Err(anyhow!("{}: {why}\n{}", server.name, said.trim_end()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_in_each_kind_of_lock() {
        let cargo = "[[package]]\nname = \"ws\"\nversion = \"1.2.3\"\n\n[[package]]\nname = \"ws\"\nversion = \"1.3.0\"\n";
        assert_eq!(cargo_version(cargo, "ws").as_deref(), Some("1.3.0"));
        let npm = r#"{"packages": {"node_modules/ws": {"version": "8.23.0"}}}"#;
        assert_eq!(npm_version(npm, "ws").as_deref(), Some("8.23.0"));
        let pip = "# pinned\nwebsockets==17.4 --hash=sha256:00\n";
        assert_eq!(pip_version(pip, "websockets").as_deref(), Some("17.4"));
        assert_eq!(pip_version(pip, "ws"), None);
    }
}
