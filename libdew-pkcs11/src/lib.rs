//! The PKCS#11 module: what a host loads as `libdew-pkcs11.so`.
//!
//! It holds no keys and no rules. C arguments are copied by shape (`proto::shape`) into a request, the agent carries it
//! to an HSM, and the answer is copied back; every function, symbol and function list is made from the call table. The
//! module starts no thread, installs no handler and registers nothing with the C library, so that it can be unloaded
//! at any time. All code that touches C memory stands in `abi`.

#![deny(unsafe_code)]

#[expect(
    unsafe_code,
    reason = "the C ABI: the one place that reads and writes the host's memory"
)]
mod abi;
mod application;
mod config;
mod log;
mod process;
mod slot_events;
mod socket;
