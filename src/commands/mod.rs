//! The commands that are small enough for one file.

pub mod accept;
pub mod break_;
pub mod build;
pub mod check;
pub mod completions;
pub mod hint;
pub mod list;
pub mod new;
pub mod prove;
pub mod record;
pub mod reset;
pub mod solution;
pub mod submit;
