//! The given program around the solution.
use push_solution as push;
include!("../../../exercises/06-push/src/main.rs");
