//! The way into a cell, and its guard: what `workbook grade` starts there in
//! place of itself. It is small, because it starts twice for every proof.

#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod enter;
#[cfg(target_os = "linux")]
mod inside;
#[cfg(target_os = "linux")]
mod misbehave;
#[cfg(target_os = "linux")]
#[path = "../../grade/cell/rules.rs"]
mod rules;

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    use rules::{ENTER, FAILED, INSIDE, MISBEHAVE, NOTHING};
    let mut words = std::env::args_os().skip(1);
    let error = match words.next().unwrap_or_default().to_str() {
        Some(ENTER) => enter::enter(words),
        Some(INSIDE) => inside::begin(words),
        Some(MISBEHAVE) => return misbehave::run(words),
        Some(NOTHING) => return ExitCode::SUCCESS,
        _ => anyhow::anyhow!("this program is for `workbook grade`, not for people"),
    };
    // Reached only if the command could not take this process's place.
    eprintln!("cell: {error:#}");
    ExitCode::from(FAILED)
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    eprintln!("cell: there are no cells on this system");
    ExitCode::FAILURE
}
