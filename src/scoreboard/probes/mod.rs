//! The probes: a table in each file, one row a probe.

pub mod frames;
pub mod handshake;
pub mod limits;
pub mod masking;
