//! Every kind of key: made, wrapped, unwrapped, used.

use super::{BINDING, connect};
use crate::hsm::{Curve, Error};
use crate::hsm::{Hash, Hsm, Kind, Material, Message, SignAlgorithm, Usage, verify};
use crate::testing::soft_hsm::SoftHsm;

fn generate(hsm: &Hsm, kind: Kind, usage: Usage) -> Material {
    let stored = hsm.generate(&BINDING, kind, usage);
    Material::from(stored.unwrap_or_else(|error| panic!("{kind}: {error}")))
}

#[test]
fn an_aes_key_encrypts_and_decrypts() {
    SoftHsm::alone(
        "hsm::tests::round_trips::an_aes_key_encrypts_and_decrypts",
        |soft| {
            let hsm = connect(soft.token());
            for bits in [128, 192, 256] {
                let key = generate(&hsm, Kind::Aes { bits }, Usage::Encrypt);
                let sealed = hsm.encrypt_gcm(&BINDING, &key, b"aad", b"plain").unwrap();
                assert_eq!(sealed.len(), 12 + 5 + 16);
                let opened = hsm.decrypt_gcm(&BINDING, &key, b"aad", &sealed).unwrap();
                assert_eq!(opened.as_slice(), b"plain");
                let other = hsm.decrypt_gcm(&BINDING, &key, b"bad", &sealed);
                assert!(matches!(other, Err(Error::Refused { .. })), "{other:?}");
            }
        },
    );
}

#[test]
fn an_hmac_key_makes_and_checks_codes() {
    SoftHsm::alone(
        "hsm::tests::round_trips::an_hmac_key_makes_and_checks_codes",
        |soft| {
            let hsm = connect(soft.token());
            let rows = [(32, Hash::Sha256), (48, Hash::Sha384), (64, Hash::Sha512)];
            for (bytes, hash) in rows {
                let key = generate(&hsm, Kind::Hmac { bytes }, Usage::Mac);
                let mac = hsm.mac(&BINDING, &key, hash, b"message").unwrap();
                assert_eq!(mac.len(), hash.bytes());
                let right = |data, mac| hsm.mac_verify(&BINDING, &key, hash, (data, mac)).unwrap();
                assert!(right(b"message".as_slice(), &mac));
                assert!(!right(b"massage", &mac));
                assert!(!right(b"message", &mac[1..]));
            }
        },
    );
}

#[test]
fn rsa_keys_sign() {
    SoftHsm::alone("hsm::tests::round_trips::rsa_keys_sign", |soft| {
        let hsm = connect(soft.token());
        let key = generate(&hsm, Kind::Rsa { bits: 2048 }, Usage::Sign);
        for hash in [Hash::Sha256, Hash::Sha384, Hash::Sha512] {
            for algorithm in [SignAlgorithm::RsaPss(hash), SignAlgorithm::RsaPkcs1(hash)] {
                signs(&hsm, &key, algorithm);
            }
        }
    });
}

#[test]
fn ec_keys_sign() {
    SoftHsm::alone("hsm::tests::round_trips::ec_keys_sign", |soft| {
        let hsm = connect(soft.token());
        let rows = [
            (Curve::P256, Hash::Sha256),
            (Curve::P256, Hash::Sha512),
            (Curve::P384, Hash::Sha384),
            (Curve::P521, Hash::Sha512),
            (Curve::Secp256k1, Hash::Sha256),
        ];
        for (curve, hash) in rows {
            let key = generate(&hsm, Kind::Ec(curve), Usage::Sign);
            signs(&hsm, &key, SignAlgorithm::Ecdsa(hash));
        }
    });
}

/// Signs a message, verifies it with AWS-LC, and sees wrong ones refused.
fn signs(hsm: &Hsm, key: &Material, algorithm: SignAlgorithm) {
    let message = Message::Raw(b"message");
    let signature = hsm.sign(&BINDING, key, algorithm, message).unwrap();
    let public = key.public().expect("a pair has a public half");
    let right = |message, signature: &[u8]| verify(public, algorithm, message, signature).unwrap();
    assert!(right(message, &signature), "{algorithm:?}");
    assert!(
        !right(Message::Raw(b"massage"), &signature),
        "{algorithm:?}"
    );
    assert!(!right(message, &signature[1..]), "{algorithm:?}");
}
