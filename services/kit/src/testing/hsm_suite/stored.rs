//! What is stored: it opens unchanged and in its place only.

use super::uses::refused;
use super::{BINDING, Suite};
use crate::hsm::{
    Binding, Curve, Error, Hash, Kind, Material, Message, SignAlgorithm, Usage, verify,
};

pub(super) fn whatever_is_changed_is_refused(suite: &Suite) {
    let hsm = &suite.hsm;
    let kind = Kind::Ec(Curve::P256);
    let stored = hsm
        .generate(&BINDING, kind, Usage::Sign)
        .expect("it generates");
    let other = hsm
        .generate(&BINDING, kind, Usage::Sign)
        .expect("it generates");
    // It is in the cache when the changed ones come.
    let check = |stored| hsm.check(&BINDING, &Material::Wrapped(stored));
    check(stored.clone()).expect("it is unchanged");
    let changed = |change: fn(&mut crate::hsm::Stored)| {
        let mut changed = stored.clone();
        change(&mut changed);
        refused(check(changed));
    };
    changed(|key| key.wrapped[0] ^= 1);
    changed(|key| *key.wrapped.last_mut().expect("it is long") ^= 1);
    changed(|key| key.wrapped.truncate(5));
    changed(|key| key.seal[0] ^= 1);
    changed(|key| *key.seal.last_mut().expect("it is long") ^= 1);
    changed(|key| key.seal.truncate(20));
    changed(|key| key.seal.clear());
    changed(|key| key.kind = Kind::Ec(Curve::Secp256k1));
    changed(|key| key.usage = Usage::Agree);
    changed(|key| key.public = None);
    // The parts of another key of the same binding.
    for part in 0..3 {
        let mut mixed = stored.clone();
        match part {
            0 => mixed.wrapped.clone_from(&other.wrapped),
            1 => mixed.seal.clone_from(&other.seal),
            _ => mixed.public.clone_from(&other.public),
        }
        refused(check(mixed));
    }
    check(stored.clone()).expect("it is unchanged");
}

pub(super) fn a_key_of_another_binding_is_refused(suite: &Suite) {
    let key = suite.generate(Kind::Aes { bits: 256 }, Usage::Encrypt);
    let sealed = suite
        .hsm
        .encrypt_gcm(&BINDING, &key, b"", b"plain")
        .expect("it encrypts");
    let others = [
        Binding {
            account: "f0000000000000000000000000000000",
            ..BINDING
        },
        Binding {
            key: "00000000-e727-4d9c-b35d-f84bb474a37f",
            ..BINDING
        },
        Binding {
            version: 2,
            ..BINDING
        },
    ];
    for other in others {
        refused(suite.hsm.decrypt_gcm(&other, &key, b"", &sealed));
        // Also where that account has keys of its own.
        suite
            .hsm
            .generate(&other, Kind::Aes { bits: 256 }, Usage::Encrypt)
            .expect("it generates");
        refused(suite.hsm.decrypt_gcm(&other, &key, b"", &sealed));
    }
}

pub(super) fn resident_keys_are_used_listed_and_destroyed(suite: &Suite) {
    let hsm = &suite.hsm;
    let second = Binding {
        version: 2,
        ..BINDING
    };
    let aes = Kind::Aes { bits: 256 };
    let ec = Kind::Ec(Curve::P256);
    let key = hsm.generate_resident(&BINDING, aes, Usage::Encrypt);
    let key = Material::from(key.expect("it generates"));
    let pair = hsm.generate_resident(&second, ec, Usage::Sign);
    let pair = Material::from(pair.expect("it generates"));
    let again = hsm.generate_resident(&BINDING, aes, Usage::Encrypt);
    assert!(matches!(again, Err(Error::Invalid { .. })), "{again:?}");

    let sealed = hsm
        .encrypt_gcm(&BINDING, &key, b"aad", b"plain")
        .expect("it encrypts");
    let opened = hsm
        .decrypt_gcm(&BINDING, &key, b"aad", &sealed)
        .expect("it decrypts");
    assert_eq!(opened.as_slice(), b"plain");
    let (algorithm, message) = (SignAlgorithm::Ecdsa(Hash::Sha256), Message::Raw(b"message"));
    let signature = hsm
        .sign(&second, &pair, algorithm, message)
        .expect("it signs");
    let public = pair.public().expect("a pair has a public half");
    assert_eq!(verify(public, algorithm, message, &signature), Ok(true));

    let name = |version| format!("{}/{}/{version}", BINDING.account, BINDING.key);
    assert_eq!(
        hsm.list_resident(BINDING.account),
        Ok(vec![name(1), name(2)])
    );
    assert_eq!(hsm.list_resident("nobody"), Ok(vec![]));
    hsm.destroy_resident(&BINDING).expect("it destroys");
    assert_eq!(hsm.list_resident(BINDING.account), Ok(vec![name(2)]));
    refused(hsm.decrypt_gcm(&BINDING, &key, b"aad", &sealed));
    hsm.destroy_resident(&second).expect("it destroys");
    hsm.destroy_resident(&second)
        .expect("nothing to destroy is no error");
    assert_eq!(hsm.list_resident(""), Ok(vec![]));
}

pub(super) fn secrets_open_in_their_context_only(suite: &Suite) {
    let hsm = &suite.hsm;
    let mut sealed = hsm
        .seal_secret("access key A", b"secret")
        .expect("it seals");
    let opened = hsm.open_secret("access key A", &sealed).expect("it opens");
    assert_eq!(opened.as_slice(), b"secret");
    refused(hsm.open_secret("access key B", &sealed));
    refused(hsm.open_secret("access key A", &sealed[..10]));
    sealed[0] ^= 1;
    refused(hsm.open_secret("access key A", &sealed));
}
