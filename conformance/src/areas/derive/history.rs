//! What a derived key says of itself, by what its base key is (PKCS#11 3.1 section 6.3.17).

use cryptoki_sys::*;

use super::{POINT, known};
use crate::c::function::Version;
use crate::c::{Object, Session, Template};
use crate::case::{Case, Outcome, case, spec};
use crate::context::{Context, not_applicable};
use crate::key_use::{attribute_name, ecdh, sealed};
use crate::keys::{private, public, secret, unhex};
use crate::known_keys::P256;

pub(super) fn cases() -> Vec<Case> {
    [inherited(), own(), templates()]
        .into_iter()
        .flatten()
        .collect()
}

fn child() -> Template {
    secret(CKK_AES, &[CKA_ENCRYPT]).number(CKA_VALUE_LEN, 32)
}

fn derived(
    cx: &Context<'_>,
    session: Session,
    base: Object,
    template: &Template,
) -> Outcome<Object> {
    let mechanism = ecdh(CKD_NULL, &[], &unhex(POINT));
    let (rv, key) = cx.c.derive_key(session, &mechanism, base, template);
    cx.ok(rv)?;
    Ok(key)
}

/// A made private key that was always sensitive and never extractable.
fn sealed_base(cx: &Context<'_>, session: Session, more: &Template) -> Outcome<Object> {
    cx.mechanism(CKM_ECDH1_DERIVE, CKF_DERIVE)?;
    cx.mechanism(CKM_EC_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR)?;
    let publics = public(CKK_EC, &[]).bytes(CKA_EC_PARAMS, &unhex(P256));
    let privates = sealed(private(CKK_EC, &[CKA_DERIVE])).and(more);
    Ok(cx
        .pair(session, CKM_EC_KEY_PAIR_GEN, &publics, &privates)?
        .private)
}

/// Whether the base was always sealed, the attribute of the child that is set and to what, and what has to follow.
type Row = (
    &'static str,
    bool,
    (CK_ATTRIBUTE_TYPE, bool),
    (CK_ATTRIBUTE_TYPE, bool),
);

#[rustfmt::skip] // A table reads by its columns.
const ROWS: &[Row] = &[
    ("sealed-to-sensitive", true, (CKA_SENSITIVE, true), (CKA_ALWAYS_SENSITIVE, true)),
    ("sealed-to-readable", true, (CKA_SENSITIVE, false), (CKA_ALWAYS_SENSITIVE, false)),
    ("sealed-to-unextractable", true, (CKA_EXTRACTABLE, false), (CKA_NEVER_EXTRACTABLE, true)),
    ("sealed-to-extractable", true, (CKA_EXTRACTABLE, true), (CKA_NEVER_EXTRACTABLE, false)),
    ("imported-to-sensitive", false, (CKA_SENSITIVE, true), (CKA_ALWAYS_SENSITIVE, false)),
    ("imported-to-readable", false, (CKA_SENSITIVE, false), (CKA_ALWAYS_SENSITIVE, false)),
    ("imported-to-unextractable", false, (CKA_EXTRACTABLE, false), (CKA_NEVER_EXTRACTABLE, false)),
    ("imported-to-extractable", false, (CKA_EXTRACTABLE, true), (CKA_NEVER_EXTRACTABLE, false)),
];

fn inherited() -> Vec<Case> {
    ROWS.iter()
        .map(|(name, sealed, (set, value), (follows, expected))| {
            case(
                format!("derive.ecdh.history.{name}"),
                spec("6.3.17"),
                format!(
                    "{} of a derived key follows its base key and its {}.",
                    attribute_name(*follows),
                    attribute_name(*set)
                ),
            )
            .run(move |cx| {
                let session = cx.session()?;
                let base = if *sealed {
                    sealed_base(cx, session, &Template::new())?
                } else {
                    known(cx, session)?
                };
                let mechanism = ecdh(CKD_NULL, &[], &unhex(POINT));
                let (rv, key) =
                    cx.c.derive_key(session, &mechanism, base, &child().flag(*set, *value));
                // A module may make no readable children.
                cx.prepared(rv)?;
                if cx.flag_of(session, key, *set)? != *value {
                    return not_applicable("the module gives the child another value");
                }
                cx.expect_flag(session, key, *follows, *expected)
            })
        })
        .collect()
}

fn own() -> Vec<Case> {
    [origin(), content(), values()]
        .into_iter()
        .flatten()
        .collect()
}

fn origin() -> Vec<Case> {
    vec![
        case(
            "derive.local",
            spec("5.18.5"),
            "CKA_LOCAL of a derived key is CK_FALSE.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let base = sealed_base(cx, session, &Template::new())?;
            let key = derived(cx, session, base, &child())?;
            cx.expect_flag(session, key, CKA_LOCAL, false)
        }),
        case(
            "derive.key-gen-mechanism",
            spec("4.7"),
            "CKA_KEY_GEN_MECHANISM of a derived key is CK_UNAVAILABLE_INFORMATION.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let base = known(cx, session)?;
            let key = derived(cx, session, base, &child())?;
            let mechanism = cx.number_of(session, key, CKA_KEY_GEN_MECHANISM)?;
            cx.equal(
                "CKA_KEY_GEN_MECHANISM",
                &CK_UNAVAILABLE_INFORMATION,
                &mechanism,
            )
        }),
    ]
}

fn content() -> Vec<Case> {
    vec![
        case(
            "derive.template-kept",
            spec("5.18.5"),
            "A derived key has the class, kind, length, label and usages of its template.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let base = known(cx, session)?;
            let label = cx.label();
            let key = derived(
                cx,
                session,
                base,
                &child().text(CKA_LABEL, &label).flag(CKA_DECRYPT, false),
            )?;
            cx.equal(
                "CKA_CLASS",
                &CKO_SECRET_KEY,
                &cx.number_of(session, key, CKA_CLASS)?,
            )?;
            cx.equal(
                "CKA_KEY_TYPE",
                &CKK_AES,
                &cx.number_of(session, key, CKA_KEY_TYPE)?,
            )?;
            cx.equal(
                "CKA_VALUE_LEN",
                &32,
                &cx.number_of(session, key, CKA_VALUE_LEN)?,
            )?;
            cx.equal_bytes(
                "CKA_LABEL",
                label.as_bytes(),
                &cx.bytes_of(session, key, CKA_LABEL)?,
            )?;
            cx.expect_flag(session, key, CKA_ENCRYPT, true)?;
            cx.expect_flag(session, key, CKA_DECRYPT, false)
        }),
        case(
            "derive.sealed",
            spec("5.18.5"),
            "A key that is derived from one that never leaves is sensitive and unextractable where the template says so.",
        )
        .should()
        .run(|cx| {
            let session = cx.session()?;
            let base = sealed_base(cx, session, &Template::new())?;
            let key = derived(cx, session, base, &sealed(child()))?;
            cx.expect_flag(session, key, CKA_SENSITIVE, true)?;
            cx.expect_flag(session, key, CKA_EXTRACTABLE, false)
        }),
        case(
            "derive.same-twice",
            spec("5.18.5"),
            "Deriving twice alike gives two objects with one value.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let base = known(cx, session)?;
            let (one, other) = (
                derived(cx, session, base, &child())?,
                derived(cx, session, base, &child())?,
            );
            cx.check(one != other, "two handles", "one")?;
            cx.expect_aes(session, one, &unhex(super::SHARED))?;
            cx.expect_aes(session, other, &unhex(super::SHARED))
        }),
    ]
}

fn values() -> Vec<Case> {
    vec![
        case(
            "derive.generic-secret",
            spec("6.3.17"),
            "A generic secret of the length that the template says is derived.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let base = known(cx, session)?;
            let template =
                crate::key_use::readable(CKK_GENERIC_SECRET, &[]).number(CKA_VALUE_LEN, 20);
            let (rv, key) = cx.c.derive_key(
                session,
                &ecdh(CKD_NULL, &[], &unhex(POINT)),
                base,
                &template,
            );
            cx.prepared(rv)?;
            let value = cx.had(cx.c.attribute(session, key, CKA_VALUE))?;
            cx.equal_bytes("CKA_VALUE", &unhex(super::SHARED)[12..], &value)
        }),
    ]
}

fn templates() -> Vec<Case> {
    let rows: [(&str, &str, Option<bool>, CK_RV); 3] = [
        (
            "applied",
            "The CKA_DERIVE_TEMPLATE of the base key is applied to what is derived.",
            None,
            CKR_OK,
        ),
        (
            "agrees",
            "A template that repeats the CKA_DERIVE_TEMPLATE is taken.",
            Some(false),
            CKR_OK,
        ),
        (
            "conflicts",
            "A template that conflicts with the CKA_DERIVE_TEMPLATE answers CKR_TEMPLATE_INCONSISTENT.",
            Some(true),
            CKR_TEMPLATE_INCONSISTENT,
        ),
    ];
    rows.into_iter()
        .map(|(name, requirement, asked, code)| {
            case(
                format!("derive.template.{name}"),
                spec("5.18.5"),
                requirement,
            )
            .since(Version::V3_0)
            .run(move |cx| {
                let session = cx.session()?;
                let always = Template::new().flag(CKA_EXTRACTABLE, false);
                let more = Template::new().nested(CKA_DERIVE_TEMPLATE, always);
                let base = sealed_base(cx, session, &more)?;
                let template =
                    asked.map_or_else(child, |asked| child().flag(CKA_EXTRACTABLE, asked));
                let mechanism = ecdh(CKD_NULL, &[], &unhex(POINT));
                let (rv, key) = cx.c.derive_key(session, &mechanism, base, &template);
                cx.expect(rv, code)?;
                if rv.is_ok() {
                    cx.expect_flag(session, key, CKA_EXTRACTABLE, false)?;
                }
                Ok(())
            })
        })
        .collect()
}
