//! What must be true of the proofs themselves: that what they say when they
//! fail can be read, and that other people's libraries pass them. That they can
//! fail, and that no impostor passes them, is for `workbook verify`.

mod broken;
mod faults;
mod house;
mod oracles;
mod records;
mod run;
