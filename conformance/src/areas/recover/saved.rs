//! Saved states of operations (PKCS#11 3.1 sections 5.6.6 and 5.6.7).

use cryptoki_sys::*;

use crate::c::{Mechanism, Object, Out, Session};
use crate::case::{Case, Outcome, case, spec};
use crate::context::{Context, not_applicable};
use crate::operations::mechanisms::{CIPHERS, DIGESTS, Row, SIGNATURES, row};
use crate::operations::{Family, Operation, peer};

/// No key.
const NONE: Object = Object(CK_INVALID_HANDLE);

/// Returns the cases.
pub(crate) fn cases() -> Vec<Case> {
    let digests = DIGESTS.iter().map(elsewhere);
    digests.chain(of_digest()).chain(of_keys()).collect()
}

/// Saves the state of a session; a module need not be able to.
fn save(cx: &Context<'_>, session: Session) -> Outcome<Vec<u8>> {
    match cx.c.whole(|out| cx.c.operation_state(session, out)) {
        Ok(state) => Ok(state),
        Err(rv) if rv.0 == CKR_STATE_UNSAVEABLE => {
            not_applicable("the token does not save such a state")
        }
        Err(rv) => cx.ok(rv).map(|()| Vec::new()),
    }
}

/// Starts an operation and gives it the first half of its data.
fn half_way(
    cx: &mut Context<'_>,
    row: &'static Row,
    family: Family,
) -> Outcome<(Operation, Vec<u8>)> {
    let operation = Operation::new(cx, row, family)?;
    operation.start(cx)?;
    let given = operation.update(cx, &operation.input[..32], operation.room());
    cx.ok(given.rv)?;
    Ok((operation, given.bytes))
}

/// Gives an operation the second half in any session, and ends it.
fn rest(cx: &Context<'_>, operation: &Operation, session: Session) -> Outcome<Vec<u8>> {
    let family = operation.family;
    let given = family.update(cx.c, session, &operation.input[32..], operation.room());
    cx.ok(given.rv)?;
    let last = family.finish(cx.c, session, &operation.signature, operation.room());
    cx.ok(last.rv)?;
    Ok([given.bytes, last.bytes].concat())
}

fn elsewhere(row: &'static Row) -> Case {
    case(
        format!("recover.saved.elsewhere.{}", row.id),
        spec("5.6.7"),
        format!(
            "A digest with {} goes on in another session from where its state was saved.",
            row.name()
        ),
    )
    .run(move |cx| {
        let (operation, _) = half_way(cx, row, Family::Digest)?;
        let state = save(cx, operation.session)?;
        let other = cx.session()?;
        cx.ok(cx.c.set_operation_state(other, &state, NONE, NONE))?;
        let digest = rest(cx, &operation, other)?;
        operation.right(cx, &digest)?;
        // Saving took nothing away from the session that it was saved in.
        let digest = rest(cx, &operation, operation.session)?;
        operation.right(cx, &digest)
    })
}

fn sha256() -> &'static Row {
    row(DIGESTS, "sha256")
}

fn of_digest() -> Vec<Case> {
    vec![
        case("recover.saved.nothing", spec("5.6.6"), "C_GetOperationState without an operation answers CKR_OPERATION_NOT_INITIALIZED.")
            .run(|cx| {
                let session = cx.session()?;
                cx.expect(cx.c.operation_state(session, Out::Length).rv, CKR_OPERATION_NOT_INITIALIZED)
            }),
        case("recover.saved.back", spec("5.6.7"), "C_SetOperationState takes a session back to where it was, whatever it did since.")
            .run(|cx| {
                let (operation, _) = half_way(cx, sha256(), Family::Digest)?;
                let state = save(cx, operation.session)?;
                cx.ok(cx.c.digest_update(operation.session, b"something else"))?;
                cx.ok(cx.c.set_operation_state(operation.session, &state, NONE, NONE))?;
                let digest = rest(cx, &operation, operation.session)?;
                operation.right(cx, &digest)
            }),
        case("recover.saved.buffer", spec("5.6.6"), "C_GetOperationState with too small a buffer answers CKR_BUFFER_TOO_SMALL, tells the length and leaves the operation active.")
            .run(buffer),
        case("recover.saved.garbage", spec("5.6.7"), "C_SetOperationState with bytes that are no state answers CKR_SAVED_STATE_INVALID.")
            .run(|cx| {
                let session = cx.session()?;
                let rv = cx.c.set_operation_state(session, &[0x3C; 100], NONE, NONE);
                cx.expect(rv, CKR_SAVED_STATE_INVALID)?;
                cx.expect(cx.c.digest_final(session, Out::Room(64)).rv, CKR_OPERATION_NOT_INITIALIZED)
            }),
        case("recover.saved.cut", spec("5.6.7"), "C_SetOperationState with a part of a state answers CKR_SAVED_STATE_INVALID.")
            .run(|cx| {
                let (operation, _) = half_way(cx, sha256(), Family::Digest)?;
                let state = save(cx, operation.session)?;
                let other = cx.session()?;
                let rv = cx.c.set_operation_state(other, &state[..state.len() / 2], NONE, NONE);
                cx.expect(rv, CKR_SAVED_STATE_INVALID)
            }),
        case("recover.saved.key-not-needed", spec("5.6.7"), "C_SetOperationState of a digest with a key answers CKR_KEY_NOT_NEEDED.")
            .run(|cx| {
                let (operation, _) = half_way(cx, sha256(), Family::Digest)?;
                let state = save(cx, operation.session)?;
                let other = cx.session()?;
                let key = cx.aes(other, 16, &[CKA_ENCRYPT])?;
                cx.expect(cx.c.set_operation_state(other, &state, key, NONE), CKR_KEY_NOT_NEEDED)
            }),
        case("recover.saved.recovery", spec("5.6.6"), "C_GetOperationState with only a signature with recovery active answers CKR_OPERATION_NOT_INITIALIZED.")
            .should()
            .run(|cx| {
                cx.mechanism(CKM_RSA_PKCS, CKF_SIGN_RECOVER)?;
                let session = cx.session()?;
                let pair = cx.rsa(session, &[CKA_VERIFY_RECOVER], &[CKA_SIGN_RECOVER])?;
                cx.ok(cx.c.sign_recover_init(session, Some(&Mechanism::new(CKM_RSA_PKCS)), pair.private))?;
                cx.expect(cx.c.operation_state(session, Out::Length).rv, CKR_OPERATION_NOT_INITIALIZED)
            }),
    ]
}

fn buffer(cx: &mut Context<'_>) -> Outcome {
    let (operation, _) = half_way(cx, sha256(), Family::Digest)?;
    let state = save(cx, operation.session)?;
    let short = cx.c.operation_state(operation.session, Out::Room(1));
    cx.expect(short.rv, CKR_BUFFER_TOO_SMALL)?;
    cx.check(
        short.length >= state.len() as CK_ULONG,
        format!("at least {} bytes are told", state.len()),
        short.length.to_string(),
    )?;
    let digest = rest(cx, &operation, operation.session)?;
    cx.equal_bytes("the digest", &peer::sha256(&operation.data), &digest)
}

fn of_keys() -> Vec<Case> {
    let rows = [
        (Family::Sign, row(SIGNATURES, "sha256-hmac")),
        (Family::Verify, row(SIGNATURES, "sha256-hmac")),
        (Family::Encrypt, row(CIPHERS, "aes-cbc")),
        (Family::Decrypt, row(CIPHERS, "aes-cbc")),
    ];
    rows.into_iter()
        .flat_map(|(family, row)| {
            [
                with_key(family, row),
                without_key(family, row),
                unsaveable(family, row),
            ]
        })
        .collect()
}

/// Returns the keys as `C_SetOperationState` takes them: for a cipher, for a signature.
fn places(family: Family, key: Object) -> (Object, Object) {
    if family.streams() {
        (key, NONE)
    } else {
        (NONE, key)
    }
}

/// What is said of an operation with a key that cannot be saved.
fn unsaveable(family: Family, row: &'static Row) -> Case {
    case(
        format!("recover.saved.code.{}.{}", family.area(), row.id),
        spec("5.6.6"),
        format!("C_GetOperationState in the middle of an operation to {} with {} gives its state, or answers CKR_STATE_UNSAVEABLE.", family.area(), row.name()),
    )
    .should()
    .run(move |cx| {
        let (operation, _) = half_way(cx, row, family)?;
        let rv = cx.c.operation_state(operation.session, Out::Length).rv;
        cx.expect_one_of(rv, &[CKR_OK, CKR_STATE_UNSAVEABLE])
    })
}

/// Saves the state of an operation with a key; that a module cannot is another case's matter, whatever it says.
fn save_with_key(cx: &Context<'_>, session: Session) -> Outcome<Vec<u8>> {
    let asked = cx.c.operation_state(session, Out::Length);
    if asked.rv.0 == CKR_OPERATION_NOT_INITIALIZED {
        return not_applicable("the token does not save such a state");
    }
    save(cx, session)
}

fn with_key(family: Family, row: &'static Row) -> Case {
    case(
        format!("recover.saved.with-key.{}.{}", family.area(), row.id),
        spec("5.6.7"),
        format!("An operation to {} with {} goes on in another session from its saved state and its key.", family.area(), row.name()),
    )
    .run(move |cx| {
        let (operation, first) = half_way(cx, row, family)?;
        let state = save_with_key(cx, operation.session)?;
        let other = cx.session()?;
        let (cipher, mac) = places(family, operation.key());
        cx.ok(cx.c.set_operation_state(other, &state, cipher, mac))?;
        let given = rest(cx, &operation, other)?;
        cx.ok(cx.c.close_session(other))?;
        let late = rest(cx, &operation, operation.session)?;
        cx.equal_bytes("what the first session gives", &late, &given)?;
        operation.right(cx, &[first, given].concat())
    })
}

fn without_key(family: Family, row: &'static Row) -> Case {
    case(
        format!("recover.saved.without-key.{}.{}", family.area(), row.id),
        spec("5.6.7"),
        format!("C_SetOperationState to {} with {} without the key answers CKR_KEY_NEEDED, or needs none.", family.area(), row.name()),
    )
    .run(move |cx| {
        let (operation, first) = half_way(cx, row, family)?;
        let state = save_with_key(cx, operation.session)?;
        let other = cx.session()?;
        let rv = cx.c.set_operation_state(other, &state, NONE, NONE);
        let needless = cx.facts.token_flags & CKF_RESTORE_KEY_NOT_NEEDED != 0;
        if rv.0 == CKR_KEY_NEEDED && !needless {
            return Ok(());
        }
        cx.ok(rv)?;
        let given = rest(cx, &operation, other)?;
        cx.ok(cx.c.close_session(other))?;
        let late = rest(cx, &operation, operation.session)?;
        cx.equal_bytes("what the first session gives", &late, &given)?;
        operation.right(cx, &[first, given].concat())
    })
}
