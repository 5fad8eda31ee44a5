//! Where a learner stands: what was proved of which program.
//!
//! `.workbook/progress/NN-name.json` holds the last verdicts together with a
//! digest of the program and of the proofs they are about. Once either is
//! changed they are no longer true, and are not shown as such.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::house::{Exercise, House, Proof, Step};
use crate::trial::{Report, Status};

/// What a program and its proofs hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    program: String,
    proofs: String,
}

impl Stamp {
    /// As they are now.
    pub fn of(exercise: &Exercise) -> Result<Stamp> {
        let mut program = Digest::default();
        program.tree(&exercise.dir.join("src"))?;
        program.file(&exercise.dir.join("Cargo.toml"))?;
        let mut proofs = Digest::default();
        proofs.file(&exercise.proofs_file())?;
        for proof in exercise.proofs()? {
            let name = format!("{}.snap", proof.snapshot());
            proofs.file(&exercise.snapshots_dir().join(name))?;
        }
        Ok(Stamp {
            program: program.short(),
            proofs: proofs.short(),
        })
    }
}

#[derive(Serialize, Deserialize)]
struct File {
    v: u32,
    stamp: Stamp,
    status: BTreeMap<String, Status>,
    /// What was found of the programs before.
    #[serde(default)]
    before: BTreeMap<String, Status>,
}

/// An exercise's proofs, and what is known of each.
#[derive(Debug, Clone)]
pub struct Standing {
    /// All proofs, in the order written; `None`: not tried on this program.
    pub proofs: Vec<(Proof, Option<Status>)>,
    /// The program is no longer the one that was tried last.
    pub changed: bool,
    /// The program is as it was handed out.
    pub untouched: bool,
    /// Why what was found could not be written down.
    pub unkept: Option<String>,
    steps: Vec<Step>,
    /// What was found of each proof when it was tried last, on this program or
    /// on one before.
    last: BTreeMap<String, Status>,
}

/// How many proofs of a step hold, of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Count {
    /// That hold.
    pub proved: usize,
    /// That were tried.
    pub tried: usize,
    /// In all.
    pub of: usize,
}

impl Count {
    /// Whether all hold.
    pub fn full(self) -> bool {
        self.proved == self.of
    }
}

impl Standing {
    /// What is known without running anything.
    pub fn read(house: &House, exercise: &Exercise) -> Result<Standing> {
        let text = fs::read_to_string(file(house, exercise)).unwrap_or_default();
        // A file that can't be read says nothing: the next check writes it anew.
        let kept = serde_json::from_str::<File>(&text)
            .ok()
            .filter(|file| file.v == 1);
        let now = Stamp::of(exercise)?;
        let changed = kept.as_ref().is_some_and(|file| file.stamp != now);
        let (status, mut last) = kept
            .map(|file| (file.status, file.before))
            .unwrap_or_default();
        let proofs = exercise.proofs()?.into_iter().map(|proof| {
            let status = status.get(&proof.path).copied().filter(|_| !changed);
            (proof, status)
        });
        let proofs = proofs.collect();
        last.extend(status);
        let untouched = is_untouched(exercise);
        if untouched {
            last.clear(); // Begun again: what held before is gone.
        }
        Ok(Standing {
            proofs,
            changed,
            untouched,
            steps: exercise.about.steps.clone(),
            unkept: None,
            last,
        })
    }

    /// Writes down what came of a run on the program that had this stamp, and
    /// returns where that leaves the learner.
    pub fn note(
        house: &House,
        exercise: &Exercise,
        stamp: &Stamp,
        reports: &[Report],
    ) -> Result<Standing> {
        let mut unkept = None;
        // Saved meanwhile: the verdicts are about a program that is gone.
        if *stamp == Stamp::of(exercise)? {
            let standing = Standing::read(house, exercise)?;
            let known = standing
                .proofs
                .into_iter()
                .filter_map(|(proof, status)| Some((proof.path, status?)));
            let new = reports
                .iter()
                .map(|report| (report.proof.clone(), report.status));
            let kept = File {
                v: 1,
                stamp: stamp.clone(),
                status: known.chain(new).collect(),
                before: standing.last,
            };
            // Where nothing can be written, the verdict still stands.
            let written = write(&file(house, exercise), &serde_json::to_vec(&kept)?);
            unkept = written.err().map(|error| format!("{error:#}"));
        }
        let mut standing = Standing::read(house, exercise)?;
        standing.unkept = unkept;
        for (proof, status) in &mut standing.proofs {
            if let Some(report) = reports.iter().find(|report| report.proof == proof.path) {
                *status = Some(report.status);
                standing.last.insert(proof.path.clone(), report.status);
            }
        }
        standing.changed = false;
        Ok(standing)
    }

    /// How many proofs hold, core or strict, of one step.
    pub fn count(&self, step: &Step, strict: bool) -> Count {
        self.count_if(|proof| proof.step() == step.id && proof.strict() == strict)
    }

    /// How many proofs hold, core or strict, of the whole exercise.
    pub fn count_all(&self, strict: bool) -> Count {
        self.count_if(|proof| proof.strict() == strict)
    }

    fn count_if(&self, is_meant: impl Fn(&Proof) -> bool) -> Count {
        let mut count = Count::default();
        for (_, status) in self.proofs.iter().filter(|(proof, _)| is_meant(proof)) {
            count.of += 1;
            count.tried += usize::from(status.is_some());
            count.proved += usize::from(*status == Some(Status::Proved));
        }
        count
    }

    /// Enough for the next chapter.
    pub fn core_proved(&self) -> bool {
        self.count_all(false).full()
    }

    /// The whole truth.
    pub fn all_proved(&self) -> bool {
        self.core_proved() && self.count_all(true).full()
    }

    /// Whether all of a step, core or strict, held when it was tried last, be it
    /// before the program was changed.
    pub fn held(&self, step: &Step, strict: bool) -> bool {
        let all = self.proofs.iter().map(|(proof, _)| proof);
        let mut of_step = all.filter(|proof| proof.step() == step.id && proof.strict() == strict);
        of_step.all(|proof| self.last.get(&proof.path) == Some(&Status::Proved))
    }

    /// Whether anything has ever held since it was begun.
    pub fn ever_proved(&self) -> bool {
        self.last.values().any(|status| *status == Status::Proved)
    }

    /// The step that a learner is at: the first whose core didn't hold when it
    /// was tried last; if there is none, whose strict proofs didn't.
    pub fn next_step(&self) -> Option<&Step> {
        self.next_of(false).or_else(|| self.next_of(true))
    }

    /// The same of the core, or of the strict proofs, alone.
    pub fn next_of(&self, strict: bool) -> Option<&Step> {
        self.steps.iter().find(|step| !self.held(step, strict))
    }
}

/// What is next, of all chapters in their order: the one in hand, until its
/// core holds, then the first open one behind it; behind the last, the first
/// one left open. Without a name, the last that is begun is in hand.
pub fn next_chapter<'a>(
    all: &'a [(Exercise, Standing)],
    in_hand: Option<&str>,
) -> Option<&'a (Exercise, Standing)> {
    let in_hand = all.iter().rposition(|(exercise, standing)| match in_hand {
        Some(id) => exercise.id == id,
        None => !standing.untouched,
    });
    let (before, from_here) = all.split_at(in_hand.unwrap_or(0));
    let mut in_order = from_here.iter().chain(before);
    in_order.find(|(_, standing)| !standing.core_proved())
}

/// Whether `src/` is what `start/` is.
pub fn is_untouched(exercise: &Exercise) -> bool {
    let digest = |dir: &str| {
        let mut digest = Digest::default();
        digest
            .tree(&exercise.dir.join(dir))
            .ok()
            .map(|()| digest.long())
    };
    digest("src") == digest("start")
}

fn file(house: &House, exercise: &Exercise) -> PathBuf {
    let name = format!("{}.json", exercise.id);
    house.notes().join("progress").join(name)
}

/// Writes a file whole or not at all, whoever else does so at the same time,
/// and whatever happens meanwhile.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || -> std::io::Result<()> {
        let dir = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(dir)?;
        let mut new = tempfile::NamedTempFile::new_in(dir)?;
        new.write_all(bytes)?;
        new.as_file().sync_all()?;
        new.persist(path)?;
        Ok(())
    };
    write().with_context(|| path.display().to_string())
}
