//! A submission's sources over the pristine crate, compiled in a cell.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::cell::{self, Cell, Limits, Sandbox};
use super::recipe::{Places, Recipes, copy_all};
use crate::house::{Exercise, House};
use crate::trial::Stop;

/// A submission's sources of one exercise: from its folder, with `/`.
pub type Sources = BTreeMap<String, Vec<u8>>;

/// How much of the compiler's words is kept.
const WORDS: usize = 64 * 1024;

/// What a compiler may use, its time aside.
const LIMITS: Limits = Limits {
    data: 3 << 30,
    space: 6 << 30,
    cpu: 0,
    file: 256 << 20,
    processes: 128,
    files: 1024,
};

/// The compiler, ready to compile submissions.
pub struct Workshop {
    recipes: Recipes,
    /// Each exercise as it is handed out, kept while the class is graded.
    given: PathBuf,
    sysroot: PathBuf,
    deps: PathBuf,
    seconds: u64,
}

/// What came of compiling.
pub enum Compiled {
    /// A program, the sandbox's own folder around it.
    Program(PathBuf),
    /// What the compiler said.
    Refused(String),
    /// It used more than it may.
    Limit(String),
}

/// Where a cell sees things.
const IN_CELL: [&str; 4] = ["/deps", "/out", "/workbook", "/rust"];

impl Workshop {
    /// With these recipes; the sandbox is told what it has to lend.
    pub fn new(
        house: &House,
        exercises: &[Exercise],
        recipes: Recipes,
        sandbox: &mut Sandbox,
        seconds: u64,
    ) -> Result<Workshop> {
        let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        let said = rustc
            .args(["--print", "sysroot"])
            .current_dir(house.root())
            .output()
            .context("rustc can't be started; is Rust installed? See rustup.rs")?;
        let sysroot = PathBuf::from(String::from_utf8(said.stdout)?.trim());
        let given = sandbox.work().join("given");
        for exercise in exercises {
            let to = given.join(&exercise.id);
            fs::create_dir_all(&given)?;
            copy_all(&recipes.given(exercise), &to)?;
        }
        Ok(Workshop {
            given,
            sysroot: sandbox.lend(&sysroot, "rust")?,
            deps: sandbox.lend(recipes.deps(), "deps")?,
            recipes,
            seconds,
        })
    }

    /// What decides how a submission is compiled.
    pub fn key(&self) -> &str {
        self.recipes.key()
    }

    /// Compiles. `name` is a folder of the sandbox that nobody else uses.
    pub fn compile(
        &self,
        stop: &Stop,
        sandbox: &Sandbox,
        exercise: &Exercise,
        sources: &Sources,
        name: &str,
    ) -> Result<Compiled> {
        let root = sandbox.folder(&format!("{name}/src"))?;
        let out = sandbox.folder(&format!("{name}/out"))?;
        self.lay(exercise, sources, &root)?;
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let here = [&self.deps, &out, &root, &self.sysroot].map(|path| text(path));
        let [deps, out_seen, root_seen, rust] = match sandbox.is_some() {
            true => IN_CELL.map(str::to_owned),
            false => here,
        };
        let places = Places {
            deps: &deps,
            out: &out_seen,
            root: &root_seen,
        };
        let calls = self.recipes.calls(exercise, &places);
        // Beside others it has less than a processor.
        let time = Duration::from_secs(3 * self.seconds);
        for call in &calls {
            let mut env: Vec<(String, String)> = call
                .env()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect();
            if sandbox.is_some() {
                env.push(("PATH".to_owned(), "/usr/bin:/bin".to_owned()));
                env.push(("TMPDIR".to_owned(), out_seen.clone()));
            }
            let mut command = vec![format!("{rust}/bin/rustc")];
            command.extend_from_slice(call.args());
            let cell = Cell {
                own: None,
                reads: system()
                    .into_iter()
                    .chain([
                        (self.sysroot.clone(), rust.clone()),
                        (self.deps.clone(), deps.clone()),
                        (root.clone(), root_seen.clone()),
                    ])
                    .collect(),
                writes: Some((out.clone(), out_seen.clone())),
                env,
                folder: root_seen.clone(),
                command,
                limits: Limits {
                    cpu: self.seconds,
                    ..LIMITS
                },
                builds: true,
            };
            let mut command = sandbox.command(&cell)?;
            let ended = cell::run(stop, &mut command, time, WORDS)?;
            if ended.well() {
                continue;
            }
            let said = String::from_utf8_lossy(&ended.stderr).into_owned();
            return match ended.status.map(|status| status.code()) {
                None => Ok(Compiled::Limit(format!(
                    "compile limit: not done after {} s",
                    time.as_secs()
                ))),
                Some(Some(1)) => Ok(Compiled::Refused(said)),
                Some(Some(code)) if code == i32::from(cell::rules::FAILED) => {
                    bail!("a cell can't be entered: {}", said.trim())
                }
                // Out of memory it aborts; out of time it is killed; either may
                // look like a fault of its own.
                Some(_) => Ok(Compiled::Limit(format!(
                    "compile limit: the compiler was stopped ({} s, {} GiB), or stopped itself\n{said}",
                    self.seconds,
                    LIMITS.data >> 30
                ))),
            };
        }
        let Some(program) = calls.iter().find(|call| call.is_program()) else {
            bail!("{} has no program", exercise.id);
        };
        let made = out.join(program.output());
        let about = fs::symlink_metadata(&made);
        if !about.is_ok_and(|about| about.is_file()) {
            bail!("the compiler made no {}", made.display());
        }
        let kept = sandbox.stage(&format!("{name}/cell"))?.join("program");
        fs::rename(&made, &kept)?;
        fs::remove_dir_all(&out)?;
        Ok(Compiled::Program(kept))
    }

    /// Puts the pristine exercise there, and the sources over it. The program's
    /// own file is given: what stands there of a student's counts nothing.
    fn lay(&self, exercise: &Exercise, sources: &Sources, root: &Path) -> Result<()> {
        let folder = root.join("exercises").join(&exercise.id);
        fs::create_dir_all(folder.parent().unwrap_or(root))?;
        copy_all(&self.given.join(&exercise.id), &folder)?;
        for (path, bytes) in sources {
            let file = folder.join(path);
            fs::create_dir_all(file.parent().unwrap_or(&folder))?;
            fs::write(&file, bytes).with_context(|| file.display().to_string())?;
        }
        Ok(())
    }
}

/// What of the system a compiler and its linker need.
fn system() -> Vec<(PathBuf, String)> {
    [
        "/usr",
        "/bin",
        "/lib",
        "/lib64",
        "/etc/ld.so.cache",
        "/etc/alternatives",
    ]
    .into_iter()
    .filter(|path| Path::new(path).exists())
    .map(|path| (PathBuf::from(path), path.to_owned()))
    .collect()
}
