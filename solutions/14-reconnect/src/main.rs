//! The given program around the solution.
use reconnect_solution as reconnect;
include!("../../../exercises/14-reconnect/src/main.rs");
