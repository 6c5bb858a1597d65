//! The `cryptoki` crate in this very process: threads, attributes, login, and what applications see of each other.

#![forbid(unsafe_code)]

use std::fs;
use std::thread;

use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::aead::GcmParams;
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use tests::{Application, Host, Partition, Token, alone};

/// The DER of the object identifier of P-256 (RFC 5480, 2.1.1.1).
const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

const THREADS: usize = 16;
const SIGNATURES: u32 = 25;

/// What finds the objects that a test made, and not the profile objects that every token has besides.
const MADE: &[Attribute] = &[Attribute::Modifiable(true)];

#[test]
fn threads_sign_at_once() {
    alone("threads_sign_at_once", || {
        let host = Host::start();
        let application = Application::start(&host.token(Partition::Strict));
        let session = application.user_session();
        make_pair(&session, "shared", true);
        thread::scope(|scope| {
            for thread in 0..THREADS {
                let application = &application;
                scope.spawn(move || sign_and_verify(application, thread));
            }
        });
    });
}

fn sign_and_verify(application: &Application, thread: usize) {
    let session = application.session();
    let private = find_one(&session, "shared", ObjectClass::PRIVATE_KEY);
    let public = find_one(&session, "shared", ObjectClass::PUBLIC_KEY);
    let digest = |message: &[u8]| {
        session
            .digest(&Mechanism::Sha256, message)
            .expect("C_Digest")
    };
    // Were another thread's reply taken for this one's, a signature would not fit its own message.
    let other = digest(b"another message");
    for number in 0..SIGNATURES {
        let own = digest(format!("message {number} of thread {thread}").as_bytes());
        let signature = session
            .sign(&Mechanism::Ecdsa, private, &own)
            .expect("C_Sign");
        session
            .verify(&Mechanism::Ecdsa, public, &own, &signature)
            .expect("C_Verify");
        let refused = session.verify(&Mechanism::Ecdsa, public, &other, &signature);
        assert_rv(refused, RvError::SignatureInvalid);
    }
}

#[test]
fn objects_are_found_by_what_they_are() {
    alone("objects_are_found_by_what_they_are", || {
        let host = Host::start();
        let application = Application::start(&host.token(Partition::Compat));
        let session = application.user_session();
        let (_, private) = make_pair(&session, "kept", true);
        make_pair(&session, "gone with the session", false);
        assert_eq!(session.find_objects(MADE).unwrap().len(), 4);
        let class = [
            Attribute::Class(ObjectClass::PRIVATE_KEY),
            Attribute::Token(true),
        ];
        assert_eq!(session.find_objects(&class).unwrap(), [private]);
        assert_eq!(
            session
                .find_objects(&[Attribute::Label(b"nothing".to_vec())])
                .unwrap(),
            []
        );

        let wanted = [
            AttributeType::KeyType,
            AttributeType::Sensitive,
            AttributeType::NeverExtractable,
        ];
        let expected = [
            Attribute::KeyType(KeyType::EC),
            Attribute::Sensitive(true),
            Attribute::NeverExtractable(true),
        ];
        assert_eq!(session.get_attributes(private, &wanted).unwrap(), expected);

        session
            .update_attributes(private, &[Attribute::Label(b"renamed".to_vec())])
            .unwrap();
        assert_eq!(
            find_one(&session, "renamed", ObjectClass::PRIVATE_KEY),
            private
        );
        session.destroy_object(private).unwrap();
        assert_rv(
            session.get_attributes(private, &wanted),
            RvError::ObjectHandleInvalid,
        );

        session.close().unwrap();
        let session = application.session();
        assert_eq!(
            session.find_objects(MADE).unwrap().len(),
            1,
            "session objects end with their session"
        );
    });
}

#[test]
fn searching_does_not_disturb_signing() {
    alone("searching_does_not_disturb_signing", || {
        let host = Host::start();
        if !host.is_dew() {
            return; // SoftHSM2 has one operation per session.
        }
        let application = Application::start(&host.token(Partition::Strict));
        let session = application.user_session();
        let (public, private) = make_pair(&session, "one", true);
        session.sign_init(&Mechanism::EcdsaSha256, private).unwrap();
        session.sign_update(b"first, ").unwrap();
        assert_eq!(session.find_objects(MADE).unwrap().len(), 2);
        session.sign_update(b"second").unwrap();
        let signature = session.sign_final().unwrap();
        session
            .verify(
                &Mechanism::EcdsaSha256,
                public,
                b"first, second",
                &signature,
            )
            .unwrap();
    });
}

#[test]
fn all_sessions_of_an_application_share_its_login() {
    alone("all_sessions_of_an_application_share_its_login", || {
        let host = Host::start();
        let application = Application::start(&host.token(Partition::Strict));
        let (first, second) = (application.session(), application.session());
        assert_eq!(first.find_objects(MADE).unwrap(), []);
        first
            .login(UserType::User, Some(&application.pin()))
            .unwrap();
        assert_rv(
            second.login(UserType::User, Some(&application.pin())),
            RvError::UserAlreadyLoggedIn,
        );
        let (_, private) = make_pair(&second, "of the user", true);
        first.sign(&Mechanism::Ecdsa, private, &[1; 32]).unwrap();
        second.logout().unwrap();
        let hidden = first
            .find_objects(&[Attribute::Class(ObjectClass::PRIVATE_KEY)])
            .unwrap();
        assert_eq!(hidden, [], "private objects show only to the user");
        assert!(first.sign(&Mechanism::Ecdsa, private, &[1; 32]).is_err());
        if host.is_dew() {
            // SoftHSM2 lets a stranger log out.
            assert_rv(first.logout(), RvError::UserNotLoggedIn);
        }
    });
}

#[test]
fn applications_share_token_objects_and_nothing_else() {
    alone("applications_share_token_objects_and_nothing_else", || {
        let host = Host::start();
        let token = host.token(Partition::Strict);
        let first = Application::start(&token);
        let second = Application::start_from(&copy_of_module(&token), &token);
        let (ours, theirs) = (first.user_session(), second.session());
        let (_, kept) = make_pair(&ours, "shared", true);
        let (_, passing) = make_pair(&ours, "of the first", false);

        assert_rv(make_secret(&theirs), RvError::UserNotLoggedIn);
        theirs.login(UserType::User, Some(&second.pin())).unwrap();
        let seen = find_one(&theirs, "shared", ObjectClass::PRIVATE_KEY);
        theirs.sign(&Mechanism::Ecdsa, seen, &[2; 32]).unwrap();
        let label = [Attribute::Label(b"of the first".to_vec())];
        assert_eq!(theirs.find_objects(&label).unwrap(), []);
        assert!(
            theirs.sign(&Mechanism::Ecdsa, passing, &[2; 32]).is_err(),
            "a handle is its owner's"
        );

        theirs.logout().unwrap();
        ours.sign(&Mechanism::Ecdsa, kept, &[2; 32]).unwrap();
    });
}

#[test]
fn aes_gcm_does_as_its_standard_says() {
    alone("aes_gcm_does_as_its_standard_says", || {
        let host = Host::start();
        let application = Application::start(&host.token(Partition::Compat));
        let session = application.user_session();
        // The GCM specification (McGrew, Viega), appendix B, test case 16.
        let key = unhex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
        let mut iv = unhex("cafebabefacedbaddecaf888");
        let aad = unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        let plain = unhex(concat!(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72",
            "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        ));
        let sealed = unhex(concat!(
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa",
            "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
            "76fc6ece0f4e1768cddf8853bb2d551b",
        ));
        let handle = import_aes(&session, key);
        assert_eq!(
            session
                .encrypt(&gcm(&mut iv, &aad), handle, &plain)
                .unwrap(),
            sealed
        );
        assert_eq!(
            session
                .decrypt(&gcm(&mut iv, &aad), handle, &sealed)
                .unwrap(),
            plain
        );
        let mut forged = sealed;
        forged[0] ^= 1;
        assert!(
            session
                .decrypt(&gcm(&mut iv, &aad), handle, &forged)
                .is_err()
        );
    });
}

#[test]
fn mechanisms_are_listed_with_their_key_sizes() {
    alone("mechanisms_are_listed_with_their_key_sizes", || {
        let host = Host::start();
        let application = Application::start(&host.token(Partition::Strict));
        let listed = application
            .pkcs11
            .get_mechanism_list(application.slot)
            .unwrap();
        for mechanism in [
            MechanismType::RSA_PKCS_KEY_PAIR_GEN,
            MechanismType::ECC_KEY_PAIR_GEN,
            MechanismType::AES_KEY_GEN,
            MechanismType::ECDSA,
            MechanismType::AES_GCM,
        ] {
            assert!(listed.contains(&mechanism), "{mechanism} is not listed");
        }
        let info = |mechanism| {
            application
                .pkcs11
                .get_mechanism_info(application.slot, mechanism)
                .unwrap()
        };
        let ec = info(MechanismType::ECC_KEY_PAIR_GEN);
        assert!(ec.generate_key_pair() && ec.min_key_size() <= 256 && ec.max_key_size() >= 521);
        assert!(info(MechanismType::ECDSA).sign() && info(MechanismType::ECDSA).verify());
    });
}

fn gcm<'a>(iv: &'a mut [u8], aad: &'a [u8]) -> Mechanism<'a> {
    Mechanism::AesGcm(GcmParams::new(iv, aad, 128.into()).expect("96 bits of IV, 128 of tag"))
}

/// Makes a P-256 pair, in the token or in the session.
fn make_pair(session: &Session, label: &str, token: bool) -> (ObjectHandle, ObjectHandle) {
    let label = Attribute::Label(label.as_bytes().to_vec());
    let public = [
        Attribute::Token(token),
        Attribute::Private(false),
        Attribute::EcParams(P256.to_vec()),
        Attribute::Verify(true),
        label.clone(),
    ];
    let private = [
        Attribute::Token(token),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(true),
        label,
    ];
    session
        .generate_key_pair(&Mechanism::EccKeyPairGen, &public, &private)
        .expect("C_GenerateKeyPair")
}

fn make_secret(session: &Session) -> cryptoki::error::Result<ObjectHandle> {
    session.generate_key(
        &Mechanism::AesKeyGen,
        &[
            Attribute::Token(true),
            Attribute::Private(true),
            Attribute::ValueLen(32.into()),
            Attribute::Encrypt(true),
            Attribute::Decrypt(true),
        ],
    )
}

fn import_aes(session: &Session, key: Vec<u8>) -> ObjectHandle {
    let template = [
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(KeyType::AES),
        Attribute::Token(false),
        Attribute::Encrypt(true),
        Attribute::Decrypt(true),
        Attribute::Value(key),
    ];
    session.create_object(&template).expect("C_CreateObject")
}

fn find_one(session: &Session, label: &str, class: ObjectClass) -> ObjectHandle {
    let template = [
        Attribute::Class(class),
        Attribute::Label(label.as_bytes().to_vec()),
    ];
    let found = session.find_objects(&template).expect("C_FindObjects");
    assert_eq!(found.len(), 1, "objects called {label}");
    found[0]
}

/// The loader takes another file for another module: two applications in one process.
fn copy_of_module(token: &Token) -> std::path::PathBuf {
    let copy = token.file("second-module.so");
    fs::copy(&token.module, &copy).expect("the test's folder is ours");
    copy
}

fn assert_rv<T>(result: cryptoki::error::Result<T>, expected: RvError) {
    match result {
        Err(Error::Pkcs11(rv, _)) if rv == expected => {}
        Err(error) => panic!("expected {expected:?}, got {error:?}"),
        Ok(_) => panic!("expected {expected:?}, but it worked"),
    }
}

fn unhex(digits: &str) -> Vec<u8> {
    hex::decode(digits).expect("hexadecimal digits")
}
