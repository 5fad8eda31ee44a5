//! The given program around the solution.
use emit_solution as emit;
include!("../../../exercises/12-emit/src/main.rs");
