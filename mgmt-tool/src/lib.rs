//! The HSM management tool.
