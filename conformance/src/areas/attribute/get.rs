//! `C_GetAttributeValue`: its five cases for each attribute, and that every attribute is answered (section 5.7.5).

use cryptoki_sys::*;

use crate::areas::object::kinds::{Kind, NOWHERE, WILD};
use crate::c::{Arg, Function, Object, Query, Session, Template};
use crate::case::{Case, Outcome, Stage, case, spec};
use crate::context::Context;

/// The label of the object that is read.
const LABEL: &str = "a label of 24 characters";

pub(super) fn cases() -> Vec<Case> {
    let topics = [one(), mixed(), many(), handles(), arguments()];
    topics.into_iter().flatten().collect()
}

/// A session, and a public data object in it.
fn subject(cx: &mut Context<'_>) -> Outcome<(Session, Object)> {
    let session = cx.session()?;
    let more = Template::new().text(CKA_LABEL, LABEL);
    Ok((session, cx.data_object(session, &more)?))
}

/// A session, and a sensitive AES key in it.
fn sensitive(cx: &mut Context<'_>) -> Outcome<(Session, Object)> {
    let session = cx.session()?;
    let more = Template::new()
        .flag(CKA_SENSITIVE, true)
        .text(CKA_LABEL, LABEL);
    Ok((session, cx.object(session, Kind::named("aes"), &more)?))
}

fn label_read(cx: &Context<'_>, query: &Query, index: usize) -> Outcome {
    cx.equal_bytes(
        "CKA_LABEL",
        LABEL.as_bytes(),
        query.value(index).unwrap_or_default(),
    )
}

fn unavailable(cx: &Context<'_>, query: &Query, index: usize) -> Outcome {
    cx.equal(
        "ulValueLen (None: CK_UNAVAILABLE_INFORMATION)",
        &None,
        &query.length(index),
    )
}

fn one() -> Vec<Case> {
    let sizes = [("exact", 24), ("larger", 100)];
    let fits = sizes.map(|(name, size)| {
        case(
            format!("attribute.get.{name}"),
            spec("5.7.5"),
            "A value for which there is room is written, and its exact length told.",
        )
        .run(move |cx| {
            let (session, object) = subject(cx)?;
            let mut query = Query::values(&[(CKA_LABEL, size)]);
            cx.ok(cx.c.attribute_values(session, object, &mut query))?;
            cx.equal("ulValueLen", &Some(LABEL.len()), &query.length(0))?;
            label_read(cx, &query, 0)
        })
    });
    let small = [("one-short", 23), ("one-byte", 1), ("no-bytes", 0)].map(|(name, size)| {
        case(
            format!("attribute.get.too-small.{name}"),
            spec("5.7.5"),
            "A value for which there is no room answers CKR_BUFFER_TOO_SMALL, and CK_UNAVAILABLE_INFORMATION for its length.",
        )
        .run(move |cx| {
            let (session, object) = subject(cx)?;
            let mut query = Query::values(&[(CKA_LABEL, size)]);
            let rv = cx.c.attribute_values(session, object, &mut query);
            cx.expect(rv, CKR_BUFFER_TOO_SMALL)?;
            unavailable(cx, &query, 0)
        })
    });
    let lengths = [
        length(),
        length_of_empty(),
        empty_into_nothing(),
        length_ignores_room(),
    ];
    fits.into_iter().chain(small).chain(lengths).collect()
}

fn length() -> Case {
    case(
        "attribute.get.length",
        spec("5.7.5"),
        "A null pointer for the value is answered with its exact length.",
    )
    .run(|cx| {
        let (session, object) = subject(cx)?;
        let mut query = Query::lengths(&[CKA_LABEL]);
        cx.ok(cx.c.attribute_values(session, object, &mut query))?;
        cx.equal("ulValueLen", &Some(LABEL.len()), &query.length(0))
    })
}

fn length_of_empty() -> Case {
    case(
        "attribute.get.length-of-empty",
        spec("5.7.5"),
        "The length of an empty attribute is 0, and no error.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let object = cx.data_object(session, &Template::new())?;
        let mut query = Query::lengths(&[CKA_LABEL]);
        cx.ok(cx.c.attribute_values(session, object, &mut query))?;
        cx.equal("ulValueLen", &Some(0), &query.length(0))
    })
}

fn empty_into_nothing() -> Case {
    case(
        "attribute.get.empty-into-nothing",
        spec("5.7.5"),
        "An empty attribute fits into a buffer of no bytes.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let object = cx.data_object(session, &Template::new())?;
        let mut query = Query::values(&[(CKA_LABEL, 0)]);
        cx.ok(cx.c.attribute_values(session, object, &mut query))?;
        cx.equal("ulValueLen", &Some(0), &query.length(0))
    })
}

fn length_ignores_room() -> Case {
    case(
        "attribute.get.length-ignores-room",
        spec("5.7.5"),
        "With a null pointer, what ulValueLen held before the call does not matter.",
    )
    .run(|cx| {
        let (session, object) = subject(cx)?;
        // A type, a null pointer, and a length that is not the label's.
        let words = crate::c::Structure::new()
            .number(CKA_LABEL)
            .null()
            .number(7);
        let args = vec![
            Arg::Number(session.0),
            Arg::Number(object.0),
            Arg::Structure(&words),
            Arg::Number(1),
        ];
        cx.ok(cx.c.call(Function::C_GetAttributeValue, args))?;
        cx.equal("ulValueLen", &(LABEL.len() as u64), &words.word(2))
    })
}

/// One attribute of a call that cannot be answered: a name, its type, room for it, the code.
type Bad = (&'static str, CK_ATTRIBUTE_TYPE, Option<usize>, CK_RV);

#[rustfmt::skip] // A table reads by its columns.
const BAD: &[Bad] = &[
    ("too-small", CKA_KEY_TYPE, Some(1), CKR_BUFFER_TOO_SMALL),
    ("sensitive", CKA_VALUE, Some(64), CKR_ATTRIBUTE_SENSITIVE),
    ("sensitive-length", CKA_VALUE, None, CKR_ATTRIBUTE_SENSITIVE),
    ("unknown", NOWHERE, Some(64), CKR_ATTRIBUTE_TYPE_INVALID),
    ("unknown-length", NOWHERE, None, CKR_ATTRIBUTE_TYPE_INVALID),
    ("foreign", CKA_MODULUS, Some(64), CKR_ATTRIBUTE_TYPE_INVALID),
];

/// Where it stands among two others.
const PLACES: &[(&str, usize)] = &[("first", 0), ("middle", 1), ("last", 2)];

/// A call with an attribute that cannot be answered answers all others.
fn mixed() -> Vec<Case> {
    let alone = BAD.iter().map(|bad| {
        case(
            format!("attribute.get.alone.{}", bad.0),
            spec("5.7.5"),
            "An attribute that cannot be given has the length CK_UNAVAILABLE_INFORMATION, and its buffer stays as it was.",
        )
        .run(|cx| {
            let (session, object) = sensitive(cx)?;
            let mut query = Query::of([(bad.1, bad.2)]);
            let rv = cx.c.attribute_values(session, object, &mut query);
            cx.expect(rv, bad.3)?;
            unavailable(cx, &query, 0)?;
            cx.check(!query.touched(0), "an untouched buffer", "bytes in it")
        })
    });
    let among = BAD.iter().flat_map(|bad| {
        PLACES.iter().map(move |(place, index)| {
            case(
                format!("attribute.get.among-others.{}-{place}", bad.0),
                spec("5.7.5"),
                "An attribute that cannot be given does not keep the others from being given.",
            )
            .run(|cx| among_others(cx, bad, *index))
        })
    });
    let both = case(
        "attribute.get.among-others.three-reasons",
        spec("5.7.5"),
        "Of several attributes that cannot be given for different reasons, each is marked, and the rest are given.",
    )
    .run(|cx| {
        let (session, object) = sensitive(cx)?;
        let rows = [
            (NOWHERE, Some(8)),
            (CKA_LABEL, Some(64)),
            (CKA_VALUE, Some(64)),
            (CKA_KEY_TYPE, Some(2)),
            (CKA_CLASS, Some(8)),
        ];
        let mut query = Query::of(rows);
        let rv = cx.c.attribute_values(session, object, &mut query);
        let codes = [
            CKR_ATTRIBUTE_TYPE_INVALID,
            CKR_ATTRIBUTE_SENSITIVE,
            CKR_BUFFER_TOO_SMALL,
        ];
        cx.expect_one_of(rv, &codes)?;
        label_read(cx, &query, 1)?;
        let class = query.value(4).unwrap_or_default();
        cx.equal_bytes("CKA_CLASS", &CKO_SECRET_KEY.to_ne_bytes(), class)?;
        [0, 2, 3]
            .into_iter()
            .try_for_each(|index| unavailable(cx, &query, index))
    });
    alone.chain(among).chain([both]).collect()
}

fn among_others(cx: &mut Context<'_>, bad: &Bad, place: usize) -> Outcome {
    let (session, object) = sensitive(cx)?;
    let mut rows = vec![(CKA_LABEL, Some(64)), (CKA_CLASS, Some(8))];
    rows.insert(place, (bad.1, bad.2));
    let mut query = Query::of(rows);
    let rv = cx.c.attribute_values(session, object, &mut query);
    cx.expect(rv, bad.3)?;
    unavailable(cx, &query, place)?;
    let label = usize::from(place == 0);
    label_read(cx, &query, label)?;
    let class = if place == 2 { 1 } else { 2 };
    let class = query.value(class).unwrap_or_default();
    cx.equal_bytes("CKA_CLASS", &CKO_SECRET_KEY.to_ne_bytes(), class)
}

fn many() -> Vec<Case> {
    vec![
        case(
            "attribute.get.twice-in-one-call",
            spec("5.7.5"),
            "An attribute that is asked for twice is answered twice.",
        )
        .run(|cx| {
            let (session, object) = subject(cx)?;
            let mut query = Query::of([(CKA_LABEL, Some(24)), (CKA_LABEL, Some(64))]);
            cx.ok(cx.c.attribute_values(session, object, &mut query))?;
            label_read(cx, &query, 0)?;
            label_read(cx, &query, 1)
        }),
        case(
            "attribute.get.length-and-value",
            spec("5.7.5"),
            "One call gives the length of one attribute and the value of another.",
        )
        .run(|cx| {
            let (session, object) = subject(cx)?;
            let mut query = Query::of([(CKA_VALUE, None), (CKA_LABEL, Some(24))]);
            cx.ok(cx.c.attribute_values(session, object, &mut query))?;
            let value = Kind::named("data").least();
            let length = value.value(CKA_VALUE).map(<[u8]>::len);
            cx.equal("ulValueLen", &length, &query.length(0))?;
            label_read(cx, &query, 1)
        }),
        case(
            "attribute.get.hundred-in-one-call",
            spec("5.7.5"),
            "A call may ask for a hundred attributes.",
        )
        .run(|cx| {
            let (session, object) = subject(cx)?;
            let mut query = Query::values(&[(CKA_LABEL, 32); 100]);
            cx.ok(cx.c.attribute_values(session, object, &mut query))?;
            (0..100).try_for_each(|index| label_read(cx, &query, index))
        }),
        case(
            "attribute.get.all-of-a-certificate",
            spec("5.7.5"),
            "All attributes of a certificate can be read with one call.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let kind = Kind::named("certificate");
            let given = cx.taken(session, kind)?;
            let object = cx.import(session, &given)?;
            let kinds: Vec<_> = given.kinds().map(|one| (one, 1024)).collect();
            let mut query = Query::values(&kinds);
            cx.ok(cx.c.attribute_values(session, object, &mut query))?;
            for (index, one) in given.kinds().enumerate() {
                let expected = given.value(one).unwrap_or_default();
                let got = query.value(index).unwrap_or_default();
                cx.equal_bytes(&crate::areas::object::kinds::attribute(one), expected, got)?;
            }
            Ok(())
        }),
    ]
}

fn handles() -> Vec<Case> {
    let objects = [("zero", Object(CK_INVALID_HANDLE)), ("wild", WILD)].map(|(name, object)| {
        case(
            format!("attribute.get.object-{name}"),
            spec("5.7.5"),
            "C_GetAttributeValue of a handle that was never given answers CKR_OBJECT_HANDLE_INVALID.",
        )
        .run(move |cx| {
            let session = cx.session()?;
            let mut query = Query::lengths(&[CKA_CLASS]);
            let rv = cx.c.attribute_values(session, object, &mut query);
            cx.expect(rv, CKR_OBJECT_HANDLE_INVALID)
        })
    });
    let others = [
        case(
            "attribute.get.session-invalid",
            spec("5.1.2"),
            "C_GetAttributeValue in a session that does not exist answers CKR_SESSION_HANDLE_INVALID.",
        )
        .run(|cx| {
            let (_, object) = subject(cx)?;
            let mut query = Query::lengths(&[CKA_CLASS]);
            let nowhere = Session(CK_INVALID_HANDLE);
            let rv = cx.c.attribute_values(nowhere, object, &mut query);
            cx.expect(rv, CKR_SESSION_HANDLE_INVALID)
        }),
        case(
            "attribute.get.in-read-only",
            spec("5.7.5"),
            "A read-only session reads what a read/write session made.",
        )
        .run(|cx| {
            let (_, object) = subject(cx)?;
            let session = cx.read_only()?;
            let label = cx.read(session, object, CKA_LABEL)?;
            cx.equal_bytes("CKA_LABEL", LABEL.as_bytes(), &label)
        }),
        case(
            "attribute.get.public-before-login",
            spec("5.7.5"),
            "A public object can be read before anybody logs in.",
        )
        .stage(Stage::Public)
        .run(|cx| {
            let session = cx.session()?;
            let more = Template::new()
                .flag(CKA_PRIVATE, false)
                .text(CKA_LABEL, LABEL);
            let object = cx.data_object(session, &more)?;
            let label = cx.read(session, object, CKA_LABEL)?;
            cx.equal_bytes("CKA_LABEL", LABEL.as_bytes(), &label)
        }),
    ];
    objects.into_iter().chain(others).collect()
}

fn arguments() -> Vec<Case> {
    vec![
        case(
            "attribute.get.null-template",
            spec("5.7.5"),
            "C_GetAttributeValue with a null template of one attribute answers CKR_ARGUMENTS_BAD.",
        )
        .run(|cx| {
            let (session, object) = subject(cx)?;
            let args = vec![
                Arg::Number(session.0),
                Arg::Number(object.0),
                Arg::Null,
                Arg::Number(1),
            ];
            let rv = cx.c.call(Function::C_GetAttributeValue, args);
            cx.expect(rv, CKR_ARGUMENTS_BAD)
        }),
        case(
            "attribute.get.no-attributes",
            spec("5.7.5"),
            "C_GetAttributeValue of no attributes succeeds.",
        )
        .should()
        .run(|cx| {
            let (session, object) = subject(cx)?;
            let mut query = Query::lengths(&[]);
            cx.ok(cx.c.attribute_values(session, object, &mut query))
        }),
    ]
}
