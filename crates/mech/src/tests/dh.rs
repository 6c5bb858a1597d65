//! Diffie-Hellman: groups, and keys that come from outside.

use std::sync::Arc;

use ck::{AttributeType as A, KeyType, Mechanism, MechanismType, ObjectClass, Params};

use super::fixture::{Object, object, row};
use crate::{
    Error, Key, PairRequest, complete_parameters, complete_private, complete_public,
    derive_public_info, generate_key, generate_pair,
};

/// A key, and the value that the other party gets.
pub(super) struct Party {
    pub(super) key: Arc<Key>,
    pub(super) value: Vec<u8>,
}

fn generate(prime: &[u8], base: &[u8], value_bits: Option<u64>) -> Result<[Object; 2], Error> {
    let request = PairRequest {
        prime: Some(prime),
        base: Some(base),
        value_bits,
        ..PairRequest::default()
    };
    let id = MechanismType::DH_PKCS_KEY_PAIR_GEN;
    let (public, private) = generate_pair(row(id), &Params::None, &request)?;
    Ok([Object::material(&public), Object::material(&private)])
}

/// Generates a pair in a standard group.
pub(super) fn party(value_bits: Option<u64>) -> Party {
    let prime = &object("ffdhe2048").0[&A::PRIME];
    let [public, private] = generate(prime, &[2], value_bits).unwrap();
    Party {
        key: private.key(ObjectClass::PRIVATE_KEY, KeyType::DH),
        value: public.0[&A::VALUE].clone(),
    }
}

/// What is given are the groups of RFC 7919, which OpenSSL has too, and what is drawn is a group.
pub(super) fn generates_parameters(row: &Mechanism) {
    let make = |bits| generate_key(row, &Params::None, bits).map(|made| Object::material(&made));
    for bits in [2048, 3072, 4096] {
        let known = object(&format!("ffdhe{bits}"));
        let made = make(Some(bits)).unwrap();
        assert_eq!(made.0[&A::PRIME], known.0[&A::PRIME]);
        assert_eq!(made.0[&A::BASE], [2]);
    }
    let drawn = make(Some(1024)).unwrap();
    assert_ne!(drawn.0[&A::PRIME], object_of("oakley2").0[&A::PRIME]);
    let missing = complete_parameters(KeyType::DH, &drawn.get()).unwrap();
    assert_eq!(
        Object::material(&missing).0[&A::PRIME_BITS],
        1024_u64.to_le_bytes()
    );
    assert!(generate(&drawn.0[&A::PRIME], &drawn.0[&A::BASE], None).is_ok());
    for bits in [0, 1023, 1025, 2047, 8192] {
        assert_eq!(make(Some(bits)).err(), Some(Error::KeySizeRange), "{bits}");
    }
    let missing = Error::TemplateIncomplete(A::PRIME_BITS);
    assert_eq!(make(None).err(), Some(missing));
}

fn object_of(name: &str) -> Object {
    let file = super::fixture::load(include_str!("../../vectors/dh.json"));
    Object::of(&file.keys[name])
}

#[test]
fn both_halves_give_the_public_key_that_openssl_gives() {
    for name in ["oakley2"] {
        let (private, public) = (object_of(name), object_of(&format!("{name}-public")));
        let expected = &private.0[&A::PUBLIC_KEY_INFO];
        for (class, half) in [
            (ObjectClass::PRIVATE_KEY, &private),
            (ObjectClass::PUBLIC_KEY, &public),
        ] {
            let info = derive_public_info(class, KeyType::DH, &half.get());
            assert_eq!(info.as_ref(), Some(expected), "{name}");
        }
    }
}

#[test]
fn a_private_value_is_as_short_as_it_is_asked_for() {
    let prime = &object_of("modp2048").0[&A::PRIME];
    let [public, private] = generate(prime, &[2], Some(256)).unwrap();
    assert!(private.0[&A::VALUE].len() <= 32);
    assert!(public.0[&A::VALUE].len() > 200);
    let bits = u64::from_le_bytes(private.0[&A::VALUE_BITS].as_slice().try_into().unwrap());
    assert!((200..=256).contains(&bits));
    let [_, long] = generate(prime, &[2], None).unwrap();
    assert!(long.0[&A::VALUE].len() > 200);
    assert_eq!(
        generate(prime, &[2], Some(223)).err(),
        Some(Error::KeySizeRange)
    );
}

#[test]
fn what_is_no_group_of_a_safe_prime_makes_no_keys() {
    let known = object_of("modp2048").0[&A::PRIME].clone();
    let mut composite = known.clone();
    composite[100] ^= 1;
    let mut even = known.clone();
    even[255] ^= 1;
    let mut negated = known.clone();
    negated[255] -= 1;
    // A prime, but not a safe one: its groups have small ones in them.
    let unsafe_prime = object_of("rfc5114-2a").0[&A::PRIME].clone();
    let short = &known[..127];
    let invalid = Some(Error::DomainParamsInvalid);
    for (prime, base, expected) in [
        (&known[..], &[1][..], invalid),
        (&known, &negated, invalid),
        (&known, &known, invalid),
        (&composite, &[2], invalid),
        (&even, &[2], invalid),
        (&unsafe_prime, &[2], invalid),
        (short, &[2], Some(Error::KeySizeRange)),
        (&known, &[2], None),
    ] {
        assert_eq!(generate(prime, base, None).err(), expected);
        let object = Object([(A::PRIME, prime.to_vec()), (A::BASE, base.to_vec())].into());
        let parameters = complete_parameters(KeyType::DH, &object.get()).err();
        assert_eq!(parameters, expected);
        let key = object.with(A::VALUE, &[0x57; 28]);
        assert_eq!(complete_private(KeyType::DH, &key.get()).err(), expected);
        assert_eq!(complete_public(KeyType::DH, &key.get()).err(), expected);
    }
}

#[test]
fn values_outside_of_the_group_make_no_keys() {
    let key = object_of("modp2048");
    let prime = key.0[&A::PRIME].clone();
    let mut negated = prime.clone();
    negated[255] -= 1;
    let invalid = Some(Error::AttributeInvalid(A::VALUE));
    for value in [&[0][..], &negated, &prime] {
        let key = key.clone().with(A::VALUE, value);
        for class in [ObjectClass::PRIVATE_KEY, ObjectClass::PUBLIC_KEY] {
            assert_eq!(key.parse(class, KeyType::DH).err(), invalid);
        }
    }
    let one = key.with(A::VALUE, &[1]);
    assert_eq!(
        one.parse(ObjectClass::PUBLIC_KEY, KeyType::DH).err(),
        invalid
    );
    for missing in [A::PRIME, A::BASE, A::VALUE] {
        let part = one.clone().without(&[missing]);
        let error = part.parse(ObjectClass::PRIVATE_KEY, KeyType::DH).err();
        assert_eq!(error, Some(Error::TemplateIncomplete(missing)));
    }
}
