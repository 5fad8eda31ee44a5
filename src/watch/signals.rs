//! What the system wants of a running command: to end, to pause, to go on.

use super::session::{Event, Session};

/// Hands over the signals that end us; with a screen to restore also those
/// that pause us.
#[cfg(unix)]
pub fn listen(session: &Session, with_screen: bool) -> std::io::Result<()> {
    use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP};
    let mut wanted = vec![SIGHUP, SIGINT, SIGTERM];
    if with_screen {
        wanted.extend([SIGCONT, SIGTSTP]);
    }
    let mut signals = signal_hook::iterator::Signals::new(wanted)?;
    session.listen(move |post| {
        let _ = signals.forever().all(|signal| post(Event::Signal(signal)));
    });
    Ok(())
}

/// There are none: Ctrl-C is a key, or ends us.
#[cfg(not(unix))]
pub fn listen(_: &Session, _: bool) -> std::io::Result<()> {
    Ok(())
}

/// What to do about a signal.
pub enum Wanted {
    /// The terminal, for someone else.
    Pause,
    /// To go on: the terminal is ours again.
    GoOn,
    /// An end.
    End,
}

/// What a signal says.
pub fn wanted(signal: i32) -> Wanted {
    #[cfg(unix)]
    match signal {
        signal_hook::consts::SIGTSTP => return Wanted::Pause,
        signal_hook::consts::SIGCONT => return Wanted::GoOn,
        _ => {}
    }
    let _ = signal;
    Wanted::End
}

/// Ctrl-Z, which a raw terminal only tells as a key: all of the job is paused,
/// as if the terminal had done so.
#[cfg(unix)]
pub fn pause_job() {
    let _ = rustix::process::kill_current_process_group(rustix::process::Signal::TSTP);
}

/// There are no jobs.
#[cfg(not(unix))]
pub fn pause_job() {}

/// Stops here, until someone says to go on.
#[cfg(unix)]
pub fn pause() {
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::STOP);
}

/// There is no such thing.
#[cfg(not(unix))]
pub fn pause() {}

/// Ends as if the signal had not been caught: whoever has started us sees why.
pub fn die_of(signal: i32) {
    #[cfg(unix)]
    let _ = signal_hook::low_level::emulate_default_handler(signal);
    let _ = signal;
}
