//! What must be true of the proofs themselves: that they can fail, that no
//! impostor passes them, that other people's libraries do.

mod broken;
mod faults;
mod house;
mod impostors;
mod oracles;
mod records;
mod run;
mod stubs;
