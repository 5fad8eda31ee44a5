//! An exercise as it is graded: pristine, proofs built, nothing left to find out.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::RwLock;

use anyhow::Result;

use super::canary;
use super::cell::Sandbox;
use super::class::Class;
use super::compile::{Compiled, Sources, Workshop};
use super::hidden;
use super::recipe::Recipes;
use super::record::Work;
use super::run::{Court, Defendant};
use super::similarity;
use super::verdict::{Shown, Verdict};
use crate::digest::Digest;
use crate::house::{Exercise, House};
use crate::trial::{Proofs, Stop};

/// One exercise, ready to be graded.
pub struct Kit {
    pub exercise: Exercise,
    proofs: Proofs,
    hidden: Option<Proofs>,
    /// Everything but the submission that decides a verdict.
    pub how: String,
    /// What is handed out, the given program aside.
    start: Sources,
    /// Its fingerprints: what all have in common.
    given: BTreeSet<u32>,
}

/// All that it takes to grade: nothing in it changes while a class is graded.
pub struct Bench {
    pub sandbox: Sandbox,
    workshop: Workshop,
    court: Court,
    pub kits: Vec<Kit>,
}

impl Bench {
    /// Builds what has to be built.
    pub fn new(
        house: &House,
        class: &Class,
        exercises: &[Exercise],
        mut sandbox: Sandbox,
        mut say: impl FnMut(&str),
    ) -> Result<Bench> {
        let recipes = Recipes::of(house, exercises, &mut say)?;
        let workshop = Workshop::new(
            house,
            exercises,
            recipes,
            &mut sandbox,
            class.compile_seconds(),
        )?;
        let court = Court {
            time: class.time(),
            limits: class.limits(),
            quiet: RwLock::default(),
        };
        let mut kits = Vec::new();
        for exercise in exercises {
            let mut digest = Digest::default();
            digest.tree(&exercise.dir.join("tests"))?;
            let hidden = match class.hidden(exercise) {
                Some(hidden) => {
                    digest.tree(&hidden.folder)?;
                    Some(hidden::proofs(house, exercise, hidden, &mut say)?)
                }
                None => None,
            };
            let proofs = Proofs::of(house, exercise, &mut say)?;
            let built = proofs.binary().file_name().unwrap_or_default();
            let start = sources(&exercise.dir.join("start"))?;
            kits.push(Kit {
                how: format!(
                    "1 {} {} {} {:?} {:?} {} {}",
                    workshop.key(),
                    digest.long(),
                    built.display(),
                    court.limits,
                    court.time,
                    class.compile_seconds(),
                    sandbox.says()
                ),
                given: similarity::fingerprints(&start),
                start,
                proofs,
                hidden,
                exercise: exercise.clone(),
            });
        }
        Ok(Bench {
            sandbox,
            workshop,
            court,
            kits,
        })
    }

    /// Compiles and proves; `name` is a folder of the sandbox of its own.
    pub fn grade(
        &self,
        stop: &Stop,
        kit: &Kit,
        sources: &Sources,
        seed: u64,
        name: &str,
    ) -> Result<Verdict> {
        let started = std::time::Instant::now();
        let folder = self.sandbox.work().join(name);
        let verdict = self.verdict(stop, kit, sources, seed, name);
        // What is left of it is no use to anybody.
        let _ = std::fs::remove_dir_all(folder);
        let mut verdict = verdict?;
        verdict.ms = started.elapsed().as_millis() as u64;
        Ok(verdict)
    }

    fn verdict(
        &self,
        stop: &Stop,
        kit: &Kit,
        sources: &Sources,
        seed: u64,
        name: &str,
    ) -> Result<Verdict> {
        let exercise = &kit.exercise;
        let mut verdict = Verdict {
            uncompiled: None,
            seed,
            proofs: Vec::new(),
            ms: 0,
        };
        let compiled = self
            .workshop
            .compile(stop, &self.sandbox, exercise, sources, name)?;
        let program = match compiled {
            Compiled::Program(program) => program,
            Compiled::Refused(said) | Compiled::Limit(said) => {
                verdict.uncompiled = Some(said);
                return Ok(verdict);
            }
        };
        let defendant = Defendant {
            exercise,
            program: &program,
            seed,
        };
        let all = [(Some(&kit.proofs), false), (kit.hidden.as_ref(), true)];
        for (proofs, hidden) in all {
            let Some(proofs) = proofs else { continue };
            let court = &self.court;
            let shown = court.run(stop, &self.sandbox, proofs, &defendant, hidden)?;
            verdict.proofs.extend(shown);
        }
        // A program can say that its cell has failed. Whether cells do is asked
        // of one that is ours.
        if self.sandbox.is_some() && verdict.proofs.iter().any(Shown::is_suspect) {
            canary::contained(self, stop)?;
        }
        Ok(verdict)
    }

    /// What runs in a cell as students' programs do.
    pub fn court(&self) -> &Court {
        &self.court
    }
}

impl Kit {
    /// Whether a student has changed nothing.
    pub fn is_untouched(&self, sources: &Sources) -> bool {
        sources
            .iter()
            .all(|(name, bytes)| self.start.get(name) == Some(bytes))
    }

    /// What came of these sources, in a record.
    pub fn graded(&self, verdict: Verdict, sources: &Sources) -> Work {
        Work::Graded {
            verdict,
            fingerprints: similarity::own(sources, &self.given),
        }
    }

    /// What is handed out.
    pub fn start(&self) -> &Sources {
        &self.start
    }
}

/// The sources in a folder that is `src/`, the given program aside.
pub fn sources(folder: &Path) -> Result<Sources> {
    let mut found = Sources::new();
    let mut folders = vec![(folder.to_owned(), "src".to_owned())];
    while let Some((folder, below)) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let name = format!("{below}/{name}");
            if path.is_dir() {
                folders.push((path, name));
            } else if name.ends_with(".rs") && name != "src/main.rs" {
                found.insert(name, std::fs::read(&path)?);
            }
        }
    }
    Ok(found)
}
