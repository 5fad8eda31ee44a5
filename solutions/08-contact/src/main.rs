//! The given program around the solution.
use contact_solution as contact;
include!("../../../exercises/08-contact/src/main.rs");
