//! Attributes that go one way: more sensitive, less extractable, never back (footnotes 11 and 12 of section 4.2).

use cryptoki_sys::*;

use crate::areas::object::kinds::{Kind, attribute, slug};
use crate::c::{Function, Mechanism, Object, Rv, Session, Template};
use crate::case::{Case, Outcome, case, spec};
use crate::context::Context;
use crate::keys::secret;

/// A kind, its section, an attribute, and the value it cannot leave.
type OneWay = (&'static str, &'static str, CK_ATTRIBUTE_TYPE, bool);

const ONE_WAY: &[OneWay] = &[
    ("aes", "4.10", CKA_SENSITIVE, true),
    ("aes", "4.10", CKA_EXTRACTABLE, false),
    ("aes", "4.10", CKA_WRAP_WITH_TRUSTED, true),
    ("rsa-private", "4.9", CKA_SENSITIVE, true),
    ("rsa-private", "4.9", CKA_EXTRACTABLE, false),
    ("rsa-private", "4.9", CKA_WRAP_WITH_TRUSTED, true),
    ("ec-private", "4.9", CKA_SENSITIVE, true),
    ("ec-private", "4.9", CKA_EXTRACTABLE, false),
    ("ec-private", "4.9", CKA_WRAP_WITH_TRUSTED, true),
];

const REFUSED: &[CK_RV] = &[
    CKR_ATTRIBUTE_READ_ONLY,
    CKR_TEMPLATE_INCONSISTENT,
    CKR_ACTION_PROHIBITED,
];

pub(super) fn cases() -> Vec<Case> {
    let forward = ONE_WAY.iter().map(forward);
    let back = ONE_WAY.iter().map(back);
    let there_and_back = ONE_WAY.iter().map(there_and_back);
    forward
        .chain(back)
        .chain(there_and_back)
        .chain(copyable())
        .chain(histories())
        .chain([sensitive_value()])
        .collect()
}

fn set(
    cx: &Context<'_>,
    session: Session,
    object: Object,
    one: CK_ATTRIBUTE_TYPE,
    value: bool,
) -> Rv {
    let change = Template::new().flag(one, value);
    cx.c.set_attribute_values(session, object, &change)
}

fn holds(
    cx: &Context<'_>,
    session: Session,
    object: Object,
    one: CK_ATTRIBUTE_TYPE,
    value: bool,
) -> Outcome {
    let got = cx.read(session, object, one)?;
    cx.equal_bytes(&attribute(one), &[u8::from(value)], &got)
}

fn word(value: bool) -> &'static str {
    if value { "CK_TRUE" } else { "CK_FALSE" }
}

/// The way that is open.
fn forward((name, section, one, end): &'static OneWay) -> Case {
    case(
        format!("attribute.one-way.{name}.{}", slug(*one)),
        spec(section),
        format!("{} can be set to {}.", attribute(*one), word(*end)),
    )
    .should()
    .run(move |cx| {
        let session = cx.session()?;
        let more = Template::new().flag(*one, !end);
        let key = cx.object(session, Kind::named(name), &more)?;
        cx.ok(set(cx, session, key, *one, *end))?;
        holds(cx, session, key, *one, *end)
    })
}

/// The way that is closed, of a key made like that.
fn back((name, _, one, end): &'static OneWay) -> Case {
    case(
        format!("attribute.one-way.{name}.{}.no-way-back", slug(*one)),
        spec("4.2"),
        format!(
            "{} cannot be changed once it is {}.",
            attribute(*one),
            word(*end)
        ),
    )
    .run(move |cx| {
        let session = cx.session()?;
        let more = Template::new().flag(*one, *end);
        let key = cx.object(session, Kind::named(name), &more)?;
        let rv = set(cx, session, key, *one, !end);
        holds(cx, session, key, *one, *end)?;
        cx.expect_one_of(rv, REFUSED)
    })
}

/// The way that is closed, of a key that came by the open one.
fn there_and_back((name, _, one, end): &'static OneWay) -> Case {
    case(
        format!("attribute.one-way.{name}.{}.there-and-back", slug(*one)),
        spec("4.2"),
        format!(
            "{} that was set to {} cannot be set back.",
            attribute(*one),
            word(*end)
        ),
    )
    .run(move |cx| {
        let session = cx.session()?;
        let more = Template::new().flag(*one, !end);
        let key = cx.object(session, Kind::named(name), &more)?;
        cx.prepared(set(cx, session, key, *one, *end))?;
        let rv = set(cx, session, key, *one, !end);
        holds(cx, session, key, *one, *end)?;
        cx.expect_one_of(rv, REFUSED)
    })
}

fn copyable() -> impl Iterator<Item = Case> {
    ["data", "aes", "certificate"].into_iter().map(|name| {
        case(
            format!("attribute.one-way.{name}.copyable.no-way-back"),
            spec("4.4"),
            "CKA_COPYABLE cannot be set to CK_TRUE once it is CK_FALSE.",
        )
        .run(move |cx| {
            let session = cx.session()?;
            let more = Template::new().flag(CKA_COPYABLE, false);
            let object = cx.object(session, Kind::named(name), &more)?;
            let rv = set(cx, session, object, CKA_COPYABLE, true);
            holds(cx, session, object, CKA_COPYABLE, false)?;
            cx.expect_one_of(rv, REFUSED)
        })
    })
}

/// A value that was hidden by the change is hidden.
fn sensitive_value() -> Case {
    case(
        "attribute.one-way.aes.sensitive.hides-value",
        spec("4.10"),
        "The value of a key cannot be read any more once CKA_SENSITIVE was set.",
    )
    .run(move |cx| {
        let session = cx.session()?;
        let open = Template::new()
            .flag(CKA_SENSITIVE, false)
            .flag(CKA_EXTRACTABLE, true);
        let key = cx.object(session, Kind::named("aes"), &open)?;
        cx.read(session, key, CKA_VALUE)?;
        cx.prepared(set(cx, session, key, CKA_SENSITIVE, true))?;
        let rv = cx.c.attribute(session, key, CKA_VALUE);
        let rv = Rv::of_result(Function::C_GetAttributeValue, rv);
        cx.expect(rv, CKR_ATTRIBUTE_SENSITIVE)
    })
}

/// A key that the token made, what it was made like, what is set, and what `CKA_ALWAYS_SENSITIVE` and
/// `CKA_NEVER_EXTRACTABLE` say then.
type History = (
    &'static str,
    bool,
    bool,
    Option<(CK_ATTRIBUTE_TYPE, bool)>,
    bool,
    bool,
);

#[rustfmt::skip] // A table reads by its columns.
const HISTORIES: &[History] = &[
    ("sensitive", true, false, None, true, true),
    ("open", false, true, None, false, false),
    ("sensitive-extractable", true, true, None, true, false),
    ("made-sensitive", false, false, Some((CKA_SENSITIVE, true)), false, true),
    ("made-unextractable", true, true, Some((CKA_EXTRACTABLE, false)), true, false),
];

fn histories() -> impl Iterator<Item = Case> {
    HISTORIES.iter().map(|history| {
        case(
            format!("attribute.history.{}", history.0),
            spec("4.10"),
            "CKA_ALWAYS_SENSITIVE and CKA_NEVER_EXTRACTABLE of a generated key tell its whole history.",
        )
        .run(|cx| tells(cx, history))
    })
}

fn tells(
    cx: &mut Context<'_>,
    (_, sensitive, extractable, change, always, never): &History,
) -> Outcome {
    cx.mechanism(CKM_AES_KEY_GEN, CKF_GENERATE)?;
    let session = cx.session()?;
    let template = secret(CKK_AES, &[])
        .number(CKA_VALUE_LEN, 16)
        .flag(CKA_SENSITIVE, *sensitive)
        .flag(CKA_EXTRACTABLE, *extractable);
    let mechanism = Mechanism::new(CKM_AES_KEY_GEN);
    let (rv, key) = cx.c.generate_key(session, &mechanism, &template);
    cx.prepared(rv)?;
    if let Some((one, value)) = change {
        cx.prepared(set(cx, session, key, *one, *value))?;
    }
    holds(cx, session, key, CKA_ALWAYS_SENSITIVE, *always)?;
    holds(cx, session, key, CKA_NEVER_EXTRACTABLE, *never)
}
