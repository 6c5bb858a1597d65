//! What tests share: a real PostgreSQL, a real PKCS#11 module, what must hold over every such module, and of
//! every catalogue of errors.

pub mod catalogue;
pub mod hsm_suite;
mod postgres;
pub mod soft_hsm;

pub use postgres::{on_both, postgres_url, run_on_postgres};
