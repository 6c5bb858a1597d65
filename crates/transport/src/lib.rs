//! Frames over unix sockets and mutual TLS, for the agent, the daemon and the management tool.
//!
//! [`frames`] reads and writes frames on tokio: many per system call each way. [`peer`] is the first exchange on a
//! connection, [`tls`] the one TLS configuration of the house, and [`blocking`] the face for programs without tokio.
//! Payloads may hold secrets: every buffer here is wiped before it is used again or freed.

#![forbid(unsafe_code)]

pub mod blocking;
mod buffer;
pub mod frames;
pub mod peer;
pub mod tls;

pub use buffer::Payload;
