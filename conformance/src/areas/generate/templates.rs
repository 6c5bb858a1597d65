//! What a template may and may not say, tried with AES.

use cryptoki_sys::*;

use crate::c::function::Version;
use crate::c::{Mechanism, Session, Template};
use crate::case::{Case, Outcome, Stage, case, spec};
use crate::context::{Context, fail};
use crate::key_use::attribute_name;
use crate::keys::secret;

/// Codes that refuse a size.
const SIZE: &[CK_RV] = &[
    CKR_KEY_SIZE_RANGE,
    CKR_ATTRIBUTE_VALUE_INVALID,
    CKR_TEMPLATE_INCOMPLETE,
    CKR_TEMPLATE_INCONSISTENT,
];
/// Codes that refuse an attribute that the token sets.
const TOKENS_OWN: &[CK_RV] = &[
    CKR_ATTRIBUTE_READ_ONLY,
    CKR_TEMPLATE_INCONSISTENT,
    CKR_ATTRIBUTE_TYPE_INVALID,
];

pub(super) fn cases() -> Vec<Case> {
    [sizes(), own(), wrong(), defaults(), places()]
        .into_iter()
        .flatten()
        .collect()
}

fn aes() -> Template {
    secret(CKK_AES, &[CKA_ENCRYPT]).number(CKA_VALUE_LEN, 32)
}

/// Makes an AES key that has to be refused.
fn refused(cx: &mut Context<'_>, template: &Template, codes: &[CK_RV]) -> Outcome {
    cx.mechanism(CKM_AES_KEY_GEN, CKF_GENERATE)?;
    let session = cx.session()?;
    made(cx, session, &aes())?;
    let (rv, _) =
        cx.c.generate_key(session, &Mechanism::new(CKM_AES_KEY_GEN), template);
    cx.expect_one_of(rv, codes)
}

/// Makes an AES key to show that the template without its fault is one.
fn made(cx: &Context<'_>, session: Session, template: &Template) -> Outcome {
    let (rv, _) =
        cx.c.generate_key(session, &Mechanism::new(CKM_AES_KEY_GEN), template);
    cx.prepared(rv)
}

fn sizes() -> Vec<Case> {
    let lengths = [0, 1, 8, 15, 17, 31, 33, 64, 1 << 20, u64::MAX];
    lengths
        .into_iter()
        .map(|length| {
            let name = if length == u64::MAX {
                "most".to_owned()
            } else {
                length.to_string()
            };
            case(
                format!("generate.aes.length.{name}"),
                spec("6.10.2"),
                "An AES key of a length that AES does not have is not made.",
            )
            .run(move |cx| refused(cx, &aes().number(CKA_VALUE_LEN, length), SIZE))
        })
        .collect()
}

fn own() -> Vec<Case> {
    let flags = [
        ("local", CKA_LOCAL, false),
        ("always-sensitive", CKA_ALWAYS_SENSITIVE, false),
        ("never-extractable", CKA_NEVER_EXTRACTABLE, false),
    ];
    let flags = flags.map(|(name, kind, value)| (name, kind, Template::new().flag(kind, value)));
    let others = [
        (
            "key-gen-mechanism",
            CKA_KEY_GEN_MECHANISM,
            Template::new().number(CKA_KEY_GEN_MECHANISM, CKM_DES3_KEY_GEN),
        ),
        (
            "value",
            CKA_VALUE,
            Template::new().bytes(CKA_VALUE, &[1; 32]),
        ),
    ];
    let unique = case(
        "generate.template.unique-id",
        spec("4.4"),
        "A template that sets CKA_UNIQUE_ID is refused: the token sets it.",
    )
    .since(Version::V3_0)
    .run(|cx| refused(cx, &aes().text(CKA_UNIQUE_ID, "mine"), TOKENS_OWN));
    flags
        .into_iter()
        .chain(others)
        .map(|(name, kind, own)| {
            case(
                format!("generate.template.{name}"),
                spec("4.10"),
                format!(
                    "A template that sets {} is refused: the token sets it.",
                    attribute_name(kind)
                ),
            )
            .run(move |cx| refused(cx, &aes().and(&own), TOKENS_OWN))
        })
        .chain([unique])
        .collect()
}

fn wrong() -> Vec<Case> {
    vec![
        case(
            "generate.template.unknown-attribute",
            spec("4.1.1"),
            "An attribute that nobody knows answers CKR_ATTRIBUTE_TYPE_INVALID.",
        )
        .run(|cx| {
            refused(
                cx,
                &aes().bytes(CKA_VENDOR_DEFINED | 0x00c0_ffee, &[1]),
                &[CKR_ATTRIBUTE_TYPE_INVALID],
            )
        }),
        case(
            "generate.template.attribute-of-another-class",
            spec("4.1.1"),
            "A secret key's template with the modulus of RSA is refused.",
        )
        .run(|cx| {
            refused(
                cx,
                &aes().bytes(CKA_MODULUS, &[1; 256]),
                &[
                    CKR_TEMPLATE_INCONSISTENT,
                    CKR_ATTRIBUTE_TYPE_INVALID,
                    CKR_ATTRIBUTE_READ_ONLY,
                ],
            )
        }),
        case(
            "generate.template.flag-of-two-bytes",
            spec("4.1.1"),
            "A CK_BBOOL of two bytes answers CKR_ATTRIBUTE_VALUE_INVALID.",
        )
        .run(|cx| {
            refused(
                cx,
                &aes().bytes(CKA_ENCRYPT, &[1, 0]),
                &[CKR_ATTRIBUTE_VALUE_INVALID],
            )
        }),
        case(
            "generate.template.flag-of-no-bytes",
            spec("4.1.1"),
            "A CK_BBOOL without a byte answers CKR_ATTRIBUTE_VALUE_INVALID.",
        )
        .run(|cx| {
            refused(
                cx,
                &aes().bytes(CKA_ENCRYPT, &[]),
                &[CKR_ATTRIBUTE_VALUE_INVALID],
            )
        }),
        case(
            "generate.template.length-of-four-bytes",
            spec("4.1.1"),
            "A CKA_VALUE_LEN of four bytes is refused.",
        )
        .run(|cx| {
            refused(
                cx,
                &aes().bytes(CKA_VALUE_LEN, &[32, 0, 0, 0]),
                &[
                    CKR_ATTRIBUTE_VALUE_INVALID,
                    CKR_TEMPLATE_INCONSISTENT,
                    CKR_TEMPLATE_INCOMPLETE,
                ],
            )
        }),
        case(
            "generate.template.two-values",
            spec("4.1.1"),
            "Two values of one attribute answer CKR_TEMPLATE_INCONSISTENT.",
        )
        .should()
        .run(|cx| {
            refused(
                cx,
                &aes().again(CKA_ENCRYPT, &[0]),
                &[CKR_TEMPLATE_INCONSISTENT],
            )
        }),
        case(
            "generate.template.missing-value",
            spec("4.1.1"),
            "A null pointer with a length is refused.",
        )
        .run(|cx| {
            refused(
                cx,
                &aes().raw(CKA_LABEL, 0, 8),
                &[
                    CKR_ATTRIBUTE_VALUE_INVALID,
                    CKR_ARGUMENTS_BAD,
                    CKR_TEMPLATE_INCONSISTENT,
                ],
            )
        }),
        case(
            "generate.template.nothing-left",
            spec("5.18.1"),
            "A call that fails creates no object.",
        )
        .run(|cx| {
            let label = cx.label();
            let template = aes().text(CKA_LABEL, &label).flag(CKA_TOKEN, true);
            refused(cx, &template.number(CKA_VALUE_LEN, 17), SIZE)?;
            let session = cx.session()?;
            let found = cx.had(cx.c.find(session, &Template::new().text(CKA_LABEL, &label)))?;
            cx.equal("objects", &0, &found.len())
        }),
    ]
}

#[rustfmt::skip] // A table reads by its columns.
const DEFAULTS: &[(&str, &str, CK_ATTRIBUTE_TYPE, &[u8])] = &[
    ("token", "4.4", CKA_TOKEN, &[CK_FALSE]),
    ("modifiable", "4.4", CKA_MODIFIABLE, &[CK_TRUE]),
    ("copyable", "4.4", CKA_COPYABLE, &[CK_TRUE]),
    ("destroyable", "4.4", CKA_DESTROYABLE, &[CK_TRUE]),
    ("label", "4.4", CKA_LABEL, &[]),
    ("id", "4.7", CKA_ID, &[]),
    ("derive", "4.7", CKA_DERIVE, &[CK_FALSE]),
    ("start-date", "4.7", CKA_START_DATE, &[]),
    ("end-date", "4.7", CKA_END_DATE, &[]),
    ("wrap-with-trusted", "4.10", CKA_WRAP_WITH_TRUSTED, &[CK_FALSE]),
    ("trusted", "4.10", CKA_TRUSTED, &[CK_FALSE]),
];

fn defaults() -> Vec<Case> {
    DEFAULTS
        .iter()
        .map(|(name, section, kind, value)| {
            case(
                format!("generate.default.{name}"),
                spec(section),
                format!(
                    "A template without {} makes a key with the default of the standard.",
                    attribute_name(*kind)
                ),
            )
            .run(|cx| {
                cx.mechanism(CKM_AES_KEY_GEN, CKF_GENERATE)?;
                let session = cx.session()?;
                let template = Template::new().number(CKA_VALUE_LEN, 32);
                let (rv, key) =
                    cx.c.generate_key(session, &Mechanism::new(CKM_AES_KEY_GEN), &template);
                cx.prepared(rv)?;
                let got = cx.bytes_of(session, key, *kind)?;
                cx.equal_bytes(&attribute_name(*kind), value, &got)
            })
        })
        .collect()
}

fn places() -> Vec<Case> {
    vec![
        case(
            "generate.session.read-only-token-key",
            spec("5.18.1"),
            "A token key in a read-only session answers CKR_SESSION_READ_ONLY.",
        )
        .run(|cx| {
            cx.mechanism(CKM_AES_KEY_GEN, CKF_GENERATE)?;
            let session = cx.read_only()?;
            let template = aes().flag(CKA_TOKEN, true).text(CKA_LABEL, &cx.label());
            let (rv, _) =
                cx.c.generate_key(session, &Mechanism::new(CKM_AES_KEY_GEN), &template);
            cx.expect(rv, CKR_SESSION_READ_ONLY)
        }),
        case(
            "generate.session.read-only-session-key",
            spec("5.18.1"),
            "A session key is made in a read-only session.",
        )
        .run(|cx| {
            cx.mechanism(CKM_AES_KEY_GEN, CKF_GENERATE)?;
            let session = cx.read_only()?;
            let (rv, _) =
                cx.c.generate_key(session, &Mechanism::new(CKM_AES_KEY_GEN), &aes());
            cx.ok(rv)
        }),
        case(
            "generate.session.private-without-login",
            spec("5.18.1"),
            "A private key object without a login answers CKR_USER_NOT_LOGGED_IN.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            cx.login_required()?;
            cx.mechanism(CKM_AES_KEY_GEN, CKF_GENERATE)?;
            let session = cx.session()?;
            let template = aes().flag(CKA_PRIVATE, true);
            let (rv, _) =
                cx.c.generate_key(session, &Mechanism::new(CKM_AES_KEY_GEN), &template);
            cx.expect(rv, CKR_USER_NOT_LOGGED_IN)
        }),
        case(
            "generate.session.token-key-stays",
            spec("4.4"),
            "A token key is there after its session is closed, with the same value.",
        )
        .run(|cx| {
            let (rv, first) = cx.c.open_read_write(cx.slot);
            cx.prepared(rv)?;
            let label = cx.label();
            let template = secret(CKK_AES, &[CKA_ENCRYPT])
                .flag(CKA_TOKEN, true)
                .text(CKA_LABEL, &label);
            let key = cx.aes_with(first, 32, &template)?;
            let ecb = Mechanism::new(CKM_AES_ECB);
            cx.mechanism(CKM_AES_ECB, CKF_ENCRYPT)?;
            let before = cx.had(cx.encrypt_once(first, &ecb, key, &[4; 16]))?;
            cx.prepared(cx.c.close_session(first))?;
            let session = cx.session()?;
            let found = cx.had(cx.c.find(session, &Template::new().text(CKA_LABEL, &label)))?;
            let [key] = found[..] else {
                return fail("one key", format!("{}", found.len()));
            };
            let after = cx.encrypt_once(session, &ecb, key, &[4; 16]);
            cx.c.destroy_object(session, key);
            cx.equal_bytes("the same block encrypted", &before, &cx.done(after)?)
        }),
        case(
            "generate.session.unique-id",
            spec("4.4"),
            "Every key has a CKA_UNIQUE_ID, and no two have the same.",
        )
        .since(Version::V3_0)
        .run(|cx| {
            cx.mechanism(CKM_AES_KEY_GEN, CKF_GENERATE)?;
            let session = cx.session()?;
            let (one, other) = (cx.aes(session, 32, &[])?, cx.aes(session, 32, &[])?);
            let one = cx.bytes_of(session, one, CKA_UNIQUE_ID)?;
            let other = cx.bytes_of(session, other, CKA_UNIQUE_ID)?;
            cx.check(
                !one.is_empty() && one != other,
                "two identifiers",
                format!("{} and {}", hex::encode(one), hex::encode(&other)),
            )
        }),
    ]
}
