//! Key sizes: those that are told work, and those beyond are refused (PKCS#11 3.1 section 3.5).

use cryptoki_sys::*;

use crate::c::{Mechanism, Rv, Session};
use crate::case::{Case, Draft, Outcome, Section, case, spec};
use crate::context::{Context, not_applicable};
use crate::keys::{private, public, secret, unhex};

/// What a module may answer to a size that it does not make.
const REFUSALS: &[CK_RV] = &[
    CKR_KEY_SIZE_RANGE,
    CKR_ATTRIBUTE_VALUE_INVALID,
    CKR_TEMPLATE_INCONSISTENT,
];

/// What a module may answer to a size of nothing, which it may take for no size at all.
const NOTHING_REFUSALS: &[CK_RV] = &[
    CKR_KEY_SIZE_RANGE,
    CKR_ATTRIBUTE_VALUE_INVALID,
    CKR_TEMPLATE_INCOMPLETE,
    CKR_TEMPLATE_INCONSISTENT,
];

/// What a module may answer to a curve that it does not make.
const CURVE_REFUSALS: &[CK_RV] = &[
    CKR_CURVE_NOT_SUPPORTED,
    CKR_DOMAIN_PARAMS_INVALID,
    CKR_KEY_SIZE_RANGE,
    CKR_ATTRIBUTE_VALUE_INVALID,
    CKR_TEMPLATE_INCONSISTENT,
];

fn draft(id: &str, section: Section, requirement: &str) -> Draft {
    case(format!("mechanism.size.{id}"), section, requirement)
}

/// Returns the cases about key sizes.
pub(super) fn cases() -> Vec<Case> {
    [aes(), generic(), rsa(), curves(), macs()]
        .into_iter()
        .flatten()
        .collect()
}

fn aes_of(cx: &Context<'_>, session: Session, bytes: u64) -> Rv {
    let template = secret(CKK_AES, &[CKA_ENCRYPT]).number(CKA_VALUE_LEN, bytes);
    let mechanism = Mechanism::new(CKM_AES_KEY_GEN);
    cx.c.generate_key(session, &mechanism, &template).0
}

fn aes() -> Vec<Case> {
    let lengths = [0, 1, 8, 15, 16, 17, 23, 24, 25, 31, 32, 33, 64, 255];
    let cases = lengths.map(|bytes| {
        let requirement = format!(
            "CKM_AES_KEY_GEN makes a key of {bytes} bytes if that is an AES key and within the sizes told, and refuses it if not."
        );
        draft(&format!("aes-{bytes}"), spec("6.10.3"), &requirement).run(move |cx| {
            let listed = cx.mechanism(CKM_AES_KEY_GEN, CKF_GENERATE)?;
            let session = cx.session()?;
            let rv = aes_of(cx, session, bytes);
            let told = (listed.min..=listed.max).contains(&bytes);
            match bytes {
                16 | 24 | 32 if told => cx.ok(rv),
                0 => cx.expect_one_of(rv, NOTHING_REFUSALS),
                _ => cx.expect_one_of(rv, REFUSALS),
            }
        })
    });
    cases.into()
}

fn generic_of(cx: &Context<'_>, session: Session, bytes: u64) -> Rv {
    let template = secret(CKK_GENERIC_SECRET, &[CKA_SIGN]).number(CKA_VALUE_LEN, bytes);
    let mechanism = Mechanism::new(CKM_GENERIC_SECRET_KEY_GEN);
    cx.c.generate_key(session, &mechanism, &template).0
}

fn generic() -> Vec<Case> {
    /// No module is asked for a longer key.
    const LONGEST: u64 = 1 << 16;
    let section = spec("6.8.3");
    let generic =
        |id: &str, requirement: &str| draft(&format!("generic-{id}"), section, requirement);
    vec![
        generic("empty", "CKM_GENERIC_SECRET_KEY_GEN makes no key of no bytes.").run(|cx| {
            cx.mechanism(CKM_GENERIC_SECRET_KEY_GEN, CKF_GENERATE)?;
            let session = cx.session()?;
            cx.expect_one_of(generic_of(cx, session, 0), NOTHING_REFUSALS)
        }),
        generic("smallest", "CKM_GENERIC_SECRET_KEY_GEN makes a key of the smallest size told, in bits.").run(|cx| {
            let listed = cx.mechanism(CKM_GENERIC_SECRET_KEY_GEN, CKF_GENERATE)?;
            let session = cx.session()?;
            cx.ok(generic_of(cx, session, listed.min.div_ceil(8).max(1)))
        }),
        generic("largest", "CKM_GENERIC_SECRET_KEY_GEN makes a key of the largest size told, in bits.").run(|cx| {
            let listed = cx.mechanism(CKM_GENERIC_SECRET_KEY_GEN, CKF_GENERATE)?;
            let session = cx.session()?;
            let bytes = listed.max / 8;
            if bytes > LONGEST {
                return not_applicable("keys as long as that are not asked for");
            }
            cx.ok(generic_of(cx, session, bytes.max(1)))
        }),
        generic("larger", "CKM_GENERIC_SECRET_KEY_GEN makes no key that is larger than the largest size told, which is in bits.")
            .should()
            .explain("Many modules tell bytes here, as for all other secret keys. An application that believes the standard then takes the limit for an eighth of what it is.")
            .run(|cx| {
                let listed = cx.mechanism(CKM_GENERIC_SECRET_KEY_GEN, CKF_GENERATE)?;
                let session = cx.session()?;
                let bytes = listed.max / 8 + 1;
                if bytes > LONGEST {
                    return not_applicable("keys as long as that are not asked for");
                }
                cx.expect_one_of(generic_of(cx, session, bytes), REFUSALS)
            }),
    ]
}

fn rsa_of(cx: &Context<'_>, session: Session, bits: u64) -> Rv {
    let public = public(CKK_RSA, &[CKA_VERIFY])
        .number(CKA_MODULUS_BITS, bits)
        .bytes(CKA_PUBLIC_EXPONENT, &[1, 0, 1]);
    let mechanism = Mechanism::new(CKM_RSA_PKCS_KEY_PAIR_GEN);
    let private = private(CKK_RSA, &[CKA_SIGN]);
    cx.c.generate_key_pair(session, &mechanism, &public, &private)
        .0
}

fn rsa() -> Vec<Case> {
    let pair =
        |id: &str, requirement: &str, judge: fn(&Context<'_>, Session, u64, u64) -> Outcome| {
            // The specification gives no code for a size that is not offered.
            draft(&format!("rsa-{id}"), spec("6.1.4"), requirement)
                .should()
                .deadline(120)
                .run(move |cx| {
                    let listed = cx.mechanism(CKM_RSA_PKCS_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR)?;
                    let session = cx.session()?;
                    judge(cx, session, listed.min, listed.max)
                })
        };
    vec![
        pair(
            "2048",
            "CKM_RSA_PKCS_KEY_PAIR_GEN makes a pair of 2048 bits if that is within the sizes told, and refuses it if not.",
            |cx, session, min, max| {
                let rv = rsa_of(cx, session, 2048);
                if (min..=max).contains(&2048) {
                    cx.ok(rv)
                } else {
                    cx.expect_one_of(rv, REFUSALS)
                }
            },
        ),
        pair(
            "zero",
            "CKM_RSA_PKCS_KEY_PAIR_GEN makes no pair of no bits.",
            |cx, session, _, _| cx.expect_one_of(rsa_of(cx, session, 0), NOTHING_REFUSALS),
        ),
        pair(
            "below",
            "CKM_RSA_PKCS_KEY_PAIR_GEN makes no pair that is smaller than the smallest size told.",
            |cx, session, min, _| {
                if min <= 64 {
                    return not_applicable("the token tells no smallest size");
                }
                cx.expect_one_of(rsa_of(cx, session, min - 64), REFUSALS)
            },
        ),
        pair(
            "just-below",
            "CKM_RSA_PKCS_KEY_PAIR_GEN makes no pair whose modulus has eight bits less than the smallest size told.",
            |cx, session, min, _| {
                if min <= 8 {
                    return not_applicable("the token tells no smallest size");
                }
                cx.expect_one_of(rsa_of(cx, session, min - 8), REFUSALS)
            },
        ),
        pair(
            "above",
            "CKM_RSA_PKCS_KEY_PAIR_GEN makes no pair that is larger than the largest size told.",
            |cx, session, _, max| {
                if max > 16_384 {
                    return not_applicable("pairs as large as that are not asked for");
                }
                cx.expect_one_of(rsa_of(cx, session, max + 8), REFUSALS)
            },
        ),
    ]
}

/// Curves over prime fields by their sizes: the name of the case, the size in bits, the DER of the identifier.
const CURVES: &[(&str, u64, &str)] = &[
    ("secp112r1", 112, "06052b81040006"),
    ("secp192r1", 192, "06082a8648ce3d030101"),
    ("secp224r1", 224, "06052b81040021"),
    ("secp256r1", 256, crate::known_keys::P256),
    ("secp384r1", 384, crate::known_keys::P384),
    ("secp521r1", 521, crate::known_keys::P521),
];

fn curves() -> Vec<Case> {
    let cases = CURVES.iter().map(|(name, bits, parameters)| {
        let requirement = format!(
            "CKM_EC_KEY_PAIR_GEN refuses {name}, of {bits} bits, where that is beyond the sizes told; where it is within, it makes a pair or says that the curve is not supported."
        );
        draft(&format!("curve-{name}"), spec("6.3"), &requirement).run(move |cx| {
            let listed = cx.mechanism(CKM_EC_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR)?;
            let session = cx.session()?;
            let public = public(CKK_EC, &[CKA_VERIFY]).bytes(CKA_EC_PARAMS, &unhex(parameters));
            let mechanism = Mechanism::new(CKM_EC_KEY_PAIR_GEN);
            let private = private(CKK_EC, &[CKA_SIGN]);
            let rv = cx.c.generate_key_pair(session, &mechanism, &public, &private).0;
            let within = (listed.min..=listed.max).contains(bits);
            let edge = [listed.min, listed.max].contains(bits);
            match (within, edge) {
                // Of the sizes at the edges there is one curve of that size in common use, so it is the one that is told.
                (true, true) if *bits >= 256 => cx.ok(rv),
                (true, _) if rv.is_ok() => Ok(()),
                _ => cx.expect_one_of(rv, CURVE_REFUSALS),
            }
        })
    });
    cases.collect()
}

/// MACs whose smallest key is told in bytes.
const MACS: &[(&str, CK_MECHANISM_TYPE, &str)] = &[
    ("sha1-hmac", CKM_SHA_1_HMAC, "6.20"),
    ("sha224-hmac", CKM_SHA224_HMAC, "6.21"),
    ("sha256-hmac", CKM_SHA256_HMAC, "6.22"),
    ("sha384-hmac", CKM_SHA384_HMAC, "6.23"),
    ("sha512-hmac", CKM_SHA512_HMAC, "6.24"),
    ("sha3-256-hmac", CKM_SHA3_256_HMAC, "6.29"),
];

fn macs() -> Vec<Case> {
    let with = |cx: &Context<'_>, session: Session, kind, bytes: u64| -> Outcome<Rv> {
        let bytes = usize::try_from(bytes).unwrap_or(0);
        let value: Vec<u8> = (0..bytes)
            .map(|index| u8::try_from(index % 251).unwrap_or(0))
            .collect();
        let key = cx.import_secret(session, CKK_GENERIC_SECRET, &value, &[CKA_SIGN])?;
        Ok(cx.c.sign_init(session, Some(&Mechanism::new(kind)), key))
    };
    let cases = MACS.iter().flat_map(move |(name, kind, section)| {
        let smallest = draft(
            &format!("{name}-smallest"),
            spec(section),
            &format!("The MAC {name} takes a key of the smallest size told."),
        );
        let below = draft(
            &format!("{name}-below"),
            spec(section),
            &format!("The MAC {name} refuses a key of one byte less than the smallest size told: CKR_KEY_SIZE_RANGE."),
        );
        [
            smallest.run(move |cx| {
                let listed = cx.mechanism(*kind, CKF_SIGN)?;
                let session = cx.session()?;
                cx.ok(with(cx, session, *kind, listed.min.clamp(1, 1024))?)
            }),
            below.run(move |cx| {
                let listed = cx.mechanism(*kind, CKF_SIGN)?;
                if !(2..=1024).contains(&listed.min) {
                    return not_applicable("a key of one byte is allowed");
                }
                let session = cx.session()?;
                cx.expect(with(cx, session, *kind, listed.min - 1)?, CKR_KEY_SIZE_RANGE)
            }),
        ]
    });
    cases.collect()
}
