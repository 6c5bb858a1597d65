//! Absurd lengths, and parameters of mechanisms that are cut short.

use cryptoki_sys::*;

use super::{documented, refused, still_serves};
use crate::c::{Arg, Function, Mechanism, Structure};
use crate::case::{Case, Stage, case, spec};
use crate::keys::unhex;
use crate::known_keys::P256_PUBLIC;

/// A length that no memory has.
const ABSURD: CK_ULONG = CK_ULONG::MAX - 7;

/// The cases of this file.
pub(super) fn cases() -> Vec<Case> {
    let mut cases = absurd();
    cases.extend(parameters());
    cases
}

/// A call with a null pointer and a length that nothing has: one letter for each argument, `x` the length.
#[rustfmt::skip] // A table reads by its columns.
const CALLS: &[(Function, &str)] = &[
    (Function::C_CreateObject,       "s0xp"),
    (Function::C_FindObjectsInit,    "s0x"),
    (Function::C_GetAttributeValue,  "sn0x"),
    (Function::C_SetAttributeValue,  "sn0x"),
    (Function::C_Login,              "su0x"),
    (Function::C_SetPIN,             "s0x0x"),
    (Function::C_SeedRandom,         "s0x"),
    (Function::C_GenerateRandom,     "s0x"),
    (Function::C_SetOperationState,  "s0xzz"),
    (Function::C_GenerateKey,        "sm0xp"),
    (Function::C_GenerateKeyPair,    "sm0x0xpp"),
];

fn absurd() -> Vec<Case> {
    let cases = CALLS.iter().map(|(function, shape)| {
        let requirement = format!("{function} refuses a null pointer with a length that no memory has, and allocates nothing for it.");
        case(format!("robustness.length.{}", function.name()), spec("5.1.6"), requirement)
            .stage(if *function == Function::C_Login { Stage::Public } else { Stage::User })
            .should()
            .run(move |cx| {
                let session = cx.session()?;
                let mechanism = Mechanism::new(CKM_AES_KEY_GEN);
                let (mut place, mut other) = (0, 0);
                let mut places = [&mut place, &mut other].into_iter();
                let args = shape.chars().map(|letter| match letter {
                    's' => Arg::Number(session.0),
                    'n' => Arg::Number(16),
                    'z' => Arg::Number(0),
                    'u' => Arg::Number(CKU_USER),
                    'x' => Arg::Number(ABSURD),
                    'm' => Arg::Mechanism(&mechanism),
                    'p' => places.next().map_or(Arg::Null, Arg::Place),
                    _ => Arg::Null,
                });
                let rv = cx.c.call(*function, args.collect());
                refused(cx, rv)?;
                still_serves(cx)
            })
    });
    cases.collect()
}

/// How a mechanism is started with a key.
#[derive(Clone, Copy)]
enum Use {
    Encrypt,
    Sign,
    Derive,
}

/// A mechanism with a parameter that has a form.
struct Parameter {
    kind: CK_MECHANISM_TYPE,
    name: &'static str,
    key: CK_KEY_TYPE,
    what: Use,
    whole: fn() -> Structure,
}

#[rustfmt::skip] // A table reads by its columns.
const PARAMETERS: &[Parameter] = &[
    Parameter { kind: CKM_AES_CBC,             name: "aes-cbc",     key: CKK_AES,            what: Use::Encrypt, whole: || Structure::new().inline(&[7; 16]) },
    Parameter { kind: CKM_AES_CBC_PAD,         name: "aes-cbc-pad", key: CKK_AES,            what: Use::Encrypt, whole: || Structure::new().inline(&[7; 16]) },
    Parameter { kind: CKM_AES_CTR,             name: "aes-ctr",     key: CKK_AES,            what: Use::Encrypt, whole: || Structure::new().number(128).inline(&[7; 16]) },
    Parameter { kind: CKM_AES_GCM,             name: "aes-gcm",     key: CKK_AES,            what: Use::Encrypt, whole: || Structure::new().counted(&[5; 12]).number(96).counted(b"aad").number(128) },
    Parameter { kind: CKM_RSA_PKCS_OAEP,       name: "rsa-oaep",    key: CKK_RSA,            what: Use::Encrypt, whole: || Structure::new().number(CKM_SHA_1).number(CKG_MGF1_SHA1).number(CKZ_DATA_SPECIFIED).null().number(0) },
    Parameter { kind: CKM_SHA256_RSA_PKCS_PSS, name: "rsa-pss",     key: CKK_RSA,            what: Use::Sign,    whole: || Structure::new().number(CKM_SHA256).number(CKG_MGF1_SHA256).number(32) },
    Parameter { kind: CKM_SHA256_HMAC_GENERAL, name: "hmac-general", key: CKK_GENERIC_SECRET, what: Use::Sign,   whole: || Structure::new().number(16) },
    Parameter { kind: CKM_ECDH1_DERIVE,        name: "ecdh1",       key: CKK_EC,             what: Use::Derive,  whole: || Structure::new().number(CKD_NULL).number(0).null().counted(&unhex(P256_PUBLIC)).null() },
];

/// A way to break a parameter: its name, words for it, and how it is done.
type Break = (&'static str, &'static str, fn(&Parameter) -> Mechanism);

/// How a parameter is broken.
#[rustfmt::skip] // A table reads by its columns.
const BREAKS: &[Break] = &[
    ("missing",   "is missing",                         |one| Mechanism::new(one.kind)),
    ("cut",       "is one byte short",                  |one| { let whole = (one.whole)(); let size = whole.size(); Mechanism::with(one.kind, whole).length(size - 1) }),
    ("empty",     "has a length of zero",               |one| Mechanism::with(one.kind, (one.whole)()).length(0)),
    ("null",      "is a null pointer with a length",    |one| Mechanism::raw(one.kind, 0, (one.whole)().size())),
    ("enormous",  "has a length that no memory has",    |one| Mechanism::with(one.kind, (one.whole)()).length(usize::MAX - 7)),
];

fn parameters() -> Vec<Case> {
    let mut cases = Vec::new();
    for one in PARAMETERS {
        for (name, words, broken) in BREAKS {
            let mechanism = crate::c::names::name(crate::c::names::MECHANISMS, one.kind);
            let requirement = format!("{mechanism} is refused when its parameter {words}.");
            let draft = case(
                format!("robustness.parameter.{}.{name}", one.name),
                spec("5.1.6"),
                requirement,
            );
            cases.push(
                draft
                    .should()
                    .run(move |cx| try_broken(cx, one, &broken(one))),
            );
        }
    }
    cases
}

fn try_broken(
    cx: &mut crate::context::Context<'_>,
    one: &Parameter,
    mechanism: &Mechanism,
) -> crate::case::Outcome {
    let flag = match one.what {
        Use::Encrypt => CKF_ENCRYPT,
        Use::Sign => CKF_SIGN,
        Use::Derive => CKF_DERIVE,
    };
    cx.mechanism(one.kind, flag)?;
    let session = cx.session()?;
    let key = match (one.key, one.what) {
        (CKK_AES, _) => cx.aes(session, 16, &[CKA_ENCRYPT])?,
        (CKK_RSA, Use::Sign) => cx.rsa(session, &[CKA_VERIFY], &[CKA_SIGN])?.private,
        (CKK_RSA, _) => cx.rsa(session, &[CKA_ENCRYPT], &[CKA_DECRYPT])?.public,
        (CKK_EC, _) => cx.p256(session, &[], &[CKA_DERIVE])?.private,
        (kind, _) => cx.import_secret(session, kind, &[7; 32], &[CKA_SIGN])?,
    };
    let rv = match one.what {
        Use::Encrypt => cx.c.encrypt_init(session, Some(mechanism), key),
        Use::Sign => cx.c.sign_init(session, Some(mechanism), key),
        Use::Derive => {
            let child = crate::keys::secret(CKK_GENERIC_SECRET, &[]).number(CKA_VALUE_LEN, 32);
            cx.c.derive_key(session, mechanism, key, &child).0
        }
    };
    refused(cx, rv)?;
    documented(cx, rv)?;
    cx.expect_one_of(rv, &[CKR_MECHANISM_PARAM_INVALID, CKR_ARGUMENTS_BAD])?;
    still_serves(cx)
}
