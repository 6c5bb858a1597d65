//! What the template of a copy may change, and what not (section 4.1.3).

use cryptoki_sys::*;

use crate::areas::object::kinds::{Given, Kind, NOWHERE, attribute, slug};
use crate::c::function::Version;
use crate::c::{Function, Object, Rv, Session, Template};
use crate::case::{Case, Outcome, case, spec};
use crate::context::{Context, not_applicable};

use Given::{Flag, Number, Text};

/// What a copy may have otherwise: a kind, an attribute, the original's value where it matters, the copy's.
type Change = (&'static str, CK_ATTRIBUTE_TYPE, Option<Given>, Given);

#[rustfmt::skip] // A table reads by its columns.
const ALLOWED: &[Change] = &[
    ("data", CKA_LABEL, None, Text("copy")),
    ("data", CKA_PRIVATE, Some(Flag(false)), Flag(true)),
    ("data", CKA_MODIFIABLE, None, Flag(false)),
    ("data", CKA_DESTROYABLE, None, Flag(false)),
    ("certificate", CKA_LABEL, None, Text("copy")),
    ("certificate", CKA_ID, None, Text("copy")),
    ("certificate", CKA_MODIFIABLE, None, Flag(false)),
    ("rsa-public", CKA_ID, None, Text("copy")),
    ("rsa-public", CKA_SUBJECT, None, Text("\x30\x00")),
    ("rsa-public", CKA_VERIFY, Some(Flag(true)), Flag(false)),
    ("ec-private", CKA_LABEL, None, Text("copy")),
    ("ec-private", CKA_SIGN, Some(Flag(true)), Flag(false)),
    ("ec-private", CKA_SENSITIVE, Some(Flag(false)), Flag(true)),
    ("ec-private", CKA_EXTRACTABLE, Some(Flag(true)), Flag(false)),
    ("aes", CKA_LABEL, None, Text("copy")),
    ("aes", CKA_ID, None, Text("copy")),
    ("aes", CKA_ENCRYPT, Some(Flag(true)), Flag(false)),
    ("aes", CKA_DERIVE, Some(Flag(false)), Flag(true)),
    ("aes", CKA_START_DATE, None, Text("20270101")),
    ("aes", CKA_MODIFIABLE, None, Flag(false)),
    ("aes", CKA_SENSITIVE, Some(Flag(false)), Flag(true)),
    ("aes", CKA_EXTRACTABLE, Some(Flag(true)), Flag(false)),
    ("aes", CKA_WRAP_WITH_TRUSTED, Some(Flag(false)), Flag(true)),
];

/// What it may not.
#[rustfmt::skip] // A table reads by its columns.
const REFUSED: &[Change] = &[
    ("data", CKA_CLASS, None, Number(CKO_CERTIFICATE)),
    ("certificate", CKA_CERTIFICATE_TYPE, None, Number(CKC_X_509_ATTR_CERT)),
    ("certificate", CKA_VALUE, None, Text("\x30\x00")),
    ("certificate", CKA_SUBJECT, None, Text("\x30\x00")),
    ("certificate", CKA_TRUSTED, None, Flag(true)),
    ("rsa-public", CKA_MODULUS, None, Text("another")),
    ("rsa-public", CKA_PUBLIC_EXPONENT, None, Text("\x03")),
    ("rsa-public", CKA_TRUSTED, None, Flag(true)),
    ("ec-public", CKA_EC_POINT, None, Text("\x04\x01\x04")),
    ("ec-private", CKA_VALUE, None, Text("another")),
    ("ec-private", CKA_SENSITIVE, Some(Flag(true)), Flag(false)),
    ("ec-private", CKA_EXTRACTABLE, Some(Flag(false)), Flag(true)),
    ("ec-private", CKA_WRAP_WITH_TRUSTED, Some(Flag(true)), Flag(false)),
    ("rsa-private", CKA_SENSITIVE, Some(Flag(true)), Flag(false)),
    ("rsa-private", CKA_EXTRACTABLE, Some(Flag(false)), Flag(true)),
    ("rsa-private", CKA_ALWAYS_SENSITIVE, None, Flag(true)),
    ("rsa-private", CKA_NEVER_EXTRACTABLE, None, Flag(true)),
    ("aes", CKA_KEY_TYPE, None, Number(CKK_GENERIC_SECRET)),
    ("aes", CKA_VALUE, None, Text("0123456789abcdef")),
    ("aes", CKA_VALUE_LEN, None, Number(32)),
    ("aes", CKA_LOCAL, None, Flag(true)),
    ("aes", CKA_KEY_GEN_MECHANISM, None, Number(CKM_AES_KEY_GEN)),
    ("aes", CKA_ALWAYS_SENSITIVE, None, Flag(true)),
    ("aes", CKA_NEVER_EXTRACTABLE, None, Flag(true)),
    ("aes", CKA_SENSITIVE, Some(Flag(true)), Flag(false)),
    ("aes", CKA_EXTRACTABLE, Some(Flag(false)), Flag(true)),
    ("aes", CKA_WRAP_WITH_TRUSTED, Some(Flag(true)), Flag(false)),
    ("aes", CKA_TRUSTED, None, Flag(true)),
];

pub(super) fn cases() -> Vec<Case> {
    let allowed = ALLOWED.iter().map(allowed);
    let refused = REFUSED.iter().map(refused);
    allowed
        .chain(refused)
        .chain(places())
        .chain(wrong())
        .chain([unique_id(), sensitive_hides()])
        .collect()
}

fn original(cx: &Context<'_>, session: Session, change: &Change) -> Outcome<Object> {
    let (name, one, before, _) = change;
    let more = before.map_or_else(Template::new, |before| {
        Template::new().bytes(*one, &before.bytes())
    });
    cx.object(session, Kind::named(name), &more)
}

/// A token may forbid what the specification allows (section 4.1.3).
fn allowed(change: &'static Change) -> Case {
    let (name, one, _, after) = change;
    case(
        format!("copy.change.{name}.{}", slug(*one)),
        spec("4.1.3"),
        format!(
            "A copy may have another {} than its original.",
            attribute(*one)
        ),
    )
    .should()
    .run(|cx| {
        let session = cx.session()?;
        let object = original(cx, session, change)?;
        let before = cx.read(session, object, *one)?;
        let more = Template::new().bytes(*one, &after.bytes());
        let copy = cx.copied(session, object, &more)?;
        let copied = cx.read(session, copy, *one)?;
        cx.equal_bytes(&attribute(*one), &after.bytes(), &copied)?;
        let stays = cx.read(session, object, *one)?;
        cx.equal_bytes("the original's", &before, &stays)
    })
}

fn refused(change: &'static Change) -> Case {
    let (name, one, _, after) = change;
    case(
        format!("copy.refused.{name}.{}", slug(*one)),
        spec("4.1.3"),
        format!(
            "A copy cannot have another {} than its original like that.",
            attribute(*one)
        ),
    )
    .run(|cx| {
        let session = cx.session()?;
        let object = original(cx, session, change)?;
        let more = Template::new().bytes(*one, &after.bytes());
        let (rv, _) = cx.c.copy_object(session, object, &more);
        if rv.0 == CKR_ATTRIBUTE_TYPE_INVALID && cx.c.attribute(session, object, *one).is_err() {
            return not_applicable(format!("the module keeps no {}", attribute(*one)));
        }
        let codes = [
            CKR_ATTRIBUTE_READ_ONLY,
            CKR_TEMPLATE_INCONSISTENT,
            CKR_ACTION_PROHIBITED,
        ];
        let trusted = [&codes[..], &[CKR_USER_NOT_LOGGED_IN]].concat();
        if *one == CKA_TRUSTED {
            return cx.expect_one_of(rv, &trusted);
        }
        cx.expect_one_of(rv, &codes)
    })
}

fn unique_id() -> Case {
    case(
        "copy.refused.data.unique-id",
        spec("4.4.1"),
        "C_CopyObject with CKA_UNIQUE_ID answers CKR_ATTRIBUTE_READ_ONLY.",
    )
    .since(Version::V3_0)
    .run(|cx| {
        let session = cx.session()?;
        let object = cx.data_object(session, &Template::new())?;
        let more = Template::new().text(CKA_UNIQUE_ID, "mine");
        let (rv, _) = cx.c.copy_object(session, object, &more);
        cx.expect(rv, CKR_ATTRIBUTE_READ_ONLY)
    })
}

/// A stricter copy keeps its secret.
fn sensitive_hides() -> Case {
    case(
        "copy.change.aes.sensitive-hides-value",
        spec("4.10"),
        "The value of a copy that was made sensitive cannot be read.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let open = Template::new()
            .flag(CKA_SENSITIVE, false)
            .flag(CKA_EXTRACTABLE, true);
        let key = cx.object(session, Kind::named("aes"), &open)?;
        cx.read(session, key, CKA_VALUE)?;
        let copy = cx.copied(session, key, &Template::new().flag(CKA_SENSITIVE, true))?;
        let rv = cx.c.attribute(session, copy, CKA_VALUE);
        let rv = Rv::of_result(Function::C_GetAttributeValue, rv);
        cx.expect(rv, CKR_ATTRIBUTE_SENSITIVE)
    })
}

/// From the session into the token, and back.
fn places() -> Vec<Case> {
    let kinds = ["data", "certificate", "rsa-public", "aes"];
    let cases = kinds.into_iter().flat_map(|name| {
        [("session-to-token", false), ("token-to-session", true)].map(move |(how, token)| {
            case(
                format!("copy.place.{name}.{how}"),
                spec("5.7.2"),
                "CKA_TOKEN of a copy may be another than its original's.",
            )
            .run(move |cx| placed(cx, Kind::named(name), token))
        })
    });
    cases.collect()
}

/// Copies an object that is, or is not, in the token to the other place.
fn placed(cx: &mut Context<'_>, kind: &Kind, token: bool) -> Outcome {
    let session = cx.session()?;
    let label = cx.label();
    let more = Template::new()
        .flag(CKA_TOKEN, token)
        .text(CKA_LABEL, &label);
    let object = cx.object(session, kind, &more)?;
    let (rv, copy) =
        cx.c.copy_object(session, object, &Template::new().flag(CKA_TOKEN, !token));
    let outcome = cx.ok(rv).and_then(|()| {
        let got = cx.read(session, copy, CKA_TOKEN)?;
        cx.equal_bytes("CKA_TOKEN of the copy", &[u8::from(!token)], &got)?;
        let got = cx.read(session, object, CKA_TOKEN)?;
        cx.equal_bytes("CKA_TOKEN of the original", &[u8::from(token)], &got)
    });
    for one in cx.matching(session, &Template::new().text(CKA_LABEL, &label))? {
        cx.ok(cx.c.destroy_object(session, one))?;
    }
    outcome
}

/// Templates that are wrong for any copy: a name, an attribute, a value, the codes.
type Wrong = (
    &'static str,
    CK_ATTRIBUTE_TYPE,
    &'static [u8],
    &'static [CK_RV],
);

#[rustfmt::skip] // A table reads by its columns.
const WRONG: &[Wrong] = &[
    ("unknown-attribute", NOWHERE, b"value", &[CKR_ATTRIBUTE_TYPE_INVALID]),
    ("foreign-attribute", CKA_ENCRYPT, &[1], &[CKR_ATTRIBUTE_TYPE_INVALID, CKR_TEMPLATE_INCONSISTENT]),
    ("bool-of-two-bytes", CKA_PRIVATE, &[1, 1], &[CKR_ATTRIBUTE_VALUE_INVALID]),
    ("bool-empty", CKA_MODIFIABLE, &[], &[CKR_ATTRIBUTE_VALUE_INVALID]),
];

fn wrong() -> impl Iterator<Item = Case> {
    WRONG.iter().map(|(name, one, value, codes)| {
        case(
            format!("copy.wrong.{name}"),
            spec("4.1.3"),
            "A copy by a template that is wrong is refused, and not made.",
        )
        .should()
        .run(|cx| {
            let session = cx.session()?;
            let label = cx.label();
            let object = cx.data_object(session, &Template::new().text(CKA_LABEL, &label))?;
            let (rv, _) =
                cx.c.copy_object(session, object, &Template::new().bytes(*one, value));
            cx.expect_one_of(rv, codes)?;
            cx.equal("found", &vec![object], &cx.labelled(session, &label)?)
        })
    })
}
