//! Wrapping and unwrapping (5.18.3, 5.18.4): what goes out, what comes back, and which code says why not.

use std::thread;

use audit::Actor;
use ck::{AttributeType as A, KeyType, MechanismType as M, Mgf, ObjectClass, Params, Rv};
use proto::Call;
use proto::shape::Room;
use store::Fault;

use crate::tests::bench::{
    Bench, Client, FALSE, Got, Out, SO_PIN, TRUE, Template, USER_PIN, class, ulong,
};

const KW: (M, Params<'static>) = (M::AES_KEY_WRAP, Params::None);
const KWP: (M, Params<'static>) = (M::AES_KEY_WRAP_KWP, Params::None);
const OAEP: (M, Params<'static>) = (
    M::RSA_PKCS_OAEP,
    Params::Oaep {
        digest: M::SHA256,
        mgf: Mgf::MGF1_SHA256,
        label: b"a label",
    },
);

/// The key that wraps, the key that is wrapped and the result of RFC 3394, 4.6.
const KEK: [u8; 32] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
    26, 27, 28, 29, 30, 31,
];
const PAYLOAD: [u8; 32] = [
    0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff,
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
];
const WRAPPED: [u8; 40] = [
    0x28, 0xc9, 0xf4, 0x04, 0xc4, 0xb8, 0x10, 0xf4, 0xcb, 0xcc, 0xb3, 0x5c, 0xfb, 0x87, 0xf8, 0x26,
    0x3f, 0x57, 0x86, 0xe2, 0xd8, 0x0e, 0xd3, 0x26, 0xcb, 0xc7, 0xf0, 0xe7, 0x1a, 0x99, 0xf4, 0x3b,
    0xfb, 0x98, 0x8b, 0x9b, 0x7a, 0x02, 0xdd, 0x21,
];

const SECRET: (A, &[u8]) = (A::CLASS, &class(ObjectClass::SECRET_KEY));
const PRIVATE: (A, &[u8]) = (A::CLASS, &class(ObjectClass::PRIVATE_KEY));
const AES: (A, &[u8]) = (A::KEY_TYPE, &KeyType::AES.0.to_le_bytes());
const EXTRACTABLE: (A, &[u8]) = (A::EXTRACTABLE, TRUE);
const KEPT: (A, &[u8]) = (A::EXTRACTABLE, FALSE);

fn import(client: &Client, session: u64, value: &[u8], more: &Template<'_>) -> u64 {
    let template = [&[SECRET, AES, (A::VALUE, value)], more].concat();
    client.create(session, &template).unwrap()
}

fn import_kek(client: &Client, session: u64) -> u64 {
    import(client, session, &KEK, &[(A::WRAP, TRUE), (A::UNWRAP, TRUE)])
}

/// What a key makes of a block: equal for equal keys.
fn fingerprint(client: &Client, session: u64, key: u64) -> Got<Vec<u8>> {
    let mechanism = Some((M::AES_ECB, Params::None));
    client.init(Call::EncryptInit, session, mechanism, key)?;
    client.output(Call::Encrypt, session, &[7; 16])
}

fn is(client: &Client, session: u64, key: u64, id: A) -> bool {
    client.get(session, key, id).unwrap() == TRUE
}

#[test]
fn a_key_goes_out_as_the_standard_says_and_comes_back_sensitive() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let kek = import_kek(&client, session);
    let payload = import(&client, session, &PAYLOAD, &[EXTRACTABLE]);
    assert_eq!(client.wrap(session, KW, kek, payload), Ok(WRAPPED.to_vec()));

    let template = [SECRET, AES, (A::SENSITIVE, FALSE), EXTRACTABLE];
    let key = client
        .unwrap(session, KW, kek, &WRAPPED, &template)
        .unwrap();
    assert_eq!(
        fingerprint(&client, session, key),
        fingerprint(&client, session, payload)
    );
    let flags = [
        (A::LOCAL, false),
        (A::SENSITIVE, true),
        (A::ALWAYS_SENSITIVE, false),
        (A::EXTRACTABLE, true),
        (A::NEVER_EXTRACTABLE, false),
        (A::PRIVATE, true),
    ];
    for (id, expected) in flags {
        assert_eq!(is(&client, session, key, id), expected, "{id}");
    }
    assert_eq!(client.get(session, key, A::VALUE_LEN), Ok(ulong(32)));
    assert_eq!(
        client.get(session, key, A::KEY_GEN_MECHANISM),
        Ok(ulong(u64::MAX))
    );
    assert_eq!(
        client.get(session, key, A::VALUE),
        Err(Rv::ATTRIBUTE_SENSITIVE)
    );
}

#[test]
fn the_length_of_a_wrapped_key_is_told_before_it_is_given() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let kek = import_kek(&client, session);
    let payload = import(&client, session, &PAYLOAD, &[EXTRACTABLE]);
    let wrap = |room| client.wrap_into(session, KW, kek, payload, room);
    assert_eq!(wrap(Room::Query), (Rv::OK, Out::Length(40)));
    assert_eq!(
        wrap(Room::Items(39)),
        (Rv::BUFFER_TOO_SMALL, Out::Length(40))
    );
    assert_eq!(
        wrap(Room::Items(40)),
        (Rv::OK, Out::Bytes(WRAPPED.to_vec()))
    );
}

#[test]
fn the_type_and_the_length_follow_from_the_data_or_must_agree_with_it() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let kek = import_kek(&client, session);
    let unwrap = |template: &Template<'_>| client.unwrap(session, KW, kek, &WRAPPED, template);
    let generic = (A::KEY_TYPE, &KeyType::GENERIC_SECRET.0.to_le_bytes()[..]);
    let key = unwrap(&[SECRET, generic]).unwrap();
    let number = |key, id| client.get(session, key, id).unwrap();
    assert_eq!(number(key, A::KEY_TYPE), ulong(KeyType::GENERIC_SECRET.0));
    assert_eq!(number(key, A::VALUE_LEN), ulong(32));
    let agreed = unwrap(&[SECRET, AES, (A::VALUE_LEN, &ulong(32))]).unwrap();
    assert_eq!(number(agreed, A::VALUE_LEN), ulong(32));
    // 5.18.4: a template says what comes out.
    assert_eq!(unwrap(&[SECRET]), Err(Rv::TEMPLATE_INCOMPLETE));
    assert_eq!(unwrap(&[AES]), Err(Rv::TEMPLATE_INCOMPLETE));
    for (template, rv) in [
        (vec![(A::VALUE_LEN, ulong(16))], Rv::TEMPLATE_INCONSISTENT),
        (vec![(A::CLASS, ulong(2))], Rv::TEMPLATE_INCONSISTENT),
        (vec![(A::CLASS, ulong(3))], Rv::WRAPPED_KEY_INVALID),
        (vec![(A::VALUE, vec![1; 32])], Rv::ATTRIBUTE_READ_ONLY),
        (vec![(A::LOCAL, TRUE.to_vec())], Rv::ATTRIBUTE_READ_ONLY),
        (vec![(A::MODULUS, vec![1])], Rv::TEMPLATE_INCONSISTENT),
    ] {
        let whole = [SECRET, generic].into_iter();
        let mut whole: Vec<_> = whole.filter(|(id, _)| *id != template[0].0).collect();
        whole.extend(template.iter().map(|(id, value)| (*id, value.as_slice())));
        assert_eq!(unwrap(&whole), Err(rv), "{:?}", template[0].0);
    }
}

#[test]
fn a_private_key_comes_back_whole() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let kek = import_kek(&client, session);
    let rsa: [(A, &[u8]); 1] = [(A::MODULUS_BITS, &ulong(2048))];
    let pairs = [
        (
            client.generate_ec(session, &[EXTRACTABLE]).unwrap(),
            M::ECDSA_SHA256,
            vec![A::EC_PARAMS, A::PUBLIC_KEY_INFO],
        ),
        (
            client
                .generate_pair(session, M::RSA_PKCS_KEY_PAIR_GEN, &rsa, &[EXTRACTABLE])
                .unwrap(),
            M::SHA256_RSA_PKCS,
            vec![A::MODULUS, A::PUBLIC_EXPONENT, A::PUBLIC_KEY_INFO],
        ),
    ];
    for ((public, private), mechanism, open) in pairs {
        let wrapped = client.wrap(session, KWP, kek, private).unwrap();
        let key_type = client.get(session, private, A::KEY_TYPE).unwrap();
        let template = [PRIVATE, (A::KEY_TYPE, &key_type), (A::SIGN, TRUE)];
        let key = client
            .unwrap(session, KWP, kek, &wrapped, &template)
            .unwrap();
        for id in open {
            let value = client.get(session, key, id).unwrap();
            assert!(!value.is_empty(), "{id}");
            assert_eq!(Ok(value), client.get(session, private, id), "{id}");
        }
        let hidden = match mechanism {
            M::ECDSA_SHA256 => vec![A::VALUE],
            _ => vec![A::PRIVATE_EXPONENT, A::PRIME_1, A::COEFFICIENT],
        };
        for id in hidden {
            let got = client.get(session, key, id);
            assert_eq!(got, Err(Rv::ATTRIBUTE_SENSITIVE), "{id}");
        }
        let mechanism = Some((mechanism, Params::None));
        client
            .init(Call::SignInit, session, mechanism, key)
            .unwrap();
        let signature = client.output(Call::Sign, session, b"a message").unwrap();
        client
            .init(Call::VerifyInit, session, mechanism, public)
            .unwrap();
        assert_eq!(client.verify(session, b"a message", &signature), Ok(()));
        // Named as something else, it does not come back.
        let other = ulong(if key_type == ulong(0) { 3 } else { 0 });
        let misnamed = [PRIVATE, (A::KEY_TYPE, &other)];
        assert_eq!(
            client.unwrap(session, KWP, kek, &wrapped, &misnamed),
            Err(Rv::TEMPLATE_INCONSISTENT)
        );
    }
}

#[test]
fn a_key_imported_under_rsa_is_kept_under_aes() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let kek = import_kek(&client, session);
    let public: [(A, &[u8]); 4] = [
        (A::MODULUS_BITS, &ulong(2048)),
        (A::WRAP, TRUE),
        (A::VERIFY, FALSE),
        (A::ENCRYPT, FALSE),
    ];
    let private = [(A::UNWRAP, TRUE), (A::SIGN, FALSE), (A::DECRYPT, FALSE)];
    let (public, private) = client
        .generate_pair(session, M::RSA_PKCS_KEY_PAIR_GEN, &public, &private)
        .unwrap();
    let original = import(&client, session, &PAYLOAD, &[EXTRACTABLE]);
    let brought = client.wrap(session, OAEP, public, original).unwrap();
    assert_eq!(brought.len(), 256);
    let template = [SECRET, AES, EXTRACTABLE];
    let inside = client
        .unwrap(session, OAEP, private, &brought, &template)
        .unwrap();
    let kept = client.wrap(session, KWP, kek, inside).unwrap();
    let used = client
        .unwrap(session, KWP, kek, &kept, &[SECRET, AES, KEPT])
        .unwrap();
    assert_eq!(
        fingerprint(&client, session, used),
        fingerprint(&client, session, original)
    );
    // Where CKA_EXTRACTABLE is off it stays.
    assert_eq!(
        client.wrap(session, KWP, kek, used),
        Err(Rv::KEY_UNEXTRACTABLE)
    );
    // OAEP has room for 190 bytes, and for no private key (Mechanisms 6.1.8).
    let (_, ec) = client.generate_ec(session, &[EXTRACTABLE]).unwrap();
    assert_eq!(
        client.wrap(session, OAEP, public, ec),
        Err(Rv::KEY_NOT_WRAPPABLE)
    );
    let long: [(A, &[u8]); 2] = [(A::VALUE_LEN, &ulong(191)), EXTRACTABLE];
    let long = client
        .generate(session, M::GENERIC_SECRET_KEY_GEN, &long)
        .unwrap();
    assert_eq!(
        client.wrap(session, OAEP, public, long),
        Err(Rv::KEY_SIZE_RANGE)
    );
}

#[test]
fn each_refusal_has_its_code() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let kek = import_kek(&client, session);
    let payload = import(&client, session, &PAYLOAD, &[EXTRACTABLE]);
    let (public, private) = client.generate_ec(session, &[EXTRACTABLE]).unwrap();
    let wrap = |mechanism, kek, key| client.wrap(session, mechanism, kek, key).map(drop);
    assert_eq!(wrap(KW, 99, payload), Err(Rv::WRAPPING_KEY_HANDLE_INVALID));
    assert_eq!(wrap(KW, kek, 99), Err(Rv::KEY_HANDLE_INVALID));
    assert_eq!(wrap(KW, kek, public), Err(Rv::KEY_NOT_WRAPPABLE));
    assert_eq!(wrap(KW, kek, kek), Err(Rv::KEY_UNEXTRACTABLE));
    // An EC key's encoding is no multiple of eight bytes.
    assert_eq!(wrap(KW, kek, private), Err(Rv::KEY_SIZE_RANGE));
    assert_eq!(
        wrap(KW, payload, payload),
        Err(Rv::KEY_FUNCTION_NOT_PERMITTED)
    );
    assert_eq!(
        wrap(OAEP, kek, payload),
        Err(Rv::WRAPPING_KEY_TYPE_INCONSISTENT)
    );
    let sha = (M::SHA256, Params::None);
    assert_eq!(wrap(sha, kek, payload), Err(Rv::MECHANISM_INVALID));
    let malformed = (M::AES_KEY_WRAP, Params::Malformed);
    assert_eq!(
        wrap(malformed, kek, payload),
        Err(Rv::MECHANISM_PARAM_INVALID)
    );

    let unwrap = |mechanism, kek, wrapped: &[u8]| {
        client
            .unwrap(session, mechanism, kek, wrapped, &[SECRET, AES])
            .map(drop)
    };
    assert_eq!(
        unwrap(KW, 99, &WRAPPED),
        Err(Rv::UNWRAPPING_KEY_HANDLE_INVALID)
    );
    assert_eq!(
        unwrap(OAEP, kek, &WRAPPED),
        Err(Rv::UNWRAPPING_KEY_TYPE_INCONSISTENT)
    );
    assert_eq!(
        unwrap(KW, payload, &WRAPPED),
        Err(Rv::KEY_FUNCTION_NOT_PERMITTED)
    );
    let mut forged = WRAPPED;
    forged[9] ^= 1;
    assert_eq!(unwrap(KW, kek, &forged), Err(Rv::WRAPPED_KEY_INVALID));
    assert_eq!(
        unwrap(KW, kek, &WRAPPED[..39]),
        Err(Rv::WRAPPED_KEY_LEN_RANGE)
    );
    // A good wrapping around what is no AES key.
    let odd: [(A, &[u8]); 2] = [(A::VALUE_LEN, &ulong(40)), EXTRACTABLE];
    let odd = client
        .generate(session, M::GENERIC_SECRET_KEY_GEN, &odd)
        .unwrap();
    let odd = client.wrap(session, KW, kek, odd).unwrap();
    assert_eq!(unwrap(KW, kek, &odd), Err(Rv::WRAPPED_KEY_INVALID));
}

#[test]
fn only_sessions_that_may_keep_a_key_unwrap_one() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_read_only().unwrap();
    let kek: [(A, &[u8]); 3] = [(A::PRIVATE, FALSE), (A::UNWRAP, TRUE), (A::ENCRYPT, FALSE)];
    let kek = import(&client, session, &KEK, &kek);
    let unwrap = |template: &Template<'_>| {
        client
            .unwrap(session, KW, kek, &WRAPPED, template)
            .map(drop)
    };
    assert_eq!(unwrap(&[SECRET, AES]), Err(Rv::USER_NOT_LOGGED_IN));
    let public = (A::PRIVATE, FALSE);
    assert_eq!(
        unwrap(&[SECRET, AES, public, (A::TOKEN, TRUE)]),
        Err(Rv::SESSION_READ_ONLY)
    );
    assert_eq!(unwrap(&[SECRET, AES, public]), Ok(()));
}

#[test]
fn a_key_that_asks_for_trust_is_wrapped_by_a_trusted_key_only() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open();
    client.login(session, 0, SO_PIN).unwrap();
    let trusted: [(A, &[u8]); 4] = [
        (A::TOKEN, TRUE),
        (A::PRIVATE, FALSE),
        (A::WRAP, TRUE),
        (A::UNWRAP, TRUE),
    ];
    let kek = import(&client, session, &KEK, &trusted);
    client.set(session, kek, &[(A::TRUSTED, TRUE)]).unwrap();
    client.logout(session).unwrap();
    client.login(session, 1, USER_PIN).unwrap();
    let untrusted = import_kek(&client, session);
    let asking = [EXTRACTABLE, (A::WRAP_WITH_TRUSTED, TRUE)];
    let payload = import(&client, session, &PAYLOAD, &asking);
    assert_eq!(
        client.wrap(session, KW, untrusted, payload),
        Err(Rv::KEY_NOT_WRAPPABLE)
    );
    assert_eq!(client.wrap(session, KW, kek, payload), Ok(WRAPPED.to_vec()));
    // What comes back under it asks for trust again, whatever its template says.
    let free = [SECRET, AES, EXTRACTABLE, (A::WRAP_WITH_TRUSTED, FALSE)];
    let back = client.unwrap(session, KW, kek, &WRAPPED, &free).unwrap();
    assert!(is(&client, session, back, A::WRAP_WITH_TRUSTED));
    assert_eq!(
        client.wrap(session, KW, untrusted, back),
        Err(Rv::KEY_NOT_WRAPPABLE)
    );
    let back = client.unwrap(session, KW, untrusted, &WRAPPED, &free);
    assert!(!is(&client, session, back.unwrap(), A::WRAP_WITH_TRUSTED));
}

#[test]
fn who_wrapped_which_key_under_which_is_logged() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let kek = import_kek(&client, session);
    let payload = import(&client, session, &PAYLOAD, &[EXTRACTABLE]);
    let wraps = || {
        let events = bench.events().into_iter();
        let named = events.filter(|event| event.operation.as_str() == "C_WrapKey");
        named.collect::<Vec<_>>()
    };
    // Neither a question for the length nor a refusal lets a key out.
    client.wrap_into(session, KW, kek, payload, Room::Query);
    client.wrap_into(session, KW, kek, payload, Room::Items(39));
    client.wrap(session, KW, kek, kek).unwrap_err();
    assert_eq!(wraps().len(), 0);
    client.wrap(session, KW, kek, payload).unwrap();
    let logged = wraps();
    assert_eq!(logged.len(), 1);
    let event = &logged[0];
    let name = |key| String::from_utf8(client.get(session, key, A::UNIQUE_ID).unwrap()).unwrap();
    assert_eq!(event.actor, Actor::User);
    let object = crate::identifier::ObjectId(event.object.unwrap()).to_string();
    assert_eq!(object, name(payload));
    let detail = format!("by CKM_AES_KEY_WRAP under {}", name(kek));
    assert_eq!(event.detail.as_ref().unwrap().to_string(), detail);
    // What cannot be logged does not leave.
    bench.store.fail_commit(1, Fault::BeforeApplying);
    assert_eq!(
        client.wrap_into(session, KW, kek, payload, Room::Items(40)),
        (Rv::DEVICE_ERROR, Out::Nothing)
    );
}

#[test]
fn no_key_of_the_token_undoes_its_own_wrapping() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let payload = import(&client, session, &PAYLOAD, &[EXTRACTABLE]);
    let wraps = import(
        &client,
        session,
        &KEK,
        &[(A::WRAP, TRUE), (A::DECRYPT, TRUE)],
    );
    let unwraps = import(
        &client,
        session,
        &KEK,
        &[(A::UNWRAP, TRUE), (A::ENCRYPT, TRUE)],
    );
    let no = Rv::KEY_FUNCTION_NOT_PERMITTED;
    assert_eq!(client.wrap(session, KW, wraps, payload), Err(no));
    let back = client.unwrap(session, KW, unwraps, &WRAPPED, &[SECRET, AES]);
    assert_eq!(back, Err(no));
}

#[test]
fn in_strict_a_key_leaves_under_the_key_that_the_security_officer_trusts() {
    let bench = Bench::strict();
    let client = bench.client();
    let session = client.open_user();
    let make = |length: u64, more: &Template<'_>| {
        let length = ulong(length);
        let template = [&[(A::VALUE_LEN, length.as_slice())], more].concat();
        client.generate(session, M::AES_KEY_GEN, &template)
    };
    let purposes = [(A::WRAP, TRUE), (A::UNWRAP, TRUE)];
    let shown = [(A::TOKEN, TRUE), (A::PRIVATE, FALSE)];
    let kek = [&purposes[..], &shown].concat();
    let (short, long) = (make(16, &kek).unwrap(), make(32, &kek).unwrap());
    assert_eq!(make(32, &[EXTRACTABLE]), Err(Rv::TEMPLATE_INCONSISTENT));
    let asking = [EXTRACTABLE, (A::WRAP_WITH_TRUSTED, TRUE)];
    let payload = make(32, &asking).unwrap();
    assert_eq!(
        client.wrap(session, KW, long, payload),
        Err(Rv::KEY_NOT_WRAPPABLE)
    );
    client.logout(session).unwrap();
    client.login(session, 0, SO_PIN).unwrap();
    for kek in [short, long] {
        client.set(session, kek, &[(A::TRUSTED, TRUE)]).unwrap();
    }
    client.logout(session).unwrap();
    client.login(session, 1, USER_PIN).unwrap();
    // The logout ended the session object that was to be wrapped.
    let payload = make(32, &asking).unwrap();
    let wrapped = client.wrap(session, KW, long, payload).unwrap();
    assert_eq!(
        client.wrap(session, KW, short, payload),
        Err(Rv::KEY_NOT_WRAPPABLE)
    );
    let back = [SECRET, AES];
    let back = client.unwrap(session, KW, long, &wrapped, &back).unwrap();
    assert_eq!(
        fingerprint(&client, session, back),
        fingerprint(&client, session, payload)
    );
    assert_eq!(
        client.wrap(session, KW, long, back),
        Err(Rv::KEY_UNEXTRACTABLE)
    );
}

#[test]
fn a_session_object_serves_all_sessions_until_its_own_ends() {
    let bench = Bench::compat();
    let client = bench.client();
    let owner = client.open_user();
    let kek = import_kek(&client, owner);
    let keys: Vec<u64> = (0..8)
        .map(|_| {
            client
                .unwrap(owner, KW, kek, &WRAPPED, &[SECRET, AES])
                .unwrap()
        })
        .collect();
    let expected = fingerprint(&client, owner, keys[0]).unwrap();
    let others: Vec<u64> = (0..8).map(|_| client.open()).collect();
    thread::scope(|scope| {
        for session in &others {
            scope.spawn(|| {
                for key in keys.iter().cycle().take(200) {
                    let found = fingerprint(&client, *session, *key);
                    assert_eq!(found.as_ref(), Ok(&expected));
                }
            });
        }
    });
    let stranger = bench.client();
    let theirs = stranger.open_user();
    assert_eq!(
        fingerprint(&stranger, theirs, keys[0]),
        Err(Rv::KEY_HANDLE_INVALID)
    );
    // What another session destroys is gone for all.
    client.destroy(others[0], keys[0]).unwrap();
    assert_eq!(
        fingerprint(&client, owner, keys[0]),
        Err(Rv::KEY_HANDLE_INVALID)
    );
    client.close_session(owner).unwrap();
    for key in keys {
        assert_eq!(
            fingerprint(&client, others[1], key),
            Err(Rv::KEY_HANDLE_INVALID)
        );
    }
}
