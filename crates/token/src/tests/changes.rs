//! What an existing key, or its copy, may become (security requirement R2): no key undoes what it did.

use ck::{AttributeType as A, MechanismType as M, Params, Rv};

use crate::tests::bench::{Bench, Client, FALSE, Got, TRUE, Template, USER_PIN};

const KW: (M, Params<'static>) = (M::AES_KEY_WRAP, Params::None);
const READ_ONLY: Rv = Rv::ATTRIBUTE_READ_ONLY;

/// The purposes that undo each other, one way and the other.
const OPPOSITES: [(A, A); 4] = [
    (A::WRAP, A::DECRYPT),
    (A::DECRYPT, A::WRAP),
    (A::UNWRAP, A::ENCRYPT),
    (A::ENCRYPT, A::UNWRAP),
];

/// Makes an AES key with these purposes, and no others.
fn key(client: &Client, session: u64, purposes: &[A]) -> u64 {
    let all = [A::ENCRYPT, A::DECRYPT, A::WRAP, A::UNWRAP];
    let flag = |id: A| (id, if purposes.contains(&id) { TRUE } else { FALSE });
    client.generate_aes(session, &all.map(flag)).unwrap()
}

#[test]
fn no_key_gets_a_purpose_that_undoes_one_it_has() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    for (has, gets) in OPPOSITES {
        let more: &Template<'_> = &[(gets, TRUE)];
        let instead: &Template<'_> = &[(has, FALSE), (gets, TRUE)];
        for template in [more, instead] {
            let key = key(&client, session, &[has]);
            assert_eq!(client.set(session, key, template), Err(READ_ONLY), "{gets}");
            assert_eq!(
                client.copy(session, key, template),
                Err(READ_ONLY),
                "{gets}"
            );
        }
    }
}

#[test]
fn no_key_gets_a_purpose_that_undoes_one_it_had() {
    let mut bench = Bench::compat();
    for (had, gets) in OPPOSITES {
        let client = bench.client();
        let session = client.open_user();
        let kept = [(A::TOKEN, TRUE), (A::LABEL, b"kept")];
        let made = key(&client, session, &[had]);
        let stored = client.copy(session, made, &kept).unwrap();
        client.set(session, stored, &[(had, FALSE)]).unwrap();
        let copied = client.copy(session, made, &[(had, FALSE)]).unwrap();
        let again = client.copy(session, copied, &[]).unwrap();
        for key in [stored, copied, again] {
            let result = client.set(session, key, &[(gets, TRUE)]);
            assert_eq!(result, Err(READ_ONLY), "{gets}");
            // It may get back what it had.
            let back = [(had, TRUE), (A::TOKEN, FALSE)];
            assert!(client.copy(session, key, &back).is_ok(), "{had}");
        }
        // The token remembers it beyond a restart, and tells nobody.
        bench.restart();
        let client = bench.client();
        let session = client.open();
        client.login(session, 1, USER_PIN).unwrap();
        let found = client.find(session, &[(A::LABEL, b"kept")]).unwrap();
        let result = client.set(session, found[0], &[(gets, TRUE)]);
        assert_eq!(result, Err(READ_ONLY), "{gets}");
        let own = A(0x8000_0000_0000_0001);
        let told = client.get(session, found[0], own);
        assert_eq!(told, Err(Rv::ATTRIBUTE_TYPE_INVALID));
        client.destroy(session, found[0]).unwrap();
    }
}

#[test]
fn purposes_that_undo_nothing_may_come_and_go() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    for (has, gets) in [
        (A::ENCRYPT, A::DECRYPT),
        (A::WRAP, A::UNWRAP),
        (A::WRAP, A::ENCRYPT),
        (A::UNWRAP, A::DECRYPT),
        (A::ENCRYPT, A::SIGN),
    ] {
        let key = key(&client, session, &[has]);
        let change = [(has, FALSE), (gets, TRUE)];
        assert_eq!(client.set(session, key, &change), Ok(()), "{gets}");
        assert_eq!(client.set(session, key, &[(has, TRUE)]), Ok(()), "{has}");
    }
}

#[test]
fn a_copy_that_kept_decrypting_does_not_open_what_its_twin_wraps() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let wraps = key(&client, session, &[A::WRAP, A::DECRYPT]);
    let decrypts = client.copy(session, wraps, &[(A::WRAP, FALSE)]).unwrap();
    client.set(session, wraps, &[(A::DECRYPT, FALSE)]).unwrap();
    let payload = client
        .generate_aes(session, &[(A::EXTRACTABLE, TRUE)])
        .unwrap();
    assert_eq!(
        client.wrap(session, KW, wraps, payload),
        Err(Rv::KEY_FUNCTION_NOT_PERMITTED)
    );
    assert_eq!(client.get(session, decrypts, A::DECRYPT).unwrap(), TRUE);
}

#[test]
fn the_copy_of_a_key_that_is_not_modifiable_does_no_more() {
    for bench in [Bench::compat(), Bench::strict()] {
        let client = bench.client();
        let session = client.open_user();
        let fixed = client
            .generate_aes(
                session,
                &[
                    (A::ENCRYPT, TRUE),
                    (A::DECRYPT, FALSE),
                    (A::MODIFIABLE, FALSE),
                ],
            )
            .unwrap();
        let copy = |template: &Template<'_>| -> Got<()> {
            client.copy(session, fixed, template).map(drop)
        };
        assert_eq!(copy(&[(A::DECRYPT, TRUE)]), Err(READ_ONLY));
        assert_eq!(copy(&[(A::MODIFIABLE, TRUE)]), Err(READ_ONLY));
        assert_eq!(copy(&[(A::END_DATE, b"20991231")]), Err(READ_ONLY));
        assert_eq!(copy(&[]), Ok(()));
        assert_eq!(copy(&[(A::LABEL, b"twin"), (A::END_DATE, b"")]), Ok(()));
        assert_eq!(copy(&[(A::TOKEN, TRUE), (A::MODIFIABLE, FALSE)]), Ok(()));
    }
}
