//! The values derived from keys.

use ck::{AttributeType, KeyType, ObjectClass};

use super::fixture::{Object, object};
use crate::{check_value, complete_public, derive_public_info};

const PAIRS: [(&str, KeyType); 10] = [
    ("x25519", KeyType::EC_MONTGOMERY),
    ("ed25519", KeyType::EC_EDWARDS),
    ("sm2", KeyType::DEW_SM2),
    ("rsa2048", KeyType::RSA),
    ("rsa3072", KeyType::RSA),
    ("rsa4096", KeyType::RSA),
    ("rsa2048_large_e", KeyType::RSA),
    ("p256", KeyType::EC),
    ("p384", KeyType::EC),
    ("p521", KeyType::EC),
];

#[test]
fn both_halves_give_the_public_key_that_openssl_gives() {
    for (name, key_type) in PAIRS {
        let object = object(name);
        let expected = &object.0[&AttributeType::PUBLIC_KEY_INFO];
        for class in [ObjectClass::PUBLIC_KEY, ObjectClass::PRIVATE_KEY] {
            let info = derive_public_info(class, key_type, &object.get());
            assert_eq!(info.as_ref(), Some(expected), "{name} {class}");
        }
    }
}

#[test]
fn what_is_no_pair_has_no_public_key() {
    let secret = Object::secret(&[1; 16]);
    for key_type in [KeyType::AES, KeyType::RSA, KeyType::EC] {
        let info = derive_public_info(ObjectClass::PUBLIC_KEY, key_type, &secret.get());
        assert_eq!(info, None);
    }
}

#[test]
fn an_imported_public_key_learns_its_size_and_takes_the_form_of_the_store() {
    let rsa = complete_public(KeyType::RSA, &object("rsa3072").get()).unwrap();
    let bits = &Object::material(&rsa).0[&AttributeType::MODULUS_BITS];
    assert_eq!(bits, &3072_u64.to_le_bytes());

    let stored = object("p384");
    let point = &stored.0[&AttributeType::EC_POINT];
    let foreign = stored
        .clone()
        .with(AttributeType::EC_POINT, &point[2..])
        .with(AttributeType::EC_PARAMS, b"\x13\x09secp384r1");
    let completed = Object::material(&complete_public(KeyType::EC, &foreign.get()).unwrap());
    for id in [AttributeType::EC_POINT, AttributeType::EC_PARAMS] {
        assert_eq!(completed.0[&id], stored.0[&id]);
    }
}

#[test]
fn check_values_are_those_of_the_standard() {
    // The hash key of test case 1 of the GCM specification, and FIPS 180-4's example.
    assert_eq!(
        check_value(KeyType::AES, &[0; 16]),
        Some([0x66, 0xe9, 0x4b])
    );
    assert_eq!(
        check_value(KeyType::GENERIC_SECRET, b"abc"),
        Some([0xa9, 0x99, 0x3e])
    );
    assert_eq!(check_value(KeyType::AES, &[0; 17]), None);
}
