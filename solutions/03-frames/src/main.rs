//! The given program around the solution.
use frames_solution as frames;
include!("../../../exercises/03-frames/src/main.rs");
