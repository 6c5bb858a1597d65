//! Puts the PINs back that a case has changed, whatever came of the case.

use cryptoki_sys::{CKU_SO, CKU_USER};

use crate::c::Session;
use crate::case::Outcome;
use crate::child;
use crate::context::Context;

/// Letters for PINs: digits, which every token takes, and no run of them is regular.
const DIGITS: &[u8] = b"83610592748316059274";

/// The right PINs, and others that the token should take.
pub(super) struct Pins {
    /// The user's.
    pub(super) user: Vec<u8>,
    /// The security officer's.
    pub(super) officer: Vec<u8>,
    /// One that is neither.
    pub(super) new: Vec<u8>,
}

/// Runs something that changes PINs, and puts them back.
pub(super) fn restoring(
    cx: &mut Context<'_>,
    body: impl FnOnce(&mut Context<'_>, &Pins) -> Outcome,
) -> Outcome {
    cx.pin_by_call()?;
    let (user, officer) = (cx.user_pin()?.to_vec(), cx.so_pin()?.to_vec());
    let new = new_pin(cx, &[&user, &officer]);
    let pins = Pins { user, officer, new };
    let outcome = body(cx, &pins);
    let restored = restore(cx, &pins);
    outcome?;
    restored
}

/// Makes a PIN of so many letters.
pub(super) fn of_length(length: usize) -> Vec<u8> {
    DIGITS.iter().copied().cycle().take(length).collect()
}

fn new_pin(cx: &Context<'_>, taken: &[&[u8]]) -> Vec<u8> {
    /// What most people would choose, where the token lets them.
    const USUAL: u64 = 10;
    let length = USUAL.min(cx.facts.max_pin).max(cx.facts.min_pin);
    let mut pin = of_length(usize::try_from(length).unwrap_or(0));
    while taken.contains(&pin.as_slice()) {
        pin.rotate_left(1);
    }
    pin
}

/// Puts the PINs back. The SO's right PIN is tried once only while it may be another: it must never lock.
fn restore(cx: &Context<'_>, pins: &Pins) -> Outcome {
    cx.c.close_all_sessions(cx.slot);
    let (rv, session) = cx.c.open_read_write(cx.slot);
    cx.ok(rv)?;
    let user_logs_in = cx.c.login(session, CKU_USER, &pins.user).is_ok();
    cx.c.logout(session);
    let officer_logs_in = cx.c.login(session, CKU_SO, &pins.officer).is_ok();
    let restored = if officer_logs_in {
        true
    } else {
        cx.c.login(session, CKU_SO, &pins.new).is_ok()
            && cx.c.set_pin(session, &pins.new, &pins.officer).is_ok()
    };
    let restored = restored && (user_logs_in || cx.c.init_pin(session, &pins.user).is_ok());
    cx.c.close_session(session);
    if restored {
        return Ok(());
    }
    child::renew(cx.c, cx.facts, &pins.officer, &pins.user)
}

/// Requires that the user logs in with this PIN, and logs the user out again.
pub(super) fn user_logs_in(cx: &Context<'_>, session: Session, pin: &[u8]) -> Outcome {
    cx.ok(cx.c.login(session, CKU_USER, pin))?;
    cx.ok(cx.c.logout(session))
}

/// Requires that the SO logs in with this PIN, and logs the SO out again.
pub(super) fn officer_logs_in(cx: &Context<'_>, session: Session, pin: &[u8]) -> Outcome {
    cx.ok(cx.c.login(session, CKU_SO, pin))?;
    cx.ok(cx.c.logout(session))
}
