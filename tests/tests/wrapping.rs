//! The `cryptoki` crate wraps and unwraps through the whole chain, as a key service does on top of an HSM.

#![forbid(unsafe_code)]

use std::thread;

use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::MechanismType;
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
    let purposes = [
        Attribute::Wrap(true),
        Attribute::Unwrap(true),
        Attribute::Encrypt(false),
        Attribute::Decrypt(false),
    ];
    import(session, KEK, &purposes)
}

fn import(session: &Session, value: &str, more: &[Attribute]) -> ObjectHandle {
    let mut template = vec![
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(KeyType::AES),
        Attribute::Token(false),
        Attribute::Value(unhex(value)),
    ];
    template.extend_from_slice(more);
    if !more
        .iter()
        .any(|given| matches!(given, Attribute::Encrypt(_)))
    {
        template.push(Attribute::Encrypt(true));
    }
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
