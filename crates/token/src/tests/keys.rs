//! Generated keys: defaults that make them usable, and templates that are refused before the work is done.

use crate::Profile;
use ck::{AttributeType as A, MechanismType as M, Params, Rv};
use proto::Call;

use crate::tests::bench::{Bench, FALSE, P256, TRUE, ulong};

#[test]
fn generated_keys_are_private_and_not_extractable_unless_told_otherwise() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let (public, private) = client.generate_ec(session, &[]).unwrap();
    let secret = client.generate_aes(session, &[]).unwrap();
    let flags = |key, ids: &[A]| -> Vec<bool> {
        ids.iter()
            .map(|id| client.get(session, key, *id).unwrap() == TRUE)
            .collect()
    };
    let ids = [
        A::PRIVATE,
        A::SENSITIVE,
        A::EXTRACTABLE,
        A::TOKEN,
        A::MODIFIABLE,
    ];
    assert_eq!(flags(private, &ids), [true, true, false, false, true]);
    // The standard has CKA_SENSITIVE of a secret key off (4.10). Its value does not leave all the same.
    assert_eq!(flags(secret, &ids), [true, false, false, false, true]);
    assert_eq!(
        client.get(session, secret, A::VALUE),
        Err(Rv::ATTRIBUTE_SENSITIVE)
    );
    assert_eq!(flags(public, &[A::PRIVATE, A::TOKEN]), [false, false]);
}

#[test]
fn secret_keys_are_sensitive_by_default_in_strict() {
    for (bench, expected) in [(Bench::compat(), FALSE), (Bench::strict(), TRUE)] {
        let client = bench.client();
        let session = client.open_user();
        let generated = client.generate_aes(session, &[]).unwrap();
        let template: [(A, &[u8]); 3] = [
            (A::CLASS, &ulong(4)),
            (A::KEY_TYPE, &ulong(0x10)),
            (A::VALUE, &[1; 32]),
        ];
        let imported = client.create(session, &template).unwrap();
        for key in [generated, imported] {
            assert_eq!(client.get(session, key, A::SENSITIVE).unwrap(), expected);
        }
    }
}

#[test]
fn templates_without_a_purpose_give_usable_keys() {
    let check = |profile, rsa_decrypts: bool| {
        let bench = Bench::new(profile);
        let client = bench.client();
        let session = client.open_user();
        let is = |key, id| client.get(session, key, id).unwrap() == TRUE;
        let (public, private) = client.generate_ec(session, &[]).unwrap();
        assert!(is(public, A::VERIFY) && is(private, A::SIGN) && !is(private, A::DECRYPT));
        let rsa: [(A, &[u8]); 1] = [(A::MODULUS_BITS, &ulong(2048))];
        let (public, private) = client
            .generate_pair(session, M::RSA_PKCS_KEY_PAIR_GEN, &rsa, &[])
            .unwrap();
        assert!(is(public, A::VERIFY) && is(private, A::SIGN));
        assert_eq!(
            (is(public, A::ENCRYPT), is(private, A::DECRYPT)),
            (rsa_decrypts, rsa_decrypts)
        );
        let aes = client.generate_aes(session, &[]).unwrap();
        assert!(is(aes, A::ENCRYPT) && is(aes, A::DECRYPT) && !is(aes, A::WRAP));
        let generic: [(A, &[u8]); 1] = [(A::VALUE_LEN, &ulong(32))];
        let generic = client
            .generate(session, M::GENERIC_SECRET_KEY_GEN, &generic)
            .unwrap();
        assert!(is(generic, A::SIGN) && is(generic, A::VERIFY) && !is(generic, A::ENCRYPT));
    };
    check(Profile::Compat, true);
    check(Profile::Strict, false);
}

#[test]
fn bad_requests_are_refused() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let aes = |template: &[(A, &[u8])]| client.generate(session, M::AES_KEY_GEN, template);
    assert_eq!(aes(&[]), Err(Rv::TEMPLATE_INCOMPLETE));
    assert_eq!(aes(&[(A::VALUE_LEN, &ulong(17))]), Err(Rv::KEY_SIZE_RANGE));
    assert_eq!(
        aes(&[(A::VALUE_LEN, &ulong(16)), (A::CLASS, &ulong(3))]),
        Err(Rv::TEMPLATE_INCONSISTENT)
    );
    assert_eq!(
        aes(&[(A::VALUE_LEN, &ulong(16)), (A::KEY_TYPE, &ulong(0))]),
        Err(Rv::TEMPLATE_INCONSISTENT)
    );
    assert_eq!(
        aes(&[(A::VALUE_LEN, &ulong(16)), (A::VALUE, &[0; 16])]),
        Err(Rv::ATTRIBUTE_READ_ONLY)
    );
    assert_eq!(
        client.generate(session, M::SHA256, &[]),
        Err(Rv::MECHANISM_INVALID)
    );
    assert_eq!(
        client.generate(session, M::EC_KEY_PAIR_GEN, &[]),
        Err(Rv::MECHANISM_INVALID)
    );
    assert_eq!(
        client.generate(session, M(0x9999), &[]),
        Err(Rv::MECHANISM_INVALID)
    );
    let pair =
        |public: &[(A, &[u8])]| client.generate_pair(session, M::EC_KEY_PAIR_GEN, public, &[]);
    assert_eq!(pair(&[]), Err(Rv::TEMPLATE_INCOMPLETE));
    assert_eq!(
        pair(&[(A::EC_PARAMS, &[6, 1, 42])]),
        Err(Rv::CURVE_NOT_SUPPORTED)
    );
}

#[test]
fn sessions_that_may_not_keep_a_key_make_none() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_read_only().unwrap();
    assert_eq!(
        client.generate_aes(session, &[]),
        Err(Rv::USER_NOT_LOGGED_IN)
    );
    let public: [(A, &[u8]); 2] = [(A::PRIVATE, FALSE), (A::TOKEN, TRUE)];
    assert_eq!(
        client.generate_aes(session, &public),
        Err(Rv::SESSION_READ_ONLY)
    );
    assert!(client.generate_aes(session, &[(A::PRIVATE, FALSE)]).is_ok());
}

#[test]
fn both_halves_of_a_pair_work_together_and_tell_the_same_public_key() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let rsa: [(A, &[u8]); 1] = [(A::MODULUS_BITS, &ulong(2048))];
    let pairs = [
        (client.generate_ec(session, &[]).unwrap(), M::ECDSA_SHA256),
        (
            client
                .generate_pair(session, M::RSA_PKCS_KEY_PAIR_GEN, &rsa, &[])
                .unwrap(),
            M::SHA256_RSA_PKCS,
        ),
    ];
    for ((public, private), mechanism) in pairs {
        let mechanism = Some((mechanism, Params::None));
        client
            .init(Call::SignInit, session, mechanism, private)
            .unwrap();
        let signature = client.output(Call::Sign, session, b"a message").unwrap();
        client
            .init(Call::VerifyInit, session, mechanism, public)
            .unwrap();
        assert_eq!(client.verify(session, b"a message", &signature), Ok(()));
        client
            .init(Call::VerifyInit, session, mechanism, public)
            .unwrap();
        assert_eq!(
            client.verify(session, b"another", &signature),
            Err(Rv::SIGNATURE_INVALID)
        );
        let info = |key| client.get(session, key, A::PUBLIC_KEY_INFO).unwrap();
        assert!(!info(public).is_empty());
        assert_eq!(info(public), info(private));
    }
    assert_eq!(
        client
            .get(session, pairs_first(&client, session), A::EC_PARAMS)
            .unwrap(),
        P256
    );
}

fn pairs_first(client: &crate::tests::bench::Client, session: u64) -> u64 {
    client
        .find(session, &[(A::CLASS, &ulong(2)), (A::KEY_TYPE, &ulong(3))])
        .unwrap()[0]
}

#[test]
fn random_bytes_come_in_the_length_asked_for() {
    use proto::Handler;
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open();
    let draw = |length| {
        let mut bytes = Vec::new();
        client
            .call(Call::GenerateRandom, session, |caller, session| {
                caller.generate_random(session, (length, &mut bytes))
            })
            .unwrap();
        bytes
    };
    assert_eq!((draw(0).len(), draw(33).len()), (0, 33));
    assert_ne!(draw(16), draw(16));
    let seed = client.call(Call::SeedRandom, session, |caller, session| {
        caller.seed_random(session, b"x")
    });
    assert_eq!(seed, Ok(()));
}

#[test]
fn no_key_claims_a_validation() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let (public, private) = client.generate_ec(session, &[]).unwrap();
    let secret = client.generate_aes(session, &[]).unwrap();
    let copy = client.copy(session, secret, &[]).unwrap();
    for key in [public, private, secret, copy] {
        let flags = client.get(session, key, A::OBJECT_VALIDATION_FLAGS);
        assert_eq!(flags, Ok(ulong(0)));
    }
    let claim: [(A, &[u8]); 1] = [(A::OBJECT_VALIDATION_FLAGS, &[1, 0, 0, 0, 0, 0, 0, 0])];
    for refused in [
        client.generate_aes(session, &claim).map(drop),
        client.copy(session, secret, &claim).map(drop),
        client.set(session, secret, &claim),
    ] {
        assert_eq!(refused, Err(Rv::ATTRIBUTE_READ_ONLY));
    }
}
