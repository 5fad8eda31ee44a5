//! The commands that are small enough for one file.

pub mod build;
pub mod completions;
