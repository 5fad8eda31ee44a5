//! The terminal while it is ours: a second screen, drawn as a whole; what was
//! there before comes back however we leave.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::style::Print;
use crossterm::terminal::{
    self, BeginSynchronizedUpdate, Clear, ClearType, DisableLineWrap, EnableLineWrap,
    EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
};
use crossterm::{execute, queue};

/// Whether the terminal is in our hands.
static OURS: AtomicBool = AtomicBool::new(false);

/// The screen, from `enter` to its end.
pub struct Screen {
    drawn: Vec<String>,
}

impl Screen {
    /// Whether there is a person at a terminal that can be drawn on.
    pub fn is_there() -> bool {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb" || term.is_empty());
        io::stdin().is_terminal() && io::stdout().is_terminal() && !dumb
    }

    /// Takes the terminal.
    pub fn enter() -> io::Result<Screen> {
        restored_on_panic();
        take()?;
        Ok(Screen { drawn: Vec::new() })
    }

    /// Columns and rows.
    pub fn size() -> (usize, usize) {
        // A serial line doesn't know, and says 0.
        match terminal::size() {
            Ok((columns, rows)) if columns > 0 && rows > 0 => (columns.into(), rows.into()),
            _ => (80, 24),
        }
    }

    /// Shows these rows, as many as there are, if they are not what is shown.
    pub fn draw(&mut self, rows: Vec<String>) -> io::Result<()> {
        if rows == self.drawn {
            return Ok(());
        }
        let mut frame = Vec::new();
        queue!(frame, BeginSynchronizedUpdate)?;
        for (at, row) in rows.iter().enumerate() {
            let line = u16::try_from(at).unwrap_or(u16::MAX);
            // Cleared first: behind a row that is full stands its last letter.
            queue!(
                frame,
                MoveTo(0, line),
                Clear(ClearType::CurrentLine),
                Print(row)
            )?;
        }
        queue!(frame, EndSynchronizedUpdate)?;
        // One write: nobody sees half a frame.
        let mut out = io::stdout().lock();
        out.write_all(&frame)?;
        out.flush()?;
        self.drawn = rows;
        Ok(())
    }

    /// Takes the terminal again, whatever was on it meanwhile.
    pub fn again(&mut self) -> io::Result<()> {
        self.forget();
        give_back();
        take()
    }

    /// Draws all anew next time.
    pub fn forget(&mut self) {
        self.drawn.clear();
    }

    /// Gives the terminal back for a while.
    pub fn leave(&mut self) {
        give_back();
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

fn take() -> io::Result<()> {
    if !OURS.swap(true, Ordering::Relaxed) {
        terminal::enable_raw_mode()?;
        let mut out = io::stdout();
        execute!(out, EnterAlternateScreen, Hide, DisableLineWrap)?;
    }
    Ok(())
}

fn give_back() {
    if OURS.swap(false, Ordering::Relaxed) {
        // Where the terminal is gone there is nothing to restore.
        let _ = execute!(io::stdout(), EnableLineWrap, Show, LeaveAlternateScreen);
        let _ = terminal::disable_raw_mode();
    }
}

/// The words of a panic are for the screen that stays.
fn restored_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let told = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            give_back();
            told(panic);
        }));
    });
}
