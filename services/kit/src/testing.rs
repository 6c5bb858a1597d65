//! What tests share: a real PostgreSQL and a real PKCS#11 module.

mod postgres;
pub mod soft_hsm;

pub use postgres::{on_both, postgres_url, run_on_postgres};
