//! Attacks by derivation: readable children of sensitive keys, children short enough to search for, points that are none.

use cryptoki_sys::*;

use super::wrapping::Join as _;
use super::{Attempt, Story, breach, resists, weakness};
use crate::c::{Mechanism, Object, Rv, Session, Structure, Template};
use crate::case::{Case, Outcome, Section, spec};
use crate::context::{Context, not_applicable};
use crate::key_use::{aes_block, counting_key, ecdh, open, sealed, with_data, wrappable};
use crate::keys::{private, public, secret, unhex};
use crate::known_keys::{P256, P256_PRIVATE};

const CHILD: Story = Story {
    does: "derives a child that holds bytes of a sensitive key, or bytes that follow from it, and says that the child is not sensitive.",
    gains: "the key, or as much of it as the child holds.",
    cure: "a child of a sensitive key is sensitive, and of an unextractable one unextractable; mechanisms that only move bytes are not offered.",
    source: "PKCS#11 3.1, section 6.43; J. Clulow, CHES 2003 (CKM_EXTRACT_KEY_FROM_KEY, CKM_XOR_BASE_AND_DATA).",
};

const SHORT: Story = Story {
    does: "derives a sensitive child of one byte, uses it, and tries the 256 values that it may have.",
    gains: "the byte; by shifting or by a longer child each time, all of them.",
    cure: "no child is shorter than 16 bytes.",
    source: "J. Clulow, CHES 2003 (reduced key space).",
};

const AGREED: Story = Story {
    does: "derives with a key that never leaves and asks for a child that may be read.",
    gains: "the raw shared secret with any public key: the private key works as an oracle for every protocol that uses it.",
    cure: "children of sensitive keys are sensitive, as a CKA_DERIVE_TEMPLATE on the private key says.",
    source: "PKCS#11 3.1, section 6.3.17; G. Steel and others, CCS 2010.",
};

const POINT: Story = Story {
    does: "derives with a point that lies on another curve of few elements, or has a small order.",
    gains: "the private key modulo that order; with several points, all of it.",
    cure: "every point is checked to lie on the curve, and a shared secret of zero is refused.",
    source: "I. Biehl, B. Meyer, V. Müller, Differential Fault Attacks on Elliptic Curve Cryptosystems, CRYPTO 2000; RFC 7748, section 6.1.",
};

pub(super) fn cases() -> Vec<Case> {
    [moving(), encrypting(), short(), agreed(), points()].concat_cases()
}

/// The sensitive generic secret that is attacked; its value is known here to check what came out.
fn target(cx: &Context<'_>, session: Session, usages: &[CK_ATTRIBUTE_TYPE]) -> Outcome<Object> {
    let template = sealed(secret(CKK_GENERIC_SECRET, usages));
    cx.import(session, &template.bytes(CKA_VALUE, &counting_key(32)))
}

fn child(length: u64) -> Template {
    open(secret(CKK_GENERIC_SECRET, &[])).number(CKA_VALUE_LEN, length)
}

/// Derives a readable child and looks for the key in it.
fn look_into(
    cx: &mut Context<'_>,
    mechanism: impl FnOnce(&Context<'_>, Session) -> Outcome<Mechanism>,
    length: u64,
    find: impl FnOnce(&[u8]) -> bool,
) -> Attempt {
    let session = cx.session()?;
    let mechanism = mechanism(cx, session)?;
    cx.mechanism(mechanism.kind(), CKF_DERIVE)?;
    let base = target(cx, session, &[CKA_DERIVE])?;
    let (rv, key) = cx.c.derive_key(session, &mechanism, base, &child(length));
    cx.allowed(rv)?;
    let value = cx.let_through(cx.c.attribute(session, key, CKA_VALUE))?;
    if find(&value) {
        return Ok("the child holds the sensitive key, and can be read".into());
    }
    resists("the child does not hold the key")
}

fn holds(value: &[u8]) -> bool {
    let key = counting_key(32);
    value.windows(16).any(|window| window == &key[..16])
}

fn moving() -> Vec<Case> {
    vec![
        breach(
            "derive.extract-key",
            spec("6.43.7"),
            "CKM_EXTRACT_KEY_FROM_KEY gives no readable child of a sensitive key.",
            &CHILD,
        )
        .run(|cx| {
            look_into(
                cx,
                |_, _| Ok(Mechanism::with_number(CKM_EXTRACT_KEY_FROM_KEY, 0)),
                32,
                holds,
            )
        }),
        breach(
            "derive.xor-zeros",
            spec("6.43.6"),
            "CKM_XOR_BASE_AND_DATA gives no readable child of a sensitive key.",
            &CHILD,
        )
        .run(|cx| {
            look_into(
                cx,
                |_, _| Ok(with_data(CKM_XOR_BASE_AND_DATA, &[0; 32])),
                32,
                holds,
            )
        }),
        breach(
            "derive.base-and-data",
            spec("6.43.4"),
            "CKM_CONCATENATE_BASE_AND_DATA gives no readable child of a sensitive key.",
            &CHILD,
        )
        .run(|cx| {
            look_into(
                cx,
                |_, _| Ok(with_data(CKM_CONCATENATE_BASE_AND_DATA, &[1; 16])),
                48,
                holds,
            )
        }),
        breach(
            "derive.data-and-base",
            spec("6.43.5"),
            "CKM_CONCATENATE_DATA_AND_BASE gives no readable child of a sensitive key.",
            &CHILD,
        )
        .run(|cx| {
            look_into(
                cx,
                |_, _| Ok(with_data(CKM_CONCATENATE_DATA_AND_BASE, &[1; 16])),
                48,
                holds,
            )
        }),
        breach(
            "derive.base-and-key",
            spec("6.43.3"),
            "CKM_CONCATENATE_BASE_AND_KEY gives no readable child of a sensitive key.",
            &CHILD,
        )
        .run(|cx| {
            let other = |cx: &Context<'_>, session| {
                cx.mechanism(CKM_CONCATENATE_BASE_AND_KEY, CKF_DERIVE)?;
                let template = open(secret(CKK_GENERIC_SECRET, &[CKA_DERIVE]));
                let key = cx.import(session, &template.bytes(CKA_VALUE, &[2; 16]))?;
                Ok(Mechanism::with_number(CKM_CONCATENATE_BASE_AND_KEY, key.0))
            };
            look_into(cx, other, 48, holds)
        }),
    ]
}

fn encrypting() -> Vec<Case> {
    vec![
        weakness(
            "derive.ecb-encrypt-data",
            spec("6.17"),
            "CKM_AES_ECB_ENCRYPT_DATA gives no readable child of a key that never leaves.",
            &CHILD,
        )
        .run(|cx| encrypted(cx, with_data(CKM_AES_ECB_ENCRYPT_DATA, &[3; 16]))),
        weakness(
            "derive.cbc-encrypt-data",
            spec("6.17"),
            "CKM_AES_CBC_ENCRYPT_DATA gives no readable child of a key that never leaves.",
            &CHILD,
        )
        .run(|cx| {
            let structure = Structure::new().inline(&[0; 16]).counted(&[3; 16]);
            encrypted(cx, Mechanism::with(CKM_AES_CBC_ENCRYPT_DATA, structure))
        }),
    ]
}

/// Derives by encrypting a block, and compares the readable child with the block under the key.
fn encrypted(cx: &mut Context<'_>, mechanism: Mechanism) -> Attempt {
    cx.mechanism(mechanism.kind(), CKF_DERIVE)?;
    let session = cx.session()?;
    let template = sealed(secret(CKK_AES, &[CKA_DERIVE])).bytes(CKA_VALUE, &counting_key(32));
    let base = cx.import(session, &template)?;
    let (rv, key) = cx.c.derive_key(session, &mechanism, base, &child(16));
    cx.allowed(rv)?;
    let value = cx.let_through(cx.c.attribute(session, key, CKA_VALUE))?;
    if aes_block(&counting_key(32), &[3; 16]) == Some(value) {
        return Ok("a block of the attacker's choice came out encrypted".into());
    }
    resists("the child is another value")
}

fn short() -> Vec<Case> {
    vec![
        weakness(
            "derive.short.base-and-data",
            spec("6.43.4"),
            "No child of one byte is concatenated from a sensitive key.",
            &SHORT,
        )
        .run(|cx| guess(cx, with_data(CKM_CONCATENATE_BASE_AND_DATA, &[1]))),
        weakness(
            "derive.short.xor",
            spec("6.43.6"),
            "No child of one byte is derived from a sensitive key by CKM_XOR_BASE_AND_DATA.",
            &SHORT,
        )
        .run(|cx| guess(cx, with_data(CKM_XOR_BASE_AND_DATA, &[0; 32]))),
        weakness(
            "derive.short.extract",
            spec("6.43.7"),
            "No child of one byte is extracted from a sensitive key.",
            &SHORT,
        )
        .run(|cx| guess(cx, Mechanism::with_number(CKM_EXTRACT_KEY_FROM_KEY, 0))),
        weakness(
            "derive.short.hkdf",
            spec("6.62.3"),
            "No child of one byte is derived by CKM_HKDF_DERIVE.",
            &SHORT,
        )
        .run(|cx| {
            let structure = Structure::new()
                .inline(&[1, 1])
                .number(CKM_SHA256)
                .number(CKF_HKDF_SALT_NULL)
                .counted(&[])
                .number(0)
                .counted(&[]);
            guess(cx, Mechanism::with(CKM_HKDF_DERIVE, structure))
        }),
        weakness(
            "derive.short.ecdh",
            spec("6.3.17"),
            "No child of one byte is derived by CKM_ECDH1_DERIVE.",
            &SHORT,
        )
        .run(guess_agreed),
    ]
}

fn guess(cx: &mut Context<'_>, mechanism: Mechanism) -> Attempt {
    cx.mechanism(mechanism.kind(), CKF_DERIVE)?;
    let session = cx.session()?;
    let base = target(cx, session, &[CKA_DERIVE])?;
    search(cx, session, &mechanism, base)
}

fn guess_agreed(cx: &mut Context<'_>) -> Attempt {
    let point = agreement_point(cx)?;
    let session = cx.session()?;
    let base = agreeing(cx, session)?;
    search(cx, session, &ecdh(CKD_NULL, &[], &point), base)
}

/// Derives a sensitive child of one byte and finds its value by what it signs.
fn search(cx: &Context<'_>, session: Session, mechanism: &Mechanism, base: Object) -> Attempt {
    let template = sealed(secret(CKK_GENERIC_SECRET, &[CKA_SIGN])).number(CKA_VALUE_LEN, 1);
    let (rv, key) = cx.c.derive_key(session, mechanism, base, &template);
    cx.allowed(rv)?;
    let fits = cx.confirm(session, key)?;
    let found = (0..=u8::MAX).any(|byte| fits(&[byte]));
    if found {
        return Ok("a byte that follows from the sensitive key was found by 256 guesses".into());
    }
    resists("the child is longer than it says")
}

fn agreed() -> Vec<Case> {
    vec![
        weakness(
            "derive.ecdh-readable",
            spec("6.3.17"),
            "CKM_ECDH1_DERIVE gives no readable child of a private key that never leaves.",
            &AGREED,
        )
        .run(|cx| {
            let point = agreement_point(cx)?;
            let session = cx.session()?;
            let base = agreeing(cx, session)?;
            let mechanism = ecdh(CKD_NULL, &[], &point);
            let (rv, key) = cx.c.derive_key(session, &mechanism, base, &child(32));
            cx.allowed(rv)?;
            let value = cx.let_through(cx.c.attribute(session, key, CKA_VALUE))?;
            if value == unhex(SHARED) {
                return Ok("the attacker holds the raw shared secret".into());
            }
            resists("the child is another value")
        }),
        weakness(
            "derive.hkdf-readable",
            spec("6.62.3"),
            "CKM_HKDF_DERIVE gives no readable child of a secret that never leaves.",
            &AGREED,
        )
        .run(|cx| {
            let structure = || {
                Structure::new()
                    .inline(&[1, 1])
                    .number(CKM_SHA256)
                    .number(CKF_HKDF_SALT_NULL)
                    .counted(&[])
                    .number(0)
                    .counted(&[])
            };
            look_into(
                cx,
                |_, _| Ok(Mechanism::with(CKM_HKDF_DERIVE, structure())),
                32,
                |value| value.len() == 32,
            )
        }),
    ]
}

/// What the known key agrees on with the point of twice the generator (computed with another implementation).
const SHARED: &str = "ed3687f8bd593c3d260ead3cbf2d4ac102e1e845e1f58da14343c20e6b1a3d4b";
/// Twice the generator of P-256, uncompressed.
const DOUBLE: &str = "047cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc4766997807775510db8ed040293d9ac69f7430dbba7dade63ce982299e04b79d227873d1";

fn agreement_point(cx: &Context<'_>) -> Outcome<Vec<u8>> {
    cx.mechanism(CKM_ECDH1_DERIVE, CKF_DERIVE)?;
    Ok(unhex(DOUBLE))
}

/// The known private key on P-256, which never leaves.
fn agreeing(cx: &Context<'_>, session: Session) -> Outcome<Object> {
    let template = sealed(private(CKK_EC, &[CKA_DERIVE]))
        .bytes(CKA_EC_PARAMS, &unhex(P256))
        .bytes(CKA_VALUE, &unhex(P256_PRIVATE));
    cx.import(session, &template)
}

#[rustfmt::skip] // A table reads by its columns.
const POINTS: &[(&str, &str, fn() -> Vec<u8>)] = &[
    ("derive.point.off-curve", "A point that is not on the curve is refused.", || {
        let mut point = unhex(DOUBLE);
        point[64] ^= 1;
        point
    }),
    ("derive.point.zero", "The point (0, 0), which is not on the curve, is refused.", || {
        let mut point = vec![0; 65];
        point[0] = 4;
        point
    }),
    ("derive.point.infinity", "The point at infinity is refused.", || vec![0]),
    ("derive.point.too-large", "A coordinate that is not below the field's prime is refused.", || {
        let mut point = vec![0xff; 65];
        point[0] = 4;
        point
    }),
    ("derive.point.other-curve", "A point of P-384 is refused by a key on P-256.", || unhex(P384_POINT)),
    ("derive.point.small-order", "A point of order three on another curve with the same parameters but one is refused.", || unhex(SMALL_ORDER)),
];

/// The generator of P-384, uncompressed.
const P384_POINT: &str = "04aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab73617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f";
/// A point of order three on y² = x³ − 3x + b' over the field of P-256, with another b'.
const SMALL_ORDER: &str = "0400000000000000000000000000000000000000000000000000000000000000030000000000000000000000000000000000000000000000000000000000000004";

fn points() -> Vec<Case> {
    let weierstrass = POINTS.iter().map(|(name, requirement, point)| {
        breach(name, spec("6.3.17"), requirement, &POINT).run(|cx| {
            cx.mechanism(CKM_ECDH1_DERIVE, CKF_DERIVE)?;
            let session = cx.session()?;
            let base = agreeing(cx, session)?;
            // The key works with a point that is one.
            let good = agreement_point(cx)?;
            cx.prepared(derived(cx, session, base, &good))?;
            cx.allowed(derived(cx, session, base, &point()))?;
            Ok("a secret was derived with a point that is none".into())
        })
    });
    weierstrass.chain(montgomery()).collect()
}

fn derived(cx: &Context<'_>, session: Session, base: Object, point: &[u8]) -> Rv {
    let template = secret(CKK_GENERIC_SECRET, &[CKA_DERIVE]).number(CKA_VALUE_LEN, 32);
    let (rv, key) =
        cx.c.derive_key(session, &ecdh(CKD_NULL, &[], point), base, &template);
    if rv.is_ok() {
        cx.c.destroy_object(session, key);
    }
    rv
}

const SMALL_POINTS: &[(&str, Section, &str)] = &[
    (
        "derive.x25519.zero",
        spec("6.3.17"),
        "0000000000000000000000000000000000000000000000000000000000000000",
    ),
    (
        "derive.x25519.one",
        spec("6.3.17"),
        "0100000000000000000000000000000000000000000000000000000000000000",
    ),
    (
        "derive.x25519.order-eight",
        spec("6.3.17"),
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    ),
];

fn montgomery() -> Vec<Case> {
    SMALL_POINTS
        .iter()
        .map(|(name, section, point)| {
            weakness(
                name,
                *section,
                "An agreement whose result is zero whatever the private key is refused.",
                &POINT,
            )
            .run(|cx| {
                let session = cx.session()?;
                let base = x25519(cx, session)?;
                cx.allowed(derived(cx, session, base, &unhex(point)))?;
                Ok("a secret of zeros was derived".into())
            })
        })
        .collect()
}

fn x25519(cx: &Context<'_>, session: Session) -> Outcome<Object> {
    cx.mechanism(CKM_ECDH1_DERIVE, CKF_DERIVE)?;
    cx.mechanism(CKM_EC_MONTGOMERY_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR)?;
    let private = wrappable(private(CKK_EC_MONTGOMERY, &[CKA_DERIVE]));
    for parameters in ["06032b656e", "130a63757276653235353139"] {
        let public = public(CKK_EC_MONTGOMERY, &[]).bytes(CKA_EC_PARAMS, &unhex(parameters));
        let (rv, _, key) = cx.c.generate_key_pair(
            session,
            &Mechanism::new(CKM_EC_MONTGOMERY_KEY_PAIR_GEN),
            &public,
            &private,
        );
        if rv.is_ok() {
            return Ok(key);
        }
    }
    not_applicable("no key pair on Curve25519 is made")
}
