//! Mechanisms over the crypto provider: pure functions on key material.
