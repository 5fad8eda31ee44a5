//! Which sandbox there is. One that was asked for and can't be had is an error:
//! nothing is ever run with less.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::line::{Door, PROGRAM, word};
use super::program::program;
use super::rules::{ENTER, NOTHING, OWN, TELL};
use super::{Cell, Limits, run};
use crate::trial::Stop;

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Choice {
    /// Cells of bubblewrap, with Landlock and seccomp inside.
    Bubblewrap,
    /// None: what is graded may do all that you may do.
    None,
}

/// The sandbox of a class.
pub struct Sandbox {
    choice: Choice,
    /// This class's own folder: cells are made from what lies in it.
    work: PathBuf,
    /// What the yard puts there: from where, and where to.
    lent: Vec<(PathBuf, PathBuf)>,
    /// What cells begin with, where there are any.
    door: Option<Door>,
    /// What every report says of it.
    says: String,
}

/// How long a cell may take to show that it holds.
const TRIAL: Duration = Duration::from_secs(10);

impl Sandbox {
    /// The one that was chosen, tried out; `work` is its folder.
    pub fn new(choice: Choice, work: &Path, say: impl FnMut(&str)) -> Result<Sandbox> {
        let mut sandbox = Sandbox {
            choice,
            work: work.to_owned(),
            lent: Vec::new(),
            door: None,
            says: "none: programs ran with all rights of the user who graded them".to_owned(),
        };
        if choice == Choice::Bubblewrap {
            let version = bubblewrap()?;
            sandbox.door = Some(Door::new(work.join("door"), &program(say)?)?);
            sandbox.says = sandbox.tried(&version)?;
        }
        Ok(sandbox)
    }

    /// What every report says of it.
    pub fn says(&self) -> &str {
        &self.says
    }

    /// Whether there is one.
    pub fn is_some(&self) -> bool {
        self.door.is_some()
    }

    /// The class's folder.
    pub fn work(&self) -> &Path {
        &self.work
    }

    /// Makes a folder of this machine known to the cells, by this name; where
    /// cells find it. As root a cell is nobody's, who may not get there himself.
    pub fn lend(&mut self, folder: &Path, name: &str) -> Result<PathBuf> {
        if !self.is_some() {
            return Ok(folder.to_owned());
        }
        let place = self.work.join(name);
        fs::create_dir_all(&place)?;
        self.lent.push((folder.to_owned(), place.clone()));
        Ok(place)
    }

    /// A new folder in the class's own, that a cell may write to.
    pub fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.work.join(name);
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        #[cfg(target_os = "linux")]
        if self.is_some() && rustix::process::getuid().is_root() {
            use super::rules::NOBODY;
            std::os::unix::fs::chown(&folder, Some(NOBODY), Some(NOBODY))?;
        }
        Ok(folder)
    }

    /// A command in a yard of its own; without a sandbox, the command itself.
    pub fn yard(&self, program: &Path) -> Command {
        let mut command = match self.choice {
            Choice::None => Command::new(program),
            Choice::Bubblewrap => {
                let mut bwrap = Command::new("bwrap");
                bwrap.args(["--die-with-parent", "--unshare-net"]);
                #[cfg(unix)]
                if !rustix::process::getuid().is_root() {
                    bwrap.arg("--unshare-user");
                }
                bwrap.args(["--dev-bind", "/", "/"]);
                for (from, to) in &self.lent {
                    bwrap.arg("--ro-bind").arg(from).arg(to);
                }
                bwrap.arg("--").arg(program);
                bwrap
            }
        };
        // Ctrl-C is for the class, which then ends what is under way.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        // Nothing that was set for someone else.
        command.env_clear();
        for name in ["PATH", "LANG", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command
    }

    /// A command that runs what this cell is for, in a yard of its own.
    pub fn command(&self, cell: &Cell) -> Result<Command> {
        let line = self.line(cell)?;
        let mut command = self.yard(Path::new(&line[0]));
        command.args(&line[1..]);
        if !self.is_some() {
            let env = cell.env.iter().map(|(name, value)| (name, value));
            command.envs(env).current_dir(&cell.folder);
        }
        Ok(command)
    }

    /// A command line that runs what this cell is for, from the yard.
    pub fn line(&self, cell: &Cell) -> Result<Vec<String>> {
        let Some(door) = &self.door else {
            return Ok(cell.command.clone());
        };
        let mut line = vec![word(&door.program())?.to_owned(), ENTER.to_owned()];
        line.extend(door.line(cell)?);
        Ok(line)
    }

    /// A folder for a student's program, with what cells begin with.
    pub fn stage(&self, name: &str) -> Result<PathBuf> {
        let folder = self.work.join(name);
        match &self.door {
            Some(door) => door.again(&folder)?,
            None => fs::create_dir_all(&folder)?,
        }
        Ok(folder)
    }

    /// Tries it out; what it then is.
    fn tried(&self, version: &str) -> Result<String> {
        let cell = Cell {
            own: None,
            reads: Vec::new(),
            writes: None,
            env: vec![(TELL.to_owned(), "1".to_owned())],
            folder: "/".to_owned(),
            command: vec![format!("{OWN}/{PROGRAM}"), NOTHING.to_owned()],
            limits: Limits {
                data: 256 << 20,
                space: 4 << 30,
                cpu: 5,
                file: 0,
                processes: 16,
                files: 64,
            },
            builds: false,
        };
        let mut command = self.command(&cell)?;
        let ended = run(&Stop::possible(), &mut command, TRIAL, 4096)?;
        let said = String::from_utf8_lossy(&ended.stderr).trim().to_owned();
        if ended.well() {
            let landlock = match said.as_str() {
                "landlock FullyEnforced" => "Landlock",
                "landlock PartiallyEnforced" => "as much of Landlock as this kernel has",
                _ => "no Landlock, which this kernel has not",
            };
            return Ok(format!("{version} with limits, seccomp and {landlock}"));
        }
        let said = match said.is_empty() {
            true => "it does not answer".to_owned(),
            false => said,
        };
        bail!(
            "bubblewrap is there, but blocked, and nothing is graded without it: {said}\n  in a \
             container: docker run --security-opt seccomp=unconfined --security-opt \
             apparmor=unconfined --security-opt systempaths=unconfined\n  on Ubuntu 24.04 or later: \
             sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"
        )
    }
}

/// Which bubblewrap there is, if it is one to grade with.
fn bubblewrap() -> Result<String> {
    if !cfg!(target_os = "linux") {
        bail!(
            "the sandbox needs Linux: grade in a virtual machine or a container, or type \
             --sandbox none if you trust every submission"
        );
    }
    let version = Command::new("bwrap").arg("--version").output();
    let Ok(version) = version else {
        bail!(
            "bubblewrap is missing, and nothing is graded without it: apt install bubblewrap \
             (dnf, pacman and zypper know it by the same name)"
        );
    };
    let version = String::from_utf8_lossy(&version.stdout).trim().to_owned();
    if !new_enough(&version) {
        bail!("{version} is too old: the sandbox needs bubblewrap 0.8 or later");
    }
    Ok(version)
}

/// `bubblewrap 0.8.0` is the first with `--disable-userns`.
fn new_enough(version: &str) -> bool {
    let numbers = version.rsplit(' ').next().unwrap_or_default();
    let mut parts = numbers.split('.').map(|part| part.parse::<u32>().ok());
    match (parts.next().flatten(), parts.next().flatten()) {
        (Some(0), Some(minor)) => minor >= 8,
        (Some(_), _) => true,
        _ => false,
    }
}
