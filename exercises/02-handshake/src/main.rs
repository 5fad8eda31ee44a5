//! handshake
fn main() {}
