//! Accounts, users, policies, credentials and request signatures.
//!
//! | module | what it is |
//! |---|---|
//! | [`signature`] | verifies the signature of a request, pure |

#![forbid(unsafe_code)]

pub mod signature;
