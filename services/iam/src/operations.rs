//! The interface: tokens, temporary keys, and administration, as operation tables.
//!
//! There are two tables, because errors have two forms: [`keystone`] for the paths under `/v3`, [`flat`] for those under
//! `/v3.0` and `/v5`. Mount both.

mod attachments;
mod auth;
mod credentials;
mod fields;
mod groups;
mod permit;
mod projects;
mod roles;
mod table;
mod tokens;
mod users;
mod view;

#[cfg(test)]
mod tests;

pub use table::{flat, keystone, rows};
