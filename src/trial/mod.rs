//! A program on trial: it is built, the proofs run against it, and their
//! reports say what came of it.

mod build;
pub mod kept;
mod proofs;
mod report;
mod spoilt;
mod stop;

pub use build::{Built, Complaint, Messages, build, build_until, cargo};
pub use proofs::{Proofs, Select, command_line};
pub use report::{Report, Status};
pub use spoilt::{Spoilt, workspace};
pub use stop::Stop;
