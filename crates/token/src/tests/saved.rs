//! Saved states of operations (5.6.6, 5.6.7).

use ck::{AttributeType as A, MechanismType as M, Params, Rv};
use proto::shape::{ObjectHandle, Room};
use proto::{Call, Handler};

use crate::tests::bench::{Bench, Client, FALSE, Got, Out, TRUE, USER_PIN, ulong};

const NONE: Params<'static> = Params::None;
const HMAC: Option<(M, Params<'static>)> = Some((M::SHA256_HMAC, NONE));

fn save(client: &Client, session: u64) -> Got<Vec<u8>> {
    client.output(Call::GetOperationState, session, b"")
}

fn restore(client: &Client, session: u64, state: &[u8], keys: (u64, u64)) -> Got<()> {
    client.call(Call::SetOperationState, session, |caller, session| {
        caller.set_operation_state(session, state, ObjectHandle(keys.0), ObjectHandle(keys.1))
    })
}

fn mac_key(client: &Client, session: u64, template: &[(A, &[u8])]) -> u64 {
    let length = ulong(32);
    let template = [&[(A::VALUE_LEN, length.as_slice())][..], template].concat();
    client
        .generate(session, M::GENERIC_SECRET_KEY_GEN, &template)
        .unwrap()
}

fn start_digest(client: &Client, session: u64, mechanism: M) {
    let mechanism = Some((mechanism, NONE));
    client
        .init(Call::DigestInit, session, mechanism, 0)
        .unwrap();
    client
        .output(Call::DigestUpdate, session, b"a mess")
        .unwrap();
}

/// Gives the rest of `a message` and ends the digest.
fn rest(client: &Client, session: u64) -> Got<Vec<u8>> {
    client.output(Call::DigestUpdate, session, b"age")?;
    client.output(Call::DigestFinal, session, b"")
}

fn digest(client: &Client, session: u64, mechanism: M) -> Vec<u8> {
    client
        .init(Call::DigestInit, session, Some((mechanism, NONE)), 0)
        .unwrap();
    client.output(Call::Digest, session, b"a message").unwrap()
}

#[test]
fn a_digest_goes_on_elsewhere_and_here() {
    let bench = Bench::strict();
    let client = bench.client();
    let (session, other) = (client.open(), client.open());
    for mechanism in [M::SHA_1, M::SHA256, M::SHA512, M::SHA3_256] {
        let whole = digest(&client, session, mechanism);
        start_digest(&client, session, mechanism);
        let state = save(&client, session).unwrap();
        // The state is brought back in the place of whatever goes on, and as often as one likes.
        for _ in 0..2 {
            start_digest(&client, other, M::SHA384);
            restore(&client, other, &state, (0, 0)).unwrap();
            assert_eq!(rest(&client, other).as_ref(), Ok(&whole), "{mechanism}");
        }
        assert_eq!(rest(&client, session), Ok(whole), "{mechanism}");
    }
}

#[test]
fn saving_asks_for_room_and_for_an_operation() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let run = |room| client.run(Call::GetOperationState, session, b"", room);
    assert_eq!(run(Room::Query).0, Rv::OPERATION_NOT_INITIALIZED);
    start_digest(&client, session, M::SHA256);
    assert_eq!(run(Room::Query), (Rv::OK, Out::Length(32)));
    let short = (Rv::BUFFER_TOO_SMALL, Out::Length(32));
    assert_eq!(run(Room::Items(31)), short);
    assert_eq!(run(Room::Items(32)).0, Rv::OK);
    // A cipher cannot be saved, nor a digest beside one.
    let aes = client.generate_aes(session, &[]).unwrap();
    let cbc = Some((M::AES_CBC, Params::Bytes(&[0; 16])));
    client.init(Call::EncryptInit, session, cbc, aes).unwrap();
    assert_eq!(run(Room::Query).0, Rv::STATE_UNSAVEABLE);
}

#[test]
fn what_was_never_given_is_no_state() {
    let bench = Bench::compat();
    let (client, stranger) = (bench.client(), bench.client());
    let session = client.open();
    start_digest(&client, session, M::SHA256);
    let state = save(&client, session).unwrap();
    let mut forged = state.clone();
    forged[31] ^= 1;
    let invalid = Err(Rv::SAVED_STATE_INVALID);
    for wrong in [
        &forged[..],
        &state[..16],
        &[state.as_slice(), &[0]].concat(),
        b"",
    ] {
        assert_eq!(restore(&client, session, wrong, (0, 0)), invalid);
    }
    // Another application has no use for it.
    let elsewhere = stranger.open();
    assert_eq!(restore(&stranger, elsewhere, &state, (0, 0)), invalid);
    // A state that is refused changes nothing.
    assert!(rest(&client, session).is_ok());
}

#[test]
fn the_oldest_state_gives_way() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open();
    start_digest(&client, session, M::SHA256);
    let first = save(&client, session).unwrap();
    let second = save(&client, session).unwrap();
    for _ in 0..1_023 {
        save(&client, session).unwrap();
    }
    let gone = restore(&client, session, &first, (0, 0));
    assert_eq!(gone, Err(Rv::SAVED_STATE_INVALID));
    assert_eq!(restore(&client, session, &second, (0, 0)), Ok(()));
}

#[test]
fn a_mac_goes_on_with_its_key_only() {
    let bench = Bench::compat();
    let client = bench.client();
    let (session, other) = (client.open_user(), client.open());
    let key = mac_key(&client, session, &[]);
    let wrong = mac_key(&client, session, &[]);
    client.init(Call::SignInit, session, HMAC, key).unwrap();
    let whole = client.output(Call::Sign, session, b"a message").unwrap();
    client.init(Call::SignInit, session, HMAC, key).unwrap();
    client.output(Call::SignUpdate, session, b"a mess").unwrap();
    let state = save(&client, session).unwrap();
    for (keys, rv) in [
        ((0, 0), Err(Rv::KEY_NEEDED)),
        ((0, wrong), Err(Rv::KEY_CHANGED)),
        ((0, 77_777), Err(Rv::KEY_HANDLE_INVALID)),
        ((key, key), Err(Rv::KEY_NOT_NEEDED)),
        ((0, key), Ok(())),
    ] {
        assert_eq!(restore(&client, other, &state, keys), rv, "{keys:?}");
    }
    client.output(Call::SignUpdate, other, b"age").unwrap();
    assert_eq!(
        client.output(Call::SignFinal, other, b""),
        Ok(whole.clone())
    );
    client.init(Call::VerifyInit, session, HMAC, key).unwrap();
    client
        .output(Call::VerifyUpdate, session, b"a mess")
        .unwrap();
    client.output(Call::SignFinal, session, b"").unwrap();
    let state = save(&client, session).unwrap();
    restore(&client, other, &state, (0, key)).unwrap();
    client.output(Call::VerifyUpdate, other, b"age").unwrap();
    assert_eq!(client.verify_final(other, &whole), Ok(()));
    // A digest has no key.
    start_digest(&client, other, M::SHA256);
    let state = save(&client, other).unwrap();
    let refused = restore(&client, other, &state, (0, key));
    assert_eq!(refused, Err(Rv::KEY_NOT_NEEDED));
}

#[test]
fn a_key_that_no_longer_signs_brings_nothing_back() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let key = mac_key(&client, session, &[]);
    client.init(Call::SignInit, session, HMAC, key).unwrap();
    let state = save(&client, session).unwrap();
    client.set(session, key, &[(A::SIGN, FALSE)]).unwrap();
    let refused = restore(&client, session, &state, (0, key));
    assert_eq!(refused, Err(Rv::KEY_FUNCTION_NOT_PERMITTED));
}

#[test]
fn states_of_private_keys_end_with_the_login() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let token: [(A, &[u8]); 3] = [(A::TOKEN, TRUE), (A::PRIVATE, TRUE), (A::LABEL, b"mac")];
    let key = mac_key(&client, session, &token);
    client.init(Call::SignInit, session, HMAC, key).unwrap();
    let state = save(&client, session).unwrap();
    client.logout(session).unwrap();
    client.login(session, 1, USER_PIN).unwrap();
    let key = client.find(session, &[(A::LABEL, b"mac")]).unwrap()[0];
    let refused = restore(&client, session, &state, (0, key));
    assert_eq!(refused, Err(Rv::SAVED_STATE_INVALID));
}
