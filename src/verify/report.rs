//! What was found: by check as it is looked for, by chapter as it is told.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use serde_json::json;

use super::scope::Scope;
use crate::book::Fault;
use crate::terminal::{BAD, BOLD, DIM, GOOD};

/// One fault, and the check that found it.
pub struct Finding {
    check: &'static str,
    /// `02-handshake`; `None`: it belongs to no chapter.
    chapter: Option<String>,
    fault: Fault,
}

impl Finding {
    /// As a program reads it.
    pub fn json(&self) -> String {
        let Fault {
            file,
            line,
            message,
        } = &self.fault;
        let (check, chapter) = (self.check, &self.chapter);
        json!({ "check": check, "chapter": chapter, "file": file, "line": line, "message": message }).to_string()
    }
}

/// All checks, and what each has found.
pub struct Report<'a> {
    scope: &'a Scope,
    /// A check's name, its truth, and how many faults it has found.
    checks: Vec<(&'static str, &'static str, usize)>,
    findings: Vec<Finding>,
}

impl<'a> Report<'a> {
    /// Nothing yet.
    pub fn new(scope: &'a Scope) -> Report<'a> {
        Report {
            scope,
            checks: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// Notes what a check has found, as far as it was asked for.
    pub fn add(&mut self, name: &'static str, truth: &'static str, faults: Vec<Fault>) {
        let before = self.findings.len();
        for fault in faults {
            let chapter = self.scope.chapter_of(&fault.file);
            if chapter.map_or(self.scope.is_whole(), |id| self.scope.is_asked(id)) {
                self.findings.push(Finding {
                    check: name,
                    chapter: chapter.map(str::to_owned),
                    fault,
                });
            }
        }
        self.checks
            .push((name, truth, self.findings.len() - before));
    }

    /// Whether all is true so far.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    /// Every fault.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The checks, then the faults by chapter, then how many.
    pub fn text(&self, took: Duration) -> String {
        let mut out = String::from("\n");
        let width = self
            .checks
            .iter()
            .map(|(name, ..)| name.len())
            .max()
            .unwrap_or(0);
        for (name, truth, found) in &self.checks {
            let (mark, found) = match found {
                0 => (format!("{GOOD}✓{GOOD:#}"), String::new()),
                n => (
                    format!("{BAD}✗{BAD:#}"),
                    format!("   {BAD}{}{BAD:#}", faults(*n)),
                ),
            };
            let _ = writeln!(out, "  {mark} {name:width$}   {DIM}{truth}{DIM:#}{found}");
        }
        let mut chapters: BTreeMap<Option<&str>, Vec<&Finding>> = BTreeMap::new();
        for finding in &self.findings {
            chapters
                .entry(finding.chapter.as_deref())
                .or_default()
                .push(finding);
        }
        for (chapter, mut found) in chapters.clone() {
            let _ = writeln!(out, "\n{BOLD}{}{BOLD:#}", chapter.unwrap_or("the workbook"));
            found.sort_by(|a, b| a.fault.cmp(&b.fault));
            for Finding { check, fault, .. } in found {
                let _ = writeln!(
                    out,
                    "  {}:{}: {} {DIM}({check}){DIM:#}",
                    fault.file, fault.line, fault.message
                );
            }
        }
        let looked = format!("{} checks, {:.1} s", self.checks.len(), took.as_secs_f64());
        let _ = match self.findings.len() {
            0 => writeln!(
                out,
                "\n{GOOD}all of it is true{GOOD:#} {DIM}({looked}){DIM:#}"
            ),
            n => writeln!(out, "\n{BAD}{}{BAD:#} {DIM}({looked}){DIM:#}", faults(n)),
        };
        out
    }
}

fn faults(number: usize) -> String {
    match number {
        1 => "1 fault".to_owned(),
        n => format!("{n} faults"),
    }
}
