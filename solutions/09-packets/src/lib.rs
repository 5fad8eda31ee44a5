//! Solution 09: the packets of Engine.IO v4 and Socket.IO v5, as codecs that do
//! no I/O. Chapter: book/src/09-packets.md

mod decoder;
pub mod engine;
pub mod socket;
