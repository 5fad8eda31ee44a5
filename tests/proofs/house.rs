//! The workspace stays light: nothing is built twice, and little is built.

use std::collections::{BTreeMap, BTreeSet};

use crate::run::{cargo, chapters, exercise, output_of, root};

/// Crates that an exercise's tests may compile, its own included.
const MOST_CRATES: usize = 70;

/// The same for an exercise on axum, whose `ws` brings some sixty of its own.
const MOST_WITH_AXUM: usize = 80;

/// Each dependency and the features it is built with; a dependency of build
/// scripts and macros may be built with others than the program's own.
fn tree(selection: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let mut command = cargo();
    command.args([
        "tree", "--locked", "--prefix", "none", "--format", "{p}|{f}",
    ]);
    command.args(selection);
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

/// What a bare `cargo test` builds.
fn all_tests() -> BTreeMap<String, BTreeSet<String>> {
    tree(&["--edges", "normal,build,dev"])
}

fn tests_of(exercise: &str) -> BTreeMap<String, BTreeSet<String>> {
    tree(&["--edges", "normal,build,dev", "-p", exercise])
}

/// Whatever of `part` is in `whole` must be there with the same features.
fn built_once(what: &str, part: BTreeMap<String, BTreeSet<String>>) {
    let whole = all_tests();
    for (package, features) in part {
        // What is not in `whole` is the exercise itself.
        let built = whole.get(&package).unwrap_or(&features);
        assert!(
            features.is_subset(built),
            "{what} needs {package} with {features:?}, `cargo test` builds {built:?}: \
             list the features in [workspace.dependencies]"
        );
    }
}

#[test]
fn no_exercise_builds_again_what_cargo_test_has_built() {
    for chapter in chapters() {
        built_once(&chapter, tests_of(exercise(&chapter)));
    }
}

#[test]
fn cargo_test_builds_on_what_cargo_run_has_built() {
    let edges = ["--edges", "normal,build", "-p", "workbook"];
    built_once("`cargo run`", tree(&edges));
}

#[test]
fn an_exercise_is_light() {
    for chapter in chapters() {
        let tree = tests_of(exercise(&chapter));
        let most = match tree.keys().any(|package| package.starts_with("axum ")) {
            true => MOST_WITH_AXUM,
            false => MOST_CRATES,
        };
        println!("{chapter}: {} crates", tree.len());
        assert!(tree.len() <= most, "{chapter}: {} crates", tree.len());
    }
}

/// They are built into one folder, where cargo warns of a second one.
#[test]
fn no_two_examples_share_a_name() {
    let mut places = BTreeMap::new();
    for chapter in chapters() {
        let dir = root().join("exercises").join(&chapter).join("examples");
        for file in dir.read_dir().into_iter().flatten() {
            let name = file.unwrap().file_name();
            let other = places.insert(name.clone(), chapter.clone());
            assert_eq!(None, other, "{chapter} has {name:?} as well");
        }
    }
}
