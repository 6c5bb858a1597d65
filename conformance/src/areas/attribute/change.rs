//! Which attributes `C_SetAttributeValue` changes, and which never: by the tables of attributes.

use cryptoki_sys::*;

use crate::areas::object::kinds::{Given, Kind, attribute, slug};
use crate::c::function::Version;
use crate::c::{Object, Session, Template};
use crate::case::{Case, Outcome, case, spec};
use crate::context::{Context, not_applicable};

use Given::{Flag, Number, Text};

/// Kinds of objects, a section, and attributes with new values.
struct Group {
    kinds: &'static [&'static str],
    section: &'static str,
    rows: &'static [(CK_ATTRIBUTE_TYPE, Given)],
}

/// Footnote 8, and what the sections on certificates and on storage objects say.
#[rustfmt::skip] // A table reads by its rows.
const MODIFIABLE: &[Group] = &[
    Group {
        kinds: &["data", "certificate", "aes", "rsa-public", "rsa-private", "ec-public", "ec-private"],
        section: "4.4",
        rows: &[(CKA_LABEL, Text("another label"))],
    },
    Group {
        kinds: &["certificate"],
        section: "4.6.3",
        rows: &[(CKA_ID, Text("another id")), (CKA_ISSUER, Text("\x30\x00")), (CKA_SERIAL_NUMBER, Text("\x02\x01\x07"))],
    },
    Group {
        kinds: &["aes", "rsa-public", "rsa-private", "ec-private"],
        section: "4.7.2",
        rows: &[
            (CKA_ID, Text("another id")), (CKA_START_DATE, Text("20270101")), (CKA_END_DATE, Text("20370101")),
            (CKA_DERIVE, Flag(true)), (CKA_DERIVE, Flag(false)),
        ],
    },
    Group {
        kinds: &["rsa-public"],
        section: "4.8",
        rows: &[
            (CKA_SUBJECT, Text("\x30\x00")), (CKA_ENCRYPT, Flag(false)), (CKA_ENCRYPT, Flag(true)),
            (CKA_VERIFY, Flag(false)), (CKA_VERIFY, Flag(true)), (CKA_WRAP, Flag(false)), (CKA_WRAP, Flag(true)),
        ],
    },
    Group {
        kinds: &["rsa-private"],
        section: "4.9",
        rows: &[
            (CKA_SUBJECT, Text("\x30\x00")), (CKA_DECRYPT, Flag(false)), (CKA_DECRYPT, Flag(true)),
            (CKA_SIGN, Flag(false)), (CKA_SIGN, Flag(true)), (CKA_UNWRAP, Flag(false)), (CKA_UNWRAP, Flag(true)),
        ],
    },
    Group {
        kinds: &["aes"],
        section: "4.10",
        rows: &[
            (CKA_ENCRYPT, Flag(false)), (CKA_ENCRYPT, Flag(true)), (CKA_DECRYPT, Flag(false)), (CKA_DECRYPT, Flag(true)),
            (CKA_SIGN, Flag(false)), (CKA_SIGN, Flag(true)), (CKA_WRAP, Flag(false)), (CKA_UNWRAP, Flag(false)),
        ],
    },
];

/// What has no footnote 8, and what the sections say may not be modified.
#[rustfmt::skip] // A table reads by its rows.
const FIXED: &[Group] = &[
    Group {
        kinds: &["data", "certificate", "aes", "rsa-public", "ec-private"],
        section: "4.4",
        rows: &[
            (CKA_CLASS, Number(CKO_DOMAIN_PARAMETERS)), (CKA_TOKEN, Flag(true)), (CKA_MODIFIABLE, Flag(false)),
            (CKA_UNIQUE_ID, Text("mine")),
        ],
    },
    Group {
        kinds: &["certificate"],
        section: "4.6.2",
        rows: &[
            (CKA_CERTIFICATE_TYPE, Number(CKC_X_509_ATTR_CERT)), (CKA_TRUSTED, Flag(true)),
            (CKA_CERTIFICATE_CATEGORY, Number(CK_CERTIFICATE_CATEGORY_AUTHORITY)),
        ],
    },
    Group {
        kinds: &["certificate"],
        section: "4.6.3",
        rows: &[(CKA_SUBJECT, Text("\x30\x00")), (CKA_VALUE, Text("\x30\x00")), (CKA_URL, Text("https://example.org"))],
    },
    Group {
        kinds: &["aes", "rsa-public", "rsa-private", "ec-private"],
        section: "4.7.2",
        rows: &[
            (CKA_KEY_TYPE, Number(CKK_GENERIC_SECRET)), (CKA_LOCAL, Flag(true)), (CKA_KEY_GEN_MECHANISM, Number(CKM_AES_KEY_GEN)),
        ],
    },
    Group {
        kinds: &["rsa-public"],
        section: "6.1.2",
        rows: &[(CKA_MODULUS, Text("another")), (CKA_MODULUS_BITS, Number(1024)), (CKA_PUBLIC_EXPONENT, Text("\x03"))],
    },
    Group {
        kinds: &["rsa-private"],
        section: "6.1.3",
        rows: &[(CKA_MODULUS, Text("another")), (CKA_PUBLIC_EXPONENT, Text("\x03")), (CKA_PRIVATE_EXPONENT, Text("another"))],
    },
    Group {
        kinds: &["ec-public"],
        section: "6.3.3",
        rows: &[(CKA_EC_PARAMS, Text("\x06\x05\x2b\x00\x04\x00\x22")), (CKA_EC_POINT, Text("\x04\x01\x04"))],
    },
    Group {
        kinds: &["ec-private"],
        section: "6.3.4",
        rows: &[(CKA_EC_PARAMS, Text("\x06\x05\x2b\x00\x04\x00\x22")), (CKA_VALUE, Text("another"))],
    },
    Group {
        kinds: &["aes"],
        section: "6.10.2",
        rows: &[(CKA_VALUE, Text("0123456789abcdef")), (CKA_VALUE_LEN, Number(32))],
    },
    Group {
        kinds: &["rsa-private", "ec-private"],
        section: "4.9",
        rows: &[
            (CKA_ALWAYS_SENSITIVE, Flag(true)), (CKA_NEVER_EXTRACTABLE, Flag(true)), (CKA_ALWAYS_AUTHENTICATE, Flag(true)),
        ],
    },
    Group {
        kinds: &["aes"],
        section: "4.10",
        rows: &[(CKA_ALWAYS_SENSITIVE, Flag(true)), (CKA_NEVER_EXTRACTABLE, Flag(true)), (CKA_TRUSTED, Flag(true))],
    },
    Group {
        kinds: &["rsa-public"],
        section: "4.8",
        rows: &[(CKA_TRUSTED, Flag(true))],
    },
];

pub(super) fn cases() -> Vec<Case> {
    let modifiable = MODIFIABLE.iter().flat_map(|group| each(group, changes));
    let fixed = FIXED.iter().flat_map(|group| each(group, stays));
    modifiable.chain(fixed).collect()
}

type Make = fn(&'static Kind, &'static str, CK_ATTRIBUTE_TYPE, Given) -> Case;

fn each(group: &'static Group, make: Make) -> impl Iterator<Item = Case> {
    let kinds = group.kinds.iter().map(|name| Kind::named(name));
    kinds.flat_map(move |kind| {
        let rows = group.rows.iter();
        rows.map(move |(one, value)| make(kind, group.section, *one, *value))
    })
}

/// A part of a case's name for a value.
fn suffix(value: Given) -> &'static str {
    match value {
        Flag(true) => "-on",
        Flag(false) => "-off",
        Number(_) | Text(_) => "",
    }
}

fn set(
    cx: &Context<'_>,
    session: Session,
    object: Object,
    one: CK_ATTRIBUTE_TYPE,
    value: Given,
) -> crate::c::Rv {
    let change = Template::new().bytes(one, &value.bytes());
    cx.c.set_attribute_values(session, object, &change)
}

/// The specification lets a token forbid any change, so these are not required.
fn changes(
    kind: &'static Kind,
    section: &'static str,
    one: CK_ATTRIBUTE_TYPE,
    value: Given,
) -> Case {
    let name = attribute(one);
    case(
        format!(
            "attribute.change.{}.{}{}",
            kind.name,
            slug(one),
            suffix(value)
        ),
        spec(section),
        format!("C_SetAttributeValue changes {name}."),
    )
    .should()
    .explain("Section 4.1.2: what may be modified may still not be modifiable on a token.")
    .run(move |cx| {
        let session = cx.session()?;
        let more = match value {
            Flag(flag) => Template::new().flag(one, !flag),
            Number(_) | Text(_) => Template::new(),
        };
        let object = cx.object(session, kind, &more)?;
        cx.ok(set(cx, session, object, one, value))?;
        let got = cx.read(session, object, one)?;
        cx.equal_bytes(&attribute(one), &value.bytes(), &got)
    })
}

fn stays(kind: &'static Kind, section: &'static str, one: CK_ATTRIBUTE_TYPE, value: Given) -> Case {
    let since = if one == CKA_UNIQUE_ID {
        Version::V3_0
    } else {
        kind.since
    };
    case(
        format!("attribute.fixed.{}.{}", kind.name, slug(one)),
        spec(if one == CKA_UNIQUE_ID {
            "4.4.1"
        } else {
            section
        }),
        format!("C_SetAttributeValue does not change {}.", attribute(one)),
    )
    .since(since)
    .run(move |cx| {
        let session = cx.session()?;
        let open = Template::new()
            .flag(CKA_SENSITIVE, false)
            .flag(CKA_EXTRACTABLE, true);
        let more = if kind.is_secret() {
            open
        } else {
            Template::new()
        };
        let object = cx.object(session, kind, &more)?;
        let before = cx.c.attribute(session, object, one).ok();
        let rv = set(cx, session, object, one, value);
        if rv.0 == CKR_ATTRIBUTE_TYPE_INVALID && before.is_none() {
            return not_applicable(format!("the module keeps no {}", attribute(one)));
        }
        unchanged(cx, session, object, one, before)?;
        cx.expect_one_of(rv, codes(one))
    })
}

/// The answers to an attempt: the general one, and that of a module that looks at the whole object first.
fn codes(one: CK_ATTRIBUTE_TYPE) -> &'static [CK_RV] {
    match one {
        CKA_UNIQUE_ID => &[CKR_ATTRIBUTE_READ_ONLY],
        CKA_TRUSTED => &[
            CKR_ATTRIBUTE_READ_ONLY,
            CKR_TEMPLATE_INCONSISTENT,
            CKR_ACTION_PROHIBITED,
            CKR_USER_NOT_LOGGED_IN,
        ],
        _ => &[
            CKR_ATTRIBUTE_READ_ONLY,
            CKR_TEMPLATE_INCONSISTENT,
            CKR_ACTION_PROHIBITED,
        ],
    }
}

fn unchanged(
    cx: &Context<'_>,
    session: Session,
    object: Object,
    one: CK_ATTRIBUTE_TYPE,
    before: Option<Vec<u8>>,
) -> Outcome {
    let Some(before) = before else { return Ok(()) };
    let after = cx.read(session, object, one)?;
    cx.equal_bytes(&attribute(one), &before, &after)
}
