//! Chapter 13: what rooms are made of.
//! `cargo run -p rooms --example tables`

use std::collections::{HashMap, HashSet};

/// Runs each; a panic says which does not hold.
fn main() {
    two_tables();
    a_union();
    println!("all hold");
}

fn two_tables() {
    // ANCHOR: tables
    let mut rooms: HashMap<String, HashSet<u32>> = HashMap::new();
    rooms.entry("blue".to_owned()).or_default().insert(7);
    if let Some(there) = rooms.get_mut("blue") {
        there.remove(&7);
        if there.is_empty() {
            rooms.remove("blue");
        }
    }
    assert!(rooms.is_empty());
    // ANCHOR_END: tables
}

fn a_union() {
    // ANCHOR: union
    let (blue, red) = ([1, 2], [2, 3]);
    let mut seen = HashSet::new();
    let both = blue.iter().chain(&red);
    let once: Vec<_> = both.filter(|id| seen.insert(**id)).collect();
    assert_eq!(once, [&1, &2, &3]);
    // ANCHOR_END: union
}
