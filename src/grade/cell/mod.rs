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

mod line;
mod outcome;
mod program;
pub mod rules;
mod sandbox;

use std::path::PathBuf;

pub use outcome::run;
pub use rules::Limits;
pub use sandbox::{Choice, Sandbox};

/// What one command may do, and what it sees.
#[derive(Debug, Clone)]
pub struct Cell {
    /// The folder that holds its program; none, if that is not a student's.
    pub own: Option<PathBuf>,
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
