//! `strict` beside `compat`, rule by rule.

use crate::policy::{Decision, Usage, decide};
use crate::{Attributes, Profile};
use ck::{AttributeType as A, KeyType, MechanismType as M, Mgf, ObjectClass, Params, Rv, Salt};
use proto::Call;
use proto::Handler;
use proto::shape::{ObjectHandle, SlotId, Ulong};

use crate::tests::bench::{Bench, FALSE, TRUE, ulong};

/// Checks what one request comes to in each profile.
fn check(
    request: impl Fn(&Bench) -> Result<(), Rv>,
    compat: Result<(), Rv>,
    strict: Result<(), Rv>,
) {
    assert_eq!(request(&Bench::compat()), compat, "compat");
    assert_eq!(request(&Bench::strict()), strict, "strict");
}

/// Imports an AES key.
fn import_aes(template: &'static [(A, &'static [u8])]) -> impl Fn(&Bench) -> Result<(), Rv> {
    move |bench| {
        let (class, key_type) = (ulong(ObjectClass::SECRET_KEY.0), ulong(KeyType::AES.0));
        let mut whole: Vec<(A, &[u8])> = vec![
            (A::CLASS, &class),
            (A::KEY_TYPE, &key_type),
            (A::VALUE, &[1; 16]),
        ];
        whole.extend(template);
        let client = bench.client();
        client.create(client.open_user(), &whole).map(drop)
    }
}

/// Generates an AES key in each profile and checks which of some flags it has.
fn check_generated(template: &[(A, &[u8])], compat: &[A], strict: &[A]) {
    let flags = [
        A::ENCRYPT,
        A::DECRYPT,
        A::SIGN,
        A::WRAP,
        A::UNWRAP,
        A::DERIVE,
        A::SENSITIVE,
    ];
    for (bench, expected) in [(Bench::compat(), compat), (Bench::strict(), strict)] {
        let client = bench.client();
        let session = client.open_user();
        let key = client.generate_aes(session, template).unwrap();
        let has = |id: &A| client.get(session, key, *id).unwrap() == TRUE;
        let found: Vec<A> = flags.into_iter().filter(has).collect();
        assert_eq!(found, expected);
    }
}

const INCONSISTENT: Result<(), Rv> = Err(Rv::TEMPLATE_INCONSISTENT);
const READ_ONLY: Result<(), Rv> = Err(Rv::ATTRIBUTE_READ_ONLY);

#[test]
fn an_imported_key_has_one_purpose() {
    let check = |template, strict| check(import_aes(template), Ok(()), strict);
    check(&[(A::ENCRYPT, TRUE), (A::DECRYPT, TRUE)], Ok(()));
    check(&[(A::WRAP, TRUE), (A::UNWRAP, TRUE)], Ok(()));
    check(&[(A::WRAP, TRUE), (A::DECRYPT, TRUE)], INCONSISTENT);
    check(&[(A::UNWRAP, TRUE), (A::ENCRYPT, TRUE)], INCONSISTENT);
    check(&[(A::DERIVE, TRUE), (A::SIGN, TRUE)], INCONSISTENT);
}

#[test]
fn a_generated_key_keeps_one_purpose_and_is_sensitive() {
    check_generated(
        &[(A::WRAP, TRUE), (A::UNWRAP, TRUE), (A::SENSITIVE, FALSE)],
        &[A::WRAP, A::UNWRAP],
        &[A::WRAP, A::UNWRAP, A::SENSITIVE],
    );
    check_generated(
        &[(A::ENCRYPT, TRUE), (A::WRAP, TRUE), (A::DERIVE, TRUE)],
        &[A::ENCRYPT, A::WRAP, A::DERIVE],
        &[A::ENCRYPT, A::SENSITIVE],
    );
}

#[test]
fn the_purpose_of_a_key_is_fixed() {
    let change = |set: bool| {
        move |bench: &Bench| {
            let client = bench.client();
            let session = client.open_user();
            let key = client.generate_aes(session, &[(A::ENCRYPT, TRUE), (A::DECRYPT, TRUE)])?;
            let template: [(A, &[u8]); 3] =
                [(A::ENCRYPT, FALSE), (A::DECRYPT, FALSE), (A::SIGN, TRUE)];
            if set {
                client.set(session, key, &template)
            } else {
                client.copy(session, key, &template).map(drop)
            }
        }
    };
    check(change(true), Ok(()), READ_ONLY);
    check(change(false), Ok(()), READ_ONLY);
}

#[test]
fn keys_are_sensitive_and_stay_inside() {
    let sensitive = import_aes(&[(A::SENSITIVE, FALSE)]);
    check(sensitive, Ok(()), INCONSISTENT);
    let extractable = import_aes(&[(A::EXTRACTABLE, TRUE)]);
    check(extractable, Ok(()), INCONSISTENT);
    let generated = |bench: &Bench| {
        let client = bench.client();
        let template = [(A::EXTRACTABLE, TRUE)];
        client.generate_aes(client.open_user(), &template).map(drop)
    };
    check(generated, Ok(()), INCONSISTENT);
}

#[test]
fn both_halves_of_a_pair_have_one_purpose() {
    let pair = |bench: &Bench| {
        let client = bench.client();
        let session = client.open_user();
        let public: [(A, &[u8]); 2] = [(A::MODULUS_BITS, &ulong(2048)), (A::ENCRYPT, TRUE)];
        client
            .generate_pair(
                session,
                M::RSA_PKCS_KEY_PAIR_GEN,
                &public,
                &[(A::SIGN, TRUE)],
            )
            .map(drop)
    };
    check(pair, Ok(()), INCONSISTENT);
}

#[test]
fn a_sensitive_key_is_not_digested_in_strict() {
    let digest = |bench: &Bench| {
        let client = bench.client();
        let session = client.open_user();
        let key = client.generate_aes(session, &[])?;
        client.init(
            Call::DigestInit,
            session,
            Some((M::SHA256, Params::None)),
            0,
        )?;
        client.call(Call::DigestKey, session, |caller, session| {
            caller.digest_key(session, ObjectHandle(key))
        })
    };
    check(digest, Ok(()), Err(Rv::KEY_INDIGESTIBLE));
}

fn key(class: ObjectClass, key_type: KeyType, purposes: &[A]) -> Attributes {
    let mut key = Attributes::default();
    key.set_number(A::CLASS, class.0);
    key.set_number(A::KEY_TYPE, key_type.0);
    purposes.iter().for_each(|id| key.set_flag(*id, true));
    key
}

fn rv(profile: Profile, usage: Usage, key: &Attributes, mechanism: M, params: Params<'_>) -> Rv {
    match decide(
        profile,
        usage,
        key,
        ck::mechanism(mechanism).unwrap(),
        &params,
    ) {
        Decision::Allow => Rv::OK,
        Decision::Deny(refusal) => refusal.rv(),
    }
}

/// Checks a use that `compat` allows, and what `strict` says of it.
fn check_use(usage: Usage, key: &Attributes, mechanism: M, params: Params<'_>, strict: Rv) {
    let compat = rv(Profile::Compat, usage, key, mechanism, params);
    assert_eq!(compat, Rv::OK, "{mechanism}");
    let found = rv(Profile::Strict, usage, key, mechanism, params);
    assert_eq!(found, strict, "{mechanism}");
}

#[test]
fn nonces_of_the_callers_encrypt_in_compat_only() {
    let purposes = [A::ENCRYPT, A::DECRYPT];
    let aes = key(ObjectClass::SECRET_KEY, KeyType::AES, &purposes);
    let (iv, aad): (&[u8], &[u8]) = (&[0; 12], b"");
    let tag_bits = 128;
    let gcm = Params::Gcm { iv, aad, tag_bits };
    let (counter_bits, block) = (128, [0; 16]);
    let counter = Params::Counter {
        counter_bits,
        block,
    };
    for (mechanism, params) in [(M::AES_GCM, gcm), (M::AES_CTR, counter)] {
        check_use(
            Usage::Encrypt,
            &aes,
            mechanism,
            params,
            Rv::MECHANISM_INVALID,
        );
        check_use(Usage::Decrypt, &aes, mechanism, params, Rv::OK);
    }
    let block = Params::Bytes(&[0; 16]);
    check_use(Usage::Encrypt, &aes, M::AES_CBC_PAD, block, Rv::OK);
}

#[test]
fn nonces_of_the_callers_wrap_and_sign_in_compat_only() {
    let refused = Rv::MECHANISM_INVALID;
    let (iv, aad): (&[u8], &[u8]) = (&[0; 12], b"");
    let gcm = Params::Gcm {
        iv,
        aad,
        tag_bits: 128,
    };
    let ccm = Params::Ccm {
        data_len: 16,
        nonce: iv,
        aad,
        mac_len: 16,
    };
    let wrapping = key(
        ObjectClass::SECRET_KEY,
        KeyType::AES,
        &[A::WRAP, A::UNWRAP, A::ENCRYPT, A::DECRYPT],
    );
    for (mechanism, params) in [(M::AES_GCM, gcm), (M::AES_CCM, ccm)] {
        check_use(Usage::Wrap, &wrapping, mechanism, params, refused);
        check_use(Usage::Unwrap, &wrapping, mechanism, params, Rv::OK);
    }
    check_use(Usage::Encrypt, &wrapping, M::AES_CCM, ccm, refused);
    check_use(Usage::Decrypt, &wrapping, M::AES_CCM, ccm, Rv::OK);
    let mac = key(ObjectClass::SECRET_KEY, KeyType::AES, &[A::SIGN, A::VERIFY]);
    check_use(Usage::Sign, &mac, M::AES_GMAC, gcm, refused);
    check_use(Usage::Verify, &mac, M::AES_GMAC, gcm, Rv::OK);
    check_use(Usage::Sign, &mac, M::AES_CMAC, Params::None, Rv::OK);
}

#[test]
fn short_macs_over_aes_are_for_compat() {
    let purposes = [A::VERIFY, A::SIGN, A::DECRYPT];
    let aes = key(ObjectClass::SECRET_KEY, KeyType::AES, &purposes);
    let weak = Rv::MECHANISM_PARAM_INVALID;
    for (mac_len, strict) in [(16, Rv::OK), (8, Rv::OK), (6, weak), (4, weak)] {
        let length = Params::Length(mac_len);
        check_use(Usage::Sign, &aes, M::AES_CMAC_GENERAL, length, strict);
        let ccm = Params::Ccm {
            data_len: 16,
            nonce: &[0; 12],
            aad: b"",
            mac_len,
        };
        check_use(Usage::Decrypt, &aes, M::AES_CCM, ccm, strict);
    }
    for (tag_bits, strict) in [(96, Rv::OK), (64, weak)] {
        let gcm = Params::Gcm {
            iv: &[0; 12],
            aad: b"",
            tag_bits,
        };
        check_use(Usage::Verify, &aes, M::AES_GMAC, gcm, strict);
    }
}

#[test]
fn hkdf_takes_secrets_that_are_for_derivation() {
    let hkdf = Params::Hkdf {
        extract: true,
        expand: true,
        digest: M::SHA256,
        salt: Salt::Bytes(b""),
        info: b"",
    };
    for (key_type, expected) in [
        (KeyType::HKDF, Rv::OK),
        (KeyType::GENERIC_SECRET, Rv::OK),
        (KeyType::AES, Rv::KEY_TYPE_INCONSISTENT),
    ] {
        let base = key(ObjectClass::SECRET_KEY, key_type, &[A::DERIVE]);
        let found = rv(Profile::Compat, Usage::Derive, &base, M::HKDF_DERIVE, hkdf);
        assert_eq!(found, expected, "{key_type}");
    }
    let base = key(ObjectClass::SECRET_KEY, KeyType::HKDF, &[A::SIGN]);
    let found = rv(Profile::Compat, Usage::Derive, &base, M::HKDF_DERIVE, hkdf);
    assert_eq!(found, Rv::KEY_FUNCTION_NOT_PERMITTED);
}

#[test]
fn short_tags_and_macs_are_for_compat() {
    let aes = key(ObjectClass::SECRET_KEY, KeyType::AES, &[A::DECRYPT]);
    let check = |tag_bits, strict| {
        let (iv, aad): (&[u8], &[u8]) = (&[0; 12], b"");
        let params = Params::Gcm { iv, aad, tag_bits };
        check_use(Usage::Decrypt, &aes, M::AES_GCM, params, strict);
    };
    let weak = Rv::MECHANISM_PARAM_INVALID;
    check(128, Rv::OK);
    check(96, Rv::OK);
    check(88, weak);
    check(32, weak);
    let purposes = [A::SIGN, A::VERIFY];
    let mac = key(ObjectClass::SECRET_KEY, KeyType::GENERIC_SECRET, &purposes);
    for usage in [Usage::Sign, Usage::Verify] {
        for (len, strict) in [(8, Rv::OK), (7, weak), (1, weak)] {
            let len = Params::Length(len);
            check_use(usage, &mac, M::SHA256_HMAC_GENERAL, len, strict);
        }
    }
}

/// What a mechanism is told to do is what it does.
#[test]
fn the_information_on_a_mechanism_is_that_of_the_partition() {
    let info = |bench: &Bench, mechanism: M| {
        let client = bench.client();
        let slot = client.slots()[0];
        let mut info = None;
        client
            .call(Call::GetMechanismInfo, 0, |caller, _| {
                caller.get_mechanism_info(SlotId(slot), Ulong(mechanism.0), &mut info)
            })
            .unwrap();
        info.unwrap()
    };
    let (compat, strict) = (Bench::compat(), Bench::strict());
    for (mechanism, lacking) in [
        (M::AES_CBC, 0x6_0000),
        (M::AES_CBC_PAD, 0x6_0000),
        (M::RSA_AES_KEY_WRAP, 0),
        (M::AES_CCM, 0x2_0100),
        (M::AES_CMAC, 0),
        (M::AES_GCM, 0x2_0100),
        (M::AES_GMAC, 0x800),
        (M::AES_CTR, 0x100),
        (M::RSA_PKCS, 0x6_0300),
        (M::SHA1_RSA_PKCS, 0x808),
        (M::SHA_1_HMAC, 0),
    ] {
        let flags = info(&compat, mechanism).flags;
        assert_eq!(flags & lacking, lacking, "{mechanism}");
        assert_eq!(
            info(&strict, mechanism).flags,
            flags & !lacking,
            "{mechanism}"
        );
    }
    for (mechanism, in_compat, in_strict) in [
        (M::GENERIC_SECRET_KEY_GEN, (8, 4096), (128, 4096)),
        (M::SHA256_HMAC, (1, 512), (16, 512)),
        (M::AES_KEY_GEN, (16, 32), (16, 32)),
        (M::AES_XTS_KEY_GEN, (64, 64), (64, 64)),
        (M::HKDF_KEY_GEN, (1, 512), (16, 512)),
        (M::RSA_PKCS, (1024, 8192), (2048, 8192)),
        (M::EDDSA, (255, 448), (255, 255)),
        (M::EC_MONTGOMERY_KEY_PAIR_GEN, (255, 448), (255, 255)),
        (M::EC_KEY_PAIR_GEN, (224, 521), (224, 521)),
    ] {
        let sizes = |bench| {
            let info = info(bench, mechanism);
            (info.min_key_size, info.max_key_size)
        };
        assert_eq!(sizes(&compat), in_compat, "{mechanism}");
        assert_eq!(sizes(&strict), in_strict, "{mechanism}");
    }
}

#[test]
fn weak_algorithms_are_for_compat() {
    let (private, public) = (ObjectClass::PRIVATE_KEY, ObjectClass::PUBLIC_KEY);
    let rsa = key(private, KeyType::RSA, &[A::SIGN, A::DECRYPT]);
    let rsa_public = key(public, KeyType::RSA, &[A::VERIFY, A::ENCRYPT]);
    let ec = key(private, KeyType::EC, &[A::SIGN]);
    let mac = key(ObjectClass::SECRET_KEY, KeyType::GENERIC_SECRET, &[A::SIGN]);
    let no = Rv::MECHANISM_INVALID;
    for (usage, key, mechanism, strict) in [
        (Usage::Sign, &rsa, M::SHA256_RSA_PKCS, Rv::OK),
        (Usage::Sign, &rsa, M::SHA1_RSA_PKCS, no),
        (Usage::Decrypt, &rsa, M::RSA_PKCS, no),
        (Usage::Encrypt, &rsa_public, M::RSA_PKCS, no),
        (Usage::Sign, &rsa, M::RSA_X_509, no),
        (Usage::Decrypt, &rsa, M::RSA_X_509, no),
        (Usage::Verify, &rsa_public, M::RSA_X_509, no),
        // Old signatures may still be verified.
        (Usage::Verify, &rsa_public, M::SHA1_RSA_PKCS, Rv::OK),
        (Usage::Sign, &ec, M::ECDSA_SHA1, no),
        (Usage::Sign, &mac, M::SHA_1_HMAC, Rv::OK),
    ] {
        check_use(usage, key, mechanism, Params::None, strict);
    }
    let pss = |digest| Params::Pss {
        digest,
        mgf: Mgf::MGF1_SHA256,
        salt_len: 32,
    };
    let sign = Usage::Sign;
    check_use(sign, &rsa, M::RSA_PKCS_PSS, pss(M::SHA256), Rv::OK);
    let weak = Rv::MECHANISM_PARAM_INVALID;
    check_use(sign, &rsa, M::RSA_PKCS_PSS, pss(M::SHA_1), weak);
}

#[test]
fn a_key_lists_the_mechanisms_it_is_for() {
    let mut ec = key(ObjectClass::PRIVATE_KEY, KeyType::EC, &[A::SIGN]);
    let sign = |key: &Attributes, mechanism| {
        rv(Profile::Compat, Usage::Sign, key, mechanism, Params::None)
    };
    assert_eq!(sign(&ec, M::ECDSA), Rv::OK);
    ec.set(A::ALLOWED_MECHANISMS, Vec::new());
    assert_eq!(sign(&ec, M::ECDSA), Rv::OK);
    let list = [M::ECDSA_SHA256, M::ECDSA_SHA384]
        .map(|id| id.0.to_le_bytes())
        .concat();
    ec.set(A::ALLOWED_MECHANISMS, list);
    assert_eq!(sign(&ec, M::ECDSA_SHA384), Rv::OK);
    assert_eq!(sign(&ec, M::ECDSA), Rv::MECHANISM_INVALID);
}

/// Every mechanism with every purpose: allowed exactly where table, type of key and attribute say so.
#[test]
fn no_mechanism_serves_what_its_row_does_not_list() {
    let usages = [
        (Usage::Decrypt, 0x200, Rv::KEY_TYPE_INCONSISTENT),
        (Usage::Derive, 0x8_0000, Rv::KEY_TYPE_INCONSISTENT),
        (Usage::Encrypt, 0x100, Rv::KEY_TYPE_INCONSISTENT),
        (Usage::Sign, 0x800, Rv::KEY_TYPE_INCONSISTENT),
        (
            Usage::Unwrap,
            0x4_0000,
            Rv::UNWRAPPING_KEY_TYPE_INCONSISTENT,
        ),
        (Usage::Verify, 0x2000, Rv::KEY_TYPE_INCONSISTENT),
        (Usage::Wrap, 0x2_0000, Rv::WRAPPING_KEY_TYPE_INCONSISTENT),
    ];
    for row in ck::MECHANISMS {
        let class = match row.key_type {
            Some(KeyType::RSA | KeyType::EC) => ObjectClass::PRIVATE_KEY,
            _ => ObjectClass::SECRET_KEY,
        };
        for (usage, flag, other_type) in usages {
            let key_type = row.key_type.unwrap_or(KeyType::GENERIC_SECRET);
            let serves = row.operations.contains(flag);
            let able = key(class, key_type, &[usage.attribute()]);
            let unable = key(class, key_type, &[]);
            let other = match (key_type, row.id) {
                (KeyType::AES, _) => KeyType::RSA,
                // It works with CMAC as well, whose keys are for AES.
                (
                    _,
                    M::SP800_108_COUNTER_KDF
                    | M::SP800_108_DOUBLE_PIPELINE_KDF
                    | M::SP800_108_FEEDBACK_KDF,
                ) => KeyType::AES_XTS,
                _ => KeyType::AES,
            };
            let derives_from_any = matches!(
                row.algorithm,
                ck::Algorithm::Blake2bDerivation { .. }
                    | ck::Algorithm::DigestDerivation(_)
                    | ck::Algorithm::Rearrange(_)
                    | ck::Algorithm::ShakeDerivation { .. }
            );
            let other_class = if derives_from_any {
                ObjectClass::PRIVATE_KEY
            } else {
                ObjectClass::SECRET_KEY
            };
            let other = key(other_class, other, &[usage.attribute()]);
            let rv = |key| rv(Profile::Compat, usage, key, row.id, Params::None);
            let expected = |rv| if serves { rv } else { Rv::MECHANISM_INVALID };
            assert_eq!(rv(&able), expected(Rv::OK), "{} {usage:?}", row.id);
            assert_eq!(
                rv(&unable),
                expected(Rv::KEY_FUNCTION_NOT_PERMITTED),
                "{} {usage:?}",
                row.id
            );
            assert_eq!(rv(&other), expected(other_type), "{} {usage:?}", row.id);
        }
    }
}
