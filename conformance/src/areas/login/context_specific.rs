//! Keys that ask for the PIN at each use: `CKA_ALWAYS_AUTHENTICATE` and the user `CKU_CONTEXT_SPECIFIC`.

use cryptoki_sys::{
    CK_MECHANISM_TYPE, CKA_ALWAYS_AUTHENTICATE, CKA_DECRYPT, CKA_EC_PARAMS, CKA_ENCRYPT,
    CKA_MODULUS_BITS, CKA_PRIVATE, CKA_PUBLIC_EXPONENT, CKA_SIGN, CKF_DECRYPT,
    CKF_GENERATE_KEY_PAIR, CKF_SIGN, CKK_EC, CKK_RSA, CKM_EC_KEY_PAIR_GEN, CKM_ECDSA, CKM_RSA_PKCS,
    CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_SHA256_RSA_PKCS, CKR_ATTRIBUTE_VALUE_INVALID,
    CKR_OPERATION_NOT_INITIALIZED, CKR_PIN_INCORRECT, CKR_TEMPLATE_INCONSISTENT,
    CKR_USER_NOT_LOGGED_IN, CKS_RW_PUBLIC_SESSION, CKS_RW_USER_FUNCTIONS, CKU_CONTEXT_SPECIFIC,
    CKU_USER,
};

use crate::c::{Mechanism, Object, Out, Rv, Session, Template};
use crate::case::{Case, Outcome, Stage, case, spec};
use crate::context::{Context, not_applicable};
use crate::keys::{Pair, private, public, unhex};
use crate::known_keys::P256;
use crate::users::wrong;

/// What is signed: as long as a digest of SHA-256.
const DATA: &[u8] = &[0x5a; 32];

/// How a key is made and used.
#[derive(Clone, Copy)]
struct Kind {
    name: &'static str,
    sign: CK_MECHANISM_TYPE,
    make: fn(&Context<'_>, Session, bool) -> Outcome<Pair>,
}

const KINDS: [Kind; 2] = [
    Kind {
        name: "ecdsa",
        sign: CKM_ECDSA,
        make: ec,
    },
    Kind {
        name: "rsa",
        sign: CKM_RSA_PKCS,
        make: rsa,
    },
];

fn ec(cx: &Context<'_>, session: Session, always: bool) -> Outcome<Pair> {
    cx.mechanism(CKM_EC_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR)?;
    let public = public(CKK_EC, &[]).bytes(CKA_EC_PARAMS, &unhex(P256));
    let private = asking(private(CKK_EC, &[CKA_SIGN]), always);
    cx.pair(session, CKM_EC_KEY_PAIR_GEN, &public, &private)
}

fn rsa(cx: &Context<'_>, session: Session, always: bool) -> Outcome<Pair> {
    cx.mechanism(CKM_RSA_PKCS_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR)?;
    let public = public(CKK_RSA, &[CKA_ENCRYPT])
        .number(CKA_MODULUS_BITS, 2048)
        .bytes(CKA_PUBLIC_EXPONENT, &[1, 0, 1]);
    let private = asking(private(CKK_RSA, &[CKA_SIGN, CKA_DECRYPT]), always);
    cx.pair(session, CKM_RSA_PKCS_KEY_PAIR_GEN, &public, &private)
}

fn asking(template: Template, always: bool) -> Template {
    template
        .flag(CKA_PRIVATE, true)
        .flag(CKA_ALWAYS_AUTHENTICATE, always)
}

/// Makes a key that asks for the PIN at each use.
fn key(cx: &Context<'_>, session: Session, kind: Kind) -> Outcome<Pair> {
    cx.mechanism(kind.sign, CKF_SIGN)?;
    let pair = (kind.make)(cx, session, true)?;
    match cx
        .c
        .attribute(session, pair.private, CKA_ALWAYS_AUTHENTICATE)
    {
        Ok(value) if value == [1] => Ok(pair),
        _ => not_applicable("the module does not keep CKA_ALWAYS_AUTHENTICATE"),
    }
}

fn begin(cx: &Context<'_>, session: Session, kind: Kind, key: Object) -> Outcome {
    cx.ok(cx
        .c
        .sign_init(session, Some(&Mechanism::new(kind.sign)), key))
}

fn sign(cx: &Context<'_>, session: Session) -> Rv {
    cx.c.sign(session, DATA, Out::Room(256)).rv
}

fn authenticate(cx: &Context<'_>, session: Session) -> Outcome<Rv> {
    Ok(cx.c.login(session, CKU_CONTEXT_SPECIFIC, cx.user_pin()?))
}

pub(super) fn cases() -> Vec<Case> {
    KINDS
        .into_iter()
        .flat_map(each_use)
        .chain(parts())
        .chain(improper())
        .chain(attribute())
        .collect()
}

fn each_use(kind: Kind) -> Vec<Case> {
    let named = |id: &str, requirement: &str, body: fn(&mut Context<'_>, Kind) -> Outcome| {
        let id = format!("login.context.{}.{id}", kind.name);
        case(id, spec("4.9"), requirement)
            .deadline(120)
            .run(move |cx| body(cx, kind))
    };
    vec![
        named(
            "without-login",
            "A signature without a login for it answers CKR_USER_NOT_LOGGED_IN when it is to be made.",
            |cx, kind| {
                let session = cx.session()?;
                let key = key(cx, session, kind)?.private;
                begin(cx, session, kind, key)?;
                cx.expect(sign(cx, session), CKR_USER_NOT_LOGGED_IN)
            },
        ),
        named(
            "with-login",
            "A signature after a login for it is made.",
            |cx, kind| {
                let session = cx.session()?;
                let key = key(cx, session, kind)?.private;
                begin(cx, session, kind, key)?;
                cx.ok(authenticate(cx, session)?)?;
                cx.ok(sign(cx, session))
            },
        ),
        named(
            "once",
            "A login for one signature does not serve for the next.",
            |cx, kind| {
                let session = cx.session()?;
                let key = key(cx, session, kind)?.private;
                begin(cx, session, kind, key)?;
                cx.ok(authenticate(cx, session)?)?;
                cx.ok(sign(cx, session))?;
                begin(cx, session, kind, key)?;
                cx.expect(sign(cx, session), CKR_USER_NOT_LOGGED_IN)
            },
        ),
        named(
            "wrong-pin",
            "A wrong PIN answers CKR_PIN_INCORRECT, and the signature is refused as if there had been no login.",
            wrong_pin,
        ),
        named(
            "state",
            "The login for a signature leaves the session's state as it is.",
            |cx, kind| {
                let session = cx.session()?;
                let key = key(cx, session, kind)?.private;
                begin(cx, session, kind, key)?;
                cx.ok(authenticate(cx, session)?)?;
                cx.in_state(session, CKS_RW_USER_FUNCTIONS)?;
                cx.ok(sign(cx, session))?;
                cx.in_state(session, CKS_RW_USER_FUNCTIONS)
            },
        ),
        named(
            "length-first",
            "Asking for the signature's length does not use the login up.",
            |cx, kind| {
                let session = cx.session()?;
                let key = key(cx, session, kind)?.private;
                begin(cx, session, kind, key)?;
                cx.ok(authenticate(cx, session)?)?;
                cx.ok(cx.c.sign(session, DATA, Out::Length).rv)?;
                cx.ok(sign(cx, session))
            },
        ),
    ]
}

fn wrong_pin(cx: &mut Context<'_>, kind: Kind) -> Outcome {
    let pin = cx.user_pin()?;
    cx.may_err(CKU_USER)?;
    let session = cx.session()?;
    let key = key(cx, session, kind)?.private;
    begin(cx, session, kind, key)?;
    let rv = cx.c.login(session, CKU_CONTEXT_SPECIFIC, &wrong(pin));
    let signed = sign(cx, session);
    // A right login gives the tries back.
    cx.c.logout(session);
    let right = cx.as_user(session);
    cx.expect(rv, CKR_PIN_INCORRECT)?;
    cx.check(
        signed.0 == CKR_USER_NOT_LOGGED_IN,
        "C_Sign answers CKR_USER_NOT_LOGGED_IN",
        signed.to_string(),
    )?;
    right
}

fn parts() -> Vec<Case> {
    vec![
        case(
            "login.context.parts-with-login",
            spec("4.9"),
            "A login for a signature holds for all of its parts.",
        )
        .deadline(120)
        .run(|cx| {
            let session = cx.session()?;
            begin_parts(cx, session)?;
            cx.ok(authenticate(cx, session)?)?;
            cx.ok(cx.c.sign_update(session, b"one part, "))?;
            cx.ok(cx.c.sign_update(session, b"and another"))?;
            cx.ok(cx.c.sign_final(session, Out::Room(256)).rv)
        }),
        case(
            "login.context.parts-without-login",
            spec("4.9"),
            "A signature in parts without a login for it answers CKR_USER_NOT_LOGGED_IN, at a part or at its end.",
        )
        .deadline(120)
        .run(|cx| {
            let session = cx.session()?;
            begin_parts(cx, session)?;
            let update = cx.c.sign_update(session, b"one part");
            if !update.is_ok() {
                return cx.expect(update, CKR_USER_NOT_LOGGED_IN);
            }
            let last = cx.c.sign_final(session, Out::Room(256));
            cx.expect(last.rv, CKR_USER_NOT_LOGGED_IN)
        }),
        case(
            "login.context.decrypt-without-login",
            spec("4.9"),
            "A decryption without a login for it answers CKR_USER_NOT_LOGGED_IN.",
        )
        .deadline(120)
        .run(|cx| {
            let session = cx.session()?;
            let secret = begin_decryption(cx, session)?;
            let output = cx.c.decrypt(session, &secret, Out::Room(256));
            cx.expect(output.rv, CKR_USER_NOT_LOGGED_IN)
        }),
        case(
            "login.context.decrypt-with-login",
            spec("4.9"),
            "A decryption after a login for it gives the plaintext.",
        )
        .deadline(120)
        .run(|cx| {
            let session = cx.session()?;
            let secret = begin_decryption(cx, session)?;
            cx.ok(authenticate(cx, session)?)?;
            let output = cx.c.decrypt(session, &secret, Out::Room(256));
            cx.ok(output.rv)?;
            cx.equal_bytes("the plaintext", DATA, &output.bytes)
        }),
    ]
}

fn begin_parts(cx: &Context<'_>, session: Session) -> Outcome {
    cx.mechanism(CKM_SHA256_RSA_PKCS, CKF_SIGN)?;
    let key = key(cx, session, KINDS[1])?.private;
    let mechanism = Mechanism::new(CKM_SHA256_RSA_PKCS);
    cx.ok(cx.c.sign_init(session, Some(&mechanism), key))
}

/// Begins a decryption, and returns what is to be decrypted.
fn begin_decryption(cx: &Context<'_>, session: Session) -> Outcome<Vec<u8>> {
    cx.mechanism(CKM_RSA_PKCS, CKF_DECRYPT)?;
    let pair = key(cx, session, KINDS[1])?;
    let mechanism = Mechanism::new(CKM_RSA_PKCS);
    cx.prepared(cx.c.encrypt_init(session, Some(&mechanism), pair.public))?;
    let output = cx.c.encrypt(session, DATA, Out::Room(256));
    cx.prepared(output.rv)?;
    cx.ok(cx.c.decrypt_init(session, Some(&mechanism), pair.private))?;
    Ok(output.bytes)
}

fn improper() -> Vec<Case> {
    vec![
        case(
            "login.context.no-operation",
            spec("5.6.8"),
            "A login for an operation that there is not answers CKR_OPERATION_NOT_INITIALIZED.",
        )
        .run(|cx| {
            let session = cx.session()?;
            cx.expect(authenticate(cx, session)?, CKR_OPERATION_NOT_INITIALIZED)?;
            cx.in_state(session, CKS_RW_USER_FUNCTIONS)
        }),
        case(
            "login.context.public-session",
            spec("5.6.8"),
            "A login for an operation while nobody is logged in answers CKR_OPERATION_NOT_INITIALIZED or CKR_USER_NOT_LOGGED_IN.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let session = cx.session()?;
            let codes = [CKR_OPERATION_NOT_INITIALIZED, CKR_USER_NOT_LOGGED_IN];
            cx.expect_one_of(authenticate(cx, session)?, &codes)?;
            cx.in_state(session, CKS_RW_PUBLIC_SESSION)
        }),
        case(
            "login.context.ordinary-key",
            spec("4.9"),
            "A login for a signature whose key does not ask for it answers CKR_OPERATION_NOT_INITIALIZED, and the signature goes on.",
        )
        .run(|cx| {
            let kind = KINDS[0];
            cx.mechanism(kind.sign, CKF_SIGN)?;
            let session = cx.session()?;
            let key = cx.p256(session, &[], &[CKA_SIGN])?.private;
            begin(cx, session, kind, key)?;
            let rv = authenticate(cx, session)?;
            cx.expect(rv, CKR_OPERATION_NOT_INITIALIZED)?;
            cx.ok(sign(cx, session))
        }),
        case(
            "login.context.other-session",
            spec("4.9"),
            "A login in another session does not serve for a signature in this one.",
        )
        .run(|cx| {
            let kind = KINDS[0];
            let (session, other) = (cx.session()?, cx.session()?);
            let key = key(cx, session, kind)?.private;
            begin(cx, session, kind, key)?;
            cx.expect(authenticate(cx, other)?, CKR_OPERATION_NOT_INITIALIZED)?;
            cx.expect(sign(cx, session), CKR_USER_NOT_LOGGED_IN)
        }),
        case(
            "login.context.before-operation",
            spec("4.9"),
            "A login before the signature begins does not serve for it.",
        )
        .run(|cx| {
            let kind = KINDS[0];
            let session = cx.session()?;
            let key = key(cx, session, kind)?.private;
            cx.expect(authenticate(cx, session)?, CKR_OPERATION_NOT_INITIALIZED)?;
            begin(cx, session, kind, key)?;
            cx.expect(sign(cx, session), CKR_USER_NOT_LOGGED_IN)
        }),
    ]
}

fn attribute() -> Vec<Case> {
    vec![
        case(
            "login.context.default",
            spec("4.9"),
            "A private key made without CKA_ALWAYS_AUTHENTICATE has it, with the value false.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let key = cx.p256(session, &[], &[CKA_SIGN])?.private;
            match cx.c.attribute(session, key, CKA_ALWAYS_AUTHENTICATE) {
                Ok(value) => cx.equal_bytes("CKA_ALWAYS_AUTHENTICATE", &[0], &value),
                Err(rv) => cx.ok(rv),
            }
        }),
        case(
            "login.context.public-key-object",
            spec("4.9"),
            "A private key with CKA_ALWAYS_AUTHENTICATE but without CKA_PRIVATE is refused as contradictory.",
        )
        .run(|cx| {
            let session = cx.session()?;
            // The same key as a private object shows that nothing else is refused.
            key(cx, session, KINDS[0])?;
            let public = public(CKK_EC, &[]).bytes(CKA_EC_PARAMS, &unhex(P256));
            let private = asking(private(CKK_EC, &[CKA_SIGN]), true).flag(CKA_PRIVATE, false);
            let mechanism = Mechanism::new(CKM_EC_KEY_PAIR_GEN);
            let (rv, _, _) = cx.c.generate_key_pair(session, &mechanism, &public, &private);
            let codes = [CKR_TEMPLATE_INCONSISTENT, CKR_ATTRIBUTE_VALUE_INVALID];
            cx.expect_one_of(rv, &codes)
        }),
    ]
}
