//! What `C_CreateObject` says of values that make no object (5.7.1), and what a certificate's numbers may be.

use ck::{AttributeType as A, KeyType, MechanismType as M, ObjectClass, Params, Rv};
use proto::Call;

use crate::tests::bench::{Bench, DATA, P256, Template, class, ulong};

fn check(template: &Template<'_>, expected: Result<(), Rv>) {
    let bench = Bench::compat();
    let client = bench.client();
    let created = client.create(client.open_user(), template).map(drop);
    assert_eq!(created, expected, "{template:02x?}");
}

const INVALID: Result<(), Rv> = Err(Rv::ATTRIBUTE_VALUE_INVALID);

#[test]
fn a_secret_of_the_wrong_length_is_an_invalid_value() {
    let with = |key_type: KeyType, value: &[u8], expected| {
        let template: [(A, &[u8]); 3] = [
            (A::CLASS, &class(ObjectClass::SECRET_KEY)),
            (A::KEY_TYPE, &ulong(key_type.0)),
            (A::VALUE, value),
        ];
        check(&template, expected);
    };
    for length in [0, 1, 15, 17, 23, 31, 33, 64] {
        with(KeyType::AES, &vec![7; length], INVALID);
    }
    for length in [16, 24, 32] {
        with(KeyType::AES, &vec![7; length], Ok(()));
    }
    with(KeyType::GENERIC_SECRET, &[], INVALID);
    with(KeyType::GENERIC_SECRET, &[7], Ok(()));
    with(KeyType::GENERIC_SECRET, &[7; 513], INVALID);
}

#[test]
fn a_number_of_zeros_is_an_invalid_value_and_a_missing_one_is_missing() {
    let rsa = |modulus: Option<&[u8]>, expected| {
        let mut template: Vec<(A, &[u8])> = vec![
            (A::CLASS, &[2, 0, 0, 0, 0, 0, 0, 0]),
            (A::KEY_TYPE, &[0; 8]),
            (A::PUBLIC_EXPONENT, &[1, 0, 1]),
        ];
        template.extend(modulus.map(|modulus| (A::MODULUS, modulus)));
        check(&template, expected);
    };
    rsa(Some(&[0]), INVALID);
    rsa(Some(&[0; 256]), INVALID);
    rsa(Some(&[]), INVALID);
    // Bits that a modulus may have, and too few of them.
    rsa(Some(&[0xff; 96]), INVALID);
    rsa(None, Err(Rv::TEMPLATE_INCOMPLETE));
    let ec = |scalar: Option<&[u8]>, expected| {
        let mut template: Vec<(A, &[u8])> = vec![
            (A::CLASS, &[3, 0, 0, 0, 0, 0, 0, 0]),
            (A::KEY_TYPE, &[3, 0, 0, 0, 0, 0, 0, 0]),
            (A::EC_PARAMS, P256),
        ];
        template.extend(scalar.map(|scalar| (A::VALUE, scalar)));
        check(&template, expected);
    };
    ec(Some(&[0]), INVALID);
    ec(Some(&[0; 32]), INVALID);
    ec(Some(&[0xff; 32]), INVALID);
    ec(Some(&[1]), Ok(()));
    ec(None, Err(Rv::TEMPLATE_INCOMPLETE));
}

#[test]
fn a_curve_that_is_not_there_is_told_from_what_names_none() {
    let with = |params: &[u8], expected| {
        let template: [(A, &[u8]); 4] = [
            (A::CLASS, &class(ObjectClass::PRIVATE_KEY)),
            (A::KEY_TYPE, &ulong(KeyType::EC.0)),
            (A::EC_PARAMS, params),
            (A::VALUE, &[1]),
        ];
        check(&template, expected);
    };
    with(P256, Ok(()));
    // sect283k1.
    let unknown = [6, 5, 0x2b, 0x81, 4, 0, 16];
    with(&unknown, Err(Rv::CURVE_NOT_SUPPORTED));
    for none in [&P256[..5], &[5, 0], b"garbage"] {
        with(none, Err(Rv::DOMAIN_PARAMS_INVALID));
    }
}

#[test]
fn the_numbers_of_a_certificate_are_those_of_the_standard() {
    let with = |id: A, number: u64, expected| {
        let mut template: Vec<(A, Vec<u8>)> = vec![
            (A::CLASS, ulong(ObjectClass::CERTIFICATE.0)),
            (A::CERTIFICATE_TYPE, ulong(0)),
            (A::SUBJECT, b"0".to_vec()),
            (A::VALUE, b"0\x00".to_vec()),
        ];
        template.retain(|(known, _)| *known != id);
        template.push((id, ulong(number)));
        let template: Vec<_> = template
            .iter()
            .map(|(id, value)| (*id, value.as_slice()))
            .collect();
        check(&template, expected);
    };
    with(A::CERTIFICATE_TYPE, 1, INVALID);
    for id in [A::CERTIFICATE_CATEGORY, A::JAVA_MIDP_SECURITY_DOMAIN] {
        with(id, 0, Ok(()));
        with(id, 3, Ok(()));
        with(id, 4, INVALID);
        with(id, u64::MAX, INVALID);
    }
}

#[test]
fn what_is_no_key_has_no_key_handle() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let data = client.create(session, DATA).unwrap();
    for (call, mechanism) in [
        (Call::EncryptInit, M::AES_ECB),
        (Call::DecryptInit, M::AES_ECB),
        (Call::SignInit, M::SHA256_HMAC),
        (Call::VerifyInit, M::SHA256_HMAC),
    ] {
        let started = client.init(call, session, Some((mechanism, Params::None)), data);
        assert_eq!(started, Err(Rv::KEY_HANDLE_INVALID), "{call:?}");
    }
}
