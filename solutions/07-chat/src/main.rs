//! The given program around the solution.
use chat_solution as chat;
include!("../../../exercises/07-chat/src/main.rs");
