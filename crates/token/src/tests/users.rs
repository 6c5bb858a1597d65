//! Named users: crypto officers and crypto users.

use audit::{Actor, Outcome, Text};
use ck::{AttributeType as A, MechanismType, Params, Rv};
use proto::Call;
use proto::admin::{Duty, User};

use crate::tests::bench::{Bench, Client, DATA, Got, SO_PIN, TRUE, USER_PIN, WRONG_PIN};
use crate::{Error, NewUser, Profile};

const ALICE_PIN: &[u8] = b"alice-pin-5150";
const BOB_PIN: &[u8] = b"bob-pin-90125";

fn create(bench: &Bench, name: &str, duty: Duty, pin: &[u8], user_pin: &[u8]) -> Result<(), Error> {
    let new = NewUser {
        name,
        duty,
        pin,
        user_pin,
    };
    bench.hsm.create_user("main", &new, Actor::System, None)
}

/// An HSM with a crypto officer, Alice, and a crypto user, Bob.
fn staffed(profile: Profile) -> Bench {
    let bench = Bench::new(profile);
    create(&bench, "alice", Duty::CryptoOfficer, ALICE_PIN, USER_PIN).unwrap();
    create(&bench, "bob", Duty::CryptoUser, BOB_PIN, USER_PIN).unwrap();
    bench
}

fn as_bob(client: &Client) -> u64 {
    let session = client.open();
    client.login_user(session, 1, "bob", BOB_PIN).unwrap();
    session
}

fn token_key(client: &Client, session: u64) -> Got<(u64, u64)> {
    client.generate_ec(session, &[(A::TOKEN, TRUE), (A::LABEL, b"shared")])
}

#[test]
fn users_share_the_private_objects_and_a_crypto_user_only_uses_them() {
    for profile in [Profile::Compat, Profile::Strict] {
        let bench = staffed(profile);
        let (alice, bob) = (bench.client(), bench.client());
        let session = alice.open();
        alice.login_user(session, 1, "alice", ALICE_PIN).unwrap();
        token_key(&alice, session).unwrap();
        let session = as_bob(&bob);
        assert_eq!(bob.state(session), Ok(3));
        let private: [(A, &[u8]); 2] = [(A::LABEL, b"shared"), (A::PRIVATE, TRUE)];
        let [key] = bob.find(session, &private).unwrap()[..] else {
            panic!("one private key");
        };
        assert!(bob.sign_ecdsa(session, key, &[1; 32]).is_ok());
        let protected = Rv::TOKEN_WRITE_PROTECTED;
        assert_eq!(token_key(&bob, session).map(drop), Err(protected));
        assert_eq!(bob.destroy(session, key), Err(protected));
        assert_eq!(
            bob.set(session, key, &[(A::LABEL, b"mine")]),
            Err(protected)
        );
        assert_eq!(bob.copy(session, key, &[]).map(drop), Err(protected));
        assert_eq!(bob.create(session, DATA), Err(protected));
        // What ends with the session is the user's own affair.
        let own = bob.create(session, &DATA[..1]).unwrap();
        assert_eq!(bob.destroy(session, own), Ok(()));
    }
}

#[test]
fn each_has_a_pin_with_its_own_guesses() {
    let bench = staffed(Profile::Compat);
    let client = bench.client();
    let session = client.open();
    let login = |name, pin| client.login_user(session, 1, name, pin);
    for _ in 0..10 {
        assert_eq!(login("bob", ALICE_PIN), Err(Rv::PIN_INCORRECT));
    }
    assert_eq!(login("bob", BOB_PIN), Err(Rv::PIN_LOCKED));
    let locked = |name: &str| {
        let users = bench.hsm.users("main").unwrap();
        users
            .into_iter()
            .find(|user| user.name == name)
            .unwrap()
            .locked
    };
    assert_eq!((locked("alice"), locked("bob")), (false, true));
    assert_eq!(login("alice", ALICE_PIN), Ok(()));
    client
        .set_pin(session, ALICE_PIN, b"alice-pin-2112")
        .unwrap();
    client.logout(session).unwrap();
    assert_eq!(login("alice", ALICE_PIN), Err(Rv::PIN_INCORRECT));
    assert_eq!(login("alice", b"alice-pin-2112"), Ok(()));
    client.logout(session).unwrap();
    assert_eq!(client.login(session, 1, USER_PIN), Ok(()));
}

#[test]
fn a_login_tells_who_is_in_already() {
    let bench = staffed(Profile::Compat);
    let client = bench.client();
    let session = as_bob(&client);
    let login = |name, pin| client.login_user(session, 1, name, pin);
    assert_eq!(login("bob", BOB_PIN), Err(Rv::USER_ALREADY_LOGGED_IN));
    let other = Err(Rv::USER_ANOTHER_ALREADY_LOGGED_IN);
    assert_eq!(login("alice", ALICE_PIN), other);
    assert_eq!(client.login(session, 1, USER_PIN), other);
    assert_eq!(client.login(session, 0, SO_PIN), other);
    client.logout(session).unwrap();
    let unknown = client.login_user(session, 1, "carol", BOB_PIN);
    assert_eq!(unknown, Err(Rv::USER_TYPE_INVALID));
    let officer = client.login_user(session, 0, "bob", BOB_PIN);
    assert_eq!(officer, Err(Rv::USER_TYPE_INVALID));
}

#[test]
fn a_key_that_asks_each_time_asks_for_the_users_own_pin() {
    let bench = staffed(Profile::Compat);
    let client = bench.client();
    let session = client.open();
    client.login_user(session, 1, "alice", ALICE_PIN).unwrap();
    let (_, key) = client
        .generate_ec(session, &[(A::ALWAYS_AUTHENTICATE, TRUE)])
        .unwrap();
    let ecdsa = Some((MechanismType::ECDSA, Params::None));
    client.init(Call::SignInit, session, ecdsa, key).unwrap();
    assert_eq!(client.login(session, 2, USER_PIN), Err(Rv::PIN_INCORRECT));
    let other = client.login_user(session, 2, "bob", BOB_PIN);
    assert_eq!(other, Err(Rv::USER_ANOTHER_ALREADY_LOGGED_IN));
    assert_eq!(client.login_user(session, 2, "alice", ALICE_PIN), Ok(()));
    assert!(client.output(Call::Sign, session, &[1; 32]).is_ok());
}

#[test]
fn the_log_names_who_did_it() {
    let bench = staffed(Profile::Compat);
    let client = bench.client();
    let session = client.open();
    client.login_user(session, 1, "alice", ALICE_PIN).unwrap();
    token_key(&client, session).unwrap();
    let events = bench.events();
    let of = |operation: &str| {
        let mut events = events.iter().rev();
        events
            .find(|event| event.operation == Text::from(operation))
            .unwrap()
            .clone()
    };
    assert_eq!(
        of("C_GenerateKeyPair").actor,
        Actor::Named(Text::from("alice"))
    );
    let login = of("C_LoginUser");
    assert_eq!(
        (login.outcome, login.detail),
        (Outcome::OK, Some(Text::from("as alice")))
    );
    assert_eq!(
        of("user create").detail,
        Some(Text::from("bob, crypto user"))
    );
}

#[test]
fn who_is_deleted_is_logged_out() {
    let bench = staffed(Profile::Compat);
    let client = bench.client();
    let session = as_bob(&client);
    let secret: Vec<(A, &[u8])> = vec![DATA[0], (A::PRIVATE, TRUE)];
    let own = client.create(session, &secret).unwrap();
    bench
        .hsm
        .delete_user("main", "bob", Actor::System, None)
        .unwrap();
    assert_eq!(client.state(session), Ok(2));
    let gone = client.get(session, own, A::VALUE);
    assert_eq!(gone, Err(Rv::OBJECT_HANDLE_INVALID));
    assert_eq!(client.create(session, &secret), Err(Rv::USER_NOT_LOGGED_IN));
    assert_eq!(client.logout(session), Ok(()));
    let again = client.login_user(session, 1, "bob", BOB_PIN);
    assert_eq!(again, Err(Rv::USER_TYPE_INVALID));
    assert!(
        bench
            .hsm
            .delete_user("main", "bob", Actor::System, None)
            .is_err()
    );
}

#[test]
fn names_outlive_a_restart_and_not_the_token() {
    let mut bench = staffed(Profile::Compat);
    bench.restart();
    let expected = |name: &str, duty| User {
        name: name.to_owned(),
        duty,
        locked: false,
    };
    let users = [
        expected("alice", Duty::CryptoOfficer),
        expected("bob", Duty::CryptoUser),
    ];
    assert_eq!(bench.hsm.users("main").unwrap(), users);
    let client = bench.client();
    let session = as_bob(&client);
    client.close_session(session).unwrap();
    // A reset of the user's PIN keeps the key in `compat`, and with it the others' PINs.
    let session = client.open();
    client.login(session, 0, SO_PIN).unwrap();
    client.init_pin(session, b"user-pin-1984").unwrap();
    client.close_session(session).unwrap();
    let session = as_bob(&client);
    client.close_session(session).unwrap();
    client.init_token(1, SO_PIN).unwrap();
    assert_eq!(bench.hsm.users("main").unwrap(), []);
}

#[test]
fn in_strict_a_new_user_key_leaves_no_name() {
    let bench = staffed(Profile::Strict);
    let client = bench.client();
    let session = client.open();
    client.login(session, 0, SO_PIN).unwrap();
    client.init_pin(session, b"user-pin-1984").unwrap();
    assert_eq!(bench.hsm.users("main").unwrap(), []);
}

#[test]
fn it_takes_the_users_pin_to_let_another_in() {
    let bench = staffed(Profile::Strict);
    let hashed = bench.pins_hashed();
    for (name, pin) in [
        ("alice", BOB_PIN),
        ("", BOB_PIN),
        ("carol", b"short"),
        ("carol", b"12345678"),
    ] {
        let made = create(&bench, name, Duty::CryptoUser, pin, USER_PIN);
        assert!(made.is_err(), "{name}");
    }
    assert_eq!(bench.pins_hashed(), hashed, "what is wrong costs no guess");
    for _ in 0..10 {
        let made = create(&bench, "carol", Duty::CryptoUser, BOB_PIN, WRONG_PIN);
        assert_eq!(made.map_err(|error| error.rv()), Err(Rv::PIN_INCORRECT));
    }
    let made = create(&bench, "carol", Duty::CryptoUser, BOB_PIN, USER_PIN);
    assert_eq!(made.map_err(|error| error.rv()), Err(Rv::PIN_LOCKED));
}
