//! What a terminal shows: colour where it is wanted, one line that moves while
//! something takes its time.

use std::io::{self, IsTerminal as _, Write as _};

use anstyle::{AnsiColor, Style};

/// It holds.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// It does not.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// It was there, and is no more.
pub const WENT: Style = AnsiColor::Red.on_default();
/// Worth a look.
pub const WARN: Style = AnsiColor::Yellow.on_default();
/// Beside the point.
pub const DIM: Style = Style::new().dimmed();
/// To be typed, or met in a program.
pub const CODE: Style = AnsiColor::Cyan.on_default();
/// A heading.
pub const BOLD: Style = Style::new().bold();

/// Whether whoever reads this sees colours, and wants them (no-color.org,
/// bixense.com/clicolors).
pub fn in_colour() -> bool {
    let choice = anstream::AutoStream::choice(&io::stdout());
    choice != anstream::ColorChoice::Never
}

/// How wide a text for people is at most: lines longer than this tire the eye.
const WIDEST: usize = 80;

/// How many columns a text may take: the terminal's, up to 80.
pub fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    let columns: usize = columns.or_else(columns_of_terminal).unwrap_or(WIDEST);
    columns.clamp(20, WIDEST)
}

#[cfg(unix)]
fn columns_of_terminal() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
}

#[cfg(not(unix))]
fn columns_of_terminal() -> Option<usize> {
    None
}

/// Asks; no answer is a no.
pub fn agreed(to: &str) -> io::Result<bool> {
    print!("{to}? [y/N] ");
    io::stdout().flush()?;
    let mut answer = String::new();
    if io::stdin().read_line(&mut answer)? == 0 {
        println!();
    }
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
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
