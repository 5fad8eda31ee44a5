//! The given program around the solution.
use packets_solution as packets;
include!("../../../exercises/09-packets/src/main.rs");
