//! Python's PKCS#11 libraries, python-pkcs11 and PyKCS11: keys made, used and found.

#![forbid(unsafe_code)]

use std::path::Path;

use tests::{Host, Partition, Python, Token};

#[test]
fn python_pkcs11_signs_seals_and_opens() {
    check("high_level.py");
}

#[test]
fn pykcs11_signs_finds_and_hashes() {
    check("low_level.py");
}

/// Python's own hash functions are the reference; OpenSSL's answer for DES is written down.
#[test]
fn pykcs11_hashes_as_python_does() {
    check_in("hashes.py", &[Partition::Compat, Partition::Strict]);
}

fn check(script: &str) {
    check_in(script, &[Partition::Compat]);
}

fn check_in(script: &str, partitions: &[Partition]) {
    let host = Host::start();
    for partition in partitions {
        run(script, &host.token(*partition));
    }
}

fn run(script: &str, token: &Token) {
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
