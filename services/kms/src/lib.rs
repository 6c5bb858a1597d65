//! The key service.

#![forbid(unsafe_code)]
