//! Attributes whose values are arrays: of mechanisms, and of attributes, which are read in two levels (section 5.7.5).

use cryptoki_sys::*;

use crate::areas::object::kinds::{Kind, attribute, slug};
use crate::c::{Arg, Function, Object, Rv, Session, Structure, Template};
use crate::case::{Case, Outcome, case, spec};
use crate::context::{Context, not_applicable};

/// Bytes of a `CK_ATTRIBUTE`.
const ENTRY: usize = 24;
/// The label in the inner template.
const LABEL: &str = "inner label";

/// The attributes whose values are templates, and a kind of key that has them.
const TEMPLATES: &[(&str, CK_ATTRIBUTE_TYPE, &str)] = &[
    ("aes", CKA_WRAP_TEMPLATE, "4.10"),
    ("aes", CKA_UNWRAP_TEMPLATE, "4.10"),
    ("rsa-public", CKA_WRAP_TEMPLATE, "4.8"),
    ("rsa-private", CKA_UNWRAP_TEMPLATE, "4.9"),
];

pub(super) fn cases() -> Vec<Case> {
    TEMPLATES
        .iter()
        .flat_map(|(name, one, section)| {
            let kind = Kind::named(name);
            lengths(kind, *one, section)
                .into_iter()
                .chain(values(kind, *one))
        })
        .chain(mechanisms())
        .collect()
}

fn inner_template() -> Template {
    Template::new()
        .flag(CKA_EXTRACTABLE, false)
        .text(CKA_LABEL, LABEL)
        .number(CKA_KEY_TYPE, CKK_AES)
}

/// A key with an inner template; it does not apply where the module keeps none.
fn key(cx: &mut Context<'_>, kind: &Kind, one: CK_ATTRIBUTE_TYPE) -> Outcome<(Session, Object)> {
    let session = cx.session()?;
    cx.taken(session, kind)?;
    let more = Template::new().nested(one, inner_template());
    let given = kind.least().and(&more);
    let (rv, key) = cx.c.create_object(session, &given);
    let unsupported = [
        CKR_ATTRIBUTE_TYPE_INVALID,
        CKR_ATTRIBUTE_VALUE_INVALID,
        CKR_TEMPLATE_INCONSISTENT,
    ];
    if unsupported.contains(&rv.0) {
        return not_applicable(format!("the module takes no {}: {rv}", attribute(one)));
    }
    cx.ok(rv)?;
    Ok((session, key))
}

fn ask(cx: &Context<'_>, session: Session, object: Object, outer: &Structure) -> Rv {
    let args = vec![
        Arg::Number(session.0),
        Arg::Number(object.0),
        Arg::Structure(outer),
        Arg::Number(1),
    ];
    cx.c.call(Function::C_GetAttributeValue, args)
}

/// An outer attribute of a type over inner ones with these types and rooms; none for a null pointer.
fn over(one: CK_ATTRIBUTE_TYPE, entries: &[(CK_ATTRIBUTE_TYPE, Option<usize>)]) -> Structure {
    let inner = entries
        .iter()
        .fold(Structure::new(), |inner, (kind, room)| match room {
            Some(room) => inner.number(*kind).room(*room).number(*room as u64),
            None => inner.number(*kind).null().number(0),
        });
    let size = inner.size() as u64;
    Structure::new().number(one).nested(inner).number(size)
}

/// The types of the inner attributes in the order in which the module tells them.
fn told_types(
    cx: &Context<'_>,
    session: Session,
    key: Object,
    one: CK_ATTRIBUTE_TYPE,
) -> Outcome<[CK_ATTRIBUTE_TYPE; 3]> {
    let outer = over(one, &[(0, None); 3]);
    cx.prepared(ask(cx, session, key, &outer))?;
    Ok([0, 1, 2].map(|index| outer.inner(0).word(index * 3)))
}

fn id(kind: &Kind, one: CK_ATTRIBUTE_TYPE, what: &str) -> String {
    format!("attribute.template.{}.{}.{what}", kind.name, slug(one))
}

fn lengths(kind: &'static Kind, one: CK_ATTRIBUTE_TYPE, section: &'static str) -> Vec<Case> {
    let id = |what: &str| id(kind, one, what);
    vec![
        case(
            id("length"),
            spec(section),
            "The length of an attribute that is a template is that of its array.",
        )
        .run(move |cx| {
            let (session, key) = key(cx, kind, one)?;
            let outer = Structure::new().number(one).null().number(0);
            cx.ok(ask(cx, session, key, &outer))?;
            cx.equal("ulValueLen", &(3 * ENTRY as u64), &outer.word(2))
        }),
        case(
            id("inner-lengths"),
            spec("5.7.5"),
            "An array of null pointers is answered with the types and lengths of the inner attributes.",
        )
        .run(move |cx| {
            let (session, key) = key(cx, kind, one)?;
            let outer = over(one, &[(0, None); 3]);
            cx.ok(ask(cx, session, key, &outer))?;
            let inner = outer.inner(0);
            let mut told: Vec<_> = (0..3)
                .map(|index| (inner.word(index * 3), inner.word(index * 3 + 2)))
                .collect();
            told.sort_unstable();
            let mut expected = vec![
                (CKA_LABEL, LABEL.len() as u64),
                (CKA_KEY_TYPE, 8),
                (CKA_EXTRACTABLE, 1),
            ];
            expected.sort_unstable();
            cx.equal("types and lengths", &expected, &told)
        }),
    ]
}

/// The values of the inner attributes, and too little room for them.
fn values(kind: &'static Kind, one: CK_ATTRIBUTE_TYPE) -> Vec<Case> {
    let id = |what: &str| id(kind, one, what);
    vec![
        case(
            id("inner-values"),
            spec("5.7.5"),
            "An array with room is answered with the types and values of the inner attributes.",
        )
        .run(move |cx| {
            let (session, key) = key(cx, kind, one)?;
            let types = told_types(cx, session, key, one)?;
            let outer = over(one, &types.map(|kind| (kind, Some(32))));
            cx.ok(ask(cx, session, key, &outer))?;
            inner_values(cx, outer.inner(0))
        }),
        case(
            id("inner-types-ignored"),
            spec("5.7.5"),
            "The types in the array are ignored before the call, and set by it.",
        )
        .run(move |cx| {
            let (session, key) = key(cx, kind, one)?;
            let outer = over(one, &[(0, Some(32)); 3]);
            cx.ok(ask(cx, session, key, &outer))?;
            inner_values(cx, outer.inner(0))
        }),
        case(
            id("array-too-small"),
            spec("5.7.5"),
            "An array with too few entries answers CKR_BUFFER_TOO_SMALL.",
        )
        .run(move |cx| {
            let (session, key) = key(cx, kind, one)?;
            let outer = over(one, &[(0, None); 2]);
            let rv = ask(cx, session, key, &outer);
            cx.expect(rv, CKR_BUFFER_TOO_SMALL)?;
            cx.equal("ulValueLen", &CK_ULONG::MAX, &outer.word(2))
        }),
        case(
            id("inner-too-small"),
            spec("5.7.5"),
            "An inner attribute without room answers CKR_BUFFER_TOO_SMALL, and CK_UNAVAILABLE_INFORMATION for its length.",
        )
        .run(move |cx| {
            let (session, key) = key(cx, kind, one)?;
            let types = told_types(cx, session, key, one)?;
            let outer = over(one, &types.map(|kind| (kind, Some(9))));
            let rv = ask(cx, session, key, &outer);
            cx.expect(rv, CKR_BUFFER_TOO_SMALL)?;
            let inner = outer.inner(0);
            let label = (0..3).find(|index| inner.word(index * 3) == CKA_LABEL);
            let length = label.map(|index| inner.word(index * 3 + 2));
            cx.equal("the label's ulValueLen", &Some(CK_ULONG::MAX), &length)
        }),
    ]
}

fn inner_values(cx: &Context<'_>, inner: &Structure) -> Outcome {
    let expected = inner_template();
    for index in 0..3 {
        let (one, length) = (inner.word(index * 3), inner.word(index * 3 + 2));
        let value = expected.value(one).unwrap_or_default();
        cx.equal(&attribute(one), &(value.len() as u64), &length)?;
        cx.equal_bytes(&attribute(one), value, &inner.read(index)[..value.len()])?;
    }
    let mut seen: Vec<_> = (0..3).map(|index| inner.word(index * 3)).collect();
    seen.sort_unstable();
    seen.dedup();
    cx.equal("inner attributes", &3, &seen.len())
}

fn mechanisms() -> Vec<Case> {
    let kinds = ["aes", "rsa-public", "rsa-private", "ec-private"];
    kinds
        .map(|name| {
            case(
                format!("attribute.allowed-mechanisms.{name}"),
                spec("4.7.2"),
                "CKA_ALLOWED_MECHANISMS reads back as it was given.",
            )
            .run(move |cx| {
                let session = cx.session()?;
                let kind = Kind::named(name);
                let allowed = [CKM_AES_CBC_PAD, CKM_RSA_PKCS, CKM_ECDSA];
                let given = cx
                    .taken(session, kind)?
                    .numbers(CKA_ALLOWED_MECHANISMS, &allowed);
                let (rv, key) = cx.c.create_object(session, &given);
                cx.prepared(rv)?;
                let got = cx.read(session, key, CKA_ALLOWED_MECHANISMS)?;
                let sorted = |bytes: &[u8]| {
                    let mut numbers: Vec<_> = bytes.chunks(8).map(<[u8]>::to_vec).collect();
                    numbers.sort_unstable();
                    numbers
                };
                let expected = given.value(CKA_ALLOWED_MECHANISMS).unwrap_or_default();
                cx.equal("mechanisms", &sorted(expected), &sorted(&got))
            })
        })
        .into()
}
