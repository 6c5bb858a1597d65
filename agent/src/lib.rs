//! The security agent on application nodes.
