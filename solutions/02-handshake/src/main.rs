//! The given program around the solution.
use handshake_solution as handshake;
include!("../../../exercises/02-handshake/src/main.rs");
