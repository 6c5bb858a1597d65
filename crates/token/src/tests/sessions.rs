//! Sessions: handles, states, limits (5.6).

use crate::Profile;
use ck::{Rv, SessionState};
use proto::shape::{SlotId, Ulong};
use proto::{Call, Handler};

use crate::tests::bench::{Bench, SO_PIN, USER_PIN};

#[test]
fn handles_are_never_used_again() {
    let bench = Bench::compat();
    let client = bench.client();
    let mut seen = std::collections::HashSet::new();
    for _ in 0..1000 {
        let session = client.open();
        assert!(session != 0 && seen.insert(session));
        client.close_session(session).unwrap();
        assert_eq!(
            client.close_session(session),
            Err(Rv::SESSION_HANDLE_INVALID)
        );
        assert_eq!(client.state(session), Err(Rv::SESSION_HANDLE_INVALID));
    }
}

#[test]
fn handles_start_elsewhere_after_a_restart() {
    let mut bench = Bench::compat();
    let before = bench.client().open();
    bench.restart();
    let client = bench.client();
    assert_ne!(client.open(), before);
    assert_eq!(client.state(before), Err(Rv::SESSION_HANDLE_INVALID));
}

#[test]
fn slots_have_small_numbers_that_stay_over_restarts() {
    let mut bench = Bench::compat();
    bench.add_partition("second", Profile::Strict);
    bench.add_partition("third", Profile::Compat);
    let slots = bench.client().slots();
    assert_eq!(slots.len(), 3, "no slot that nobody asked for");
    // Some clients keep them in an int.
    let small = |slot: &u64| i32::try_from(*slot).is_ok_and(|slot| slot > 0);
    assert!(slots.iter().all(small), "{slots:?}");
    bench
        .hsm
        .delete_partition("second", audit::Actor::System, None)
        .unwrap();
    bench.restart();
    assert_eq!(bench.client().slots(), [slots[0], slots[2]]);
}

#[test]
fn a_session_is_serial() {
    let bench = Bench::compat();
    assert_eq!(
        bench.client().open_flags(1, 2),
        Err(Rv::SESSION_PARALLEL_NOT_SUPPORTED)
    );
    assert_eq!(bench.client().open_flags(99, 6), Err(Rv::SLOT_ID_INVALID));
}

#[test]
fn a_token_that_was_never_initialised_has_no_sessions() {
    let bench = Bench::empty();
    bench
        .hsm
        .create_partition("new", Profile::Strict, audit::Actor::System, None)
        .unwrap();
    let client = bench.client();
    assert_eq!(client.open_flags(1, 6), Err(Rv::TOKEN_NOT_RECOGNIZED));
    client.init_token(1, SO_PIN).unwrap();
    assert!(client.open_flags(1, 6).is_ok());
    assert_eq!(client.token_info(1).unwrap().label, "fresh");
}

#[test]
fn the_state_follows_the_login() {
    let bench = Bench::compat();
    let client = bench.client();
    let (writable, read_only) = (client.open(), client.open_read_only().unwrap());
    let states = || {
        [
            client.state(writable).unwrap(),
            client.state(read_only).unwrap(),
        ]
    };
    let public = [
        SessionState::RW_PUBLIC_SESSION.0,
        SessionState::RO_PUBLIC_SESSION.0,
    ];
    assert_eq!(states(), public);
    client.login(read_only, 1, USER_PIN).unwrap();
    assert_eq!(
        states(),
        [
            SessionState::RW_USER_FUNCTIONS.0,
            SessionState::RO_USER_FUNCTIONS.0
        ]
    );
    client.logout(writable).unwrap();
    assert_eq!(states(), public);
    client.close_session(read_only).unwrap();
    client.login(writable, 0, SO_PIN).unwrap();
    assert_eq!(client.state(writable), Ok(SessionState::RW_SO_FUNCTIONS.0));
}

#[test]
fn the_security_officer_and_read_only_sessions_exclude_each_other() {
    let bench = Bench::compat();
    let client = bench.client();
    let writable = client.open();
    let read_only = client.open_read_only().unwrap();
    assert_eq!(
        client.login(writable, 0, SO_PIN),
        Err(Rv::SESSION_READ_ONLY_EXISTS)
    );
    client.close_session(read_only).unwrap();
    client.login(writable, 0, SO_PIN).unwrap();
    assert_eq!(
        client.open_read_only(),
        Err(Rv::SESSION_READ_WRITE_SO_EXISTS)
    );
}

#[test]
fn closing_the_last_session_logs_out() {
    let bench = Bench::compat();
    let client = bench.client();
    let first = client.open_user();
    let second = client.open();
    client.close_session(first).unwrap();
    assert_eq!(client.state(second), Ok(SessionState::RW_USER_FUNCTIONS.0));
    client.close_session(second).unwrap();
    assert_eq!(
        client.state(client.open()),
        Ok(SessionState::RW_PUBLIC_SESSION.0)
    );
}

#[test]
fn closing_all_sessions_of_a_slot_leaves_those_of_another() {
    let bench = Bench::compat();
    let other = bench.add_partition("other", Profile::Strict);
    let client = bench.client();
    let (here, there) = (client.open(), client.open_flags(other, 6).unwrap());
    client
        .call(Call::CloseAllSessions, 0, |caller, _| {
            caller.close_all_sessions(SlotId(1))
        })
        .unwrap();
    assert_eq!(client.state(here), Err(Rv::SESSION_HANDLE_INVALID));
    assert!(client.state(there).is_ok());
}

#[test]
fn the_token_counts_the_sessions_of_the_application() {
    let bench = Bench::compat();
    let (client, other) = (bench.client(), bench.client());
    other.open();
    client.open();
    client.open_read_only().unwrap();
    let info = client.token_info(1).unwrap();
    assert_eq!((info.sessions, info.rw_sessions), (2, 1));
    assert_eq!((info.max_sessions, info.max_rw_sessions), (0, 0));
}

#[test]
fn a_closed_application_has_nothing_left() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open_user();
    client.close();
    assert_eq!(client.state(session), Err(Rv::SESSION_HANDLE_INVALID));
    assert_eq!(client.open_flags(1, 6), Err(Rv::SESSION_HANDLE_INVALID));
    // With the sessions goes what keeps the token from being initialised.
    assert_eq!(bench.client().init_token(1, SO_PIN), Ok(()));
}

#[test]
fn cancelling_ends_the_chosen_operations_only() {
    let bench = Bench::compat();
    let client = bench.client();
    let session = client.open();
    let digest = Some((ck::MechanismType::SHA256, ck::Params::None));
    client.init(Call::DigestInit, session, digest, 0).unwrap();
    client
        .call(Call::FindObjectsInit, session, |caller, session| {
            caller.find_objects_init(session, &[])
        })
        .unwrap();
    let cancel = |flags| {
        client.call(Call::SessionCancel, session, |caller, session| {
            caller.session_cancel(session, Ulong(flags))
        })
    };
    cancel(0x40).unwrap();
    assert_eq!(client.find(session, &[]), Ok(Vec::new()));
    assert_eq!(
        client.init(Call::DigestInit, session, digest, 0),
        Err(Rv::OPERATION_ACTIVE)
    );
    cancel(ck::flags::mechanism::DIGEST).unwrap();
    assert_eq!(
        client.output(Call::Digest, session, b""),
        Err(Rv::OPERATION_NOT_INITIALIZED)
    );
}

#[test]
fn calls_that_write_ask_for_a_session_that_may() {
    let bench = Bench::compat();
    let client = bench.client();
    let read_only = client.open_read_only().unwrap();
    assert_eq!(
        client.set_pin(read_only, USER_PIN, b"another-pin"),
        Err(Rv::SESSION_READ_ONLY)
    );
    assert_eq!(
        client.init_pin(read_only, b"another-pin"),
        Err(Rv::USER_NOT_LOGGED_IN)
    );
    assert_eq!(
        client.init_pin(7, b"another-pin"),
        Err(Rv::SESSION_HANDLE_INVALID)
    );
}
