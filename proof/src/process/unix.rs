//! Ends a subject and all it started, on Unix, even when the proof is killed.

use std::io::Write;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

use rustix::process::{Pid, Signal, WaitOptions, kill_process_group};

/// Reads `+PID` and `-PID`; when no more comes, kills the groups that are
/// left, and on Linux every process that carries our mark.
const WATCHDOG: &str = r#"
    trap '' INT TERM HUP
    groups=' '
    while read -r line; do
        pid=${line#?}
        case $line in
            +*) groups="$groups$pid " ;;
            -*) case $groups in
                # Said again of one that is gone, it would double the list.
                *" $pid "*) groups="${groups%% $pid *} ${groups#* $pid }" ;;
            esac ;;
        esac
    done
    for pid in $groups; do kill -KILL -- "-$pid"; done
    for file in $(grep -alz "^PROOF_RUN=$1\." /proc/[0-9]*/environ); do
        pid=${file#/proc/}
        kill -KILL "${pid%/environ}"
    done
"#;

/// A value no other subject has in its environment.
pub(super) fn mark() -> String {
    static NTH: AtomicU32 = AtomicU32::new(0);
    let nth = NTH.fetch_add(1, Ordering::Relaxed);
    if nth == 0 {
        orphans::adopt();
    }
    format!("{}.{nth}", std::process::id())
}

fn tell(line: &str) {
    static PIPE: OnceLock<Option<Mutex<ChildStdin>>> = OnceLock::new();
    let pipe = PIPE.get_or_init(|| {
        let mut watchdog = Command::new("/bin/sh");
        watchdog
            .args(["-c", WATCHDOG, "proof-watchdog"])
            .arg(std::process::id().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // Ctrl-C is for the proof; the watchdog must outlive it.
        std::os::unix::process::CommandExt::process_group(&mut watchdog, 0);
        watchdog.spawn().ok()?.stdin.take().map(Mutex::new)
    });
    if let Some(pipe) = pipe {
        let _ = writeln!(pipe.lock().expect("no panic while told"), "{line}");
    }
}

pub(super) fn watch(pid: u32) {
    tell(&format!("+{pid}"));
}

pub(super) fn unwatch(pid: u32) {
    tell(&format!("-{pid}"));
}

pub(super) fn kill_group(pid: u32) {
    if let Some(pid) = Pid::from_raw(pid as i32) {
        let _ = kill_process_group(pid, Signal::KILL);
    }
}

/// Ends what left the group by `setsid`: it still has its environment.
pub(super) fn kill_marked(mark: &str) {
    let mark = format!("PROOF_RUN={mark}");
    let carries = |pid: &Pid| {
        let file = format!("/proc/{}/environ", pid.as_raw_nonzero());
        let environment = std::fs::read(file).unwrap_or_default();
        environment.split(|b| *b == 0).any(|v| v == mark.as_bytes())
    };
    loop {
        let (strays, ours) = match orphans::adopted() {
            Some(adopted) => (adopted, true),
            None => (pids("/proc"), false),
        };
        let strays: Vec<Pid> = strays.into_iter().filter(carries).collect();
        for pid in &strays {
            let _ = rustix::process::kill_process(*pid, Signal::KILL);
            if ours {
                let _ = rustix::process::waitpid(Some(*pid), WaitOptions::empty());
            }
        }
        // Its own children are orphans now.
        if strays.is_empty() || !ours {
            return;
        }
    }
}

/// The entries of a folder that are process numbers.
fn pids(folder: &str) -> Vec<Pid> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let number = |entry: std::fs::DirEntry| entry.file_name().to_str()?.parse().ok();
    entries
        .filter_map(number)
        .filter_map(Pid::from_raw)
        .collect()
}

/// On Linux a process can be made the one to whom orphans fall: so it knows
/// them, and need not look at every process there is.
#[cfg(target_os = "linux")]
mod orphans {
    use std::path::Path;

    use super::{Pid, pids};

    /// From now on they fall to us.
    pub(super) fn adopt() {
        let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
    }

    /// Our children, orphans included; nothing where the system doesn't say.
    pub(super) fn adopted() -> Option<Vec<Pid>> {
        let mut found = Vec::new();
        for thread in pids("/proc/self/task") {
            let file = format!("/proc/self/task/{}/children", thread.as_raw_nonzero());
            match std::fs::read_to_string(file) {
                Ok(list) => found.extend(
                    list.split_whitespace()
                        .filter_map(|pid| Pid::from_raw(pid.parse().ok()?)),
                ),
                // A thread that has ended since is no sign of anything.
                Err(_) if Path::new("/proc/thread-self/children").exists() => {}
                Err(_) => return None,
            }
        }
        Some(found)
    }
}

#[cfg(not(target_os = "linux"))]
mod orphans {
    use super::Pid;

    pub(super) fn adopt() {}

    pub(super) fn adopted() -> Option<Vec<Pid>> {
        None
    }
}
