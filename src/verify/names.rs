//! Chapter, exercise, solution, page and quiz share one name.

use std::collections::BTreeMap;

use anyhow::Result;

use super::exempt::Exempt;
use super::scope::{Chapter, Scope, line_where, text};
use crate::book::Faults;

/// What each chapter has, from the workbook's folder; `ID` stands for its name.
const PARTS: [&str; 7] = [
    "exercises/ID/src/lib.rs",
    "exercises/ID/start/lib.rs",
    "exercises/ID/hints.md",
    "solutions/ID/src/lib.rs",
    "solutions/ID/faults.toml",
    "book/src/ID.md",
    "book/quiz/ID.toml",
];

pub fn check(scope: &Scope, faults: &Faults) -> Result<()> {
    let readme = text(&scope.house.root().join("README.md"));
    let mut numbers: BTreeMap<&str, &str> = BTreeMap::new();
    for chapter in &scope.chapters {
        let exercise = &chapter.exercise;
        let (id, name) = (exercise.id.as_str(), exercise.name.as_str());
        let manifest = exercise.dir.join("Cargo.toml");
        if id != format!("{}-{name}", exercise.number()) || !is_number(exercise.number()) {
            let line = line_where(&text(&manifest), |line| line.starts_with("name"));
            let message =
                format!("package `{name}` is in folder `{id}`; its folder is `NN-{name}`");
            faults.add(scope.relative(&manifest), line, message);
        }
        if let Some(other) = numbers.insert(exercise.number(), id) {
            let message = format!("`{other}` has this number too; give one of them another");
            faults.add(scope.relative(&manifest), 1, message);
        }
        for part in PARTS {
            let file = part.replace("ID", id);
            if !scope.house.root().join(&file).is_file() {
                faults.add(
                    file,
                    1,
                    format!("it is not there, but chapter `{id}` is; write it"),
                );
            }
        }
        check_solution(scope, chapter, faults)?;
        check_readme(exercise.number(), chapter, &readme, faults);
    }
    let mut ahead = Exempt::read(&scope.house, "names", faults)?;
    for dir in scope.house.solution_dirs()? {
        let id = dir.file_name().unwrap_or_default().to_string_lossy();
        if !scope.chapters.iter().any(|c| c.exercise.id == id) && !ahead.lets_be(&id) {
            let message = format!("it solves no exercise; write exercises/{id}, or remove it");
            faults.add(scope.relative(&dir.join("Cargo.toml")), 1, message);
        }
    }
    ahead.report_unused(faults);
    Ok(())
}

fn is_number(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn check_solution(scope: &Scope, chapter: &Chapter, faults: &Faults) -> Result<()> {
    #[derive(serde::Deserialize)]
    struct Manifest {
        package: Package,
    }
    #[derive(serde::Deserialize)]
    struct Package {
        name: String,
    }
    let file = chapter.solution.join("Cargo.toml");
    let manifest = text(&file);
    let wanted = chapter.exercise.solution();
    let add = |line, message: String| faults.add(scope.relative(&file), line, message);
    match toml::from_str::<Manifest>(&manifest) {
        Ok(found) if found.package.name == wanted => {}
        Ok(found) => {
            let line = line_where(&manifest, |line| line.starts_with("name"));
            add(
                line,
                format!(
                    "package `{}` is to be called `{wanted}`",
                    found.package.name
                ),
            );
        }
        Err(_) => add(
            1,
            format!("there is no package `{wanted}` here; write its manifest"),
        ),
    }
    Ok(())
}

/// The README's table has a row for it: `| 02 | `handshake` | … | 60 |`.
fn check_readme(number: &str, chapter: &Chapter, readme: &str, faults: &Faults) {
    let exercise = &chapter.exercise;
    let start = format!("| {number} | `{}` |", exercise.name);
    let end = format!("| {} |", exercise.about.minutes);
    match readme.lines().position(|line| line.starts_with(&start)) {
        None => faults.add(
            "README.md",
            1,
            format!("its table of exercises has no row {start} … {end}"),
        ),
        Some(at)
            if !readme
                .lines()
                .nth(at)
                .is_some_and(|line| line.trim_end().ends_with(&end)) =>
        {
            let message = format!(
                "the row doesn't end with the {} minutes of exercises/{}/Cargo.toml",
                exercise.about.minutes, exercise.id
            );
            faults.add("README.md", at + 1, message);
        }
        Some(_) => {}
    }
}
