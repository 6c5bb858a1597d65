//! dew-conformance: a PKCS#11 conformance suite for any vendor's module.

pub mod report;
