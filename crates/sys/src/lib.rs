//! The kernel behind a safe face: memory locking, dumps, peer credentials, fork detection.
//!
//! This crate is the floor of the house: with the cryptography's FFI module and the module's
//! `abi`, it is the only place where `unsafe` may stand. Every block carries its reasons, and
//! everything public is safe to call. It serves 64-bit Linux.

pub mod alloc;
pub mod error;
pub mod file;
pub mod fork;
pub mod peer;
pub mod process;
pub mod secret;

pub use error::Error;
