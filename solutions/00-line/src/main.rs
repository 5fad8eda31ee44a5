//! The given program around the solution.
use line_solution as line;
include!("../../../exercises/00-line/src/main.rs");
