//! End-to-end tests live in this crate's `tests/` folder; this is what they share.
