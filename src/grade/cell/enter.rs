//! From the yard into a cell: bubblewrap's command line.

use std::ffi::OsString;
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Error, Result};

use super::{Cell, INSIDE, inside};

/// Whose the cells are, where root grades: the overflow user, which owns nothing.
pub const NOBODY: u32 = 65534;

/// Where the cell sees this program and its libraries.
const OWN: &str = "/cell";

/// `__enter-cell FILE ARGS…`: bubblewrap takes this process's place.
pub fn enter(words: Vec<OsString>) -> Error {
    match command(words) {
        Ok(mut command) => {
            let error = command.exec();
            Error::new(error).context("bwrap can't be started")
        }
        Err(error) => error,
    }
}

fn command(words: Vec<OsString>) -> Result<Command> {
    let (file, args) = words.split_first().context("no cell is named")?;
    let cell: Cell = serde_json::from_slice(&fs::read(file)?)?;
    let mut bwrap = Command::new("bwrap");
    if rustix::process::getuid().is_root() {
        bwrap.uid(NOBODY).gid(NOBODY);
    }
    bwrap.args([
        "--unshare-user",
        "--unshare-pid",
        "--unshare-ipc",
        "--unshare-uts",
        "--unshare-cgroup-try",
        "--disable-userns",
        "--die-with-parent",
        // Without a terminal to write to, or to type into.
        "--new-session",
        "--clearenv",
        "--hostname",
        "cell",
        "--cap-drop",
        "ALL",
    ]);
    let own = std::env::current_exe()?;
    bwrap.arg("--ro-bind").arg(&own).arg(in_cell("workbook"));
    let loader = loader()?;
    for library in &loader {
        let name = library.file_name().unwrap_or_default().to_string_lossy();
        bwrap
            .arg("--ro-bind")
            .arg(library)
            .arg(in_cell(&format!("lib/{name}")));
    }
    bwrap.args(["--dev-bind", "/dev/null", "/dev/null"]);
    if cell.builds {
        // The compiler looks for its own place there.
        bwrap.args(["--proc", "/proc"]);
    }
    for (from, to) in &cell.reads {
        match fs::read_link(from) {
            // `/lib` is a link on most systems; what it means is inside as well.
            Ok(target) => bwrap.arg("--symlink").arg(target).arg(to),
            Err(_) => bwrap.arg("--ro-bind").arg(from).arg(to),
        };
    }
    if let Some((from, to)) = &cell.writes {
        bwrap.arg("--bind").arg(from).arg(to);
    }
    for (name, value) in &cell.env {
        bwrap.arg("--setenv").arg(name).arg(value);
    }
    bwrap.args(["--remount-ro", "/", "--chdir", &cell.folder, "--"]);
    let start = through(&loader);
    bwrap.args(&start).arg(in_cell("workbook")).arg(INSIDE);
    bwrap.arg(serde_json::to_string(&inside::Rules::of(&cell))?);
    // A program that is given runs with the libraries that this one runs with.
    if !cell.builds {
        bwrap.args(&start);
    }
    bwrap.args(&cell.command).args(args);
    // Nothing of the yard's environment is bubblewrap's business but where it is.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mark = std::env::var_os("PROOF_RUN");
    bwrap.env_clear().env("PATH", path);
    // The proof finds strays by it.
    bwrap.envs(mark.map(|mark| ("PROOF_RUN", mark)));
    Ok(bwrap)
}

fn in_cell(name: &str) -> String {
    format!("{OWN}/{name}")
}

/// How a program is started there: through the loader, which then needs no
/// place of its own. A static program needs neither.
fn through(loader: &[PathBuf]) -> Vec<String> {
    let is_loader = |path: &&PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("ld-") || name.starts_with("ld64")
    };
    match loader.iter().find(is_loader) {
        Some(path) => {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let words = [
                in_cell(&format!("lib/{name}")),
                "--library-path".to_owned(),
                in_cell("lib"),
            ];
            words.into()
        }
        None => Vec::new(),
    }
}

/// The libraries that this process runs with: a student's program, from the
/// same compiler, needs no others.
fn loader() -> Result<Vec<PathBuf>> {
    let maps = fs::read_to_string("/proc/self/maps").context("/proc/self/maps")?;
    let mut found: Vec<PathBuf> = maps
        .lines()
        .filter_map(|line| line.find('/').map(|at| &line[at..]))
        .filter(|path| path.contains(".so"))
        .map(|path| Path::new(path).to_owned())
        .collect();
    found.sort();
    found.dedup();
    Ok(found)
}
