//! The given program around the solution.
use lifecycle_solution as lifecycle;
include!("../../../exercises/04-lifecycle/src/main.rs");
