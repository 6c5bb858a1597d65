//! Python's PKCS#11 libraries, python-pkcs11 and PyKCS11: keys made, used and found.

#![forbid(unsafe_code)]

use std::path::Path;

use tests::{Host, Partition, Python};

#[test]
fn python_pkcs11_signs_seals_and_opens() {
    check("high_level.py");
}

#[test]
fn pykcs11_signs_finds_and_hashes() {
    check("low_level.py");
}

fn check(script: &str) {
    let host = Host::start();
    let token = host.token(Partition::Compat);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients");
    let python = Python::with(&folder.join("requirements.txt"));
    let finished = token
        .client(&python.program("python").to_string_lossy())
        .arg("-B")
        .arg(folder.join(script))
        .env("MODULE", &token.module)
        .env("TOKEN", &token.label)
        .env("PIN", &token.pin)
        .succeed()
        .says(&["all is well"]);
    eprintln!("{finished}");
}
