//! A run that may be called off, with every process that it has started.

use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Result, bail};

/// How one thread tells another that its run is no longer wanted.
#[derive(Clone)]
pub struct Stop(Option<Arc<AtomicBool>>);

impl Stop {
    /// For a run that Ctrl-C ends, and nothing else.
    pub fn never() -> Stop {
        Stop(None)
    }

    /// For a run that may be called off.
    pub fn possible() -> Stop {
        Stop(Some(Arc::default()))
    }

    /// Calls it off.
    pub fn now(&self) {
        if let Some(flag) = &self.0 {
            flag.store(true, Ordering::Relaxed);
        }
    }

    /// Fails once it is called off.
    pub fn check(&self) -> Result<()> {
        match &self.0 {
            Some(flag) if flag.load(Ordering::Relaxed) => bail!("called off"),
            _ => Ok(()),
        }
    }

    /// Starts a process. If it may be called off, it gets a group of its own:
    /// cargo's compilers end with it.
    pub fn spawn(&self, command: &mut Command) -> std::io::Result<Family> {
        let grouped = self.0.is_some();
        #[cfg(unix)]
        if grouped {
            std::os::unix::process::CommandExt::process_group(command, 0);
        }
        let child = command.spawn()?;
        Ok(Family { child, grouped })
    }
}

/// A process and its children. Dropped before its end, all are ended.
pub struct Family {
    child: Child,
    grouped: bool,
}

impl Family {
    /// Its standard output, if that is piped; once.
    pub fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Its standard error, if that is piped; once.
    pub fn stderr(&mut self) -> Option<ChildStderr> {
        self.child.stderr.take()
    }

    /// How it has ended, if it has.
    pub fn try_wait(&mut self) -> std::io::Result<Option<ExitStatus>> {
        self.child.try_wait()
    }

    /// Waits until it has ended by itself.
    pub fn wait(&mut self) -> std::io::Result<ExitStatus> {
        self.child.wait()
    }
}

impl Drop for Family {
    fn drop(&mut self) {
        // Once it was waited for, its number may be another's.
        if let Ok(None) = self.child.try_wait() {
            #[cfg(unix)]
            if let Some(group) = rustix::process::Pid::from_raw(self.child.id().cast_signed())
                && self.grouped
            {
                let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
            }
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
