//! Values of keys: lengths that a type has and has not, numbers that belong together, points that are on their curve.

use cryptoki_sys::*;

use super::kinds::{DES3, Kind, secret_value};
use crate::c::Template;
use crate::case::{Case, case, spec};
use crate::context::not_applicable;
use crate::keys::{octet_string, unhex};
use crate::known_keys::{P256, P256_PUBLIC, P384, RSA_2048};

/// What a value that is none is answered with: it is invalid, or it contradicts what makes the object.
const WRONG: &[CK_RV] = &[CKR_ATTRIBUTE_VALUE_INVALID, CKR_TEMPLATE_INCONSISTENT];

/// What a value that is empty may be answered with too: as good as not there.
const EMPTY: &[CK_RV] = &[
    CKR_ATTRIBUTE_VALUE_INVALID,
    CKR_TEMPLATE_INCONSISTENT,
    CKR_TEMPLATE_INCOMPLETE,
];

fn codes(value: &[u8]) -> &'static [CK_RV] {
    if value.is_empty() { EMPTY } else { WRONG }
}

pub(super) fn cases() -> Vec<Case> {
    lengths()
        .chain(wrong_lengths())
        .chain(rsa())
        .chain(curves())
        .chain(points())
        .chain(scalars())
        .collect()
}

/// Lengths that AES has.
fn lengths() -> impl Iterator<Item = Case> {
    [16_u8, 24, 32].into_iter().map(|length| {
        case(
            format!("object.value.aes.{length}"),
            spec("6.10.2"),
            format!("An AES key of {length} bytes can be made, and says its length."),
        )
        .run(move |cx| {
            let aes = |kind| {
                cx.facts
                    .mechanism(kind)
                    .is_some_and(|listed| (listed.min..=listed.max).contains(&u64::from(length)))
            };
            if ![CKM_AES_KEY_GEN, CKM_AES_CBC, CKM_AES_ECB, CKM_AES_GCM]
                .into_iter()
                .any(aes)
            {
                return not_applicable("no mechanism of AES lists that length");
            }
            let session = cx.session()?;
            let kind = Kind::named("aes");
            cx.taken(session, kind)?;
            let template = kind.least().bytes(CKA_VALUE, &secret_value(length));
            let (rv, key) = cx.c.create_object(session, &template);
            cx.ok(rv)?;
            let told = cx.read(session, key, CKA_VALUE_LEN)?;
            cx.equal_bytes("CKA_VALUE_LEN", &u64::from(length).to_ne_bytes(), &told)
        })
    })
}

/// Lengths that a type of key has not.
fn wrong_lengths() -> impl Iterator<Item = Case> {
    const LENGTHS: &[(&str, &str, &[u8])] = &[
        ("aes", "6.10.2", &[0, 1, 15, 17, 23, 31, 33, 64]),
        ("des3", "6.18.3", &[0, 8, 16, 23, 25]),
        ("chacha20", "6.58.2", &[0, 31, 33]),
    ];
    LENGTHS.iter().flat_map(|(name, section, lengths)| {
        let kind = Kind::named(name);
        lengths.iter().map(move |length| {
            case(
                format!("object.value.{name}.not-{length}"),
                spec(section),
                format!("There is no such key of {length} bytes."),
            )
            .since(kind.since)
            .run(|cx| {
                let session = cx.session()?;
                let template = cx.taken(session, kind)?;
                let value: Vec<u8> = unhex(DES3)
                    .into_iter()
                    .cycle()
                    .take(usize::from(*length))
                    .collect();
                let (rv, _) =
                    cx.c.create_object(session, &template.bytes(CKA_VALUE, &value));
                cx.expect_one_of(rv, WRONG)
            })
        })
    })
}

/// Numbers that are not those of an RSA key.
fn rsa() -> impl Iterator<Item = Case> {
    let modulus = || unhex(RSA_2048.modulus);
    let even = move || {
        let mut modulus = modulus();
        if let Some(last) = modulus.last_mut() {
            *last &= 0xfe;
        }
        modulus
    };
    let other = move || {
        let mut modulus = modulus();
        if let Some(last) = modulus.last_mut() {
            *last ^= 2;
        }
        modulus
    };
    let rows = [
        ("rsa-public", "modulus-empty", CKA_MODULUS, Vec::new()),
        ("rsa-public", "modulus-even", CKA_MODULUS, even()),
        ("rsa-public", "modulus-zero", CKA_MODULUS, vec![0; 256]),
        (
            "rsa-public",
            "exponent-empty",
            CKA_PUBLIC_EXPONENT,
            Vec::new(),
        ),
        ("rsa-public", "exponent-one", CKA_PUBLIC_EXPONENT, vec![1]),
        (
            "rsa-public",
            "exponent-even",
            CKA_PUBLIC_EXPONENT,
            vec![1, 0, 0],
        ),
        ("rsa-private", "modulus-of-another", CKA_MODULUS, other()),
        (
            "rsa-private",
            "exponent-of-another",
            CKA_PRIVATE_EXPONENT,
            vec![3; 256],
        ),
        (
            "rsa-private",
            "prime-of-another",
            CKA_PRIME_1,
            vec![0xc1; 128],
        ),
        (
            "rsa-private",
            "coefficient-of-another",
            CKA_COEFFICIENT,
            vec![3; 128],
        ),
    ];
    rows.into_iter().map(|(name, what, one, value)| {
        let kind = Kind::named(name);
        case(
            format!("object.value.{name}.{what}"),
            kind.section,
            "Numbers that are not those of an RSA key do not make one.",
        )
        .should()
        .explain("A module that does not look answers wrongly later, or worse: a signature by a faulty prime tells the other.")
        .run(move |cx| {
            let session = cx.session()?;
            let template = cx.taken(session, kind)?.bytes(one, &value);
            let (rv, _) = cx.c.create_object(session, &template);
            cx.expect_one_of(rv, codes(&value))
        })
    })
}

/// Curves that are none, or not to be used.
fn curves() -> impl Iterator<Item = Case> {
    let rows: [(&str, &[u8], CK_RV); 5] = [
        (
            "unknown",
            b"\x06\x05\x2b\x81\x04\x00\x7f",
            CKR_CURVE_NOT_SUPPORTED,
        ),
        ("garbage", b"\xde\xad\xbe\xef", CKR_DOMAIN_PARAMS_INVALID),
        ("empty", b"", CKR_DOMAIN_PARAMS_INVALID),
        ("implicit", b"\x05\x00", CKR_DOMAIN_PARAMS_INVALID),
        (
            "truncated",
            b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01",
            CKR_DOMAIN_PARAMS_INVALID,
        ),
    ];
    rows.into_iter().flat_map(|(what, params, code)| {
        ["ec-public", "ec-private"].map(|name| {
            let kind = Kind::named(name);
            case(
                format!("object.value.{name}.curve-{what}"),
                spec("6.3"),
                "A key whose domain parameters name no curve of the token is not made.",
            )
            .should()
            .run(move |cx| {
                let session = cx.session()?;
                let template = cx.taken(session, kind)?.bytes(CKA_EC_PARAMS, params);
                let (rv, _) = cx.c.create_object(session, &template);
                cx.expect_one_of(rv, &[&[code], codes(params)].concat())
            })
        })
    })
}

/// Points that are none of the curve.
fn points() -> impl Iterator<Item = Case> {
    let point = || unhex(P256_PUBLIC);
    let mut off = point();
    if let Some(last) = off.last_mut() {
        *last ^= 1;
    }
    let mut long = octet_string(&point());
    long.push(0);
    let rows = [
        ("off-curve", octet_string(&off)),
        ("infinity", octet_string(&[0])),
        ("short", octet_string(&point()[..64])),
        (
            "format-unknown",
            octet_string(&[&[9], &point()[1..]].concat()),
        ),
        ("trailing-byte", long),
        ("empty", Vec::new()),
        (
            "coordinates-zero",
            octet_string(&[&[4][..], &[0; 64]].concat()),
        ),
        (
            "coordinates-too-large",
            octet_string(&[&[4][..], &[0xff; 64]].concat()),
        ),
    ];
    let wrong = rows.into_iter().map(|(what, value)| {
        case(
            format!("object.value.ec-public.point-{what}"),
            spec("6.3.3"),
            "What is no point of the curve does not make a public key.",
        )
        .should()
        .explain("A public key off its curve is the first half of an invalid-curve attack.")
        .run(move |cx| {
            let session = cx.session()?;
            let template = cx.taken(session, Kind::named("ec-public"))?;
            let (rv, _) =
                cx.c.create_object(session, &template.bytes(CKA_EC_POINT, &value));
            cx.expect_one_of(rv, &[codes(&value), &[CKR_DOMAIN_PARAMS_INVALID]].concat())
        })
    });
    wrong.chain([encoded(), of_another_curve(), compressed()])
}

fn of_another_curve() -> Case {
    case(
        "object.value.ec-public.point-of-another-curve",
        spec("6.3.3"),
        "A point of P-256 does not make a public key on P-384.",
    )
    .should()
    .run(|cx| {
        let session = cx.session()?;
        let template = cx.taken(session, Kind::named("ec-public"))?;
        let (rv, _) =
            cx.c.create_object(session, &template.bytes(CKA_EC_PARAMS, &unhex(P384)));
        let codes = [CKR_DOMAIN_PARAMS_INVALID, CKR_CURVE_NOT_SUPPORTED];
        cx.expect_one_of(rv, &[WRONG, &codes].concat())
    })
}

/// Whether points may be compressed, the mechanism's flags say.
fn compressed() -> Case {
    case(
        "object.value.ec-public.point-compressed",
        spec("6.3"),
        "A compressed point is taken where CKF_EC_COMPRESS is set, and refused with CKR_TEMPLATE_INCONSISTENT where not.",
    )
    .should()
    .run(|cx| {
        let listed = [CKM_ECDSA, CKM_EC_KEY_PAIR_GEN, CKM_ECDH1_DERIVE]
            .into_iter()
            .find_map(|kind| cx.facts.mechanism(kind));
        let Some(listed) = listed else {
            return not_applicable("the slot lists no mechanism of elliptic curves");
        };
        let session = cx.session()?;
        let template = cx.taken(session, Kind::named("ec-public"))?;
        // The point of RFC 6979's key has an odd y.
        let point = unhex(P256_PUBLIC);
        let short = [&[3], &point[1..33]].concat();
        let template = template.bytes(CKA_EC_POINT, &octet_string(&short));
        let (rv, _) = cx.c.create_object(session, &template);
        if listed.flags & CKF_EC_COMPRESS != 0 {
            return cx.ok(rv);
        }
        cx.expect_one_of(rv, WRONG)
    })
}

fn encoded() -> Case {
    case(
        "object.value.ec-public.point-encoded",
        spec("6.3.3"),
        "CKA_EC_POINT reads as the DER of an octet string.",
    )
    .run(|cx| {
        let session = cx.session()?;
        let object = cx.object(session, Kind::named("ec-public"), &Template::new())?;
        let params = cx.read(session, object, CKA_EC_PARAMS)?;
        cx.equal_bytes("CKA_EC_PARAMS", &unhex(P256), &params)?;
        let point = cx.read(session, object, CKA_EC_POINT)?;
        let expected = octet_string(&unhex(P256_PUBLIC));
        cx.equal_bytes("CKA_EC_POINT", &expected, &point)
    })
}

/// Private values that are none of the curve.
fn scalars() -> impl Iterator<Item = Case> {
    /// The order of P-256.
    const ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    let rows = [
        ("zero", vec![0; 32]),
        ("empty", Vec::new()),
        ("order", unhex(ORDER)),
        ("too-large", vec![0xff; 32]),
        ("too-long", vec![1; 48]),
    ];
    rows.into_iter().map(|(what, value)| {
        case(
            format!("object.value.ec-private.value-{what}"),
            spec("6.3.4"),
            "A private value that is not between 0 and the order of the curve does not make a private key.",
        )
        .should()
        .run(move |cx| {
            let session = cx.session()?;
            let template = cx.taken(session, Kind::named("ec-private"))?;
            let (rv, _) = cx.c.create_object(session, &template.bytes(CKA_VALUE, &value));
            cx.expect_one_of(rv, codes(&value))
        })
    })
}
