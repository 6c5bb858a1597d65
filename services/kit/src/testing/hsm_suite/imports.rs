//! Material that AWS-LC and OpenSSL wrap for the HSM.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::key_wrap::{AES_256 as KEK_256, AesKek, KeyWrapPadded as _};
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};

use super::uses::{not_offered, refused};
use super::{BINDING, Suite, openssl};
use crate::hsm::{Binding, Curve, Error, Hash, Import, Kind, Material, Message, SignAlgorithm};
use crate::hsm::{Usage, verify};

/// The binding of the pair that material is wrapped for.
const PAIR: Binding<'static> = Binding {
    key: "11111111-e727-4d9c-b35d-f84bb474a37f",
    ..BINDING
};
const AES_256_KEY: Kind = Kind::Aes { bits: 256 };

/// Encrypts as the client of an import does, outside the HSM.
fn oaep(public: &[u8], plain: &[u8]) -> Vec<u8> {
    let public = PublicEncryptingKey::from_der(public).expect("it is an RSA key");
    let public = OaepPublicEncryptingKey::new(public).expect("it is an RSA key");
    let mut ciphertext = vec![0; public.ciphertext_size()];
    public
        .encrypt(&OAEP_SHA256_MGF1SHA256, plain, &mut ciphertext, None)
        .expect("it is short");
    ciphertext
}

pub(super) fn symmetric_keys_are_imported(suite: &Suite) {
    let hsm = &suite.hsm;
    let pair = Material::from(hsm.import_pair(&PAIR).expect("it generates"));
    let public = pair.public().expect("a pair has a public half");
    let import = Import {
        binding: &PAIR,
        pair: &pair,
    };
    let material = [0x5a; 32];
    let salt = [0x33; 32];
    let bring = |blob: &[u8]| hsm.import_symmetric(&import, blob, (&BINDING, AES_256_KEY), &salt);
    let blob = oaep(public, &material);
    if !suite.oaep_sha256 {
        return not_offered(bring(&blob));
    }
    let (stored, check) = bring(&blob).expect("it imports");
    assert_eq!(check, cbc(&material, &salt));
    let (_, again) = bring(&oaep(public, &material)).expect("it imports");
    assert_eq!(check, again);
    let (_, other) = bring(&oaep(public, &[0x5b; 32])).expect("it imports");
    assert_ne!(check, other);

    // What the HSM encrypts, AWS-LC decrypts with the material.
    let key = Material::from(stored);
    let sealed = hsm
        .encrypt_gcm(&BINDING, &key, b"aad", b"plain")
        .expect("it encrypts");
    let (iv, rest) = sealed.split_at(12);
    let mut rest = rest.to_vec();
    let theirs = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &material).expect("32 bytes"));
    let nonce = Nonce::try_assume_unique_for_key(iv).expect("12 bytes");
    let plain = theirs.open_in_place(nonce, Aad::from(b"aad"), &mut rest);
    assert_eq!(plain.expect("the tag is right"), b"plain");

    // A module may see by itself that a length is none of AES; one that is of AES is ours to see.
    for len in [0, 16, 31, 33, 64] {
        let brought = bring(&oaep(public, &vec![1; len]));
        let is_length = matches!(brought, Err(Error::Length { .. }));
        let is_refused = matches!(brought, Err(Error::Refused { .. })) && len != 16;
        assert!(is_length || is_refused, "{len} bytes: {:?}", brought.err());
    }
    let mut changed = blob;
    changed[100] ^= 1;
    refused(bring(&changed));
    refused(bring(&changed[1..]));
    let misused = hsm.rsa_oaep_decrypt(&PAIR, &pair, Hash::Sha256, &changed);
    assert!(matches!(misused, Err(Error::Invalid { .. })), "{misused:?}");
}

/// AES-256-CBC under an initialisation vector of zeros.
fn cbc(key: &[u8], plain: &[u8; 32]) -> [u8; 32] {
    let key = UnboundCipherKey::new(&AES_256, key).expect("32 bytes");
    let key = EncryptingKey::cbc(key);
    let mut text = plain.to_vec();
    let key: Result<EncryptingKey, _> = key;
    let context = EncryptionContext::Iv128([0; 16].into());
    key.expect("it is a key")
        .less_safe_encrypt(&mut text, context)
        .expect("whole blocks");
    text.try_into().expect("as long as before")
}

pub(super) fn private_keys_are_imported(suite: &Suite) {
    let hsm = &suite.hsm;
    let pair = Material::from(hsm.import_pair(&PAIR).expect("it generates"));
    let public = pair.public().expect("a pair has a public half");
    let import = Import {
        binding: &PAIR,
        pair: &pair,
    };
    let temporary = [0x77; 32];
    let wrapper = oaep(public, &temporary);
    let rows = [
        (
            Kind::Rsa { bits: 2048 },
            "RSA -pkeyopt rsa_keygen_bits:2048",
            SignAlgorithm::RsaPss(Hash::Sha256),
        ),
        (
            Kind::Ec(Curve::P256),
            "EC -pkeyopt ec_paramgen_curve:P-256",
            SignAlgorithm::Ecdsa(Hash::Sha256),
        ),
        (
            Kind::Ec(Curve::P384),
            "EC -pkeyopt ec_paramgen_curve:P-384",
            SignAlgorithm::Ecdsa(Hash::Sha384),
        ),
    ];
    for (kind, command, algorithm) in rows {
        let command = format!("genpkey -quiet -outform DER -algorithm {command}");
        let pkcs8 = openssl(&command.replace(" -quiet", ""), b"").expect("it generates");
        let pkcs8 = openssl("pkcs8 -topk8 -nocrypt -inform DER -outform DER", &pkcs8);
        let pkcs8 = pkcs8.expect("it is a private key");
        let theirs = openssl("pkey -inform DER -pubout -outform DER", &pkcs8);
        let bring = |blob: &[u8], kind| {
            hsm.import_private(&import, (&wrapper, blob), &BINDING, (kind, Usage::Sign))
        };
        let blob = kwp(&temporary, &pkcs8);
        if !suite.oaep_sha256 {
            return not_offered(bring(&blob, kind));
        }
        let stored = bring(&blob, kind).unwrap_or_else(|error| panic!("{kind}: {error}"));
        assert_eq!(stored.public, theirs, "{kind}");
        let (key, message) = (Material::from(stored), Message::Raw(b"message"));
        let signature = hsm
            .sign(&BINDING, &key, algorithm, message)
            .expect("it signs");
        let public = key.public().expect("a pair has a public half");
        assert_eq!(verify(public, algorithm, message, &signature), Ok(true));

        let mut changed = blob.clone();
        changed[50] ^= 1;
        refused(bring(&changed, kind));
        for other in [Kind::Rsa { bits: 3072 }, Kind::Ec(Curve::P521)] {
            refused(bring(&blob, other));
        }
        refused(bring(&kwp(&temporary, b"this is no private key"), kind));
    }
}

/// AES-256 key wrap with padding (RFC 5649).
fn kwp(key: &[u8; 32], plain: &[u8]) -> Vec<u8> {
    let kek = AesKek::new(&KEK_256, key).expect("32 bytes");
    let mut wrapped = vec![0; plain.len() + 16];
    let wrapped = kek
        .wrap_with_padding(plain, &mut wrapped)
        .expect("there is room");
    wrapped.to_vec()
}
