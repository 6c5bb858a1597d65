//! Chained event log: entries, writer and verifier.
