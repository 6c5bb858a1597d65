//! Keys on the curves beside those of NIST: Ed25519, Ed448, secp256k1 and those of Brainpool.

use ck::{AttributeType as A, KeyType, MechanismType as M, ObjectClass, Params, Rv};
use proto::Call;

use crate::tests::bench::{Bench, TRUE, class, ulong};

const ED25519: &[u8] = &[6, 3, 0x2b, 0x65, 0x70];
const ED448: &[u8] = &[6, 3, 0x2b, 0x65, 0x71];
const X448: &[u8] = &[6, 3, 0x2b, 0x65, 0x6f];
const BRAINPOOL: &[u8] = &[6, 9, 0x2b, 0x24, 3, 3, 2, 8, 1, 1, 11];
const SECP256K1: &[u8] = &[6, 5, 0x2b, 0x81, 4, 0, 10];

#[test]
fn pairs_sign_leave_and_come_back() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let kek = [(A::WRAP, TRUE), (A::UNWRAP, TRUE), (A::SIGN, TRUE)];
    let neither: [(A, &[u8]); 2] = [(A::ENCRYPT, &[0]), (A::DECRYPT, &[0])];
    let kek = client
        .generate_aes(session, &[&kek[..], &neither].concat())
        .unwrap();
    for (generator, curve, mechanism, len) in [
        (M::EC_EDWARDS_KEY_PAIR_GEN, ED25519, M::EDDSA, 64),
        (M::EC_EDWARDS_KEY_PAIR_GEN, ED448, M::EDDSA, 114),
        (M::EC_KEY_PAIR_GEN, SECP256K1, M::ECDSA_SHA256, 64),
        (M::EC_KEY_PAIR_GEN, BRAINPOOL, M::ECDSA_SHA256, 96),
    ] {
        let extractable = [(A::EXTRACTABLE, TRUE)];
        let (public, private) = client
            .generate_pair(session, generator, &[(A::EC_PARAMS, curve)], &extractable)
            .unwrap();
        let kwp = (M::AES_KEY_WRAP_KWP, Params::None);
        let wrapped = client.wrap(session, kwp, kek, private).unwrap();
        let key_type = client.get(session, private, A::KEY_TYPE).unwrap();
        let template: [(A, &[u8]); 3] = [
            (A::CLASS, &class(ObjectClass::PRIVATE_KEY)),
            (A::KEY_TYPE, &key_type),
            (A::SIGN, TRUE),
        ];
        let back = client
            .unwrap(session, kwp, kek, &wrapped, &template)
            .unwrap();
        for id in [A::KEY_TYPE, A::EC_PARAMS, A::PUBLIC_KEY_INFO] {
            let value = client.get(session, back, id).unwrap();
            assert!(!value.is_empty(), "{id}");
            assert_eq!(Ok(value), client.get(session, public, id), "{id}");
        }
        let mechanism = Some((mechanism, Params::None));
        client
            .init(Call::SignInit, session, mechanism, back)
            .unwrap();
        let signature = client.output(Call::Sign, session, b"a message").unwrap();
        assert_eq!(signature.len(), len);
        client
            .init(Call::VerifyInit, session, mechanism, public)
            .unwrap();
        assert_eq!(client.verify(session, b"a message", &signature), Ok(()));
    }
}

#[test]
fn a_seed_keeps_the_zeros_in_front() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let mut seed = [7; 32];
    seed[..3].fill(0);
    let template: [(A, &[u8]); 5] = [
        (A::CLASS, &class(ObjectClass::PRIVATE_KEY)),
        (A::KEY_TYPE, &KeyType::EC_EDWARDS.0.to_le_bytes()),
        (A::EC_PARAMS, ED25519),
        (A::VALUE, &seed),
        (A::EXTRACTABLE, TRUE),
    ];
    let key = client
        .create(session, &[&template[..], &[(A::SENSITIVE, &[0])]].concat())
        .unwrap();
    assert_eq!(client.get(session, key, A::VALUE), Ok(seed.to_vec()));
    let short = [&template[..3], &[(A::VALUE, &seed[1..])]].concat();
    assert_eq!(
        client.create(session, &short),
        Err(Rv::ATTRIBUTE_VALUE_INVALID)
    );
}

#[test]
fn each_generator_has_its_own_curves() {
    let bench = Bench::strict();
    let client = bench.client();
    let session = client.open_user();
    let make = |generator, curve| {
        let public = [(A::EC_PARAMS, curve)];
        client.generate_pair(session, generator, &public, &[])
    };
    let unsupported = Err(Rv::CURVE_NOT_SUPPORTED);
    assert_eq!(make(M::EC_KEY_PAIR_GEN, ED25519), unsupported);
    assert_eq!(make(M::EC_EDWARDS_KEY_PAIR_GEN, SECP256K1), unsupported);
    // What is not audited is not for strict partitions.
    assert_eq!(make(M::EC_EDWARDS_KEY_PAIR_GEN, ED448), unsupported);
    assert_eq!(make(M::EC_MONTGOMERY_KEY_PAIR_GEN, X448), unsupported);
    let (public, _) = make(M::EC_EDWARDS_KEY_PAIR_GEN, ED25519).unwrap();
    assert_eq!(
        client.get(session, public, A::KEY_TYPE),
        Ok(ulong(KeyType::EC_EDWARDS.0))
    );
}
