//! What this command and the small program in a cell (`src/bin/cell`) say to
//! each other: both are compiled with this file.

use serde::{Deserialize, Serialize};

/// `cell enter COMMAND…`: from the yard; the command takes its place.
pub const ENTER: &str = "enter";
/// `cell inside RULES COMMAND…`: in the cell; under these rules likewise.
pub const INSIDE: &str = "inside";
/// `cell misbehave PORT`: tries what no student's program may do.
pub const MISBEHAVE: &str = "misbehave";
/// `cell nothing`: ends well.
pub const NOTHING: &str = "nothing";

/// The exit code of a cell that could not be entered.
pub const FAILED: u8 = 125;

/// Set in a cell that is to say how far Landlock holds there.
pub const TELL: &str = "WORKBOOK_TELL";

/// Whose the cells are, where root grades: the overflow user, which owns nothing.
pub const NOBODY: u32 = 65534;

/// Where a cell sees that program, its libraries, and the program it is for.
pub const OWN: &str = "/cell";

/// What holds inside.
#[derive(Serialize, Deserialize)]
pub struct Rules {
    /// How much each process may use.
    pub limits: Limits,
    /// A compiler: it starts others, and writes files.
    pub builds: bool,
    /// What it may read, as the cell sees it.
    pub reads: Vec<String>,
    /// The folder it may write to, likewise.
    pub writes: Option<String>,
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
