//! The HSM daemon: a listener for agents and administrators in front of the token.
//!
//! `front` owns the network: mutual TLS, frames, who is connected. `core` owns the keys: the opened instance, its
//! certificate authority, its registers and the token. The front hands the core whole requests together with the
//! identity that TLS proved, and gets whole replies back; it never sees a key.

#![forbid(unsafe_code)]

mod cli;
mod config;
mod core;
mod front;

pub use cli::run;
