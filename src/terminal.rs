//! What a terminal shows: colour where it is wanted, one line that moves while
//! something takes its time.

use std::io::{self, IsTerminal as _, Write as _};

use anstyle::{AnsiColor, Style};

/// It holds.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// It does not.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// Worth a look.
pub const WARN: Style = AnsiColor::Yellow.on_default();
/// Beside the point.
pub const DIM: Style = Style::new().dimmed();
/// A heading.
pub const BOLD: Style = Style::new().bold();

/// Whether whoever reads this sees colours, and wants them (no-color.org,
/// bixense.com/clicolors).
pub fn in_colour() -> bool {
    let choice = anstream::AutoStream::choice(&io::stdout());
    choice != anstream::ColorChoice::Never
}

/// A line on standard error that says what is going on; gone when dropped.
/// Without a terminal there is none.
pub struct Doing {
    shown: bool,
    width: usize,
}

impl Doing {
    /// Nothing yet.
    pub fn new() -> Doing {
        let shown = io::stderr().is_terminal();
        let columns = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
        Doing {
            shown,
            width: columns.unwrap_or(80) - 1,
        }
    }

    /// Says what is being done now.
    pub fn say(&self, what: &str) {
        if self.shown {
            let line: String = what.chars().take(self.width).collect();
            // Back to the start, and clear to the end of the line.
            eprint!("\r{line}\x1b[K");
            let _ = io::stderr().flush();
        }
    }
}

impl Drop for Doing {
    fn drop(&mut self) {
        self.say("");
    }
}
