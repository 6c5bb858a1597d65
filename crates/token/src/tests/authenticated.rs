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
