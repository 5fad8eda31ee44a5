//! The given program around the solution.
use echo_solution as echo;
include!("../../../exercises/01-echo/src/main.rs");
