//! Attributes of another class, and attributes of none (section 4.1.1, rules 1 and 5).

use cryptoki_sys::*;

use super::kinds::{Given, Kind, NOWHERE, attribute, slug};
use crate::case::{Case, case, spec};

use Given::{Flag, Number, Text};

/// Attributes that the standard has, but not for this kind of object.
const FOREIGN: &[(&str, CK_ATTRIBUTE_TYPE, Given)] = &[
    ("data", CKA_KEY_TYPE, Number(CKK_AES)),
    ("data", CKA_ENCRYPT, Flag(true)),
    ("data", CKA_CERTIFICATE_TYPE, Number(CKC_X_509)),
    ("certificate", CKA_MODULUS, Text("modulus")),
    ("certificate", CKA_SIGN, Flag(true)),
    ("aes", CKA_MODULUS, Text("modulus")),
    ("aes", CKA_EC_PARAMS, Text("\x06\x03\x55\x04\x03")),
    ("aes", CKA_SIGN_RECOVER, Flag(true)),
    ("aes", CKA_CERTIFICATE_TYPE, Number(CKC_X_509)),
    ("rsa-public", CKA_SIGN, Flag(true)),
    ("rsa-public", CKA_EC_POINT, Text("\x04\x01\x04")),
    ("rsa-public", CKA_SENSITIVE, Flag(true)),
    ("rsa-private", CKA_VERIFY, Flag(true)),
    ("rsa-private", CKA_EC_PARAMS, Text("\x06\x03\x55\x04\x03")),
    ("ec-public", CKA_MODULUS, Text("modulus")),
    ("ec-public", CKA_EXTRACTABLE, Flag(true)),
    ("ec-private", CKA_PUBLIC_EXPONENT, Text("\x01\x00\x01")),
    ("ec-private", CKA_ENCRYPT, Flag(true)),
];

/// Attributes that no version of the standard has.
const UNKNOWN: &[(&str, CK_ATTRIBUTE_TYPE)] = &[
    ("standard", NOWHERE),
    ("vendor", CKA_VENDOR_DEFINED | NOWHERE),
];

pub(super) fn cases() -> Vec<Case> {
    let foreign = FOREIGN
        .iter()
        .map(|(name, one, value)| foreign(Kind::named(name), *one, *value));
    let unknown = ["data", "certificate", "aes", "rsa-public", "ec-private"]
        .into_iter()
        .flat_map(|name| {
            UNKNOWN
                .iter()
                .map(move |(what, one)| unknown(Kind::named(name), what, *one))
        });
    foreign.chain(unknown).chain([example()]).collect()
}

fn foreign(kind: &'static Kind, one: CK_ATTRIBUTE_TYPE, value: Given) -> Case {
    case(
        format!("object.foreign.{}.{}", kind.name, slug(one)),
        spec("4.1.1"),
        format!(
            "C_CreateObject does not take {} for an object that has no such attribute.",
            attribute(one)
        ),
    )
    .explain(
        "Rule 5 calls such a template inconsistent. Many modules say that the attribute is invalid instead, as it is for \
         this object; that passes here, and object.foreign.code is about the code.",
    )
    .should()
    .run(move |cx| {
        let session = cx.session()?;
        let given = cx.taken(session, kind)?.bytes(one, &value.bytes());
        let (rv, _) = cx.c.create_object(session, &given);
        cx.expect_one_of(rv, &[CKR_TEMPLATE_INCONSISTENT, CKR_ATTRIBUTE_TYPE_INVALID])
    })
}

/// The specification's own example for rule 5.
fn example() -> Case {
    case(
        "object.foreign.code",
        spec("4.1.1"),
        "A secret key with an attribute of public keys is refused with CKR_TEMPLATE_INCONSISTENT.",
    )
    .should()
    .run(|cx| {
        let session = cx.session()?;
        let given = cx.taken(session, Kind::named("aes"))?;
        let (rv, _) =
            cx.c.create_object(session, &given.bytes(CKA_PUBLIC_EXPONENT, &[1, 0, 1]));
        cx.expect(rv, CKR_TEMPLATE_INCONSISTENT)
    })
}

fn unknown(kind: &'static Kind, what: &str, one: CK_ATTRIBUTE_TYPE) -> Case {
    case(
        format!("object.unknown.{}.{what}", kind.name),
        spec("4.1.1"),
        "C_CreateObject with an attribute that does not exist answers CKR_ATTRIBUTE_TYPE_INVALID.",
    )
    .should()
    .run(move |cx| {
        let session = cx.session()?;
        let given = cx.taken(session, kind)?.bytes(one, b"anything");
        let (rv, _) = cx.c.create_object(session, &given);
        cx.expect(rv, CKR_ATTRIBUTE_TYPE_INVALID)
    })
}
