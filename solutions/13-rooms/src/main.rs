//! The given program around the solution.
use rooms_solution as rooms;
include!("../../../exercises/13-rooms/src/main.rs");
