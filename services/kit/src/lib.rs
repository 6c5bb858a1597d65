//! What the services share. Everything here is synchronous: a request is handled by one thread from its first check to
//! its reply, and only the program around it (`server`) knows of asynchronous sockets.
//!
//! | module | what it is |
//! |---|---|
//! | [`api`] | the operation table: what an operation takes, who may call it, how it is traced |
//! | [`caller`] | who calls: account, user, project, policies |
//! | [`clock`] | the time, which tests and the development mode can move |
//! | [`db`] | one face over SQLite and PostgreSQL: statements ([`sql!`]), rows, transactions |
//! | [`hsm`] | keys behind PKCS#11: a pool of sessions that heals |
//! | [`id`] | identifiers of the contract |
//! | [`policy`] | policies and the decision over them, pure |
//! | `testing` | databases and HSMs for tests, with the feature `testing` |
//! | [`trail`] | audit records, written with the change that they tell of |

#![forbid(unsafe_code)]

pub mod api;
pub mod caller;
pub mod clock;
pub mod db;
pub mod hsm;
pub mod id;
pub mod policy;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod trail;
