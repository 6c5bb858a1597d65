//! Secrets that are short enough to be guessed: not made in `strict`, and not told by the token in `compat`.

use ck::{AttributeType as A, KeyType, MechanismType as M, Params, Rv};
use proto::shape::ObjectHandle;
use proto::{Call, Handler};

use crate::tests::bench::{Bench, Client, FALSE, Got, TRUE, ulong};

fn generate(client: &Client, session: u64, len: u64, sensitive: &[u8]) -> Got<u64> {
    let template: [(A, &[u8]); 2] = [(A::VALUE_LEN, &ulong(len)), (A::SENSITIVE, sensitive)];
    client.generate(session, M::GENERIC_SECRET_KEY_GEN, &template)
}

fn import(client: &Client, session: u64, value: &[u8], check: Option<&[u8]>) -> Got<u64> {
    let key_type = ulong(KeyType::GENERIC_SECRET.0);
    let mut template: Vec<(A, &[u8])> = vec![
        (A::CLASS, &[4, 0, 0, 0, 0, 0, 0, 0]),
        (A::KEY_TYPE, &key_type),
        (A::VALUE, value),
    ];
    template.extend(check.map(|check| (A::CHECK_VALUE, check)));
    client.create(session, &template)
}

#[test]
fn strict_makes_and_takes_no_secret_below_16_bytes() {
    let short = Err(Rv::TEMPLATE_INCONSISTENT);
    for (bench, below) in [(Bench::compat(), Ok(())), (Bench::strict(), short)] {
        let client = bench.client();
        let session = client.open_user();
        for (len, expected) in [(1, below), (15, below), (16, Ok(())), (512, Ok(()))] {
            let generated = generate(&client, session, len, TRUE).map(drop);
            assert_eq!(generated, expected, "{len}");
            let value = vec![1; usize::try_from(len).unwrap()];
            let imported = import(&client, session, &value, None).map(drop);
            assert_eq!(imported, expected, "{len}");
        }
    }
}

#[test]
fn triple_des_is_for_compat_only() {
    let key_type = ulong(KeyType::DES3.0);
    let import = |client: &Client, session, value: &[u8]| {
        let template: [(A, &[u8]); 3] = [
            (A::CLASS, &[4, 0, 0, 0, 0, 0, 0, 0]),
            (A::KEY_TYPE, &key_type),
            (A::VALUE, value),
        ];
        client.create(session, &template)
    };
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let made = client.generate(session, M::DES3_KEY_GEN, &[]).unwrap();
    assert_eq!(client.get(session, made, A::VALUE_LEN), Ok(ulong(24)));
    assert!(client.get(session, made, A::ENCRYPT).unwrap() == [1]);
    // `openssl enc -des-ede3 -nopad` of eight zeros under 24 bytes 01 begins 8ca64de9c1b123a7 (a weak key, as for a test).
    let brought = import(&client, session, &[1; 24]).unwrap();
    assert_eq!(
        client.get(session, brought, A::CHECK_VALUE),
        Ok(vec![0x8c, 0xa6, 0x4d])
    );
    assert_eq!(
        import(&client, session, &[0; 24]),
        Err(Rv::ATTRIBUTE_VALUE_INVALID)
    );

    let bench = Bench::strict();
    let client = bench.client();
    let session = client.open_user();
    assert_eq!(
        client.generate(session, M::DES3_KEY_GEN, &[]),
        Err(Rv::MECHANISM_INVALID)
    );
    assert_eq!(
        import(&client, session, &[1; 24]),
        Err(Rv::TEMPLATE_INCONSISTENT)
    );
}

#[test]
fn des_and_md5_are_for_compat_only() {
    let key_type = ulong(KeyType::DES.0);
    let template: [(A, &[u8]); 4] = [
        (A::CLASS, &[4, 0, 0, 0, 0, 0, 0, 0]),
        (A::KEY_TYPE, &key_type),
        (A::VALUE, &[0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef]),
        (A::ENCRYPT, TRUE),
    ];
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let made = client.generate(session, M::DES_KEY_GEN, &[]).unwrap();
    assert_eq!(client.get(session, made, A::VALUE_LEN), Ok(ulong(8)));
    // `openssl enc -des-ecb -nopad` of eight zeros under this key begins d5d44f.
    let brought = client.create(session, &template).unwrap();
    assert_eq!(
        client.get(session, brought, A::CHECK_VALUE),
        Ok(vec![0xd5, 0xd4, 0x4f])
    );
    // A key of one part is not one of two or three.
    let begin = |mechanism| {
        client.init(
            Call::EncryptInit,
            session,
            Some((mechanism, Params::None)),
            brought,
        )
    };
    assert_eq!(begin(M::DES3_ECB), Err(Rv::KEY_TYPE_INCONSISTENT));
    assert_eq!(begin(M::DES_ECB), Ok(()));
    let hash = |client: &Client, session, mechanism| {
        client.init(
            Call::DigestInit,
            session,
            Some((mechanism, Params::None)),
            0,
        )
    };
    assert_eq!(hash(&client, session, M::MD5), Ok(()));
    // What can be tried through is not told by its digest.
    let kept = client
        .generate(session, M::DES_KEY_GEN, &[(A::SENSITIVE, TRUE)])
        .unwrap();
    let given = client.call(Call::DigestKey, session, |caller, session| {
        caller.digest_key(session, ObjectHandle(kept))
    });
    assert_eq!(given, Err(Rv::KEY_INDIGESTIBLE));

    let bench = Bench::strict();
    let client = bench.client();
    let session = client.open_user();
    assert_eq!(
        client.generate(session, M::DES_KEY_GEN, &[]),
        Err(Rv::MECHANISM_INVALID)
    );
    assert_eq!(
        client.create(session, &template),
        Err(Rv::TEMPLATE_INCONSISTENT)
    );
    assert_eq!(hash(&client, session, M::MD5), Err(Rv::MECHANISM_INVALID));
    assert_eq!(hash(&client, session, M::SHA256), Ok(()));
}

#[test]
fn a_short_secret_has_no_check_value_but_its_own() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let check = |key: u64| client.get(session, key, A::CHECK_VALUE).unwrap();
    let made = |len| generate(&client, session, len, TRUE).unwrap();
    assert_eq!(check(made(1)), [0; 0]);
    assert_eq!(check(made(13)), [0; 0]);
    assert_eq!(check(made(14)).len(), 3);
    // SHA-1 of one byte 0x61 begins 86f7e4 (RFC 3174 has no such case; any sha1sum says so).
    let right: &[u8] = &[0x86, 0xf7, 0xe4];
    assert_eq!(
        check(import(&client, session, b"a", Some(right)).unwrap()),
        right
    );
    assert_eq!(
        import(&client, session, b"a", Some(&[1, 2, 3])),
        Err(Rv::ATTRIBUTE_VALUE_INVALID)
    );
}

#[test]
fn a_check_value_is_destroyed_and_nothing_else_comes_in_its_place() {
    for bench in [Bench::compat(), Bench::strict()] {
        let client = bench.client();
        let session = client.open_user();
        let key = client.generate_aes(session, &[]).unwrap();
        let check = client.get(session, key, A::CHECK_VALUE).unwrap();
        assert_eq!(check.len(), 3);
        let set = |value: &[u8]| client.set(session, key, &[(A::CHECK_VALUE, value)]);
        assert_eq!(set(&[1, 2, 3]), Err(Rv::ATTRIBUTE_READ_ONLY));
        assert_eq!(set(&[]), Ok(()));
        assert_eq!(client.get(session, key, A::CHECK_VALUE).unwrap(), [0; 0]);
        assert_eq!(set(&check), Err(Rv::ATTRIBUTE_READ_ONLY));
    }
}

#[test]
fn without_a_digest_no_key_is_given_to_it_indigestible_or_not() {
    let bench = Bench::strict();
    let client = bench.client();
    let session = client.open_user();
    let key = generate(&client, session, 32, TRUE).unwrap();
    let given = client.call(Call::DigestKey, session, |caller, session| {
        caller.digest_key(session, ObjectHandle(key))
    });
    assert_eq!(given, Err(Rv::OPERATION_NOT_INITIALIZED));
}

#[test]
fn a_short_secret_is_not_digested_while_it_is_sensitive() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let digest = |len, sensitive| {
        let key = generate(&client, session, len, sensitive).unwrap();
        let sha256 = Some((M::SHA256, Params::None));
        client.init(Call::DigestInit, session, sha256, 0).unwrap();
        client.call(Call::DigestKey, session, |caller, session| {
            caller.digest_key(session, ObjectHandle(key))
        })?;
        client.output(Call::DigestFinal, session, b"").map(drop)
    };
    assert_eq!(digest(1, TRUE), Err(Rv::KEY_INDIGESTIBLE));
    assert_eq!(digest(13, TRUE), Err(Rv::KEY_INDIGESTIBLE));
    assert_eq!(digest(14, TRUE), Ok(()));
    assert_eq!(digest(1, FALSE), Ok(()));
}
