//! The small program that stands in cells, built when it is first needed:
//! `cargo run` builds this command alone.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::line::PROGRAM;
use crate::digest::Digest;
use crate::house::House;
use crate::trial::{Messages, cargo, kept};

/// What it is made of, in the workbook that this command comes from.
const PARTS: [&str; 4] = [
    "Cargo.toml",
    "Cargo.lock",
    "src/bin/cell",
    "src/grade/cell/rules.rs",
];

/// Where it stands.
pub fn program(say: impl FnMut(&str)) -> Result<PathBuf> {
    // Not the workbook that is graded: that may be another.
    let house = House::find(Path::new(env!("CARGO_MANIFEST_DIR")))?;
    let mut digest = Digest::default();
    for part in PARTS {
        digest.tree(&house.root().join(part))?;
    }
    let name = format!("{PROGRAM}-{}", digest.short());
    kept::built(house.target().join("workbook/cell").join(name), || {
        let mut command = cargo(&house);
        command.args(["build", "--package", "workbook", "--bin", PROGRAM]);
        let messages = Messages::of(command, say)?;
        let Some(program) = messages.executable(PROGRAM) else {
            messages.blame()?;
            bail!("the workbook has no program for cells");
        };
        Ok(program)
    })
}
