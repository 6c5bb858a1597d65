//! Templates that are right, and nearly right.

use cryptoki_sys::*;

use super::Rng;
use crate::c::{Template, names};
use crate::keys::{octet_string, rsa_private_parts, rsa_public_parts, unhex};
use crate::known_keys::{P256, P256_PRIVATE, P256_PUBLIC};

/// Flags that a key may have.
const FLAGS: &[CK_ATTRIBUTE_TYPE] = &[
    CKA_ENCRYPT,
    CKA_DECRYPT,
    CKA_SIGN,
    CKA_VERIFY,
    CKA_WRAP,
    CKA_UNWRAP,
    CKA_DERIVE,
    CKA_SENSITIVE,
    CKA_EXTRACTABLE,
    CKA_MODIFIABLE,
    CKA_PRIVATE,
];

/// Attributes that are asked for and changed.
pub(super) const ASKED: &[CK_ATTRIBUTE_TYPE] = &[
    CKA_CLASS,
    CKA_TOKEN,
    CKA_PRIVATE,
    CKA_LABEL,
    CKA_VALUE,
    CKA_KEY_TYPE,
    CKA_ID,
    CKA_SENSITIVE,
    CKA_ENCRYPT,
    CKA_SIGN,
    CKA_VERIFY,
    CKA_WRAP,
    CKA_EXTRACTABLE,
    CKA_LOCAL,
    CKA_NEVER_EXTRACTABLE,
    CKA_ALWAYS_SENSITIVE,
    CKA_MODIFIABLE,
    CKA_VALUE_LEN,
    CKA_MODULUS,
    CKA_EC_PARAMS,
    CKA_EC_POINT,
    CKA_APPLICATION,
    CKA_COPYABLE,
    CKA_DESTROYABLE,
    CKA_MODULUS_BITS,
];

/// A template for `C_CreateObject`, and words for it.
pub(super) fn object(rng: &mut Rng) -> (Template, String) {
    let (name, mut template) = match rng.below(7) {
        0 => ("AES key", secret(CKK_AES, rng)),
        1 => ("generic secret", secret(CKK_GENERIC_SECRET, rng)),
        2 => (
            "data",
            Template::class(CKO_DATA)
                .text(CKA_APPLICATION, "random")
                .bytes(CKA_VALUE, b"some data"),
        ),
        3 => (
            "RSA public key",
            Template::class(CKO_PUBLIC_KEY)
                .number(CKA_KEY_TYPE, CKK_RSA)
                .and(&rsa_public_parts()),
        ),
        4 => (
            "RSA private key",
            Template::class(CKO_PRIVATE_KEY)
                .number(CKA_KEY_TYPE, CKK_RSA)
                .and(&rsa_private_parts()),
        ),
        5 => (
            "P-256 public key",
            ec(CKO_PUBLIC_KEY).bytes(CKA_EC_POINT, &octet_string(&unhex(P256_PUBLIC))),
        ),
        _ => (
            "P-256 private key",
            ec(CKO_PRIVATE_KEY).bytes(CKA_VALUE, &unhex(P256_PRIVATE)),
        ),
    };
    template = template.flag(CKA_TOKEN, false);
    let key = name != "data";
    if key && !name.contains("public") {
        template = template
            .flag(CKA_SENSITIVE, rng.once_in(2))
            .flag(CKA_EXTRACTABLE, rng.once_in(2));
    }
    if key {
        template = usages(template, name, rng);
    }
    spoil(template, name, rng)
}

fn secret(kind: CK_KEY_TYPE, rng: &mut Rng) -> Template {
    let size = rng.pick(&[16, 16, 24, 32, 32, 15, 0]);
    let value = rng.bytes(size);
    Template::class(CKO_SECRET_KEY)
        .number(CKA_KEY_TYPE, kind)
        .bytes(CKA_VALUE, &value)
}

fn ec(class: CK_OBJECT_CLASS) -> Template {
    Template::class(class)
        .number(CKA_KEY_TYPE, CKK_EC)
        .bytes(CKA_EC_PARAMS, &unhex(P256))
}

/// Adds the usages that fit the object.
fn usages(template: Template, name: &str, rng: &mut Rng) -> Template {
    let fitting: &[CK_ATTRIBUTE_TYPE] = match name {
        "RSA public key" => &[CKA_ENCRYPT, CKA_VERIFY, CKA_WRAP],
        "RSA private key" => &[CKA_DECRYPT, CKA_SIGN, CKA_UNWRAP],
        "P-256 public key" => &[CKA_VERIFY],
        "P-256 private key" => &[CKA_SIGN, CKA_DERIVE],
        _ => &[
            CKA_ENCRYPT,
            CKA_DECRYPT,
            CKA_SIGN,
            CKA_VERIFY,
            CKA_WRAP,
            CKA_UNWRAP,
        ],
    };
    fitting.iter().fold(template, |template, usage| {
        template.flag(*usage, !rng.once_in(3))
    })
}

/// Now and then takes something away or adds something that does not fit.
fn spoil(template: Template, name: &str, rng: &mut Rng) -> (Template, String) {
    let kinds: Vec<_> = template.kinds().collect();
    match rng.below(8) {
        0 => {
            let kind = rng.pick(&kinds);
            let words = format!("{name} without {}", names::name(names::ATTRIBUTES, kind));
            (template.without(kind), words)
        }
        1 => {
            let kind = rng.pick(ASKED);
            let words = format!(
                "{name} with an odd {}",
                names::name(names::ATTRIBUTES, kind)
            );
            (template.bytes(kind, b"odd"), words)
        }
        2 => {
            let kind = rng.pick(FLAGS);
            let value = rng.once_in(2);
            let words = format!(
                "{name} with {} = {value}",
                names::name(names::ATTRIBUTES, kind)
            );
            (template.flag(kind, value), words)
        }
        _ => (template, name.to_owned()),
    }
}

/// One attribute to change, and words for it.
pub(super) fn change(rng: &mut Rng) -> (Template, String) {
    let kind = rng.pick(&[
        CKA_LABEL,
        CKA_ID,
        CKA_SENSITIVE,
        CKA_EXTRACTABLE,
        CKA_ENCRYPT,
        CKA_SIGN,
        CKA_WRAP,
        CKA_TOKEN,
        CKA_CLASS,
        CKA_VALUE,
        CKA_LOCAL,
        CKA_TRUSTED,
        CKA_MODULUS,
    ]);
    let name = names::name(names::ATTRIBUTES, kind);
    match kind {
        CKA_LABEL | CKA_ID | CKA_VALUE | CKA_MODULUS => (
            Template::new().bytes(kind, b"changed"),
            format!("{name} = 'changed'"),
        ),
        CKA_CLASS => (
            Template::new().number(kind, CKO_DATA),
            format!("{name} = CKO_DATA"),
        ),
        _ => {
            let value = rng.once_in(2);
            (
                Template::new().flag(kind, value),
                format!("{name} = {value}"),
            )
        }
    }
}
