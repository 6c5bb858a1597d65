//! The kernel behind a safe face: memory locking, dumps, peer credentials, fork detection.
