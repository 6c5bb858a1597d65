//! Every kind of key: made, wrapped, unwrapped, used.

use super::{BINDING, Suite, openssl};
use crate::hsm::{Curve, Error, Hash, Kind, Material, Message, SignAlgorithm, Usage, verify};

/// An uncommon message.
const MESSAGE: &[u8] = b"the message";

pub(super) fn aes_keys_encrypt_and_decrypt(suite: &Suite) {
    let hsm = &suite.hsm;
    for bits in [128, 192, 256] {
        let key = suite.generate(Kind::Aes { bits }, Usage::Encrypt);
        for plain in [b"".as_slice(), MESSAGE, &[7; 5_000]] {
            let sealed = hsm.encrypt_gcm(&BINDING, &key, b"aad", plain);
            let sealed = sealed.expect("it encrypts");
            assert_eq!(sealed.len(), 12 + plain.len() + 16);
            let opened = hsm.decrypt_gcm(&BINDING, &key, b"aad", &sealed);
            assert_eq!(opened.expect("it decrypts").as_slice(), plain);
            for at in [0, 12, sealed.len() - 1] {
                let mut changed = sealed.clone();
                changed[at] ^= 1;
                refused(hsm.decrypt_gcm(&BINDING, &key, b"aad", &changed));
            }
            refused(hsm.decrypt_gcm(&BINDING, &key, b"bad", &sealed));
            refused(hsm.decrypt_gcm(&BINDING, &key, b"aad", &sealed[..20]));
        }
    }
}

pub(super) fn hmac_keys_make_and_check_codes(suite: &Suite) {
    let rows = [(32, Hash::Sha256), (48, Hash::Sha384), (64, Hash::Sha512)];
    for (bytes, hash) in rows {
        let key = suite.generate(Kind::Hmac { bytes }, Usage::Mac);
        let mac = suite
            .hsm
            .mac(&BINDING, &key, hash, MESSAGE)
            .expect("it computes");
        assert_eq!(mac.len(), hash.bytes());
        let right = |data, mac| {
            let verified = suite.hsm.mac_verify(&BINDING, &key, hash, (data, mac));
            verified.expect("a wrong MAC is no error")
        };
        assert!(right(MESSAGE, &mac));
        assert!(!right(b"another message", &mac));
        assert!(!right(MESSAGE, &mac[1..]));
    }
}

pub(super) fn rsa_keys_sign(suite: &Suite) {
    for bits in [2048, 3072] {
        let key = suite.generate(Kind::Rsa { bits }, Usage::Sign);
        for hash in [Hash::Sha256, Hash::Sha384, Hash::Sha512] {
            signs(suite, &key, SignAlgorithm::RsaPss(hash));
            signs(suite, &key, SignAlgorithm::RsaPkcs1(hash));
        }
    }
}

pub(super) fn ec_keys_sign(suite: &Suite) {
    let rows = [
        (Curve::P256, Hash::Sha256),
        (Curve::P256, Hash::Sha512),
        (Curve::P384, Hash::Sha384),
        (Curve::P521, Hash::Sha512),
        (Curve::Secp256k1, Hash::Sha256),
    ];
    for (curve, hash) in rows {
        let kind = Kind::Ec(curve);
        match suite.hsm.generate(&BINDING, kind, Usage::Sign) {
            Err(error @ Error::NotOffered { .. }) => {
                assert_eq!(curve, Curve::Secp256k1, "{error}");
            }
            stored => {
                let key = Material::from(stored.expect("it generates"));
                signs(suite, &key, SignAlgorithm::Ecdsa(hash));
            }
        }
    }
}

pub(super) fn ed25519_keys_sign_or_are_not_offered(suite: &Suite) {
    let stored = suite.hsm.generate(&BINDING, Kind::Ed25519, Usage::Sign);
    if !suite.ed25519 {
        return not_offered(stored);
    }
    let key = Material::from(stored.expect("it generates"));
    signs(suite, &key, SignAlgorithm::Ed25519);
}

/// Signs a message, verifies it with AWS-LC, and sees wrong ones refused.
fn signs(suite: &Suite, key: &Material, algorithm: SignAlgorithm) {
    let message = Message::Raw(MESSAGE);
    let signature = suite.hsm.sign(&BINDING, key, algorithm, message);
    let signature = signature.unwrap_or_else(|error| panic!("{algorithm:?}: {error}"));
    let public = key.public().expect("a pair has a public half");
    let right = |message, signature: &[u8]| {
        let verified = verify(public, algorithm, message, signature);
        verified.expect("a wrong signature is no error")
    };
    assert!(right(message, &signature), "{algorithm:?}");
    assert!(
        !right(Message::Raw(b"another message"), &signature),
        "{algorithm:?}"
    );
    assert!(!right(message, &signature[1..]), "{algorithm:?}");
}

pub(super) fn openssl_verifies(suite: &Suite) {
    let pss = "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest";
    let rsa = Kind::Rsa { bits: 2048 };
    let rows = [
        (rsa, SignAlgorithm::RsaPss(Hash::Sha256), pss),
        (rsa, SignAlgorithm::RsaPkcs1(Hash::Sha256), ""),
        (
            Kind::Ec(Curve::P256),
            SignAlgorithm::Ecdsa(Hash::Sha256),
            "",
        ),
        (
            Kind::Ec(Curve::P521),
            SignAlgorithm::Ecdsa(Hash::Sha256),
            "",
        ),
    ];
    // SHA-256 of the message, by OpenSSL.
    let digest = openssl("dgst -sha256 -binary", MESSAGE).expect("it hashes");
    for (kind, algorithm, options) in rows {
        let key = suite.generate(kind, Usage::Sign);
        let message = Message::Digest(&digest);
        let signature = suite.hsm.sign(&BINDING, &key, algorithm, message);
        let signature = suite.file("signature", &signature.expect("it signs"));
        let public = suite.file(
            "public.der",
            key.public().expect("a pair has a public half"),
        );
        let command =
            format!("dgst -sha256 -verify {public} -keyform DER {options} -signature {signature}");
        assert!(openssl(&command, MESSAGE).is_some(), "{algorithm:?}");
        assert!(
            openssl(&command, b"another message").is_none(),
            "{algorithm:?}"
        );
    }
}

pub(super) fn rsa_keys_decrypt(suite: &Suite) {
    let key = suite.generate(Kind::Rsa { bits: 2048 }, Usage::Encrypt);
    let public = suite.file(
        "public.der",
        key.public().expect("a pair has a public half"),
    );
    for (hash, name) in [(Hash::Sha1, "sha1"), (Hash::Sha256, "sha256")] {
        let encrypted = suite.hsm.rsa_oaep_encrypt(&BINDING, &key, hash, MESSAGE);
        let decrypt =
            |ciphertext: &[u8]| suite.hsm.rsa_oaep_decrypt(&BINDING, &key, hash, ciphertext);
        if hash == Hash::Sha256 && !suite.oaep_sha256 {
            not_offered(encrypted);
            not_offered(decrypt(&[1; 256]));
            continue;
        }
        let ours = encrypted.expect("it encrypts");
        let options = format!(
            "-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:{name} -pkeyopt rsa_mgf1_md:{name}"
        );
        let command = format!("pkeyutl -encrypt -pubin -keyform DER -inkey {public} {options}");
        let theirs = openssl(&command, MESSAGE).expect("it encrypts");
        for mut ciphertext in [ours, theirs] {
            let plain = decrypt(&ciphertext).expect("it decrypts");
            assert_eq!(plain.as_slice(), MESSAGE);
            ciphertext[200] ^= 1;
            refused(decrypt(&ciphertext));
            refused(decrypt(&ciphertext[1..]));
        }
        let long = suite.hsm.rsa_oaep_encrypt(&BINDING, &key, hash, &[0; 215]);
        assert!(matches!(long, Err(Error::Invalid { .. })), "{long:?}");
    }
}

pub(super) fn ec_keys_agree(suite: &Suite) {
    if !suite.ecdh {
        let kind = Kind::Ec(Curve::P256);
        return not_offered(suite.hsm.generate(&BINDING, kind, Usage::Agree));
    }
    let rows = [
        (Curve::P256, "P-256", 32),
        (Curve::P384, "P-384", 48),
        (Curve::P521, "P-521", 66),
    ];
    for (curve, name, len) in rows {
        let key = suite.generate(Kind::Ec(curve), Usage::Agree);
        let public = suite.file(
            "public.der",
            key.public().expect("a pair has a public half"),
        );
        let command = format!("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:{name}");
        let private = openssl(&command, b"").expect("it generates");
        let private = suite.file("private.pem", &private);
        let command = format!("pkey -in {private} -pubout -outform DER");
        let peer = openssl(&command, b"").expect("it tells the public key");
        let command = format!("pkeyutl -derive -inkey {private} -peerkey {public} -peerform DER");
        let theirs = openssl(&command, b"").expect("it derives");
        let ours = suite.hsm.agree(&BINDING, &key, &peer).expect("it derives");
        assert_eq!((ours.as_slice(), ours.len()), (theirs.as_slice(), len));
        let wrong = suite.hsm.agree(&BINDING, &key, &peer[..peer.len() - 1]);
        assert!(matches!(wrong, Err(Error::Invalid { .. })), "{wrong:?}");
    }
}

pub(super) fn random_bytes_differ(suite: &Suite) {
    // More than one call gives.
    let draw = || suite.hsm.random(100_000).expect("it draws");
    let (one, two) = (draw(), draw());
    assert_eq!(one.len(), 100_000);
    assert_ne!(one[..32], two[..32]);
    assert_ne!(one[99_968..], [0; 32]);
}

pub(super) fn keys_do_one_thing(suite: &Suite) {
    let key = suite.generate(Kind::Rsa { bits: 2048 }, Usage::Encrypt);
    let digest = Message::Digest(&[1; 32]);
    let algorithm = SignAlgorithm::RsaPss(Hash::Sha256);
    let signed = suite.hsm.sign(&BINDING, &key, algorithm, digest);
    assert!(matches!(signed, Err(Error::Invalid { .. })), "{signed:?}");
    let made = suite
        .hsm
        .generate(&BINDING, Kind::Ec(Curve::P256), Usage::Encrypt);
    assert!(matches!(made, Err(Error::Invalid { .. })), "{made:?}");
}

/// Checks that something was refused, and not failed in another way.
pub(super) fn refused<T>(result: Result<T, Error>) {
    match result {
        Err(Error::Refused { .. }) => {}
        Err(error) => panic!("not refused, but: {error}"),
        Ok(_) => panic!("not refused"),
    }
}

/// Checks that a missing feature was named.
pub(super) fn not_offered<T>(result: Result<T, Error>) {
    match result {
        Err(Error::NotOffered { .. }) => {}
        Err(error) => panic!("not said to be missing, but: {error}"),
        Ok(_) => panic!("offered after all"),
    }
}
