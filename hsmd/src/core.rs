//! The key side: the opened instance, its registers, and the token that serves the calls.

mod applications;
mod authority;
mod desk;
mod env;
mod error;
mod instance;
mod register;
mod roll;
mod system;

pub(crate) use applications::{Held, Leaving};
pub(crate) use desk::Desk;
pub(crate) use error::Error;
pub(crate) use instance::{Core, Identity, Opening, create, read_audit};
pub(crate) use register::Agent;
