//! Signing and verifying messages (PKCS#11 3.1 sections 5.14 and 5.16).

use cryptoki_sys::*;

use super::encrypting::since;
use crate::c::{Arg, Function, Mechanism, Out, Session};
use crate::case::{Case, Outcome, case, spec};
use crate::context::Context;
use crate::operations::material::{Keys, Wanted, keys};
use crate::operations::mechanisms::{Row, SIGNATURES, row};

/// The mechanisms that the cases are tried with.
const MECHANISMS: [&str; 4] = ["sha256-hmac", "sha256-rsa-pkcs", "ecdsa-sha256", "eddsa"];

/// Returns the cases.
pub(crate) fn cases() -> Vec<Case> {
    let rows = MECHANISMS.map(|id| row(SIGNATURES, id));
    let signing = rows.into_iter().flat_map(signing);
    let verifying = rows.into_iter().flat_map(verifying);
    signing
        .chain(verifying)
        .chain(states())
        .chain(ends())
        .map(since)
        .collect()
}

/// A session with keys.
struct Setting {
    row: &'static Row,
    session: Session,
    keys: Keys,
    data: Vec<u8>,
}

impl Setting {
    fn new(cx: &mut Context<'_>, row: &'static Row, flags: CK_FLAGS) -> Outcome<Self> {
        cx.mechanism(row.kind, flags)?;
        let session = cx.session()?;
        let wanted = Wanted {
            forward: vec![CKA_SIGN],
            back: vec![CKA_VERIFY],
            ..Wanted::default()
        };
        let keys = keys(cx, session, row.key, &wanted)?;
        Ok(Self {
            row,
            session,
            keys,
            data: row.data(),
        })
    }

    fn mechanism(&self) -> Mechanism {
        self.row.mechanism(self.data.len())
    }

    fn start_signing(&self, cx: &Context<'_>) -> Outcome {
        cx.ok(cx
            .c
            .message_sign_init(self.session, Some(&self.mechanism()), self.keys.forward))
    }

    fn start_verifying(&self, cx: &Context<'_>) -> Outcome {
        cx.ok(cx
            .c
            .message_verify_init(self.session, Some(&self.mechanism()), self.keys.back))
    }

    /// Signs by `C_Sign`.
    fn signature(&self, cx: &Context<'_>) -> Outcome<Vec<u8>> {
        cx.mechanism(self.row.kind, CKF_SIGN)?;
        cx.prepared(cx.c.sign_init(self.session, Some(&self.mechanism()), self.keys.forward))?;
        let made = cx.c.sign(self.session, &self.data, Out::Room(512));
        cx.prepared(made.rv)?;
        Ok(made.bytes)
    }

    /// Requires that `C_Verify` accepts a signature.
    fn accepted(&self, cx: &Context<'_>, signature: &[u8]) -> Outcome {
        cx.equal("the signature's length", &self.row.output, &signature.len())?;
        cx.mechanism(self.row.kind, CKF_VERIFY)?;
        cx.ok(cx
            .c
            .verify_init(self.session, Some(&self.mechanism()), self.keys.back))?;
        cx.ok(cx.c.verify(self.session, &self.data, signature))
    }
}

fn signing(row: &'static Row) -> Vec<Case> {
    let name = row.name();
    let id = |rule: &str| format!("message.sign.{rule}.{}", row.id);
    vec![
        case(id("single"), spec("5.14.2"), format!("One process with {name} signs one message after another, and C_Verify accepts them."))
            .run(move |cx| {
                let setting = Setting::new(cx, row, CKF_MESSAGE_SIGN)?;
                setting.start_signing(cx)?;
                let first = cx.c.sign_message(setting.session, None, &setting.data, Out::Room(512));
                cx.ok(first.rv)?;
                let second = cx.c.sign_message(setting.session, None, &setting.data, Out::Room(512));
                cx.ok(second.rv)?;
                cx.ok(cx.c.message_sign_final(setting.session))?;
                setting.accepted(cx, &first.bytes)?;
                setting.accepted(cx, &second.bytes)
            }),
        case(id("parts"), spec("5.14.4"), format!("A message in parts with {name} is signed like one in one."))
            .run(move |cx| {
                let setting = Setting::new(cx, row, CKF_MESSAGE_SIGN | CKF_MULTI_MESSAGE)?;
                setting.start_signing(cx)?;
                cx.ok(cx.c.sign_message_begin(setting.session, None))?;
                let (first, last) = setting.data.split_at(20);
                cx.ok(cx.c.sign_message_more(setting.session, None, first))?;
                let given = cx.c.sign_message_last(setting.session, None, last, Out::Room(512));
                cx.ok(given.rv)?;
                cx.ok(cx.c.message_sign_final(setting.session))?;
                setting.accepted(cx, &given.bytes)
            }),
        case(id("buffer"), spec("5.2"), format!("C_SignMessage with {name} tells the length, and goes on after a short buffer."))
            .run(move |cx| {
                let setting = Setting::new(cx, row, CKF_MESSAGE_SIGN)?;
                setting.start_signing(cx)?;
                let asked = cx.c.sign_message(setting.session, None, &setting.data, Out::Length);
                cx.ok(asked.rv)?;
                cx.check(asked.length >= row.output as CK_ULONG, "a sufficient length", asked.length.to_string())?;
                let short = cx.c.sign_message(setting.session, None, &setting.data, Out::Room(row.output - 1));
                cx.expect(short.rv, CKR_BUFFER_TOO_SMALL)?;
                let given = cx.c.sign_message(setting.session, None, &setting.data, Out::Room(row.output));
                cx.ok(given.rv)?;
                cx.ok(cx.c.message_sign_final(setting.session))?;
                setting.accepted(cx, &given.bytes)
            }),
    ]
}

fn verifying(row: &'static Row) -> Vec<Case> {
    let name = row.name();
    let id = |rule: &str| format!("message.verify.{rule}.{}", row.id);
    vec![
        case(
            id("single"),
            spec("5.16.2"),
            format!("One process with {name} verifies good and bad signatures, one after another."),
        )
        .run(move |cx| {
            let setting = Setting::new(cx, row, CKF_MESSAGE_VERIFY)?;
            let good = setting.signature(cx)?;
            let mut bad = good.clone();
            bad[5] ^= 1;
            setting.start_verifying(cx)?;
            cx.ok(cx
                .c
                .verify_message(setting.session, None, &setting.data, &good))?;
            let rv =
                cx.c.verify_message(setting.session, None, &setting.data, &bad);
            cx.expect(rv, CKR_SIGNATURE_INVALID)?;
            cx.ok(cx
                .c
                .verify_message(setting.session, None, &setting.data, &good))?;
            cx.ok(cx.c.message_verify_final(setting.session))
        }),
        case(
            id("parts"),
            spec("5.16.4"),
            format!("A message in parts with {name} is verified like one in one."),
        )
        .run(move |cx| {
            let setting = Setting::new(cx, row, CKF_MESSAGE_VERIFY | CKF_MULTI_MESSAGE)?;
            let good = setting.signature(cx)?;
            let mut bad = good.clone();
            bad[5] ^= 1;
            setting.start_verifying(cx)?;
            let (first, last) = setting.data.split_at(20);
            for (signature, code) in [(&good, CKR_OK), (&bad, CKR_SIGNATURE_INVALID)] {
                cx.ok(cx.c.verify_message_begin(setting.session, None))?;
                cx.ok(cx.c.verify_message_next(setting.session, None, first, &[]))?;
                let rv =
                    cx.c.verify_message_next(setting.session, None, last, signature);
                cx.expect(rv, code)?;
            }
            cx.ok(cx.c.message_verify_final(setting.session))
        }),
    ]
}

fn states() -> Vec<Case> {
    let row = row(SIGNATURES, "sha256-hmac");
    vec![
        case(
            "message.state.sign.twice",
            spec("5.14.1"),
            "A second C_MessageSignInit answers CKR_OPERATION_ACTIVE.",
        )
        .run(move |cx| {
            let setting = Setting::new(cx, row, CKF_MESSAGE_SIGN)?;
            setting.start_signing(cx)?;
            let rv = cx.c.message_sign_init(
                setting.session,
                Some(&setting.mechanism()),
                setting.keys.forward,
            );
            cx.expect(rv, CKR_OPERATION_ACTIVE)
        }),
        case(
            "message.state.sign.next-first",
            spec("5.14.4"),
            "C_SignMessageNext without C_SignMessageBegin answers CKR_OPERATION_NOT_INITIALIZED.",
        )
        .run(move |cx| {
            let setting = Setting::new(cx, row, CKF_MESSAGE_SIGN)?;
            setting.start_signing(cx)?;
            cx.expect(
                cx.c.sign_message_more(setting.session, None, b"part"),
                CKR_OPERATION_NOT_INITIALIZED,
            )
        }),
        case(
            "message.state.sign.single-inside",
            spec("5.14.2"),
            "C_SignMessage in the middle of a message in parts answers CKR_OPERATION_ACTIVE.",
        )
        .run(move |cx| {
            let setting = Setting::new(cx, row, CKF_MESSAGE_SIGN)?;
            setting.start_signing(cx)?;
            cx.ok(cx.c.sign_message_begin(setting.session, None))?;
            let rv =
                cx.c.sign_message(setting.session, None, b"data", Out::Room(64))
                    .rv;
            cx.expect(rv, CKR_OPERATION_ACTIVE)
        }),
    ]
}

/// What ends a process.
fn ends() -> Vec<Case> {
    let row = row(SIGNATURES, "sha256-hmac");
    vec![
        case(
            "message.state.sign.final-ends",
            spec("5.14.5"),
            "C_MessageSignFinal ends the process.",
        )
        .run(move |cx| {
            let setting = Setting::new(cx, row, CKF_MESSAGE_SIGN)?;
            setting.start_signing(cx)?;
            cx.ok(cx.c.message_sign_final(setting.session))?;
            let late =
                cx.c.sign_message(setting.session, None, b"data", Out::Room(64));
            cx.expect(late.rv, CKR_OPERATION_NOT_INITIALIZED)
        }),
        case(
            "message.state.verify.final-ends",
            spec("5.16.5"),
            "C_MessageVerifyFinal ends the process.",
        )
        .run(move |cx| {
            let setting = Setting::new(cx, row, CKF_MESSAGE_VERIFY)?;
            setting.start_verifying(cx)?;
            cx.ok(cx.c.message_verify_final(setting.session))?;
            let late =
                cx.c.verify_message(setting.session, None, b"data", &[1; 32]);
            cx.expect(late, CKR_OPERATION_NOT_INITIALIZED)
        }),
        case(
            "message.state.sign.cancel-session",
            spec("5.6.5"),
            "C_SessionCancel ends a process that signs messages.",
        )
        .run(move |cx| {
            let setting = Setting::new(cx, row, CKF_MESSAGE_SIGN)?;
            setting.start_signing(cx)?;
            let rv = cx.c.session_cancel(setting.session, CKF_MESSAGE_SIGN);
            cx.expect_one_of(rv, &[CKR_OK, CKR_OPERATION_CANCEL_FAILED])?;
            if !rv.is_ok() {
                return Ok(());
            }
            let late =
                cx.c.sign_message(setting.session, None, b"data", Out::Room(64));
            cx.expect(late.rv, CKR_OPERATION_NOT_INITIALIZED)
        }),
        case(
            "message.init.sign.key-zero",
            spec("5.14.1"),
            "C_MessageSignInit with a handle of nothing answers CKR_KEY_HANDLE_INVALID.",
        )
        .run(move |cx| {
            let setting = Setting::new(cx, row, CKF_MESSAGE_SIGN)?;
            let mechanism = setting.mechanism();
            let args = vec![
                Arg::Number(setting.session.0),
                Arg::Mechanism(&mechanism),
                Arg::Number(CK_INVALID_HANDLE),
            ];
            cx.expect(
                cx.c.call(Function::C_MessageSignInit, args),
                CKR_KEY_HANDLE_INVALID,
            )
        }),
    ]
}
