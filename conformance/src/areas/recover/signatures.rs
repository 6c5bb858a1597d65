//! Signatures that give their data back (PKCS#11 3.1 sections 5.13.5, 5.13.6, 5.15.5 and 5.15.6).

use cryptoki_sys::*;

use crate::c::function::Version;
use crate::c::{Arg, Function, Mechanism, Object, Out, Output, Session, Template};
use crate::case::{Case, Outcome, case, spec};
use crate::context::Context;
use crate::keys::Pair;
use crate::operations::material::{self, Wanted};
use crate::operations::mechanisms::{KeyKind, pattern};

/// The mechanisms: their names in cases, the section, and the length of the data that they take here.
const MECHANISMS: &[(CK_MECHANISM_TYPE, &str, &str, usize)] = &[
    (CKM_RSA_PKCS, "rsa-pkcs", "6.1.6", 35),
    (CKM_RSA_X_509, "rsa-x-509", "6.1.12", 256),
    (CKM_RSA_9796, "rsa-9796", "6.1.9", 100),
];

/// Returns the cases.
pub(crate) fn cases() -> Vec<Case> {
    let of = |row: &'static (CK_MECHANISM_TYPE, &str, &str, usize)| {
        [round_trip(row), buffers(row), changed(row), lengths(row)]
    };
    let mut cases: Vec<Case> = MECHANISMS.iter().flat_map(of).collect();
    cases.extend(states());
    cases.extend(keys());
    cases
}

/// The keys, and a signature to recover the data from.
struct Signed {
    session: Session,
    pair: Pair,
    mechanism: Mechanism,
    data: Vec<u8>,
    signature: Vec<u8>,
}

fn pair(cx: &mut Context<'_>, kind: CK_MECHANISM_TYPE) -> Outcome<(Session, Pair)> {
    cx.mechanism(kind, CKF_SIGN_RECOVER | CKF_VERIFY_RECOVER)?;
    let session = cx.session()?;
    let publics = [CKA_VERIFY, CKA_VERIFY_RECOVER];
    let pair = cx.rsa(session, &publics, &[CKA_SIGN, CKA_SIGN_RECOVER])?;
    Ok((session, pair))
}

fn signed(cx: &mut Context<'_>, kind: CK_MECHANISM_TYPE, length: usize) -> Outcome<Signed> {
    let (session, pair) = pair(cx, kind)?;
    let mechanism = Mechanism::new(kind);
    let mut data = pattern(length);
    data[0] = 0;
    cx.ok(cx
        .c
        .sign_recover_init(session, Some(&mechanism), pair.private))?;
    let given = cx.c.sign_recover(session, &data, Out::Room(256));
    cx.ok(given.rv)?;
    cx.equal("the signature's length", &256, &given.bytes.len())?;
    let signature = given.bytes;
    Ok(Signed {
        session,
        pair,
        mechanism,
        data,
        signature,
    })
}

fn recovered(cx: &Context<'_>, one: &Signed, signature: &[u8], out: Out) -> Outcome<Output> {
    cx.ok(cx
        .c
        .verify_recover_init(one.session, Some(&one.mechanism), one.pair.public))?;
    Ok(cx.c.verify_recover(one.session, signature, out))
}

fn round_trip(row: &'static (CK_MECHANISM_TYPE, &str, &str, usize)) -> Case {
    let (kind, id, section, length) = *row;
    case(
        format!("recover.data.{id}"),
        spec(section),
        format!("C_VerifyRecover gives back the data that C_SignRecover signed ({id}), and both end their operation."),
    )
    .run(move |cx| {
        let one = signed(cx, kind, length)?;
        let again = cx.c.sign_recover(one.session, &one.data, Out::Room(256));
        cx.expect(again.rv, CKR_OPERATION_NOT_INITIALIZED)?;
        let given = recovered(cx, &one, &one.signature, Out::Room(256))?;
        cx.ok(given.rv)?;
        cx.equal_bytes("the data", &one.data, &given.bytes)?;
        let again = cx.c.verify_recover(one.session, &one.signature, Out::Room(256));
        cx.expect(again.rv, CKR_OPERATION_NOT_INITIALIZED)
    })
}

fn buffers(row: &'static (CK_MECHANISM_TYPE, &str, &str, usize)) -> Case {
    let (kind, id, _, length) = *row;
    case(
        format!("recover.buffer.{id}"),
        spec("5.2"),
        format!("C_SignRecover and C_VerifyRecover ({id}) tell the length, and go on after a short buffer."),
    )
    .run(move |cx| {
        let one = signed(cx, kind, length)?;
        cx.ok(cx.c.sign_recover_init(one.session, Some(&one.mechanism), one.pair.private))?;
        let asked = cx.c.sign_recover(one.session, &one.data, Out::Length);
        cx.ok(asked.rv)?;
        cx.equal("the length told", &256, &asked.length)?;
        let short = cx.c.sign_recover(one.session, &one.data, Out::Room(255));
        cx.expect(short.rv, CKR_BUFFER_TOO_SMALL)?;
        cx.check(short.length >= 256, "at least 256 bytes are told", short.length.to_string())?;
        cx.ok(cx.c.sign_recover(one.session, &one.data, Out::Room(256)).rv)?;
        let asked = recovered(cx, &one, &one.signature, Out::Length)?;
        cx.ok(asked.rv)?;
        cx.check(asked.length >= length as CK_ULONG, "a sufficient length", asked.length.to_string())?;
        let short = cx.c.verify_recover(one.session, &one.signature, Out::Room(length - 1));
        cx.expect(short.rv, CKR_BUFFER_TOO_SMALL)?;
        let given = cx.c.verify_recover(one.session, &one.signature, Out::Room(256));
        cx.ok(given.rv)?;
        cx.equal_bytes("the data", &one.data, &given.bytes)
    })
}

fn changed(row: &'static (CK_MECHANISM_TYPE, &str, &str, usize)) -> Case {
    let (kind, id, _, length) = *row;
    case(
        format!("recover.wrong-length.{id}"),
        spec("5.15.6"),
        format!(
            "C_VerifyRecover ({id}) refuses a signature of a wrong length and ends the operation."
        ),
    )
    .run(move |cx| {
        let one = signed(cx, kind, length)?;
        let refused = recovered(cx, &one, &one.signature[..255], Out::Room(256))?;
        cx.expect_one_of(
            refused.rv,
            &[CKR_SIGNATURE_LEN_RANGE, CKR_SIGNATURE_INVALID],
        )?;
        let late =
            cx.c.verify_recover(one.session, &one.signature, Out::Room(256));
        cx.expect(late.rv, CKR_OPERATION_NOT_INITIALIZED)
    })
}

fn lengths(row: &'static (CK_MECHANISM_TYPE, &str, &str, usize)) -> Case {
    let (kind, id, _, _) = *row;
    case(
        format!("recover.too-long.{id}"),
        spec("5.13.6"),
        format!("C_SignRecover ({id}) with more data than fits answers CKR_DATA_LEN_RANGE and ends the operation."),
    )
    .run(move |cx| {
        let (session, pair) = pair(cx, kind)?;
        cx.ok(cx.c.sign_recover_init(session, Some(&Mechanism::new(kind)), pair.private))?;
        let refused = cx.c.sign_recover(session, &pattern(257), Out::Room(256));
        cx.expect(refused.rv, CKR_DATA_LEN_RANGE)?;
        let late = cx.c.sign_recover(session, &pattern(20), Out::Room(256));
        cx.expect(late.rv, CKR_OPERATION_NOT_INITIALIZED)
    })
}

fn states() -> Vec<Case> {
    vec![
        case("recover.unstarted.C_SignRecover", spec("5.13.6"), "C_SignRecover without an operation answers CKR_OPERATION_NOT_INITIALIZED.")
            .run(|cx| {
                let session = cx.session()?;
                cx.expect(cx.c.sign_recover(session, b"data", Out::Room(256)).rv, CKR_OPERATION_NOT_INITIALIZED)
            }),
        case("recover.unstarted.C_VerifyRecover", spec("5.15.6"), "C_VerifyRecover without an operation answers CKR_OPERATION_NOT_INITIALIZED.")
            .run(|cx| {
                let session = cx.session()?;
                cx.expect(cx.c.verify_recover(session, &[1; 256], Out::Room(256)).rv, CKR_OPERATION_NOT_INITIALIZED)
            }),
        case("recover.twice", spec("5.13.5"), "A second C_SignRecoverInit answers CKR_OPERATION_ACTIVE and leaves the first operation alone.")
            .run(|cx| {
                let (session, pair) = pair(cx, CKM_RSA_PKCS)?;
                let mechanism = Mechanism::new(CKM_RSA_PKCS);
                cx.ok(cx.c.sign_recover_init(session, Some(&mechanism), pair.private))?;
                cx.expect(cx.c.sign_recover_init(session, Some(&mechanism), pair.private), CKR_OPERATION_ACTIVE)?;
                cx.ok(cx.c.sign_recover(session, b"data", Out::Room(256)).rv)
            }),
        case("recover.invalid", spec("5.15.6"), "C_VerifyRecover with CKM_RSA_PKCS and bytes that nobody signed answers CKR_SIGNATURE_INVALID, even with a short buffer.")
            .run(|cx| {
                let one = signed(cx, CKM_RSA_PKCS, 35)?;
                for room in [256, 1] {
                    let refused = recovered(cx, &one, &[0x2A; 256], Out::Room(room))?;
                    cx.expect(refused.rv, CKR_SIGNATURE_INVALID)?;
                }
                Ok(())
            }),
        case("recover.same-as-sign", spec("6.1.6"), "C_SignRecover with CKM_RSA_PKCS gives what C_Sign gives, and C_Verify accepts it.")
            .run(same_as_sign),
        case("recover.cancel", spec("5.13.5"), "C_SignRecoverInit with a null pointer for the mechanism ends the operation.")
            .since(Version::V3_0)
            .run(|cx| {
                let (session, pair) = pair(cx, CKM_RSA_PKCS)?;
                cx.ok(cx.c.sign_recover_init(session, Some(&Mechanism::new(CKM_RSA_PKCS)), pair.private))?;
                let args = vec![Arg::Number(session.0), Arg::Null, Arg::Number(CK_INVALID_HANDLE)];
                let rv = cx.c.call(Function::C_SignRecoverInit, args);
                cx.expect_one_of(rv, &[CKR_OK, CKR_OPERATION_CANCEL_FAILED])?;
                if !rv.is_ok() {
                    return Ok(());
                }
                let late = cx.c.sign_recover(session, b"data", Out::Room(256));
                cx.expect(late.rv, CKR_OPERATION_NOT_INITIALIZED)
            }),
    ]
}

fn same_as_sign(cx: &mut Context<'_>) -> Outcome {
    let one = signed(cx, CKM_RSA_PKCS, 35)?;
    cx.mechanism(CKM_RSA_PKCS, CKF_SIGN | CKF_VERIFY)?;
    cx.ok(cx
        .c
        .sign_init(one.session, Some(&one.mechanism), one.pair.private))?;
    let given = cx.c.sign(one.session, &one.data, Out::Room(256));
    cx.ok(given.rv)?;
    cx.equal_bytes("what C_Sign gives", &given.bytes, &one.signature)?;
    cx.ok(cx
        .c
        .verify_init(one.session, Some(&one.mechanism), one.pair.public))?;
    cx.ok(cx.c.verify(one.session, &one.data, &one.signature))
}

fn keys() -> Vec<Case> {
    vec![
        case("recover.sign-usage", spec("5.13.5"), "C_SignRecoverInit with a key whose CKA_SIGN_RECOVER is false answers CKR_KEY_FUNCTION_NOT_PERMITTED.")
            .run(|cx| {
                let (session, private, _) = without_recovery(cx, CKF_SIGN_RECOVER)?;
                let mechanism = Mechanism::new(CKM_RSA_PKCS);
                cx.expect(cx.c.sign_recover_init(session, Some(&mechanism), private), CKR_KEY_FUNCTION_NOT_PERMITTED)
            }),
        case("recover.verify-usage", spec("5.15.5"), "C_VerifyRecoverInit with a key whose CKA_VERIFY_RECOVER is false answers CKR_KEY_FUNCTION_NOT_PERMITTED.")
            .run(|cx| {
                let (session, _, public) = without_recovery(cx, CKF_VERIFY_RECOVER)?;
                let mechanism = Mechanism::new(CKM_RSA_PKCS);
                cx.expect(cx.c.verify_recover_init(session, Some(&mechanism), public), CKR_KEY_FUNCTION_NOT_PERMITTED)
            }),
        case("recover.key-zero", spec("5.13.5"), "C_SignRecoverInit with a handle of nothing answers CKR_KEY_HANDLE_INVALID.")
            .run(|cx| {
                cx.mechanism(CKM_RSA_PKCS, CKF_SIGN_RECOVER)?;
                let session = cx.session()?;
                let mechanism = Mechanism::new(CKM_RSA_PKCS);
                cx.expect(cx.c.sign_recover_init(session, Some(&mechanism), Object(CK_INVALID_HANDLE)), CKR_KEY_HANDLE_INVALID)
            }),
    ]
}

/// Makes the private key and the public key without the usages that recover data.
fn without_recovery(cx: &mut Context<'_>, flag: CK_FLAGS) -> Outcome<(Session, Object, Object)> {
    cx.mechanism(CKM_RSA_PKCS, flag)?;
    let session = cx.session()?;
    let wanted = Wanted {
        forward: vec![CKA_SIGN],
        back: vec![CKA_VERIFY],
        forward_extra: Template::new().flag(CKA_SIGN_RECOVER, false),
        back_extra: Template::new().flag(CKA_VERIFY_RECOVER, false),
    };
    let made = material::keys(cx, session, KeyKind::RsaSignature, &wanted)?;
    Ok((session, made.forward, made.back))
}
