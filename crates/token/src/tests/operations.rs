//! The two-call rule and the end of operations, for every kind.

use ck::{AttributeType as A, KeyType, MechanismType as M, ObjectClass, Params, Rv};
use proto::shape::{ObjectHandle, Room};
use proto::{Call, Handler};

use crate::tests::bench::{Bench, Client, Got, Out, TRUE, ulong};

const NONE: Params<'static> = Params::None;
const IV: Params<'static> = Params::Bytes(&[0; 16]);
const GCM: Params<'static> = Params::Gcm {
    iv: &[0; 12],
    aad: b"",
    tag_bits: 128,
};

/// An application with one key of each type.
struct Keys {
    client: Client,
    session: u64,
    aes: u64,
    mac: u64,
    ec: (u64, u64),
}

fn keys(bench: &Bench) -> Keys {
    let client = bench.client();
    let session = client.open_user();
    let mac: [(A, &[u8]); 1] = [(A::VALUE_LEN, &ulong(32))];
    Keys {
        aes: client.generate_aes(session, &[]).unwrap(),
        mac: client
            .generate(session, M::GENERIC_SECRET_KEY_GEN, &mac)
            .unwrap(),
        ec: client.generate_ec(session, &[]).unwrap(),
        client,
        session,
    }
}

/// A kind of operation that gives output, with a length that is known before it is computed.
struct Kind {
    init: Call,
    whole: Call,
    update: Call,
    last: Call,
    mechanism: (M, Params<'static>),
    key: u64,
    input: &'static [u8],
    length: u64,
}

fn kinds(keys: &Keys) -> Vec<Kind> {
    let encrypt = |mechanism, length| Kind {
        init: Call::EncryptInit,
        whole: Call::Encrypt,
        update: Call::EncryptUpdate,
        last: Call::EncryptFinal,
        mechanism,
        key: keys.aes,
        input: b"an input of 21 bytes.",
        length,
    };
    let sign = |mechanism, key, length| Kind {
        init: Call::SignInit,
        whole: Call::Sign,
        update: Call::SignUpdate,
        last: Call::SignFinal,
        mechanism: (mechanism, NONE),
        key,
        input: b"a message",
        length,
    };
    let digest = Kind {
        init: Call::DigestInit,
        whole: Call::Digest,
        update: Call::DigestUpdate,
        last: Call::DigestFinal,
        mechanism: (M::SHA384, NONE),
        key: 0,
        input: b"a message",
        length: 48,
    };
    vec![
        encrypt((M::AES_GCM, GCM), 37),
        encrypt((M::AES_CBC_PAD, IV), 32),
        sign(M::SHA256_HMAC, keys.mac, 32),
        sign(M::ECDSA_SHA256, keys.ec.1, 64),
        digest,
    ]
}

fn begin(keys: &Keys, kind: &Kind) -> Got<()> {
    keys.client
        .init(kind.init, keys.session, Some(kind.mechanism), kind.key)
}

#[test]
fn a_single_part_operation_survives_queries_and_short_buffers_and_nothing_else() {
    let bench = Bench::compat();
    let keys = keys(&bench);
    for kind in kinds(&keys) {
        let what = kind.mechanism.0;
        let run = |room| keys.client.run(kind.whole, keys.session, kind.input, room);
        begin(&keys, &kind).unwrap();
        for _ in 0..2 {
            assert_eq!(
                run(Room::Query),
                (Rv::OK, Out::Length(kind.length)),
                "{what}"
            );
            let short = run(Room::Items(kind.length - 1));
            assert_eq!(
                short,
                (Rv::BUFFER_TOO_SMALL, Out::Length(kind.length)),
                "{what}"
            );
        }
        assert_eq!(begin(&keys, &kind), Err(Rv::OPERATION_ACTIVE), "{what}");
        let (rv, out) = run(Room::Items(kind.length));
        let Out::Bytes(bytes) = out else {
            panic!("{what}: {out:?}")
        };
        assert_eq!((rv, bytes.len() as u64), (Rv::OK, kind.length), "{what}");
        assert_eq!(
            run(Room::Items(1000)),
            (Rv::OPERATION_NOT_INITIALIZED, Out::Nothing),
            "{what}"
        );
    }
}

#[test]
fn a_multi_part_operation_ends_with_its_final_call_unless_that_asks_for_the_length() {
    let bench = Bench::compat();
    let keys = keys(&bench);
    for kind in kinds(&keys) {
        let what = kind.mechanism.0;
        begin(&keys, &kind).unwrap();
        let mut output = Vec::new();
        for part in kind.input.chunks(5) {
            output.extend(keys.client.output(kind.update, keys.session, part).unwrap());
        }
        let rest = kind.length - output.len() as u64;
        let last = |room| keys.client.run(kind.last, keys.session, b"", room);
        assert_eq!(last(Room::Query), (Rv::OK, Out::Length(rest)), "{what}");
        assert_eq!(
            last(Room::Items(rest - 1)),
            (Rv::BUFFER_TOO_SMALL, Out::Length(rest)),
            "{what}"
        );
        let (rv, out) = last(Room::Items(rest));
        let Out::Bytes(bytes) = out else {
            panic!("{what}: {out:?}")
        };
        assert_eq!((rv, bytes.len() as u64), (Rv::OK, rest), "{what}");
        assert_eq!(
            last(Room::Items(99)),
            (Rv::OPERATION_NOT_INITIALIZED, Out::Nothing),
            "{what}"
        );
        output.extend(bytes);
        // One part or many: the same, save for signatures that are random.
        if what != M::ECDSA_SHA256 {
            begin(&keys, &kind).unwrap();
            assert_eq!(
                keys.client.output(kind.whole, keys.session, kind.input),
                Ok(output),
                "{what}"
            );
        }
    }
}

#[test]
fn a_single_part_call_after_a_part_ends_the_operation() {
    let bench = Bench::compat();
    let keys = keys(&bench);
    for kind in kinds(&keys) {
        begin(&keys, &kind).unwrap();
        keys.client
            .output(kind.update, keys.session, kind.input)
            .unwrap();
        let whole = || keys.client.output(kind.whole, keys.session, kind.input);
        assert_eq!(whole(), Err(Rv::OPERATION_ACTIVE), "{}", kind.mechanism.0);
        assert_eq!(
            whole(),
            Err(Rv::OPERATION_NOT_INITIALIZED),
            "{}",
            kind.mechanism.0
        );
    }
}

#[test]
fn a_null_mechanism_cancels() {
    let bench = Bench::compat();
    let keys = keys(&bench);
    for kind in kinds(&keys) {
        begin(&keys, &kind).unwrap();
        keys.client
            .init(kind.init, keys.session, None, kind.key)
            .unwrap();
        let whole = keys.client.output(kind.whole, keys.session, kind.input);
        assert_eq!(
            whole,
            Err(Rv::OPERATION_NOT_INITIALIZED),
            "{}",
            kind.mechanism.0
        );
    }
}

#[test]
fn operations_of_different_kinds_are_active_side_by_side() {
    let bench = Bench::compat();
    let keys = keys(&bench);
    let kinds = kinds(&keys);
    let chosen = [&kinds[0], &kinds[2], &kinds[4]];
    chosen.iter().for_each(|kind| begin(&keys, kind).unwrap());
    let aes = Some((M::AES_CBC_PAD, IV));
    keys.client
        .init(Call::DecryptInit, keys.session, aes, keys.aes)
        .unwrap();
    let mac = Some((M::SHA256_HMAC, NONE));
    keys.client
        .init(Call::VerifyInit, keys.session, mac, keys.mac)
        .unwrap();
    assert!(keys.client.find(keys.session, &[]).is_ok());
    for kind in chosen {
        let output = keys.client.output(kind.whole, keys.session, kind.input);
        assert_eq!(output.unwrap().len() as u64, kind.length);
    }
}

#[test]
fn a_decryption_whose_length_shows_late_waits_for_room() {
    let bench = Bench::compat();
    let keys = keys(&bench);
    let (client, session) = (&keys.client, keys.session);
    let pad = Some((M::AES_CBC_PAD, IV));
    client
        .init(Call::EncryptInit, session, pad, keys.aes)
        .unwrap();
    let ciphertext = client
        .output(Call::Encrypt, session, b"seventeen bytes!!")
        .unwrap();
    assert_eq!(ciphertext.len(), 32);
    let decrypt = |room| client.run(Call::Decrypt, session, &ciphertext, room);
    client
        .init(Call::DecryptInit, session, pad, keys.aes)
        .unwrap();
    let (rv, bound) = decrypt(Room::Query);
    assert!(
        rv == Rv::OK && matches!(bound, Out::Length(17..=32)),
        "{bound:?}"
    );
    assert_eq!(
        decrypt(Room::Items(16)),
        (Rv::BUFFER_TOO_SMALL, Out::Length(17))
    );
    assert_eq!(decrypt(Room::Query), (Rv::OK, Out::Length(17)));
    assert_eq!(
        decrypt(Room::Items(17)),
        (Rv::OK, Out::Bytes(b"seventeen bytes!!".to_vec()))
    );
    assert_eq!(decrypt(Room::Items(17)).0, Rv::OPERATION_NOT_INITIALIZED);
    // A buffer of the right size is enough, although the bound is more than that.
    client
        .init(Call::DecryptInit, session, pad, keys.aes)
        .unwrap();
    assert_eq!(decrypt(Room::Items(17)).0, Rv::OK);
    // In parts, the last one waits as well.
    client
        .init(Call::DecryptInit, session, pad, keys.aes)
        .unwrap();
    let mut plaintext = client
        .output(Call::DecryptUpdate, session, &ciphertext)
        .unwrap();
    let rest = 17 - plaintext.len();
    let last = |room: usize| client.run(Call::DecryptFinal, session, b"", Room::Items(room as u64));
    assert_eq!(last(0), (Rv::BUFFER_TOO_SMALL, Out::Length(rest as u64)));
    // Another call than the one that waits is too late for this operation.
    let (rv, out) = last(rest);
    let Out::Bytes(bytes) = out else {
        panic!("{rv} {out:?}")
    };
    plaintext.extend(bytes);
    assert_eq!(plaintext, b"seventeen bytes!!");
}

#[test]
fn a_failure_ends_the_operation() {
    let bench = Bench::compat();
    let keys = keys(&bench);
    let (client, session) = (&keys.client, keys.session);
    client
        .init(
            Call::DecryptInit,
            session,
            Some((M::AES_GCM, GCM)),
            keys.aes,
        )
        .unwrap();
    let forged = client.output(Call::Decrypt, session, &[0; 32]);
    assert!(
        matches!(forged, Err(Rv::ENCRYPTED_DATA_INVALID)),
        "{forged:?}"
    );
    assert_eq!(
        client.output(Call::Decrypt, session, &[0; 32]),
        Err(Rv::OPERATION_NOT_INITIALIZED)
    );
    client
        .init(
            Call::VerifyInit,
            session,
            Some((M::SHA256_HMAC, NONE)),
            keys.mac,
        )
        .unwrap();
    assert_eq!(
        client.verify(session, b"x", &[0; 32]),
        Err(Rv::SIGNATURE_INVALID)
    );
    assert_eq!(
        client.verify(session, b"x", &[0; 32]),
        Err(Rv::OPERATION_NOT_INITIALIZED)
    );
    client
        .init(
            Call::VerifyInit,
            session,
            Some((M::SHA256_HMAC, NONE)),
            keys.mac,
        )
        .unwrap();
    assert_eq!(
        client.verify(session, b"x", &[0; 31]),
        Err(Rv::SIGNATURE_LEN_RANGE)
    );
}

#[test]
fn a_verification_goes_in_parts_and_is_not_mixed() {
    let bench = Bench::compat();
    let keys = keys(&bench);
    let (client, session) = (&keys.client, keys.session);
    let ecdsa = Some((M::ECDSA_SHA256, NONE));
    client
        .init(Call::SignInit, session, ecdsa, keys.ec.1)
        .unwrap();
    let signature = client.output(Call::Sign, session, b"a message").unwrap();
    let last = || {
        client.call(Call::VerifyFinal, session, |caller, session| {
            caller.verify_final(session, &signature)
        })
    };
    client
        .init(Call::VerifyInit, session, ecdsa, keys.ec.0)
        .unwrap();
    client
        .output(Call::VerifyUpdate, session, b"a mes")
        .unwrap();
    client.output(Call::VerifyUpdate, session, b"sage").unwrap();
    assert_eq!(last(), Ok(()));
    assert_eq!(last(), Err(Rv::OPERATION_NOT_INITIALIZED));
    client
        .init(Call::VerifyInit, session, ecdsa, keys.ec.0)
        .unwrap();
    client
        .output(Call::VerifyUpdate, session, b"a mes")
        .unwrap();
    assert_eq!(
        client.verify(session, b"sage", &signature),
        Err(Rv::OPERATION_ACTIVE)
    );
}

/// SHA-256 of "abc" (FIPS 180-4, example B.1), with the middle letter from a key.
#[test]
fn a_key_is_digested_with_the_rest() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let secret: [(A, &[u8]); 3] = [
        (A::CLASS, &ulong(ObjectClass::SECRET_KEY.0)),
        (A::KEY_TYPE, &ulong(KeyType::GENERIC_SECRET.0)),
        (A::VALUE, b"b"),
    ];
    let key = client.create(session, &secret).unwrap();
    let (_, private) = client.generate_ec(session, &[]).unwrap();
    let digest_key = |key| {
        client.call(Call::DigestKey, session, |caller, session| {
            caller.digest_key(session, ObjectHandle(key))
        })
    };
    let sha256 = Some((M::SHA256, NONE));
    client.init(Call::DigestInit, session, sha256, 0).unwrap();
    client.output(Call::DigestUpdate, session, b"a").unwrap();
    digest_key(key).unwrap();
    client.output(Call::DigestUpdate, session, b"c").unwrap();
    let digest = client.output(Call::DigestFinal, session, b"").unwrap();
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(hex::encode(digest), expected);
    client.init(Call::DigestInit, session, sha256, 0).unwrap();
    assert_eq!(digest_key(private), Err(Rv::KEY_INDIGESTIBLE));
    assert_eq!(digest_key(key), Err(Rv::OPERATION_NOT_INITIALIZED));
}

#[test]
fn initialisation_names_what_is_wrong() {
    let bench = Bench::compat();
    let keys = keys(&bench);
    let begin = |call, mechanism, params, key| {
        keys.client
            .init(call, keys.session, Some((mechanism, params)), key)
    };
    let sign = Call::SignInit;
    assert_eq!(
        begin(sign, M(0x9999), NONE, keys.ec.1),
        Err(Rv::MECHANISM_INVALID)
    );
    assert_eq!(
        begin(sign, M::SHA256, NONE, keys.ec.1),
        Err(Rv::MECHANISM_INVALID)
    );
    assert_eq!(
        begin(sign, M::ECDSA, NONE, 999),
        Err(Rv::KEY_HANDLE_INVALID)
    );
    assert_eq!(
        begin(sign, M::SHA256_RSA_PKCS, NONE, keys.ec.1),
        Err(Rv::KEY_TYPE_INCONSISTENT)
    );
    assert_eq!(
        begin(sign, M::SHA256_HMAC, NONE, keys.aes),
        Err(Rv::KEY_TYPE_INCONSISTENT)
    );
    assert_eq!(
        begin(sign, M::ECDSA, NONE, keys.ec.0),
        Err(Rv::KEY_FUNCTION_NOT_PERMITTED)
    );
    assert_eq!(
        begin(sign, M::ECDSA, Params::Malformed, keys.ec.1),
        Err(Rv::MECHANISM_PARAM_INVALID)
    );
    let encrypt = Call::EncryptInit;
    assert_eq!(
        begin(encrypt, M::AES_CBC, NONE, keys.aes),
        Err(Rv::MECHANISM_PARAM_INVALID)
    );
    assert_eq!(
        begin(encrypt, M::AES_CBC, IV, keys.mac),
        Err(Rv::KEY_TYPE_INCONSISTENT)
    );
    // None of these left an operation behind.
    assert_eq!(begin(encrypt, M::AES_CBC, IV, keys.aes), Ok(()));
}

#[test]
fn a_destroyed_key_is_not_used_again() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let (_, key) = client.generate_ec(session, &[(A::TOKEN, TRUE)]).unwrap();
    client.sign_ecdsa(session, key, &[1; 32]).unwrap();
    client.destroy(session, key).unwrap();
    assert_eq!(
        client.sign_ecdsa(session, key, &[1; 32]),
        Err(Rv::KEY_HANDLE_INVALID)
    );
}
