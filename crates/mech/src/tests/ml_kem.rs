//! ML-KEM keys: what is imported is checked, and what is generated is whole.

use ck::{AttributeType as A, KeyType, MechanismType, ObjectClass, Params};

use super::fixture::{Object, load, object, row};
use crate::{
    Error, PairRequest, complete_private, complete_public, generate_pair, private_from_pkcs8,
};

const FILE: &str = include_str!("../../vectors/ml_kem_keys.json");

#[derive(serde::Deserialize)]
struct Keys {
    source: String,
    grown: Vec<Grown>,
    wrong_private: Vec<Wrong>,
    wrong_public: Vec<Wrong>,
}

#[derive(serde::Deserialize)]
struct Grown {
    set: u64,
    seed: String,
    dk: String,
    ek: String,
}

#[derive(serde::Deserialize)]
struct Wrong {
    set: u64,
    value: String,
}

fn keys() -> Keys {
    let keys: Keys = serde_json::from_str(FILE).unwrap();
    assert!(!keys.source.is_empty());
    keys
}

fn bytes(digits: &str) -> Vec<u8> {
    hex::decode(digits).unwrap()
}

fn of_set(set: u64) -> Object {
    Object([(A::PARAMETER_SET, set.to_le_bytes().to_vec())].into())
}

#[test]
fn a_seed_grows_into_its_key() {
    let keys = keys();
    assert!(keys.grown.len() >= 6);
    for Grown { set, seed, dk, ek } in keys.grown {
        let seeded = of_set(set).with(A::SEED, &bytes(&seed));
        let missing = complete_private(KeyType::ML_KEM, &seeded.get()).unwrap();
        let missing = Object::material(&missing);
        assert_eq!(missing.0.len(), 1);
        assert_eq!(hex::encode(&missing.0[&A::VALUE]), dk);
        let info =
            crate::derive_public_info(ObjectClass::PRIVATE_KEY, KeyType::ML_KEM, &seeded.get());
        assert!(hex::encode(info.unwrap()).ends_with(&ek));
        let both = seeded.with(A::VALUE, &bytes(&dk));
        assert_eq!(complete_private(KeyType::ML_KEM, &both.get()), Ok(vec![]));
        let mut other = bytes(&seed);
        other[3] ^= 1;
        let wrong = both.with(A::SEED, &other);
        let error = Err(Error::AttributeInvalid(A::SEED));
        assert_eq!(complete_private(KeyType::ML_KEM, &wrong.get()), error);
    }
}

#[test]
fn keys_that_are_none_are_refused() {
    let keys = keys();
    assert!(keys.wrong_private.len() >= 9 && keys.wrong_public.len() >= 6);
    let refused = Err(Error::AttributeInvalid(A::VALUE));
    for Wrong { set, value } in keys.wrong_private {
        let key = of_set(set).with(A::VALUE, &bytes(&value));
        let parsed = key.parse(ObjectClass::PRIVATE_KEY, KeyType::ML_KEM);
        assert_eq!(parsed.map(drop), refused);
    }
    for Wrong { set, value } in keys.wrong_public {
        let key = of_set(set).with(A::VALUE, &bytes(&value));
        assert_eq!(
            complete_public(KeyType::ML_KEM, &key.get()).map(drop),
            refused
        );
    }
}

#[test]
fn a_key_whose_halves_do_not_belong_together_is_refused() {
    let sound = object("mlkem768");
    let mut value = sound.0[&A::VALUE].clone();
    // The vector s, which no hash covers.
    value[100] ^= 1;
    let wrong = sound.without(&[A::SEED]).with(A::VALUE, &value);
    let error = Err(Error::AttributeInvalid(A::VALUE));
    assert_eq!(complete_private(KeyType::ML_KEM, &wrong.get()), error);
}

#[test]
fn a_generated_pair_is_whole() {
    let generator = row(MechanismType::ML_KEM_KEY_PAIR_GEN);
    let generate = |parameter_set| {
        let request = PairRequest {
            parameter_set,
            ..PairRequest::default()
        };
        generate_pair(generator, &Params::None, &request)
    };
    for (set, len) in [(1, 800), (2, 1184), (3, 1568)] {
        let (public, private) = generate(Some(set)).unwrap();
        let (public, private) = (Object::material(&public), Object::material(&private));
        assert_eq!((public.0.len(), private.0.len()), (2, 3));
        assert_eq!(public.0[&A::VALUE].len(), len);
        assert_eq!(
            complete_private(KeyType::ML_KEM, &private.get()),
            Ok(vec![])
        );
        let key = private.key(ObjectClass::PRIVATE_KEY, KeyType::ML_KEM);
        assert_eq!(usize::try_from(key.size()), Ok(len));
    }
    for set in [0, 4, u64::MAX] {
        let made = generate(Some(set)).map(drop);
        assert_eq!(made, Err(Error::ParameterSetNotSupported));
    }
    let made = generate(None).map(drop);
    assert_eq!(made, Err(Error::TemplateIncomplete(A::PARAMETER_SET)));
}

#[test]
fn a_key_without_its_seed_travels_as_itself_and_one_with_both_is_read() {
    let whole = object("mlkem768");
    let bare = whole.clone().without(&[A::SEED]);
    let encoded = bare.key(ObjectClass::PRIVATE_KEY, KeyType::ML_KEM);
    let encoded = encoded.to_pkcs8().unwrap();
    let (key_type, material) = private_from_pkcs8(&encoded).unwrap();
    assert_eq!(key_type, KeyType::ML_KEM);
    assert_eq!(Object::material(&material).0, bare.0);

    let both = bytes(&load_text("both"));
    let (_, material) = private_from_pkcs8(&both).unwrap();
    assert_eq!(Object::material(&material).0, whole.0);
    let mut other = both;
    // The last byte of the seed, behind three headers.
    let at = other
        .windows(4)
        .position(|window| window == [0x04, 0x40, whole.0[&A::SEED][0], whole.0[&A::SEED][1]]);
    other[at.unwrap() + 2] ^= 1;
    assert_eq!(
        private_from_pkcs8(&other).map(drop),
        Err(Error::KeyEncodingInvalid)
    );
}

/// Finds an encoding among the keys of the vector file.
fn load_text(name: &str) -> String {
    load(include_str!("../../vectors/ml_kem.json")).keys["mlkem768-encoded"][name].clone()
}
