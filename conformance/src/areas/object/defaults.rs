//! What an object has that its template does not name.

use cryptoki_sys::*;

use super::kinds::{Kind, attribute, slug};
use crate::case::{Case, Outcome, case, spec};
use crate::context::{Context, not_applicable};

/// What an attribute is by default.
#[derive(Clone, Copy)]
enum ByDefault {
    Flag(bool),
    Number(CK_ULONG),
    Empty,
    /// Token-specific (footnote 9), but there, and a `CK_BBOOL`.
    AnyFlag,
    /// Empty where the module has it at all.
    EmptyIfThere,
    /// This number where the module has it at all.
    NumberIfThere(CK_ULONG),
}

use ByDefault::{AnyFlag, Empty, EmptyIfThere, Flag, Number, NumberIfThere};

/// Kinds of objects, a section, and what they have.
struct Group {
    kinds: &'static [&'static str],
    section: &'static str,
    rows: &'static [(CK_ATTRIBUTE_TYPE, ByDefault)],
}

#[rustfmt::skip] // A table reads by its rows.
const GROUPS: &[Group] = &[
    Group {
        kinds: &["data", "certificate", "rsa-public", "ec-private", "aes", "dh-parameters"],
        section: "4.4",
        rows: &[
            (CKA_TOKEN, Flag(false)), (CKA_PRIVATE, AnyFlag), (CKA_MODIFIABLE, Flag(true)), (CKA_LABEL, Empty),
            (CKA_COPYABLE, Flag(true)), (CKA_DESTROYABLE, Flag(true)),
        ],
    },
    Group {
        kinds: &["data"],
        section: "4.5.2",
        rows: &[(CKA_APPLICATION, Empty), (CKA_OBJECT_ID, Empty)],
    },
    Group {
        kinds: &["certificate"],
        section: "4.6.2",
        rows: &[
            (CKA_CERTIFICATE_CATEGORY, Number(CK_CERTIFICATE_CATEGORY_UNSPECIFIED)),
            (CKA_START_DATE, Empty), (CKA_END_DATE, Empty), (CKA_PUBLIC_KEY_INFO, EmptyIfThere), (CKA_TRUSTED, Flag(false)),
        ],
    },
    Group {
        kinds: &["certificate"],
        section: "4.6.3",
        rows: &[
            (CKA_ID, Empty), (CKA_ISSUER, Empty), (CKA_SERIAL_NUMBER, Empty), (CKA_URL, Empty),
            (CKA_HASH_OF_SUBJECT_PUBLIC_KEY, Empty), (CKA_HASH_OF_ISSUER_PUBLIC_KEY, Empty),
            (CKA_JAVA_MIDP_SECURITY_DOMAIN, Number(0)), (CKA_NAME_HASH_ALGORITHM, NumberIfThere(CKM_SHA_1)),
        ],
    },
    Group {
        kinds: &["rsa-public", "rsa-private", "ec-public", "ec-private", "aes", "generic"],
        section: "4.7.2",
        rows: &[
            (CKA_ID, Empty), (CKA_START_DATE, Empty), (CKA_END_DATE, Empty), (CKA_LOCAL, Flag(false)),
            (CKA_KEY_GEN_MECHANISM, Number(CK_ULONG::MAX)),
        ],
    },
    Group {
        kinds: &["rsa-public", "aes"],
        section: "4.7.2",
        rows: &[(CKA_DERIVE, Flag(false))],
    },
    Group {
        kinds: &["rsa-public", "ec-public"],
        section: "4.8",
        rows: &[
            (CKA_SUBJECT, Empty), (CKA_TRUSTED, Flag(false)), (CKA_ENCRYPT, AnyFlag), (CKA_VERIFY, AnyFlag),
            (CKA_VERIFY_RECOVER, AnyFlag), (CKA_WRAP, AnyFlag),
        ],
    },
    Group {
        kinds: &["rsa-private", "ec-private"],
        section: "4.9",
        rows: &[
            (CKA_SUBJECT, Empty), (CKA_SENSITIVE, AnyFlag), (CKA_EXTRACTABLE, AnyFlag), (CKA_DECRYPT, AnyFlag),
            (CKA_SIGN, AnyFlag), (CKA_SIGN_RECOVER, AnyFlag), (CKA_UNWRAP, AnyFlag), (CKA_ALWAYS_SENSITIVE, Flag(false)),
            (CKA_NEVER_EXTRACTABLE, Flag(false)), (CKA_WRAP_WITH_TRUSTED, Flag(false)), (CKA_ALWAYS_AUTHENTICATE, Flag(false)),
        ],
    },
    Group {
        kinds: &["aes", "generic"],
        section: "4.10",
        rows: &[
            (CKA_SENSITIVE, Flag(false)), (CKA_EXTRACTABLE, AnyFlag), (CKA_ENCRYPT, AnyFlag), (CKA_DECRYPT, AnyFlag),
            (CKA_SIGN, AnyFlag), (CKA_VERIFY, AnyFlag), (CKA_WRAP, AnyFlag), (CKA_UNWRAP, AnyFlag),
            (CKA_ALWAYS_SENSITIVE, Flag(false)), (CKA_NEVER_EXTRACTABLE, Flag(false)),
            (CKA_WRAP_WITH_TRUSTED, Flag(false)), (CKA_TRUSTED, Flag(false)),
        ],
    },
    Group {
        kinds: &["dsa-parameters", "dh-parameters"],
        section: "4.11.2",
        rows: &[(CKA_LOCAL, Flag(false))],
    },
];

pub(super) fn cases() -> Vec<Case> {
    GROUPS.iter().flat_map(group).chain([data()]).collect()
}

fn group(group: &'static Group) -> impl Iterator<Item = Case> {
    let kinds = group.kinds.iter().map(|name| Kind::named(name));
    kinds.flat_map(move |kind| {
        let rows = group.rows.iter();
        rows.map(move |(one, default)| one_default(kind, group.section, *one, *default))
    })
}

fn one_default(
    kind: &'static Kind,
    section: &'static str,
    one: CK_ATTRIBUTE_TYPE,
    default: ByDefault,
) -> Case {
    let name = attribute(one);
    let requirement = match default {
        Flag(value) => format!("{name} is {} unless given.", shown(value)),
        Number(CK_ULONG::MAX) => {
            format!("{name} is CK_UNAVAILABLE_INFORMATION of a key that came from outside.")
        }
        Number(number) | NumberIfThere(number) => format!("{name} is {number:#x} unless given."),
        Empty | EmptyIfThere => format!("{name} is empty unless given."),
        AnyFlag => format!("{name} is there, and a CK_BBOOL, if it was not given."),
    };
    case(
        format!("object.default.{}.{}", kind.name, slug(one)),
        spec(section),
        requirement,
    )
    .since(kind.since)
    .run(move |cx| check(cx, kind, one, default))
}

const fn shown(value: bool) -> &'static str {
    if value { "CK_TRUE" } else { "CK_FALSE" }
}

fn check(cx: &mut Context<'_>, kind: &Kind, one: CK_ATTRIBUTE_TYPE, default: ByDefault) -> Outcome {
    let session = cx.session()?;
    let object = cx.object(session, kind, &crate::c::Template::new())?;
    let value = cx.c.attribute(session, object, one);
    if let (EmptyIfThere | NumberIfThere(_), Err(rv)) = (default, &value)
        && rv.0 == CKR_ATTRIBUTE_TYPE_INVALID
    {
        return not_applicable(format!("the module keeps no {}", attribute(one)));
    }
    let value = match value {
        Ok(value) => value,
        Err(_) => cx.read(session, object, one)?,
    };
    match default {
        Flag(flag) => cx.equal_bytes(&attribute(one), &[u8::from(flag)], &value),
        Number(number) | NumberIfThere(number) => {
            cx.equal_bytes(&attribute(one), &number.to_ne_bytes(), &value)
        }
        Empty | EmptyIfThere => cx.equal_bytes(&attribute(one), &[], &value),
        AnyFlag => cx.check(
            matches!(value.as_slice(), [0 | 1]),
            format!("{} is one byte, 0 or 1", attribute(one)),
            hex::encode(&value),
        ),
    }
}

/// The value of a data object is optional too.
fn data() -> Case {
    case(
        "object.default.data.value",
        spec("4.5.2"),
        "A data object made without CKA_VALUE has an empty one.",
    )
    .run(|cx| {
        let session = cx.session()?;
        cx.object(session, Kind::named("data"), &crate::c::Template::new())?;
        let (rv, object) =
            cx.c.create_object(session, &crate::c::Template::class(CKO_DATA));
        cx.ok(rv)?;
        let value = cx.read(session, object, CKA_VALUE)?;
        cx.equal_bytes("CKA_VALUE", &[], &value)
    })
}
