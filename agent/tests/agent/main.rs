//! The agent in this process, between real sockets: applications on one side, HSMs that the tests play on the other.

#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod gone;
mod limits;
mod loss;
mod relay;
mod socket;
mod stop;
mod support;
mod tls;
