//! The given program around the solution.
use events_solution as events;
include!("../../../exercises/11-events/src/main.rs");
