//! The whole token against fakes: a fixed clock, a seeded generator, a store in memory with faults on demand.

mod attributes;
mod bench;
mod changes;
mod derivation;
mod dual;
mod edwards;
mod faults;
mod imports;
mod isolation;
mod keys;
mod lockout;
mod login;
mod objects;
mod operations;
mod policy;
mod recover;
mod restart;
mod saved;
mod secrets;
mod sessions;
mod speed;
mod stress;
mod validity;
mod verify_signature;
mod wrapping;
mod wrapping_policy;
