//! The Authentication Token: its keys, and signatures with them (Profiles section 5.4).

use cryptoki_sys::*;

use crate::c::{Mechanism, Object, Out, Session, Template};
use crate::case::{Case, Outcome, case, profiles};
use crate::context::{Context, not_applicable};
use crate::keys::Pair;

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(
            "profile.authentication.keys",
            profiles("5.4"),
            "An Authentication Token has private keys and public keys, and finds them by their class.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let (pair, _) = pair(cx, session)?;
            for (class, key) in [(CKO_PRIVATE_KEY, pair.private), (CKO_PUBLIC_KEY, pair.public)] {
                let found = cx.matching(session, &Template::class(class))?;
                cx.check(found.contains(&key), "the new key among them", "not there")?;
            }
            Ok(())
        }),
        case(
            "profile.authentication.signature",
            profiles("5.4"),
            "An Authentication Token signs: at once, or in parts.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let (pair, mechanism) = pair(cx, session)?;
            let signature = signature(cx, session, &mechanism, pair.private)?;
            cx.prepared(cx.c.verify_init(session, Some(&mechanism), pair.public))?;
            cx.ok(cx.c.verify(session, &[0x5a; 32], &signature))
        }),
    ]
}

/// Makes a key pair of a kind that the slot has, and a mechanism to sign with it.
fn pair(cx: &Context<'_>, session: Session) -> Outcome<(Pair, Mechanism)> {
    if cx.mechanism(CKM_ECDSA, CKF_SIGN).is_ok() {
        let pair = cx.p256(session, &[CKA_VERIFY], &[CKA_SIGN]);
        if let Ok(pair) = pair {
            return Ok((pair, Mechanism::new(CKM_ECDSA)));
        }
    }
    cx.mechanism(CKM_RSA_PKCS, CKF_SIGN)?;
    let pair = cx.rsa(session, &[CKA_VERIFY], &[CKA_SIGN])?;
    Ok((pair, Mechanism::new(CKM_RSA_PKCS)))
}

/// Signs at once where the module does, else in parts.
fn signature(
    cx: &Context<'_>,
    session: Session,
    mechanism: &Mechanism,
    key: Object,
) -> Outcome<Vec<u8>> {
    cx.ok(cx.c.sign_init(session, Some(mechanism), key))?;
    let at_once = cx.c.sign(session, &[0x5a; 32], Out::Room(512));
    if at_once.rv.is_ok() {
        return Ok(at_once.bytes);
    }
    if at_once.rv.0 != CKR_FUNCTION_NOT_SUPPORTED {
        cx.ok(at_once.rv)?;
    }
    cx.ok(cx.c.sign_update(session, &[0x5a; 32]))?;
    let in_parts = cx.c.sign_final(session, Out::Room(512));
    cx.ok(in_parts.rv)?;
    if in_parts.bytes.is_empty() {
        return not_applicable("the module signs neither at once nor in parts");
    }
    Ok(in_parts.bytes)
}
