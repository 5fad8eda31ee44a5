//! From the yard to the door of a cell.

use std::env::{self, ArgsOs};
use std::iter::Skip;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use anyhow::{Context as _, Error, Result};

use crate::rules::NOBODY;

/// `enter COMMAND…`: the command, which is bubblewrap, takes this process's place.
pub fn enter(words: Skip<ArgsOs>) -> Error {
    match command(words) {
        Ok(mut command) => Error::new(command.exec()).context("bwrap can't be started"),
        Err(error) => error,
    }
}

fn command(mut words: Skip<ArgsOs>) -> Result<Command> {
    let mut command = Command::new(words.next().context("no command")?);
    command.args(words);
    // The kernel never holds root to a limit on processes.
    if rustix::process::getuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    // Nothing of the yard's environment is the cell's business but where
    // bubblewrap is, and the mark by which the proof finds strays.
    command.env_clear();
    for name in ["PATH", "PROOF_RUN"] {
        command.envs(env::var_os(name).map(|value| (name, value)));
    }
    Ok(command)
}
