//! Proofs of the instructor's own, built as the workbook's are, elsewhere.

use std::fs;

use anyhow::{Context as _, Result, bail};
use toml::Value;

use super::class::Hidden;
use super::recipe::copy_all;
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
            let root = base.join("hidden").join(&exercise.id);
            let folder = root.join("exercises").join(&exercise.id);
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
            let binary = root.join("proof");
            fs::copy(&built, &binary)?;
            let exercise = Exercise {
                dir: folder,
                ..exercise.clone()
            };
            Proofs::elsewhere(binary, root, exercise)
        },
    )
}
