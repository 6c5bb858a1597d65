//! Imported keys are taken apart before they are trusted (requirement R8).

use ck::{AttributeType, KeyType, ObjectClass};

use super::fixture::{Object, load, object, pair};
use crate::{Error, complete_private, random};

const PRIVATE: ObjectClass = ObjectClass::PRIVATE_KEY;
const PUBLIC: ObjectClass = ObjectClass::PUBLIC_KEY;
const CHINESE_REMAINDER: [AttributeType; 5] = [
    AttributeType::PRIME_1,
    AttributeType::PRIME_2,
    AttributeType::EXPONENT_1,
    AttributeType::EXPONENT_2,
    AttributeType::COEFFICIENT,
];

/// Tells why a key was refused.
fn refused(object: &Object, class: ObjectClass, key_type: KeyType) -> Error {
    let Err(error) = object.parse(class, key_type) else {
        panic!("a wrong {class} was taken");
    };
    error
}

fn weak(name: &str) -> Object {
    Object::of(&load(include_str!("../../vectors/rsa_weak.json")).keys[name])
}

#[test]
fn no_rsa_key_with_a_wrong_bit_is_taken() {
    let sound = object("rsa2048").without(&[AttributeType::PUBLIC_KEY_INFO]);
    let ids: Vec<_> = sound.0.keys().copied().collect();
    for round in 0..1000 {
        let id = ids[round % ids.len()];
        let mut value = sound.0[&id].clone();
        let mut draw = [0; 4];
        random(&mut draw).unwrap();
        let bit = usize::try_from(u32::from_le_bytes(draw)).unwrap() % (8 * value.len());
        value[bit / 8] ^= 1 << (bit % 8);
        let mutated = sound.clone().with(id, &value);
        refused(&mutated, PRIVATE, KeyType::RSA);
        assert!(
            complete_private(KeyType::RSA, &mutated.get()).is_err(),
            "{id} bit {bit}"
        );
    }
}

#[test]
fn the_primes_of_an_rsa_key_are_found_from_its_exponents() {
    for name in ["rsa1024", "rsa2048", "rsa3072", "rsa2048_large_e"] {
        let whole = object(name);
        let bare = whole.clone().without(&CHINESE_REMAINDER);
        assert_eq!(
            bare.parse(PRIVATE, KeyType::RSA).map(|key| key.size()),
            Ok(pair(name).private.size())
        );
        let missing = Object::material(&complete_private(KeyType::RSA, &bare.get()).unwrap());
        assert_eq!(missing.0.len(), 5);
        let primes = |object: &Object| {
            let mut primes = [
                object.0[&AttributeType::PRIME_1].clone(),
                object.0[&AttributeType::PRIME_2].clone(),
            ];
            primes.sort();
            primes
        };
        assert_eq!(primes(&missing), primes(&whole), "{name}");
        let mut completed = bare;
        completed.0.extend(missing.0);
        completed.key(PRIVATE, KeyType::RSA);
        let nothing = complete_private(KeyType::RSA, &completed.get()).unwrap();
        assert!(nothing.is_empty());
    }
}

#[test]
fn half_of_the_chinese_remainder_values_is_completed_or_refused_but_never_guessed() {
    let whole = object("rsa2048");
    let primes_only = whole.clone().without(&CHINESE_REMAINDER[2..]);
    let missing = Object::material(&complete_private(KeyType::RSA, &primes_only.get()).unwrap());
    assert_eq!(missing.0.len(), 3);
    for id in &CHINESE_REMAINDER[2..] {
        assert_eq!(missing.0[id], whole.0[id]);
    }
    for absent in [AttributeType::PRIME_1, AttributeType::PRIME_2] {
        let halved = whole.clone().without(&[absent]);
        let error = refused(&halved, PRIVATE, KeyType::RSA);
        assert_eq!(error, Error::TemplateIncomplete(absent));
    }
    let orphans = whole.without(&CHINESE_REMAINDER[..2]);
    let error = refused(&orphans, PRIVATE, KeyType::RSA);
    assert_eq!(error, Error::TemplateIncomplete(AttributeType::PRIME_1));
}

#[test]
fn rsa_keys_lack_nothing_essential() {
    for id in [
        AttributeType::MODULUS,
        AttributeType::PUBLIC_EXPONENT,
        AttributeType::PRIVATE_EXPONENT,
    ] {
        let object = object("rsa2048").without(&[id]);
        let error = refused(&object, PRIVATE, KeyType::RSA);
        assert_eq!(error, Error::TemplateIncomplete(id));
        let error = refused(&object.with(id, &[]), PRIVATE, KeyType::RSA);
        assert_eq!(error, Error::TemplateIncomplete(id));
    }
}

#[test]
fn weak_rsa_keys_are_refused() {
    const PRIME_1: Error = Error::AttributeInvalid(AttributeType::PRIME_1);
    assert_eq!(
        refused(&weak("close_primes"), PRIVATE, KeyType::RSA),
        PRIME_1
    );
    let composite = weak("composite_prime");
    assert_eq!(
        complete_private(KeyType::RSA, &composite.get()),
        Err(PRIME_1)
    );
    let roca = Error::AttributeInvalid(AttributeType::MODULUS);
    assert_eq!(refused(&weak("roca"), PUBLIC, KeyType::RSA), roca);
}

#[test]
fn rsa_sizes_and_exponents_have_their_limits() {
    let sound = object("rsa2048");
    let modulus = sound.0[&AttributeType::MODULUS].clone();
    for len in [64, 96, 127, 1025, 1026, 1031] {
        let mut other = vec![0xff; len];
        other[0] = 0xff;
        let object = sound.clone().with(AttributeType::MODULUS, &other);
        let error = refused(&object, PUBLIC, KeyType::RSA);
        assert_eq!(error, Error::KeySizeRange, "{len}");
    }
    let huge = sound.clone().with(AttributeType::MODULUS, &[1; 100_000]);
    let error = refused(&huge, PUBLIC, KeyType::RSA);
    assert_eq!(error, Error::AttributeInvalid(AttributeType::MODULUS));
    let exponents: [&[u8]; 6] = [&[1], &[3], &[17], &[1, 0, 0], &[1, 0, 0, 0, 1], &[1; 300]];
    for exponent in exponents {
        let object = sound.clone().with(AttributeType::PUBLIC_EXPONENT, exponent);
        let error = refused(&object, PUBLIC, KeyType::RSA);
        assert_eq!(
            error,
            Error::AttributeInvalid(AttributeType::PUBLIC_EXPONENT)
        );
    }
    // Leading zeros are how signed encoders write large numbers: no reason to refuse.
    let padded = sound.with(AttributeType::MODULUS, &[&[0], &modulus[..]].concat());
    assert_eq!(padded.key(PUBLIC, KeyType::RSA).size(), 2048);
}

#[test]
fn points_are_on_their_curve_and_written_in_a_known_form() {
    for name in ["p256", "p384", "p521"] {
        let sound = object(name);
        let point = sound.0[&AttributeType::EC_POINT].clone();
        let header = if name == "p521" { 3 } else { 2 };
        let raw = &point[header..];
        let with = |value: &[u8]| sound.clone().with(AttributeType::EC_POINT, value);
        with(raw).key(PUBLIC, KeyType::EC);

        let off_curve = |value: &[u8]| {
            let mut value = value.to_vec();
            *value.last_mut().unwrap() ^= 1;
            value
        };
        let mut compressed = raw[..raw.len().div_ceil(2)].to_vec();
        compressed[0] = 2 + (raw.last().unwrap() & 1);
        let mut hybrid = raw.to_vec();
        hybrid[0] = 6 + (raw.last().unwrap() & 1);
        let mut beyond_field = vec![0xff; raw.len()];
        beyond_field[0] = 4;
        let mut zero = vec![0; raw.len()];
        zero[0] = 4;
        for wrong in [
            off_curve(raw),
            off_curve(&point),
            compressed,
            hybrid,
            beyond_field,
            zero,
            vec![0],
            vec![4, 1, 0],
            point[..point.len() - 1].to_vec(),
            [&point[..], &[0]].concat(),
        ] {
            let error = refused(&with(&wrong), PUBLIC, KeyType::EC);
            assert_eq!(
                error,
                Error::AttributeInvalid(AttributeType::EC_POINT),
                "{name}"
            );
        }
    }
}

#[test]
fn scalars_are_between_zero_and_the_order() {
    const ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    let order = hex::decode(ORDER).unwrap();
    let sound = object("p256");
    let with = |value: &[u8]| sound.clone().with(AttributeType::VALUE, value);
    let mut largest = order.clone();
    largest[31] -= 1;
    for taken in [
        vec![1],
        largest,
        [&[0], &sound.0[&AttributeType::VALUE][..]].concat(),
    ] {
        with(&taken).key(PRIVATE, KeyType::EC);
    }
    for wrong in [
        vec![0],
        vec![0; 32],
        order,
        vec![0xff; 32],
        vec![1; 34],
        vec![0xff; 1000],
    ] {
        let error = refused(&with(&wrong), PRIVATE, KeyType::EC);
        assert_eq!(error, Error::AttributeInvalid(AttributeType::VALUE));
    }
}

#[test]
fn secret_keys_have_a_known_type_and_a_length_that_fits_it() {
    let class = ObjectClass::SECRET_KEY;
    let refused = |key_type, len: usize| refused(&Object::secret(&vec![1; len]), class, key_type);
    for len in [1, 15, 17, 33] {
        assert_eq!(refused(KeyType::AES, len), Error::KeySizeRange);
    }
    assert_eq!(refused(KeyType::GENERIC_SECRET, 513), Error::KeySizeRange);
    assert_eq!(refused(KeyType::RC4, 8), Error::KeyTypeInconsistent);
    assert_eq!(refused(KeyType::DES, 16), Error::KeySizeRange);
    assert_eq!(refused(KeyType::DES2, 24), Error::KeySizeRange);
    assert_eq!(refused(KeyType::DES3, 16), Error::KeySizeRange);
    assert_eq!(refused(KeyType::RSA, 24), Error::KeyTypeInconsistent);
    assert_eq!(
        refused(KeyType::AES, 0),
        Error::TemplateIncomplete(AttributeType::VALUE)
    );
}

#[test]
fn des_keys_have_odd_parity() {
    let class = ObjectClass::SECRET_KEY;
    let mut value = [1; 24];
    assert!(Object::secret(&value).parse(class, KeyType::DES3).is_ok());
    for index in 0..value.len() {
        value[index] = 0;
        let error = refused(&Object::secret(&value), class, KeyType::DES3);
        assert_eq!(error, Error::AttributeInvalid(AttributeType::VALUE));
        crate::set_parity(KeyType::DES3, &mut value);
        assert_eq!(value, [1; 24]);
    }
    assert!(
        refused(&Object::secret(&[0; 8]), class, KeyType::DES)
            == Error::AttributeInvalid(AttributeType::VALUE)
    );
    let mut other = [0, 3];
    crate::set_parity(KeyType::AES, &mut other);
    assert_eq!(other, [0, 3]);
}

#[test]
fn the_limits_are_those_of_the_mechanism_table() {
    let range = |id| ck::mechanism(id).unwrap().key_sizes.range();
    assert_eq!(range(ck::MechanismType::RSA_PKCS), (1024, 8192));
    assert_eq!(range(ck::MechanismType::AES_ECB), (16, 32));
    assert_eq!(range(ck::MechanismType::SHA256_HMAC), (1, 512));
    // The same secrets, in bits (6.8.2).
    let generated = ck::MechanismType::GENERIC_SECRET_KEY_GEN;
    assert_eq!(range(generated), (8, 512 * 8));
    assert_eq!(range(ck::MechanismType::ECDSA), (224, 521));
}
