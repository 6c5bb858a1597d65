//! The C side: what the host calls, what the real module is called by, and the memory of both. Nothing else is unsafe.

mod call;
mod export;
mod fault;
mod lists;
mod mechanism;
mod structures;
mod template;
mod under;

pub(crate) use call::{Call, size};
pub(crate) use fault::segfault;
pub(crate) use mechanism::Mechanism;
pub(crate) use template::{Template, report, value};
