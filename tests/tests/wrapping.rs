//! The `cryptoki` crate wraps and unwraps through the whole chain, as a key service does on top of an HSM.

#![forbid(unsafe_code)]

use std::thread;

use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::MechanismType;
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::mechanism::elliptic_curve::{EcKdf, Ecdh1DeriveParams};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsOaepParams, PkcsOaepSource};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use tests::{Application, Host, Partition, alone};

/// The key that wraps, the key that is wrapped and the result of RFC 3394, 4.6.
const KEK: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const PAYLOAD: &str = "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f";
const WRAPPED: &str =
    "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21";

/// The DER of the object identifier of P-256 (RFC 5480, 2.1.1.1).
const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

#[test]
fn a_key_is_wrapped_as_the_standard_says() {
    alone("a_key_is_wrapped_as_the_standard_says", || {
        let host = Host::start();
        let application = Application::start(&host.token(Partition::Compat));
        let session = application.user_session();
        let kek = import_kek(&session);
        let payload = import(&session, PAYLOAD, &[Attribute::Extractable(true)]);
        let wrapped = session
            .wrap_key(&Mechanism::AesKeyWrap, kek, payload)
            .expect("C_WrapKey");
        assert_eq!(wrapped, unhex(WRAPPED));
        let key = unwrap_aes(&session, &Mechanism::AesKeyWrap, kek, &wrapped);
        assert_eq!(fingerprint(&session, key), fingerprint(&session, payload));
        let wanted = [
            AttributeType::Local,
            AttributeType::Sensitive,
            AttributeType::ValueLen,
        ];
        let expected = [
            Attribute::Local(false),
            Attribute::Sensitive(true),
            Attribute::ValueLen(32.into()),
        ];
        assert_eq!(session.get_attributes(key, &wanted).unwrap(), expected);

        let mut forged = wrapped;
        forged[0] ^= 1;
        let refused = session.unwrap_key(&Mechanism::AesKeyWrap, kek, &forged, &aes_template());
        assert!(
            matches!(refused, Err(Error::Pkcs11(RvError::WrappedKeyInvalid, _))),
            "{refused:?}"
        );
    });
}

#[test]
fn a_private_key_is_kept_wrapped_and_signs_after_it_came_back() {
    alone(
        "a_private_key_is_kept_wrapped_and_signs_after_it_came_back",
        || {
            let host = Host::start();
            let application = Application::start(&host.token(Partition::Compat));
            let session = application.user_session();
            let kek = import_kek(&session);
            let (public, private) = make_pair(&session);
            let wrapped = session
                .wrap_key(&Mechanism::AesKeyWrapPad, kek, private)
                .expect("C_WrapKey");
            let template = [
                Attribute::Class(ObjectClass::PRIVATE_KEY),
                Attribute::KeyType(KeyType::EC),
                Attribute::Token(false),
                Attribute::Sign(true),
            ];
            let key = session
                .unwrap_key(&Mechanism::AesKeyWrapPad, kek, &wrapped, &template)
                .expect("C_UnwrapKey");
            let signature = session.sign(&Mechanism::Ecdsa, key, &[5; 32]).unwrap();
            session
                .verify(&Mechanism::Ecdsa, public, &[5; 32], &signature)
                .expect("C_Verify with the public half");
        },
    );
}

#[test]
fn a_key_that_comes_under_rsa_is_kept_under_aes() {
    alone("a_key_that_comes_under_rsa_is_kept_under_aes", || {
        let host = Host::start();
        let application = Application::start(&host.token(Partition::Compat));
        let session = application.user_session();
        let kek = import_kek(&session);
        let (public, private) = session
            .generate_key_pair(
                &Mechanism::RsaPkcsKeyPairGen,
                &[Attribute::ModulusBits(2048.into()), Attribute::Wrap(true)],
                &[Attribute::Unwrap(true), Attribute::Decrypt(false)],
            )
            .expect("C_GenerateKeyPair");
        let oaep = Mechanism::RsaPkcsOaep(PkcsOaepParams::new(
            MechanismType::SHA1,
            PkcsMgfType::MGF1_SHA1,
            PkcsOaepSource::empty(),
        ));
        let original = import(&session, PAYLOAD, &[Attribute::Extractable(true)]);
        let brought = session.wrap_key(&oaep, public, original).unwrap();
        let inside = unwrap_aes(&session, &oaep, private, &brought);
        let kept = session
            .wrap_key(&Mechanism::AesKeyWrap, kek, inside)
            .unwrap();
        assert_eq!(kept, unhex(WRAPPED));
    });
}

#[test]
fn an_unwrapped_key_serves_other_sessions_in_parallel() {
    alone("an_unwrapped_key_serves_other_sessions_in_parallel", || {
        let host = Host::start();
        let application = Application::start(&host.token(Partition::Compat));
        let owner = application.user_session();
        let kek = import_kek(&owner);
        let key = unwrap_aes(&owner, &Mechanism::AesKeyWrap, kek, &unhex(WRAPPED));
        let expected = fingerprint(&owner, key);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let session = application.session();
                    for _ in 0..25 {
                        assert_eq!(fingerprint(&session, key), expected);
                    }
                });
            }
        });
        let other = application.session();
        owner.close().expect("C_CloseSession");
        let refused = other.encrypt(&Mechanism::AesEcb, key, &[7; 16]);
        assert!(
            matches!(refused, Err(Error::Pkcs11(RvError::KeyHandleInvalid, _))),
            "a session object ends with its session: {refused:?}"
        );
    });
}

#[test]
fn an_agreement_gives_the_application_its_secret() {
    alone("an_agreement_gives_the_application_its_secret", || {
        let host = Host::start();
        let application = Application::start(&host.token(Partition::Compat));
        let session = application.user_session();
        // Wycheproof's first case of P-256 (ecdh_secp256r1_ecpoint_test).
        let template = [
            Attribute::Class(ObjectClass::PRIVATE_KEY),
            Attribute::KeyType(KeyType::EC),
            Attribute::EcParams(P256.to_vec()),
            Attribute::Value(unhex(
                "0612465c89a023ab17855b0a6bcebfd3febb53aef84138647b5352e02c10c346",
            )),
            Attribute::Derive(true),
        ];
        let private = session.create_object(&template).expect("C_CreateObject");
        let point = unhex(concat!(
            "0462d5bd3372af75fe85a040715d0f502428e07046868b0bfdfa61d731afe44f26",
            "ac333a93a9e70a81cd5a95b5bf8d13990eb741c8c38872b4a07d275a014e30cf",
        ));
        let agreement = |point: &[u8]| {
            let params = Ecdh1DeriveParams::new(EcKdf::null(), point);
            let template = [
                Attribute::Class(ObjectClass::SECRET_KEY),
                Attribute::KeyType(KeyType::GENERIC_SECRET),
                Attribute::ValueLen(32.into()),
                Attribute::Sensitive(false),
                Attribute::Extractable(true),
            ];
            session.derive_key(&Mechanism::Ecdh1Derive(params), private, &template)
        };
        let secret = agreement(&point).expect("C_DeriveKey");
        let expected = "53020d908b0219328b658b525f26780e3ae12bcd952bb25a93bc0895e1714285";
        assert_eq!(
            session
                .get_attributes(secret, &[AttributeType::Value])
                .unwrap(),
            [Attribute::Value(unhex(expected))]
        );
        let mut off_curve = point;
        off_curve[64] ^= 1;
        assert!(agreement(&off_curve).is_err());
    });
}

#[test]
fn ed25519_and_secp256k1_sign() {
    alone("ed25519_and_secp256k1_sign", || {
        let host = Host::start();
        let application = Application::start(&host.token(Partition::Strict));
        let session = application.user_session();
        let eddsa = || Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Ed25519));
        for (generator, curve, mechanism) in [
            (
                Mechanism::EccEdwardsKeyPairGen,
                vec![6, 3, 0x2b, 0x65, 0x70],
                eddsa(),
            ),
            (
                Mechanism::EccKeyPairGen,
                vec![6, 5, 0x2b, 0x81, 4, 0, 10],
                Mechanism::EcdsaSha256,
            ),
        ] {
            let (public, private) = session
                .generate_key_pair(
                    &generator,
                    &[Attribute::EcParams(curve), Attribute::Verify(true)],
                    &[Attribute::Sign(true)],
                )
                .expect("C_GenerateKeyPair");
            let signature = session.sign(&mechanism, private, b"a message").unwrap();
            assert_eq!(signature.len(), 64);
            session
                .verify(&mechanism, public, b"a message", &signature)
                .expect("C_Verify");
            assert!(
                session
                    .verify(&mechanism, public, b"another", &signature)
                    .is_err()
            );
        }
    });
}

fn aes_template() -> Vec<Attribute> {
    vec![
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(KeyType::AES),
        Attribute::Token(false),
        Attribute::Encrypt(true),
        Attribute::Extractable(true),
    ]
}

fn unwrap_aes(
    session: &Session,
    mechanism: &Mechanism<'_>,
    kek: ObjectHandle,
    wrapped: &[u8],
) -> ObjectHandle {
    session
        .unwrap_key(mechanism, kek, wrapped, &aes_template())
        .expect("C_UnwrapKey")
}

fn import_kek(session: &Session) -> ObjectHandle {
    let template = [
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(KeyType::AES),
        Attribute::Token(false),
        Attribute::Value(unhex(KEK)),
        Attribute::Wrap(true),
        Attribute::Unwrap(true),
    ];
    session.create_object(&template).expect("C_CreateObject")
}

fn import(session: &Session, value: &str, more: &[Attribute]) -> ObjectHandle {
    let mut template = vec![
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(KeyType::AES),
        Attribute::Token(false),
        Attribute::Encrypt(true),
        Attribute::Value(unhex(value)),
    ];
    template.extend_from_slice(more);
    session.create_object(&template).expect("C_CreateObject")
}

fn make_pair(session: &Session) -> (ObjectHandle, ObjectHandle) {
    session
        .generate_key_pair(
            &Mechanism::EccKeyPairGen,
            &[Attribute::EcParams(P256.to_vec()), Attribute::Verify(true)],
            &[Attribute::Sign(true), Attribute::Extractable(true)],
        )
        .expect("C_GenerateKeyPair")
}

/// What a key makes of a block: equal for equal keys.
fn fingerprint(session: &Session, key: ObjectHandle) -> Vec<u8> {
    session
        .encrypt(&Mechanism::AesEcb, key, &[7; 16])
        .expect("C_Encrypt")
}

fn unhex(digits: &str) -> Vec<u8> {
    hex::decode(digits).expect("hexadecimal digits")
}
