//! The C side, without a host: shapes against C memory, lists against the standard's structures.

mod aead;
mod derivations;
mod inputs;
mod lists;
mod outputs;
