//! line
fn main() {}
