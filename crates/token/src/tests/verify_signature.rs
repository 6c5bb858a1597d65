//! Verifying with the signature first (3.2), and the functions of 3.0 and 3.2 that have little to say here.

use ck::{AttributeType as A, MechanismType as M, Params, Rv};
use proto::shape::{MechanismArgument, ObjectHandle, Ulong};
use proto::{Call, Handler};

use crate::tests::bench::{Bench, Client, Got, SO_PIN, USER_PIN, WRONG_PIN, ulong};

const HMAC: MechanismArgument<'static> = MechanismArgument {
    id: M::SHA256_HMAC,
    params: Params::None,
};

fn begin(
    client: &Client,
    session: u64,
    mechanism: Option<MechanismArgument<'_>>,
    key: u64,
    signature: &[u8],
) -> Got<()> {
    client.call(Call::VerifySignatureInit, session, |caller, session| {
        caller.verify_signature_init(session, mechanism, ObjectHandle(key), signature)
    })
}

/// A session with a key and a MAC of `a message`.
fn signed(client: &Client) -> (u64, u64, Vec<u8>) {
    let session = client.open_user();
    let length: [(A, &[u8]); 1] = [(A::VALUE_LEN, &ulong(32))];
    let key = client
        .generate(session, M::GENERIC_SECRET_KEY_GEN, &length)
        .unwrap();
    let hmac = Some((M::SHA256_HMAC, Params::None));
    client.init(Call::SignInit, session, hmac, key).unwrap();
    let mac = client.output(Call::Sign, session, b"a message").unwrap();
    (session, key, mac)
}

#[test]
fn the_signature_given_first_is_compared_at_the_end() {
    let bench = Bench::compat();
    let client = bench.client();
    let (session, key, mac) = signed(&client);
    let run = |call, data: &[u8]| client.output(call, session, data).map(|_| ());
    let start = |mac: &[u8]| begin(&client, session, Some(HMAC), key, mac).unwrap();
    for (given, data, rv) in [
        (&mac[..], &b"a message"[..], Ok(())),
        (&mac, b"a message.", Err(Rv::SIGNATURE_INVALID)),
        (&mac[..31], b"a message", Err(Rv::SIGNATURE_LEN_RANGE)),
    ] {
        start(given);
        assert_eq!(run(Call::VerifySignature, data), rv);
        let ended = Err(Rv::OPERATION_NOT_INITIALIZED);
        assert_eq!(run(Call::VerifySignature, data), ended);
        start(given);
        for part in data.chunks(4) {
            run(Call::VerifySignatureUpdate, part).unwrap();
        }
        assert_eq!(run(Call::VerifySignatureFinal, b""), rv);
        assert_eq!(run(Call::VerifySignatureFinal, b""), ended);
    }
}

#[test]
fn both_ways_of_verifying_are_one_operation() {
    let bench = Bench::compat();
    let client = bench.client();
    let (session, key, mac) = signed(&client);
    let hmac = Some((M::SHA256_HMAC, Params::None));
    begin(&client, session, Some(HMAC), key, &mac).unwrap();
    let active = Err(Rv::OPERATION_ACTIVE);
    assert_eq!(begin(&client, session, Some(HMAC), key, &mac), active);
    assert_eq!(client.init(Call::VerifyInit, session, hmac, key), active);
    // The calls of the one are not those of the other.
    let refused = Err(Rv::OPERATION_NOT_INITIALIZED);
    assert_eq!(client.verify(session, b"a message", &mac), refused);
    begin(&client, session, None, key, &[]).unwrap();
    client.init(Call::VerifyInit, session, hmac, key).unwrap();
    assert_eq!(begin(&client, session, Some(HMAC), key, &mac), active);
    assert_eq!(client.verify(session, b"a message", &mac), Ok(()));
}

#[test]
fn nothing_is_validated_and_nothing_goes_on_after_a_call() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open();
    let mut flags = None;
    client
        .call(
            Call::GetSessionValidationFlags,
            session,
            |caller, session| caller.get_session_validation_flags(session, Ulong(1), &mut flags),
        )
        .unwrap();
    assert_eq!(flags, Some(0));
    let complete = |session| {
        client.call(Call::AsyncComplete, session, |caller, session| {
            caller.async_complete(session, ())
        })
    };
    assert_eq!(complete(session), Err(Rv::SESSION_ASYNC_NOT_SUPPORTED));
    assert_eq!(complete(session + 1), Err(Rv::SESSION_HANDLE_INVALID));
    let slot = client.slots()[0];
    assert_eq!(
        client.open_flags(slot, 0xc),
        Err(Rv::SESSION_ASYNC_NOT_SUPPORTED)
    );
}

#[test]
fn users_log_in_without_a_name_or_not_at_all() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open();
    let login = |user, pin: &[u8], name: &[u8]| {
        client.call(Call::LoginUser, session, |caller, session| {
            caller.login_user(session, Ulong(user), Some(pin), name)
        })
    };
    let hashed = bench.pins_hashed();
    for user in [0, 1, 99] {
        let named = login(user, WRONG_PIN, b"alice");
        assert_eq!(named, Err(Rv::USER_TYPE_INVALID), "{user}");
    }
    // A name that is refused costs no try of the PIN.
    assert_eq!(bench.pins_hashed(), hashed);
    assert_eq!(
        login(2, USER_PIN, b"alice"),
        Err(Rv::OPERATION_NOT_INITIALIZED)
    );
    assert_eq!(login(1, WRONG_PIN, b""), Err(Rv::PIN_INCORRECT));
    assert_eq!(login(1, USER_PIN, b""), Ok(()));
    let other = Err(Rv::USER_ANOTHER_ALREADY_LOGGED_IN);
    assert_eq!(login(0, SO_PIN, b"alice"), other);
    assert_eq!(login(1, USER_PIN, b"alice"), other);
    let same = Err(Rv::USER_ALREADY_LOGGED_IN);
    assert_eq!(login(1, USER_PIN, b""), same);
}
