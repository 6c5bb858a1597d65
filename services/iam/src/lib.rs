//! Accounts, users, policies, credentials and request signatures.

#![forbid(unsafe_code)]
