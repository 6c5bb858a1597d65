//! The operation table: a row per operation of a service, and what happens to a request before its row's function runs.
//!
//! A row says how the operation is reached ([`Operation::path`]), what it takes ([`Member`]), which permissions it needs
//! and how it is traced. Routing, the checks of a request's form, authorization, audit traces, the OpenAPI document and
//! the permission tests all read the row, so adding an operation is a row, a function and its tests.
//!
//! The order of the checks is the contract's: size, authentication, route and method, project, JSON, required members,
//! sequence, formats, permission for the action; the function then looks for the key, the permission on it, its kind and
//! state, limits, and computes last.

mod args;
mod call;
mod failure;
mod json;
mod member;
mod operation;
mod path;
mod service;

pub use args::Args;
pub use call::{Call, Origin};
pub use failure::{Catalogue, CatalogueRow, Failure, Form, Rendered, Standing};
pub use json::{JSON_DEPTH_MAX, parse_object};
pub use member::{ALNUM, ANY_TEXT, Charset, Field, Kind, Member, NAME, Place};
pub use operation::{Access, Audit, Check, Given, Method, Operation, TraceKind};
pub use path::{Matched, Template};
pub use service::{Raw, Reply, Route, Service, Subject, Table};
