//! The call table, its messages, their codec and their limits.
//!
//! [`for_each_call`] holds one row per function of PKCS#11. From the row come the messages on the wire, the
//! [`Handler`] that a token implements, [`dispatch`], the C symbols of the module, the audit names and the support
//! matrix. Arguments are described by *shapes* ([`shape`]): a dozen kinds, each with one codec, so that no function has
//! code of its own here. The crate does no input or output.

#![forbid(unsafe_code)]

pub mod admin;
pub mod attach;
mod calls;
mod codec;
mod dispatch;
pub mod frame;
pub mod hello;
pub mod limits;
mod repeat;
pub mod shape;
#[cfg(test)]
mod tests;

pub use calls::{CALLS, Call, CallRow, Class, Place, Version, Weight};
pub use codec::{DecodeError, Reader, Writer};
pub use dispatch::{Fault, Handler, dispatch};
pub use repeat::Repeat;
