//! Attributes that follow from others: check values, lengths, public keys, unique identifiers.

use std::collections::HashSet;

use cryptoki_sys::*;

use super::kinds::{DES3, Kind, attribute, secret_value};
use super::material::{CERTIFICATE_SHA1, ED25519_PUBLIC};
use crate::c::function::Version;
use crate::c::{Object, Session, Template};
use crate::case::{Case, Outcome, case, spec};
use crate::context::{Context, not_applicable};
use crate::keys::unhex;
use crate::known_keys::{P256_PUBLIC, RSA_2048};

pub(super) fn cases() -> Vec<Case> {
    let topics = [check_values(), given_check_values(), public_keys(), rest()];
    topics.into_iter().flatten().collect()
}

/// Reads an attribute that a module may lack.
fn optional(
    cx: &Context<'_>,
    session: Session,
    object: Object,
    kind: CK_ATTRIBUTE_TYPE,
) -> Outcome<Vec<u8>> {
    match cx.c.attribute(session, object, kind) {
        Ok(value) => Ok(value),
        Err(rv) if rv.0 == CKR_ATTRIBUTE_TYPE_INVALID => {
            not_applicable(format!("the module keeps no {}", attribute(kind)))
        }
        Err(_) => cx.read(session, object, kind),
    }
}

fn of_value(value: &[u8]) -> Template {
    Template::new().bytes(CKA_VALUE, value)
}

/// The expected ones by another implementation: the first bytes of the encryption of zeros.
fn check_values() -> Vec<Case> {
    let rows = [
        ("aes", "128", secret_value(16), "c6a13b"),
        ("aes", "192", secret_value(24), "916251"),
        ("aes", "256", secret_value(32), "f29000"),
        ("des3", "192", unhex(DES3), "4eba73"),
    ];
    let keys = rows.map(|(name, bits, value, expected)| {
        case(
            format!("object.check-value.{name}-{bits}"),
            spec("4.10.2"),
            "CKA_CHECK_VALUE is the beginning of the encryption of a block of zeros.",
        )
        .run(move |cx| {
            let session = cx.session()?;
            let key = cx.object(session, Kind::named(name), &of_value(&value))?;
            let check = optional(cx, session, key, CKA_CHECK_VALUE)?;
            cx.equal_bytes("CKA_CHECK_VALUE", &unhex(expected), &check)
        })
    });
    let others = [
        case(
            "object.check-value.encrypt-forbidden",
            spec("4.10.2"),
            "CKA_CHECK_VALUE is there even if CKA_ENCRYPT is CK_FALSE.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let more = Template::new().flag(CKA_ENCRYPT, false);
            let key = cx.object(session, Kind::named("aes"), &more)?;
            let check = optional(cx, session, key, CKA_CHECK_VALUE)?;
            cx.equal_bytes("CKA_CHECK_VALUE", &unhex("c6a13b"), &check)
        }),
        case(
            "object.check-value.certificate",
            spec("4.6.2"),
            "CKA_CHECK_VALUE of a certificate is the beginning of the SHA-1 hash of its value.",
        )
        .run(|cx| {
            let session = cx.session()?;
            let object = cx.object(session, Kind::named("certificate"), &Template::new())?;
            let check = optional(cx, session, object, CKA_CHECK_VALUE)?;
            if check.is_empty() {
                return not_applicable("the module computes none for certificates");
            }
            cx.equal_bytes("CKA_CHECK_VALUE", &unhex(CERTIFICATE_SHA1)[..3], &check)
        }),
    ];
    keys.into_iter().chain(others).collect()
}

fn given_check_values() -> Vec<Case> {
    let supported = |cx: &Context<'_>, session| {
        let key = cx.object(session, Kind::named("aes"), &Template::new())?;
        optional(cx, session, key, CKA_CHECK_VALUE)
    };
    vec![
        case(
            "object.check-value.given-right",
            spec("4.10.2"),
            "A template may name the right CKA_CHECK_VALUE.",
        )
        .run(move |cx| {
            let session = cx.session()?;
            let check = supported(cx, session)?;
            let template = Kind::named("aes").least().bytes(CKA_CHECK_VALUE, &check);
            let (rv, _) = cx.c.create_object(session, &template);
            cx.ok(rv)
        }),
        case(
            "object.check-value.given-wrong",
            spec("4.10.2"),
            "A template with the wrong CKA_CHECK_VALUE is refused with CKR_ATTRIBUTE_VALUE_INVALID.",
        )
        .run(move |cx| {
            let session = cx.session()?;
            supported(cx, session)?;
            let template = Kind::named("aes").least();
            let template = template.bytes(CKA_CHECK_VALUE, &[1, 2, 3]);
            let (rv, _) = cx.c.create_object(session, &template);
            cx.expect(rv, CKR_ATTRIBUTE_VALUE_INVALID)
        }),
        case(
            "object.check-value.given-empty",
            spec("4.10.2"),
            "An empty CKA_CHECK_VALUE in the template makes a key without one.",
        )
        .run(move |cx| {
            let session = cx.session()?;
            supported(cx, session)?;
            let template = Kind::named("aes").least().bytes(CKA_CHECK_VALUE, &[]);
            let (rv, key) = cx.c.create_object(session, &template);
            cx.ok(rv)?;
            let check = cx.c.attribute(session, key, CKA_CHECK_VALUE);
            cx.equal_bytes("CKA_CHECK_VALUE", &[], &check.unwrap_or_default())
        }),
        case(
            "object.check-value.ignored",
            spec("4.10.2"),
            "A module without CKA_CHECK_VALUE ignores it in a template.",
        )
        .run(move |cx| {
            let session = cx.session()?;
            if supported(cx, session).is_ok() {
                return not_applicable("the module has CKA_CHECK_VALUE");
            }
            let template = Kind::named("aes").least();
            let (rv, _) = cx
                .c
                .create_object(session, &template.bytes(CKA_CHECK_VALUE, &[1, 2, 3]));
            cx.ok(rv)
        }),
    ]
}

/// The `SubjectPublicKeyInfo` of the keys that the suite imports, by another implementation.
fn public_keys() -> Vec<Case> {
    let rsa = format!(
        "30820122300d06092a864886f70d01010105000382010f003082010a0282010100{}0203{}",
        RSA_2048.modulus, RSA_2048.public_exponent
    );
    let p256 = format!("3059301306072a8648ce3d020106082a8648ce3d030107034200{P256_PUBLIC}");
    let ed25519 = format!("302a300506032b6570032100{ED25519_PUBLIC}");
    let rows = [
        ("rsa-public", "4.8", rsa.clone()),
        ("rsa-private", "4.9", rsa),
        ("ec-public", "4.8", p256.clone()),
        ("ec-private", "4.9", p256),
        ("edwards-public", "4.8", ed25519.clone()),
        ("edwards-private", "4.9", ed25519),
    ];
    let read = rows.map(|(name, section, info)| {
        let kind = Kind::named(name);
        case(
            format!("object.public-key-info.{name}"),
            spec(section),
            "CKA_PUBLIC_KEY_INFO, where it is not empty, is the public key's SubjectPublicKeyInfo.",
        )
        .since(kind.since)
        .run(move |cx| {
            let session = cx.session()?;
            let object = cx.object(session, kind, &Template::new())?;
            let told = optional(cx, session, object, CKA_PUBLIC_KEY_INFO)?;
            if told.is_empty() {
                return not_applicable("CKA_PUBLIC_KEY_INFO is empty");
            }
            cx.equal_bytes("CKA_PUBLIC_KEY_INFO", &unhex(&info), &told)
        })
    });
    let wrong = ["rsa-private", "ec-private"].map(|name| {
        case(
            format!("object.public-key-info.{name}.of-another"),
            spec("4.9"),
            "A private key with another key's CKA_PUBLIC_KEY_INFO is refused.",
        )
        .explain("CKR_ATTRIBUTE_TYPE_INVALID is the answer of a module without that attribute.")
        .run(move |cx| {
            let session = cx.session()?;
            let other = unhex(super::material::CERTIFICATE_KEY);
            let template = cx.taken(session, Kind::named(name))?;
            let template = template.bytes(CKA_PUBLIC_KEY_INFO, &other);
            let (rv, _) = cx.c.create_object(session, &template);
            let codes = [CKR_ATTRIBUTE_VALUE_INVALID, CKR_ATTRIBUTE_TYPE_INVALID];
            cx.expect_one_of(rv, &codes)
        })
    });
    read.into_iter().chain(wrong).collect()
}

fn rest() -> Vec<Case> {
    let lengths: [(&str, &str, CK_ATTRIBUTE_TYPE, CK_ULONG); 5] = [
        ("aes", "6.10.2", CKA_VALUE_LEN, 16),
        ("generic", "6.8.2", CKA_VALUE_LEN, 32),
        ("rsa-public", "6.1.2", CKA_MODULUS_BITS, 2048),
        ("dsa-parameters", "6.2.5", CKA_PRIME_BITS, 2048),
        ("dh-parameters", "6.4.6", CKA_PRIME_BITS, 2048),
    ];
    let lengths = lengths.map(|(name, section, one, length)| {
        case(
            format!("object.length.{name}"),
            spec(section),
            format!("{} follows from the value.", attribute(one)),
        )
        .run(move |cx| {
            let session = cx.session()?;
            let object = cx.object(session, Kind::named(name), &Template::new())?;
            let told = cx.read(session, object, one)?;
            cx.equal_bytes(&attribute(one), &length.to_ne_bytes(), &told)
        })
    });
    let ids = [
        case(
            "object.unique-id.unique",
            spec("4.4.1"),
            "Every object has a CKA_UNIQUE_ID of its own.",
        )
        .since(Version::V3_0)
        .run(|cx| {
            let session = cx.session()?;
            let mut seen = HashSet::new();
            for name in ["data", "certificate", "aes", "rsa-public", "data", "data"] {
                let object = cx.object(session, Kind::named(name), &Template::new())?;
                let id = cx.read(session, object, CKA_UNIQUE_ID)?;
                cx.check(!id.is_empty(), "a CKA_UNIQUE_ID", "an empty one")?;
                let text = String::from_utf8_lossy(&id).into_owned();
                cx.check(seen.insert(id), "another CKA_UNIQUE_ID", text)?;
            }
            Ok(())
        }),
        case(
            "object.unique-id.stays",
            spec("4.4.1"),
            "CKA_UNIQUE_ID stays the same when the object is read again and changed.",
        )
        .since(Version::V3_0)
        .run(|cx| {
            let session = cx.session()?;
            let object = cx.object(session, Kind::named("data"), &Template::new())?;
            let first = cx.read(session, object, CKA_UNIQUE_ID)?;
            let change = Template::new().text(CKA_LABEL, "changed");
            cx.prepared(cx.c.set_attribute_values(session, object, &change))?;
            let again = cx.read(session, object, CKA_UNIQUE_ID)?;
            cx.equal_bytes("CKA_UNIQUE_ID", &first, &again)
        }),
    ];
    lengths.into_iter().chain(ids).collect()
}
