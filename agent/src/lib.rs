//! The security agent on application nodes: carries the calls of many applications to an HSM over one connection.
//!
//! Applications connect to a unix socket. [`application`](self) numbers each of them, writes its number into the header
//! of every frame, and relays the frame unread; replies find their way back by the number. An `hsm` keeps one mutually
//! authenticated connection to each HSM, and the `router` says which of them an application's calls go to. When an HSM
//! is lost, calls in flight are answered with `CKR_DEVICE_REMOVED`; the applications stay connected.

#![forbid(unsafe_code)]

mod access;
mod agent;
mod application;
mod applications;
mod cli;
mod config;
mod connect;
mod hsm;
mod router;
mod socket;
mod timing;

pub use agent::{Agent, AgentError};
pub use cli::run;
pub use config::{Config, ConfigError, HsmConfig};
pub use connect::ConnectError;
pub use socket::SocketError;
pub use timing::Timing;
