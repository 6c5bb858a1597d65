//! What is remembered of calls.

use super::*;

/// A call in session 7 that was answered with these bytes behind the return code.
fn answered(mirror: &mut Mirror, call: Call, rv: Rv, answers: &[u8]) -> bool {
    let arguments = || Zeroizing::new(b"arguments".to_vec());
    let answers = Reader::new(SessionHandle(0), answers);
    mirror.observe(call, SessionHandle(7), rv, &answers, arguments)
}

/// A mirror with session 7 in slot 3.
fn open() -> Mirror {
    let mut mirror = Mirror::default();
    let mut arguments = 3_u64.to_le_bytes().to_vec();
    arguments.extend(6_u64.to_le_bytes());
    let mut answer = vec![1];
    answer.extend(7_u64.to_le_bytes());
    let answers = Reader::new(SessionHandle(0), &answer);
    let renewed = mirror.observe(
        Call::OpenSession,
        SessionHandle(0),
        Rv::OK,
        &answers,
        || Zeroizing::new(arguments.clone()),
    );
    assert!(!renewed);
    mirror
}

/// The calls that are to be made again after the HSM forgot them.
fn again(mirror: &mut Mirror) -> Vec<Call> {
    mirror.strip();
    let begun = mirror.begin_again(7);
    begun.iter().map(|begun| begun.call).collect()
}

#[test]
fn sessions_are_known_until_they_are_closed() {
    let mut mirror = open();
    let session = OpenSession {
        handle: 7,
        slot: 3,
        flags: 6,
    };
    assert_eq!(mirror.sessions(), [session]);
    answered(&mut mirror, Call::CloseSession, Rv::OK, &[]);
    assert_eq!(mirror.sessions(), []);
}

#[test]
fn an_operation_is_begun_again_until_it_ends() {
    let mut mirror = open();
    answered(&mut mirror, Call::SignInit, Rv::OK, &[]);
    assert_eq!(again(&mut mirror), [Call::SignInit]);
    assert!(mirror.begin_again(7).is_empty(), "once is enough");
    // A question for the length, and room that is too small, end nothing.
    answered(
        &mut mirror,
        Call::Sign,
        Rv::OK,
        &[1, 64, 0, 0, 0, 0, 0, 0, 0],
    );
    answered(&mut mirror, Call::Sign, Rv::BUFFER_TOO_SMALL, &[1]);
    assert_eq!(again(&mut mirror), [Call::SignInit]);
    answered(&mut mirror, Call::Sign, Rv::OK, &[2, 0, 0, 0, 0]);
    assert_eq!(again(&mut mirror), []);
}

#[test]
fn an_operation_that_has_taken_data_is_not_begun_again() {
    let mut mirror = open();
    answered(&mut mirror, Call::SignInit, Rv::OK, &[]);
    answered(&mut mirror, Call::DigestInit, Rv::OK, &[]);
    answered(&mut mirror, Call::SignUpdate, Rv::OK, &[]);
    assert_eq!(again(&mut mirror), [Call::DigestInit]);
}

#[test]
fn a_beginning_that_was_refused_is_none() {
    let mut mirror = open();
    answered(&mut mirror, Call::SignInit, Rv::KEY_HANDLE_INVALID, &[]);
    assert_eq!(again(&mut mirror), []);
}

#[test]
fn a_ticket_is_renewed_after_a_login_a_logout_and_the_end_of_the_last_session() {
    let mut mirror = open();
    mirror.take_ticket(b"first");
    assert!(mirror.logins_stand());
    assert!(answered(&mut mirror, Call::Login, Rv::OK, &[]));
    assert!(!mirror.logins_stand(), "until the new one is there");
    mirror.take_ticket(b"second");
    assert!(answered(&mut mirror, Call::Logout, Rv::OK, &[]));
    mirror.take_ticket(b"third");
    assert!(!answered(&mut mirror, Call::Login, Rv::PIN_INCORRECT, &[]));
    assert!(answered(&mut mirror, Call::Login, Rv::OK, &[]));
    assert!(answered(&mut mirror, Call::CloseSession, Rv::OK, &[]));
    assert!(!mirror.logins_stand());
}

#[test]
fn an_operation_is_doubtful_after_a_call_on_it_was_given_up_until_it_is_cancelled() {
    let mut mirror = open();
    assert!(!mirror.has_doubts());
    for given_up in [Call::SignInit, Call::SignUpdate, Call::Sign] {
        answered(&mut mirror, Call::SignInit, Rv::OK, &[]);
        mirror.doubt(7, given_up);
        assert!(mirror.has_doubts());
        assert!(again(&mut mirror).is_empty(), "it is not begun again");
        assert_eq!(mirror.take_doubt(7, Call::EncryptInit), None);
        assert_eq!(mirror.take_doubt(8, Call::SignInit), None);
        assert_eq!(mirror.take_doubt(7, Call::SignInit), Some(0x800));
        assert_eq!(mirror.take_doubt(7, Call::SignInit), None, "once is enough");
    }
}

#[test]
fn calls_without_operations_leave_no_doubt() {
    let mut mirror = open();
    for call in [Call::GenerateKey, Call::SessionCancel, Call::Login] {
        mirror.doubt(7, call);
    }
    assert!(!mirror.has_doubts());
}

#[test]
fn every_call_that_begins_an_operation_has_a_flag_that_cancels_it() {
    for row in proto::CALLS {
        let begins = matches!(effect(row.call), Some(Effect::Begins));
        assert_eq!(cancels(row.call).is_some(), begins, "{}", row.name);
    }
}
