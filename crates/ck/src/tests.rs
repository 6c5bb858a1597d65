//! The tables keep their own promises.

use crate::{
    AttributeType, Digest, KeyType, MECHANISMS, MechanismType, ObjectClass, Rv, attribute_row,
    mechanism, object_rows,
};

#[test]
fn mechanisms_stand_in_the_order_of_their_numbers() {
    assert!(MECHANISMS.windows(2).all(|pair| pair[0].id < pair[1].id));
}

#[test]
fn every_mechanism_is_found_by_its_number() {
    for row in MECHANISMS {
        assert_eq!(mechanism(row.id).map(|found| found.id), Some(row.id));
    }
    assert!(mechanism(MechanismType(0xffff_ffff)).is_none());
}

#[test]
fn every_digest_of_a_mechanism_is_offered_by_itself() {
    assert_eq!(
        Digest::from_mechanism(MechanismType::SHA256),
        Some(Digest::Sha256)
    );
    assert_eq!(Digest::from_mechanism(MechanismType::AES_ECB), None);
}

#[test]
fn an_object_has_each_attribute_once() {
    let kinds = [
        (ObjectClass::DATA, None),
        (ObjectClass::CERTIFICATE, None),
        (ObjectClass::PUBLIC_KEY, Some(KeyType::RSA)),
        (ObjectClass::PRIVATE_KEY, Some(KeyType::RSA)),
        (ObjectClass::PUBLIC_KEY, Some(KeyType::EC)),
        (ObjectClass::PRIVATE_KEY, Some(KeyType::EC)),
        (ObjectClass::PUBLIC_KEY, Some(KeyType::EC_EDWARDS)),
        (ObjectClass::PRIVATE_KEY, Some(KeyType::EC_EDWARDS)),
        (ObjectClass::PUBLIC_KEY, Some(KeyType::EC_MONTGOMERY)),
        (ObjectClass::PRIVATE_KEY, Some(KeyType::EC_MONTGOMERY)),
        (ObjectClass::PUBLIC_KEY, Some(KeyType::DEW_SM2)),
        (ObjectClass::PRIVATE_KEY, Some(KeyType::DEW_SM2)),
        (ObjectClass::PUBLIC_KEY, Some(KeyType::ML_KEM)),
        (ObjectClass::PRIVATE_KEY, Some(KeyType::ML_KEM)),
        (ObjectClass::SECRET_KEY, Some(KeyType::AES)),
        (ObjectClass::OTP_KEY, Some(KeyType::HOTP)),
    ];
    for (class, key_type) in kinds {
        let mut ids: Vec<_> = object_rows(class, key_type)
            .into_iter()
            .flatten()
            .map(|row| row.id)
            .collect();
        let listed = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), listed, "{class} {key_type:?}");
        assert!(listed > 8);
    }
}

#[test]
fn the_value_of_a_key_is_sensitive_and_of_a_certificate_is_not() {
    let sensitive = |class, key_type| {
        attribute_row(class, key_type, AttributeType::VALUE).map(|row| row.sensitive)
    };
    assert_eq!(
        sensitive(ObjectClass::SECRET_KEY, Some(KeyType::AES)),
        Some(true)
    );
    assert_eq!(
        sensitive(ObjectClass::PRIVATE_KEY, Some(KeyType::EC)),
        Some(true)
    );
    assert_eq!(sensitive(ObjectClass::CERTIFICATE, None), Some(false));
}

#[test]
fn names_are_those_of_the_standard() {
    assert_eq!(Rv::BUFFER_TOO_SMALL.to_string(), "CKR_BUFFER_TOO_SMALL");
    assert_eq!(Rv(0x8000_0001).to_string(), "CKR_0x80000001");
}
