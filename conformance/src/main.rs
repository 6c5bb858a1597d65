//! dew-conformance: a PKCS#11 conformance suite for any vendor's module.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    conformance::run()
}
