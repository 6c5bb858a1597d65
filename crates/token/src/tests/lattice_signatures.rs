//! ML-DSA and HashML-DSA in a token (3.2, Mechanisms 6.67).

use ck::{AttributeType as A, Hedge, KeyType, MechanismType as M, ObjectClass, Params, Rv};
use proto::Call;

use crate::tests::bench::{Bench, Client, TRUE, class, ulong};

fn pair(client: &Client, session: u64, set: u64, private: &[(A, &[u8])]) -> (u64, u64) {
    let set = ulong(set);
    let public = [(A::PARAMETER_SET, set.as_slice())];
    client
        .generate_pair(session, M::ML_DSA_KEY_PAIR_GEN, &public, private)
        .unwrap()
}

fn given(digest: M) -> Params<'static> {
    Params::SignContext {
        hedge: Hedge::HEDGE_REQUIRED,
        context: b"context",
        digest: Some(digest),
    }
}

#[test]
fn a_message_is_signed_whole_or_in_parts_by_every_parameter_set() {
    let bench = Bench::strict();
    let client = bench.client();
    let session = client.open_user();
    for (set, len) in [(1, 2420), (2, 3309), (3, 4627)] {
        let (public, private) = pair(&client, session, set, &[]);
        let mechanism = Some((M::ML_DSA, Params::None));
        client
            .init(Call::SignInit, session, mechanism, private)
            .unwrap();
        let signature = client.output(Call::Sign, session, b"a message").unwrap();
        assert_eq!(signature.len(), len);
        client
            .init(Call::VerifyInit, session, mechanism, public)
            .unwrap();
        for part in [&b"a me"[..], b"ssage"] {
            client.output(Call::VerifyUpdate, session, part).unwrap();
        }
        assert_eq!(client.verify_final(session, &signature), Ok(()));
        client
            .init(Call::VerifyInit, session, mechanism, public)
            .unwrap();
        let other = client.verify(session, b"b message", &signature);
        assert_eq!(other, Err(Rv::SIGNATURE_INVALID));
    }
}

#[test]
fn strict_signs_no_digest_that_is_weaker_than_the_key() {
    for (bench, strict) in [(Bench::strict(), true), (Bench::compat(), false)] {
        let client = bench.client();
        let session = client.open_user();
        let refused = |rv| if strict { Err(rv) } else { Ok(()) };
        for (set, weak, strong) in [
            (1, M::SHA3_224, M::SHA256),
            (2, M::SHA256, M::SHA384),
            (3, M::SHA384, M::SHA3_512),
        ] {
            let (public, private) = pair(&client, session, set, &[]);
            let start = |call, key, digest| {
                let mechanism = Some((M::HASH_ML_DSA, given(digest)));
                client.init(call, session, mechanism, key).inspect(|()| {
                    client.init(call, session, None, key).unwrap();
                })
            };
            let weakly = start(Call::SignInit, private, weak);
            assert_eq!(weakly, refused(Rv::MECHANISM_PARAM_INVALID));
            assert_eq!(start(Call::SignInit, private, strong), Ok(()));
            assert_eq!(start(Call::VerifyInit, public, weak), Ok(()));
        }
        let (_, private) = pair(&client, session, 3, &[]);
        let mechanism = Some((M::HASH_ML_DSA_SHA256, Params::None));
        let weakly = client.init(Call::SignInit, session, mechanism, private);
        assert_eq!(weakly, refused(Rv::MECHANISM_PARAM_INVALID));
    }
}

#[test]
fn a_key_pair_travels_wrapped_and_comes_back_with_its_seed() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let (public, private) = pair(&client, session, 2, &[(A::EXTRACTABLE, TRUE)]);
    let purposes = [(A::WRAP, TRUE), (A::UNWRAP, TRUE)];
    let kek = client.generate_aes(session, &purposes).unwrap();
    let kwp = (M::AES_KEY_WRAP_KWP, Params::None);
    let wrapped = client.wrap(session, kwp, kek, private).unwrap();
    let kind = KeyType::ML_DSA.0.to_le_bytes();
    let template: [(A, &[u8]); 2] = [
        (A::CLASS, &class(ObjectClass::PRIVATE_KEY)),
        (A::KEY_TYPE, &kind),
    ];
    let back = client
        .unwrap(session, kwp, kek, &wrapped, &template)
        .unwrap();
    for id in [A::PARAMETER_SET, A::PUBLIC_KEY_INFO] {
        let value = client.get(session, back, id).unwrap();
        assert!(!value.is_empty(), "{id}");
        assert_eq!(Ok(value), client.get(session, public, id), "{id}");
    }
    let again = client.wrap(session, kwp, kek, back).unwrap();
    assert_eq!(again, wrapped);
    let other = [template[0], (A::KEY_TYPE, &KeyType::ML_KEM.0.to_le_bytes())];
    let refused = client.unwrap(session, kwp, kek, &wrapped, &other);
    assert_eq!(refused, Err(Rv::TEMPLATE_INCONSISTENT));
}
