//! Generated keys are what was asked for.

use ck::{AttributeType, KeyType, MechanismType, ObjectClass, Params};

use super::fixture::{Object, object, row, sign, verify};
use crate::{Error, Material, PairRequest, complete_private, generate_key, generate_pair};

fn generate_rsa(bits: u64, exponent: Option<&[u8]>) -> Result<(Material, Material), Error> {
    let request = PairRequest {
        modulus_bits: Some(bits),
        public_exponent: exponent,
        ..PairRequest::default()
    };
    generate_pair(
        row(MechanismType::RSA_PKCS_KEY_PAIR_GEN),
        &Params::None,
        &request,
    )
}

fn generate_ec(params: &[u8]) -> Result<(Material, Material), Error> {
    let request = PairRequest {
        ec_params: Some(params),
        ..PairRequest::default()
    };
    generate_pair(row(MechanismType::EC_KEY_PAIR_GEN), &Params::None, &request)
}

#[test]
fn rsa_sizes_that_the_library_would_round_are_refused() {
    for bits in [
        0,
        512,
        768,
        1023,
        1025,
        1152,
        2047,
        2049,
        2056,
        2176,
        4095,
        8191,
        8448,
        u64::MAX,
    ] {
        assert_eq!(
            generate_rsa(bits, None).unwrap_err(),
            Error::KeySizeRange,
            "{bits}"
        );
    }
}

#[test]
fn rsa_exponents_are_odd_and_neither_small_nor_huge() {
    let wrong: [&[u8]; 7] = [
        &[],
        &[1],
        &[3],
        &[17],
        &[1, 0, 0],
        &[1, 0, 0, 0, 1],
        &[1, 0, 0, 0, 0, 0, 0, 0, 1],
    ];
    for exponent in wrong {
        assert_eq!(
            generate_rsa(2048, Some(exponent)).unwrap_err(),
            Error::AttributeInvalid(AttributeType::PUBLIC_EXPONENT),
            "{exponent:?}"
        );
    }
}

#[test]
fn an_rsa_pair_has_its_attributes_and_works() {
    let (public, private) = generate_rsa(2048, Some(&[0, 1, 0, 3])).unwrap();
    let (public, private) = (Object::material(&public), Object::material(&private));
    assert_eq!(public.0.len(), 3);
    assert_eq!(private.0.len(), 8);
    assert_eq!(public.0[&AttributeType::PUBLIC_EXPONENT], [1, 0, 3]);
    assert_eq!(
        public.0[&AttributeType::MODULUS_BITS],
        2048_u64.to_le_bytes()
    );
    assert_eq!(public.0[&AttributeType::MODULUS].len(), 256);
    assert_eq!(
        complete_private(KeyType::RSA, &private.get()).map(|missing| missing.len()),
        Ok(0)
    );
    let private = private.key(ObjectClass::PRIVATE_KEY, KeyType::RSA);
    let public = public.key(ObjectClass::PUBLIC_KEY, KeyType::RSA);
    assert_eq!((private.size(), public.size()), (2048, 2048));
    let row = row(MechanismType::SHA512_RSA_PKCS);
    let signature = sign(row, &Params::None, &private, &[b"message"]).unwrap();
    verify(row, &Params::None, &public, &[b"message"], &signature).unwrap();
}

#[test]
fn an_ec_pair_is_on_its_curve_and_works() {
    for (name, bits) in [("p256", 256), ("p384", 384), ("p521", 521)] {
        let params = object(name).0[&AttributeType::EC_PARAMS].clone();
        let (public, private) = generate_ec(&params).unwrap();
        let (public, private) = (Object::material(&public), Object::material(&private));
        assert_eq!(public.0[&AttributeType::EC_PARAMS], params);
        assert_eq!(
            private.0[&AttributeType::VALUE].len(),
            usize::div_ceil(bits, 8)
        );
        let private = private.key(ObjectClass::PRIVATE_KEY, KeyType::EC);
        let public = public.key(ObjectClass::PUBLIC_KEY, KeyType::EC);
        assert_eq!(usize::try_from(private.size()), Ok(bits));
        let row = row(MechanismType::ECDSA_SHA256);
        let signature = sign(row, &Params::None, &private, &[b"message"]).unwrap();
        verify(row, &Params::None, &public, &[b"message"], &signature).unwrap();
    }
}

#[test]
fn a_pair_on_secp256k1_works_by_either_name_of_the_curve() {
    let oid: &[u8] = &[6, 5, 0x2b, 0x81, 4, 0, 10];
    for params in [oid, b"\x13\x09secp256k1"] {
        let (public, private) = generate_ec(params).unwrap();
        let (public, private) = (Object::material(&public), Object::material(&private));
        assert_eq!(public.0[&AttributeType::EC_PARAMS], oid);
        assert_eq!(private.0[&AttributeType::VALUE].len(), 32);
    }
}

#[test]
fn an_edwards_pair_has_its_attributes_and_works() {
    let ed25519: &[u8] = &[6, 3, 0x2b, 0x65, 0x70];
    let ed448: &[u8] = &[6, 3, 0x2b, 0x65, 0x71];
    let named: [(&[u8], &[u8], u8, u64); 4] = [
        (ed25519, ed25519, 32, 255),
        (ed25519, b"\x13\x0cedwards25519", 32, 255),
        (ed448, ed448, 57, 448),
        (ed448, b"\x13\x0aedwards448", 57, 448),
    ];
    for (oid, params, len, bits) in named {
        let request = PairRequest {
            ec_params: Some(params),
            ..PairRequest::default()
        };
        let generator = row(MechanismType::EC_EDWARDS_KEY_PAIR_GEN);
        let (public, private) = generate_pair(generator, &Params::None, &request).unwrap();
        let (public, private) = (Object::material(&public), Object::material(&private));
        assert_eq!(public.0[&AttributeType::EC_PARAMS], oid);
        assert_eq!(public.0[&AttributeType::EC_POINT][..2], [4, len]);
        assert_eq!(private.0[&AttributeType::VALUE].len(), usize::from(len));
        let private = private.key(ObjectClass::PRIVATE_KEY, KeyType::EC_EDWARDS);
        let public = public.key(ObjectClass::PUBLIC_KEY, KeyType::EC_EDWARDS);
        assert_eq!((private.size(), public.size()), (bits, bits));
        let row = row(MechanismType::EDDSA);
        let signature = sign(row, &Params::None, &private, &[b"message"]).unwrap();
        verify(row, &Params::None, &public, &[b"message"], &signature).unwrap();
    }
    let wrong = PairRequest {
        ec_params: Some(&[6, 3, 0x2b, 0x65, 0x6f]),
        ..PairRequest::default()
    };
    let generator = row(MechanismType::EC_EDWARDS_KEY_PAIR_GEN);
    let made = generate_pair(generator, &Params::None, &wrong).map(drop);
    assert_eq!(made, Err(Error::CurveNotSupported));
}

#[test]
fn unknown_curves_are_refused() {
    // sect283k1, brainpoolP256t1, Ed25519 where ECDSA is meant, a curveName, and explicit parameters.
    let unknown: [&[u8]; 5] = [
        &[6, 5, 0x2b, 0x81, 4, 0, 16],
        &[6, 9, 0x2b, 0x24, 3, 3, 2, 8, 1, 1, 8],
        &[6, 3, 0x2b, 0x65, 0x70],
        b"\x13\x09secp224k1",
        &[0x30, 3, 2, 1, 1],
    ];
    for params in unknown {
        assert_eq!(generate_ec(params).unwrap_err(), Error::CurveNotSupported);
    }
}

#[test]
fn what_names_no_curve_is_told_from_a_curve_that_is_not_there() {
    // implicitCA, an identifier that is cut off, an INTEGER, and no DER at all.
    let none: [&[u8]; 4] = [&[5, 0], &[6, 5, 0x2b, 0x81, 4], &[2, 1, 1], &[0xff; 40]];
    for params in none {
        assert_eq!(generate_ec(params).unwrap_err(), Error::DomainParamsInvalid);
    }
}

#[test]
fn what_the_request_lacks_is_named() {
    let pair = |id| generate_pair(row(id), &Params::None, &PairRequest::default()).unwrap_err();
    assert_eq!(
        pair(MechanismType::EC_KEY_PAIR_GEN),
        Error::TemplateIncomplete(AttributeType::EC_PARAMS)
    );
    assert_eq!(
        pair(MechanismType::RSA_PKCS_KEY_PAIR_GEN),
        Error::TemplateIncomplete(AttributeType::MODULUS_BITS)
    );
    let row = row(MechanismType::AES_KEY_GEN);
    assert_eq!(
        generate_key(row, &Params::None, None).unwrap_err(),
        Error::TemplateIncomplete(AttributeType::VALUE_LEN)
    );
}

#[test]
fn secret_keys_have_the_lengths_of_their_type() {
    let make =
        |id, len| generate_key(row(id), &Params::None, Some(len)).map(|made| made[0].1.len());
    for len in [16, 24, 32] {
        assert!(make(MechanismType::AES_KEY_GEN, len).is_ok());
    }
    for len in [0, 8, 17, 64, u64::MAX] {
        assert_eq!(
            make(MechanismType::AES_KEY_GEN, len),
            Err(Error::KeySizeRange)
        );
    }
    assert_eq!(make(MechanismType::GENERIC_SECRET_KEY_GEN, 1), Ok(1));
    assert_eq!(make(MechanismType::GENERIC_SECRET_KEY_GEN, 512), Ok(512));
    for len in [0, 513, u64::MAX] {
        assert_eq!(
            make(MechanismType::GENERIC_SECRET_KEY_GEN, len),
            Err(Error::KeySizeRange)
        );
    }
}

#[test]
fn a_montgomery_pair_has_its_attributes_and_no_other_curve() {
    let generate = |params: &[u8]| {
        let request = PairRequest {
            ec_params: Some(params),
            ..PairRequest::default()
        };
        let id = MechanismType::EC_MONTGOMERY_KEY_PAIR_GEN;
        generate_pair(row(id), &Params::None, &request)
    };
    let (x25519, x448): (&[u8], &[u8]) = (&[6, 3, 0x2b, 0x65, 0x6e], &[6, 3, 0x2b, 0x65, 0x6f]);
    let named: [(&[u8], &[u8], u8, u64); 4] = [
        (x25519, x25519, 32, 255),
        (x25519, b"\x13\x0acurve25519", 32, 255),
        (x448, x448, 56, 448),
        (x448, b"\x13\x08curve448", 56, 448),
    ];
    for (oid, params, len, bits) in named {
        let (public, private) = generate(params).unwrap();
        let (public, private) = (Object::material(&public), Object::material(&private));
        for half in [&public, &private] {
            let stored = &half.0[&AttributeType::EC_PARAMS];
            assert_eq!(stored, oid);
        }
        let point = &public.0[&AttributeType::EC_POINT];
        assert_eq!(
            (point.len(), &point[..2]),
            (usize::from(len) + 2, &[4, len][..])
        );
        assert_eq!(private.0[&AttributeType::VALUE].len(), usize::from(len));
        let key = private.key(ObjectClass::PRIVATE_KEY, KeyType::EC_MONTGOMERY);
        assert_eq!(key.size(), bits);
    }
    // Ed25519, Ed448 and P-256 are other curves.
    let others: [&[u8]; 3] = [
        &[6, 3, 0x2b, 0x65, 0x70],
        &[6, 3, 0x2b, 0x65, 0x71],
        &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7],
    ];
    for params in others {
        assert_eq!(generate(params).unwrap_err(), Error::CurveNotSupported);
    }
}

#[test]
fn an_xts_key_is_two_keys() {
    let parse = |value: &[u8]| {
        Object::secret(value)
            .parse(ObjectClass::SECRET_KEY, KeyType::AES_XTS)
            .map(drop)
    };
    let value: Vec<u8> = (0..64).collect();
    assert_eq!(parse(&value), Ok(()));
    assert_eq!(parse(&value[..32]), Err(Error::KeySizeRange));
    let twice = [&value[..32], &value[..32]].concat();
    assert_eq!(
        parse(&twice),
        Err(Error::AttributeInvalid(AttributeType::VALUE))
    );
}
