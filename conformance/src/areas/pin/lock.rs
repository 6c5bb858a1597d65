//! Tokens that lock the user's PIN after some wrong ones. The SO's PIN is never tried out: it could not be recovered.

use cryptoki_sys::{
    CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_LOCKED, CKR_PIN_INCORRECT, CKR_PIN_LOCKED, CKU_SO,
    CKU_USER,
};

use super::flags::none_of;
use super::restore::{Pins, officer_logs_in, restoring, user_logs_in};
use crate::c::Session;
use crate::case::{Case, Outcome, Stage, case, spec};
use crate::context::{Context, fail, not_applicable};
use crate::users::{SO_TRIES, USER_TRIES, wrong};

/// How many wrong PINs are tried: tokens that lock at all do so earlier.
const TRIES: usize = 15;

pub(super) fn cases() -> Vec<Case> {
    [locking(), locked(), unlocking()]
        .into_iter()
        .flatten()
        .collect()
}

fn destructive(
    id: &str,
    section: &'static str,
    requirement: &str,
    body: fn(&mut Context<'_>, &Pins) -> Outcome,
) -> Case {
    case(id, spec(section), requirement)
        .stage(Stage::Public)
        .destructive()
        .deadline(300)
        .run(move |cx| restoring(cx, body))
}

/// Tries wrong PINs until the user's is locked.
fn lock(cx: &mut Context<'_>, pins: &Pins) -> Outcome<Session> {
    let session = cx.session()?;
    let pin = wrong(&pins.user);
    for _ in 0..TRIES {
        let rv = cx.c.login(session, CKU_USER, &pin);
        if rv.0 == CKR_PIN_LOCKED || cx.token()?.flags & CKF_USER_PIN_LOCKED != 0 {
            return Ok(session);
        }
        cx.expect(rv, CKR_PIN_INCORRECT)?;
    }
    not_applicable(format!("{TRIES} wrong PINs do not lock the user's"))
}

fn locking() -> Vec<Case> {
    vec![
        destructive(
            "pin.lock.answers",
            "5.6.8",
            "Each wrong PIN answers CKR_PIN_INCORRECT, or CKR_PIN_LOCKED from some time on.",
            |cx, pins| {
                let session = cx.session()?;
                let pin = wrong(&pins.user);
                let mut locked = false;
                for _ in 0..TRIES {
                    let rv = cx.c.login(session, CKU_USER, &pin);
                    if locked {
                        cx.expect(rv, CKR_PIN_LOCKED)?;
                    }
                    cx.expect_one_of(rv, &[CKR_PIN_INCORRECT, CKR_PIN_LOCKED])?;
                    locked = rv.0 == CKR_PIN_LOCKED;
                }
                Ok(())
            },
        ),
        destructive(
            "pin.lock.final-try",
            "3.2",
            "A wrong PIN after CKF_USER_PIN_FINAL_TRY was set locks the user's PIN.",
            |cx, pins| {
                let session = cx.session()?;
                let pin = wrong(&pins.user);
                for _ in 0..TRIES {
                    let last = cx.token()?.flags & CKF_USER_PIN_FINAL_TRY != 0;
                    let rv = cx.c.login(session, CKU_USER, &pin);
                    if last {
                        return cx
                            .expect(cx.c.login(session, CKU_USER, &pins.user), CKR_PIN_LOCKED);
                    }
                    if rv.0 == CKR_PIN_LOCKED {
                        break;
                    }
                }
                not_applicable("the token does not set CKF_USER_PIN_FINAL_TRY")
            },
        ),
        destructive(
            "pin.lock.right-pin-counts-anew",
            "3.2",
            "A right PIN begins the count of wrong ones anew: wrong and right in turns never lock.",
            |cx, pins| {
                let session = cx.session()?;
                let pin = wrong(&pins.user);
                for _ in 0..TRIES {
                    let rv = cx.c.login(session, CKU_USER, &pin);
                    cx.expect(rv, CKR_PIN_INCORRECT)?;
                    user_logs_in(cx, session, &pins.user)?;
                }
                none_of(cx, USER_TRIES)
            },
        ),
    ]
}

fn locked() -> Vec<Case> {
    vec![
        destructive(
            "pin.lock.right-pin-refused",
            "5.6.8",
            "The right PIN of a locked user answers CKR_PIN_LOCKED.",
            |cx, pins| {
                let session = lock(cx, pins)?;
                let rv = cx.c.login(session, CKU_USER, &pins.user);
                cx.expect(rv, CKR_PIN_LOCKED)
            },
        ),
        destructive(
            "pin.lock.set-pin-refused",
            "5.5.9",
            "C_SetPIN with a locked user's PIN answers CKR_PIN_LOCKED.",
            |cx, pins| {
                let session = lock(cx, pins)?;
                let rv = cx.c.set_pin(session, &pins.user, &pins.new);
                cx.expect(rv, CKR_PIN_LOCKED)
            },
        ),
        destructive(
            "pin.lock.flags",
            "3.2",
            "A token that says how many tries are left says that a locked PIN is locked.",
            |cx, pins| {
                lock(cx, pins)?;
                let flags = cx.token()?.flags & USER_TRIES;
                if flags != 0 && flags & CKF_USER_PIN_LOCKED == 0 {
                    return fail("CKF_USER_PIN_LOCKED", "only flags of tries that are left");
                }
                Ok(())
            },
        ),
        destructive(
            "pin.lock.outlives-finalize",
            "5.6.8",
            "A locked PIN is still locked after C_Finalize and C_Initialize.",
            |cx, pins| {
                lock(cx, pins)?;
                cx.ok(cx.c.finalize())?;
                cx.ok(cx.c.initialize(None))?;
                let session = cx.session()?;
                let rv = cx.c.login(session, CKU_USER, &pins.user);
                cx.expect(rv, CKR_PIN_LOCKED)
            },
        ),
        destructive(
            "pin.lock.not-the-officers",
            "5.6.8",
            "A locked user's PIN leaves the SO's as it is.",
            |cx, pins| {
                let session = lock(cx, pins)?;
                officer_logs_in(cx, session, &pins.officer)?;
                none_of(cx, SO_TRIES)
            },
        ),
    ]
}

fn unlocking() -> Vec<Case> {
    vec![
        destructive(
            "pin.lock.officer-unlocks",
            "5.5.8",
            "The SO gives a locked user a new PIN, which logs in.",
            |cx, pins| {
                let session = lock(cx, pins)?;
                cx.ok(cx.c.login(session, CKU_SO, &pins.officer))?;
                cx.ok(cx.c.init_pin(session, &pins.new))?;
                cx.ok(cx.c.logout(session))?;
                user_logs_in(cx, session, &pins.new)
            },
        ),
        destructive(
            "pin.lock.officer-clears-flags",
            "3.2",
            "Once the SO has given a locked user a new PIN, and it has logged in, the flags are clear.",
            |cx, pins| {
                let session = lock(cx, pins)?;
                cx.ok(cx.c.login(session, CKU_SO, &pins.officer))?;
                cx.ok(cx.c.init_pin(session, &pins.user))?;
                cx.ok(cx.c.logout(session))?;
                user_logs_in(cx, session, &pins.user)?;
                none_of(cx, USER_TRIES)
            },
        ),
    ]
}
