//! The HSM daemon.
