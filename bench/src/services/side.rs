//! A service that is measured.

use std::net::SocketAddr;

use anyhow::Result;

use super::operation::Operation;

/// A running service that takes requests over HTTP.
pub(crate) trait Side: Sync {
    /// What errors call it.
    fn name(&self) -> &'static str;

    /// Where it listens.
    fn address(&self) -> SocketAddr;

    /// Writes a whole request, or gives none where it lacks the operation. Numbers make names of their own.
    fn request(&self, operation: Operation, number: u64) -> Result<Option<Vec<u8>>>;
}
