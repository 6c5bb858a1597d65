//! Stores from outside: their contract, what they do about a changed file, and what a crash leaves of them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
mod contract;
mod corruption;
mod crash;
mod files;
