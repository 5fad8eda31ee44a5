//! One call of the compiler: written down as cargo makes it, and made again
//! elsewhere.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::process::{Command, ExitCode};

use serde::{Deserialize, Serialize};

use super::Recipes;
use crate::house::Exercise;

/// Where calls of the compiler are written down.
pub const RECORD: &str = "WORKBOOK_RECORD_RUSTC";

/// What makes a program that is compiled once and started fifty times cheaper,
/// and no different: one unit, at a place of its own in memory. Overflow is
/// checked as in a learner's own build.
const CHEAPER: [&str; 2] = ["-Ccodegen-units=1", "-Crelocation-model=static"];

/// One call of the compiler.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Call {
    args: Vec<String>,
    env: BTreeMap<String, String>,
}

/// Where the parts of a build lie, as the compiler is to see them.
pub struct Places<'a> {
    /// The folder of compiled dependencies.
    pub deps: &'a str,
    /// Where its output goes.
    pub out: &'a str,
    /// The workspace around the sources.
    pub root: &'a str,
}

impl Call {
    /// Its words, without the compiler itself.
    pub fn args(&self) -> &[String] {
        &self.args
    }

    /// What is to be set.
    pub fn env(&self) -> impl Iterator<Item = (&str, &str)> {
        self.env
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The package it is of.
    pub fn package(&self) -> &str {
        self.env.get("CARGO_PKG_NAME").map_or("", String::as_str)
    }

    /// Whether it makes a program.
    pub fn is_program(&self) -> bool {
        self.args
            .windows(2)
            .any(|pair| pair == ["--crate-type", "bin"])
    }

    /// The name of the file it makes, if that is a program.
    pub fn output(&self) -> String {
        let value = |name: &str| {
            let mut args = self.args.iter().skip_while(|arg| *arg != name);
            args.nth(1).cloned().unwrap_or_default()
        };
        let extra = self
            .args
            .iter()
            .find_map(|arg| arg.strip_prefix("extra-filename="));
        format!(
            "{}{}{}",
            value("--crate-name"),
            extra.unwrap_or_default(),
            std::env::consts::EXE_SUFFIX
        )
    }

    /// The same call for other places, with words for people.
    pub fn replayed(&self, recipes: &Recipes, exercise: &Exercise, places: &Places) -> Call {
        let own = format!("lib{}-", exercise.name.replace('-', "_"));
        let deps = &recipes.deps;
        let placed = |arg: &str| {
            // The exercise's own library is the one just made.
            let arg = match arg.contains(&format!("/{own}")) || arg == deps {
                true => arg.replace(deps.as_str(), places.out),
                false => arg.replace(deps.as_str(), places.deps),
            };
            arg.replace(&recipes.copy, places.root)
        };
        let mut args: Vec<String> = Vec::new();
        for arg in &self.args {
            let arg = match arg {
                arg if arg.starts_with("--error-format") => "--error-format=human".to_owned(),
                arg if arg.starts_with("--json") || arg.starts_with("--diagnostic-width") => {
                    continue;
                }
                arg if arg.starts_with("--emit") => "--emit=link".to_owned(),
                arg => placed(arg),
            };
            args.push(arg);
        }
        args.push("--color=never".to_owned());
        args.extend(CHEAPER.map(str::to_owned));
        let env = self.env.iter();
        Call {
            args,
            env: env
                .map(|(name, value)| (name.clone(), placed(value)))
                .collect(),
        }
    }
}

/// If this process stands before a compiler: writes the call down and makes it.
pub fn intercept() -> Option<ExitCode> {
    let record = std::env::var_os(RECORD)?;
    let mut words = std::env::args_os().skip(1);
    let rustc = words.next()?;
    let args: Vec<_> = words.collect();
    // Without a package, cargo asks the compiler about itself.
    let package = std::env::var_os("CARGO_PKG_NAME");
    if package.is_some() && args.iter().any(|arg| arg == "--crate-name") {
        let is_cargos =
            |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_BIN_");
        let more = ["CARGO_CRATE_NAME", "CARGO_MANIFEST_DIR"];
        let call = Call {
            args: args
                .iter()
                .map(|arg| arg.to_string_lossy().into_owned())
                .collect(),
            env: std::env::vars()
                .filter(|(name, _)| is_cargos(name) || more.contains(&name.as_str()))
                .collect(),
        };
        let line = serde_json::to_string(&call).ok()? + "\n";
        let file = File::options().append(true).open(record);
        file.ok()?.write_all(line.as_bytes()).ok()?;
    }
    let status = Command::new(rustc).args(args).status();
    let code = status.ok().and_then(|status| status.code());
    Some(ExitCode::from(code.map_or(2, |code| code as u8)))
}
