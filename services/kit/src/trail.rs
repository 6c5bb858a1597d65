//! Audit records.
