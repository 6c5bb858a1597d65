//! Logging in and out, and setting PINs.

use crate::Profile;
use audit::Outcome;
use ck::flags::token as flag;
use ck::{AttributeType, Rv};

use crate::tests::bench::{Bench, DATA, FALSE, SO_PIN, TRUE, USER_PIN, WRONG_PIN, ulong};

const NEW_PIN: &[u8] = b"brand-new-pin";

#[test]
fn a_second_login_is_refused_by_who_is_in() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    assert_eq!(
        client.login(session, 1, USER_PIN),
        Err(Rv::USER_ALREADY_LOGGED_IN)
    );
    assert_eq!(
        client.login(session, 0, SO_PIN),
        Err(Rv::USER_ANOTHER_ALREADY_LOGGED_IN)
    );
    assert_eq!(client.login(session, 7, SO_PIN), Err(Rv::USER_TYPE_INVALID));
    client.logout(session).unwrap();
    assert_eq!(client.logout(session), Err(Rv::USER_NOT_LOGGED_IN));
    client.login(session, 0, SO_PIN).unwrap();
    assert_eq!(
        client.login(session, 0, SO_PIN),
        Err(Rv::USER_ALREADY_LOGGED_IN)
    );
    assert_eq!(
        client.login(session, 1, USER_PIN),
        Err(Rv::USER_ANOTHER_ALREADY_LOGGED_IN)
    );
}

#[test]
fn a_login_belongs_to_one_application() {
    let bench = Bench::compat();
    let (client, other) = (bench.client(), bench.client());
    client.open_user();
    let session = other.open();
    assert_eq!(other.state(session), Ok(2));
    assert_eq!(other.login(session, 1, USER_PIN), Ok(()));
}

#[test]
fn every_authentication_is_logged_once_with_its_outcome() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open();
    let before = bench.audit().len();
    let _ = client.login(session, 1, WRONG_PIN);
    client.login(session, 1, USER_PIN).unwrap();
    let logins: Vec<_> = bench.audit().split_off(before);
    let outcomes: Vec<_> = logins
        .into_iter()
        .filter(|(operation, _)| operation == "C_Login")
        .map(|(_, outcome)| outcome)
        .collect();
    assert_eq!(
        outcomes,
        [Outcome::Returned(Rv::PIN_INCORRECT.0), Outcome::OK]
    );
}

#[test]
fn the_flags_of_a_token_count_wrong_pins() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open();
    let low = |user, so| {
        let flags = client.token_info(1).unwrap().flags;
        assert_eq!(flags & (7 << 16), user, "user");
        assert_eq!(flags & (7 << 20), so, "security officer");
    };
    low(0, 0);
    for _ in 0..8 {
        assert_eq!(client.login(session, 1, WRONG_PIN), Err(Rv::PIN_INCORRECT));
        low(flag::USER_PIN_COUNT_LOW, 0);
    }
    assert_eq!(client.login(session, 1, WRONG_PIN), Err(Rv::PIN_INCORRECT));
    low(flag::USER_PIN_COUNT_LOW | flag::USER_PIN_FINAL_TRY, 0);
    assert_eq!(client.login(session, 1, WRONG_PIN), Err(Rv::PIN_INCORRECT));
    low(flag::USER_PIN_LOCKED, 0);
    let _ = client.login(session, 0, WRONG_PIN);
    low(flag::USER_PIN_LOCKED, flag::SO_PIN_COUNT_LOW);
    client.login(session, 0, SO_PIN).unwrap();
    low(flag::USER_PIN_LOCKED, 0);
    client.init_pin(session, NEW_PIN).unwrap();
    low(0, 0);
}

#[test]
fn the_owner_changes_the_pin() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    assert_eq!(
        client.set_pin(session, WRONG_PIN, NEW_PIN),
        Err(Rv::PIN_INCORRECT)
    );
    client.set_pin(session, USER_PIN, NEW_PIN).unwrap();
    client.logout(session).unwrap();
    assert_eq!(client.login(session, 1, USER_PIN), Err(Rv::PIN_INCORRECT));
    client.login(session, 1, NEW_PIN).unwrap();
}

#[test]
fn without_a_login_the_users_pin_is_changed() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open();
    client.set_pin(session, USER_PIN, NEW_PIN).unwrap();
    client.login(session, 1, NEW_PIN).unwrap();
}

#[test]
fn the_security_officer_can_reset_after_changing_the_own_pin() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let secret = client.create(session, &private_data()).unwrap();
    client.logout(session).unwrap();
    client.login(session, 0, SO_PIN).unwrap();
    client.set_pin(session, SO_PIN, b"so-pin-9999").unwrap();
    client.init_pin(session, NEW_PIN).unwrap();
    client.logout(session).unwrap();
    assert_eq!(client.login(session, 0, SO_PIN), Err(Rv::PIN_INCORRECT));
    client.login(session, 1, NEW_PIN).unwrap();
    // The user key survived both changes; the handle ended with the login.
    let gone = client.get(session, secret, AttributeType::VALUE);
    assert_eq!(gone, Err(Rv::OBJECT_HANDLE_INVALID));
    let found = client.find(session, &[]).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(
        client.get(session, found[0], AttributeType::VALUE).unwrap(),
        b"remember the milk"
    );
}

#[test]
fn in_strict_the_users_pin_is_not_reset_over_private_objects() {
    let bench = Bench::strict();
    let client = bench.client();
    let session = client.open_user();
    client.create(session, &private_data()).unwrap();
    client.logout(session).unwrap();
    client.login(session, 0, SO_PIN).unwrap();
    assert_eq!(
        client.init_pin(session, NEW_PIN),
        Err(Rv::FUNCTION_REJECTED)
    );
    client.logout(session).unwrap();
    client.login(session, 1, USER_PIN).unwrap();
    let [secret] = client.find(session, &[]).unwrap()[..] else {
        panic!("the private object is there again");
    };
    client.destroy(session, secret).unwrap();
    client.logout(session).unwrap();
    client.login(session, 0, SO_PIN).unwrap();
    client.init_pin(session, NEW_PIN).unwrap();
    client.logout(session).unwrap();
    client.login(session, 1, NEW_PIN).unwrap();
}

#[test]
fn a_token_is_initialised_again_only_by_its_security_officer_and_without_sessions() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    client.create(session, DATA).unwrap();
    client.create(session, &private_data()).unwrap();
    assert_eq!(client.init_token(1, SO_PIN), Err(Rv::SESSION_EXISTS));
    client.close_session(session).unwrap();
    assert_eq!(client.init_token(1, WRONG_PIN), Err(Rv::PIN_INCORRECT));
    assert_eq!(client.init_token(1, SO_PIN), Ok(()));
    let session = client.open();
    assert_eq!(client.find(session, &[]), Ok(Vec::new()));
    assert_eq!(
        client.login(session, 1, USER_PIN),
        Err(Rv::USER_PIN_NOT_INITIALIZED)
    );
    assert_eq!(
        client.token_info(1).unwrap().flags & flag::USER_PIN_INITIALIZED,
        0
    );
    client.login(session, 0, SO_PIN).unwrap();
    client.init_pin(session, NEW_PIN).unwrap();
    client.logout(session).unwrap();
    client.login(session, 1, NEW_PIN).unwrap();
    assert_eq!(client.find(session, &[]), Ok(Vec::new()));
}

#[test]
fn pins_have_a_length_and_in_strict_are_not_the_first_guesses() {
    let check = |profile, pin: &[u8], expected: Result<(), Rv>| {
        let bench = Bench::new(profile);
        let client = bench.client();
        let session = client.open();
        assert_eq!(
            client.set_pin(session, USER_PIN, pin),
            expected,
            "{}",
            pin.len()
        );
    };
    let strict = Profile::Strict;
    check(Profile::Compat, b"123", Err(Rv::PIN_LEN_RANGE));
    check(Profile::Compat, b"1234", Ok(()));
    check(Profile::Compat, &[b'x'; 255], Ok(()));
    check(Profile::Compat, &[b'x'; 256], Err(Rv::PIN_LEN_RANGE));
    check(strict, b"73fq81z", Err(Rv::PIN_LEN_RANGE));
    check(strict, b"73fq81zy", Ok(()));
    check(strict, b"12345678", Err(Rv::PIN_TOO_WEAK));
    check(strict, b"hgfedcba", Err(Rv::PIN_TOO_WEAK));
    check(strict, b"zzzzzzzz", Err(Rv::PIN_TOO_WEAK));
    check(strict, b"PassWord", Err(Rv::PIN_TOO_WEAK));
}

#[test]
fn logging_out_hides_and_ends_what_is_private() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let (_, key) = client
        .generate_ec(session, &[(AttributeType::TOKEN, TRUE)])
        .unwrap();
    let (_, session_key) = client.generate_ec(session, &[]).unwrap();
    let public = client.create(session, DATA).unwrap();
    let ecdsa = Some((ck::MechanismType::ECDSA, ck::Params::None));
    client
        .init(proto::Call::SignInit, session, ecdsa, key)
        .unwrap();
    client.logout(session).unwrap();
    let sign = client.output(proto::Call::Sign, session, &[1; 32]);
    assert_eq!(sign, Err(Rv::OPERATION_NOT_INITIALIZED));
    for hidden in [key, session_key] {
        assert_eq!(
            client.get(session, hidden, AttributeType::CLASS),
            Err(Rv::OBJECT_HANDLE_INVALID)
        );
        assert_eq!(
            client.sign_ecdsa(session, hidden, &[1; 32]),
            Err(Rv::KEY_HANDLE_INVALID)
        );
    }
    assert!(client.get(session, public, AttributeType::CLASS).is_ok());
    client.login(session, 1, USER_PIN).unwrap();
    // Handles of private objects ended with the login (5.6.10), those of public ones did not.
    for ended in [key, session_key] {
        assert_eq!(
            client.sign_ecdsa(session, ended, &[1; 32]),
            Err(Rv::KEY_HANDLE_INVALID)
        );
    }
    assert!(client.get(session, public, AttributeType::CLASS).is_ok());
    // The object of the token has another handle now; that of the session is gone.
    let class = ulong(ck::ObjectClass::PRIVATE_KEY.0);
    let [again] = client
        .find(session, &[(AttributeType::CLASS, &class)])
        .unwrap()[..]
    else {
        panic!("one private key is left");
    };
    assert_ne!(again, key);
    assert!(client.sign_ecdsa(session, again, &[1; 32]).is_ok());
}

#[test]
fn the_private_objects_stay_while_one_application_is_logged_in() {
    let bench = Bench::compat();
    let (client, other) = (bench.client(), bench.client());
    let session = client.open_user();
    let (_, key) = client
        .generate_ec(session, &[(AttributeType::TOKEN, TRUE)])
        .unwrap();
    let there = other.open_user();
    client.logout(session).unwrap();
    assert!(other.sign_ecdsa(there, key, &[1; 32]).is_ok());
    assert_eq!(
        client.sign_ecdsa(session, key, &[1; 32]),
        Err(Rv::KEY_HANDLE_INVALID)
    );
    other.close();
    let partition = bench.hsm.partition_named("main").unwrap();
    assert_eq!(partition.objects.open_count(), 0);
    assert_eq!(bench.hsm.count_objects(partition.id).unwrap(), 1);
}

#[test]
fn a_key_that_asks_each_time_signs_once_per_pin() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    let always = [(AttributeType::ALWAYS_AUTHENTICATE, TRUE)];
    let (_, key) = client.generate_ec(session, &always).unwrap();
    assert_eq!(
        client.login(session, 2, USER_PIN),
        Err(Rv::OPERATION_NOT_INITIALIZED)
    );
    assert_eq!(
        client.sign_ecdsa(session, key, &[1; 32]),
        Err(Rv::USER_NOT_LOGGED_IN)
    );
    let ecdsa = Some((ck::MechanismType::ECDSA, ck::Params::None));
    client
        .init(proto::Call::SignInit, session, ecdsa, key)
        .unwrap();
    assert_eq!(client.login(session, 2, WRONG_PIN), Err(Rv::PIN_INCORRECT));
    client.login(session, 2, USER_PIN).unwrap();
    assert!(client.output(proto::Call::Sign, session, &[1; 32]).is_ok());
    assert_eq!(
        client.sign_ecdsa(session, key, &[1; 32]),
        Err(Rv::USER_NOT_LOGGED_IN)
    );
}

fn private_data() -> Vec<(AttributeType, &'static [u8])> {
    let mut template = DATA.to_vec();
    template.push((AttributeType::PRIVATE, TRUE));
    template.push((AttributeType::COPYABLE, FALSE));
    template
}
