//! The rules of wrapping, one by one, on attributes alone (security requirements R1, R2, R4).

use ck::{AttributeType as A, KeyType, MechanismType as M, ObjectClass, Params, Rv};

use crate::policy::{Decision, KeyStrength, decide_unwrap, decide_wrap, strength, vouches};
use crate::tests::bench::{Bench, FALSE, TRUE, Template, class};
use crate::{Attributes, Profile};

const BOTH: [Profile; 2] = [Profile::Compat, Profile::Strict];

fn key(class: ObjectClass, key_type: KeyType, flags: &[A]) -> Attributes {
    let mut key = Attributes::default();
    key.set_number(A::CLASS, class.0);
    key.set_number(A::KEY_TYPE, key_type.0);
    for id in flags {
        key.set_flag(*id, true);
    }
    key
}

fn aes(flags: &[A]) -> Attributes {
    key(ObjectClass::SECRET_KEY, KeyType::AES, flags)
}

fn rv(decision: Decision) -> Rv {
    decision
        .obey()
        .map_or_else(|refusal| refusal.rv(), |()| Rv::OK)
}

fn wrap(profile: Profile, wrapping: &Attributes, wrapped: &Attributes, bits: (u64, u64)) -> Rv {
    let mechanism = match wrapping.key_type() {
        Some(KeyType::RSA) => M::RSA_PKCS_OAEP,
        _ => M::AES_KEY_WRAP_KWP,
    };
    let strength = KeyStrength {
        wrapping: bits.0,
        wrapped: bits.1,
    };
    let mechanism = ck::mechanism(mechanism).unwrap();
    rv(decide_wrap(
        profile,
        wrapping,
        wrapped,
        strength,
        mechanism,
        &Params::None,
    ))
}

/// A key that `strict` lets wrap, and one that it lets be wrapped.
const GOOD: &[A] = &[A::WRAP, A::TRUSTED, A::LOCAL];
const LOOSE: &[A] = &[A::EXTRACTABLE];

#[test]
fn strict_wraps_under_trusted_local_keys_that_are_strong_enough() {
    let check = |wrapping: &Attributes, bits, compat, strict| {
        let payload = aes(LOOSE);
        assert_eq!(wrap(Profile::Compat, wrapping, &payload, bits), compat);
        assert_eq!(wrap(Profile::Strict, wrapping, &payload, bits), strict);
    };
    let no = Rv::KEY_NOT_WRAPPABLE;
    check(&aes(GOOD), (256, 256), Rv::OK, Rv::OK);
    check(&aes(GOOD), (128, 128), Rv::OK, Rv::OK);
    check(&aes(GOOD), (128, 256), Rv::OK, no);
    check(&aes(&[A::WRAP, A::LOCAL]), (256, 128), Rv::OK, no);
    check(&aes(&[A::WRAP, A::TRUSTED]), (256, 128), Rv::OK, no);
    let rsa = |flags| key(ObjectClass::PUBLIC_KEY, KeyType::RSA, flags);
    check(&rsa(&[A::WRAP, A::TRUSTED]), (128, 128), Rv::OK, Rv::OK);
    check(&rsa(&[A::WRAP, A::TRUSTED]), (112, 112), Rv::OK, no);
    check(&rsa(&[A::WRAP]), (128, 128), Rv::OK, no);
}

#[test]
fn no_key_puts_a_wrapping_on_and_takes_it_off() {
    let no = Rv::KEY_FUNCTION_NOT_PERMITTED;
    for profile in BOTH {
        let check = |more, expected| {
            let wrapping = aes(&[GOOD, more].concat());
            assert_eq!(wrap(profile, &wrapping, &aes(LOOSE), (256, 256)), expected);
        };
        check(&[], Rv::OK);
        check(&[A::UNWRAP], Rv::OK);
        check(&[A::DECRYPT], no);
        check(&[A::UNWRAP, A::DECRYPT, A::ENCRYPT], no);
    }
    let kwp = ck::mechanism(M::AES_KEY_WRAP_KWP).unwrap();
    assert_eq!(rv(decide_unwrap(&aes(&[A::UNWRAP, A::WRAP]), kwp)), Rv::OK);
    assert_eq!(rv(decide_unwrap(&aes(&[A::UNWRAP, A::ENCRYPT]), kwp)), no);
    let asking = aes(&[A::UNWRAP, A::ALWAYS_AUTHENTICATE]);
    assert_eq!(rv(decide_unwrap(&asking, kwp)), Rv::USER_NOT_LOGGED_IN);
    let trusted = aes(&[A::UNWRAP, A::TRUSTED]);
    assert_eq!(rv(decide_unwrap(&trusted, kwp)), Rv::OK);
    for weak in [M::AES_CBC, M::AES_CBC_PAD, M::RSA_PKCS] {
        let row = ck::mechanism(weak).unwrap();
        assert_eq!(rv(decide_unwrap(&trusted, row)), Rv::MECHANISM_INVALID);
    }
}

#[test]
fn what_may_not_leave_does_not() {
    for profile in BOTH {
        let wrap = |wrapped: &Attributes| wrap(profile, &aes(GOOD), wrapped, (256, 128));
        assert_eq!(wrap(&aes(&[])), Rv::KEY_UNEXTRACTABLE);
        let private = |flags| key(ObjectClass::PRIVATE_KEY, KeyType::EC, flags);
        assert_eq!(wrap(&private(&[])), Rv::KEY_UNEXTRACTABLE);
        assert_eq!(wrap(&private(LOOSE)), Rv::OK);
        let public = key(ObjectClass::PUBLIC_KEY, KeyType::EC, LOOSE);
        assert_eq!(wrap(&public), Rv::KEY_NOT_WRAPPABLE);
    }
}

#[test]
fn only_a_key_that_never_left_vouches_for_what_it_unwraps() {
    let all = [
        A::UNWRAP,
        A::LOCAL,
        A::ALWAYS_SENSITIVE,
        A::NEVER_EXTRACTABLE,
    ];
    let mechanism = ck::mechanism(M::AES_KEY_WRAP_KWP).unwrap();
    let vouches = |key: &Attributes| vouches(key, mechanism);
    assert!(vouches(&aes(&all)));
    for missing in &all[1..] {
        let flags: Vec<A> = all.into_iter().filter(|id| id != missing).collect();
        assert!(!vouches(&aes(&flags)), "{missing}");
    }
    assert!(!vouches(&aes(&[&all[..], &[A::ENCRYPT]].concat())));
    let rsa = key(ObjectClass::PRIVATE_KEY, KeyType::RSA, &all);
    assert!(!vouches(&rsa), "anybody encrypts to a public key");
}

#[test]
fn a_nonce_of_the_callers_neither_wraps_under_a_trusted_key_nor_vouches() {
    let strength = KeyStrength {
        wrapping: 256,
        wrapped: 256,
    };
    let vouching = [
        A::LOCAL,
        A::ALWAYS_SENSITIVE,
        A::NEVER_EXTRACTABLE,
        A::UNWRAP,
    ];
    for (id, trusted) in [
        (M::AES_KEY_WRAP_KWP, Rv::OK),
        (M::AES_GCM, Rv::KEY_NOT_WRAPPABLE),
        (M::AES_CCM, Rv::KEY_NOT_WRAPPABLE),
    ] {
        let mechanism = ck::mechanism(id).unwrap();
        let wrap = |wrapping: &[A]| {
            let wrapping = aes(wrapping);
            let decision = decide_wrap(
                Profile::Compat,
                &wrapping,
                &aes(LOOSE),
                strength,
                mechanism,
                &Params::None,
            );
            rv(decision)
        };
        assert_eq!(wrap(&[A::WRAP, A::TRUSTED]), trusted, "{id}");
        assert_eq!(wrap(&[A::WRAP]), Rv::OK, "{id}");
        assert_eq!(
            vouches(&aes(&vouching), mechanism),
            trusted == Rv::OK,
            "{id}"
        );
    }
}

#[test]
fn strength_follows_the_table_of_sp_800_57() {
    for (key_type, size, bits) in [
        (KeyType::RSA, 2048, 112),
        (KeyType::RSA, 3072, 128),
        (KeyType::RSA, 4096, 128),
        (KeyType::EC, 256, 128),
        (KeyType::EC, 384, 192),
        (KeyType::EC, 521, 256),
        (KeyType::AES, 16, 128),
        (KeyType::AES, 24, 192),
        (KeyType::AES, 32, 256),
        (KeyType::GENERIC_SECRET, 10, 80),
        (KeyType::GENERIC_SECRET, 512, 256),
    ] {
        assert_eq!(strength(Some(key_type), size), bits, "{key_type} {size}");
    }
}

/// Unwraps a key in each profile and tells which flags it has.
fn unwrapped(profile: Profile, template: &Template<'_>) -> Vec<A> {
    let bench = Bench::new(profile);
    let client = bench.client();
    let session = client.open_user();
    let kek: [(A, &[u8]); 4] = [
        (A::CLASS, &class(ObjectClass::SECRET_KEY)),
        (A::KEY_TYPE, &KeyType::AES.0.to_le_bytes()),
        (A::VALUE, &[3; 32]),
        (A::UNWRAP, TRUE),
    ];
    let encrypt = [(A::ENCRYPT, FALSE)];
    let kek = client
        .create(session, &[&kek[..], &encrypt].concat())
        .unwrap();
    // 16 bytes of 9 under 32 bytes of 3, wrapped with OpenSSL 3.0.
    let wrapped = wrapped_by_openssl();
    let whole = [&aes_template()[..], template].concat();
    let mechanism = (M::AES_KEY_WRAP, Params::None);
    let key = client
        .unwrap(session, mechanism, kek, &wrapped, &whole)
        .unwrap();
    let flags = [
        A::SENSITIVE,
        A::EXTRACTABLE,
        A::ENCRYPT,
        A::WRAP,
        A::ALWAYS_SENSITIVE,
        A::NEVER_EXTRACTABLE,
        A::LOCAL,
    ];
    let has = |id: &A| client.get(session, key, *id).unwrap() == TRUE;
    flags.into_iter().filter(has).collect()
}

const fn aes_template() -> [(A, &'static [u8]); 2] {
    [
        (A::CLASS, &[4, 0, 0, 0, 0, 0, 0, 0]),
        (A::KEY_TYPE, &[0x1f, 0, 0, 0, 0, 0, 0, 0]),
    ]
}

fn wrapped_by_openssl() -> Vec<u8> {
    vec![
        0xc4, 0x80, 0x8a, 0x9d, 0x53, 0xb5, 0xe2, 0x66, 0x4c, 0xfb, 0xa7, 0x90, 0x06, 0xa0, 0x07,
        0xc1, 0x50, 0x8c, 0xcb, 0x2f, 0xa4, 0xc7, 0x9c, 0xb0,
    ]
}

#[test]
fn what_is_unwrapped_is_never_readable_and_in_strict_never_leaves_again() {
    let loose = [
        (A::SENSITIVE, FALSE),
        (A::EXTRACTABLE, TRUE),
        (A::ENCRYPT, TRUE),
        (A::WRAP, TRUE),
    ];
    assert_eq!(
        unwrapped(Profile::Compat, &loose),
        [A::SENSITIVE, A::EXTRACTABLE, A::ENCRYPT, A::WRAP]
    );
    assert_eq!(
        unwrapped(Profile::Strict, &loose),
        [A::SENSITIVE, A::ENCRYPT]
    );
    // 5.18.4: what a template does not keep in may leave.
    let silent = [(A::ENCRYPT, TRUE)];
    assert_eq!(
        unwrapped(Profile::Compat, &silent),
        [A::SENSITIVE, A::EXTRACTABLE, A::ENCRYPT]
    );
    assert_eq!(
        unwrapped(Profile::Strict, &silent),
        [A::SENSITIVE, A::ENCRYPT]
    );
}
