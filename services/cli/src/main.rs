//! dew: the command line of the services.

#![forbid(unsafe_code)]

fn main() {}
