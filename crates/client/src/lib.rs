//! The calling end of the wire: a blocking connection that many threads share.
//!
//! [`Connection`] carries the calls of all threads over one stream. It starts no thread of its own, because it lives in
//! hosts that fork and unload libraries: the threads that wait for a reply do the reading and writing among them, one
//! reading for all and one writing for all. What a call means is the caller's business; see [`proto`].

#![forbid(unsafe_code)]

mod connection;
mod error;
mod incoming;
mod state;
mod stream;
#[cfg(test)]
mod tests;

pub use connection::{Connection, Outgoing, Waits};
pub use error::Error;
pub use stream::Stream;
