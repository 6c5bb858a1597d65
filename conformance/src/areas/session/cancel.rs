//! `C_SessionCancel`, new in version 3.0.

use cryptoki_sys::{
    CK_FLAGS, CKA_DECRYPT, CKA_ENCRYPT, CKA_SIGN, CKA_SIGN_RECOVER, CKA_VERIFY, CKA_VERIFY_RECOVER,
    CKF_DECRYPT, CKF_DERIVE, CKF_DIGEST, CKF_ENCRYPT, CKF_FIND_OBJECTS, CKF_GENERATE,
    CKF_GENERATE_KEY_PAIR, CKF_MESSAGE_DECRYPT, CKF_MESSAGE_ENCRYPT, CKF_MESSAGE_SIGN,
    CKF_MESSAGE_VERIFY, CKF_SIGN, CKF_SIGN_RECOVER, CKF_UNWRAP, CKF_VERIFY, CKF_VERIFY_RECOVER,
    CKF_WRAP, CKK_AES, CKK_GENERIC_SECRET, CKM_AES_CBC, CKM_AES_GCM, CKM_RSA_PKCS, CKM_SHA256,
    CKM_SHA256_HMAC, CKR_OPERATION_CANCEL_FAILED, CKR_OPERATION_NOT_INITIALIZED,
};

use crate::c::function::Version;
use crate::c::{Arg, Function, Mechanism, Object, Out, Rv, Session, names};
use crate::case::{Case, Outcome, case, spec};
use crate::context::{Context, not_applicable};
use crate::users::labelled;

/// An operation: how it begins, and a call that goes on with it.
struct Operation {
    name: &'static str,
    flag: CK_FLAGS,
    begin: fn(&Context<'_>, Session) -> Outcome,
    go_on: fn(&Context<'_>, Session) -> Rv,
}

#[rustfmt::skip] // A table reads by its columns.
const OPERATIONS: &[Operation] = &[
    Operation { name: "digest", flag: CKF_DIGEST, begin: digest, go_on: |cx, session| cx.c.digest_final(session, Out::Room(64)).rv },
    Operation { name: "encrypt", flag: CKF_ENCRYPT, begin: encrypt, go_on: |cx, session| cx.c.encrypt_final(session, Out::Room(64)).rv },
    Operation { name: "decrypt", flag: CKF_DECRYPT, begin: decrypt, go_on: |cx, session| cx.c.decrypt_final(session, Out::Room(64)).rv },
    Operation { name: "sign", flag: CKF_SIGN, begin: sign, go_on: |cx, session| cx.c.sign_final(session, Out::Room(64)).rv },
    Operation { name: "verify", flag: CKF_VERIFY, begin: verify, go_on: |cx, session| cx.c.verify_final(session, &[0; 32]) },
    Operation { name: "sign-recover", flag: CKF_SIGN_RECOVER, begin: sign_recover, go_on: |cx, session| cx.c.sign_recover(session, b"abc", Out::Room(256)).rv },
    Operation { name: "verify-recover", flag: CKF_VERIFY_RECOVER, begin: verify_recover, go_on: |cx, session| cx.c.verify_recover(session, &[1; 256], Out::Room(256)).rv },
    Operation { name: "find", flag: CKF_FIND_OBJECTS, begin: find, go_on: |cx, session| cx.c.find_objects(session, 1).rv },
    Operation { name: "message-encrypt", flag: CKF_MESSAGE_ENCRYPT, begin: message_encrypt, go_on: |cx, session| last(cx, Function::C_MessageEncryptFinal, session) },
    Operation { name: "message-decrypt", flag: CKF_MESSAGE_DECRYPT, begin: message_decrypt, go_on: |cx, session| last(cx, Function::C_MessageDecryptFinal, session) },
    Operation { name: "message-sign", flag: CKF_MESSAGE_SIGN, begin: message_sign, go_on: |cx, session| last(cx, Function::C_MessageSignFinal, session) },
    Operation { name: "message-verify", flag: CKF_MESSAGE_VERIFY, begin: message_verify, go_on: |cx, session| last(cx, Function::C_MessageVerifyFinal, session) },
];

/// Flags of mechanisms that are no operation of a session.
const OTHERS: &[(&str, CK_FLAGS)] = &[
    ("generate", CKF_GENERATE),
    ("generate-key-pair", CKF_GENERATE_KEY_PAIR),
    ("wrap", CKF_WRAP),
    ("unwrap", CKF_UNWRAP),
    ("derive", CKF_DERIVE),
];

fn digest(cx: &Context<'_>, session: Session) -> Outcome {
    cx.mechanism(CKM_SHA256, CKF_DIGEST)?;
    cx.prepared(cx.c.digest_init(session, Some(&Mechanism::new(CKM_SHA256))))
}

fn aes(cx: &Context<'_>, session: Session) -> Outcome<Object> {
    cx.import_secret(session, CKK_AES, &[7; 16], &[CKA_ENCRYPT, CKA_DECRYPT])
}

fn encrypt(cx: &Context<'_>, session: Session) -> Outcome {
    cx.mechanism(CKM_AES_CBC, CKF_ENCRYPT)?;
    let key = aes(cx, session)?;
    let mechanism = Mechanism::with_bytes(CKM_AES_CBC, &[0; 16]);
    cx.prepared(cx.c.encrypt_init(session, Some(&mechanism), key))
}

fn decrypt(cx: &Context<'_>, session: Session) -> Outcome {
    cx.mechanism(CKM_AES_CBC, CKF_DECRYPT)?;
    let key = aes(cx, session)?;
    let mechanism = Mechanism::with_bytes(CKM_AES_CBC, &[0; 16]);
    cx.prepared(cx.c.decrypt_init(session, Some(&mechanism), key))
}

fn mac(cx: &Context<'_>, session: Session) -> Outcome<Object> {
    cx.import_secret(
        session,
        CKK_GENERIC_SECRET,
        &[7; 32],
        &[CKA_SIGN, CKA_VERIFY],
    )
}

fn sign(cx: &Context<'_>, session: Session) -> Outcome {
    cx.mechanism(CKM_SHA256_HMAC, CKF_SIGN)?;
    let key = mac(cx, session)?;
    cx.prepared(cx.c.sign_init(session, Some(&Mechanism::new(CKM_SHA256_HMAC)), key))
}

fn verify(cx: &Context<'_>, session: Session) -> Outcome {
    cx.mechanism(CKM_SHA256_HMAC, CKF_VERIFY)?;
    let key = mac(cx, session)?;
    cx.prepared(cx.c.verify_init(session, Some(&Mechanism::new(CKM_SHA256_HMAC)), key))
}

fn sign_recover(cx: &Context<'_>, session: Session) -> Outcome {
    cx.mechanism(CKM_RSA_PKCS, CKF_SIGN_RECOVER)?;
    let key = cx.rsa(session, &[], &[CKA_SIGN_RECOVER])?.private;
    cx.prepared(cx.c.sign_recover_init(session, Some(&Mechanism::new(CKM_RSA_PKCS)), key))
}

fn verify_recover(cx: &Context<'_>, session: Session) -> Outcome {
    cx.mechanism(CKM_RSA_PKCS, CKF_VERIFY_RECOVER)?;
    let key = cx.rsa(session, &[CKA_VERIFY_RECOVER], &[])?.public;
    cx.prepared(cx.c.verify_recover_init(session, Some(&Mechanism::new(CKM_RSA_PKCS)), key))
}

fn find(cx: &Context<'_>, session: Session) -> Outcome {
    cx.prepared(cx.c.find_objects_init(session, &labelled("nothing has this label")))
}

fn message(
    cx: &Context<'_>,
    function: Function,
    session: Session,
    mechanism: &Mechanism,
    key: Object,
) -> Outcome {
    let args = vec![
        Arg::Number(session.0),
        Arg::Mechanism(mechanism),
        Arg::Number(key.0),
    ];
    cx.prepared(cx.c.call(function, args))
}

fn last(cx: &Context<'_>, function: Function, session: Session) -> Rv {
    cx.c.call(function, vec![Arg::Number(session.0)])
}

fn message_encrypt(cx: &Context<'_>, session: Session) -> Outcome {
    cx.mechanism(CKM_AES_GCM, CKF_MESSAGE_ENCRYPT)?;
    let key = aes(cx, session)?;
    let mechanism = Mechanism::new(CKM_AES_GCM);
    message(cx, Function::C_MessageEncryptInit, session, &mechanism, key)
}

fn message_decrypt(cx: &Context<'_>, session: Session) -> Outcome {
    cx.mechanism(CKM_AES_GCM, CKF_MESSAGE_DECRYPT)?;
    let key = aes(cx, session)?;
    let mechanism = Mechanism::new(CKM_AES_GCM);
    message(cx, Function::C_MessageDecryptInit, session, &mechanism, key)
}

fn message_sign(cx: &Context<'_>, session: Session) -> Outcome {
    cx.mechanism(CKM_SHA256_HMAC, CKF_MESSAGE_SIGN)?;
    let key = mac(cx, session)?;
    let mechanism = Mechanism::new(CKM_SHA256_HMAC);
    message(cx, Function::C_MessageSignInit, session, &mechanism, key)
}

fn message_verify(cx: &Context<'_>, session: Session) -> Outcome {
    cx.mechanism(CKM_SHA256_HMAC, CKF_MESSAGE_VERIFY)?;
    let key = mac(cx, session)?;
    let mechanism = Mechanism::new(CKM_SHA256_HMAC);
    message(cx, Function::C_MessageVerifyInit, session, &mechanism, key)
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<_> = OPERATIONS.iter().flat_map(of_operation).collect();
    cases.extend(OTHERS.iter().map(|(name, flag)| idle(name, *flag)));
    cases.extend(other_operations());
    cases
}

fn of_operation(operation: &'static Operation) -> [Case; 2] {
    let Operation {
        name,
        flag,
        begin,
        go_on,
    } = operation;
    let flag_name = names::flags(names::MECHANISM_FLAGS, *flag).join(" | ");
    let ends = case(
        format!("session.cancel.{name}"),
        spec("5.6.5"),
        format!("C_SessionCancel with {flag_name} ends that operation, and it can be begun again."),
    )
    .since(Version::V3_0)
    .run(|cx| {
        let session = cx.session()?;
        begin(cx, session)?;
        cancelled(cx, cx.c.session_cancel(session, *flag))?;
        cx.expect(go_on(cx, session), CKR_OPERATION_NOT_INITIALIZED)?;
        begin_again(cx, session, *begin)
    });
    [ends, idle(name, *flag)]
}

/// Begins an operation that could be begun before: now it has to.
fn begin_again(
    cx: &Context<'_>,
    session: Session,
    begin: fn(&Context<'_>, Session) -> Outcome,
) -> Outcome {
    match begin(cx, session) {
        Err(crate::case::Stop::NotApplicable(reason)) => cx.check(
            false,
            "the operation begins again after it was cancelled",
            reason,
        ),
        other => other,
    }
}

/// Accepts that an operation could not be cancelled, as the specification allows it.
fn cancelled(cx: &Context<'_>, rv: Rv) -> Outcome {
    if rv.0 == CKR_OPERATION_CANCEL_FAILED {
        return not_applicable("the module answers that it cannot cancel this operation");
    }
    cx.ok(rv)
}

fn idle(name: &str, flag: CK_FLAGS) -> Case {
    let flag_name = names::flags(names::MECHANISM_FLAGS, flag).join(" | ");
    case(
        format!("session.cancel.idle-{name}"),
        spec("5.6.5"),
        format!("C_SessionCancel ignores {flag_name} where no such operation is under way."),
    )
    .should()
    .since(Version::V3_0)
    .run(move |cx| {
        let session = cx.session()?;
        cx.ok(cx.c.session_cancel(session, flag))
    })
}

fn other_operations() -> Vec<Case> {
    let flags = || OPERATIONS.iter().fold(0, |flags, one| flags | one.flag);
    let untouched = |id: &str, flags: CK_FLAGS, requirement: &str| {
        case(format!("session.cancel.{id}"), spec("5.6.5"), requirement)
            .since(Version::V3_0)
            .run(move |cx| {
                let session = cx.session()?;
                digest(cx, session)?;
                cx.ok(cx.c.digest_update(session, b"abc"))?;
                cx.ok(cx.c.session_cancel(session, flags))?;
                cx.ok(cx.c.digest_final(session, Out::Room(32)).rv)
            })
    };
    vec![
        untouched(
            "no-flags",
            0,
            "C_SessionCancel without flags answers CKR_OK and ends nothing.",
        ),
        untouched(
            "other-flags",
            CKF_ENCRYPT | CKF_SIGN | CKF_FIND_OBJECTS,
            "C_SessionCancel with the flags of other operations ends nothing.",
        ),
        case(
            "session.cancel.all-flags",
            spec("5.6.5"),
            "C_SessionCancel with the flags of all operations ends the one that is under way.",
        )
        .since(Version::V3_0)
        .run(move |cx| {
            let session = cx.session()?;
            digest(cx, session)?;
            cancelled(cx, cx.c.session_cancel(session, flags()))?;
            let output = cx.c.digest_final(session, Out::Room(32));
            cx.expect(output.rv, CKR_OPERATION_NOT_INITIALIZED)
        }),
        case(
            "session.cancel.this-session-only",
            spec("5.6.5"),
            "C_SessionCancel leaves the operations of other sessions under way.",
        )
        .since(Version::V3_0)
        .run(move |cx| {
            let (first, second) = (cx.session()?, cx.session()?);
            digest(cx, first)?;
            digest(cx, second)?;
            cancelled(cx, cx.c.session_cancel(second, CKF_DIGEST))?;
            cx.ok(cx.c.digest_final(first, Out::Room(32)).rv)
        }),
        case(
            "session.cancel.twice",
            spec("5.6.5"),
            "C_SessionCancel a second time finds nothing to end and answers CKR_OK.",
        )
        .since(Version::V3_0)
        .run(move |cx| {
            let session = cx.session()?;
            digest(cx, session)?;
            cancelled(cx, cx.c.session_cancel(session, CKF_DIGEST))?;
            cx.ok(cx.c.session_cancel(session, CKF_DIGEST))
        }),
    ]
}
