//! The security agent on application nodes.

fn main() {}
