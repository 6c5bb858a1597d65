//! Wrapping keys (PKCS#11 3.1 section 5.18.3).

pub(super) mod carriers;
mod known;
mod lengths;
mod nonces;
mod refusals;

use cryptoki_sys::*;

use crate::c::Rv;
use crate::case::{Case, case, spec};
use crate::context::not_applicable;
use carriers::{CARRIERS, Carrier, Payload};

/// Returns the cases of this area.
pub(crate) fn cases() -> Vec<Case> {
    [
        round_trips(),
        known::cases(),
        lengths::cases(),
        nonces::cases(),
        refusals::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn round_trips() -> Vec<Case> {
    CARRIERS
        .iter()
        .flat_map(|carrier| {
            Payload::ALL
                .iter()
                .filter(|payload| payload.fits(*carrier))
                .map(|payload| round_trip(*carrier, *payload))
        })
        .collect()
}

fn round_trip(carrier: Carrier, payload: Payload) -> Case {
    case(
        format!("wrap.{}.{}", carrier.name, payload.name()),
        spec(carrier.section),
        "A key that is wrapped and unwrapped is the same key.",
    )
    .run(move |cx| {
        let mechanism = carrier.mechanism(cx, CKF_WRAP | CKF_UNWRAP)?;
        let session = cx.session()?;
        let key = payload.import(cx, session)?;
        let keys = carrier.keys(cx, session)?;
        let wrapped = cx.wrap_once(session, &mechanism, keys.public, key);
        if wrapped == Err(Rv::new(CKR_KEY_NOT_WRAPPABLE)) {
            return not_applicable("the token does not wrap such a key: CKR_KEY_NOT_WRAPPABLE");
        }
        let wrapped = cx.done(wrapped)?;
        cx.c.destroy_object(session, key);
        let (rv, again) = cx.c.unwrap_key(
            session,
            &mechanism,
            keys.private,
            &wrapped,
            &payload.template(),
        );
        cx.ok(rv)?;
        payload.expect(cx, session, again)
    })
}
