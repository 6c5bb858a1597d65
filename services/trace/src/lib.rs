//! Audit traces (CTS) and metrics (CES): two services that read what the others wrote with `kit::trail`.
//!
//! | module | what it is |
//! |---|---|
//! | `catalogue` | the errors of both, as published |
//! | `ces` | metrics: counts of requests per key and period, and what is left of a key's time |
//! | `choices` | what the contract leaves to us |
//! | `cts` | traces: filters, pages, trackers, names of operations |
//! | `filter` | which traces a request asks for, and the statement that finds them |
//! | `permit` | whether a caller may do what they ask |
//! | `retention` | traces older than the window go |
//! | `sheet` | traces as CSV and XLSX |
//! | `trace` | one trace, as the contract writes it |

#![forbid(unsafe_code)]

mod catalogue;
mod ces;
mod choices;
mod cts;
mod filter;
mod permit;
mod retention;
mod sheet;
mod trace;

pub use catalogue::{CES_CATALOGUE, CTS_CATALOGUE};
pub use ces::{KeyClock, KeyTime, ces_service};
pub use cts::{Names, cts_service};
pub use retention::forget;

use kit::db::Migration;

/// The tables of this crate; the records themselves are in `kit::trail::MIGRATIONS`.
pub const MIGRATIONS: &[Migration] = &[Migration {
    service: "trace",
    number: 1,
    sql: include_str!("../migrations/0001_trace.sql"),
}];
