//! The given program around the solution.
use client_solution as client;
include!("../../../exercises/05-client/src/main.rs");
