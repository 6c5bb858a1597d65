//! Wrapping keys with data that is authenticated beside them (3.2, 5.18.6, 5.18.7).

use ck::{AttributeType as A, KeyType, MechanismType as M, Mgf, ObjectClass, Params, Rv};
use proto::shape::{Answer, MechanismArgument, ObjectHandle, Room, Sealed};
use proto::{Call, Handler};

use crate::tests::bench::{
    Bench, Client, FALSE, Got, Out, SO_PIN, TRUE, USER_PIN, attributes, class,
};

const DATA: &[u8] = b"associated";

fn aead<'a>(nonce: &'a [u8], generator: Mgf, tag: Option<&'a [u8]>) -> Params<'a> {
    Params::Aead {
        nonce,
        fixed_bits: 0,
        generator,
        data_len: 0,
        aad: &[],
        tag,
        tag_bits: 128,
    }
}

struct Wrapped {
    bytes: Vec<u8>,
    nonce: Vec<u8>,
    tag: Vec<u8>,
}

fn wrap_into(
    client: &Client,
    session: u64,
    (id, params): (M, Params<'_>),
    (wrapping, key): (u64, u64),
    room: Room,
) -> (Rv, Out, Sealed) {
    let (mut answer, mut sealed) = (Answer::new(room), Sealed::default());
    let (wrapping, key) = (ObjectHandle(wrapping), ObjectHandle(key));
    let result = client.call(Call::WrapKeyAuthenticated, session, |caller, session| {
        let mechanism = (Some(MechanismArgument { id, params }), &mut sealed);
        caller.wrap_key_authenticated(session, mechanism, wrapping, key, DATA, &mut answer)
    });
    (result.err().unwrap_or(Rv::OK), Out::of(&answer), sealed)
}

fn wrap(
    client: &Client,
    session: u64,
    mechanism: (M, Params<'_>),
    keys: (u64, u64),
) -> Got<Wrapped> {
    match wrap_into(client, session, mechanism, keys, Room::Items(4096)) {
        (Rv::OK, Out::Bytes(bytes), Sealed { nonce, tag }) => Ok(Wrapped { bytes, nonce, tag }),
        (rv, ..) => Err(rv),
    }
}

fn unwrap(
    client: &Client,
    session: u64,
    (id, params): (M, Params<'_>),
    unwrapping: u64,
    wrapped: &[u8],
    data: &[u8],
) -> Got<u64> {
    let mut key = None;
    let kind = KeyType::AES.0.to_le_bytes();
    let template: [(A, &[u8]); 4] = [
        (A::CLASS, &class(ObjectClass::SECRET_KEY)),
        (A::KEY_TYPE, &kind),
        (A::ENCRYPT, TRUE),
        (A::DECRYPT, TRUE),
    ];
    client.call(Call::UnwrapKeyAuthenticated, session, |caller, session| {
        let argument = Some(MechanismArgument { id, params });
        let unwrapping = ObjectHandle(unwrapping);
        let template = attributes(&template);
        caller.unwrap_key_authenticated(
            session, argument, unwrapping, wrapped, &template, data, &mut key,
        )
    })?;
    Ok(key.unwrap())
}

/// Generates a key that wraps, which the security officer trusts.
fn trusted_key(client: &Client) -> (u64, u64) {
    let session = client.open_user();
    let template = [
        (A::WRAP, TRUE),
        (A::UNWRAP, TRUE),
        (A::TOKEN, TRUE),
        (A::PRIVATE, FALSE),
    ];
    let kek = client.generate_aes(session, &template).unwrap();
    client.logout(session).unwrap();
    client.login(session, 0, SO_PIN).unwrap();
    client.set(session, kek, &[(A::TRUSTED, TRUE)]).unwrap();
    client.logout(session).unwrap();
    client.login(session, 1, USER_PIN).unwrap();
    (session, kek)
}

fn check_value(client: &Client, session: u64, key: u64) -> Vec<u8> {
    client.get(session, key, A::CHECK_VALUE).unwrap()
}

#[test]
fn a_key_comes_back_with_its_tag_beside_or_behind_it() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let kek = client
        .generate_aes(session, &[(A::WRAP, TRUE), (A::UNWRAP, TRUE)])
        .unwrap();
    let key = client
        .generate_aes(session, &[(A::EXTRACTABLE, TRUE)])
        .unwrap();
    let expected = check_value(&client, session, key);
    for id in [M::AES_GCM, M::AES_CCM] {
        for generator in [Mgf::NO_GENERATE, Mgf::GENERATE, Mgf::GENERATE_RANDOM] {
            for beside in [true, false] {
                let given = [5; 12];
                let tag = beside.then_some(&[][..]);
                let mechanism = (id, aead(&given, generator, tag));
                let wrapped = wrap(&client, session, mechanism, (kek, key)).unwrap();
                let fresh = generator != Mgf::NO_GENERATE;
                assert_eq!(wrapped.nonce.len(), if fresh { 12 } else { 0 });
                assert_eq!(wrapped.tag.len(), if beside { 16 } else { 0 });
                assert_eq!(wrapped.bytes.len(), if beside { 32 } else { 48 });
                let nonce = if fresh { &wrapped.nonce } else { &given[..] };
                assert!(!fresh || nonce != given);
                let tag = beside.then_some(wrapped.tag.as_slice());
                let mechanism = (id, aead(nonce, generator, tag));
                let open = |bytes: &[u8], data: &[u8]| {
                    unwrap(&client, session, mechanism, kek, bytes, data)
                };
                let back = open(&wrapped.bytes, DATA).unwrap();
                assert_eq!(check_value(&client, session, back), expected);
                let refused = Err(Rv::WRAPPED_KEY_INVALID);
                assert_eq!(open(&wrapped.bytes, b"other"), refused);
                let mut changed = wrapped.bytes.clone();
                changed[3] ^= 1;
                assert_eq!(open(&changed, DATA), refused);
            }
        }
    }
}

#[test]
fn nothing_but_the_length_comes_out_without_room() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let kek = client.generate_aes(session, &[(A::WRAP, TRUE)]).unwrap();
    let key = client
        .generate_aes(session, &[(A::EXTRACTABLE, TRUE)])
        .unwrap();
    let mechanism = (M::AES_GCM, aead(&[0; 12], Mgf::GENERATE, Some(&[])));
    for (room, rv) in [
        (Room::Query, Rv::OK),
        (Room::Items(31), Rv::BUFFER_TOO_SMALL),
    ] {
        let (got, out, sealed) = wrap_into(&client, session, mechanism, (kek, key), room);
        assert_eq!((got, out), (rv, Out::Length(32)));
        assert!(sealed.nonce.is_empty() && sealed.tag.is_empty());
    }
}

#[test]
fn what_is_no_authenticated_encryption_is_refused() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let kek = client.generate_aes(session, &[(A::WRAP, TRUE)]).unwrap();
    let key = client
        .generate_aes(session, &[(A::EXTRACTABLE, TRUE)])
        .unwrap();
    let try_wrap = |mechanism| wrap(&client, session, mechanism, (kek, key)).map(drop);
    let tried = try_wrap((M::AES_KEY_WRAP, Params::None));
    assert_eq!(tried, Err(Rv::MECHANISM_INVALID));
    let counter = aead(&[0; 12], Mgf::GENERATE_COUNTER, None);
    let aside = Params::Gcm {
        iv: &[0; 12],
        aad: &[],
        tag_bits: 128,
    };
    for params in [counter, aside, Params::None, Params::Malformed] {
        let tried = try_wrap((M::AES_GCM, params));
        assert_eq!(tried, Err(Rv::MECHANISM_PARAM_INVALID), "{params:?}");
    }
}

#[test]
fn trusted_keys_and_strict_wrap_by_a_nonce_of_the_tokens_alone() {
    for bench in [Bench::strict(), Bench::compat()] {
        let client = bench.client();
        let (session, kek) = trusted_key(&client);
        let leaving = [
            (A::EXTRACTABLE, TRUE),
            (A::WRAP_WITH_TRUSTED, TRUE),
            (A::DERIVE, FALSE),
        ];
        let key = client.generate_aes(session, &leaving).unwrap();
        let fresh = (M::AES_GCM, aead(&[0; 12], Mgf::GENERATE, None));
        assert!(wrap(&client, session, fresh, (kek, key)).is_ok());
        let chosen = (M::AES_GCM, aead(&[0; 12], Mgf::NO_GENERATE, None));
        let refused = wrap(&client, session, chosen, (kek, key)).map(drop).err();
        assert!(matches!(
            refused,
            Some(Rv::MECHANISM_INVALID | Rv::KEY_NOT_WRAPPABLE)
        ));
    }
    let bench = Bench::strict();
    let client = bench.client();
    let (session, kek) = trusted_key(&client);
    let leaving = [(A::EXTRACTABLE, TRUE), (A::WRAP_WITH_TRUSTED, TRUE)];
    let key = client.generate_aes(session, &leaving).unwrap();
    let weak = [
        aead(&[0; 11], Mgf::GENERATE, None),
        Params::Aead {
            nonce: &[0; 12],
            fixed_bits: 8,
            generator: Mgf::GENERATE,
            data_len: 0,
            aad: &[],
            tag: None,
            tag_bits: 128,
        },
    ];
    for params in weak {
        let tried = wrap(&client, session, (M::AES_GCM, params), (kek, key)).map(drop);
        assert_eq!(tried, Err(Rv::MECHANISM_PARAM_INVALID), "{params:?}");
    }
}

#[test]
fn a_plain_wrap_has_a_nonce_of_the_tokens_own() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let template = [(A::WRAP, TRUE), (A::UNWRAP, TRUE)];
    let kek = client.generate_aes(session, &template).unwrap();
    let leaving = [(A::EXTRACTABLE, TRUE)];
    let key = client.generate_aes(session, &leaving).unwrap();
    let expected = check_value(&client, session, key);
    let wrap = |mechanism, room| client.wrap_with_nonce(session, mechanism, (kek, key), room);
    let kind = KeyType::AES.0.to_le_bytes();
    let class = class(ObjectClass::SECRET_KEY);
    let template: [(A, &[u8]); 2] = [(A::CLASS, &class), (A::KEY_TYPE, &kind)];
    for id in [M::AES_GCM, M::AES_CCM] {
        let given = aead(&[5; 12], Mgf::GENERATE_RANDOM, None);
        // A question for the length makes no nonce.
        let (rv, out, sealed) = wrap((id, given), Room::Query);
        assert_eq!((rv, out), (Rv::OK, Out::Length(48)));
        assert!(sealed.nonce.is_empty());
        let mut seen = Vec::new();
        for _ in 0..2 {
            let (_, out, Sealed { nonce, tag }) = wrap((id, given), Room::Items(48));
            let Out::Bytes(bytes) = out else {
                panic!("{id}: {out:?}");
            };
            assert_eq!((bytes.len(), nonce.len(), tag.len()), (48, 12, 0));
            // Both structures tell the same: the one for wrapping, and the one that all of the mechanism share.
            let plain = match id {
                M::AES_GCM => Params::Gcm {
                    iv: &nonce,
                    aad: &[],
                    tag_bits: 128,
                },
                _ => Params::Ccm {
                    data_len: 32,
                    nonce: &nonce,
                    aad: &[],
                    mac_len: 16,
                },
            };
            for params in [aead(&nonce, Mgf::NO_GENERATE, None), plain] {
                let back = client.unwrap(session, (id, params), kek, &bytes, &template);
                assert_eq!(check_value(&client, session, back.unwrap()), expected);
            }
            seen.push(nonce);
        }
        assert_ne!(seen[0], seen[1]);
        // A tag beside the wrapped key is for the calls of 3.2.
        let beside = aead(&[5; 12], Mgf::GENERATE, Some(&[]));
        let (rv, ..) = wrap((id, beside), Room::Items(48));
        assert_eq!(rv, Rv::MECHANISM_PARAM_INVALID);
    }
}

#[test]
fn in_strict_a_plain_wrap_by_gcm_has_the_tokens_nonce_or_is_none() {
    let bench = Bench::strict();
    let client = bench.client();
    let (session, kek) = trusted_key(&client);
    let leaving = [(A::EXTRACTABLE, TRUE), (A::WRAP_WITH_TRUSTED, TRUE)];
    let key = client.generate_aes(session, &leaving).unwrap();
    let wrap = |nonce, generator| {
        let mechanism = (M::AES_GCM, aead(nonce, generator, None));
        client.wrap_with_nonce(session, mechanism, (kek, key), Room::Items(48))
    };
    let (rv, _, sealed) = wrap(&[0; 12], Mgf::GENERATE);
    assert_eq!((rv, sealed.nonce.len()), (Rv::OK, 12));
    assert_ne!(wrap(&[0; 12], Mgf::NO_GENERATE).0, Rv::OK);
    assert_ne!(wrap(&[0; 11], Mgf::GENERATE).0, Rv::OK);
}
