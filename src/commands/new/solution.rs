//! The given program around the solution.
use @crate@_solution as @crate@;
include!("../../../exercises/@id@/src/main.rs");
