//! The given program around the solution.
use engine_solution as engine;
include!("../../../exercises/10-engine/src/main.rs");
