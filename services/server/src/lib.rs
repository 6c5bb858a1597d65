//! Composition: the services, their database and HSMs, behind one listener.
//!
//! Only this crate knows of asynchronous sockets. A request is read by `http`, handed to one blocking thread, which runs
//! it through `gate` from its first check to its reply, and written back.
//!
//! | module | what it is |
//! |---|---|
//! | `app` | everything put together |
//! | `bootstrap` | the first account, and further ones |
//! | `cli` | the command line |
//! | `config` | the configuration, read and checked |
//! | `development` | the operations of the development mode |
//! | `gate` | the order of checks that every request goes through |
//! | `http` | connections, limits, shutdown |
//! | `keys` | what metrics need to know of keys |
//! | `metrics` | counters for Prometheus |
//! | `openapi` | the OpenAPI document, from the operation tables |
//! | `peers` | what clients may take before they are known: connections, memory |
//! | `schedule` | the thread that does what is due |
//! | `sealer` | secrets of accounts, sealed in the HSM |
//! | `stall` | the end of clients that do not read |
//! | `tls` | the certificate of the listener |

#![forbid(unsafe_code)]

mod app;
mod bootstrap;
mod cli;
mod config;
mod development;
mod gate;
mod http;
mod keys;
mod metrics;
mod openapi;
mod peers;
mod schedule;
mod sealer;
mod stall;
mod tls;

pub use cli::run;
