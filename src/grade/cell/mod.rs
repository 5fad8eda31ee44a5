//! Where a student's program is compiled and run: nowhere near anything else.
//!
//! Two layers of bubblewrap. The *yard* has a network of its own, with nothing
//! in it but loopback; the proof runs there, outside the cell, with the files
//! of this machine. The *cell* stands in the yard, so that the proof reaches
//! the program on 127.0.0.1 and nobody else does. It has its own processes, and
//! of all files only those it is given, read-only. Inside, before the program
//! begins, come limits, Landlock and seccomp.
//!
//! As root the cell belongs to a user without rights: the kernel never holds
//! root to a limit on processes.

#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod enter;
#[cfg(target_os = "linux")]
mod inside;
mod outcome;
mod sandbox;

use std::path::PathBuf;
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

pub use outcome::run;
pub use sandbox::{Choice, Sandbox};

/// What one command may do, and what it sees.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Cell {
    /// Files and folders it may read: where they are, and where it sees them.
    pub reads: Vec<(PathBuf, String)>,
    /// A folder it may write to, likewise.
    pub writes: Option<(PathBuf, String)>,
    /// All of its environment.
    pub env: Vec<(String, String)>,
    /// The folder it starts in.
    pub folder: String,
    /// The command, as the cell sees it.
    pub command: Vec<String>,
    /// How much it may use.
    pub limits: Limits,
    /// A compiler: it starts others, and writes files.
    pub builds: bool,
}

/// How much one process in a cell may use.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of memory that is written to.
    pub data: u64,
    /// Bytes of address space.
    pub space: u64,
    /// Seconds of a processor.
    pub cpu: u64,
    /// Bytes in a file.
    pub file: u64,
    /// Processes and threads in the cell.
    pub processes: u64,
    /// Open files and sockets.
    pub files: u64,
}

/// Words that no person types: `workbook` starts itself with them.
const ENTER: &str = "__enter-cell";
const INSIDE: &str = "__inside-cell";

/// Set in a cell that is to say how far Landlock holds there.
const TELL: &str = "WORKBOOK_TELL";

/// Whether this process is a step on the way into a cell; if so, how it ended.
pub fn intercept() -> Option<ExitCode> {
    let mut words = std::env::args_os().skip(1);
    let first = words.next()?;
    let words = words.collect();
    let error = match first.to_str()? {
        #[cfg(target_os = "linux")]
        ENTER => enter::enter(words),
        #[cfg(target_os = "linux")]
        INSIDE => inside::begin(words),
        #[cfg(not(target_os = "linux"))]
        ENTER | INSIDE => {
            let _: Vec<std::ffi::OsString> = words;
            anyhow::anyhow!("there are no cells on this system")
        }
        _ => return None,
    };
    // Reached only if the command could not take this process's place.
    eprintln!("cell: {error:#}");
    Some(ExitCode::from(FAILED))
}

/// The exit code of a cell that could not be entered.
pub const FAILED: u8 = 125;
