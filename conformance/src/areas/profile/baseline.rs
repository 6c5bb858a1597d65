//! The Baseline Provider: the version it speaks, and the attributes that it lets applications read (Profiles section 5.1).

use cryptoki_sys::*;

use crate::areas::object::kinds::{certificate, slug};
use crate::c::function::Version;
use crate::c::{Object, Session, Template, names};
use crate::case::{Case, Outcome, Stage, case, profiles};
use crate::context::{Context, fail};
use crate::users::{VALUE, data};

pub(super) fn cases() -> Vec<Case> {
    stated().into_iter().chain(attributes()).collect()
}

fn stated() -> Vec<Case> {
    vec![
        case(
            "profile.baseline.specification",
            profiles("6.1"),
            "A Baseline Provider tells in C_GetInfo that it speaks PKCS#11 3.1 or later.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let (rv, info) = cx.c.info();
            cx.ok(rv)?;
            let version = (info.cryptokiVersion.major, info.cryptokiVersion.minor);
            if version >= (3, 1) {
                return Ok(());
            }
            let got = format!("{}.{}", version.0, version.1);
            cx.lacking(CKP_BASELINE_PROVIDER, "version 3.1 or later", &got)
        }),
        case(
            "profile.baseline.interface",
            profiles("5.1"),
            "A Baseline Provider lists the interface PKCS 11 of version 3.0 or later.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let listed = cx.c.library().interfaces();
            let Some(listed) = listed else {
                let got = "a module without C_GetInterfaceList";
                return cx.lacking(CKP_BASELINE_PROVIDER, "interfaces", got);
            };
            let listed =
                listed.or_else(|rv| fail("C_GetInterfaceList answers CKR_OK", rv.to_string()))?;
            let standard = listed.iter().any(|interface| {
                let list = interface.list.as_ref();
                interface.name == "PKCS 11" && list.is_some_and(|list| list.version >= (3, 0))
            });
            if standard {
                return Ok(());
            }
            let got = "none of them";
            cx.lacking(
                CKP_BASELINE_PROVIDER,
                "the interface PKCS 11 3.0 or later",
                got,
            )
        }),
    ]
}

/// An attribute, on which object it is looked for, and what has to be read.
type Row = (CK_ATTRIBUTE_TYPE, Holder, Expected);

#[derive(Clone, Copy)]
enum Holder {
    /// A new data object of the session.
    Data,
    /// A new certificate of the session.
    Certificate,
    /// A profile object of the token.
    Profile,
}

#[derive(Clone, Copy)]
enum Expected {
    Bytes(&'static [u8]),
    Flag(bool),
    Class(CK_OBJECT_CLASS),
    /// The label that the object was given.
    Label,
    /// Anything but nothing.
    Something,
}

/// An identifier for the certificate.
const ID: &[u8] = b"dew-conformance identifier";

#[rustfmt::skip] // A table reads by its columns.
const ROWS: &[Row] = &[
    (CKA_CLASS,      Holder::Data,        Expected::Class(CKO_DATA)),
    (CKA_TOKEN,      Holder::Data,        Expected::Flag(false)),
    (CKA_VALUE,      Holder::Data,        Expected::Bytes(VALUE)),
    (CKA_ID,         Holder::Certificate, Expected::Bytes(ID)),
    (CKA_PRIVATE,    Holder::Data,        Expected::Flag(false)),
    (CKA_MODIFIABLE, Holder::Data,        Expected::Flag(true)),
    (CKA_LABEL,      Holder::Data,        Expected::Label),
    (CKA_UNIQUE_ID,  Holder::Data,        Expected::Something),
    (CKA_PROFILE_ID, Holder::Profile,     Expected::Something),
];

fn attributes() -> Vec<Case> {
    let make = |row: &Row| {
        let (kind, holder, expected) = *row;
        let since = match kind {
            CKA_UNIQUE_ID | CKA_PROFILE_ID => Version::V3_0,
            _ => Version::V2_40,
        };
        case(
            format!("profile.baseline.attribute.{}", slug(kind)),
            profiles("5.1"),
            format!(
                "A Baseline Provider lets applications read {}.",
                names::name(names::ATTRIBUTES, kind)
            ),
        )
        .since(since)
        .run(move |cx| {
            let session = cx.session()?;
            let label = cx.label();
            let object = held(cx, session, holder, &label)?;
            let value = match cx.c.attribute(session, object, kind) {
                Ok(value) => value,
                Err(rv) => {
                    let got = format!("{} answers {rv}", cx.c.last_called());
                    return cx.lacking(CKP_BASELINE_PROVIDER, "the attribute's value", &got);
                }
            };
            let name = names::name(names::ATTRIBUTES, kind);
            match expected {
                Expected::Bytes(bytes) => cx.equal_bytes(&name, bytes, &value),
                Expected::Flag(flag) => cx.equal_bytes(&name, &[u8::from(flag)], &value),
                Expected::Class(class) => cx.equal_bytes(&name, &class.to_ne_bytes(), &value),
                Expected::Label => cx.equal_bytes(&name, label.as_bytes(), &value),
                Expected::Something => cx.check(!value.is_empty(), "a value", "an empty one"),
            }
        })
    };
    ROWS.iter().map(make).collect()
}

fn held(cx: &Context<'_>, session: Session, holder: Holder, label: &str) -> Outcome<Object> {
    match holder {
        Holder::Data => cx.import(
            session,
            &data(false, false, label).flag(CKA_MODIFIABLE, true),
        ),
        Holder::Certificate => {
            let template = Template::class(CKO_CERTIFICATE)
                .flag(CKA_TOKEN, false)
                .bytes(CKA_ID, ID);
            cx.import(session, &template.and(&certificate()))
        }
        Holder::Profile => {
            let found = cx.matching(session, &Template::class(CKO_PROFILE))?;
            match found.first() {
                Some(object) => Ok(*object),
                None => cx.lacking(CKP_BASELINE_PROVIDER, "a profile object", "none"),
            }
        }
    }
}
