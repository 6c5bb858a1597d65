//! The whole token against fakes: a fixed clock, a seeded generator, a store in memory with faults on demand.

mod attributes;
mod bench;
mod derivation;
mod edwards;
mod faults;
mod isolation;
mod keys;
mod lockout;
mod login;
mod objects;
mod operations;
mod policy;
mod restart;
mod sessions;
mod speed;
mod stress;
mod wrapping;
mod wrapping_policy;
