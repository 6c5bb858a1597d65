//! The HSM daemon.

fn main() {}
