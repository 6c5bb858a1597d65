//! Certificates and signatures against other implementations.

use std::io::Write;
use std::process::{Command, Stdio};

use super::*;
use crate::key::Secrets;

const P256: &[u8] = include_bytes!("../../vectors/p256.der");
const P256_SIGNATURE: &[u8] = include_bytes!("../../vectors/p256.sig");
const P384: &[u8] = include_bytes!("../../vectors/p384.der");

/// As `openssl pkey -pubin -outform der | sha256sum` prints it for `p256.der`.
const P256_SPKI_SHA256: &str = "5957b567be453de65a27e956cdff8d10722da14515e5ae6737e14b32818da5fb";

#[test]
fn foreign_signature_is_verified() {
    verify(P256, b"message", P256_SIGNATURE).unwrap();
    assert!(matches!(
        verify(P256, b"messagf", P256_SIGNATURE),
        Err(Error::Signature)
    ));
    assert!(matches!(
        verify(P256, b"message", &[]),
        Err(Error::Signature)
    ));
    for bit in 0..P256_SIGNATURE.len() * 8 {
        let mut signature = P256_SIGNATURE.to_vec();
        signature[bit / 8] ^= 1 << (bit % 8);
        assert!(verify(P256, b"message", &signature).is_err(), "bit {bit}");
    }
}

#[test]
fn certificate_of_another_kind_is_refused() {
    let refusal = |certificate| match verify(certificate, b"message", P256_SIGNATURE) {
        Err(Error::Certificate { field }) => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(refusal(P384), "key algorithm");
    assert_eq!(refusal(b""), "encoding");
    for end in 0..P256.len() {
        assert_eq!(refusal(&P256[..end]), "encoding", "cut at {end}");
    }
}

#[test]
fn public_key_hash_is_what_openssl_says() {
    assert_eq!(hex::encode(spki_sha256(P256).unwrap()), P256_SPKI_SHA256);
    assert_ne!(hex::encode(spki_sha256(P384).unwrap()), P256_SPKI_SHA256);
    assert!(spki_sha256(b"no certificate").is_err());
}

/// Gives what `openssl x509 -text` says of a certificate, or nothing where there is no openssl.
fn openssl_text(certificate: &[u8]) -> Option<String> {
    let mut child = Command::new("openssl")
        .args(["x509", "-inform", "der", "-noout", "-text"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(certificate).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn certificate_says_to_openssl_what_it_should() {
    let secrets = Secrets::generate().unwrap();
    let uuid = "00112233-4455-4677-8899-aabbccddeeff";
    let certificate = secrets.certify(uuid, Role::KeyAdmin).unwrap();
    let Some(text) = openssl_text(&certificate) else {
        println!("SKIPPED: openssl is not installed");
        return;
    };
    for expected in [
        "Subject: OU = key-admin, CN = 00112233-4455-4677-8899-aabbccddeeff",
        "Issuer: OU = key-admin, CN = 00112233-4455-4677-8899-aabbccddeeff",
        "Not After : Dec 31 23:59:59 9999 GMT",
        "NIST CURVE: P-256",
        "Signature Algorithm: ecdsa-with-SHA256",
        "Digital Signature",
        "TLS Web Client Authentication, 2.25.7215403886012974713.1",
    ] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
    assert!(!text.contains("CA:TRUE"), "{text}");
}
