//! `C_SetAttributeValue` itself: rights, arguments, all or nothing (section 5.7.6).

use cryptoki_sys::*;

use crate::areas::object::kinds::{Kind, NOWHERE, WILD, attribute};
use crate::c::{Arg, Function, Object, Session, Template};
use crate::case::{Case, Outcome, case, spec};
use crate::context::{Context, not_applicable};

pub(super) fn cases() -> Vec<Case> {
    let topics = [rights(), refused(), all_or_nothing(), arguments(), seen()];
    topics.into_iter().flatten().collect()
}

fn labelled(label: &str) -> Template {
    Template::new().text(CKA_LABEL, label)
}

fn label_is(cx: &Context<'_>, session: Session, object: Object, label: &str) -> Outcome {
    let got = cx.read(session, object, CKA_LABEL)?;
    cx.equal_bytes("CKA_LABEL", label.as_bytes(), &got)
}

fn rights() -> Vec<Case> {
    let kinds = ["data", "certificate", "aes", "rsa-public", "ec-private"];
    let prohibited = kinds.map(|name| {
        case(
            format!("attribute.set.not-modifiable.{name}"),
            spec("5.7.6"),
            "An object with CKA_MODIFIABLE CK_FALSE cannot be modified: CKR_ACTION_PROHIBITED.",
        )
        .run(move |cx| {
            let session = cx.session()?;
            let more = labelled("first").flag(CKA_MODIFIABLE, false);
            let object = cx.object(session, Kind::named(name), &more)?;
            let rv =
                cx.c.set_attribute_values(session, object, &labelled("second"));
            cx.expect(rv, CKR_ACTION_PROHIBITED)?;
            label_is(cx, session, object, "first")
        })
    });
    let read_only = [
        case(
            "attribute.set.token-in-read-only",
            spec("5.7.6"),
            "A token object cannot be modified in a read-only session: CKR_SESSION_READ_ONLY.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let (object, label) = cx.token_data(session, &Template::new())?;
            let reading = cx.read_only()?;
            let rv =
                cx.c.set_attribute_values(reading, object, &labelled("second"));
            let stays = label_is(cx, session, object, &label);
            cx.ok(cx.c.destroy_object(session, object))?;
            stays?;
            cx.expect(rv, CKR_SESSION_READ_ONLY)
        }),
        case(
            "attribute.set.session-in-read-only",
            spec("5.7.6"),
            "A session object can be modified in a read-only session.",
        )
        .run(|cx| {
            let session = cx.read_only()?;
            let object = cx.data_object(session, &labelled("first"))?;
            cx.ok(cx
                .c
                .set_attribute_values(session, object, &labelled("second")))?;
            label_is(cx, session, object, "second")
        }),
    ];
    prohibited.into_iter().chain(read_only).collect()
}

/// A change that no object takes: a name, the kind, what to set, the codes.
type Refused = (
    &'static str,
    &'static str,
    CK_ATTRIBUTE_TYPE,
    &'static [u8],
    &'static [CK_RV],
);

#[rustfmt::skip] // A table reads by its columns.
const REFUSED: &[Refused] = &[
    ("unknown-attribute", "data", NOWHERE, b"value", &[CKR_ATTRIBUTE_TYPE_INVALID]),
    ("unknown-attribute", "aes", NOWHERE, b"value", &[CKR_ATTRIBUTE_TYPE_INVALID]),
    ("foreign-attribute", "data", CKA_ENCRYPT, &[1], &[CKR_ATTRIBUTE_TYPE_INVALID, CKR_TEMPLATE_INCONSISTENT]),
    ("foreign-attribute", "aes", CKA_MODULUS, b"value", &[CKR_ATTRIBUTE_TYPE_INVALID, CKR_TEMPLATE_INCONSISTENT, CKR_ATTRIBUTE_READ_ONLY]),
    ("bool-of-two-bytes", "aes", CKA_ENCRYPT, &[1, 1], &[CKR_ATTRIBUTE_VALUE_INVALID]),
    ("bool-empty", "aes", CKA_DECRYPT, &[], &[CKR_ATTRIBUTE_VALUE_INVALID]),
    ("date-of-seven-bytes", "aes", CKA_START_DATE, b"2026010", &[CKR_ATTRIBUTE_VALUE_INVALID]),
];

fn refused() -> Vec<Case> {
    REFUSED
        .iter()
        .map(|(what, name, one, value, codes)| {
            case(
                format!("attribute.set.{what}.{name}"),
                spec("4.1.2"),
                format!(
                    "C_SetAttributeValue does not take {} like that.",
                    attribute(*one)
                ),
            )
            .should()
            .run(|cx| {
                let session = cx.session()?;
                let object = cx.object(session, Kind::named(name), &Template::new())?;
                let before = cx.c.attribute(session, object, *one).ok();
                let change = Template::new().bytes(*one, value);
                let rv = cx.c.set_attribute_values(session, object, &change);
                cx.expect_one_of(rv, codes)?;
                let after = cx.c.attribute(session, object, *one).ok();
                cx.equal(&attribute(*one), &before, &after)
            })
        })
        .collect()
}

/// A change that fails must leave the object as it was, wherever the bad attribute stands.
fn all_or_nothing() -> Vec<Case> {
    let bad: [(&str, CK_ATTRIBUTE_TYPE, &[u8]); 3] = [
        ("read-only", CKA_CLASS, &[3, 0, 0, 0, 0, 0, 0, 0]),
        ("unknown", NOWHERE, b"value"),
        ("bad-value", CKA_PRIVATE, &[1, 2, 3]),
    ];
    bad.into_iter()
        .flat_map(|(what, one, value)| {
            [("first", true), ("last", false)].map(|(place, first)| {
                case(
                    format!("attribute.set.all-or-nothing.{what}-{place}"),
                    spec("5"),
                    "A C_SetAttributeValue that fails changes nothing.",
                )
                .explain("A call accomplishes its entire goal or nothing at all, as section 5 says of all functions.")
                .run(move |cx| {
                    let session = cx.session()?;
                    let object = cx.data_object(session, &labelled("first"))?;
                    let change = if first {
                        Template::new().bytes(one, value).text(CKA_LABEL, "second")
                    } else {
                        labelled("second").bytes(one, value)
                    };
                    let rv = cx.c.set_attribute_values(session, object, &change);
                    cx.check(!rv.is_ok(), "C_SetAttributeValue fails", "CKR_OK")?;
                    label_is(cx, session, object, "first")
                })
            })
        })
        .collect()
}

fn arguments() -> Vec<Case> {
    let objects = [("zero", CK_INVALID_HANDLE), ("wild", WILD.0)];
    let objects = objects.map(|(name, handle)| {
        case(
            format!("attribute.set.object-{name}"),
            spec("5.7.6"),
            "C_SetAttributeValue of a handle that was never given answers CKR_OBJECT_HANDLE_INVALID.",
        )
        .run(move |cx| {
            let session = cx.session()?;
            let rv = cx.c.set_attribute_values(session, Object(handle), &labelled("x"));
            cx.expect(rv, CKR_OBJECT_HANDLE_INVALID)
        })
    });
    let others = [
        case(
            "attribute.set.session-invalid",
            spec("5.1.2"),
            "C_SetAttributeValue in a session that does not exist answers CKR_SESSION_HANDLE_INVALID.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let object = cx.data_object(session, &labelled("first"))?;
            let nowhere = Session(CK_INVALID_HANDLE);
            let rv = cx.c.set_attribute_values(nowhere, object, &labelled("second"));
            cx.expect(rv, CKR_SESSION_HANDLE_INVALID)?;
            label_is(cx, session, object, "first")
        }),
        case(
            "attribute.set.null-template",
            spec("5.7.6"),
            "C_SetAttributeValue with a null template of one attribute answers CKR_ARGUMENTS_BAD.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let object = cx.data_object(session, &Template::new())?;
            let args = vec![
                Arg::Number(session.0),
                Arg::Number(object.0),
                Arg::Null,
                Arg::Number(1),
            ];
            let rv = cx.c.call(Function::C_SetAttributeValue, args);
            cx.expect(rv, CKR_ARGUMENTS_BAD)
        }),
        case(
            "attribute.set.destroyed",
            spec("5.7.6"),
            "C_SetAttributeValue of an object that was destroyed answers CKR_OBJECT_HANDLE_INVALID.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let object = cx.data_object(session, &Template::new())?;
            cx.ok(cx.c.destroy_object(session, object))?;
            let rv = cx.c.set_attribute_values(session, object, &labelled("x"));
            cx.expect(rv, CKR_OBJECT_HANDLE_INVALID)
        }),
    ];
    objects.into_iter().chain(others).collect()
}

/// The one attribute that a change can take away.
fn check_value_destroyed() -> Case {
    case(
        "attribute.set.check-value-destroyed",
        spec("4.10.2"),
        "C_SetAttributeValue with an empty CKA_CHECK_VALUE destroys it.",
    )
    .should()
    .run(|cx| {
        let session = cx.session()?;
        let key = cx.object(session, Kind::named("aes"), &Template::new())?;
        let before = cx.c.attribute(session, key, CKA_CHECK_VALUE);
        if before.is_err() || before == Ok(Vec::new()) {
            return not_applicable("the key has no CKA_CHECK_VALUE");
        }
        let change = Template::new().bytes(CKA_CHECK_VALUE, &[]);
        cx.ok(cx.c.set_attribute_values(session, key, &change))?;
        let after = cx.c.attribute(session, key, CKA_CHECK_VALUE);
        cx.equal_bytes("CKA_CHECK_VALUE", &[], &after.unwrap_or_default())
    })
}

fn seen() -> Vec<Case> {
    vec![
        check_value_destroyed(),
        case(
            "attribute.set.seen-by-others",
            spec("5.7.6"),
            "A change is seen by the application's other sessions at once.",
        )
        .run(|cx| {
            let (one, two) = (cx.session()?, cx.session()?);
            let object = cx.data_object(one, &labelled("first"))?;
            cx.prepared(cx.c.set_attribute_values(one, object, &labelled("second")))?;
            label_is(cx, two, object, "second")
        }),
        case(
            "attribute.set.found-by-new-value",
            spec("5.7.7"),
            "An object is found by the value that an attribute was changed to, and not by the old one.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let (old, new) = (cx.label(), cx.label());
            let object = cx.data_object(session, &labelled(&old))?;
            cx.prepared(cx.c.set_attribute_values(session, object, &labelled(&new)))?;
            cx.equal("found by the old label", &Vec::new(), &cx.labelled(session, &old)?)?;
            cx.equal("found by the new label", &vec![object], &cx.labelled(session, &new)?)
        }),
        case(
            "attribute.set.several",
            spec("5.7.6"),
            "One call changes several attributes.",
        )
        .should()
        .run(|cx| {
            let session = cx.session()?;
            let key = cx.object(session, Kind::named("aes"), &Template::new())?;
            let change = labelled("several").text(CKA_ID, "id");
            cx.ok(cx.c.set_attribute_values(session, key, &change))?;
            label_is(cx, session, key, "several")?;
            let id = cx.read(session, key, CKA_ID)?;
            cx.equal_bytes("CKA_ID", b"id", &id)
        }),
        case(
            "attribute.set.to-empty",
            spec("5.7.6"),
            "A label can be made empty, longer and shorter.",
        )
        .should()
        .run(|cx| {
            let session = cx.session()?;
            let object = cx.data_object(session, &labelled("first"))?;
            let long = "a much longer label ".repeat(10);
            for label in ["", long.as_str(), "short"] {
                cx.ok(cx.c.set_attribute_values(session, object, &labelled(label)))?;
                label_is(cx, session, object, label)?;
            }
            Ok(())
        }),
    ]
}
