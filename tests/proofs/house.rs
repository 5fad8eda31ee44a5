//! The workspace stays light: nothing is built twice, and little is built.

use std::collections::{BTreeMap, BTreeSet};

use crate::run::{cargo, chapters, exercise, output_of};

/// Crates that an exercise's tests may compile, its own included.
const MOST_CRATES: usize = 70;

/// Each dependency and the features it is built with; a dependency of build
/// scripts and macros may be built with others than the program's own.
fn tree(package: Option<&str>) -> BTreeMap<String, BTreeSet<String>> {
    let mut command = cargo();
    command.args(["tree", "--locked", "--edges", "normal,build,dev"]);
    command.args(["--prefix", "none", "--format", "{p}|{f}"]);
    if let Some(package) = package {
        command.args(["-p", package]);
    }
    let mut tree = BTreeMap::<String, BTreeSet<String>>::new();
    for line in output_of(&mut command).lines() {
        let Some((package, features)) = line.split_once('|') else {
            continue; // A blank line between packages.
        };
        let features = features.trim_end_matches(" (*)").to_owned();
        tree.entry(package.to_owned()).or_default().insert(features);
    }
    tree
}

#[test]
fn no_exercise_builds_again_what_the_workbook_has_built() {
    let whole = tree(None);
    for chapter in chapters() {
        for (package, features) in tree(Some(exercise(&chapter))) {
            let Some(built) = whole.get(&package) else {
                continue; // The exercise itself, or its own.
            };
            assert!(
                features.is_subset(built),
                "{chapter} needs {package} with {features:?}, the workbook builds {built:?}: \
                 list the features in [workspace.dependencies]"
            );
        }
    }
}

#[test]
fn an_exercise_is_light() {
    for chapter in chapters() {
        let crates = tree(Some(exercise(&chapter))).len();
        println!("{chapter}: {crates} crates");
        assert!(crates <= MOST_CRATES, "{chapter}: {crates} crates");
    }
}
