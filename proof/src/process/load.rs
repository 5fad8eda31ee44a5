//! How much processor time a program has used, where the system tells: Linux.

use std::time::Duration;

/// A tick of `/proc/PID/stat`, the same on every Linux (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// What a line of `/proc/PID/stat` says of one process.
struct Stat {
    pid: u32,
    parent: u32,
    used: Duration,
}

impl Stat {
    fn parse(line: &str) -> Option<Stat> {
        // The name stands in parentheses, and may hold blanks and parentheses.
        let (front, rest) = line.rsplit_once(") ")?;
        let field = |nth: usize| rest.split(' ').nth(nth)?.parse().ok();
        let ticks: u32 = field(11)? + field(12)?;
        Some(Stat {
            pid: front.split(' ').next()?.parse().ok()?,
            parent: field(1)?,
            used: TICK * ticks,
        })
    }
}

/// The processor time of a process and of all that it has started and that still
/// run: what is under proof may stand behind a wrapper.
pub(super) fn used(pid: u32) -> Option<Duration> {
    let entries = std::fs::read_dir("/proc").ok()?.flatten();
    let stats = entries.filter_map(|entry| {
        let line = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        Stat::parse(&line)
    });
    let all: Vec<Stat> = stats.collect();
    let mut family = vec![pid];
    let mut at = 0;
    while let Some(parent) = family.get(at).copied() {
        let children = all.iter().filter(|stat| stat.parent == parent);
        family.extend(children.map(|stat| stat.pid));
        at += 1;
    }
    let known = all.iter().any(|stat| stat.pid == pid);
    let own = all.iter().filter(|stat| family.contains(&stat.pid));
    known.then(|| own.map(|stat| stat.used).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_anything() {
        let line = "7 (a) b (c) S 3 7 7 0 -1 4194304 1 2 3 4 15 5 0 0 20 0 1 0 99";
        let stat = Stat::parse(line).expect("a line");
        assert_eq!((stat.pid, stat.parent), (7, 3));
        assert_eq!(stat.used, Duration::from_millis(200));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_has_used_some() {
        let before = used(std::process::id()).expect("/proc");
        let turns = (0..).take_while(|_| used(std::process::id()) == Some(before));
        assert!(turns.take(1_000_000).count() < 1_000_000);
    }
}
