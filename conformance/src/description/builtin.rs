//! The descriptions that this program carries.

use std::path::Path;

use super::Description;

/// Their files' names and texts, the most particular first.
pub(super) const FILES: &[(&str, &str)] = &[
    ("dew.toml", include_str!("../../descriptions/dew.toml")),
    (
        "softhsm2.toml",
        include_str!("../../descriptions/softhsm2.toml"),
    ),
    (
        "kryoptic.toml",
        include_str!("../../descriptions/kryoptic.toml"),
    ),
    (
        "opensc.toml",
        include_str!("../../descriptions/opensc.toml"),
    ),
    (
        "tpm2-pkcs11.toml",
        include_str!("../../descriptions/tpm2-pkcs11.toml"),
    ),
    (
        "yubihsm.toml",
        include_str!("../../descriptions/yubihsm.toml"),
    ),
    (
        "cloudhsm.toml",
        include_str!("../../descriptions/cloudhsm.toml"),
    ),
    ("luna.toml", include_str!("../../descriptions/luna.toml")),
];

/// Returns them all.
pub(super) fn all() -> Vec<Description> {
    let parse = |(name, text): &(&str, &str)| {
        Description::parse(text, Path::new(name)).expect("a test reads each of them")
    };
    FILES.iter().map(parse).collect()
}
