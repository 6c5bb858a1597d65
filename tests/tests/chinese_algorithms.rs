//! The Chinese algorithms in the HSM, beside OpenSSL: what one signs, encrypts or hashes, the other verifies, decrypts or hashes alike.

#![forbid(unsafe_code)]

use std::ops::ControlFlow;

use cryptoki::mechanism::vendor_defined::VendorDefinedMechanism;
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use tests::{Application, Host, Partition, Token, alone};

// The numbers of dew_pkcs11.h.
const SM2: u64 = 0xC445_5730;
const SM2_KEY_PAIR_GEN: u64 = 0xC445_5730;
const SM2_DIGEST: u64 = 0xC445_5731;
const SM2_SM3: u64 = 0xC445_5732;
const SM2_ENCRYPT: u64 = 0xC445_5733;
const SM3: u64 = 0xC445_5710;
const SM3_HMAC: u64 = 0xC445_5711;
const SM3_HMAC_KEY: u64 = 0xC445_5710;
const SM3_KEY_GEN: u64 = 0xC445_5713;
const SM4: u64 = 0xC445_5720;
const SM4_KEY_GEN: u64 = 0xC445_5720;
const SM4_CBC_PAD: u64 = 0xC445_5723;

/// 1.2.156.10197.1.301.
const CURVE: [u8; 10] = [6, 8, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x82, 0x2d];
const SIGNER: [u8; 18] = *b"ALICE123@YAHOO.COM";
const MESSAGE: &[u8] = b"a message that somebody signs";

#[test]
fn sm2_signs_what_openssl_verifies_and_the_other_way_round() {
    alone(
        "sm2_signs_what_openssl_verifies_and_the_other_way_round",
        || {
            for_each_partition(|partition, token, session| {
                let (public, private) = make_pair(
                    session,
                    partition,
                    Attribute::Sign(true),
                    Attribute::Verify(true),
                );
                token.write("public.der", public_key(session, public));
                token.write("message", MESSAGE);
                let mechanism = vendor(SM2_SM3, Some(&SIGNER));
                let signature = session.sign(&mechanism, private, MESSAGE).expect("C_Sign");
                write_signature(token, &signature);
                let verify = "pkeyutl -verify -pubin -keyform DER -inkey public.der -sigfile signature -rawin -digest sm3";
                let signer = "-in message -pkeyopt distid:ALICE123@YAHOO.COM";
                token.openssl().args(verify).args(signer).succeed();
                // Somebody else did not sign it.
                token
                    .openssl()
                    .args(verify)
                    .args("-in message -pkeyopt distid:BOB")
                    .fail();

                let digest = session
                    .digest(&vendor::<()>(SM3, None), MESSAGE)
                    .expect("C_Digest");
                token.write("digest", &digest);
                let mechanism = vendor::<()>(SM2_DIGEST, None);
                let signature = session.sign(&mechanism, private, &digest).expect("C_Sign");
                write_signature(token, &signature);
                let verify = "pkeyutl -verify -pubin -keyform DER -inkey public.der -sigfile signature -in digest";
                token.openssl().args(verify).succeed();

                let public = import_public(token, session, Attribute::Verify(true));
                let sign = "pkeyutl -sign -inkey private.pem -rawin -digest sm3 -out signature";
                token.openssl().args(sign).args(signer).succeed();
                let signature = numbers(token, "signature").concat();
                let mechanism = vendor(SM2_SM3, Some(&SIGNER));
                session
                    .verify(&mechanism, public, MESSAGE, &signature)
                    .expect("C_Verify");
                let other = session.verify(&mechanism, public, b"another message", &signature);
                assert!(other.is_err());
            });
        },
    );
}

#[test]
fn sm2_decrypts_what_openssl_encrypts_and_the_other_way_round() {
    alone(
        "sm2_decrypts_what_openssl_encrypts_and_the_other_way_round",
        || {
            for_each_partition(|partition, token, session| {
                let (public, private) = make_pair(
                    session,
                    partition,
                    Attribute::Decrypt(true),
                    Attribute::Encrypt(true),
                );
                token.write("public.der", public_key(session, public));
                token.write("message", MESSAGE);
                token
                .openssl()
                .args("pkeyutl -encrypt -pubin -keyform DER -inkey public.der -in message -out sealed")
                .succeed();
                let mechanism = vendor::<()>(SM2_ENCRYPT, None);
                let sealed = [&[4][..], &numbers(token, "sealed").concat()].concat();
                let opened = session
                    .decrypt(&mechanism, private, &sealed)
                    .expect("C_Decrypt");
                assert_eq!(opened, MESSAGE);

                let public = import_public(token, session, Attribute::Encrypt(true));
                let sealed = session
                    .encrypt(&mechanism, public, MESSAGE)
                    .expect("C_Encrypt");
                let (head, masked) = sealed.split_at(97);
                let hex = |bytes: &[u8]| hex::encode(bytes);
                write_der(
                    token,
                    "sealed",
                    &format!(
                        "x=INTEGER:0x{}\ny=INTEGER:0x{}\nh=FORMAT:HEX,OCTETSTRING:{}\nc=FORMAT:HEX,OCTETSTRING:{}\n",
                        hex(&head[1..33]),
                        hex(&head[33..65]),
                        hex(&head[65..]),
                        hex(masked)
                    ),
                );
                let opened = token
                    .openssl()
                    .args("pkeyutl -decrypt -inkey private.pem -in sealed")
                    .succeed();
                assert_eq!(opened.bytes(), MESSAGE);
            });
        },
    );
}

#[test]
fn sm2_keys_leave_and_come_back_as_pkcs8() {
    alone("sm2_keys_leave_and_come_back_as_pkcs8", || {
        let host = Host::start();
        if !host.is_dew() {
            return;
        }
        let token = host.token(Partition::Compat);
        let application = Application::start(&token);
        let session = application.user_session();
        let (public, private) = make_pair(
            &session,
            Partition::Compat,
            Attribute::Sign(true),
            Attribute::Verify(true),
        );
        let (key, iv) = ([0x5a; 32], [0xa5; 16]);
        let template = [
            Attribute::Class(ObjectClass::SECRET_KEY),
            Attribute::KeyType(KeyType::AES),
            Attribute::Value(key.to_vec()),
            Attribute::Wrap(true),
            Attribute::Unwrap(true),
        ];
        let wrapping = session.create_object(&template).expect("C_CreateObject");
        let mechanism = Mechanism::AesCbcPad(iv);
        let wrapped = session
            .wrap_key(&mechanism, wrapping, private)
            .expect("C_WrapKey");
        token.write("wrapped", &wrapped);
        let (key, iv) = (hex::encode(key), hex::encode(iv));
        let decrypt = format!("enc -d -aes-256-cbc -K {key} -iv {iv} -in wrapped -out private.der");
        token.openssl().args(&decrypt).succeed();
        let seen = token
            .openssl()
            .args("pkey -inform DER -in private.der -pubout -outform DER")
            .succeed();
        assert_eq!(seen.bytes(), public_key(&session, public));

        let template = [
            Attribute::Class(ObjectClass::PRIVATE_KEY),
            Attribute::KeyType(KeyType::new_vendor_defined(SM2).unwrap()),
            Attribute::Sign(true),
        ];
        let back = session
            .unwrap_key(&mechanism, wrapping, &wrapped, &template)
            .expect("C_UnwrapKey");
        let mechanism = vendor(SM2_SM3, Some(&SIGNER));
        let signature = session.sign(&mechanism, back, MESSAGE).expect("C_Sign");
        session
            .verify(&mechanism, public, MESSAGE, &signature)
            .expect("C_Verify");
    });
}

#[test]
fn sm3_and_sm4_compute_what_openssl_computes() {
    alone("sm3_and_sm4_compute_what_openssl_computes", || {
        let host = Host::start();
        if !host.is_dew() {
            return;
        }
        let token = host.token(Partition::Compat);
        let application = Application::start(&token);
        let session = application.user_session();
        token.write("message", MESSAGE);
        let digest = session
            .digest(&vendor::<()>(SM3, None), MESSAGE)
            .expect("C_Digest");
        let expected = token.openssl().args("dgst -sm3 -binary message").succeed();
        assert_eq!(digest, expected.bytes());

        let import = |key_type, value: &[u8], purposes: [Attribute; 2]| {
            let mut template = vec![
                Attribute::Class(ObjectClass::SECRET_KEY),
                Attribute::KeyType(key_type),
                Attribute::Value(value.to_vec()),
            ];
            template.extend(purposes);
            session.create_object(&template).expect("C_CreateObject")
        };
        let purposes = [Attribute::Sign(true), Attribute::Verify(true)];
        let key = import(KeyType::GENERIC_SECRET, &[0x31; 20], purposes);
        let mechanism = vendor::<()>(SM3_HMAC, None);
        let mac = session.sign(&mechanism, key, MESSAGE).expect("C_Sign");
        let hmac = format!(
            "dgst -sm3 -mac HMAC -macopt hexkey:{} -binary message",
            "31".repeat(20)
        );
        let expected = token.openssl().args(&hmac).succeed();
        assert_eq!(mac, expected.bytes());
        // A key for this alone gives the same, and serves no other hash function.
        let own = KeyType::new_vendor_defined(SM3_HMAC_KEY).unwrap();
        let purposes = [Attribute::Sign(true), Attribute::Verify(true)];
        let key = import(own, &[0x31; 20], purposes);
        let mac = session.sign(&mechanism, key, MESSAGE).expect("C_Sign");
        assert_eq!(mac, expected.bytes());
        let template = [Attribute::Sign(true), Attribute::ValueLen(32.into())];
        let made = session
            .generate_key(&vendor::<()>(SM3_KEY_GEN, None), &template)
            .expect("C_GenerateKey");
        let other = session.sign(&Mechanism::Sha256Hmac, made, MESSAGE);
        assert!(other.is_err());
        let mac = session.sign(&mechanism, made, MESSAGE).expect("C_Sign");
        assert_eq!(mac.len(), 32);

        let purposes = [Attribute::Encrypt(true), Attribute::Decrypt(true)];
        let sm4 = KeyType::new_vendor_defined(SM4).unwrap();
        let key = import(sm4, &[0x32; 16], purposes);
        let (iv, zeros) = ([0x33; 16], "32".repeat(16));
        let mechanism = vendor(SM4_CBC_PAD, Some(&iv));
        let sealed = session
            .encrypt(&mechanism, key, MESSAGE)
            .expect("C_Encrypt");
        let encrypt = format!(
            "enc -sm4-cbc -K {zeros} -iv {} -in message",
            hex::encode(iv)
        );
        let expected = token.openssl().args(&encrypt).succeed();
        assert_eq!(sealed, expected.bytes());
        let opened = session
            .decrypt(&mechanism, key, &sealed)
            .expect("C_Decrypt");
        assert_eq!(opened, MESSAGE);
        let made = session.generate_key(&vendor::<()>(SM4_KEY_GEN, None), &[]);
        assert!(made.is_ok());
    });
}

/// Runs a test in a partition of either kind.
fn for_each_partition(test: impl Fn(Partition, &Token, &Session)) {
    let host = Host::start();
    if !host.is_dew() {
        return;
    }
    for partition in [Partition::Compat, Partition::Strict] {
        let token = host.token(partition);
        let application = Application::start(&token);
        test(partition, &token, &application.user_session());
    }
}

fn vendor<T>(number: u64, parameter: Option<&T>) -> Mechanism<'_> {
    let kind = MechanismType::new_vendor_defined(number).expect("a vendor's number");
    Mechanism::VendorDefined(VendorDefinedMechanism::new(kind, parameter))
}

/// Makes a pair of keys with one purpose, which stays where `strict` is: what leaves there is wrapped by trusted keys.
fn make_pair(
    session: &Session,
    partition: Partition,
    private: Attribute,
    public: Attribute,
) -> (ObjectHandle, ObjectHandle) {
    let curve = Attribute::EcParams(CURVE.to_vec());
    let extractable = partition == Partition::Compat;
    session
        .generate_key_pair(
            &vendor::<()>(SM2_KEY_PAIR_GEN, None),
            &[curve, public],
            &[
                private,
                Attribute::Sensitive(true),
                Attribute::Extractable(extractable),
            ],
        )
        .expect("C_GenerateKeyPair")
}

/// Returns a public key as OpenSSL reads it.
fn public_key(session: &Session, key: ObjectHandle) -> Vec<u8> {
    let found = session.get_attributes(key, &[AttributeType::PublicKeyInfo]);
    match found.expect("C_GetAttributeValue").into_iter().next() {
        Some(Attribute::PublicKeyInfo(info)) => info,
        other => panic!("{other:?} is no public key"),
    }
}

/// Has OpenSSL make a pair of keys, and gives the HSM the public one.
fn import_public(token: &Token, session: &Session, purpose: Attribute) -> ObjectHandle {
    token
        .openssl()
        .args("genpkey -algorithm SM2 -out private.pem")
        .succeed();
    let info = token
        .openssl()
        .args("pkey -in private.pem -pubout -outform DER")
        .succeed();
    // The point is the last of it.
    let point = &info.bytes()[info.bytes().len() - 65..];
    let template = [
        Attribute::Class(ObjectClass::PUBLIC_KEY),
        Attribute::KeyType(KeyType::new_vendor_defined(SM2).expect("a number of a vendor")),
        Attribute::EcParams(CURVE.to_vec()),
        Attribute::EcPoint([&[4, 65], point].concat()),
        purpose,
    ];
    session.create_object(&template).expect("C_CreateObject")
}

/// Writes r and s as OpenSSL reads them.
fn write_signature(token: &Token, signature: &[u8]) {
    assert_eq!(signature.len(), 64);
    let (r, s) = signature.split_at(32);
    let (r, s) = (hex::encode(r), hex::encode(s));
    write_der(
        token,
        "signature",
        &format!("r=INTEGER:0x{r}\ns=INTEGER:0x{s}\n"),
    );
}

/// Has OpenSSL write a SEQUENCE.
fn write_der(token: &Token, name: &str, fields: &str) {
    token.write(
        "fields",
        format!("asn1=SEQUENCE:fields\n[fields]\n{fields}"),
    );
    token
        .openssl()
        .args("asn1parse -noout -genconf fields -out")
        .arg(name)
        .succeed();
}

/// Has OpenSSL take a SEQUENCE apart: numbers, of 32 bytes here, and strings.
fn numbers(token: &Token, name: &str) -> Vec<Vec<u8>> {
    let parsed = token
        .openssl()
        .args("asn1parse -inform DER -in")
        .arg(name)
        .succeed();
    let mut fields = Vec::new();
    let text = parsed.text();
    let _ = text.lines().try_for_each(|line| {
        let Some((_, digits)) = line.rsplit_once(':') else {
            return ControlFlow::Continue(());
        };
        if line.contains("INTEGER") {
            fields.push(hex::decode(format!("{digits:0>64}")).expect("a number"));
        } else if line.contains("[HEX DUMP]") {
            fields.push(hex::decode(digits).expect("a string"));
        }
        ControlFlow::<()>::Continue(())
    });
    fields
}
