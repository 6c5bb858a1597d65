//! The HSM management tool.

fn main() {}
