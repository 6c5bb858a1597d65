//! What a search template matches: exactly, byte for byte, all of it (section 5.7.7).

use cryptoki_sys::*;

use crate::areas::object::kinds::{Kind, NOWHERE, attribute, slug};
use crate::c::function::Version;
use crate::c::{Object, Session, Template};
use crate::case::{Case, Outcome, case, spec};
use crate::context::Context;

pub(super) fn cases() -> Vec<Case> {
    by_attribute()
        .into_iter()
        .chain(conjunctions())
        .chain(exactness())
        .chain(unknown())
        .chain(secrets())
        .collect()
}

/// Kinds of objects, and an attribute of each by which it is to be found.
#[rustfmt::skip] // A table reads by its rows.
const BY: &[(&str, &[CK_ATTRIBUTE_TYPE])] = &[
    ("data", &[CKA_CLASS, CKA_TOKEN, CKA_PRIVATE, CKA_MODIFIABLE, CKA_APPLICATION, CKA_OBJECT_ID, CKA_VALUE]),
    ("certificate", &[CKA_CERTIFICATE_TYPE, CKA_SUBJECT, CKA_ID, CKA_ISSUER, CKA_SERIAL_NUMBER, CKA_VALUE]),
    ("rsa-public", &[CKA_KEY_TYPE, CKA_MODULUS, CKA_PUBLIC_EXPONENT, CKA_ID, CKA_SUBJECT, CKA_VERIFY]),
    ("rsa-private", &[CKA_KEY_TYPE, CKA_MODULUS, CKA_ID, CKA_SIGN, CKA_LOCAL]),
    ("ec-public", &[CKA_EC_PARAMS, CKA_EC_POINT, CKA_ID, CKA_VERIFY]),
    ("ec-private", &[CKA_EC_PARAMS, CKA_ID, CKA_SIGN, CKA_SUBJECT]),
    ("aes", &[CKA_CLASS, CKA_KEY_TYPE, CKA_ID, CKA_ENCRYPT, CKA_DECRYPT, CKA_LOCAL, CKA_VALUE_LEN]),
];

/// An object is found by its label and any other attribute; with another value of that attribute it is not.
fn by_attribute() -> Vec<Case> {
    BY.iter()
        .flat_map(|(name, attributes)| {
            attributes.iter().map(move |one| {
                case(
                    format!("find.by.{name}.{}", slug(*one)),
                    spec("5.7.7"),
                    format!(
                        "An object is found by its {}, and not by another value.",
                        attribute(*one)
                    ),
                )
                .run(|cx| found_by(cx, Kind::named(name), *one))
            })
        })
        .collect()
}

fn found_by(cx: &mut Context<'_>, kind: &Kind, one: CK_ATTRIBUTE_TYPE) -> Outcome {
    let session = cx.session()?;
    let label = cx.label();
    let more = crate::areas::object::kinds::template(kind.optional).text(CKA_LABEL, &label);
    let object = cx.object(session, kind, &more)?;
    let value = cx.read(session, object, one)?;
    let by = |value: &[u8]| Template::new().text(CKA_LABEL, &label).bytes(one, value);
    cx.equal("found", &vec![object], &cx.matching(session, &by(&value))?)?;
    let mut other = value;
    match other.last_mut() {
        Some(last) => *last ^= 1,
        None => other.push(1),
    }
    nothing(cx, session, &by(&other))
}

/// Requires that a search finds nothing, whether or not the module minds the template (section 5.7.7).
fn nothing(cx: &Context<'_>, session: Session, template: &Template) -> Outcome {
    match cx.c.find(session, template) {
        Ok(found) => cx.equal("found", &Vec::new(), &found),
        Err(rv) => cx.expect_one_of(
            rv,
            &[CKR_ATTRIBUTE_TYPE_INVALID, CKR_ATTRIBUTE_VALUE_INVALID],
        ),
    }
}

/// Three data objects: two share a label, two an application.
fn three(cx: &mut Context<'_>) -> Outcome<(Session, [String; 2], [Object; 3])> {
    let session = cx.session()?;
    let labels = [cx.label(), cx.label()];
    let make = |label: &str, application: &str| {
        let more = Template::new()
            .text(CKA_LABEL, label)
            .text(CKA_APPLICATION, application);
        cx.data_object(session, &more)
    };
    let objects = [
        make(&labels[0], &labels[0])?,
        make(&labels[0], &labels[1])?,
        make(&labels[1], &labels[1])?,
    ];
    Ok((session, labels, objects))
}

fn sorted(mut objects: Vec<Object>) -> Vec<Object> {
    objects.sort_unstable();
    objects
}

fn conjunctions() -> Vec<Case> {
    vec![
        one_attribute(),
        all_attributes(),
        order(),
        contradiction(),
        everything(),
        same_handles(),
        identical_objects(),
        unique_id(),
    ]
}

fn one_attribute() -> Case {
    case(
        "find.matching.one-attribute",
        spec("5.7.7"),
        "A search by one attribute finds all that have it.",
    )
    .run(|cx| {
        let (session, labels, objects) = three(cx)?;
        let found = cx.labelled(session, &labels[0])?;
        cx.equal("found", &sorted(objects[..2].to_vec()), &sorted(found))
    })
}

fn all_attributes() -> Case {
    case(
        "find.matching.all-attributes",
        spec("5.7.7"),
        "A search by two attributes finds what has both, not what has one.",
    )
    .run(|cx| {
        let (session, labels, objects) = three(cx)?;
        let both = Template::new()
            .text(CKA_LABEL, &labels[0])
            .text(CKA_APPLICATION, &labels[1]);
        cx.equal("found", &vec![objects[1]], &cx.matching(session, &both)?)
    })
}

fn order() -> Case {
    case(
        "find.matching.order",
        spec("5.7.7"),
        "The order of the attributes in the template does not matter.",
    )
    .run(|cx| {
        let (session, labels, objects) = three(cx)?;
        let both = Template::new()
            .text(CKA_APPLICATION, &labels[1])
            .text(CKA_LABEL, &labels[0]);
        cx.equal("found", &vec![objects[1]], &cx.matching(session, &both)?)
    })
}

fn contradiction() -> Case {
    case(
        "find.matching.contradiction",
        spec("5.7.7"),
        "A search by two values of one attribute finds nothing.",
    )
    .run(|cx| {
        let (session, labels, _) = three(cx)?;
        let template = Template::new()
            .text(CKA_LABEL, &labels[0])
            .again(CKA_LABEL, labels[1].as_bytes());
        match cx.c.find(session, &template) {
            Ok(found) => cx.equal("found", &Vec::new(), &found),
            Err(rv) => cx.expect_one_of(
                rv,
                &[CKR_TEMPLATE_INCONSISTENT, CKR_ATTRIBUTE_VALUE_INVALID],
            ),
        }
    })
}

fn everything() -> Case {
    case(
        "find.matching.everything",
        spec("5.7.7"),
        "A search without attributes finds every object that the session sees, each once.",
    )
    .run(|cx| {
        let (session, _, objects) = three(cx)?;
        let found = cx.matching(session, &Template::new())?;
        let times = |object| found.iter().filter(|one| *one == object).count();
        let counts: Vec<_> = objects.iter().map(times).collect();
        cx.equal("times that each was found", &vec![1, 1, 1], &counts)?;
        let mut unique = sorted(found.clone());
        unique.dedup();
        cx.equal("different handles", &found.len(), &unique.len())
    })
}

fn same_handles() -> Case {
    case(
        "find.matching.same-handles",
        spec("5.7.8"),
        "A search gives the handles that C_CreateObject gave.",
    )
    .run(|cx| {
        let (one, two) = (cx.session()?, cx.session()?);
        let label = cx.label();
        let object = cx.data_object(one, &Template::new().text(CKA_LABEL, &label))?;
        cx.equal("found", &vec![object], &cx.labelled(one, &label)?)?;
        cx.equal(
            "found by another session",
            &vec![object],
            &cx.labelled(two, &label)?,
        )
    })
}

fn identical_objects() -> Case {
    case(
        "find.matching.identical-objects",
        spec("4"),
        "Two objects with the same attributes are two, and both are found.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let more = Template::new().text(CKA_LABEL, &cx.label());
        let objects = vec![
            cx.data_object(session, &more)?,
            cx.data_object(session, &more)?,
        ];
        let found = cx.matching(session, &more)?;
        cx.equal("found", &sorted(objects), &sorted(found))
    })
}

fn unique_id() -> Case {
    case(
        "find.matching.unique-id",
        spec("5.7.7"),
        "A search by CKA_UNIQUE_ID finds that object alone.",
    )
    .since(Version::V3_0)
    .run(|cx| {
        let (session, _, objects) = three(cx)?;
        for object in objects {
            let id = cx.read(session, object, CKA_UNIQUE_ID)?;
            let by = Template::new().bytes(CKA_UNIQUE_ID, &id);
            cx.equal("found", &vec![object], &cx.matching(session, &by)?)?;
        }
        Ok(())
    })
}

/// A value that is nearly an object's does not match.
fn exactness() -> Vec<Case> {
    /// A name, and what becomes of the label.
    type Near = (&'static str, fn(&str) -> String);
    const NEAR: &[Near] = &[
        ("prefix", |label| label[..label.len() - 1].to_owned()),
        ("longer", |label| format!("{label} ")),
        ("upper-case", str::to_uppercase),
        ("null-terminated", |label| format!("{label}\0")),
        ("empty", |_| String::new()),
    ];
    let near = NEAR.iter().map(|(name, change)| {
        case(
            format!("find.exact.{name}"),
            spec("5.7.7"),
            "Values match byte for byte: what is nearly the label does not find the object.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let label = cx.label();
            let object = cx.data_object(session, &Template::new().text(CKA_LABEL, &label))?;
            cx.equal("found", &vec![object], &cx.labelled(session, &label)?)?;
            let found = cx.labelled(session, &change(&label))?;
            cx.check(
                !found.contains(&object),
                "another object or none",
                "this object",
            )
        })
    });
    let empty = case(
        "find.exact.empty-value",
        spec("5.7.7"),
        "An empty value finds objects whose attribute is empty.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let label = cx.label();
        let base = Template::new().text(CKA_LABEL, &label);
        let object = cx.data_object(session, &base)?;
        let other = cx.data_object(session, &base.clone().text(CKA_APPLICATION, "one"))?;
        let found = cx.matching(session, &base.text(CKA_APPLICATION, ""))?;
        cx.check(
            !found.contains(&other),
            "no object that has an application",
            "one",
        )?;
        cx.equal("found", &vec![object], &found)
    });
    near.chain([empty]).collect()
}

/// An attribute that no object has: no error is required, and no match allowed.
fn unknown() -> Vec<Case> {
    let rows: [(&str, CK_ATTRIBUTE_TYPE, &[u8]); 4] = [
        ("attribute-unknown", NOWHERE, b"value"),
        (
            "attribute-of-vendor",
            CKA_VENDOR_DEFINED | NOWHERE,
            b"value",
        ),
        ("attribute-foreign", CKA_MODULUS, b"value"),
        ("attribute-unknown-empty", NOWHERE, b""),
    ];
    rows.map(|(name, one, value)| {
        case(
            format!("find.unknown.{name}"),
            spec("5.7.7"),
            "A search by an attribute that the objects do not have finds none of them.",
        )
        .run(move |cx| {
            let session = cx.session()?;
            let label = cx.label();
            let by = Template::new().text(CKA_LABEL, &label);
            cx.data_object(session, &by)?;
            nothing(cx, session, &by.bytes(one, value))?;
            // And the session is free for another search.
            cx.labelled(session, &label).map(drop)
        })
    })
    .into()
}

/// A search must not tell what C_GetAttributeValue does not.
fn secrets() -> Vec<Case> {
    let rows = [
        ("aes", CKA_VALUE, "6.10.2"),
        ("rsa-private", CKA_PRIME_1, "6.1.3"),
        ("rsa-private", CKA_PRIVATE_EXPONENT, "6.1.3"),
        ("ec-private", CKA_VALUE, "6.3.4"),
    ];
    rows.map(|(name, one, section)| {
        case(
            format!("find.secret.{name}.{}", slug(one)),
            spec(section),
            format!("A sensitive key is not found by its {}.", attribute(one)),
        )
        .should()
        .explain(
            "A search by a secret value answers whether a guess is right: an oracle for short or structured secrets.",
        )
        .run(move |cx| {
            let session = cx.session()?;
            let kind = Kind::named(name);
            let label = cx.label();
            let more = Template::new()
                .text(CKA_LABEL, &label)
                .flag(CKA_SENSITIVE, true);
            let key = cx.object(session, kind, &more)?;
            cx.equal("found by its label", &vec![key], &cx.labelled(session, &label)?)?;
            let given = kind.least();
            let by = Template::new().text(CKA_LABEL, &label);
            let by = by.bytes(one, given.value(one).unwrap_or_default());
            nothing(cx, session, &by)
        })
    })
    .into()
}
