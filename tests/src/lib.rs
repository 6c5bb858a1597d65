//! What the end-to-end tests share: a whole chain of Dew's own programs on loopback, and clients to point at it.
//!
//! [`Chain`] makes an HSM, an agent and tokens in a temporary folder; [`Token`] is one of those tokens as a client sees it
//! (a module, an environment, PINs); [`Run`] runs a client and judges how it ended. A peer's token
//! ([`SoftHsm`]) takes the same clients, so that a test's own commands can be told from the faults it finds.

#![forbid(unsafe_code)]

mod alone;
mod application;
mod chain;
mod conformance;
mod daemon;
mod host;
mod log;
mod node;
mod programs;
mod python;
mod relay;
mod rest;
mod run;
mod server;
mod soft_hsm;
mod token;
mod tool_folder;

pub use alone::{alone, setting};
pub use application::Application;
pub use chain::{Access, Chain};
pub use conformance::{Conformance, Judged};
pub use daemon::Daemon;
pub use host::Host;
pub use log::{Log, PATIENCE};
pub use node::Node;
pub use programs::{module, program};
pub use python::Python;
pub use relay::Relay;
pub use rest::{Ahead, Answer, Client, Wrapping, code, text};
pub use run::{Finished, Run};
pub use server::{Account, REGION, Server, Setup};
pub use soft_hsm::SoftHsm;
pub use token::{Partition, Token};
