//! The key side: the opened instance, its registers, and the token that serves the calls.

mod authority;
mod desk;
mod env;
mod error;
mod instance;
mod register;
mod system;

use std::sync::Arc;

use proto::frame::{HEADER_LEN, Header, Kind};
use proto::{Call, Reader, Writer, admin};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use token::Hsm;

pub(crate) use authority::sha::sha256;
pub(crate) use desk::Desk;
pub(crate) use env::SystemEnv;
pub(crate) use error::Error;
pub(crate) use instance::{Core, NewInstance, create};
pub(crate) use register::{Administrator, Agent};
pub(crate) use token::Application;
