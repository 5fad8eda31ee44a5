//! Proofs of the instructor's own, built as the workbook's are, elsewhere.

use std::fs;

use anyhow::{Context as _, Result, bail};
use toml::Value;

use super::class::Hidden;
use super::recipe::copy_all;
use crate::digest::Digest;
use crate::house::{Exercise, House};
use crate::lock;
use crate::trial::{self, Proofs};

/// Builds them, in a copy of the exercise that has these proofs and no others.
pub fn proofs(
    house: &House,
    exercise: &Exercise,
    hidden: &Hidden,
    say: impl FnMut(&str),
) -> Result<Proofs> {
    let base = house.target().join("workbook/grade");
    lock::alone(
        &base.join("lock"),
        || (),
        || {
            // By what it is made of: another class may be using its own.
            let root = base.join("hidden").join(made_of(house, exercise, hidden)?);
            let folder = root.join("exercises").join(&exercise.id);
            let binary = root.join("proof");
            let elsewhere = Exercise {
                dir: folder.clone(),
                ..exercise.clone()
            };
            if binary.is_file() {
                return Proofs::elsewhere(binary, root, elsewhere);
            }
            if root.exists() {
                fs::remove_dir_all(&root)?;
            }
            copy_all(&exercise.dir, &folder)?;
            fs::remove_dir_all(folder.join("src"))?;
            copy_all(&exercise.dir.join("start"), &folder.join("src"))?;
            fs::remove_dir_all(folder.join("tests"))?;
            copy_all(&hidden.folder, &folder.join("tests"))?;
            fs::copy(house.root().join("Cargo.lock"), root.join("Cargo.lock"))?;
            let member = Value::from(format!("exercises/{}", exercise.id));
            fs::write(
                root.join("Cargo.toml"),
                trial::workspace(house.root(), vec![member])?,
            )?;
            let mut command = trial::cargo(house);
            command
                .current_dir(&root)
                .args(["test", "--no-run", "--test", "proof", "--target-dir"])
                .arg(base.join("target"));
            let messages = trial::Messages::of(command, say)?;
            let Some(built) = messages.executable("proof") else {
                messages
                    .blame()
                    .with_context(|| hidden.folder.display().to_string())?;
                bail!("{} has no proofs", hidden.folder.display());
            };
            // Last, and at once: where it is, the rest is too.
            let new = root.join("proof.new");
            fs::copy(&built, &new)?;
            fs::rename(&new, &binary)?;
            Proofs::elsewhere(binary, root, elsewhere)
        },
    )
}

/// What decides how they are built, and what they compare with.
fn made_of(house: &House, exercise: &Exercise, hidden: &Hidden) -> Result<String> {
    let mut digest = Digest::default();
    digest.tree(&hidden.folder)?;
    digest.tree(&exercise.dir.join("start"))?;
    digest.file(&exercise.dir.join("Cargo.toml"))?;
    for part in ["Cargo.toml", "Cargo.lock", "proof/Cargo.toml"] {
        digest.file(&house.root().join(part))?;
    }
    digest.tree(&house.root().join("proof/src"))?;
    Ok(format!("{}-{}", exercise.name, digest.short()))
}
