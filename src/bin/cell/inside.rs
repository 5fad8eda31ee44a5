//! Inside a cell, before its command begins: limits, Landlock, seccomp.

use std::env::ArgsOs;
use std::iter::Skip;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use crate::calls;
use crate::rules::{Limits, OWN, Rules, TELL};
use anyhow::{Context as _, Error, Result};
use landlock::{
    ABI, Access as _, AccessFs, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
    RulesetCreatedAttr as _, Scope, path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, setrlimit};

/// `inside RULES COMMAND…`: the command takes this process's place.
pub fn begin(words: Skip<ArgsOs>) -> Error {
    match confined(words) {
        Ok(mut command) => {
            let name = command.get_program().to_owned();
            Error::new(command.exec()).context(name.display().to_string())
        }
        Err(error) => error,
    }
}

fn confined(mut words: Skip<ArgsOs>) -> Result<Command> {
    let rules = words.next().context("no rules")?;
    let rules: Rules = serde_json::from_str(rules.to_str().context("rules")?)?;
    let mut command = Command::new(words.next().context("no command")?);
    command.args(words);
    limit(&rules.limits)?;
    landlock(&rules)?;
    // Last: what it forbids, the others need.
    calls::confine(rules.builds)?;
    Ok(command)
}

fn limit(limits: &Limits) -> Result<()> {
    for (resource, most) in [
        (Resource::Data, limits.data),
        (Resource::As, limits.space),
        (Resource::Cpu, limits.cpu),
        (Resource::Fsize, limits.file),
        (Resource::Nproc, limits.processes),
        (Resource::Nofile, limits.files),
        (Resource::Core, 0),
        (Resource::Memlock, 0),
        (Resource::Msgqueue, 0),
    ] {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        setrlimit(resource, limit).with_context(|| format!("{resource:?}"))?;
    }
    Ok(())
}

/// The same files once more, by another guard: should a mount be wrong, this
/// still holds. A kernel without Landlock has only the first.
fn landlock(rules: &Rules) -> Result<()> {
    let abi = ABI::V6;
    let read = AccessFs::from_read(abi);
    let mut ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))?
        .scope(Scope::AbstractUnixSocket | Scope::Signal)?
        .create()?
        .add_rules(path_beneath_rules([OWN], read))?
        .add_rules(path_beneath_rules(
            ["/dev/null"],
            AccessFs::ReadFile | AccessFs::WriteFile,
        ))?
        .add_rules(path_beneath_rules(&rules.reads, read))?;
    if rules.builds {
        ruleset = ruleset.add_rules(path_beneath_rules(["/proc"], read))?;
    }
    if let Some(folder) = &rules.writes {
        ruleset = ruleset.add_rules(path_beneath_rules([folder], AccessFs::from_all(abi)))?;
    }
    let status = ruleset.restrict_self()?;
    if std::env::var_os(TELL).is_some() {
        eprintln!("landlock {:?}", status.ruleset);
    }
    Ok(())
}
