//! dew-server: the services behind one REST port.

#![forbid(unsafe_code)]

fn main() {}
