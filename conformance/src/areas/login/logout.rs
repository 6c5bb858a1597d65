//! `C_Logout`.

use cryptoki_sys::{
    CKA_SIGN, CKF_DIGEST, CKF_SIGN, CKM_ECDSA, CKM_SHA256, CKR_KEY_HANDLE_INVALID, CKR_OK,
    CKR_OPERATION_NOT_INITIALIZED, CKR_USER_NOT_LOGGED_IN, CKS_RO_PUBLIC_SESSION,
    CKS_RW_PUBLIC_SESSION, CKS_RW_SO_FUNCTIONS, CKS_RW_USER_FUNCTIONS,
};

use crate::c::{Mechanism, Out};
use crate::case::{Case, Stage, case, spec};

pub(super) fn cases() -> Vec<Case> {
    [refused(), sessions(), operations()]
        .into_iter()
        .flatten()
        .collect()
}

fn refused() -> Vec<Case> {
    vec![
        case(
            "login.logout.not-logged-in",
            spec("5.6.10"),
            "C_Logout while nobody is logged in answers CKR_USER_NOT_LOGGED_IN.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let session = cx.session()?;
            cx.expect(cx.c.logout(session), CKR_USER_NOT_LOGGED_IN)
        }),
        case(
            "login.logout.read-only-not-logged-in",
            spec("5.6.10"),
            "C_Logout in a read-only public session answers CKR_USER_NOT_LOGGED_IN.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let session = cx.read_only()?;
            cx.expect(cx.c.logout(session), CKR_USER_NOT_LOGGED_IN)
        }),
        case(
            "login.logout.twice",
            spec("5.6.10"),
            "A second C_Logout answers CKR_USER_NOT_LOGGED_IN.",
        )
        .run(|cx| {
            let session = cx.session()?;
            cx.ok(cx.c.logout(session))?;
            cx.expect(cx.c.logout(session), CKR_USER_NOT_LOGGED_IN)
        }),
        case(
            "login.logout.twice-elsewhere",
            spec("5.6.10"),
            "C_Logout in another session after a logout answers CKR_USER_NOT_LOGGED_IN.",
        )
        .run(|cx| {
            let (first, second) = (cx.session()?, cx.session()?);
            cx.ok(cx.c.logout(first))?;
            cx.expect(cx.c.logout(second), CKR_USER_NOT_LOGGED_IN)
        }),
    ]
}

fn sessions() -> Vec<Case> {
    vec![
        case(
            "login.logout.user",
            spec("5.6.10"),
            "C_Logout makes a user's session public.",
        )
        .run(|cx| {
            let session = cx.session()?;
            cx.ok(cx.c.logout(session))?;
            cx.in_state(session, CKS_RW_PUBLIC_SESSION)
        }),
        case(
            "login.logout.through-read-only",
            spec("5.6.10"),
            "C_Logout through a read-only session logs the read/write sessions out too.",
        )
        .run(|cx| {
            let (writer, reader) = (cx.session()?, cx.read_only()?);
            cx.ok(cx.c.logout(reader))?;
            cx.in_state(writer, CKS_RW_PUBLIC_SESSION)?;
            cx.in_state(reader, CKS_RO_PUBLIC_SESSION)
        }),
        case(
            "login.logout.officer",
            spec("5.6.10"),
            "C_Logout makes the SO's session public.",
        )
        .stage(Stage::Officer)
        .run(|cx| {
            let session = cx.session()?;
            cx.ok(cx.c.logout(session))?;
            cx.in_state(session, CKS_RW_PUBLIC_SESSION)
        }),
        case(
            "login.logout.then-the-other",
            spec("5.6.10"),
            "After the user has logged out the SO logs in, and the other way round.",
        )
        .run(|cx| {
            let session = cx.session()?;
            cx.ok(cx.c.logout(session))?;
            cx.as_officer(session)?;
            cx.in_state(session, CKS_RW_SO_FUNCTIONS)?;
            cx.ok(cx.c.logout(session))?;
            cx.as_user(session)?;
            cx.in_state(session, CKS_RW_USER_FUNCTIONS)
        }),
        case(
            "login.logout.after-close-all",
            spec("5.6.3"),
            "After C_CloseAllSessions nobody is logged in, and the user logs in again.",
        )
        .run(|cx| {
            cx.ok(cx.c.close_all_sessions(cx.slot))?;
            let session = cx.session()?;
            cx.in_state(session, CKS_RW_PUBLIC_SESSION)?;
            cx.as_user(session)
        }),
    ]
}

fn operations() -> Vec<Case> {
    vec![
        case(
            "login.logout.during-signature",
            spec("5.6.10"),
            "A signature that a logout interrupts is completed or is not active any more; another answer would be an error of its own.",
        )
        .run(|cx| {
            cx.mechanism(CKM_ECDSA, CKF_SIGN)?;
            let session = cx.session()?;
            let key = cx.p256(session, &[], &[CKA_SIGN])?.private;
            cx.ok(cx.c.sign_init(session, Some(&Mechanism::new(CKM_ECDSA)), key))?;
            cx.ok(cx.c.logout(session))?;
            let output = cx.c.sign(session, &[7; 32], Out::Room(64));
            let codes = [
                CKR_OK,
                CKR_OPERATION_NOT_INITIALIZED,
                CKR_USER_NOT_LOGGED_IN,
                CKR_KEY_HANDLE_INVALID,
            ];
            cx.expect_one_of(output.rv, &codes)
        }),
        case(
            "login.logout.session-goes-on",
            spec("5.6.10"),
            "A session in which a logout interrupts a digest begins another one afterwards.",
        )
        .run(|cx| {
            cx.mechanism(CKM_SHA256, CKF_DIGEST)?;
            let session = cx.session()?;
            let mechanism = Mechanism::new(CKM_SHA256);
            cx.ok(cx.c.digest_init(session, Some(&mechanism)))?;
            cx.ok(cx.c.digest_update(session, b"abc"))?;
            cx.ok(cx.c.logout(session))?;
            // Whether the first is still active is open: ending it makes both the same.
            let output = cx.c.digest_final(session, Out::Room(32));
            cx.expect_one_of(output.rv, &[CKR_OK, CKR_OPERATION_NOT_INITIALIZED])?;
            cx.as_user(session)?;
            cx.ok(cx.c.digest_init(session, Some(&mechanism)))?;
            cx.ok(cx.c.digest_final(session, Out::Room(32)).rv)
        }),
    ]
}
