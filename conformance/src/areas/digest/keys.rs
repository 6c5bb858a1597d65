//! `C_DigestKey` (PKCS#11 3.1 section 5.12.4): a module may refuse keys, but not with another code or another digest.

use cryptoki_sys::*;

use crate::c::{Mechanism, Object, Out, Session};
use crate::case::{Case, Outcome, case, spec};
use crate::context::Context;
use crate::operations::mechanisms::pattern;
use crate::operations::peer;

/// What a module may answer that does not digest a key.
const REFUSED: &[CK_RV] = &[CKR_KEY_INDIGESTIBLE, CKR_KEY_SIZE_RANGE];

/// Returns the cases.
pub(crate) fn cases() -> Vec<Case> {
    let unstarted = case(
        "digest.key.unstarted",
        spec("5.12.4"),
        "C_DigestKey without an operation answers CKR_OPERATION_NOT_INITIALIZED.",
    );
    let value = case(
        "digest.key.value",
        spec("5.12.4"),
        "C_DigestKey digests the value of a secret key between parts of data, or refuses with CKR_KEY_INDIGESTIBLE.",
    );
    let private = case(
        "digest.key.private-key",
        spec("5.12.4"),
        "C_DigestKey with a private key answers CKR_KEY_INDIGESTIBLE.",
    );
    vec![
        unstarted.run(|cx| {
            let session = cx.session()?;
            let key = secret(cx, session, &pattern(32))?;
            cx.expect(cx.c.digest_key(session, key), CKR_OPERATION_NOT_INITIALIZED)
        }),
        value.run(value_between_parts),
        private.run(|cx| {
            let session = cx.session()?;
            let pair = cx.p256(session, &[CKA_VERIFY], &[CKA_SIGN])?;
            started(cx, session)?;
            let rv = cx.c.digest_key(session, pair.private);
            cx.expect(rv, CKR_KEY_INDIGESTIBLE)
        }),
        of_handle("digest.key.zero", CK_INVALID_HANDLE),
        of_handle("digest.key.wild", 0x7FFF_FFF3),
    ]
}

fn of_handle(id: &str, handle: CK_OBJECT_HANDLE) -> Case {
    case(
        id,
        spec("5.12.4"),
        format!(
            "C_DigestKey with a handle of nothing ({handle:#x}) answers CKR_KEY_HANDLE_INVALID."
        ),
    )
    .run(move |cx| {
        let session = cx.session()?;
        started(cx, session)?;
        cx.expect(
            cx.c.digest_key(session, Object(handle)),
            CKR_KEY_HANDLE_INVALID,
        )
    })
}

fn secret(cx: &Context<'_>, session: Session, value: &[u8]) -> Outcome<Object> {
    cx.import_secret(session, CKK_GENERIC_SECRET, value, &[CKA_SIGN])
}

fn started(cx: &Context<'_>, session: Session) -> Outcome {
    cx.mechanism(CKM_SHA256, CKF_DIGEST)?;
    cx.ok(cx.c.digest_init(session, Some(&Mechanism::new(CKM_SHA256))))
}

fn value_between_parts(cx: &mut Context<'_>) -> Outcome {
    let session = cx.session()?;
    let value = pattern(32);
    let key = secret(cx, session, &value)?;
    started(cx, session)?;
    cx.ok(cx.c.digest_update(session, b"before"))?;
    let rv = cx.c.digest_key(session, key);
    if REFUSED.contains(&rv.0) {
        return Ok(());
    }
    cx.ok(rv)?;
    cx.ok(cx.c.digest_update(session, b"after"))?;
    let given = cx.c.digest_final(session, Out::Room(32));
    cx.ok(given.rv)?;
    let whole = [b"before".as_slice(), &value, b"after"].concat();
    cx.equal_bytes(
        "the digest of the parts and the key",
        &peer::sha256(&whole),
        &given.bytes,
    )
}
