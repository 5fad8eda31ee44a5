//! From the yard into a cell: bubblewrap's command line.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::Cell;
use super::rules::{INSIDE, OWN, Rules};

/// What stands at the door of every cell, in a folder that cells see as theirs:
/// the small program, and the libraries that programs run with.
pub struct Door {
    /// That folder, on this machine.
    folder: PathBuf,
    /// The words that start a program there: through the loader, which then
    /// needs no place of its own. A static program needs none.
    start: Vec<String>,
}

/// What the small program is called there.
pub const PROGRAM: &str = "cell";

impl Door {
    /// Set up in this folder, with that program.
    pub fn new(folder: PathBuf, program: &Path) -> Result<Door> {
        let place = folder.join("lib");
        fs::create_dir_all(&place)?;
        fs::copy(program, folder.join(PROGRAM)).context("no place for the sandbox")?;
        let mut start = Vec::new();
        for library in libraries()? {
            let name = library.file_name().unwrap_or_default().to_string_lossy();
            fs::copy(&library, place.join(&*name)).context("no place for the sandbox")?;
            if name.starts_with("ld-") || name.starts_with("ld64") {
                let library_path = ["--library-path".to_owned(), in_cell("lib")];
                start = vec![in_cell(&format!("lib/{name}"))];
                start.extend(library_path);
            }
        }
        open(&place)?;
        open(&folder)?;
        Ok(Door { folder, start })
    }

    /// The small program, for the yard.
    pub fn program(&self) -> PathBuf {
        self.folder.join(PROGRAM)
    }

    /// Another such folder, to which a program is added.
    pub fn again(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder.join("lib"))?;
        for below in ["", "lib"] {
            for entry in fs::read_dir(self.folder.join(below))? {
                let entry = entry?;
                if entry.file_type()?.is_file() {
                    fs::hard_link(entry.path(), folder.join(below).join(entry.file_name()))?;
                }
            }
            open(&folder.join(below))?;
        }
        Ok(())
    }

    /// The command line that runs what this cell is for, from the yard.
    pub fn line(&self, cell: &Cell) -> Result<Vec<String>> {
        let mut line = Line::default();
        line.words([
            "bwrap",
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
        line.mount("--ro-bind", cell.own.as_ref().unwrap_or(&self.folder), OWN)?;
        line.words(["--dev-bind", "/dev/null", "/dev/null"]);
        if cell.builds {
            // The compiler looks for its own place there.
            line.words(["--proc", "/proc"]);
        }
        for (from, to) in &cell.reads {
            match fs::read_link(from) {
                // `/lib` is a link on most systems; what it means is inside as well.
                Ok(target) => line.mount("--symlink", &target, to)?,
                Err(_) => line.mount("--ro-bind", from, to)?,
            }
        }
        if let Some((from, to)) = &cell.writes {
            line.mount("--bind", from, to)?;
        }
        for (name, value) in &cell.env {
            line.words(["--setenv", name, value]);
        }
        line.words(["--remount-ro", "/", "--chdir", &cell.folder, "--"]);
        line.words(&self.start);
        let rules = Rules {
            limits: cell.limits,
            builds: cell.builds,
            reads: cell.reads.iter().map(|(_, to)| to.clone()).collect(),
            writes: cell.writes.as_ref().map(|(_, to)| to.clone()),
        };
        line.words([&in_cell(PROGRAM), INSIDE, &serde_json::to_string(&rules)?]);
        // A program that is given runs with the libraries that are at the door.
        if !cell.builds {
            line.words(&self.start);
        }
        line.words(&cell.command);
        Ok(line.0)
    }
}

/// A command line under way.
#[derive(Default)]
struct Line(Vec<String>);

impl Line {
    fn words<Word: AsRef<str>>(&mut self, words: impl IntoIterator<Item = Word>) {
        let words = words.into_iter();
        self.0.extend(words.map(|word| word.as_ref().to_owned()));
    }

    fn mount(&mut self, how: &str, from: &Path, to: &str) -> Result<()> {
        self.words([how, word(from)?, to]);
        Ok(())
    }
}

/// A path as a word.
pub fn word(path: &Path) -> Result<&str> {
    let text = path.to_str();
    text.with_context(|| format!("{} is not UTF-8", path.display()))
}

fn in_cell(name: &str) -> String {
    format!("{OWN}/{name}")
}

/// Cells that are nobody's must get in, whatever this user's files are like.
#[cfg(unix)]
fn open(folder: &Path) -> Result<()> {
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(folder, mode).with_context(|| folder.display().to_string())
}

#[cfg(not(unix))]
fn open(_: &Path) -> Result<()> {
    Ok(())
}

/// The libraries that this process runs with: a student's program, from the
/// same compiler, needs no others.
fn libraries() -> Result<Vec<PathBuf>> {
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
