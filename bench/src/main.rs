//! Speed of the whole chain beside a peer

fn main() {}
